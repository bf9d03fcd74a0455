"""Days on which impatient customers ask to be called back, in both ways, and with faults."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.vocabulary.callback import AttemptResult, CallbackMode, CallbackResult
from contactcenter_ari.core.vocabulary.event import (
    OUTBOUND,
    CallbackAttempted,
    CallbackBooked,
    CallbackClosed,
    EndReason,
    InteractionDequeued,
    InteractionStarted,
    LostCallClosed,
    LostCallOpened,
    QueueExit,
)
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.simulation.invariant import assert_at_rest
from contactcenter_ari.simulation.link import Faults, FaultyLink
from contactcenter_ari.simulation.people import Habits
from contactcenter_ari.simulation.population import Population
from contactcenter_ari.simulation.sample import MENU, sample_site

OPENS = datetime(2026, 3, 10, 9, tzinfo=UTC)
CLOSES = OPENS + timedelta(hours=4)
SALES, CLAIMS = QueueName("sales"), QueueName("claims")
HABITS = Habits(refuses=0.02, ignores=0.03, hangs_up=timedelta(minutes=6))
AT_HOME = Habits(refuses=0.1, ignores=0.2, answer_delay=timedelta(seconds=6))
MINDS = (("", "1"), ("", "2"))
BOTH = {
    "customer first": (CallbackMode.CUSTOMER_FIRST,) * 2,
    "agent first": (CallbackMode.AGENT_FIRST,) * 2,
    "one queue each": (CallbackMode.CUSTOMER_FIRST, CallbackMode.AGENT_FIRST),
}


def day_of_callbacks(
    modes: tuple[CallbackMode, CallbackMode], seed: int, faults: Faults | None = None
) -> Population:
    """Four hours with more callers than agents can serve, then two that are quiet."""
    random = Random(seed)  # noqa: S311 - a simulation must be repeatable
    link = FaultyLink(random, faults or Faults())
    queues = [
        QueueSettings(name=name, callback_mode=mode, recording=name == SALES)
        for name, mode in zip((SALES, CLAIMS), modes, strict=True)
    ]
    population = Population(sample_site(queues), OPENS, random, link=link)
    simulation = population.simulation
    population.staff(3, [SALES], HABITS)
    population.staff(4, [SALES, CLAIMS], HABITS)
    population.all_dial("*11", within=timedelta(minutes=5))
    population.expect_calls(
        MENU, minds=MINDS, per_hour=lambda _: 160, peak=160, until=CLOSES, at_home=AT_HOME
    )
    for minutes in range(10, 600, 10) if faults else ():  # who was thrown out is back
        simulation.agenda.after(timedelta(minutes=minutes), simulation.switch.reconcile)
        simulation.agenda.after(timedelta(minutes=minutes), lambda: log_in(population))
    simulation.run_until(CLOSES)
    link.mend()
    simulation.run_until(CLOSES + timedelta(hours=8))
    population.all_dial("*12", within=timedelta(minutes=1))
    simulation.run_out()
    return population


def log_in(population: Population) -> None:
    """All who are not there log in."""
    population.all_dial("*11", within=timedelta(minutes=5))


@pytest.mark.parametrize("mode", BOTH)
def test_a_day_of_callbacks(mode: str) -> None:
    """Each callback is closed once, nobody is dialed twice at once, and ranks are kept: the
    ledger asserts it after each turn. Here: that it all happened.
    """
    population = day_of_callbacks(BOTH[mode], seed=5)
    assert_at_rest(population.simulation)
    events = population.simulation.events
    booked = [e.callback for e in events if isinstance(e, CallbackBooked)]
    closed = Counter(e.callback for e in events if isinstance(e, CallbackClosed))
    assert len(booked) > 50
    assert closed == Counter(booked)
    results = Counter(e.result for e in events if isinstance(e, CallbackClosed))
    assert results[CallbackResult.REACHED] > len(booked) / 2
    assert set(results) <= {CallbackResult.REACHED, CallbackResult.EXHAUSTED}
    tried = Counter(e.result for e in events if isinstance(e, CallbackAttempted))
    assert {AttemptResult.REACHED, AttemptResult.NO_ANSWER, AttemptResult.DECLINED} <= set(tried)


@pytest.mark.parametrize("mode", BOTH)
def test_outbound_calls_are_told_apart(mode: str) -> None:
    """One for each attempt; who was reached is completed, and the callback ended the wait."""
    population = day_of_callbacks(BOTH[mode], seed=6)
    simulation = population.simulation
    attempts = [e for e in simulation.events if isinstance(e, CallbackAttempted)]
    outbound = {e.interaction for e in simulation.events
                if isinstance(e, InteractionStarted) and e.direction == OUTBOUND}  # fmt: skip
    tried = {e.interaction for e in attempts}
    assert len(tried) == len(attempts)
    assert tried <= outbound
    for attempt in attempts:
        end = simulation.ledger.ends[attempt.interaction]
        reached = attempt.result is AttemptResult.REACHED
        assert (end.reason is EndReason.COMPLETED) == reached
        assert end.direction == OUTBOUND
    taken = [e for e in simulation.events if isinstance(e, InteractionDequeued)
             and e.result is QueueExit.CALLBACK_TAKEN]  # fmt: skip
    assert len(taken) == sum(isinstance(e, CallbackBooked) for e in simulation.events)


def test_lost_calls_are_closed() -> None:
    """A caller who hung up without a callback is a task until the number talks, or a
    week is over.
    """
    population = day_of_callbacks(BOTH["one queue each"], seed=7)
    events = population.simulation.events
    opened = [e.interaction for e in events if isinstance(e, LostCallOpened)]
    closed = [e.interaction for e in events if isinstance(e, LostCallClosed)]
    assert opened
    assert sorted(opened) == sorted(closed)


FAULTS = {
    "commands fail": Faults(fails=0.05),
    "signals come twice": Faults(doubles=0.2),
    "everything": Faults(
        fails=0.1, doubles=0.15, delays=0.3, loses=0.05, lateness=timedelta(seconds=15)
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("seed", [1, 2])
def test_callbacks_survive_a_switch_that_misbehaves(fault: str, seed: int) -> None:
    """No input raises, the invariants hold, and every callback is closed in the end."""
    population = day_of_callbacks(BOTH["one queue each"], seed, FAULTS[fault])
    assert_at_rest(population.simulation)
    results = Counter(
        e.result for e in population.simulation.events if isinstance(e, CallbackClosed)
    )
    assert results[CallbackResult.REACHED] > 10
