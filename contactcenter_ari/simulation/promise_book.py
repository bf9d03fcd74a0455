"""The promises to call back, from inputs, events and commands alone.

Each is closed exactly once, a number has one at most, and nobody is dialed twice at once, nor
against the do-not-call list.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contactcenter_ari.core.center.site import Input
from contactcenter_ari.core.vocabulary.command import DialOutside
from contactcenter_ari.core.vocabulary.event import (
    OUTBOUND,
    CallbackAttempted,
    CallbackBooked,
    CallbackClosed,
    Event,
    InteractionEnded,
    InteractionStarted,
)
from contactcenter_ari.core.vocabulary.ids import CallbackId, InteractionId, QueueName
from contactcenter_ari.core.vocabulary.promise import (
    AttemptResult,
    CallbackMode,
    CallbackResult,
)
from contactcenter_ari.core.vocabulary.request import (
    AllowNumber,
    DialCallback,
    ForbidNumber,
    RestoreCallback,
)
from contactcenter_ari.core.vocabulary.turn import Outcome
from contactcenter_ari.simulation.stay import Stay

FIRST = 0
"""The class of a promise that a person wants kept next."""


@dataclass(slots=True)
class PromiseEntry:
    """One open promise; `arrival` is that of the stay it was given in."""

    number: str
    queue: QueueName
    since: datetime
    head_start: timedelta
    priority: int
    arrival: int
    mode: CallbackMode
    attempts: int
    attempts_made: int = 0
    urgent: bool = False
    reached: bool = False

    def stay(self, now: datetime) -> Stay:
        """The place that is kept."""
        return Stay(
            queue=self.queue,
            joined_at=now,
            arrival=self.arrival,
            priority=FIRST if self.urgent else self.priority,
            head_start=self.head_start,
            ranked_since=self.since,
        )


class PromiseBook:
    """All promises so far."""

    def __init__(self) -> None:
        self._open: dict[CallbackId, PromiseEntry] = {}
        self._closed: dict[CallbackId, PromiseEntry] = {}
        self._superfluous: set[CallbackId] = set()
        self._forbidden: set[str] = set()
        self._customers: dict[InteractionId, str] = {}
        self._dialed: dict[str, InteractionId] = {}

    def __repr__(self) -> str:
        """Tell how many there are."""
        return f"<PromiseBook {len(self._open)} open, {len(self._closed)} closed>"

    def restore(self, request: RestoreCallback, arrival: int) -> None:
        """A promise of another process; one that is known, or was closed, is nothing new, and
        one for a number that has another is closed at once.
        """
        if request.callback in self._closed or request.callback in self._open:
            return
        if any(entry.number == request.dialed for entry in self._open.values()):
            self._superfluous.add(request.callback)
        self._open[request.callback] = _restored(request, arrival)

    def is_promised(self, number: str) -> bool:
        """Whether a number is to be called back."""
        return any(entry.number == number for entry in self._open.values())

    def note_input(self, input_: Input) -> None:
        """What people and programs asked for."""
        match input_:
            case DialCallback(callback=callback):
                self._open[callback].urgent = True
            case ForbidNumber(number=number):
                self._forbidden.add(number)
            case AllowNumber(number=number):
                self._forbidden.discard(number)
            case _:
                pass

    def note_event(self, event: Event, arrival: int) -> None:
        """What became of a promise; `arrival` is that of the stay it was given in."""
        match event:
            case CallbackBooked(callback=callback):
                assert callback not in self._open, event
                assert callback not in self._closed, event
                self._open[callback] = _booked(event, arrival)
            case CallbackAttempted(callback=callback):
                entry = self._open[callback]
                entry.attempts_made += 1
                entry.urgent = False
                entry.reached = event.result is AttemptResult.REACHED
                assert event.attempt == entry.attempts_made <= entry.attempts, event
                assert self._dialed.pop(entry.number) == event.interaction, event
            case CallbackClosed():
                self._close(event)
            case InteractionStarted(interaction=interaction, direction=direction):
                if direction == OUTBOUND:
                    self._customers[interaction] = event.called_number
            case InteractionEnded(interaction=interaction):
                self._customers.pop(interaction, None)
            case _:
                pass

    def follow(self, outcome: Outcome) -> None:
        """Assert what must hold after all events of the turn."""
        for command in outcome.commands:
            if isinstance(command, DialOutside) and InteractionId(command.call) in self._customers:
                self._dial(command)
        numbers = [entry.number for entry in self._open.values()]
        assert len(numbers) == len(set(numbers)), "a number has two open promises"

    def of(self, interaction: InteractionId) -> PromiseEntry:
        """The promise for which an outbound interaction is made."""
        number = self._customers[interaction]
        (entry,) = (entry for entry in self._open.values() if entry.number == number)
        return entry

    def closed_place(self, callback: CallbackId, now: datetime) -> Stay:
        """The place that was kept for a promise that is closed."""
        return self._closed[callback].stay(now)

    def settle(self) -> None:
        """Assert that every promise was closed, and no customer is on the line."""
        assert not self._open, self._open
        assert not self._dialed, self._dialed

    def _close(self, event: CallbackClosed) -> None:
        entry = self._closed[event.callback] = self._open.pop(event.callback)
        if event.callback in self._superfluous:
            self._superfluous.remove(event.callback)
            assert event.result is CallbackResult.CANCELLED, event
        assert entry.reached == (event.result is CallbackResult.REACHED), (event, entry)
        if event.result is CallbackResult.EXHAUSTED:
            assert entry.attempts_made >= entry.attempts, (event, entry)

    def _dial(self, command: DialOutside) -> None:
        number = command.number
        assert self._customers[InteractionId(command.call)] == number, command
        assert number not in self._dialed, f"dialed twice at once: {command}"
        assert number not in self._forbidden, f"on the do-not-call list: {command}"
        assert any(entry.number == number for entry in self._open.values()), command
        self._dialed[number] = InteractionId(command.call)


def _booked(event: CallbackBooked, arrival: int) -> PromiseEntry:
    return PromiseEntry(
        number=event.dialed,
        queue=event.queue,
        since=event.waiting_since,
        head_start=event.head_start,
        priority=event.priority,
        arrival=arrival,
        mode=event.mode,
        attempts=event.attempts,
    )


def _restored(request: RestoreCallback, arrival: int) -> PromiseEntry:
    return PromiseEntry(
        number=request.dialed,
        queue=request.queue,
        since=request.waiting_since,
        head_start=request.head_start,
        priority=request.priority,
        arrival=arrival,
        mode=request.mode,
        attempts=request.attempts,
        attempts_made=request.attempts_made,
    )
