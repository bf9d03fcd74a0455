"""The whole benchmark with very few samples: that it measures, not what it finds."""

import json
import os
from collections.abc import Sequence
from datetime import timedelta
from io import StringIO
from pathlib import Path

from rich.console import Console

from contactcenter_ari.bench.figures import CallCost, Comparison
from contactcenter_ari.bench.findings import Findings
from contactcenter_ari.bench.plan import Plan
from contactcenter_ari.bench.run import run_bench
from contactcenter_ari.bench.tables import as_json, tables
from contactcenter_ari.config.settings import CHECKOUT, Settings

PLAN = Plan(
    samples=4,
    agents=2,
    waiting=4,
    full_calls=2,
    decisions=40,
    days=2,
    shortest_talk=timedelta(milliseconds=300),
    longest_talk=timedelta(milliseconds=600),
)


async def test_the_center_and_app_queue_are_measured_in_one_asterisk(
    tmp_path: Path, database_url: str
) -> None:
    """Both sides get their samples while callers wait, and the cost of a call is counted."""
    settings = Settings(site=CHECKOUT / "callflows", data=tmp_path, database_url=database_url)
    console = Console(stderr=True)

    findings = await run_bench(settings, PLAN, console=console, environ=os.environ)

    found = findings.on_asterisk
    assert found is not None
    _check_comparison(found.comparison)
    _check_calls(found.calls)
    assert found.core.turns.samples == found.core.log_writes.samples
    turns = sum(cost.turns_per_call for cost in found.calls)
    assert found.core.turns.samples > PLAN.full_calls * turns
    _check_shown(findings)


def _check_calls(costs: Sequence[CallCost]) -> None:
    """The agent is dialed once in each call; where a talk is recorded, the agent's leg comes
    again from where the dialplan began to record.
    """
    for cost, legs in zip(costs, (3, 3, 2), strict=True):
        assert cost.requests["POST channels/{channelId}"] == PLAN.full_calls, cost.way
        assert cost.events["StasisStart"] == legs * PLAN.full_calls, cost.way
        assert cost.requests_per_call == sum(cost.requests.values()) / PLAN.full_calls


def _check_comparison(comparison: Comparison) -> None:
    for side in (comparison.center, comparison.app_queue):
        assert side.figures.samples >= PLAN.samples
        assert side.figures.minimum > timedelta()
        assert side.surprises == {}
    assert min(comparison.depths_before) >= PLAN.waiting - PLAN.agents
    assert min(comparison.depths_after) > 0


def _check_shown(findings: Findings) -> None:
    console = Console(record=True, width=120, file=StringIO())
    console.print(tables(findings))
    shown = console.export_text()
    for words in (
        "Median",
        "center",
        "Queue()",
        "Ratio of medians",
        "turn",
        "ARI requests",
        "straight, not recorded",
        "too little",
    ):
        assert words in shown
    read = json.loads(as_json(findings))
    for side in ("center", "app_queue"):
        figures = read["comparison"][side]["figures"]
        assert figures["samples"] >= PLAN.samples
        assert figures["minimum"] <= figures["median"] <= figures["maximum"]
    assert read["comparison"]["ratio_of_medians"] > 0
    assert [wait["days"] for wait in read["waits"]] == [PLAN.days] * len(findings.waits)
