"""The events of a stay in a queue, and when a caller in it is looked at again."""

from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.event import (
    InteractionDequeued,
    InteractionQueued,
    PriorityChanged,
    QueueExit,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import AgentId, SegmentId


def tell_joined(waiting: Waiting, turn: Turn) -> None:
    """A caller came to a line, and may have been sent on at once."""
    turn.tell(
        InteractionQueued,
        interaction=waiting.interaction,
        queue=waiting.queue,
        position=waiting.position_at_entry,
        priority=waiting.priority,
        head_start=waiting.head_start,
        ranked_since=waiting.ranked_since,
        skills=waiting.skills,
        prefer=waiting.prefer or AgentId(""),
        prefer_until=waiting.prefer_until,
    )


def tell_priority(waiting: Waiting, by: str, turn: Turn) -> None:
    """A person moved a caller up or down."""
    turn.tell(
        PriorityChanged,
        interaction=waiting.interaction,
        queue=waiting.queue,
        priority=waiting.priority,
        head_start=waiting.head_start,
        by=by,
    )


def tell_left(waiting: Waiting, result: QueueExit, position: int, turn: Turn) -> None:
    """A caller left a line, from this position."""
    turn.tell(
        InteractionDequeued,
        interaction=waiting.interaction,
        queue=waiting.queue,
        result=result,
        waited=turn.now - waiting.joined_at,
    )
    turn.tell(
        SegmentEnded,
        interaction=waiting.interaction,
        segment=SegmentId(turn.clockwork.mint()),
        kind=SegmentKind.QUEUE,
        started_at=waiting.joined_at,
        queue=waiting.queue,
        result=result,
        position_at_entry=waiting.position_at_entry,
        position_at_exit=position,
    )


def wake_after_pause(waiting: Waiting, turn: Turn) -> None:
    """Agents who are skipped for a while are looked at again when the first while is over."""
    ends = [until for until in waiting.skipped.values() if until > turn.now]
    if ends:
        turn.clockwork.wake(Wake.MISS_PAUSE, waiting.interaction, min(ends))
