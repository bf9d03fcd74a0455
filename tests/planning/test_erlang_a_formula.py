"""Erlang A against published figures, and against its birth-death chain solved by brute force."""

from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pytest

from contactcenter_ari.planning.erlang_a import ErlangA
from contactcenter_ari.planning.erlang_c import answered_within, erlang_c, mean_wait

TALK = timedelta(minutes=3)
LOADS = [(1, 0.5), (5, 6.0), (20, 17.1), (20, 26.0)]
PATIENCES = [timedelta(seconds=45), timedelta(minutes=3), timedelta(minutes=20)]
LONGEST_LINE = 200
Matrix = npt.NDArray[np.float64]


class Chain:
    """The same queue as a chain of states: everything per handle time, in plain linear algebra."""

    def __init__(self, servers: int, offered: float, patience: timedelta) -> None:
        self.servers = servers
        self.impatience = TALK / patience
        states = np.arange(1, servers + LONGEST_LINE)
        leaving = np.minimum(states, servers) + self.impatience * np.maximum(states - servers, 0)
        weights = np.concatenate(([1.0], np.cumprod(offered / leaving)))
        self.free = float(weights[:servers].sum() / weights.sum())
        self.line = weights[servers:] / weights.sum()
        """The chances to find all servers busy and 0, 1, 2 ... waiting."""

    def fates(self, wait: timedelta) -> tuple[float, float]:
        """The shares answered and given up within a wait: one caller followed in line."""
        places = len(self.line)
        served, gone = places, places + 1
        rates = np.zeros((places + 2, places + 2))
        for ahead in range(places):
            rates[ahead, ahead - 1 if ahead else served] = self.servers + ahead * self.impatience
            rates[ahead, gone] = self.impatience
        ends = np.concatenate((self.line, (0.0, 0.0))) @ _after(rates, wait / TALK)
        return self.free + float(ends[served]), float(ends[gone])


def _after(rates: Matrix, time: float) -> Matrix:
    """The chances to be in each state after a time, by the state at first."""
    doublings = 14
    moves = (rates - np.diag(rates.sum(axis=1))) * (time / 2**doublings)
    chances = term = np.eye(len(moves))
    for power in range(1, 6):
        term = term @ moves / power
        chances = chances + term
    for _ in range(doublings):
        chances = chances @ chances
    return chances


def test_the_published_example() -> None:
    """48 calls a minute of a minute each, 50 agents, patience 2 minutes: 3.1 % give up, the mean
    wait is 3.7 s, 90 % wait less than 12.5 s, 3 wait and agents are 93 % busy; if nobody gave
    up, the mean wait would be 20.8 s (Garnett, Mandelbaum, Reiman 2002, table 1).
    """
    minute = timedelta(minutes=1)
    queue = ErlangA(servers=50, offered=48, handle_time=minute, patience=2 * minute)
    limit = timedelta(seconds=12.5)
    assert round(queue.abandoned, 3) == 0.031
    assert round(queue.mean_wait.total_seconds(), 1) == 3.7
    assert round(queue.answered_within(limit) + queue.abandoned_within(limit), 2) == 0.9
    assert round(queue.occupancy, 2) == 0.93
    patient = mean_wait(servers=50, offered=48, handle_time=minute)
    assert patient is not None
    assert round(patient.total_seconds(), 1) == 20.8


@pytest.mark.parametrize("patience", PATIENCES)
@pytest.mark.parametrize(("servers", "offered"), LOADS)
def test_the_chain_solved_by_brute_force(
    servers: int, offered: float, patience: timedelta
) -> None:
    """Waiting, giving up and the mean wait are those of the chain's stationary states."""
    queue = ErlangA(servers=servers, offered=offered, handle_time=TALK, patience=patience)
    chain = Chain(servers, offered, patience)
    waiting = float(chain.line.sum())
    line = float((np.arange(LONGEST_LINE) * chain.line).sum())
    assert queue.waiting == pytest.approx(waiting, rel=1e-9)
    assert queue.mean_wait / TALK == pytest.approx(line / offered, rel=1e-6)
    assert queue.abandoned == pytest.approx(line * (TALK / patience) / offered, rel=1e-9)


@pytest.mark.parametrize("seconds", [0, 1, 20, 120])
@pytest.mark.parametrize(("servers", "offered"), LOADS)
def test_what_happens_within_a_time(servers: int, offered: float, seconds: int) -> None:
    """The callers served and those who give up within a time: as when one caller is followed in
    line.
    """
    wait, patience = timedelta(seconds=seconds), timedelta(seconds=90)
    queue = ErlangA(servers=servers, offered=offered, handle_time=TALK, patience=patience)
    answered, given_up = Chain(servers, offered, patience).fates(wait)
    assert queue.answered_within(wait) == pytest.approx(answered, abs=1e-9)
    assert queue.abandoned_within(wait) == pytest.approx(given_up, abs=1e-9)


@pytest.mark.parametrize(("servers", "offered"), LOADS)
def test_everybody_is_served_or_gives_up(servers: int, offered: float) -> None:
    """After a very long time nobody is left, and the waits of both kinds make the mean wait."""
    patience = timedelta(minutes=2)
    queue = ErlangA(servers=servers, offered=offered, handle_time=TALK, patience=patience)
    at_last = timedelta(hours=2)
    assert queue.abandoned_within(at_last) == pytest.approx(queue.abandoned, abs=1e-9)
    assert queue.answered_within(at_last) == pytest.approx(1 - queue.abandoned, abs=1e-9)
    seconds = np.linspace(0, at_last.total_seconds(), 2000) ** 2 / at_last.total_seconds()
    served = [queue.answered_within(timedelta(seconds=float(second))) for second in seconds]
    late = 1 - np.array(served) / (1 - queue.abandoned)
    mean = float(np.sum((late[1:] + late[:-1]) / 2 * np.diff(seconds)))
    assert queue.mean_wait_of_answered.total_seconds() == pytest.approx(mean, rel=1e-4)


def test_endless_patience_is_erlang_c() -> None:
    """Callers who hardly ever give up are those of Erlang C."""
    limit = timedelta(seconds=20)
    ever = timedelta(days=3650)
    queue = ErlangA(servers=20, offered=17.1, handle_time=TALK, patience=ever)
    patient = mean_wait(servers=20, offered=17.1, handle_time=TALK)
    assert patient is not None
    assert queue.waiting == pytest.approx(erlang_c(servers=20, offered=17.1), rel=1e-5)
    assert queue.mean_wait / patient == pytest.approx(1, rel=1e-4)
    assert queue.answered_within(limit) == pytest.approx(
        answered_within(limit, servers=20, offered=17.1, handle_time=TALK), rel=1e-5
    )


def test_large_and_overloaded_centers() -> None:
    """With thousands of agents nothing overflows, and of too large a load the rest gives up."""
    quiet = ErlangA(servers=3000, offered=2000, handle_time=TALK, patience=TALK)
    assert quiet.waiting == pytest.approx(0, abs=1e-12)
    crowded = ErlangA(servers=2000, offered=3000, handle_time=TALK, patience=TALK)
    assert crowded.abandoned == pytest.approx(1 / 3, rel=1e-6)
    assert crowded.occupancy == pytest.approx(1, rel=1e-6)
