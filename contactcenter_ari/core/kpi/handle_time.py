"""Handle time, and to which stay in a queue each talk belongs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from contactcenter_ari.core.kpi.spread import Spread, spread
from contactcenter_ari.core.vocabulary.event import QueueExit, SegmentEnded, SegmentKind
from contactcenter_ari.core.vocabulary.ids import AgentId, InteractionId, QueueName, agent_of

_HANDLING = (SegmentKind.TALK, SegmentKind.WRAP_UP)


@dataclass(frozen=True, slots=True)
class HandledSegment:
    """One stretch of an agent's work on an interaction; hold is a part of the talk."""

    kind: SegmentKind
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class HandledTalk:
    """One talk of an agent for a queue, and what it cost: talk (with hold) and wrap-up. It belongs
    to the interval of `entered_at`, when the caller entered the queue.
    """

    queue: QueueName
    agent: AgentId
    entered_at: datetime
    spent: timedelta


def average_handle_time(segments: Iterable[HandledSegment]) -> timedelta | None:
    """Talk (with hold) and wrap-up per handled interaction, which is one that was talked on."""
    work = [segment for segment in segments if segment.kind in _HANDLING]
    handled = sum(segment.kind is SegmentKind.TALK for segment in work)
    if not handled:
        return None
    return sum((segment.ended_at - segment.started_at for segment in work), timedelta()) / handled


def handle_time(talks: Iterable[HandledTalk]) -> Spread | None:
    """How long the talks took, wrap-up included; the mean is the average handle time (AHT)."""
    return spread(talk.spent for talk in talks)


def handled_talks(segments: Iterable[SegmentEnded]) -> list[HandledTalk]:
    """Each talk of an agent for a queue once, of all segments of the interactions concerned.

    A talk belongs to the last answered stay of its interaction in its queue before it. A talk
    that no stay led to, as that of a callback, belongs to the instant of its beginning. A wrap-up
    belongs to the last talk of its agent in the interaction. Agents' own lines are no queues.
    """
    segments = list(segments)
    stays = [s for s in segments if s.kind is SegmentKind.QUEUE and s.result == QueueExit.ANSWERED]
    return [
        HandledTalk(
            queue=QueueName(talk.queue),
            agent=AgentId(talk.agent),
            entered_at=_entered_at(talk, stays),
            spent=sum((each.at - each.started_at for each in (talk, *wrap_ups)), timedelta()),
        )
        for talk, wrap_ups in _work(segments)
        if talk.queue and agent_of(QueueName(talk.queue)) is None
    ]


def _work(segments: Iterable[SegmentEnded]) -> list[tuple[SegmentEnded, list[SegmentEnded]]]:
    """Each talk of an agent, and the work after it."""
    work: list[tuple[SegmentEnded, list[SegmentEnded]]] = []
    last: dict[tuple[InteractionId, str], list[SegmentEnded]] = {}
    handling = [each for each in segments if each.kind in _HANDLING and each.agent]
    for segment in sorted(handling, key=_order):
        whose = (segment.interaction, segment.agent)
        if segment.kind is SegmentKind.TALK:
            last[whose] = []
            work.append((segment, last[whose]))
        elif whose in last:
            last[whose].append(segment)
    return work


def _order(segment: SegmentEnded) -> tuple[datetime, bool, str]:
    return segment.started_at, segment.kind is SegmentKind.WRAP_UP, segment.segment


def _entered_at(talk: SegmentEnded, stays: Iterable[SegmentEnded]) -> datetime:
    before = [
        (stay.at, stay.started_at)
        for stay in stays
        if (stay.interaction, stay.queue) == (talk.interaction, talk.queue)
        and stay.at <= talk.started_at
    ]
    return max(before)[1] if before else talk.started_at
