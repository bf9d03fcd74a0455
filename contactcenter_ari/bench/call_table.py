"""What the benchmark found out about whole calls, as tables."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from statistics import fmean

from rich.table import Table

from contactcenter_ari.bench.call_figures import CallCpu, CpuPerCall, SideCpu, Spread, ratio

PARTS: tuple[tuple[str, Callable[[CpuPerCall], timedelta]], ...] = (
    ("Application", lambda cost: cost.application),
    ("Asterisk", lambda cost: cost.asterisk),
    ("Database", lambda cost: cost.database),
    ("All", lambda cost: cost.whole),
)


def cpu_table(found: CallCpu) -> Table:
    """A row for each side, and the ratio in the row of the center."""
    idle = ", ".join(
        f"{name.lower()} {_mean(found.idle_per_second, part)}" for name, part in PARTS[:-1]
    )
    table = Table(
        "Call", "Served by", *(name for name, _ in PARTS), "From, to", "Ratio",
        title=f"Whole CPU per call in ms, audio both ways: {len(found.idle_per_second)} rounds of"
        f" {found.calls} calls a side, {found.per_second:g} a second",
        caption=f"Taken off: ms a second without calls, {idle}",
    )  # fmt: skip
    for app_queue, center in found.pairs:
        table.add_row(app_queue.kind, *_cells(app_queue), "1")
        told = _spread(ratio(center, app_queue), 3)
        table.add_row("", *_cells(center), told, end_section=True)
    return table


def _cells(side: SideCpu) -> Iterator[str]:
    yield side.name
    for _, part in PARTS:
        yield _mean(side.rounds, part)
    whole = Spread.of(map(_milliseconds, (cost.whole for cost in side.rounds)))
    yield f"{whole.least:.1f}, {whole.most:.1f}"


def _spread(spread: Spread, places: int) -> str:
    return f"{spread.mean:.{places}f} ({spread.least:.{places}f} to {spread.most:.{places}f})"


def _mean(rounds: tuple[CpuPerCall, ...], part: Callable[[CpuPerCall], timedelta]) -> str:
    return f"{fmean(_milliseconds(part(cost)) for cost in rounds):.1f}"


def _milliseconds(duration: timedelta) -> float:
    return duration / timedelta(milliseconds=1)
