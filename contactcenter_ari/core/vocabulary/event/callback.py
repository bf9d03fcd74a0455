"""Events of callbacks, and of lost calls that somebody should look after."""

from datetime import datetime, timedelta

from contactcenter_ari.core.vocabulary.callback import (
    AttemptResult,
    CallbackMode,
    CallbackResult,
    LostCallReason,
    LostCallResult,
    ZoneSource,
)
from contactcenter_ari.core.vocabulary.event.numbered import InteractionEvent
from contactcenter_ari.core.vocabulary.ids import CallbackId, QueueName
from contactcenter_ari.core.vocabulary.skill import SkillStep


class CallbackBooked(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """A callback was booked for the caller. `waiting_since`, `head_start` and `priority` are of
    the position in line that is kept, and `skills` are still asked for from then on. It is dialed
    at most `attempts` times, `retry_after` each, within the hours of that name of the flow, until
    `expires_at`. The customer called from `caller_number` (E.164, empty when withheld) and lives
    in `timezone` (IANA name, empty when not known).
    """

    callback: CallbackId
    queue: QueueName
    dialed: str
    waiting_since: datetime
    head_start: timedelta
    priority: int
    flow: str
    language: str
    hours: str
    attempts: int
    retry_after: timedelta
    expires_at: datetime
    mode: CallbackMode
    skills: tuple[SkillStep, ...] = ()
    caller_number: str = ""
    timezone: str = ""


class CallbackTakenOver(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The customer called in, and waits at the place of the callback in this `interaction`."""

    callback: CallbackId


class CallbackGivenBack(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The customer waits no more and has talked to nobody: the callback has its place again."""

    callback: CallbackId


class CallbackAttempted(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """An attempt to call back is over; `interaction` is the outbound one of this attempt.
    `next_at` is when the next is due, None after the last. It had to be day in all `zones` (IANA
    names), which are known from `zone_source`; events of old have neither.
    """

    callback: CallbackId
    attempt: int
    result: AttemptResult
    next_at: datetime | None
    zones: tuple[str, ...] = ()
    zone_source: ZoneSource | None = None


class CallbackClosed(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The callback is kept or over; `interaction` is the one it was given in."""

    callback: CallbackId
    result: CallbackResult


class LostCallOpened(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The caller hung up while waiting, was cut off by a fault of the switch or of ours, or left a
    number or a message while the application was away: somebody should see what it was about.
    `queue` is the last one, empty when there was none.
    """

    queue: QueueName
    caller_number: str
    waited: timedelta
    reason: LostCallReason = LostCallReason.ABANDONED


class LostCallClosed(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The customer was reached, or it is too late; `interaction` is the abandoned one."""

    caller_number: str
    result: LostCallResult


CallbackEvent = (
    CallbackBooked
    | CallbackTakenOver
    | CallbackGivenBack
    | CallbackAttempted
    | CallbackClosed
    | LostCallOpened
    | LostCallClosed
)
