"""Calls back that were promised: one open promise a number."""

from datetime import timedelta

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.center.call import Call
from contactcenter_ari.core.flow.run import DEFAULT_PRIORITY, PromiseCallback
from contactcenter_ari.core.vocabulary.event import CallbackBooked
from contactcenter_ari.core.vocabulary.ids import CallbackId
from contactcenter_ari.core.vocabulary.turn import Turn

MOST_OPEN = 10_000
"""More promises than this could not be kept; further ones are refused."""


class Callbacks:
    """The open promises, by number."""

    def __init__(self) -> None:
        self._open: dict[str, CallbackBooked] = {}

    def __repr__(self) -> str:
        """Tell how many there are."""
        return f"<Callbacks {len(self._open)} open>"

    def book(
        self, call: Call, promise: PromiseCallback, distribution: Distribution, turn: Turn
    ) -> bool:
        """Promise it, with the place in line if the caller has one; whether that is possible."""
        interaction = call.interaction
        assert interaction is not None, "only a caller is promised a call back"
        if promise.number in self._open or len(self._open) >= MOST_OPEN:
            return False
        place = distribution.place_of(interaction.id)
        booked = CallbackBooked(
            number=turn.clockwork.number(),
            at=turn.now,
            interaction=interaction.id,
            callback=CallbackId(turn.clockwork.mint()),
            queue=promise.step.queue,
            dialed=promise.number,
            waiting_since=place.joined_at if place else turn.now,
            head_start=place.head_start if place else timedelta(),
            priority=place.rank[0] if place else DEFAULT_PRIORITY,
            flow=call.interpreter.flow.name,
            language=call.run.language,
            hours=promise.step.hours,
            attempts=promise.step.attempts,
            retry_after=promise.step.retry_after,
            expires_at=turn.now + promise.step.expires,
            mode=distribution.settings[promise.step.queue].callback_mode,
        )
        self._open[promise.number] = booked
        turn.tell(booked)
        return True
