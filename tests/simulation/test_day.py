"""A day of traffic through the shipped center: everything is accounted for."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from math import pi, sin
from random import Random

import pytest

from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.vocabulary.event import (
    AgentState,
    EndReason,
    InteractionDequeued,
    InteractionQueued,
    InteractionStarted,
    OfferEnded,
    OfferMade,
    OfferResult,
    QueueExit,
    RecordingEnded,
    RecordingStarted,
)
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.simulation.invariant import assert_at_rest
from contactcenter_ari.simulation.link import Link
from contactcenter_ari.simulation.people import Habits
from contactcenter_ari.simulation.population import Population
from contactcenter_ari.simulation.sample import DIRECT, MENU, sample_site

OPENS = datetime(2026, 3, 10, 8, tzinfo=UTC)
CLOSES = OPENS + timedelta(hours=10)
SALES, CLAIMS = QueueName("sales"), QueueName("claims")
QUEUES = (
    QueueSettings(name=SALES, max_wait=timedelta(minutes=3), wrap_up=timedelta(seconds=20)),
    QueueSettings(
        name=CLAIMS,
        max_waiting=8,
        misses_before_not_ready=MissLimits.alike(2),
        strategy=Strategy.LEAST_OCCUPIED,
    ),
)
HABITS = Habits(refuses=0.02, ignores=0.03, hangs_up=timedelta(minutes=6))
MINDS = (("", "1"), ("", "2"), ("", "2", "", "5"), ("", "9", "1"), ())
PEAK = 450.0


def busy_day(seed: int, *, link: Link | None = None) -> Population:
    """A day of 11 agents and more callers at noon than they can serve, with nothing run yet."""
    random = Random(seed)  # noqa: S311 - a simulation must be repeatable
    population = Population(sample_site(QUEUES), OPENS, random, link=link)
    population.staff(4, [SALES], HABITS)
    population.staff(4, [CLAIMS], HABITS)
    population.staff(3, [SALES, CLAIMS], HABITS)
    population.all_dial("*11", within=timedelta(minutes=5))
    population.expect_calls(MENU, minds=MINDS, per_hour=rate, peak=PEAK, until=CLOSES)
    for number in (DIRECT, "+999"):
        population.expect_calls(number, minds=[()], per_hour=lambda _: 5, peak=5, until=CLOSES)
    return population


def rate(at: datetime) -> float:
    """Callers per hour: few in the morning and evening, many at noon."""
    return PEAK * sin(pi * ((at - OPENS) / (CLOSES - OPENS))) ** 2


def close(population: Population) -> None:
    """Let the day pass, send everybody home, and wait until it is quiet."""
    population.simulation.run_until(CLOSES)
    population.all_dial("*12", within=timedelta(minutes=5))
    population.simulation.run_out()


@pytest.fixture(scope="module", params=[1, 2])
def day(request: pytest.FixtureRequest) -> Population:
    """A day that is over."""
    population = busy_day(request.param)
    close(population)
    return population


def test_nothing_is_left_after_the_day(day: Population) -> None:
    """No leg, bridge, recording, call or deadline is left, and nobody is logged in."""
    assert_at_rest(day.simulation)
    agents = day.simulation.center.agents(day.simulation.agenda.now)
    assert {AgentState.LOGGED_OUT} == {agent.state for agent in agents}


NOT_ON_A_GOOD_DAY = {
    EndReason.APOLOGIZED,
    EndReason.NOT_REACHED,
    EndReason.ORPHANED,
    EndReason.SYSTEM_ERROR,
}
"""No part fails on this day, and no callback is dialed."""


def test_every_caller_ends_exactly_once(day: Population) -> None:
    """Each call is one interaction with one end reason, and who talked is completed."""
    ledger = day.simulation.ledger
    started = [e for e in day.simulation.events if isinstance(e, InteractionStarted)]
    assert len(day.callers) == len(started) == len(ledger.ends)
    reasons = Counter(end.reason for end in ledger.ends.values())
    talked = sum(caller.talked for caller in day.callers)
    assert talked == reasons[EndReason.COMPLETED]
    assert reasons[EndReason.SYSTEM_ERROR] == 0
    assert set(EndReason) - NOT_ON_A_GOOD_DAY == set(reasons)


def test_every_queue_stay_has_one_exit(day: Population) -> None:
    """Entries and exits are the same number, and every way out was taken."""
    queued = [e for e in day.simulation.events if isinstance(e, InteractionQueued)]
    left = [e for e in day.simulation.events if isinstance(e, InteractionDequeued)]
    assert len(queued) == len(left)
    exits = Counter(e.result for e in left)
    assert {*exits} >= {
        QueueExit.ANSWERED,
        QueueExit.ABANDONED,
        QueueExit.ABANDONED_SHORT,
        QueueExit.TIMEOUT,
        QueueExit.FULL,
    }


def test_every_offer_has_one_result(day: Population) -> None:
    """Offers made and ended are the same number, and every result but a failure occurred."""
    made = [e for e in day.simulation.events if isinstance(e, OfferMade)]
    ended = [e for e in day.simulation.events if isinstance(e, OfferEnded)]
    assert len(made) == len(ended)
    assert set(OfferResult) - {OfferResult.FAILED} <= {e.result for e in ended}


def test_every_talk_is_recorded_once(day: Population) -> None:
    """Each recording that began is closed, with its length."""
    began = {e.recording for e in day.simulation.events if isinstance(e, RecordingStarted)}
    closed = [e for e in day.simulation.events if isinstance(e, RecordingEnded)]
    assert began == {e.recording for e in closed}
    assert len(began) == len(closed)
    assert not any(e.failed for e in closed)


def test_agent_seconds_by_state_add_up(day: Population) -> None:
    """An agent's seconds by state are the logged-in time, most of it busy at noon."""
    for agent in day.simulation.ledger.agents.values():
        agent.check_seconds(day.simulation.agenda.now)
        assert agent.logged_in > timedelta(hours=9)
        assert sum(agent.spent.values(), timedelta()) == agent.logged_in


def test_the_same_seed_gives_the_same_day(day: Population) -> None:
    """The core rolls no dice and reads no clock: the same inputs give the same events."""
    first, second = busy_day(7), busy_day(7)
    for population in (first, second):
        population.simulation.run_until(OPENS + timedelta(hours=2))
    assert first.simulation.events == second.simulation.events
    assert first.simulation.events != day.simulation.events
