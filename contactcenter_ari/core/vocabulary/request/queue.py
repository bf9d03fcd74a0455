"""Requests about lines: open and closed queues, waiting callers, and the wait estimate."""

from datetime import timedelta

import msgspec

from contactcenter_ari.core.vocabulary.ids import InteractionId, QueueName


class CloseQueue(msgspec.Struct, frozen=True, tag=True):
    """Send all callers on who wait in a queue, and let nobody in until it is opened."""

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


class HandleTime(msgspec.Struct, frozen=True):
    """The mean talk time of a queue in one half hour of the week; 0 is Monday 0:00 UTC."""

    queue: QueueName
    half_hour: int
    mean: timedelta
    contacts: int


class LearnHandleTimes(msgspec.Struct, frozen=True, tag=True):
    """Learn the handle times of earlier weeks, for the wait estimate."""

    times: tuple[HandleTime, ...]


QueueRequest = (
    CloseQueue | OpenQueue | ChangePriority | MoveWaiting | WithdrawWaiting | LearnHandleTimes
)
