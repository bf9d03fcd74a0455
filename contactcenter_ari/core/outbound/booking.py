"""How a callback is created, and how its events are reported."""

from datetime import datetime, timedelta

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.relaxation import skills_left
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.flow.verb.callback import RequestCallback
from contactcenter_ari.core.flow.verb.queue import DEFAULT_PRIORITY
from contactcenter_ari.core.hours.calling_time import is_zone, zones_of
from contactcenter_ari.core.number import is_e164
from contactcenter_ari.core.outbound.attempt import CallbackAttempt
from contactcenter_ari.core.outbound.callback import Callback
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.event import (
    CallbackAttempted,
    CallbackBooked,
    CallbackGivenBack,
    CallbackTakenOver,
)
from contactcenter_ari.core.vocabulary.ids import CallbackId, InteractionId
from contactcenter_ari.core.vocabulary.request import RestoreCallback

CUSTOMER, TIMEZONE = "customer", "timezone"
"""The look-up result, and the value in it, that tell where a customer lives."""


def booked(call: Call, asked: RequestCallback, distribution: Distribution, turn: Turn) -> Callback:
    """The callback of a caller who asked for one, with their place in line if they have one."""
    assert call.interaction is not None, "only a caller can ask for a callback"
    step, place = asked.step, distribution.stays.find(call.interaction.id)
    return Callback(
        id=CallbackId(turn.clockwork.mint()),
        interaction=call.interaction.id,
        number=asked.number,
        queue=step.queue,
        flow=call.interpreter.flow.name,
        language=call.run.language,
        hours=step.hours,
        zones=zones_of(asked.number),
        mode=distribution.queues.settings[step.queue].callback_mode,
        attempts=step.attempts,
        retry_after=step.retry_after,
        expires_at=turn.now + step.expires,
        since=place.ranked_since if place else turn.now,
        head_start=place.head_start if place else timedelta(),
        priority=place.rank[0] if place else DEFAULT_PRIORITY,
        arrival=place.rank[2] if place else distribution.stays.next_arrival(),
        next_at=turn.now,
        skills=skills_left(place, turn.now) if place else (),
        caller_number=next((key for key in call.known_by if is_e164(key)), ""),
        timezone=_timezone(call),
    )


def _timezone(call: Call) -> str:
    """The customer's time zone, if a look-up of the flow has given one that exists."""
    zone = (call.run.look_ups.get(CUSTOMER) or {}).get(TIMEZONE, "")
    return zone if is_zone(zone) else ""


def restored(request: RestoreCallback, arrival: int, turn: Turn) -> Callback:
    """A callback of another process, with a new `arrival` among the callers of that instant."""
    return Callback(
        id=request.callback,
        interaction=request.interaction,
        number=request.dialed,
        queue=request.queue,
        flow=request.flow,
        language=request.language,
        hours=request.hours,
        zones=zones_of(request.dialed),
        mode=request.mode,
        attempts=request.attempts,
        attempts_made=request.attempts_made,
        retry_after=request.retry_after,
        expires_at=request.expires_at,
        since=request.waiting_since,
        head_start=request.head_start,
        priority=request.priority,
        arrival=arrival,
        next_at=request.next_at or turn.now,
        skills=request.skills,
        caller_number=request.caller_number,
        timezone=request.timezone,
    )


def tell_booked(callback: Callback, turn: Turn) -> None:
    """The callback is open: the customer may rely on it."""
    turn.tell(
        CallbackBooked,
        interaction=callback.interaction,
        callback=callback.id,
        queue=callback.queue,
        dialed=callback.number,
        waiting_since=callback.since,
        head_start=callback.head_start,
        priority=callback.priority,
        flow=callback.flow,
        language=callback.language,
        hours=callback.hours,
        attempts=callback.attempts,
        retry_after=callback.retry_after,
        expires_at=callback.expires_at,
        mode=callback.mode,
        skills=callback.skills,
        caller_number=callback.caller_number,
        timezone=callback.timezone,
    )


def tell_place(
    kind: type[CallbackTakenOver | CallbackGivenBack],
    callback: Callback,
    interaction: InteractionId,
    turn: Turn,
) -> None:
    """The customer has taken the place over, in a call of their own, or given it back."""
    turn.tell(kind, interaction=interaction, callback=callback.id)


def tell_attempted(attempt: CallbackAttempt, next_at: datetime | None, turn: Turn) -> None:
    """An attempt is over."""
    assert attempt.result is not None, "it had a result"
    turn.tell(
        CallbackAttempted,
        interaction=attempt.interaction.id,
        callback=attempt.callback.id,
        attempt=attempt.callback.attempts_made,
        result=attempt.result,
        next_at=next_at,
        zones=attempt.callback.attempt_zones,
        zone_source=attempt.callback.zone_source,
    )
