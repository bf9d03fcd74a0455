"""Reports: the figures of the SQL are those of `core/kpi`, and rows come back typed."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contactcenter_ari.core.kpi.abandonment import abandonment
from contactcenter_ari.core.kpi.answer_speed import speed_of_answer
from contactcenter_ari.core.kpi.containment import NEVER_ENTERED, containment
from contactcenter_ari.core.kpi.handle_time import handle_time, handled_talks
from contactcenter_ari.core.kpi.occupancy import (
    StateStretch,
    logged_in_time,
    occupancy,
    utilization,
)
from contactcenter_ari.core.kpi.queue_stay import QueueCount, QueueStay, count_stays
from contactcenter_ari.core.kpi.service_level import ServiceLevelFormula, service_level
from contactcenter_ari.core.vocabulary.event import (
    AgentState,
    AgentStateChanged,
    EndReason,
    Event,
    InteractionEnded,
    InteractionStarted,
    OfferEnded,
    OfferResult,
    Party,
    QueueExit,
    RecordingEnded,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    InteractionId,
    LegId,
    OfferId,
    QueueName,
    RecordingId,
    SegmentId,
)
from contactcenter_ari.core.vocabulary.pause import Pause, PauseReason
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.journal import Journal
from contactcenter_ari.postgres.report import Report
from contactcenter_ari.postgres.report_row import (
    AgentKpis,
    FlowKpis,
    InteractionRow,
    OfferRow,
    QueueKpis,
    RecordingRow,
    SegmentRow,
)
from contactcenter_ari.postgres.spool import Spool

SINCE = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
UNTIL = SINCE + timedelta(hours=1)
WITHIN = {"sales": timedelta(seconds=20), "claims": timedelta(seconds=45)}
TICK = timedelta(microseconds=1)


class Day:
    """Random interactions and agents around the hour that is reported on."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 a seed, so that a failure repeats
        self.number = 0
        self.interactions: list[InteractionEnded] = []
        self.segments: list[SegmentEnded] = []
        self.moves: list[AgentStateChanged] = []
        for index in range(300):
            self._interaction(f"i-{index}")
        for agent in ("101", "102", "103", "104"):
            self._agent(agent)

    @property
    def events(self) -> list[Event]:
        """All of it, shuffled."""
        events: list[Event] = [*self.interactions, *self.segments, *self.moves]
        self.random.shuffle(events)
        return events

    def _next(self) -> int:
        self.number += 1
        return self.number

    def _span(self, mean: float) -> timedelta:
        return timedelta(microseconds=int(self.random.expovariate(1 / mean) * 1e6))

    def _interaction(self, name: str) -> None:
        began = SINCE + timedelta(seconds=self.random.uniform(-600, 4200))
        end = self._stays(InteractionId(name), began)
        ended = InteractionEnded(
            number=self._next(),
            at=end,
            interaction=InteractionId(name),
            node="n1",
            channel="voice",
            direction=self.random.choice(["inbound", "inbound", "inbound", "outbound"]),
            started_at=began,
            called_number="+31201234567",
            caller_number="+31611112222",
            caller_name="",
            caller_status="standard",
            flow=self.random.choice(["insurance", "night"]),
            flow_version="1",
            language="en",
            tags={},
            queue="",
            agent="",
            reason=self.random.choice(list(EndReason)),
            ended_by=Party.CALLER,
        )
        self.interactions.append(ended)

    def _stays(self, name: InteractionId, began: datetime) -> datetime:
        now = began + self._span(20)
        for _ in range(self.random.choice([0, 1, 1, 2, 3])):
            queue = self.random.choice(["sales", "claims", "vip", "@101"])
            result = self.random.choice([*QueueExit, *[QueueExit.ANSWERED] * 8])
            now = self._segment(name, SegmentKind.QUEUE, now, 25, queue=queue, result=result)
            if result is QueueExit.ANSWERED:
                now = self._talks(name, now, queue)
        if self.random.random() < 0.1:  # nobody waited, as for a callback that begins at the agent
            now = self._talks(name, now, self.random.choice(["sales", "callbacks"]))
        if self.random.random() < 0.1:
            now = self._segment(name, SegmentKind.TALK, now, 60)  # with an outside line
        return now

    def _talks(self, name: InteractionId, now: datetime, queue: str) -> datetime:
        """A talk, which may go on with a second agent."""
        first, second, _ = self.random.sample(["101", "102", "105"], 3)
        for agent in self.random.choice([(first,), (first,), (first, second), (first, first)]):
            who = {"queue": queue, "agent": agent}
            now = self._segment(name, SegmentKind.TALK, now, 180, **who)
            if self.random.random() < 0.9:
                self._segment(name, SegmentKind.WRAP_UP, now, 15, **who)
        return now

    def _segment(
        self, name: InteractionId, kind: SegmentKind, began: datetime, mean: float, **more: str
    ) -> datetime:
        ended = SegmentEnded(
            number=self._next(),
            at=began + self._span(mean),
            interaction=name,
            segment=SegmentId(f"s-{self.number}"),
            kind=kind,
            started_at=began,
            **more,  # type: ignore[arg-type]  # queue, agent and result are all text
        )
        self.segments.append(ended)
        return ended.at

    def _agent(self, agent: str) -> None:
        now = SINCE - timedelta(seconds=self.random.uniform(0, 900))
        before = AgentState.LOGGED_OUT
        while now < UNTIL + timedelta(minutes=10):
            after = self.random.choice([state for state in AgentState if state is not before])
            move = AgentStateChanged(
                number=self._next(),
                at=now,
                agent=AgentId(agent),
                before=before,
                before_reason="",
                since=now,
                after=after,
                reason="",
                by="phone",
            )
            self.moves.append(move)
            before = after
            now += self._span(120) if self.random.random() < 0.9 else timedelta()

    def stays(self, queue: str) -> list[SegmentEnded]:
        """The stays in a queue that began in the hour, but for those of customers called back."""
        called = {one.interaction for one in self.interactions if one.direction == "outbound"}
        return [
            segment
            for segment in self.segments
            if segment.interaction not in called
            and segment.kind is SegmentKind.QUEUE
            and segment.queue == queue
            and SINCE <= segment.started_at < UNTIL
        ]

    def stretches(self, agent: str) -> list[StateStretch]:
        """The states of an agent, one after the other."""
        moves = [move for move in self.moves if move.agent == agent]
        ends = [*[move.at for move in moves[1:]], None]
        return [StateStretch(move.after, move.at, end) for move, end in zip(moves, ends)]  # noqa: B905  # without moves there is no end


async def written(url: str, folder: Path, events: list[Event]) -> None:
    """Have a journal write the events."""
    spool = Spool(folder / "spool")
    journal = Journal(url, spool)
    async with asyncio.TaskGroup() as group:
        group.create_task(journal.run())
        journal.record(events)
        await journal.drain(timedelta(seconds=20))
    spool.close()


@pytest.fixture
async def report(database_url: str) -> AsyncIterator[Report]:
    """Reports on the test's database."""
    async with Database(database_url) as database:
        yield Report(database)


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


async def test_rows_come_back_typed(database_url: str, tmp_path: Path, report: Report) -> None:
    """The written rows are read back in the words of the vocabulary, only since the instant."""
    day = Day(7)
    offer = OfferEnded(
        number=100_000,
        at=SINCE + timedelta(seconds=8),
        interaction=InteractionId("i-1"),
        offer=OfferId("o-1"),
        agent=AgentId("101"),
        queue=QueueName("claims"),
        made_at=SINCE,
        rang_at=SINCE + timedelta(seconds=1),
        result=OfferResult.BUSY,
    )
    recording = RecordingEnded(
        number=100_001,
        at=SINCE + timedelta(seconds=9),
        interaction=InteractionId("i-1"),
        recording=RecordingId("r-1"),
        agent=AgentId("101"),
        started_at=SINCE,
        path="/nowhere.wav",
        duration=timedelta(seconds=9),
        failed=True,
        cut=True,
        pauses=(Pause(PauseReason.HOLD, SINCE, SINCE + timedelta(seconds=2)),),
    )
    await written(database_url, tmp_path, [*day.events, offer, recording])
    segments = await report.segments(SINCE)
    wanted = sorted(
        (one for one in day.segments if one.started_at >= SINCE),
        key=lambda one: (one.started_at, one.segment),
    )
    assert [one.segment for one in segments] == [one.segment for one in wanted]
    assert segments[0] == SegmentRow(
        segment=wanted[0].segment,
        interaction=wanted[0].interaction,
        kind=wanted[0].kind,
        queue=wanted[0].queue,
        agent=wanted[0].agent or None,
        result=wanted[0].result,
        position_at_entry=None,
        position_at_exit=None,
        started_at=wanted[0].started_at,
        ended_at=wanted[0].at,
    )
    assert await report.offers(SINCE) == [
        OfferRow(
            offer="o-1",
            interaction="i-1",
            agent="101",
            queue="claims",
            result=OfferResult.BUSY,
            made_at=SINCE,
            rang_at=offer.rang_at,
            ended_at=offer.at,
        )
    ]
    assert await report.recordings(SINCE) == [
        RecordingRow(
            recording="r-1",
            interaction="i-1",
            agent="101",
            path="/nowhere.wav",
            failed=True,
            cut=True,
            duration=timedelta(seconds=9),
            pauses=recording.pauses,
            format=None,
            channels=None,
            sha256=None,
            started_at=SINCE,
            ended_at=recording.at,
        )
    ]
    assert [event.kind for event in await report.events("i-1")].count("OfferEnded") == 1
    states = await report.agent_states(SINCE)
    assert len(states) == sum(move.at >= SINCE for move in day.moves)
    await check_interactions(day, await report.interactions(SINCE))


async def check_interactions(day: Day, found: list[InteractionRow]) -> None:
    """Each interaction of the day is there with its waits and talks added up."""
    wanted = {one.interaction: one for one in day.interactions if one.started_at >= SINCE}
    assert {row.interaction for row in found} == set(wanted)
    for row in found:
        spent = {
            kind: sum(
                (
                    one.at - one.started_at
                    for one in day.segments
                    if one.interaction == row.interaction and one.kind is kind
                ),
                timedelta(),
            )
            for kind in SegmentKind
        }
        assert (row.waited, row.talked) == (spent[SegmentKind.QUEUE], spent[SegmentKind.TALK])
        assert row.reason is wanted[InteractionId(row.interaction)].reason
