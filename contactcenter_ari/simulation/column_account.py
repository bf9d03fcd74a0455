"""The columns of a report, counted from events alone and held against `core/kpi`.

Everybody who came to a queue left it in one column or still waits; each talk is counted once,
however the time is divided.
"""

from collections import Counter, defaultdict
from datetime import datetime, timedelta

from contactcenter_ari.core.kpi.handle_time import handled_talks
from contactcenter_ari.core.kpi.queue_stay import QueueStay, count_stays
from contactcenter_ari.core.vocabulary.event import (
    AgentConnected,
    Event,
    InteractionDequeued,
    InteractionQueued,
    QueueExit,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import QueueName, agent_of

COLUMNS = {
    "answered": {"answered"},
    "abandoned": {"abandoned", "abandoned_short"},
    "sent_away": {"timeout", "full", "closed", "no_agents", "diverted"},
    "moved_on": {"key_exit", "callback_taken", "transferred", "withdrawn"},
    "lost": {"system_error"},
}
WITHIN = timedelta(seconds=20)


class ColumnAccount:
    """The callers who came, those who left and how, and those who talked, by queue."""

    def __init__(self) -> None:
        self._came: Counter[QueueName] = Counter()
        self._left: defaultdict[QueueName, Counter[str]] = defaultdict(Counter)
        self._met: Counter[QueueName] = Counter()
        self._segments: list[SegmentEnded] = []

    def __repr__(self) -> str:
        return f"<ColumnAccount of {self._came.total()} stays, {self._met.total()} talks>"

    def note_event(self, event: Event) -> None:
        """Follow an event."""
        match event:
            case InteractionQueued(queue=queue):
                self._came[queue] += 1
            case InteractionDequeued(queue=queue, result=result):
                self._left[queue][result] += 1
            case AgentConnected(queue=queue):
                self._met[queue] += 1
            case SegmentEnded():
                self._segments.append(event)
            case _:
                pass

    def settle(self) -> None:
        """Assert that the figures say the same; to be called when all calls are over."""
        for queue, came in self._came.items():
            left = self._left[queue]
            stays = [
                QueueStay(one.started_at, one.at, QueueExit(one.result))
                for one in self._segments
                if one.kind is SegmentKind.QUEUE and one.queue == queue
            ]
            count = count_stays(stays, within=WITHIN)
            assert count.offered == came == left.total(), (queue, count, left)
            for column, exits in COLUMNS.items():
                assert getattr(count, column) == sum(left[each] for each in exits), (queue, column)
        self._check_talks()

    def _check_talks(self) -> None:
        talks = handled_talks(self._segments)
        met = {queue: n for queue, n in self._met.items() if agent_of(queue) is None}
        assert Counter(talk.queue for talk in talks) == met, (talks, met)
        entries = {
            (one.queue, one.started_at)
            for one in self._segments
            if one.kind is SegmentKind.QUEUE and one.result == "answered"
        }
        begins: set[tuple[str, datetime]] = {
            (one.queue, one.started_at) for one in self._segments if one.kind is SegmentKind.TALK
        }
        for talk in talks:
            assert (talk.queue, talk.entered_at) in entries | begins, talk
