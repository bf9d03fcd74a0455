"""The shipped center against Erlang's formula: exponential talk, patient callers, no wrap-up."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from statistics import fmean

import pytest

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.vocabulary.event import AgentConnected
from contactcenter_ari.core.vocabulary.ids import AgentId, PhoneId, QueueName
from contactcenter_ari.core.vocabulary.request import AgentProfile, LogIn, PutAgent
from contactcenter_ari.planning.erlang_c import answered_within, erlang_c, mean_wait
from contactcenter_ari.simulation.arrivals import poisson
from contactcenter_ari.simulation.invariant import assert_at_rest
from contactcenter_ari.simulation.people import (
    Caller,
    CallerPlan,
    Habits,
    PhoneUser,
    exponential,
)
from contactcenter_ari.simulation.sample import DIRECT, sample_site
from contactcenter_ari.simulation.simulation import Simulation
from tests.simulation.observed import DAYS, Observed

START = datetime(2026, 3, 10, tzinfo=UTC)
QUEUE = QueueName("q")
TALK = timedelta(minutes=3)
FOR_EVER = timedelta(days=30)
AT_ONCE = timedelta(milliseconds=500)
"""Dialing and picking up take the fake switch some milliseconds."""
CALLS, WARM_UP = 1200, 150


def waits_of(servers: int, offered: float, calls: int, seed: int) -> list[timedelta]:
    """How long each caller waited, in the order of their answers."""
    random = Random(seed)  # noqa: S311 - a simulation must be repeatable
    settings = QueueSettings(name=QUEUE, wrap_up=timedelta(), max_wait=FOR_EVER, recording=False)
    simulation = Simulation(sample_site([settings]), START, latency=timedelta(milliseconds=1))
    for number in range(servers):
        staff(simulation, str(100 + number), random)
    per_hour = offered * (timedelta(hours=1) / TALK)
    until = START + timedelta(hours=calls / per_hour)
    for at in poisson(random, per_hour=per_hour, since=START, until=until):
        plan = CallerPlan(called_number=DIRECT, patience=FOR_EVER, talk=exponential(random, TALK))
        simulation.agenda.at(at, Caller(plan, simulation.agenda, simulation.switch).call)
    simulation.run_out()
    assert_at_rest(simulation)
    return [e.waited for e in simulation.events if isinstance(e, AgentConnected)]


def staff(simulation: Simulation, extension: str, random: Random) -> None:
    """An agent who answers at once and is logged in from the start."""
    agent, phone = AgentId(extension), PhoneId(f"phone-{extension}")
    habits = Habits(answer_delay=timedelta())
    PhoneUser(phone, habits, simulation.agenda, simulation.switch, random).plug_in()
    profile = AgentProfile(agent=agent, name="A", phone=phone, queues=(QUEUE,))
    simulation.submit(PutAgent(profile))
    simulation.agenda.after(timedelta(), partial(simulation.submit, LogIn(agent, "test")))


def by_day(days: Sequence[Sequence[timedelta]], figure: Callable[[timedelta], float]) -> Observed:
    """The mean of a figure on each of the days, after the calls that found nobody waiting."""
    return Observed([fmean(figure(wait) for wait in day[WARM_UP:]) for day in days])


@pytest.mark.parametrize(("servers", "offered"), [(1, 0.5), (3, 1.8), (5, 3.0)])
def test_waits_agree_with_erlang_c(servers: int, offered: float) -> None:
    """Probability of delay, mean wait and service level are those of Erlang C."""
    days = [waits_of(servers, offered, calls=CALLS, seed=seed) for seed in range(DAYS)]
    limit = timedelta(seconds=20)
    delayed = by_day(days, lambda wait: wait > AT_ONCE)
    mean = by_day(days, lambda wait: wait.total_seconds())
    quick = by_day(days, lambda wait: wait <= limit)
    expected = mean_wait(servers=servers, offered=offered, handle_time=TALK)
    assert expected is not None
    delayed.agrees_with(erlang_c(servers=servers, offered=offered))
    mean.agrees_with(expected.total_seconds())
    quick.agrees_with(answered_within(limit, servers=servers, offered=offered, handle_time=TALK))
