"""A forecast as a picture, SVG or PNG: the same forecast gives the same bytes.

One staffing is drawn over the day, or over its batches; several are drawn by the number of
agents, so that one sees where more of them stop helping. Bands are the 95 % confidence
intervals. Import this only to draw: matplotlib takes long to load.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import nan
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.typing import RcKeyType

from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.planning.expectation import Expectation, Unfit
from contactcenter_ari.planning.figure import SHARES, Estimate
from contactcenter_ari.planning.forecast import Forecast, QueueForecast
from contactcenter_ari.planning.scenario import HOUR, Scenario, clock

TITLES = {
    "service_level": "Service level, %",
    "average_speed_of_answer": "Speed of answer, s",
    "abandonment": "Abandoned, %",
    "occupancy": "Occupancy, %",
}
BLUE, ORANGE, GREEN, GRAY = "#0072B2", "#D55E00", "#009E73", "#555555"
"""Told apart by people who see colors otherwise, too (M. Okabe, K. Ito)."""
COLUMN, HEIGHT, DOTS_PER_INCH = 5.4, 7.6, 120
"""The width of a queue and the height of all, in inches."""
ROOM_FOR_LEGEND = 1.3
STYLE: dict[RcKeyType, object] = {
    "svg.hashsalt": "contactcenter",
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": "#dddddd",
    "legend.frameon": False,
    "legend.fontsize": 8,
}


class ChartFailed(ContactCenterError):
    """The picture could not be written."""


@dataclass(frozen=True, slots=True)
class _Column:
    """One queue's part of the picture: its axes from top to bottom."""

    level: Axes
    speed: Axes
    staff: Axes


def draw_chart(forecasts: Sequence[Forecast], path: Path, *, target: float) -> None:
    """Draw one staffing or several into a file, whose ending says how; `target` is the service
    level wanted (0-1). Raises ChartFailed.
    """
    queues = forecasts[0].queues
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(COLUMN * len(queues), HEIGHT), layout="constrained")
        grid = figure.subplots(3, len(queues), squeeze=False, sharex="col")
        for number, queue in enumerate(queues):
            column = _Column(*(row[number] for row in grid))
            column.level.set_title(str(queue.name), fontweight="bold")
            column.level.axhline(target * 100, color=GRAY, linewidth=1, label="wanted")
            if len(forecasts) > 1:
                _draw_staffings(column, forecasts, number)
            else:
                _draw_course(column, forecasts[0].scenario, queue)
        _write(figure, path)


def _write(figure: Figure, path: Path) -> None:
    metadata = {"Date": None} if path.suffix == ".svg" else {"Software": None}
    try:
        figure.savefig(path, dpi=DOTS_PER_INCH, metadata=metadata)
    except OSError as error:
        raise ChartFailed(f"{path} cannot be written: {error.strerror}") from error


# ---- one staffing


def _draw_course(column: _Column, scenario: Scenario, queue: QueueForecast) -> None:
    """Half hour by half hour, or batch by batch."""
    at = [_middle(queue, number) / HOUR for number in range(len(queue.stretches))]
    for axes, name in ((column.level, "service_level"), (column.speed, "average_speed_of_answer")):
        _draw(axes, at, [each.figures[name] for each in queue.stretches], name, BLUE)
        if scenario.days is None:
            _draw_whole(axes, queue, name)
    if scenario.days is None:
        name = "occupancy"
        _draw(column.staff, at, [each.figures[name] for each in queue.stretches], name, GREEN)
        column.staff.set_xlabel("Hours")
    else:
        _draw_staff(column.staff, scenario, queue)
        column.staff.xaxis.set_major_formatter(FuncFormatter(_time_of_day))
    _finish(column)


def _draw_whole(axes: Axes, queue: QueueForecast, name: str) -> None:
    """The figure of all batches and its interval, and what Erlang's formulas say."""
    scale, figure = _scale(name), queue.figures[name]
    if figure.value is not None:
        axes.axhline(figure.value * scale, color=BLUE, linewidth=1, label="all batches")
    if figure.confidence is not None:
        low, high = figure.confidence.low * scale, figure.confidence.high * scale
        axes.axhspan(low, high, color=BLUE, alpha=0.15, linewidth=0)
    for formula, expected, line in (("C", queue.erlang_c, "--"), ("A", queue.erlang_a, ":")):
        if isinstance(expected, Expectation):
            value = getattr(expected, name) * scale
            axes.axhline(value, color=ORANGE, linestyle=line, label=f"Erlang {formula}")


def _draw_staff(axes: Axes, scenario: Scenario, queue: QueueForecast) -> None:
    """How many are there, and how many would be busy all the time."""
    edges = [each.begins / HOUR for each in queue.stretches]
    edges.append((scenario.opens + scenario.length) / HOUR)
    load = [scenario.load(number, queue.name) for number in range(scenario.intervals)]
    staff = [each.agents for each in queue.stretches]
    axes.stairs(staff, edges, baseline=None, color=GREEN, linewidth=2, label="agents")
    axes.stairs(load, edges, color=ORANGE, fill=True, alpha=0.35, label="load, erlangs")
    axes.set_ylabel("Agents")
    axes.set_ylim(0, max(1, *staff, *load) * ROOM_FOR_LEGEND)


def _middle(queue: QueueForecast, number: int) -> timedelta:
    begins = [each.begins for each in queue.stretches]
    length = begins[1] - begins[0] if len(begins) > 1 else timedelta()
    return begins[number] + length / 2


def _time_of_day(hours: float, _position: int | None) -> str:
    return clock(timedelta(hours=hours) % timedelta(days=1))


# ---- several staffings


def _draw_staffings(column: _Column, forecasts: Sequence[Forecast], number: int) -> None:
    """By the number of agents."""
    agents = [each.agents for each in forecasts]
    queues = [each.queues[number] for each in forecasts]
    level, speed, staff = "service_level", "average_speed_of_answer", "occupancy"
    _draw(column.level, agents, [each.figures[level] for each in queues], level, BLUE)
    for formula, line in (("C", "--"), ("A", ":")):
        found = [each.erlang_c if formula == "C" else each.erlang_a for each in queues]
        if any(isinstance(each, Expectation) for each in found):
            values = [_expected_level(each) for each in found]
            column.level.plot(agents, values, color=ORANGE, ls=line, label=f"Erlang {formula}")
    _draw(column.speed, agents, [each.figures[speed] for each in queues], speed, BLUE)
    _draw(column.staff, agents, [each.figures[staff] for each in queues], staff, GREEN)
    lost = [each.figures["abandonment"] for each in queues]
    _draw(column.staff, agents, lost, "abandonment", ORANGE)
    column.staff.set_ylabel("%")
    column.staff.set_xlabel("Agents")
    column.staff.xaxis.set_major_locator(MaxNLocator(integer=True))
    _finish(column)


def _expected_level(found: Expectation | Unfit) -> float:
    return nan if isinstance(found, Unfit) else found.service_level * 100


# ---- both


def _draw(
    axes: Axes, at: Sequence[float], estimates: Sequence[Estimate], name: str, color: str
) -> None:
    """A line with its band."""
    scale = _scale(name)
    values = [nan if each.value is None else each.value * scale for each in estimates]
    sure = [each.confidence for each in estimates]
    low = [nan if each is None else each.low * scale for each in sure]
    high = [nan if each is None else each.high * scale for each in sure]
    axes.plot(at, values, color=color, marker=".", label=TITLES[name].partition(",")[0].lower())
    axes.fill_between(at, low, high, color=color, alpha=0.2, linewidth=0)
    axes.set_ylabel(TITLES[name])


def _finish(column: _Column) -> None:
    column.level.set_ylim(0, 103)
    column.speed.set_ylim(bottom=0)
    column.staff.set_ylim(bottom=0)
    column.level.legend(loc="lower right")
    column.staff.legend(loc="best", ncols=2)


def _scale(name: str) -> float:
    return 100 if name in SHARES else 1
