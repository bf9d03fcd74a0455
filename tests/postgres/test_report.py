"""Figures of reports: those of the SQL are those of `core/kpi`."""

import itertools
from dataclasses import asdict, fields
from datetime import timedelta
from pathlib import Path

import pytest

from contactcenter_ari.core.kpi.abandonment import abandonment
from contactcenter_ari.core.kpi.answer_speed import speed_of_answer
from contactcenter_ari.core.kpi.containment import NEVER_ENTERED, containment
from contactcenter_ari.core.kpi.handle_time import handle_time, handled_talks
from contactcenter_ari.core.kpi.occupancy import (
    logged_in_time,
    occupancy,
    utilization,
)
from contactcenter_ari.core.kpi.queue_stay import QueueCount, QueueStay, count_stays
from contactcenter_ari.core.kpi.service_level import ServiceLevelFormula, service_level
from contactcenter_ari.core.vocabulary.event import (
    EndReason,
    QueueExit,
    SegmentKind,
)
from contactcenter_ari.postgres.report import Report
from contactcenter_ari.postgres.report_row import (
    AgentKpis,
    FlowKpis,
    QueueKpis,
)
from tests.postgres.journaled import written
from tests.postgres.random_day import SINCE, UNTIL, Day

WITHIN = {"sales": timedelta(seconds=20), "claims": timedelta(seconds=45)}
TICK = timedelta(microseconds=1)


def expected_queue(day: Day, queue: str) -> QueueKpis:
    """The figures of a queue, by `core/kpi`."""
    within = WITHIN.get(queue, timedelta(seconds=30))
    segments = day.stays(queue)
    stays = [QueueStay(one.started_at, one.at, QueueExit(one.result)) for one in segments]
    count = count_stays(stays, within=within)
    levels = {formula.value: service_level(count, formula) for formula in ServiceLevelFormula}
    speed = speed_of_answer(stays)
    talks = [
        talk
        for talk in handled_talks(day.segments)
        if talk.queue == queue and SINCE <= talk.entered_at < UNTIL
    ]
    handling = handle_time(talks)
    return QueueKpis(
        queue=queue,
        within=within,
        **asdict(count),
        formula=ServiceLevelFormula.IGNORE_QUICK,
        service_level=service_level(count),
        ignore_quick=levels["ignore_quick"],
        strict=levels["strict"],
        count_quick=levels["count_quick"],
        answered_only=levels["answered_only"],
        count_short=levels["count_short"],
        average_speed_of_answer=speed.mean if speed else None,
        median_speed_of_answer=speed.median if speed else None,
        p90_speed_of_answer=speed.p90 if speed else None,
        longest_speed_of_answer=speed.maximum if speed else None,
        abandonment=abandonment(count),
        handled=len(talks),
        average_handle_time=handling.mean if handling else None,
        median_handle_time=handling.median if handling else None,
        p90_handle_time=handling.p90 if handling else None,
        longest_handle_time=handling.maximum if handling else None,
    )


def expected_agent(day: Day, agent: str) -> AgentKpis:
    """The figures of an agent, by `core/kpi`."""
    time = logged_in_time(day.stretches(agent), since=SINCE, until=UNTIL)
    talks = [
        one
        for one in day.segments
        if one.kind is SegmentKind.TALK and one.agent == agent and SINCE <= one.started_at < UNTIL
    ]
    return AgentKpis(
        agent=agent,
        handled=len(talks),
        busy=time.busy,
        ready=time.ready,
        not_ready=time.not_ready,
        occupancy=occupancy(time),
        utilization=utilization(time),
    )


def expected_flow(day: Day, flow: str) -> FlowKpis:
    """The figures of a flow, by `core/kpi`."""
    ends = [
        one.reason
        for one in day.interactions
        if one.flow == flow and one.direction == "inbound" and SINCE <= one.started_at < UNTIL
    ]
    return FlowKpis(
        flow=flow,
        entered=sum(end not in NEVER_ENTERED for end in ends),
        contained=ends.count(EndReason.CONTAINED),
        left=ends.count(EndReason.LEFT_FLOW),
        containment=containment(ends),
    )


def differences(expected: object, actual: object) -> dict[str, tuple[object, object]]:
    """The fields in which two rows differ by more than rounding."""
    return {
        name: (wanted, getattr(actual, name))
        for name in type(expected).__annotations__
        if not alike(wanted := getattr(expected, name), getattr(actual, name))
    }


def alike(wanted: object, found: object) -> bool:
    """Equal, or no further apart than rounding takes them."""
    if isinstance(wanted, timedelta) and isinstance(found, timedelta):
        return abs(wanted - found) <= TICK
    if isinstance(wanted, float):
        return found == pytest.approx(wanted, abs=1e-12)
    return wanted == found


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_sql_and_python_agree(
    database_url: str, tmp_path: Path, report: Report, seed: int
) -> None:
    """Each figure is the same by the SQL and by its function, on random days."""
    day = Day(seed)
    await written(database_url, tmp_path, day.events)
    kpis = await report.kpis(SINCE, UNTIL, within=WITHIN, default_within=timedelta(seconds=30))
    queues = [expected_queue(day, queue) for queue in ("callbacks", "claims", "sales", "vip")]
    agents = [expected_agent(day, agent) for agent in ("101", "102", "103", "104", "105")]
    flows = [expected_flow(day, flow) for flow in ("insurance", "night")]
    pairs = zip([*queues, *agents, *flows], [*kpis.queues, *kpis.agents, *kpis.flows], strict=True)
    assert [differences(wanted, found) for wanted, found in pairs] == [{}] * 11


COUNTS = (*[field.name for field in fields(QueueCount)], "handled")
COLUMNS = ("answered", "abandoned", "sent_away", "moved_on", "lost")


@pytest.mark.parametrize("seed", [4, 5])
async def test_intervals_add_up_to_the_whole(
    database_url: str, tmp_path: Path, report: Report, seed: int
) -> None:
    """With any intervals, no stay and no talk is counted twice or not at all."""
    day = Day(seed)
    await written(database_url, tmp_path, day.events)
    since, until = SINCE - timedelta(days=1), UNTIL + timedelta(days=1)
    inner = sorted(SINCE + timedelta(seconds=day.random.uniform(-900, 5400)) for _ in range(7))
    cuts = [since, *inner, until]
    parts = [await report.kpis(*part) for part in itertools.pairwise(cuts)]
    whole = await report.kpis(since, until)
    for row in whole.queues:
        rows = [part for kpis in parts for part in kpis.queues if part.queue == row.queue]
        added = {name: sum(getattr(part, name) for part in rows) for name in COUNTS}
        assert added == {name: getattr(row, name) for name in COUNTS}
        assert row.offered == sum(getattr(row, column) for column in COLUMNS)
    talks = [one for one in day.segments if one.kind is SegmentKind.TALK and one.agent]
    in_queues = [one for one in talks if not one.queue.startswith("@")]
    assert sum(row.handled for row in whole.queues) == len(in_queues)
    assert sum(row.handled for row in whole.agents) == len(talks)
    by_part = [sum(row.handled for row in kpis.agents) for kpis in parts]
    assert sum(by_part) == len(talks)


@pytest.mark.parametrize("formula", list(ServiceLevelFormula))
async def test_the_report_says_its_formula(
    database_url: str, tmp_path: Path, report: Report, formula: ServiceLevelFormula
) -> None:
    """Any of the five can be asked for; the strict one stands beside it."""
    day = Day(6)
    await written(database_url, tmp_path, day.events)
    for row in (await report.kpis(SINCE, UNTIL, formula=formula)).queues:
        assert row.formula is formula
        assert row.service_level == getattr(row, formula)


async def test_an_hour_without_calls_is_empty(report: Report) -> None:
    """Nothing happened: no rows, no figures, no error."""
    kpis = await report.kpis(SINCE, UNTIL)
    assert (kpis.queues, kpis.agents, kpis.flows) == ([], [], [])
    assert await report.interactions(SINCE) == []
