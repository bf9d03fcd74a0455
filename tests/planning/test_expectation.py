"""Erlang's formulas beside a scenario: where they apply, and what they say of it."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.skill import SkillStep
from contactcenter_ari.planning.erlang_a import ErlangA
from contactcenter_ari.planning.erlang_c import answered_within, mean_wait
from contactcenter_ari.planning.expectation import (
    Expectation,
    Unfit,
    erlang_a_of,
    erlang_c_of,
)
from contactcenter_ari.planning.one_queue import QUEUE, OneQueue
from contactcenter_ari.planning.scenario import Crew, Length, Scenario, Shape, Shift

TALK = timedelta(minutes=3)
LIMIT = timedelta(seconds=20)
HALF_HOUR = timedelta(minutes=30)


def scenario(agents: int = 20, patience: timedelta | None = None, **more: object) -> Scenario:
    """342 calls an hour of 3 minutes."""
    question = OneQueue(per_hour=342, handle_time=TALK, hours=10, patience=patience)
    return replace(question, **more).scenario(agents)  # type: ignore[arg-type]  # as asked


def day(rates: tuple[float, ...], *crews: Crew) -> Scenario:
    """A day of half hours at these rates."""
    steady = scenario()
    callers = replace(steady.callers[0], per_hour=rates)
    return replace(
        steady,
        callers=(callers,),
        crews=crews or steady.crews,
        length=len(rates) * HALF_HOUR,
        opens=timedelta(hours=8),
        days=5,
    )


def expected(found: Expectation | Unfit) -> Expectation:
    """The expectation there must be."""
    assert isinstance(found, Expectation), found
    return found


def reason(found: Expectation | Unfit) -> str:
    """Why there is none."""
    assert isinstance(found, Unfit), found
    return found.reason


def test_a_steady_queue_is_erlang_c() -> None:
    """One crew and one rate give the figures of the formula."""
    found = expected(erlang_c_of(scenario(), QUEUE))
    figures = {"servers": 20, "offered": 17.1}
    mean = mean_wait(servers=20, offered=17.1, handle_time=TALK)
    assert mean is not None
    assert found.service_level == answered_within(LIMIT, **figures, handle_time=TALK)  # type: ignore[arg-type]  # as above
    assert found.average_speed_of_answer == mean.total_seconds()
    assert found.occupancy == pytest.approx(17.1 / 20)


def test_abandons_are_counted_as_the_figures_do() -> None:
    """A caller who gives up within the time does not count against the service level, and a short
    abandon is none.
    """
    patience, short = timedelta(seconds=90), timedelta(seconds=5)
    found = expected(erlang_a_of(scenario(18, patience, short_abandon=short), QUEUE))
    queue = ErlangA(servers=18, offered=17.1, handle_time=TALK, patience=patience)
    quick, early = queue.answered_within(LIMIT), queue.abandoned_within(LIMIT)
    gone = queue.abandoned_within(short)
    assert found.service_level == pytest.approx(quick / (1 - early))
    assert found.abandonment == pytest.approx((queue.abandoned - gone) / (1 - gone))


def test_a_day_is_weighed_by_its_calls() -> None:
    """A busy half hour counts for more, and one without calls only for its agents."""
    found = expected(erlang_c_of(day((342.0, 0.0, 100.0)), QUEUE))
    busy = answered_within(LIMIT, servers=20, offered=17.1, handle_time=TALK)
    quiet = answered_within(LIMIT, servers=20, offered=5.0, handle_time=TALK)
    assert found.service_level == pytest.approx((342 * busy + 100 * quiet) / 442)


def test_shifts_decide_how_many_there_are() -> None:
    """Each half hour is calculated with who works then."""
    early = Shift(timedelta(hours=8), timedelta(hours=8, minutes=30))
    crews = (
        Crew(count=18, queues=(QUEUE,), skills={}),
        Crew(count=4, queues=(QUEUE,), skills={}, shifts=(early,)),
    )
    found = expected(erlang_c_of(day((342.0, 342.0), *crews), QUEUE))
    levels = [
        answered_within(LIMIT, servers=servers, offered=17.1, handle_time=TALK)
        for servers in (22, 18)
    ]
    assert found.service_level == pytest.approx(sum(levels) / 2)


def test_ringing_is_waiting_for_callers_and_work_for_agents() -> None:
    """Phones that ring for 4 s make every wait 4 s longer, and every call."""
    found = expected(erlang_c_of(scenario(answer_delay=timedelta(seconds=4)), QUEUE))
    longer = TALK + timedelta(seconds=4)
    load = 342 * (longer / timedelta(hours=1))
    mean = mean_wait(servers=20, offered=load, handle_time=longer)
    assert mean is not None
    assert found.average_speed_of_answer == pytest.approx(mean.total_seconds() + 4)
    assert found.service_level == pytest.approx(
        answered_within(timedelta(seconds=16), servers=20, offered=load, handle_time=longer)
    )


def test_a_load_too_large_has_no_erlang_c() -> None:
    """It says how many agents are too few, and when."""
    assert reason(erlang_c_of(scenario(17), QUEUE)) == (
        "17 agents cannot serve 17.1 erlangs: if nobody gave up, the line would grow and grow"
    )
    assert "at 08:30" in reason(erlang_c_of(day((100.0, 500.0)), QUEUE))
    assert expected(erlang_a_of(scenario(17, timedelta(seconds=90)), QUEUE)).abandonment > 0


def test_where_the_formulas_know_too_little() -> None:
    """Shared agents, skills, a limited line, unlike patience: each is told."""
    base = scenario(patience=timedelta(seconds=90))
    callers, crew = base.callers[0], base.crews[0]
    other = QueueName("other")
    shared = replace(
        base,
        queues={**base.queues, other: msgspec.structs.replace(base.queues[QUEUE], name=other)},
        crews=(replace(crew, queues=(QUEUE, other)),),
    )
    assert "other queues" in reason(erlang_c_of(shared, QUEUE))
    assert reason(erlang_a_of(shared, other)) == "nobody calls"
    skilled = replace(callers, skills=(SkillStep(timedelta(), {"dutch": 5}),))
    assert "every agent" in reason(erlang_a_of(replace(base, callers=(skilled,)), QUEUE))
    limited = msgspec.structs.replace(base.queues[QUEUE], max_waiting=5)
    assert "limited" in reason(erlang_c_of(replace(base, queues={QUEUE: limited}), QUEUE))
    never = replace(callers, patience=None)
    assert "never" in reason(erlang_a_of(replace(base, callers=(never,)), QUEUE))
    assert "differ" in reason(erlang_a_of(replace(base, callers=(never, callers)), QUEUE))
    fixed = replace(callers, patience=Length(TALK, Shape.FIXED))
    assert "exponential" in reason(erlang_a_of(replace(base, callers=(fixed,)), QUEUE))
