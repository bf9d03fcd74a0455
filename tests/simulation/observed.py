"""A figure observed on independent days, and whether an expected value agrees with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

import pytest

DAYS = 10
T_99 = 3.25
"""Student's t for a two-sided 99 % interval over 10 days."""
LOOSEST = 0.5
"""A spread wider than this share of the figure would let anything pass."""


@dataclass(frozen=True)
class Observed:
    """One figure by day; the days are independent of each other."""

    days: Sequence[float]

    def agrees_with(self, expected: float) -> None:
        """Assert that the expected value lies within what the spread of the days allows."""
        mean = fmean(self.days)
        reach = T_99 * stdev(self.days) / sqrt(len(self.days))
        assert reach < expected * LOOSEST, "the spread is too wide to prove anything"
        assert expected == pytest.approx(mean, abs=reach)
