"""Scenarios simulated: with all invariants checked, and figures that add up."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from statistics import fmean, pstdev

import msgspec
import pytest

from contactcenter_ari.config.settings import CHECKOUT
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.skill import SkillStep
from contactcenter_ari.planning.counts import Cell, total
from contactcenter_ari.planning.figure import FIGURES
from contactcenter_ari.planning.one_queue import QUEUE, OneQueue
from contactcenter_ari.planning.plan import plan_of
from contactcenter_ari.planning.run import gather, simulate, simulate_part
from contactcenter_ari.planning.scenario import Callers, Crew, Length, Scenario, Shape, Shift
from contactcenter_ari.planning.scenario_file import read_scenario

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
FIXED = OneQueue(per_hour=60, handle_time=3 * MINUTE, hours=8)


def outcome(scenario: Scenario, queue: QueueName = QUEUE) -> Cell:
    """All that happened in a queue."""
    return total(gather([scenario], list(simulate([scenario])))[0][queue])


def half_day(scenario: Scenario, *crews: Crew) -> Scenario:
    """The same callers from 8 to 12, on one day."""
    callers = tuple(replace(each, per_hour=each.per_hour * 8) for each in scenario.callers)
    return replace(
        scenario,
        callers=callers,
        crews=crews or scenario.crews,
        opens=8 * HOUR,
        length=4 * HOUR,
        days=1,
    )


@pytest.mark.parametrize("strategy", [Strategy.LONGEST_IDLE, Strategy.RING_ALL])
def test_no_invariant_is_broken(strategy: Strategy) -> None:
    """A day of the shipped example, each turn checked: skills, shifts, head starts, two queues;
    every caller was answered, gave up or was sent away.
    """
    example = read_scenario(CHECKOUT / "docs" / "staffing.yaml")
    queues = {
        name: msgspec.structs.replace(queue, strategy=strategy)
        for name, queue in example.queues.items()
    }
    scenario = replace(example, queues=queues, length=2 * HOUR, callers=cut(example.callers))
    for cells in simulate_part(scenario, 0, checked=True).values():
        whole = total(cells).count
        assert whole.offered == whole.answered + whole.abandoned + whole.turned_away
        assert whole.answered > 30


def cut(callers: tuple[Callers, ...]) -> tuple[Callers, ...]:
    """The first two hours of them."""
    return tuple(replace(each, per_hour=each.per_hour[:4]) for each in callers)


def test_as_many_processes_as_you_like() -> None:
    """Two processes come to the same as one, and so does the same again."""
    scenarios = [replace(FIXED, hours=2).scenario(agents) for agents in (3, 4)]
    alone = gather(scenarios, list(simulate(scenarios, processes=1)))
    assert gather(scenarios, list(simulate(scenarios, processes=2))) == alone
    assert gather(scenarios, list(simulate(scenarios))) == alone


def test_another_seed_is_other_luck() -> None:
    """Chance comes from the seed alone."""
    assert outcome(FIXED.scenario(4)) != outcome(replace(FIXED, seed=2).scenario(4))


def test_the_same_people_call_whatever_the_staffing() -> None:
    """More agents leave the callers of a day and their talks as they are."""
    few, many = (outcome(half_day(FIXED.scenario(agents))) for agents in (4, 9))
    assert few.waited > many.waited
    assert few.count.offered == many.count.offered
    assert few.count.answered == many.count.answered


def test_every_second_of_an_agent_is_counted_once() -> None:
    """The time busy and ready of the measured hours is that of all agents, warm-up left out."""
    whole = outcome(FIXED.scenario(4))
    assert whole.busy + whole.ready == pytest.approx(4 * 8 * 3600, abs=1)


def test_ringing_counts_as_waiting_and_as_busy() -> None:
    """With 4 s of ringing nobody is answered before that."""
    quiet = replace(FIXED, per_hour=2, hours=40)
    at_once = outcome(quiet.scenario(4))
    ringing = outcome(replace(quiet, answer_delay=timedelta(seconds=4)).scenario(4))
    assert at_once.waited == 0
    assert ringing.waited == pytest.approx(4 * ringing.count.answered, rel=0.01)
    assert ringing.busy - at_once.busy == pytest.approx(4 * ringing.count.answered, rel=0.02)


def test_wrap_up_is_a_part_of_the_handle_time() -> None:
    """Handle time is what was asked for, talk and wrap-up together."""
    whole = outcome(replace(FIXED, wrap_up=MINUTE, hours=100).scenario(4))
    handled = FIGURES["average_handle_time"](whole)
    assert handled == pytest.approx(180, rel=0.04)


def test_shifts_begin_and_end() -> None:
    """Outside the shifts nobody is logged in, so callers are sent away."""
    shift = Shift(9 * HOUR, 10 * HOUR)
    crew = Crew(count=6, queues=(QUEUE,), skills={}, shifts=(shift,))
    cells = simulate_part(half_day(FIXED.scenario(6), crew), 0, checked=True)[QUEUE]
    assert [cell.count.answered == 0 for cell in cells] == [True] * 2 + [False] * 2 + [True] * 4
    assert all(cell.count.turned_away == cell.count.offered for cell in (*cells[:2], *cells[5:]))
    assert [round(cell.busy + cell.ready) for cell in cells[2:4]] == [6 * 1800] * 2


def test_who_waits_at_closing_time_is_still_served() -> None:
    """The last crew stays until nobody waits."""
    busy = replace(FIXED, per_hour=120).scenario(4)
    whole = total(simulate_part(half_day(busy), 0, checked=True)[QUEUE])
    assert whole.count.turned_away == 0
    assert whole.count.answered == whole.count.offered


def test_skills_are_waited_for() -> None:
    """Callers who want a skill wait for the one agent who has it; once that is relaxed, they
    wait less.
    """
    crews = (
        Crew(count=1, queues=(QUEUE,), skills={"dutch": 6}),
        Crew(count=9, queues=(QUEUE,), skills={"dutch": 4}),
    )
    asking = (SkillStep(timedelta(), {"dutch": 5}),)
    strict, relaxed = (
        outcome(skilled(steps, crews))
        for steps in (asking, (*asking, SkillStep(timedelta(seconds=20), {})))
    )
    assert strict.waited / strict.count.answered > 60
    assert relaxed.waited / relaxed.count.answered < 20


def skilled(steps: tuple[SkillStep, ...], crews: tuple[Crew, ...]) -> Scenario:
    """Callers who ask for a skill."""
    base = replace(FIXED, per_hour=18).scenario(1)
    return replace(base, callers=(replace(base.callers[0], skills=steps),), crews=crews)


def test_a_head_start_shortens_the_wait() -> None:
    """Callers with five minutes' head start are served before others who came as early, in
    another queue of the same agents.
    """
    base = replace(FIXED, per_hour=33, hours=20).scenario(4)
    gold = QueueName("gold")
    vip = replace(base.callers[0], queue=gold, head_start=5 * MINUTE)
    queues = {
        name: QueueSettings(name=name, wrap_up=timedelta(), max_wait=24 * HOUR)
        for name in (QUEUE, gold)
    }
    crew = replace(base.crews[0], queues=(QUEUE, gold))
    scenario = replace(base, queues=queues, callers=(base.callers[0], vip), crews=(crew,))
    common, preferred = outcome(scenario), outcome(scenario, gold)
    gained = common.waited / common.count.answered - preferred.waited / preferred.count.answered
    assert gained > 60


def test_a_limit_of_the_wait_sends_callers_away() -> None:
    """A caller who has waited as long as allowed is neither answered nor gave up."""
    whole = outcome(replace(FIXED, max_wait=MINUTE).scenario(2))
    assert whole.count.turned_away > 50
    assert whole.count.offered == whole.count.answered + whole.count.turned_away


def test_a_plan_measures_what_was_asked_for() -> None:
    """The parts add up to the hours, and there are at least as many batches as the least."""
    plan = plan_of(OneQueue(per_hour=342, handle_time=3 * MINUTE, hours=400).scenario(20))
    assert plan.part * plan.parts / (400 * HOUR) == pytest.approx(1)
    assert plan.batches == 20
    assert plan.warm_up > 2 * HOUR
    assert plan.share_measured > 0.9
    assert not plan.is_short


def test_too_few_hours_are_told() -> None:
    """At 98 % load the line changes so slowly that ten hours say little."""
    assert plan_of(OneQueue(per_hour=392, handle_time=3 * MINUTE, hours=10).scenario(20)).is_short


def test_lines_that_grow_have_nothing_to_settle_to() -> None:
    """With more work than agents and endless patience nothing is thrown away; with patience
    that ends there is a balance.
    """
    hopeless = OneQueue(per_hour=342, handle_time=3 * MINUTE, hours=20)
    plan = plan_of(hopeless.scenario(15))
    assert plan.grows
    assert plan.warm_up == timedelta()
    assert not plan_of(replace(hopeless, patience=MINUTE).scenario(15)).grows


def test_each_day_is_a_batch() -> None:
    """A daily scenario begins each day with empty lines, as the real one does."""
    plan = plan_of(replace(half_day(FIXED.scenario(4)), days=7))
    assert (plan.parts, plan.batches, plan.warm_up) == (7, 7, timedelta())
    assert plan.stretches == 8


@pytest.mark.parametrize(
    ("length", "variation"),
    [
        (Length(3 * MINUTE), 1.0),
        (Length(3 * MINUTE, Shape.LOGNORMAL, 0.8), 0.8),
        (Length(3 * MINUTE, Shape.FIXED), 0.0),
    ],
)
def test_lengths_have_the_mean_and_the_spread_asked_for(length: Length, variation: float) -> None:
    """Many lengths have the mean, and their deviation is the share of it that was asked for."""
    random = Random(5)  # noqa: S311 - a seed, so that a failure repeats
    drawn = [length.draw(random) / length.mean for _ in range(20_000)]
    assert fmean(drawn) == pytest.approx(1, abs=0.03)
    assert pstdev(drawn) == pytest.approx(variation, abs=0.03)
