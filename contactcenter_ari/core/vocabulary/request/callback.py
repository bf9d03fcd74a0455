"""Requests about calls that are owed: callbacks, lost calls and the do-not-call list."""

from datetime import datetime, timedelta

import msgspec

from contactcenter_ari.core.vocabulary.callback import CallbackMode, LostCallReason
from contactcenter_ari.core.vocabulary.ids import CallbackId, InteractionId, QueueName
from contactcenter_ari.core.vocabulary.skill import SkillStep


class RestoreCallback(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A callback that was open when another process ended; one that is known changes nothing."""

    callback: CallbackId
    interaction: InteractionId
    queue: QueueName
    dialed: str
    waiting_since: datetime
    head_start: timedelta
    priority: int
    flow: str
    language: str
    hours: str
    attempts: int
    attempts_made: int
    retry_after: timedelta
    next_at: datetime | None
    expires_at: datetime
    mode: CallbackMode
    skills: tuple[SkillStep, ...] = ()
    caller_number: str = ""
    timezone: str = ""


class DialCallback(msgspec.Struct, frozen=True, tag=True):
    """Call back as soon as an agent is free, whatever the place in line and the delay between
    attempts; one that is being dialed is not dialed twice.
    """

    callback: CallbackId
    by: str


class CancelCallback(msgspec.Struct, frozen=True, tag=True):
    """Take a callback back; a call in progress goes on."""

    callback: CallbackId
    by: str


class RestoreLostCall(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A task that was open when another process ended."""

    interaction: InteractionId
    queue: QueueName
    caller_number: str
    opened_at: datetime
    reason: LostCallReason = LostCallReason.ABANDONED


class ForbidNumber(msgspec.Struct, frozen=True, tag=True):
    """Never call this number (E.164) of our own accord: it is on the do-not-call list."""

    number: str
    by: str


class AllowNumber(msgspec.Struct, frozen=True, tag=True):
    """The number is off the do-not-call list."""

    number: str
    by: str


CallbackRequest = (
    RestoreCallback | DialCallback | CancelCallback | RestoreLostCall | ForbidNumber | AllowNumber
)
