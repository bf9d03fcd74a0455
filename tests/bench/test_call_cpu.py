"""The CPU of whole calls, with very few of them: that each side is measured, not what is found."""

import json
import os
from datetime import timedelta
from io import StringIO
from pathlib import Path

import psycopg
from rich.console import Console

from contactcenter_ari.bench.call_cpu import SIDES, CpuPlan
from contactcenter_ari.bench.call_figures import CallCpu, CpuPerCall, SideCpu, Spread, ratio
from contactcenter_ari.bench.call_floor import Talks
from contactcenter_ari.bench.call_run import run_call_cpu
from contactcenter_ari.bench.figures import Findings
from contactcenter_ari.bench.tables import as_json, tables
from contactcenter_ari.config.settings import CHECKOUT, Settings

SHORT = timedelta(milliseconds=400)
PLAN = CpuPlan(rounds=1, calls=2, agents=2, per_second=5, idle=SHORT, settling=2 * SHORT)


def cost(application: int, asterisk: int, database: int) -> CpuPerCall:
    """So many milliseconds of each."""
    parts = (timedelta(milliseconds=part) for part in (application, asterisk, database))
    return CpuPerCall(**dict(zip(("application", "asterisk", "database"), parts, strict=True)))


async def test_each_side_serves_its_calls_in_each_round(tmp_path: Path, database_url: str) -> None:
    """Both sides of each pair are measured, the calls of the center are in the books, and talks
    are recorded where the side says so.
    """
    settings = Settings(site=CHECKOUT, data=tmp_path, database_url=database_url)

    found = await run_call_cpu(
        settings, PLAN, Talks(least=SHORT), console=Console(stderr=True), environ=os.environ
    )

    assert [(side.kind, side.name) for side in found.sides] == [(s.kind, s.name) for s in SIDES]
    for side in found.sides:
        assert len(side.rounds) == PLAN.rounds
        assert side.rounds[0].asterisk > timedelta()
    assert all(part > timedelta() for part in _parts(found.idle_per_second[0]))
    spool = tmp_path / "asterisk" / "spool"
    assert len(list((spool / "app_queue").iterdir())) == 2 * PLAN.calls
    assert await _rows(database_url) == (3 * PLAN.calls, 2 * PLAN.calls)
    _check_shown(found)


def test_a_ratio_is_taken_round_by_round() -> None:
    """A round on a busy machine spoils no other one."""
    center = SideCpu(kind="call", name="center", rounds=(cost(1, 1, 1), cost(10, 1, 1)))
    app_queue = SideCpu(kind="call", name="Queue()", rounds=(cost(0, 2, 0), cost(0, 10, 0)))
    assert ratio(center, app_queue) == Spread(mean=1.35, least=1.2, most=1.5)


def test_what_is_idle_is_taken_off() -> None:
    """As much as the seconds of a call take without it."""
    assert cost(10, 20, 30).less(cost(1, 2, 3), 2) == cost(8, 16, 24)


def _parts(cost: CpuPerCall) -> tuple[timedelta, ...]:
    return (cost.application, cost.asterisk, cost.database)


async def _rows(url: str) -> tuple[int, int]:
    """How many calls the center had, and how many recordings it made."""
    async with await psycopg.AsyncConnection.connect(url) as connection:
        found = await connection.execute(
            "SELECT (SELECT count(*) FROM interaction), (SELECT count(*) FROM recording)"
        )
        row = await found.fetchone()
    assert row is not None
    return row


def _check_shown(found: CallCpu) -> None:
    findings = Findings(call_cpu=found)
    console = Console(record=True, width=140, file=StringIO())
    console.print(tables(findings))
    shown = console.export_text()
    for words in ("recorded, mono", "recorded, stereo", "not recorded", "Database", "Ratio"):
        assert words in shown
    read = json.loads(as_json(findings))
    assert list(read) == ["call_cpu"]
    assert read["call_cpu"]["ratios"].keys() == {side.kind for side in SIDES}
    assert len(read["call_cpu"]["sides"][0]["rounds"]) == PLAN.rounds
