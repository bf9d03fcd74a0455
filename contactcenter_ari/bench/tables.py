"""The findings of the benchmark as tables, and as JSON for programs (durations in seconds)."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

import msgspec
from rich.console import Group, RenderableType
from rich.table import Table

from contactcenter_ari.bench.call_figures import ratio
from contactcenter_ari.bench.call_table import board_tables, cpu_table, held_table, rate_table
from contactcenter_ari.bench.decision_table import decision_table
from contactcenter_ari.bench.figures import (
    CallCost,
    Comparison,
    Figures,
    OnAsterisk,
    TurnCost,
)
from contactcenter_ari.bench.findings import Findings
from contactcenter_ari.bench.wait_table import wait_tables


def tables(findings: Findings) -> RenderableType:
    """The tables for people."""
    return Group(*_shown(findings))


def _shown(findings: Findings) -> Iterator[RenderableType]:
    if findings.on_asterisk:
        yield from _asterisk_tables(findings.on_asterisk)
    if findings.decisions:
        yield decision_table(findings.decisions)
    if findings.waits:
        yield from wait_tables(findings.waits)
    if findings.call_cpu:
        yield cpu_table(findings.call_cpu)
    if findings.call_rate:
        yield rate_table(findings.call_rate)
    if findings.held:
        yield held_table(findings.held)
    if findings.boards:
        yield from board_tables(findings.boards)


def as_json(findings: Findings) -> str:
    """The result for programs: one object with the parts asked for."""
    found = msgspec.to_builtins(findings, builtin_types=(timedelta,))
    plain = {name: value for name, value in found.items() if value}
    plain |= plain.pop("on_asterisk", {})
    if findings.on_asterisk:
        plain["comparison"]["ratio_of_medians"] = findings.on_asterisk.comparison.ratio
    if findings.call_rate:
        plain["call_rate"]["steady"] = findings.call_rate.steady
    if findings.call_cpu:
        plain["call_cpu"]["ratios"] = {
            center.kind: msgspec.to_builtins(ratio(center, app_queue))
            for app_queue, center in findings.call_cpu.pairs
        }
    return json.dumps(plain, default=timedelta.total_seconds, indent=2)


def _asterisk_tables(found: OnAsterisk) -> Iterator[RenderableType]:
    yield _gap_table(found.comparison)
    yield from _surprises(found.comparison)
    yield _turn_table(found.core)
    yield _call_table(found.calls)


def _gap_table(comparison: Comparison) -> Table:
    table = Table(
        "Queue", "Samples", "Waiting", "Min", "Median", "p90", "Max",
        title=f"From agent free (BYE) to the next caller's INVITE, {comparison.agents} agents",
        caption=f"Ratio of medians: {comparison.ratio:.0f}",
    )  # fmt: skip
    sides = (("center", comparison.center), ("Queue()", comparison.app_queue))
    for number, (name, side) in enumerate(sides):
        gaps = side.figures
        waiting = f"{comparison.depths_before[number]}, {comparison.depths_after[number]}"
        spread = (gaps.minimum, gaps.median, gaps.p90, gaps.maximum)
        table.add_row(name, str(gaps.samples), waiting, *map(_milliseconds, spread))
    return table


def _surprises(comparison: Comparison) -> Iterator[str]:
    for name, side in (("center", comparison.center), ("Queue()", comparison.app_queue)):
        for what, count in side.surprises.items():
            yield f"Not expected by the phones of {name}: {what} ({count} times)"


def _turn_table(core: TurnCost) -> Table:
    table = Table("Work", "Samples", "Median", "p90", "p99", "Max", title="One input of the core")
    rows = (("turn", core.turns), ("line of the input log", core.log_writes))
    for name, figures in rows:
        table.add_row(name, str(figures.samples), *_microseconds(figures))
    return table


def _call_table(calls: Sequence[CallCost]) -> Table:
    """Each kind of request and event with its number per call."""
    table = Table(
        "Per call", *(cost.way for cost in calls),
        title=f"What one call exchanges with Asterisk ({calls[0].calls} of each way)",
    )  # fmt: skip
    requests = [Counter(cost.requests) for cost in calls]
    events = [Counter(cost.events) for cost in calls]
    for name, kinds in (("ARI requests", requests), ("ARI events", events)):
        table.add_row(name, *_per_call(map(Counter.total, kinds), calls))
        for kind in sorted(set().union(*kinds)):
            table.add_row(f"  {kind}", *_per_call((of_way[kind] for of_way in kinds), calls))
        table.add_section()
    table.add_row("turns of the core", *(f"{cost.turns_per_call:.1f}" for cost in calls))
    return table


def _per_call(counts: Iterable[int], calls: Sequence[CallCost]) -> Iterator[str]:
    for count, cost in zip(counts, calls, strict=True):
        yield f"{count / cost.calls:.2f}".removesuffix(".00") if count else ""


def _milliseconds(duration: timedelta) -> str:
    return f"{duration / timedelta(milliseconds=1):.1f} ms"


def _microseconds(figures: Figures) -> Iterator[str]:
    for duration in (figures.median, figures.p90, figures.p99, figures.maximum):
        yield f"{duration / timedelta(microseconds=1):.0f} µs"
