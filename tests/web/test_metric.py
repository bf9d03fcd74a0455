"""The metrics: all that is listed is there, what happened is counted, and labels are bounded."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from contactcenter_ari.core.vocabulary.event import (
    EndReason,
    Event,
    InteractionDequeued,
    InteractionEnded,
    LookUpDone,
    OfferEnded,
    OfferResult,
    OutsideEnded,
    Party,
    QueueExit,
    RecordingEnded,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    InteractionId,
    OfferId,
    QueueName,
    RecordingId,
    SegmentId,
)
from contactcenter_ari.core.vocabulary.signal import CallArrived, LegHungUp
from contactcenter_ari.web.event_count import PENDING_LIMIT, EventCounts
from contactcenter_ari.web.measure import OTHER, SETS_LIMIT, Count
from contactcenter_ari.web.metric_table import CALLS, LOOK_UPS, MEASURES, page

if TYPE_CHECKING:
    from tests.web.conftest import Api

CHECKOUT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BEFORE = NOW - timedelta(seconds=40)
CALL, SALES, ANNA = InteractionId("i-1"), QueueName("sales"), AgentId("100")


def test_the_page_is_the_one_of_this_version() -> None:
    """`contactcenter metrics > docs/metrics.md` was run after the change."""
    assert (CHECKOUT / "docs/metrics.md").read_text("utf-8") == page()


async def test_all_that_is_listed_is_there_and_nothing_else(api: "Api") -> None:
    """Each metric of the table is answered, with its kind, its labels and its meaning."""
    body = (await api.ask("GET", "/metrics")).body.decode()
    shown = {family.name: family for family in text_string_to_metric_families(body)}
    ours = {name for name in shown if name.startswith("contactcenter_")}
    assert ours == {each.full_name.removesuffix("_total") for each in MEASURES}
    for each in MEASURES:
        family = shown[each.full_name.removesuffix("_total")]
        assert (family.type, family.documentation) == (each.kind, each.text)
        labels = {name for sample in family.samples for name in sample.labels} - {"le"}
        assert labels <= set(each.labels)


async def test_a_call_is_counted_when_it_ends(api: "Api") -> None:
    """By its flow and the reason of its end: here while waiting; no number is told."""
    await api.call("+31611122233")
    lines = (await api.ask("GET", "/metrics")).body.decode().splitlines()
    assert not any(line.startswith("contactcenter_calls_total{") for line in lines)
    leg = next(each.leg for each in api.around.inputs if isinstance(each, CallArrived))
    api.driver.put(LegHungUp(leg))
    await api.quiet()
    lines = (await api.ask("GET", "/metrics")).body.decode().splitlines()
    (ended,) = [line for line in lines if line.startswith("contactcenter_calls_total{")]
    assert 'direction="inbound"' in ended
    assert 'end="abandoned"' in ended
    assert not any("611122233" in line for line in lines)


def _ended(**changed: object) -> InteractionEnded:
    fields: dict[str, object] = {
        "interaction": CALL, "node": "n1", "channel": "voice", "direction": "inbound",
        "started_at": BEFORE, "called_number": "+31201", "caller_number": "+31612345678",
        "caller_name": "Ann", "caller_status": "gold", "flow": "desk", "flow_version": "1",
        "language": "en", "tags": {}, "queue": "sales", "agent": "100",
        "reason": EndReason.COMPLETED, "ended_by": Party.CALLER,
    }  # fmt: skip
    return InteractionEnded(1, NOW, **{**fields, **changed})  # type: ignore[arg-type]  # as listed


def _segment(kind: SegmentKind) -> SegmentEnded:
    return SegmentEnded(
        1, NOW, interaction=CALL, segment=SegmentId("s"), kind=kind, started_at=BEFORE,
        queue="sales", agent="100",
    )  # fmt: skip


def _recording(*, failed: bool = False, cut: bool = False) -> RecordingEnded:
    return RecordingEnded(
        1, NOW, interaction=CALL, recording=RecordingId("r"), agent=ANNA, started_at=BEFORE,
        path="/r.flac", duration=timedelta(seconds=40), failed=failed, cut=cut,
    )  # fmt: skip


WAITED = InteractionDequeued(
    1, NOW, interaction=CALL, queue=SALES, result=QueueExit.ANSWERED, waited=timedelta(seconds=12)
)
GAVE_UP = InteractionDequeued(
    1, NOW, interaction=CALL, queue=SALES, result=QueueExit.ABANDONED, waited=timedelta(seconds=4)
)
LAPSED = OfferEnded(
    1, NOW, interaction=CALL, offer=OfferId("o"), agent=ANNA, queue=SALES, made_at=BEFORE,
    rang_at=None, result=OfferResult.LAPSED,
)  # fmt: skip
Sample = tuple[str, dict[str, str], float]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            _ended(),
            ("calls_total", {"flow": "desk", "direction": "inbound", "end": "completed"}, 1),
        ),
        (WAITED, ("queue_exits_total", {"queue": "sales", "result": "answered"}, 1)),
        (WAITED, ("wait_seconds_sum", {"queue": "sales", "end": "answered"}, 12)),
        (WAITED, ("wait_seconds_bucket", {"queue": "sales", "end": "answered", "le": "10.0"}, 0)),
        (WAITED, ("wait_seconds_bucket", {"queue": "sales", "end": "answered", "le": "15.0"}, 1)),
        (GAVE_UP, ("wait_seconds_count", {"queue": "sales", "end": "abandoned"}, 1)),
        (_segment(SegmentKind.TALK), ("talk_seconds_sum", {"queue": "sales"}, 40)),
        (_segment(SegmentKind.WRAP_UP), ("wrap_up_seconds_sum", {"queue": "sales"}, 40)),
        (LAPSED, ("offers_total", {"queue": "sales", "result": "lapsed"}, 1)),
        (
            LookUpDone(1, NOW, interaction=CALL, name="account", outcome="error"),
            ("look_ups_total", {"name": "account", "outcome": "error"}, 1),
        ),
        (
            OutsideEnded(1, NOW, interaction=CALL, dialed="+31612345678", outcome="busy"),
            ("outside_calls_total", {"outcome": "busy"}, 1),
        ),
        (_recording(failed=True), ("recordings_total", {"result": "failed"}, 1)),
        (_recording(cut=True), ("recordings_total", {"result": "cut"}, 1)),
        (_recording(), ("recordings_total", {"result": "kept"}, 1)),
        (_recording(), ("recordings_total", {"result": "failed"}, 0)),
    ],
)
def test_what_happened_is_counted(event: Event, expected: Sample) -> None:
    """Once, under the labels of the table, and without a word of the people in it."""
    counts = EventCounts()
    counts.record([event])
    samples = [sample for metric in counts.collect() for sample in metric.samples]
    name, labels, value = expected
    assert (f"contactcenter_{name}", labels, value) in [sample[:3] for sample in samples]
    told = repr(samples)
    assert not any(personal in told for personal in ("31612345678", "Ann", "i-1", "'100'"))


def test_events_are_added_up_when_many_have_gathered() -> None:
    """Nobody may ever read the metrics: what is kept for them is bounded."""
    counts = EventCounts()
    for _ in range(PENDING_LIMIT - 1):
        counts.record([WAITED])
    assert repr(counts) == f"<EventCounts {PENDING_LIMIT - 1} events to add>"
    counts.record([WAITED])
    assert repr(counts) == "<EventCounts 0 events to add>"
    assert _value(counts, "contactcenter_queue_exits_total") == PENDING_LIMIT


def _value(counts: EventCounts, name: str) -> float:
    (value,) = [
        sample.value
        for metric in counts.collect()
        for sample in metric.samples
        if sample.name == name
    ]
    return value


def test_label_sets_are_bounded() -> None:
    """A site that is published with new names each day does not grow the metrics without end."""
    count = Count(LOOK_UPS)
    for number in range(SETS_LIMIT + 20):
        count.add(f"look_up_{number}", "found")
    metric: Metric = count.metric()
    assert len(metric.samples) == SETS_LIMIT + 1
    assert metric.samples[-1].labels == {"name": OTHER, "outcome": OTHER}
    assert metric.samples[-1].value == 20


def test_labels_are_of_few_kinds() -> None:
    """None is a person, a number or a call: those have no bound, and are private."""
    allowed = {
        "flow", "version", "direction", "end", "queue", "result", "name", "outcome", "state",
        "part", "command", "status", "python",
    }  # fmt: skip
    assert {label for each in MEASURES for label in each.labels} <= allowed
    assert CALLS.labels == ("flow", "direction", "end")
