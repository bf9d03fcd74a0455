"""Signals that the switch never sends: a bridge that nobody confirms holds nobody without end."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.center.joining import JOIN_TRIES
from contactcenter_ari.core.vocabulary.command import JOIN_LIMIT
from contactcenter_ari.core.vocabulary.event import AgentConnected, OfferEnded, OfferResult
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.signal import LegsBridged, Signal
from contactcenter_ari.simulation.invariant import assert_at_rest
from contactcenter_ari.simulation.link import FaithfulLink
from contactcenter_ari.simulation.people import Caller, CallerPlan, Habits
from contactcenter_ari.simulation.population import Population
from contactcenter_ari.simulation.sample import DIRECT, sample_site

START = datetime(2026, 3, 10, 9, tzinfo=UTC)
SALES = QueueName("sales")


class DeafLink(FaithfulLink):
    """Loses the first words about bridges."""

    def __init__(self, deaf_for: int) -> None:
        self.deaf_for = deaf_for

    def deliveries(self, signal: Signal) -> Sequence[timedelta]:
        """Nothing, for so many bridges."""
        if isinstance(signal, LegsBridged) and self.deaf_for:
            self.deaf_for -= 1
            return ()
        return super().deliveries(signal)


def call_one_agent(deaf_for: int) -> Population:
    """One caller, one agent, and a link that is deaf for a while."""
    random = Random(1)  # noqa: S311 - a simulation must be repeatable
    queue = QueueSettings(name=SALES)
    population = Population(sample_site([queue]), START, random, link=DeafLink(deaf_for))
    population.staff(1, [SALES], Habits())
    population.all_dial("*11", within=timedelta(seconds=1))
    population.simulation.run_until(START + timedelta(minutes=1))
    plan = CallerPlan(
        called_number=DIRECT, patience=timedelta(minutes=5), talk=timedelta(minutes=5)
    )
    Caller(plan, population.simulation.agenda, population.simulation.switch).call()
    population.simulation.run_out()
    assert_at_rest(population.simulation)
    return population


def test_a_bridge_nobody_confirmed_is_asked_for_again() -> None:
    """The talk that had begun unheard goes on, and counts from when it is heard of."""
    population = call_one_agent(deaf_for=1)
    connected = [e for e in population.simulation.events if isinstance(e, AgentConnected)]
    assert len(connected) == 1
    assert JOIN_LIMIT < connected[0].waited < JOIN_LIMIT + timedelta(seconds=5)


def test_a_bridge_nobody_ever_confirms_fails() -> None:
    """After the last try the offer has failed, and the pair is tried again after the pause."""
    population = call_one_agent(deaf_for=JOIN_TRIES)
    results = [e.result for e in population.simulation.events if isinstance(e, OfferEnded)]
    assert results == [OfferResult.FAILED, OfferResult.ACCEPTED]
