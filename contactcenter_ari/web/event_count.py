"""Counters and histograms of what happened, added up from the events.

Taking events costs a turn nothing but a place in a list. They are added up when somebody reads the
metrics, or when a thousand have gathered.
"""

from collections.abc import Iterator, Sequence

from prometheus_client.metrics_core import Metric

from contactcenter_ari.core.vocabulary.event import (
    ABANDONED,
    CallbackAttempted,
    Event,
    FlowFailed,
    InteractionDequeued,
    InteractionEnded,
    LookUpDone,
    OfferEnded,
    OutsideEnded,
    QueueExit,
    RecordingEnded,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.web import metric_table
from contactcenter_ari.web.measure import Count, Durations

PENDING_LIMIT = 1_000
WAIT_BOUNDS = (1.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 120.0, 180.0, 300.0, 600.0, 1800.0)
WORK_BOUNDS = (5.0, 15.0, 30.0, 60.0, 120.0, 180.0, 300.0, 600.0, 1200.0, 3600.0)
"""Seconds."""
RECORDING_RESULTS = (("kept",), ("cut",), ("failed",))


class EventCounts:
    """Listens to events, as the journal does."""

    def __init__(self) -> None:
        self._pending: list[Event] = []
        self._calls = Count(metric_table.CALLS)
        self._exits = Count(metric_table.QUEUE_EXITS)
        self._waits = Durations(metric_table.WAIT, WAIT_BOUNDS)
        self._talks = Durations(metric_table.TALK, WORK_BOUNDS)
        self._wrap_ups = Durations(metric_table.WRAP_UP, WORK_BOUNDS)
        self._offers = Count(metric_table.OFFERS)
        self._look_ups = Count(metric_table.LOOK_UPS)
        self._flow_failures = Count(metric_table.FLOW_FAILURES)
        self._outside_calls = Count(metric_table.OUTSIDE_CALLS)
        self._attempts = Count(metric_table.CALLBACK_ATTEMPTS)
        self._recordings = Count(metric_table.RECORDINGS, RECORDING_RESULTS)

    def __repr__(self) -> str:
        return f"<EventCounts {len(self._pending)} events to add>"

    def record(self, events: Sequence[Event]) -> None:
        """Take events."""
        self._pending += events
        if len(self._pending) >= PENDING_LIMIT:
            self._add_up()

    def collect(self) -> Iterator[Metric]:
        """All of its metrics as they stand."""
        self._add_up()
        for each in (
            self._calls,
            self._exits,
            self._waits,
            self._talks,
            self._wrap_ups,
            self._offers,
            self._look_ups,
            self._flow_failures,
            self._outside_calls,
            self._attempts,
            self._recordings,
        ):
            yield each.metric()

    def _add_up(self) -> None:
        pending, self._pending = self._pending, []
        for event in pending:
            self._add(event)

    def _add(self, event: Event) -> None:
        match event:
            case InteractionEnded():
                self._calls.add(event.flow, event.direction, event.reason)
            case InteractionDequeued(queue=queue, result=result):
                self._exits.add(queue, result)
                self._waits.add(event.waited.total_seconds(), queue, _end(result))
            case SegmentEnded(kind=SegmentKind.TALK):
                self._talks.add(_length(event), event.queue)
            case SegmentEnded(kind=SegmentKind.WRAP_UP):
                self._wrap_ups.add(_length(event), event.queue)
            case OfferEnded(queue=queue, result=result):
                self._offers.add(queue, result)
            case LookUpDone(name=name, outcome=outcome):
                self._look_ups.add(name, outcome)
            case FlowFailed():
                self._flow_failures.add()
            case OutsideEnded(outcome=outcome):
                self._outside_calls.add(outcome)
            case CallbackAttempted(result=result):
                self._attempts.add(result)
            case RecordingEnded(failed=failed, cut=cut):
                self._recordings.add("failed" if failed else "cut" if cut else "kept")
            case _:
                pass


def _end(result: QueueExit) -> str:
    if result is QueueExit.ANSWERED:
        return "answered"
    return "abandoned" if result in ABANDONED else "other"


def _length(event: SegmentEnded) -> float:
    return (event.at - event.started_at).total_seconds()
