"""Durations are counted by upper bound; a blocked loop shows."""

import asyncio
import math
import time

from contactcenter_ari.runtime.histogram import Histogram
from contactcenter_ari.runtime.loop_lag import EVERY, LoopLag


def test_a_duration_counts_for_each_bound_it_does_not_pass() -> None:
    """The bound itself included, and infinity always."""
    histogram = Histogram((0.5, 1.0))
    for seconds in (0.2, 0.5, 0.7, 3.0):
        histogram.add(seconds)
    assert list(histogram.cumulated()) == [(0.5, 2), (1.0, 3), (math.inf, 4)]
    assert math.isclose(histogram.total, 4.4)


def test_a_negative_duration_is_none() -> None:
    """A sum that goes down would look like a restart."""
    histogram = Histogram((0.5,))
    histogram.add(-2)
    assert list(histogram.cumulated()) == [(0.5, 1), (math.inf, 1)]
    assert histogram.total == 0


async def test_a_blocked_loop_is_seen() -> None:
    """The timer that was due meanwhile is late by as long as the loop was blocked."""
    lag, blocked = LoopLag(), 2 * EVERY.total_seconds()
    async with asyncio.TaskGroup() as group:
        measuring = group.create_task(lag.run())
        await asyncio.sleep(0)
        time.sleep(blocked)  # noqa: ASYNC251  # that is the fault
        while not any(count for _, count in lag.late.cumulated()):  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0)
        measuring.cancel()
    assert lag.late.total >= blocked - EVERY.total_seconds()
