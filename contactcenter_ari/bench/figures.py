"""The figures of the benchmark, as plain data."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from math import sqrt
from statistics import quantiles
from typing import Self

import msgspec


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """How a set of durations is spread."""

    samples: int
    minimum: timedelta
    median: timedelta
    p90: timedelta
    p99: timedelta
    maximum: timedelta

    @classmethod
    def of(cls, durations: Iterable[timedelta]) -> Self:
        """The figures of at least two durations; percentiles are interpolated."""
        ordered = sorted(durations)
        percentile = quantiles([d.total_seconds() for d in ordered], n=100, method="inclusive")
        return cls(
            samples=len(ordered),
            minimum=ordered[0],
            median=timedelta(seconds=percentile[49]),
            p90=timedelta(seconds=percentile[89]),
            p99=timedelta(seconds=percentile[98]),
            maximum=ordered[-1],
        )


class Gaps(msgspec.Struct, frozen=True):
    """How long freed agents of one queue waited for their next caller; `surprises` is what
    their phones did not expect, by kind.
    """

    figures: Figures
    surprises: dict[str, int]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The center and `Queue()` in one Asterisk at the same time, with `agents` each; the depths
    are the callers waiting in the one and in the other.
    """

    agents: int
    depths_before: tuple[int, int]
    depths_after: tuple[int, int]
    center: Gaps
    app_queue: Gaps

    @property
    def ratio(self) -> float:
        """How many times longer an agent of `Queue()` waits, by the medians."""
        return self.app_queue.figures.median / self.center.figures.median


class CallCost(msgspec.Struct, frozen=True, kw_only=True):
    """The average exchange of one call with Asterisk; `way` says what the call goes through. The
    requests and events by kind are those of all `calls`.
    """

    way: str
    calls: int
    requests_per_call: float
    events_per_call: float
    turns_per_call: float
    requests: dict[str, int]
    events: dict[str, int]


class TurnCost(msgspec.Struct, frozen=True, kw_only=True):
    """One turn of the core, and one line of the input log, on this machine."""

    turns: Figures
    log_writes: Figures


class Measure(msgspec.Struct, frozen=True):
    """A figure from several independent days, and its standard error."""

    value: float
    error: float

    @classmethod
    def of(cls, days: Sequence[tuple[float, float]]) -> Self:
        """The ratio of two sums over at least two days, each given as its two parts.

        Source: W. G. Cochran, Sampling Techniques, 3rd ed., section 6.4.
        """
        number, whole = len(days), sum(below for _, below in days)
        value = sum(above for above, _ in days) / whole
        spread = sum((above - value * below) ** 2 for above, below in days)
        return cls(value, sqrt(spread * number / (number - 1)) / whole)


class Accuracy(msgspec.Struct, frozen=True, kw_only=True):
    """How good one way to tell waits is: mean absolute error in seconds, and the share of
    callers who were told too little by more than a minute.
    """

    error: Measure
    short: Measure


class WaitFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The estimates told to `callers` of one scenario: our mean, our spoken bound, the average of
    `Queue()`, and the mean of one who knows all about the queue but the future. `waited` is the
    true wait and `bound` the spoken bound, in seconds; `ratio` is our error by that of `Queue()`;
    `most_short` is what `ours.short` should not exceed.
    """

    scenario: str
    days: int
    callers: int
    waited: Measure
    bound: Measure
    ours: Accuracy
    spoken: Accuracy
    app_queue: Accuracy
    informed: Accuracy
    ratio: Measure
    most_short: float | None


class OnAsterisk(msgspec.Struct, frozen=True, kw_only=True):
    """The figures with a real Asterisk."""

    comparison: Comparison
    calls: tuple[CallCost, ...]
    core: TurnCost


class DecisionCost(msgspec.Struct, frozen=True, kw_only=True):
    """Decisions with so many agents and so many callers who wait: an agent is `freed`, a caller
    has `arrived`.
    """

    size: int
    strategy: str
    freed: Figures
    arrived: Figures
    freed_by_scan: Figures
    arrived_by_scan: Figures
