"""A mean never stands alone: median, 90th percentile and maximum beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How a set of durations is spread."""

    mean: timedelta
    median: timedelta
    p90: timedelta
    maximum: timedelta


def spread(durations: Iterable[timedelta]) -> Spread | None:
    """Mean, median, 90th percentile (interpolated) and maximum; None of no durations."""
    ordered = sorted(durations)
    if not ordered:
        return None
    return Spread(
        mean=sum(ordered, timedelta()) / len(ordered),
        median=_percentile(ordered, 50),
        p90=_percentile(ordered, 90),
        maximum=ordered[-1],
    )


def _percentile(ordered: list[timedelta], percent: int) -> timedelta:
    whole, hundredths = divmod((len(ordered) - 1) * percent, 100)
    below = ordered[whole]
    above = ordered[min(whole + 1, len(ordered) - 1)]
    return below + (above - below) * hundredths / 100
