"""Figures of durations."""

from datetime import timedelta

from contactcenter_ari.bench.figures import Figures


def test_figures_are_those_of_all_durations() -> None:
    """Median, percentiles and ends, whatever the order."""
    durations = [timedelta(milliseconds=number) for number in range(100, -1, -1)]

    assert Figures.of(durations) == Figures(
        samples=101,
        minimum=timedelta(),
        median=timedelta(milliseconds=50),
        p90=timedelta(milliseconds=90),
        p99=timedelta(milliseconds=99),
        maximum=timedelta(milliseconds=100),
    )
