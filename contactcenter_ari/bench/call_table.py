"""The figures of whole calls, as tables."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from statistics import fmean

from rich.table import Table

from contactcenter_ari.bench.board_figures import BoardCosts
from contactcenter_ari.bench.call_figures import (
    CallCpu,
    CallRate,
    CpuTimes,
    HeldGaps,
    SideCpu,
    Spread,
    ratio,
)

PARTS: tuple[tuple[str, Callable[[CpuTimes], timedelta]], ...] = (
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
        caption=f"Taken off: ms a second without calls, {idle}. The center keeps recordings as"
        f" {found.recordings}",
    )  # fmt: skip
    for app_queue, center in found.pairs:
        table.add_row(app_queue.kind, *_cells(app_queue), "1")
        told = _spread(ratio(center, app_queue), 3)
        table.add_row("", *_cells(center), told, end_section=True)
    return table


def rate_table(found: CallRate) -> Table:
    """A row for each step of the ramp."""
    seconds = found.mean_talk.total_seconds()
    limit = _milliseconds(found.limit)
    table = Table(
        "Calls a second", "Answered", "Median", "p90", "p99", "Max", "All served",
        title=f"From INVITE to 200 in ms: menus, queue, recorded talks, {seconds:g} s on average",
        caption=f"p90 stays within {limit:g} ms up to {found.steady:g} calls a second",
    )  # fmt: skip
    for step in found.steps:
        times = step.answers
        spread = (times.median, times.p90, times.p99, times.maximum)
        cells = (f"{_milliseconds(each):.1f}" for each in spread)
        served = "yes" if step.all_served else "no"
        table.add_row(f"{step.per_second:g}", str(times.samples), *cells, served)
    return table


def held_table(found: HeldGaps) -> Table:
    """One row: from free to the next INVITE."""
    surprises = found.gaps.surprises.items()
    table = Table(
        "Talks up", "Samples", "Min", "Median", "p90", "p99", "Max",
        title="From agent free (BYE) to the next caller's INVITE in ms, while others talk",
        caption="; ".join(f"{what}: {count} times" for what, count in surprises),
    )  # fmt: skip
    gaps = found.gaps.figures
    spread = (gaps.minimum, gaps.median, gaps.p90, gaps.p99, gaps.maximum)
    cells = (f"{_milliseconds(each):.1f}" for each in spread)
    table.add_row(str(found.talks), str(gaps.samples), *cells)
    return table


def board_tables(found: BoardCosts) -> Iterator[Table]:
    """The lists of boards, the turns, and the rounds of the loop."""
    crowd = f"{found.agents:,} agents talk, as many callers wait"
    lists = Table(
        "List", "Rows", "Made", "p90", "Written as JSON", "p90", "Read by API", "p90", "kB",
        title=f"Lists for boards in ms of CPU, each time: {crowd}",
    )  # fmt: skip
    for each in found.lists:
        times = (
            time
            for figures in (each.made, each.written, each.read)
            for time in (figures.median, figures.p90)
        )
        cells = (f"{_milliseconds(time):.2f}" for time in times)
        lists.add_row(each.name, f"{each.rows:,}", *cells, f"{each.size / 1000:,.0f}")
    yield lists
    turns = Table(
        "", "Number", "Median", "p90", "p99", "Worst",
        title=f"Turns, and rounds of the event loop, in µs of CPU: {crowd}",
    )  # fmt: skip
    for name, figures in (("turns", found.turns), ("rounds of the loop", found.rounds)):
        spread = (figures.median, figures.p90, figures.p99, figures.maximum)
        cells = (f"{1000 * _milliseconds(each):,.0f}" for each in spread)
        turns.add_row(name, f"{figures.samples:,}", *cells)
    yield turns


def _cells(side: SideCpu) -> Iterator[str]:
    yield side.name
    for _, part in PARTS:
        yield _mean(side.rounds, part)
    whole = Spread.of(map(_milliseconds, (cost.whole for cost in side.rounds)))
    yield f"{whole.least:.1f}, {whole.most:.1f}"


def _spread(spread: Spread, places: int) -> str:
    return f"{spread.mean:.{places}f} ({spread.least:.{places}f} to {spread.most:.{places}f})"


def _mean(rounds: tuple[CpuTimes, ...], part: Callable[[CpuTimes], timedelta]) -> str:
    return f"{fmean(_milliseconds(part(cost)) for cost in rounds):.1f}"


def _milliseconds(duration: timedelta) -> float:
    return duration / timedelta(milliseconds=1)
