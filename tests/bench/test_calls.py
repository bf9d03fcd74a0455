"""Whole calls on a small floor: that each part is measured, not what is found."""

import json
import os
from datetime import timedelta
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from rich.console import Console

from contactcenter_ari.bench.call_cpu import SIDES, CpuPlan, Used, measure_call_cpu
from contactcenter_ari.bench.call_figures import (
    CallCpu,
    CallRate,
    CpuTimes,
    HeldGaps,
    RateStep,
    SideCpu,
    Spread,
    ratio,
)
from contactcenter_ari.bench.call_floor import CallFloor, Talks
from contactcenter_ari.bench.call_rate import RatePlan, measure_call_rate
from contactcenter_ari.bench.call_run import run_on_floor
from contactcenter_ari.bench.figures import Figures
from contactcenter_ari.bench.findings import Findings
from contactcenter_ari.bench.held import HeldPlan, measure_held
from contactcenter_ari.bench.looking import BenchFailed
from contactcenter_ari.bench.tables import as_json, tables
from contactcenter_ari.config.settings import CHECKOUT, Settings
from contactcenter_ari.core.vocabulary.recording_file import RecordingFormat

SHORT = timedelta(milliseconds=400)
TALKS = Talks(least=SHORT)
CPU = CpuPlan(
    rounds=1, calls=4, agents=2, per_second=5, talks=TALKS, idle=SHORT, settling=2 * SHORT
)
RATE = RatePlan(
    first=4, step=1, last=4, talks=TALKS, measured=timedelta(seconds=1), beside_talk=SHORT
)
HELD = HeldPlan(talks=2, agents=1, waiting=2, samples=2)


async def test_each_part_is_measured_on_a_floor(tmp_path: Path, database_url: str) -> None:
    """CPU of each side, answers of each step, gaps beside talks: all with as many samples as the
    plans ask for, and calls of the center are recorded.
    """
    settings = Settings(
        site=CHECKOUT,
        data=tmp_path,
        database_url=database_url,
        recording_format=RecordingFormat.WAV,
    )
    console = Console(stderr=True)

    async def all_parts(floor: CallFloor) -> Findings:
        return Findings(
            call_cpu=await measure_call_cpu(floor, CPU, tell=console.print),
            call_rate=await measure_call_rate(floor, RATE, tell=console.print),
            held=await measure_held(floor, HELD, tell=console.print),
        )

    found = await run_on_floor(settings, all_parts, console=console, environ=os.environ)

    assert found.call_cpu is not None
    assert found.call_rate is not None
    assert found.held is not None
    _check_cpu(found.call_cpu)
    _check_rate(found.call_rate)
    _check_held(found.held)
    assert len(list((tmp_path / "asterisk" / "spool" / "app_queue").iterdir())) == 2 * CPU.calls
    kept = {path.suffix for path in (tmp_path / "asterisk" / "spool" / "recording").iterdir()}
    assert kept & {".wav", ".flac"} == {".wav"}
    _check_rows(database_url)
    _check_shown(found)


def test_a_ratio_is_taken_round_by_round() -> None:
    """A round on a busy machine spoils no other one."""
    center = SideCpu(kind="call", name="center", rounds=(_cost(1, 1, 1), _cost(10, 1, 1)))
    app_queue = SideCpu(kind="call", name="Queue()", rounds=(_cost(0, 2, 0), _cost(0, 10, 0)))
    assert ratio(center, app_queue) == Spread(mean=1.35, least=1.2, most=1.5)


def test_idle_cpu_is_taken_off() -> None:
    """As much as the seconds of a call take without it."""
    assert _cost(10, 20, 30).less(_cost(1, 2, 3), 2) == _cost(8, 16, 24)


def test_idle_cpu_is_taken_off_for_as_long_as_the_calls_took() -> None:
    """Calls come one after the other or many at once."""
    used = Used(_cost(100, 200, 300), lasted=2.0)
    assert used.per_call(10, resting=_cost(5, 10, 15)) == _cost(9, 18, 27)


@pytest.mark.parametrize("used", [(0, 200, 300), (100, 0, 300), (100, 200, 0)])
def test_a_program_whose_clock_stands_still_is_not_measured(used: tuple[int, int, int]) -> None:
    """It is another process than was thought, or has ended."""
    with pytest.raises(BenchFailed, match="no CPU during 10 calls"):
        Used(_cost(*used), lasted=2.0).per_call(10, resting=_cost(0, 0, 0))


def test_what_idle_takes_is_the_mean_of_all_looks() -> None:
    """One look may be disturbed."""
    assert CpuTimes.mean([_cost(1, 2, 3), _cost(3, 6, 9)]) == _cost(2, 4, 6)


def test_a_rate_is_steady_while_nine_of_ten_are_answered_in_time_and_none_is_lost() -> None:
    """The first step that is late ends what is steady."""
    limit = timedelta(milliseconds=100)
    steps = (_step(4, 20), _step(5, 90), _step(6, 101))
    assert CallRate(limit=limit, mean_talk=SHORT, steps=steps).steady == 5
    lost = (_step(4, 20), _step(5, 20, all_served=False))
    assert CallRate(limit=limit, mean_talk=SHORT, steps=lost).steady == 4
    assert CallRate(limit=limit, mean_talk=SHORT, steps=steps[2:]).steady == 0


def _cost(application: int, asterisk: int, database: int) -> CpuTimes:
    """This many milliseconds of each."""
    return CpuTimes(
        application=timedelta(milliseconds=application),
        asterisk=timedelta(milliseconds=asterisk),
        database=timedelta(milliseconds=database),
    )


def _step(rate: float, p90: int, *, all_served: bool = True) -> RateStep:
    answers = Figures.of([timedelta(milliseconds=p90)] * 2)
    return RateStep(per_second=rate, answers=answers, all_served=all_served)


def _check_cpu(found: CallCpu) -> None:
    assert [(side.kind, side.name) for side in found.sides] == [(s.kind, s.name) for s in SIDES]
    assert {len(side.rounds) for side in found.sides} == {CPU.rounds}
    for side in found.sides:
        assert min(cost.asterisk for cost in side.rounds) > timedelta(), side
    assert len(found.idle_per_second) == CPU.rounds
    for used in found.idle_per_second:
        assert min(used.application, used.asterisk, used.database) >= timedelta()


def _check_rate(found: CallRate) -> None:
    (step,) = found.steps
    assert step.all_served
    expected = RATE.first * RATE.measured.total_seconds()
    assert abs(step.answers.samples - expected) <= 2


def _check_held(found: HeldGaps) -> None:
    assert found.talks == HELD.talks
    assert found.gaps.figures.samples >= HELD.samples
    assert found.gaps.surprises == {}


def _check_rows(url: str) -> None:
    """The unrecorded calls are those of one side and those that are held."""
    with psycopg.connect(url) as connection:
        counted = connection.execute(
            "SELECT queue, count(*) FROM offer WHERE result = 'accepted' GROUP BY queue"
        )
        accepted: dict[str, int] = dict(counted.fetchall())
    assert accepted["unrecorded"] == CPU.calls
    assert accepted["held"] == HELD.talks
    assert accepted["bench"] > 2 * CPU.calls


def _check_shown(found: Findings) -> None:
    console = Console(record=True, width=140, file=StringIO())
    console.print(tables(found))
    shown = console.export_text()
    for words in (
        "recorded, stereo",
        "recordings as wav",
        "Database",
        "Ratio",
        "INVITE to 200",
        "Talks up",
    ):
        assert words in shown
    read = json.loads(as_json(found))
    assert list(read) == ["call_cpu", "call_rate", "held"]
    assert read["call_cpu"]["ratios"].keys() == {side.kind for side in SIDES}
    assert read["call_rate"]["steady"] in {0, RATE.first}
