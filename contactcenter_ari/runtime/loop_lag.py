"""How late the event loop is: a timer is set again and again, and its delay counted.

Whatever blocks the loop delays all calls; the metrics show it.
"""

import asyncio
from datetime import timedelta
from time import perf_counter

from contactcenter_ari.runtime.histogram import Histogram

EVERY = timedelta(milliseconds=250)
BOUNDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Seconds."""


class LoopLag:
    """Measures while it runs; `late` has the delays."""

    def __init__(self) -> None:
        self.late = Histogram(BOUNDS)

    def __repr__(self) -> str:
        return f"<LoopLag {self.late!r}>"

    async def run(self) -> None:
        """Measure until cancelled."""
        pause = EVERY.total_seconds()
        while True:
            begun = perf_counter()
            await asyncio.sleep(pause)
            self.late.add(perf_counter() - begun - pause)
