"""Talks in reports: the queue and the hour in which each is counted."""

from datetime import timedelta
from pathlib import Path

from contactcenter_ari.core.vocabulary.event import (
    InteractionStarted,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import (
    InteractionId,
    LegId,
    SegmentId,
)
from contactcenter_ari.postgres.report import Report
from tests.postgres.journaled import written
from tests.postgres.random_day import SINCE, UNTIL


def segment(
    number: int, kind: SegmentKind, began: float, seconds: float, **more: str
) -> SegmentEnded:
    """A stretch of one interaction in sales, begun this many seconds after `SINCE`."""
    started_at = SINCE + timedelta(seconds=began)
    which = {"interaction": "i", "queue": "sales"} | more
    return SegmentEnded(
        number=number,
        at=started_at + timedelta(seconds=seconds),
        segment=SegmentId(f"s{number}"),
        kind=kind,
        started_at=started_at,
        **which,  # type: ignore[arg-type]  # all text
    )


async def handled(report: Report, hour: int) -> list[tuple[str, int, float]]:
    """Talks by queue in an hour, and their mean handle time."""
    begin = SINCE + timedelta(hours=hour)
    kpis = await report.kpis(begin, begin + timedelta(hours=1))
    return [
        (row.queue, row.handled, row.average_handle_time.total_seconds())
        for row in kpis.queues
        if row.average_handle_time is not None
    ]


async def test_a_talk_belongs_to_the_stay_before_it(
    database_url: str, tmp_path: Path, report: Report
) -> None:
    """One call twice in one queue, once in each hour: each talk and wrap-up counts where the
    caller entered the queue, also when the second begins as the first ends.
    """
    queue, talk, wrap_up = SegmentKind.QUEUE, SegmentKind.TALK, SegmentKind.WRAP_UP
    await written(
        database_url,
        tmp_path,
        [
            segment(1, queue, 3480, 20, result="answered"),
            segment(2, talk, 3500, 100, agent="101"),
            segment(3, queue, 3600, 10, result="answered"),
            segment(4, wrap_up, 3600, 30, agent="101"),
            segment(5, talk, 3610, 60, agent="102"),
            segment(6, wrap_up, 3670, 10, agent="102"),
        ],
    )
    assert await handled(report, 0) == [("sales", 1, 130)]
    assert await handled(report, 1) == [("sales", 1, 70)]


async def test_a_callback_is_work_of_its_queue(
    database_url: str, tmp_path: Path, report: Report
) -> None:
    """An agent who was there first, and a customer who waited once more: both talks are handled
    in the queue, and neither is offered a second time, while it lasts or when it is over.
    """
    started = InteractionStarted(
        number=1,
        at=SINCE,
        interaction=InteractionId("waits"),
        leg=LegId("leg"),
        called_number="+31611112222",
        caller_number="+31201234567",
        caller_name="",
        flow="insurance",
        flow_version="1",
        language="en",
        direction="outbound",
    )
    await written(
        database_url,
        tmp_path,
        [
            segment(2, SegmentKind.TALK, 60, 100, agent="101", interaction="agent first"),
            segment(3, SegmentKind.WRAP_UP, 160, 20, agent="101", interaction="agent first"),
            started,
            segment(4, SegmentKind.QUEUE, 3590, 20, result="answered", interaction="waits"),
            segment(5, SegmentKind.TALK, 3610, 60, agent="101", interaction="waits"),
        ],
    )
    assert await handled(report, 0) == [("sales", 2, 90)]
    assert await handled(report, 1) == []
    (row,) = (await report.kpis(SINCE, UNTIL)).queues
    assert (row.offered, row.answered, row.service_level) == (0, 0, None)


async def test_own_lines_are_no_queues(database_url: str, tmp_path: Path, report: Report) -> None:
    """A talk of a caller who asked for one agent is work of that agent, and of no queue."""
    await written(
        database_url,
        tmp_path,
        [
            segment(1, SegmentKind.QUEUE, 0, 20, result="answered", queue="@101"),
            segment(2, SegmentKind.TALK, 20, 20, agent="101", queue="@101"),
        ],
    )
    kpis = await report.kpis(SINCE, UNTIL)
    assert ([row.queue for row in kpis.queues], [row.handled for row in kpis.agents]) == ([], [1])
