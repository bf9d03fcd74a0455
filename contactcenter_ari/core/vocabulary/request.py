"""Requests: what people and programs ask of the core. A refused one changes nothing.

`by` names who asked, for the record: an agent's id, `phone`, or an API token's name.
"""

from datetime import datetime, timedelta

import msgspec

from contactcenter_ari.core.vocabulary.callback import CallbackMode, LostCallReason
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    CallbackId,
    InteractionId,
    PhoneId,
    QueueName,
    RecordingId,
)
from contactcenter_ari.core.vocabulary.skill import Skills, SkillStep


class AgentProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What the directory says of an agent: whom to ring, for which queues, with what skills."""

    agent: AgentId
    name: str
    phone: PhoneId
    language: str = "en"
    queues: tuple[QueueName, ...] = ()
    skills: Skills = {}


class PutAgent(msgspec.Struct, frozen=True, tag=True):
    """The directory has a new or changed agent."""

    profile: AgentProfile


class RemoveAgent(msgspec.Struct, frozen=True, tag=True):
    """An agent left the directory; a talk in progress is finished first."""

    agent: AgentId
    by: str


class LogIn(msgspec.Struct, frozen=True, tag=True):
    """Log in and become READY, or straight NOT_READY for the reason `not_ready`; to some of the
    agent's `queues` only, until the log-out. Who is logged in already goes ready, or not ready,
    and serves the queues that are named.
    """

    agent: AgentId
    by: str
    queues: tuple[QueueName, ...] | None = None
    not_ready: str | None = None


class LogOut(msgspec.Struct, frozen=True, tag=True):
    """Sign out; during a call, once it and its wrap-up are over."""

    agent: AgentId
    by: str


class GoReady(msgspec.Struct, frozen=True, tag=True):
    """Take calls again; clears the count of missed offers."""

    agent: AgentId
    by: str


class GoNotReady(msgspec.Struct, frozen=True, tag=True):
    """Take no calls, for a reason out of the site's list, or empty where the site wants none;
    during a call, once it is over. Who is logged out logs in so.
    """

    agent: AgentId
    reason: str
    by: str


class EndWrapUp(msgspec.Struct, frozen=True, tag=True):
    """The work after the talk is done early."""

    agent: AgentId
    by: str


class ExtendWrapUp(msgspec.Struct, frozen=True, tag=True):
    """More time for the work after the talk: the queue's wrap-up once more, up to its limit."""

    agent: AgentId
    by: str


class SetDisposition(msgspec.Struct, frozen=True, tag=True):
    """What came of the talk, out of the queue's list; ends a wrap-up that waits for it."""

    agent: AgentId
    disposition: str
    by: str


class CloseQueue(msgspec.Struct, frozen=True, tag=True):
    """Send everybody on who waits in a queue, and let nobody in until it is opened."""

    queue: QueueName
    by: str


class OpenQueue(msgspec.Struct, frozen=True, tag=True):
    """Let callers in again."""

    queue: QueueName
    by: str


class ChangePriority(msgspec.Struct, frozen=True, tag=True):
    """Give a waiting caller another head start or priority class; None leaves it as it is."""

    interaction: InteractionId
    by: str
    head_start: timedelta | None = None
    priority: int | None = None


class MoveWaiting(msgspec.Struct, frozen=True, tag=True):
    """Let a waiting caller go on waiting in another queue; the time waited counts there."""

    interaction: InteractionId
    queue: QueueName
    by: str


class WithdrawWaiting(msgspec.Struct, frozen=True, tag=True):
    """Take a waiting caller out of the line: the flow goes on as if the queue were closed."""

    interaction: InteractionId
    by: str


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


class LeftMessage(msgspec.Struct, frozen=True):
    """What a caller said while the application was away; `path` is the file."""

    recording: RecordingId
    path: str
    duration: timedelta


class RecordApology(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A call that came while the application was away is to be in the books: `interaction` is
    its id in the switch, and one that is known changes nothing. `number` is the one to call
    back, as typed; an `internal` call came from an agent's phone. `country` is the trunk's.
    """

    interaction: InteractionId
    called_number: str
    caller_number: str
    language: str
    started_at: datetime
    ended_at: datetime
    number: str = ""
    message: LeftMessage | None = None
    internal: bool = False
    country: str = ""


class ForbidNumber(msgspec.Struct, frozen=True, tag=True):
    """Never call this number (E.164) of our own accord: it is on the do-not-call list."""

    number: str
    by: str


class AllowNumber(msgspec.Struct, frozen=True, tag=True):
    """The number is off the do-not-call list."""

    number: str
    by: str


class HandleTime(msgspec.Struct, frozen=True):
    """What talks of a queue took on average in one half hour of the week; 0 is Monday 0:00 UTC."""

    queue: QueueName
    half_hour: int
    mean: timedelta
    contacts: int


class LearnHandleTimes(msgspec.Struct, frozen=True, tag=True):
    """What earlier weeks say about handle times, for the wait estimate."""

    times: tuple[HandleTime, ...]


class SetFlag(msgspec.Struct, frozen=True, tag=True):
    """Switch a flag of a flow `on` or `off`, for calls in progress, too."""

    flow: str
    flag: str
    value: str
    by: str


Request = (
    PutAgent
    | RemoveAgent
    | LogIn
    | LogOut
    | GoReady
    | GoNotReady
    | EndWrapUp
    | ExtendWrapUp
    | SetDisposition
    | CloseQueue
    | OpenQueue
    | ChangePriority
    | MoveWaiting
    | WithdrawWaiting
    | RestoreCallback
    | DialCallback
    | CancelCallback
    | RestoreLostCall
    | RecordApology
    | ForbidNumber
    | AllowNumber
    | LearnHandleTimes
    | SetFlag
)
