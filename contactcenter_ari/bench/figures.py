"""What the benchmark found, as plain data."""

from collections.abc import Iterable
from datetime import timedelta
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
        """Of at least two durations; percentiles are interpolated."""
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
    """What one call through menu, queue and agent exchanges with Asterisk, on average; the
    requests and events by kind are those of all `calls`.
    """

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


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one run of the benchmark found."""

    comparison: Comparison
    call: CallCost
    core: TurnCost
