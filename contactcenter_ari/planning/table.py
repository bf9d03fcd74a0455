"""A forecast for people, as tables, and for programs, as JSON (times in seconds, shares 0-1)."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from rich.console import Group, RenderableType
from rich.table import Column, Table

from contactcenter_ari.planning.expectation import Expectation, Unfit
from contactcenter_ari.planning.figure import LEVEL, SHARES, Estimate
from contactcenter_ari.planning.forecast import Forecast, QueueForecast, Stretch
from contactcenter_ari.planning.plan import FEWEST_BATCHES, Plan
from contactcenter_ari.planning.scenario import HOUR, clock

Plain = dict[str, object]
HEADINGS = {
    "service_level": "Service level, %",
    "average_speed_of_answer": "Speed of answer, s",
    "abandonment": "Abandoned, %",
    "occupancy": "Occupancy, %",
    "average_handle_time": "Handle time, s",
}
COUNTS = ("Offered", "Answered", "Gave up", "Sent away")
NONE = "-"


def tables(forecasts: Sequence[Forecast], *, target: float) -> RenderableType:
    """The table for people: one staffing with Erlang's beside it, or a row for each staffing."""
    if len(forecasts) == 1:
        return _one(forecasts[0])
    return Group(_many(forecasts, target), *_notes(forecasts[-1].plan))


def as_json(forecasts: Sequence[Forecast]) -> str:
    """The result for programs: the queues of the one staffing, or of each under `staffing`."""
    if len(forecasts) == 1:
        return json.dumps(_plain(forecasts[0]), indent=2)
    staffing = [{"agents": each.agents, **_plain(each)} for each in forecasts]
    return json.dumps({"staffing": staffing}, indent=2)


# ---- for people


def _one(found: Forecast) -> RenderableType:
    table = Table(Column("Queue", no_wrap=True), *COUNTS, *HEADINGS.values())
    for queue in found.queues:
        whole = queue.whole.count
        counts = (whole.offered, whole.answered, whole.abandoned, whole.turned_away)
        shown = [_shown(name, queue.figures[name]) for name in HEADINGS]
        table.add_row(queue.name, *map(str, counts), *shown)
        for name, expected in (("Erlang C", queue.erlang_c), ("Erlang A", queue.erlang_a)):
            if isinstance(expected, Expectation):
                table.add_row(f"  {name}", "", "", "", "", *_expected(expected), style="dim")
    reasons = [line for queue in found.queues for line in _reasons(queue)]
    days = [_day(queue) for queue in found.queues] if found.scenario.days else []
    return Group(table, *days, *_notes(found.plan), *reasons)


def _day(queue: QueueForecast) -> Table:
    names = ("service_level", "average_speed_of_answer", "abandonment", "occupancy")
    headings = [HEADINGS[name] for name in names]
    table = Table("From", "Calls", "Agents", *headings, title=f"{queue.name} by half hour")
    for stretch in queue.stretches:
        shown = [_shown(name, stretch.figures[name]) for name in names]
        begins = clock(stretch.begins)
        table.add_row(begins, f"{stretch.offered:.1f}", str(stretch.agents), *shown)
    return table


def _many(forecasts: Sequence[Forecast], target: float) -> Table:
    table = Table(
        "Agents", "Queue", *HEADINGS.values(), "Erlang C", "Erlang A", "Enough",
        caption=f"Enough: a service level of {target:.0%}; Erlang's are service levels in %",
    )  # fmt: skip
    for each in forecasts:
        for queue in each.queues:
            level = queue.figures["service_level"].value
            met = level is not None and level >= target
            table.add_row(
                str(each.agents),
                queue.name,
                *(_shown(name, queue.figures[name]) for name in HEADINGS),
                _level(queue.erlang_c),
                _level(queue.erlang_a),
                "yes" if met else "",
                style="green" if met else "",
            )
    return table


def _shown(name: str, estimate: Estimate) -> str:
    if estimate.value is None:
        return NONE
    sure = estimate.confidence
    reach = None if sure is None else max(estimate.value - sure.low, sure.high - estimate.value)
    return _value(name, estimate.value, reach)


def _value(name: str, value: float, reach: float | None = None) -> str:
    """Shares in percent: `92.3 ±1.8`."""
    scale = 100 if name in SHARES else 1
    return f"{value * scale:.1f}" + ("" if reach is None else f" ±{reach * scale:.1f}")


def _expected(expected: Expectation) -> Iterator[str]:
    for name in HEADINGS:
        value = getattr(expected, name, None)
        yield "" if value is None else _value(name, value)


def _level(expected: Expectation | Unfit) -> str:
    if isinstance(expected, Unfit):
        return NONE
    return _value("service_level", expected.service_level)


def _reasons(queue: QueueForecast) -> Iterator[str]:
    for name, expected in (("Erlang C", queue.erlang_c), ("Erlang A", queue.erlang_a)):
        if isinstance(expected, Unfit):
            yield f"No {name} for {queue.name}: {expected.reason}."


def _notes(plan: Plan) -> Iterator[str]:
    warm_up = f", {plan.warm_up / HOUR:.1f} h of warm-up before each of {plan.parts} parts dropped"
    yield (
        f"± is the {LEVEL:.0%} confidence interval over {plan.batches} batches"
        f" of {plan.stretch * plan.per_batch / HOUR:.1f} h{warm_up if plan.warm_up else ''}."
    )
    if plan.grows:
        yield (
            "There is more work than agents, and callers hardly ever give up: lines grow for as"
            " long as it lasts, so no figure holds for another time."
        )
    if plan.is_short:
        yield (
            f"The time is short for this load: {FEWEST_BATCHES} batches depend on each other,"
            " so the intervals are too narrow. Simulate more hours."
        )


# ---- for programs


def _plain(found: Forecast) -> Plain:
    return {
        "queues": [_plain_queue(queue, found) for queue in found.queues],
        "batches": found.plan.batches,
        "batch_length": (found.plan.stretch * found.plan.per_batch).total_seconds(),
        "warm_up": found.plan.warm_up.total_seconds(),
        "batches_are_short": found.plan.is_short,
        "lines_grow": found.plan.grows,
        "seed": found.scenario.seed,
    }


def _plain_queue(queue: QueueForecast, found: Forecast) -> Plain:
    whole = queue.whole.count
    return {
        "name": queue.name,
        "offered": whole.offered,
        "answered": whole.answered,
        "abandoned": whole.abandoned,
        "turned_away": whole.turned_away,
        **{name: estimate.value for name, estimate in queue.figures.items()},
        "confidence": {"level": LEVEL, **_confidence(queue.figures)},
        **_plain_expectation("erlang_c", queue.erlang_c),
        **_plain_expectation("erlang_a", queue.erlang_a),
        **({"intervals": _plain_day(queue.stretches)} if found.scenario.days else {}),
    }


def _confidence(figures: dict[str, Estimate]) -> Plain:
    sure = {name: estimate.confidence for name, estimate in figures.items()}
    return {name: [each.low, each.high] if each else None for name, each in sure.items()}


def _plain_expectation(name: str, expected: Expectation | Unfit) -> Plain:
    if isinstance(expected, Unfit):
        return {name: None, f"{name}_reason": expected.reason}
    return {name: asdict(expected)}


def _plain_day(stretches: Sequence[Stretch]) -> list[Plain]:
    return [
        {
            "begins": clock(stretch.begins),
            "offered": stretch.offered,
            "agents": stretch.agents,
            **{name: estimate.value for name, estimate in stretch.figures.items()},
            "confidence": _confidence(stretch.figures),
        }
        for stretch in stretches
    ]
