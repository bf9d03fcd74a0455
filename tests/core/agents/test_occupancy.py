"""How busy an agent has been lately: shares over a window in which older time counts less."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from math import exp
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.agents.occupancy import Occupancy
from contactcenter_ari.core.vocabulary.event import AgentState
from contactcenter_ari.core.vocabulary.ids import QueueName

if TYPE_CHECKING:
    from tests.core.conftest import Colleague, Floor

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
WINDOW = timedelta(minutes=45)
READY, CALL, PAUSE = AgentState.READY, AgentState.ON_CALL, AgentState.NOT_READY


def after(*stretches: tuple[float, AgentState]) -> tuple[Occupancy, datetime]:
    """An occupancy after so many minutes in each state."""
    now = NOW
    occupancy = Occupancy(WINDOW, now)
    for minutes, state in stretches:
        now += timedelta(minutes=minutes)
        occupancy.advance(now, state)
    return occupancy, now


@pytest.mark.parametrize(
    ("stretches", "expected"),
    [
        ([], 0.0),
        ([(10, READY)], 0.0),
        ([(10, CALL)], 1 - exp(-10 / 45)),
        ([(45, READY), (45, CALL)], 1 - exp(-1)),
        ([(45, CALL), (45, READY)], exp(-1) - exp(-2)),
        ([(45, READY), (45, CALL), (600, PAUSE)], 1 - exp(-1)),
        ([(20, CALL), (600, PAUSE), (25, CALL)], 1 - exp(-1)),
        ([(1, AgentState.OFFERED), (1, AgentState.WRAP_UP)], 1 - exp(-2 / 45)),
        ([(30, PAUSE)], 0.0),
        ([(2000, CALL)], 1.0),
    ],
)
def test_share(stretches: list[tuple[float, AgentState]], expected: float) -> None:
    """Busy over busy and ready, time a window older weighing e times less; it begins with a
    window of waiting, and pauses are no time.
    """
    occupancy, now = after(*stretches)
    assert occupancy.share(now, AgentState.LOGGED_OUT) == pytest.approx(expected)


def test_share_of_a_stretch_that_is_not_over() -> None:
    """The running stretch counts, though nothing was written down yet."""
    occupancy, now = after((45, READY))
    later = now + timedelta(minutes=45)
    assert occupancy.share(later, CALL) == pytest.approx(1 - exp(-1))
    assert occupancy.share(later, PAUSE) == 0.0


@pytest.mark.parametrize("mean", [0.2, 0.8])
def test_a_beginning_at_the_mean(mean: float) -> None:
    """A whole window at the mean is given in advance, so three minutes of one's own weigh 6 %."""
    occupancy, now = after()
    occupancy.start_at(mean, now)
    share = occupancy.share(now + timedelta(minutes=3), CALL)
    assert share == pytest.approx(0.94 * mean + 0.06, abs=0.005)


BUSY_LATELY = [(45.0, READY), (10.0, CALL)]
BUSY_BEFORE = [(45.0, CALL), (60.0, READY)]
BUSY_ALL_DAY = [(300.0, CALL), (1.0, READY)]
NEVER_BUSY = [(90.0, READY)]


@pytest.mark.parametrize(
    "lives",
    list(combinations([BUSY_LATELY, BUSY_BEFORE, BUSY_ALL_DAY, NEVER_BUSY], 2)),
)
def test_the_order_of_ready_agents_does_not_change(
    lives: tuple[list[tuple[float, AgentState]], ...],
) -> None:
    """The less occupied of two READY agents stays so, and the order key says which."""
    (one, one_at), (other, other_at) = (after(*life) for life in lives)
    start = max(one_at, other_at)
    for minutes in (0, 1, 60, 600):
        now = start + timedelta(minutes=minutes)
        less = one.share(now, READY) < other.share(now, READY)
        assert (one.order_key() < other.order_key()) is less, minutes


def test_the_order_key_of_the_same_share() -> None:
    """Agents who were never busy are equal, whenever their last pause ended."""
    one, _ = after((10, READY))
    other, _ = after((1, READY), (5, PAUSE), (4, READY))
    assert one.order_key() == other.order_key()


def test_a_pause_moves_nobody_ahead() -> None:
    """Colleagues who kept waiting meanwhile are less occupied than before, this agent is not."""
    paused, _ = after((20, CALL), (10, PAUSE))
    ready, now = after((20, CALL), (10, READY))
    assert ready.order_key() < paused.order_key()
    assert paused.share(now, PAUSE) == pytest.approx(1 - exp(-20 / 45))


# --- log-in and long pauses, as the roster sees them ----------------------------------------


def busy_and_idle(floor: Floor) -> tuple[Colleague, Colleague]:
    """An hour in which one agent talked half of the time and the other not at all."""
    floor.open(None, QueueSettings(name=QueueName("sales"), strategy=Strategy.LEAST_OCCUPIED))
    busy, idle = floor.agent("100"), floor.agent("200")
    idle.pauses()
    floor.wait(1800)
    floor.caller()
    busy.picks_up()
    floor.wait(1785)
    busy.hangs_up()
    idle.goes_ready()
    floor.wait(15)
    return busy, idle


def test_a_newcomer_starts_at_the_mean(floor: Floor) -> None:
    """The agent is neither flooded with calls nor spared from them."""
    busy, idle = busy_and_idle(floor)
    floor.wait(600)
    newcomer = floor.agent("300")
    shares = [a.view.occupancy for a in (busy, idle)]
    assert newcomer.view.occupancy == pytest.approx(sum(shares) / 2)
    floor.caller()
    assert [a.is_rung() for a in (busy, idle, newcomer)] == [False, True, False]


def test_a_short_break_changes_nothing(floor: Floor) -> None:
    """Five minutes away make nobody first: the share stays what it was."""
    busy, idle = busy_and_idle(floor)
    floor.wait(600)
    before = busy.view.occupancy
    busy.pauses()
    floor.wait(300)
    assert busy.view.occupancy == pytest.approx(before)
    busy.goes_ready()
    floor.caller()
    assert (busy.is_rung(), idle.is_rung()) == (False, True)


@pytest.mark.parametrize("reasons", [["lunch"], ["lunch", "training"]])
def test_a_pause_longer_than_the_window(floor: Floor, reasons: list[str]) -> None:
    """The time before is too old: the agent starts at the mean, whatever the pause was made of."""
    busy, idle = busy_and_idle(floor)
    floor.wait(600)
    for reason in reasons:
        busy.pauses(reason)
        floor.wait(3000 / len(reasons))
    busy.goes_ready()
    assert busy.view.occupancy == pytest.approx(idle.view.occupancy)


def test_a_pause_as_long_as_the_window(floor: Floor) -> None:
    """Just within the window the old share still counts."""
    busy, _ = busy_and_idle(floor)
    floor.wait(600)
    before = busy.view.occupancy
    busy.pauses()
    floor.wait(WINDOW.total_seconds())
    busy.goes_ready()
    assert busy.view.occupancy == pytest.approx(before)
