"""The figures of a queue, each with the interval it lies in with 95 % confidence.

The interval is a jackknife over the batches: each figure is computed again without one batch
at a time, by the same function of `core/kpi`, so shares of unlike batches are weighed as they
should be. Source: R. G. Miller, The jackknife, Biometrika 61 (1974).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import fsum, sqrt
from statistics import NormalDist, fmean

from contactcenter_ari.core.kpi.abandonment import abandonment
from contactcenter_ari.core.kpi.occupancy import LoggedInTime, occupancy
from contactcenter_ari.core.kpi.service_level import ServiceLevelFormula, service_level
from contactcenter_ari.planning.counts import Cell, total

LEVEL = 0.95
FEWEST = 3
"""A spread of fewer batches tells nothing."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The interval that a figure lies in, with confidence."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, and how sure it is; None where there is nothing to tell."""

    value: float | None
    confidence: Interval | None


Figure = Callable[[Cell], float | None]


def average_speed_of_answer(cell: Cell) -> float | None:
    """The mean wait of the answered, ringing included, in seconds."""
    return cell.waited / cell.count.answered if cell.count.answered else None


def average_handle_time(cell: Cell) -> float | None:
    """Talk and wrap-up per talk, in seconds."""
    return cell.worked / cell.handled if cell.handled else None


def _occupancy(cell: Cell) -> float | None:
    seconds = LoggedInTime(
        busy=timedelta(seconds=cell.busy),
        ready=timedelta(seconds=cell.ready),
        not_ready=timedelta(),
    )
    return occupancy(seconds)


def _service_level(cell: Cell) -> float | None:
    return service_level(cell.count)


FIGURES: dict[str, Figure] = {
    "service_level": _service_level,
    "service_level_strict": lambda c: service_level(c.count, ServiceLevelFormula.STRICT),
    "average_speed_of_answer": average_speed_of_answer,
    "average_handle_time": average_handle_time,
    "abandonment": lambda cell: abandonment(cell.count),
    "occupancy": _occupancy,
}
"""By the names they have in JSON; shares are 0-1, times in seconds."""
SHARES = frozenset(FIGURES) - {"average_speed_of_answer", "average_handle_time"}


def estimates(batches: Sequence[Cell]) -> dict[str, Estimate]:
    """All figures over all batches."""
    return {name: estimate(name, batches) for name in FIGURES}


def estimate(name: str, batches: Sequence[Cell]) -> Estimate:
    """One figure over all batches."""
    figure = FIGURES[name]
    whole = total(batches)
    value = figure(whole)
    without = [figure(whole - batch) for batch in batches]
    known = [each for each in without if each is not None]
    if value is None or len(known) < FEWEST:
        return Estimate(value, None)
    mean, count = fmean(known), len(known)
    variance = (count - 1) / count * sum((each - mean) ** 2 for each in known)
    reach = student(count - 1) * sqrt(variance)
    highest = 1.0 if name in SHARES else float("inf")
    low, high = max(0.0, value - reach), min(highest, value + reach)
    return Estimate(value, Interval(low, high))


def student(freedom: int) -> float:
    """The two-sided 95 % quantile of Student's t, to 1 % from 3 degrees of freedom on, by the
    Cornish-Fisher series (Abramowitz and Stegun, 26.7.5).
    """
    z = NormalDist().inv_cdf((1 + LEVEL) / 2)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + fsum(term / freedom**power for power, term in enumerate(terms, start=1))
