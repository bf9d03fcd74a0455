"""Events of the lines: who waits, what a waiting caller is told, and queues that close."""

from datetime import datetime, timedelta
from enum import StrEnum

from contactcenter_ari.core.vocabulary.event.numbered import InteractionEvent, NumberedEvent
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName
from contactcenter_ari.core.vocabulary.skill import SkillStep


class QueueExit(StrEnum):
    """Why a stay in a queue ended; exactly one per stay."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    ABANDONED_SHORT = "abandoned_short"
    TIMEOUT = "timeout"
    FULL = "full"
    CLOSED = "closed"
    """A person closed the queue, for those who waited, too."""
    NO_AGENTS = "no_agents"
    KEY_EXIT = "key_exit"
    DIVERTED = "diverted"
    """Sent on before joining: the estimated wait, or the waiting per agent, was too much."""
    CALLBACK_TAKEN = "callback_taken"
    TRANSFERRED = "transferred"
    """A person moved the caller to another queue."""
    WITHDRAWN = "withdrawn"
    """A person took the caller out of the line."""
    SYSTEM_ERROR = "system_error"


ABANDONED = frozenset({QueueExit.ABANDONED, QueueExit.ABANDONED_SHORT})
"""The caller hung up while waiting."""


class WaitTold(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """A waiting caller is told about the wait: `told` is the spoken bound, None when the caller
    heard that it takes longer than expected; `mean` is what the estimate was.
    """

    queue: QueueName
    position: int
    told: timedelta | None
    mean: timedelta


class PriorityChanged(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """A person moved a waiting caller up or down."""

    queue: QueueName
    priority: int
    head_start: timedelta
    by: str


class InteractionQueued(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The caller began to wait. `position` is 1 for the next in line; what decides about it:
    `priority`, and since when the caller counts as waiting, less the `head_start`. `skills` are
    asked for step by step, after `prefer_until` if an agent is preferred.
    """

    queue: QueueName
    position: int
    priority: int
    head_start: timedelta
    ranked_since: datetime
    skills: tuple[SkillStep, ...] = ()
    prefer: AgentId = AgentId("")
    prefer_until: datetime | None = None


class InteractionDequeued(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The stay in the queue ended."""

    queue: QueueName
    result: QueueExit
    waited: timedelta


class QueueClosed(NumberedEvent, frozen=True, tag=True, kw_only=True):
    """A person closed a queue; those who waited were sent on."""

    queue: QueueName
    by: str


class QueueOpened(NumberedEvent, frozen=True, tag=True, kw_only=True):
    """A person opened it again."""

    queue: QueueName
    by: str


QueueEvent = (
    WaitTold
    | PriorityChanged
    | InteractionQueued
    | InteractionDequeued
    | QueueClosed
    | QueueOpened
)
