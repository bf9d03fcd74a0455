"""The shipped center against Erlang A: exponential talk and patience, no wrap-up."""

from datetime import timedelta

import pytest

from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.planning.counts import total
from contactcenter_ari.planning.expectation import Expectation, erlang_a_of
from contactcenter_ari.planning.figure import FIGURES
from contactcenter_ari.planning.one_queue import QUEUE, OneQueue
from contactcenter_ari.planning.run import gather, simulate
from tests.simulation.observed import DAYS, Observed

TALK = timedelta(minutes=3)
NAMES = ("service_level", "average_speed_of_answer", "abandonment", "occupancy")


@pytest.mark.parametrize(
    ("servers", "offered", "patience", "strategy"),
    [
        (5, 4.0, timedelta(minutes=3), Strategy.LONGEST_IDLE),
        (5, 6.0, timedelta(seconds=90), Strategy.LONGEST_IDLE),
        (5, 4.0, timedelta(minutes=3), Strategy.LEAST_OCCUPIED),
        (5, 4.0, timedelta(minutes=3), Strategy.FEWEST_CALLS),
        (5, 4.0, timedelta(minutes=3), Strategy.ROUND_ROBIN),
    ],
)
def test_the_center_agrees_with_erlang_a(
    servers: int, offered: float, patience: timedelta, strategy: Strategy
) -> None:
    """Service level, speed of answer, abandonment and occupancy are those of Erlang A, whichever
    free agent is chosen.
    """
    question = OneQueue(
        per_hour=offered * 20,
        handle_time=TALK,
        hours=100,
        seed=3,
        patience=patience,
        strategy=strategy,
    )
    scenario = question.scenario(servers)
    expected = erlang_a_of(scenario, QUEUE)
    assert isinstance(expected, Expectation), expected
    cells = gather([scenario], list(simulate([scenario], processes=1)))[0][QUEUE]
    days = [total(cells[day::DAYS]) for day in range(DAYS)]
    for name in NAMES:
        values = [value for day in days if (value := FIGURES[name](day)) is not None]
        Observed(values).agrees_with(getattr(expected, name))


def test_a_strategy_changes_nobodys_wait() -> None:
    """The same callers wait exactly as long, whichever free agent is chosen."""
    waits = []
    for strategy in (Strategy.LONGEST_IDLE, Strategy.LEAST_OCCUPIED, Strategy.FEWEST_CALLS):
        question = OneQueue(per_hour=80, handle_time=TALK, hours=10, strategy=strategy)
        scenario = question.scenario(5)
        cells = gather([scenario], list(simulate([scenario])))[0][QUEUE]
        waits.append([(cell.count, cell.waited) for cell in cells])
    assert waits[0] == waits[1] == waits[2]
