"""The cost of decisions, as a table."""

from collections.abc import Sequence
from datetime import timedelta

from rich.table import Table

from contactcenter_ari.bench.figures import DecisionCost, Figures


def decision_table(costs: Sequence[DecisionCost]) -> Table:
    """Medians side by side; the last columns tell how they grow from the size before."""
    table = Table(
        "Strategy", "Agents, callers", "Agent freed", "p99", "Scan", "Caller comes", "p99", "Scan",
        title="One decision: who gets whom (medians, beside a look at everybody)",
        caption=_growth(costs),
    )  # fmt: skip
    for cost in costs:
        sides = ((cost.freed, cost.freed_by_scan), (cost.arrived, cost.arrived_by_scan))
        cells = [
            text
            for ours, scan in sides
            for text in (_short(ours.median), _short(ours.p99), _short(scan.median))
        ]
        table.add_row(cost.strategy, f"{cost.size:,}", *cells)
    return table


def _growth(costs: Sequence[DecisionCost]) -> str:
    """How many times longer a decision takes at the largest size than at a tenth of it."""
    by_size = {(cost.strategy, cost.size): cost for cost in costs}
    told = [
        f"{strategy}: {_ratio(cost.freed, less.freed):.1f} freed, "
        f"{_ratio(cost.arrived, less.arrived):.1f} comes"
        for (strategy, size), cost in by_size.items()
        if size == max(known for _, known in by_size)
        and (less := by_size.get((strategy, size // 10))) is not None
    ]
    return f"Times as long as at a tenth of the largest size: {'; '.join(told)}"


def _ratio(more: Figures, less: Figures) -> float:
    return more.median / less.median


def _short(duration: timedelta) -> str:
    return f"{duration / timedelta(microseconds=1):,.0f} µs"
