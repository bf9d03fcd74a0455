"""A metric as Prometheus reads it: its name, its kind, its labels, and what adds up its values.

Label sets are bounded: names of flows and queues come from the site, which may be published again
and again. What would be one set too many is counted under `other`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isinf

from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from contactcenter_ari.runtime.histogram import Histogram

PREFIX = "contactcenter"
SETS_LIMIT = 1_000
"""Label sets of one metric."""
OTHER = "other"

Labels = tuple[str, ...]


class Kind(StrEnum):
    """The use of a metric: rates of counters, quantiles of histograms, gauges as they are."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Measure:
    """One metric; `text` is a sentence without personal data."""

    kind: Kind
    name: str
    text: str
    labels: Labels = ()

    @property
    def full_name(self) -> str:
        """The name as it is queried; a histogram adds `_bucket`, `_count` and `_sum`."""
        return f"{PREFIX}_{self.name}{'_total' if self.kind is Kind.COUNTER else ''}"

    def one(self, value: float) -> Metric:
        """The metric with its one value; it has no labels."""
        return self.many({(): value})

    def many(self, values: Mapping[Labels, float]) -> Metric:
        """The metric with a value for each label set."""
        kind = CounterMetricFamily if self.kind is Kind.COUNTER else GaugeMetricFamily
        family = kind(f"{PREFIX}_{self.name}", self.text, labels=self.labels)
        for labels, value in values.items():
            family.add_metric(labels, value)
        return family

    def durations(self, values: Mapping[Labels, Histogram]) -> Metric:
        """The metric with a histogram for each label set."""
        family = HistogramMetricFamily(f"{PREFIX}_{self.name}", self.text, labels=self.labels)
        for labels, histogram in values.items():
            buckets = [(_written(bound), n) for bound, n in histogram.cumulated()]
            family.add_metric(labels, buckets, histogram.total)
        return family


class Count:
    """A counter that goes up one by one; label sets that are `known` begin at zero, so that the
    first one is seen as a rise.
    """

    def __init__(self, measure: Measure, known: Iterable[Labels] = ()) -> None:
        self._measure = measure
        self._values: dict[Labels, float] = dict.fromkeys(known if measure.labels else [()], 0)

    def __repr__(self) -> str:
        return f"<Count {self._measure.name}: {len(self._values)} label sets>"

    def add(self, *labels: str) -> None:
        """One more."""
        kept = _bounded(labels, self._values)
        self._values[kept] = self._values.get(kept, 0) + 1

    def metric(self) -> Metric:
        """As it stands."""
        return self._measure.many(self._values)


class Durations:
    """A histogram for each label set, in seconds."""

    def __init__(self, measure: Measure, bounds: tuple[float, ...]) -> None:
        self._measure = measure
        self._bounds = bounds
        self._values: dict[Labels, Histogram] = {}

    def __repr__(self) -> str:
        return f"<Durations {self._measure.name}: {len(self._values)} label sets>"

    def add(self, seconds: float, *labels: str) -> None:
        """One more."""
        kept = _bounded(labels, self._values)
        if kept not in self._values:
            self._values[kept] = Histogram(self._bounds)
        self._values[kept].add(seconds)

    def metric(self) -> Metric:
        """As it stands."""
        return self._measure.durations(self._values)


def _written(bound: float) -> str:
    return "+Inf" if isinf(bound) else str(bound)


def _bounded(labels: Labels, known: Mapping[Labels, object]) -> Labels:
    """The labels, or `other` for each when there are too many sets already."""
    if labels in known or len(known) < SETS_LIMIT:
        return labels
    return (OTHER,) * len(labels)
