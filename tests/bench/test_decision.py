"""The floors on which decisions are timed are what they are said to be."""

import pytest

from contactcenter_ari.bench.decision import QUEUES, Crowd, measure_decision
from contactcenter_ari.core.acd.strategy import Strategy


@pytest.mark.parametrize("strategy", [Strategy.LONGEST_IDLE, Strategy.LEAST_OCCUPIED])
def test_every_decision_is_an_offer(strategy: Strategy) -> None:
    """The given number of agents is free, or of callers waits, before each decision."""
    crowd = Crowd(20, strategy)
    for _ in crowd.arrivals(5):
        assert len(crowd.distribution.offers) == 1
        assert crowd.distribution.pools.free(QUEUES[0]) == 19
    assert crowd.distribution.pools.free(QUEUES[0]) == 20
    crowd.fill()
    for _ in crowd.freed(30):
        assert len(crowd.distribution.offers) == 1
        assert sum(len(crowd.distribution.queues.lines[queue]) for queue in QUEUES) == 20


def test_every_kind_is_measured() -> None:
    """Decisions as often as asked for, scans less."""
    cost = measure_decision(10, Strategy.LONGEST_IDLE, samples=5, scans=3)
    assert (cost.freed.samples, cost.arrived.samples) == (5, 5)
    assert (cost.freed_by_scan.samples, cost.arrived_by_scan.samples) == (3, 3)
