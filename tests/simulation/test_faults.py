"""A switch that misbehaves: no turn crashes, and after an inventory nothing is left."""

from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

import pytest

from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings
from contactcenter_ari.core.vocabulary.event import (
    AgentConnected,
    EndReason,
    OfferResult,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.simulation.invariant import assert_at_rest
from contactcenter_ari.simulation.link import Faults, FaultyLink
from contactcenter_ari.simulation.people import Habits, PhoneUser
from contactcenter_ari.simulation.population import Population
from contactcenter_ari.simulation.sample import DIRECT, MENU, sample_site

OPENS = datetime(2026, 3, 10, 8, tzinfo=UTC)
CLOSES = OPENS + timedelta(hours=3)
SALES, CLAIMS = QueueName("sales"), QueueName("claims")
QUEUES = (
    QueueSettings(name=SALES, max_wait=timedelta(minutes=3)),
    QueueSettings(name=CLAIMS, misses_before_not_ready=MissLimits.alike(2), wrap_up=timedelta()),
)
HABITS = Habits(refuses=0.05, ignores=0.05, hangs_up=timedelta(minutes=3))
MINDS = (("", "1"), ("", "2"), ("", "2", "", "5"), ("", "9", "1"), ())
COMEBACK = timedelta(minutes=3)
FAULTS = {
    "commands fail": Faults(fails=0.05),
    "signals come twice": Faults(doubles=0.2),
    "signals come late and out of order": Faults(delays=0.2, doubles=0.1),
    "signals are lost": Faults(loses=0.05),
    "everything": Faults(
        fails=0.15, doubles=0.15, delays=0.3, loses=0.1, lateness=timedelta(seconds=15)
    ),
}


def troubled_population(link: FaultyLink, random: Random) -> Population:
    """Three busy hours; the switch is asked for its inventory every ten minutes."""
    population = Population(sample_site(QUEUES), OPENS, random, link=link)
    population.staff(4, [SALES], HABITS)
    population.staff(4, [SALES, CLAIMS], HABITS)
    for minutes in range(0, 180, 15):  # who was thrown out by a fault logs in again
        delay = timedelta(minutes=minutes)
        population.simulation.agenda.after(
            delay, partial(population.all_dial, "*11", within=timedelta(minutes=15))
        )
    for minutes in range(10, 180, 10):
        reconcile = population.simulation.switch.reconcile
        population.simulation.agenda.after(timedelta(minutes=minutes), reconcile)
    population.expect_calls(MENU, minds=MINDS, per_hour=lambda _: 200, peak=200, until=CLOSES)
    population.expect_calls(DIRECT, minds=[()], per_hour=lambda _: 20, peak=20, until=CLOSES)
    return population


def close(population: Population, link: FaultyLink) -> None:
    """Let the hours pass, mend the link, take the inventory, and wait until it is quiet."""
    simulation = population.simulation
    simulation.run_until(CLOSES)
    link.mend()
    for minutes in (1, 30, 40):
        simulation.agenda.after(timedelta(minutes=minutes), simulation.switch.reconcile)
    simulation.run_out()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("seed", [1, 2])
def test_faults_of_the_switch_are_survived(fault: str, seed: int) -> None:
    """No input raises, the invariants hold after every turn, and in the end nothing is left."""
    random = Random(seed)  # noqa: S311 - a simulation must be repeatable
    link = FaultyLink(random, FAULTS[fault])
    population = troubled_population(link, random)
    close(population, link)
    assert_at_rest(population.simulation)
    connected = [e for e in population.simulation.events if isinstance(e, AgentConnected)]
    assert len(connected) > len(population.callers) / 10, "the center goes on working"


def move(population: Population, user: PhoneUser) -> None:
    """A phone loses its registration, and has it again after a while."""
    population.simulation.switch.unregister(user.phone)
    population.simulation.agenda.after(COMEBACK, user.plug_in)


@pytest.mark.parametrize("seed", [1, 2])
def test_phones_may_come_and_go(seed: int) -> None:
    """An unregistered phone is never offered; its agent works on when it is back."""
    random = Random(seed)  # noqa: S311 - a simulation must be repeatable
    link = FaultyLink(random, Faults())
    population = troubled_population(link, random)
    for minutes in range(5, 170, 2):
        going = partial(move, population, random.choice(population.agents))
        population.simulation.agenda.after(timedelta(minutes=minutes), going)
    close(population, link)
    assert_at_rest(population.simulation)


def die(population: Population, random: Random) -> None:
    """A phone vanishes in a talk, an agent's or a caller's."""
    switch = population.simulation.switch
    talking = [leg.id for leg in switch.legs.values() if leg.bridge is not None]
    if talking:
        switch.lose(random.choice(talking))


@pytest.mark.parametrize("seed", [1, 2])
def test_phones_may_die_in_talks(seed: int) -> None:
    """The agents are rung again; some come back, and the callers of the others wait again."""
    random = Random(seed)  # noqa: S311 - a simulation must be repeatable
    link = FaultyLink(random, Faults())
    population = troubled_population(link, random)
    for minutes in range(5, 170):
        dying = partial(die, population, random)
        population.simulation.agenda.after(timedelta(minutes=minutes), dying)
    close(population, link)
    assert_at_rest(population.simulation)
    told = [e for e in population.simulation.events if isinstance(e, SegmentEnded)]
    results = {each.result for each in told if each.kind is SegmentKind.GAP}
    assert {OfferResult.ACCEPTED, OfferResult.LAPSED, OfferResult.WITHDRAWN} <= results


@pytest.mark.parametrize("seed", [1, 2])
def test_the_switch_may_die(seed: int) -> None:
    """Calls that died with the switch end as a system error, and agents are freed."""
    random = Random(seed)  # noqa: S311 - a simulation must be repeatable
    link = FaultyLink(random, Faults())
    population = troubled_population(link, random)
    simulation = population.simulation
    for minutes in (45, 95):
        simulation.agenda.after(timedelta(minutes=minutes), simulation.switch.crash)
        back = timedelta(minutes=minutes, seconds=10)
        simulation.agenda.after(back, simulation.switch.reconcile)
    close(population, link)
    assert_at_rest(simulation)
    reasons = [end.reason for end in simulation.ledger.ends.values()]
    assert EndReason.SYSTEM_ERROR in reasons
