"""Counts of durations by upper bound, for metrics. Adding one is cheap enough for each turn."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate


class Histogram:
    """Durations in seconds; `bounds` rise, and all that is longer is counted as well."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def __repr__(self) -> str:
        return f"<Histogram {sum(self._counts)} durations, {self.total:.3f} s in all>"

    def add(self, seconds: float) -> None:
        """Count a duration; a negative one is of a clock that was set, and counts as none."""
        if seconds < 0:
            seconds = 0.0
        self._counts[bisect_left(self._bounds, seconds)] += 1
        self.total += seconds

    def cumulated(self) -> Iterator[tuple[float, int]]:
        """Each bound, at last infinity, and how many durations are not longer."""
        yield from zip((*self._bounds, float("inf")), accumulate(self._counts), strict=True)
