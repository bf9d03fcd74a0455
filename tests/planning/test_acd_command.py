"""`contactcenter acd simulate`: what is written, and the exit status."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from contactcenter_ari.cli.acd import acd
from contactcenter_ari.planning.erlang_c import answered_within
from contactcenter_ari.planning.one_queue import OneQueue

TALK = timedelta(minutes=3)
QUICK = ("--agents", "6", "--arrivals-per-hour", "90", "--aht", "180s", "--hours", "10")
FIGURES = (
    "service_level",
    "average_speed_of_answer",
    "average_handle_time",
    "abandonment",
    "occupancy",
)
SCENARIO = """\
open: 08:00-09:00
days: 3
queues: {claims: {}, sales: {}}
callers:
  - {queue: claims, per_half_hour: [20, 10], aht: 4m, patience: 90s}
  - {queue: sales, per_hour: 10, aht: 2m}
agents:
  - {count: 2, queues: [claims]}
  - {count: 1, queues: [sales]}
"""


def run(*words: str) -> tuple[int, str, str]:
    """The exit status, what was written and what was told."""
    result = CliRunner().invoke(acd, ["simulate", *words])
    return result.exit_code, result.stdout, result.stderr


def figures(*words: str) -> Any:  # noqa: ANN401  # whatever JSON holds
    """The output for programs."""
    status, written, told = run(*words, "--json")
    assert status == 0, told
    return json.loads(written)


def test_one_queue() -> None:
    """All figures of the queue, with intervals around them and Erlang's beside them."""
    found = figures(*QUICK, "--patience", "90s", "--seed", "7")
    (queue,) = found["queues"]
    assert queue["offered"] == pytest.approx(900, abs=100)
    assert queue["offered"] == queue["answered"] + queue["abandoned"] + queue["turned_away"]
    assert queue["abandonment"] == pytest.approx(queue["abandoned"] / queue["offered"])
    for name in FIGURES:
        low, high = queue["confidence"][name]
        assert low <= queue[name] <= high
    assert queue["erlang_c"]["occupancy"] == pytest.approx(0.75)
    assert 0 < queue["erlang_a"]["abandonment"] < 0.1
    assert found["batches"] >= 5
    assert found["warm_up"] > 0


def test_the_same_seed_writes_the_same() -> None:
    """The command can be repeated to the last digit; another seed gives other figures."""
    assert run(*QUICK, "--seed", "7", "--json") == run(*QUICK, "--seed", "7", "--json")
    assert figures(*QUICK, "--seed", "7") != figures(*QUICK, "--seed", "8")


def test_patient_callers_have_no_erlang_a() -> None:
    """Null, and the reason."""
    (queue,) = figures(*QUICK)["queues"]
    assert (queue["erlang_a"], queue["erlang_a_reason"]) == (None, "callers never give up")


def test_a_range_of_staffings() -> None:
    """A row for each, and where the service level wanted is met."""
    options = ("--agents", "5-7", *QUICK[2:])
    found = figures(*options)["staffing"]
    levels = [row["queues"][0]["service_level"] for row in found]
    assert [row["agents"] for row in found] == [5, 6, 7]
    assert levels == sorted(levels)
    status, written, _ = run(*options, "--target", str(levels[1]))
    rows = [line for line in written.splitlines() if "│ calls" in line]
    assert status == 0
    assert ["yes" in row for row in rows] == [False, True, True]


def test_the_table() -> None:
    """People read the figures with their reach, Erlang's below, and how sure they may be."""
    status, written, _ = run(*QUICK, "--patience", "2m")
    expected = OneQueue(per_hour=90, handle_time=TALK, hours=10)
    level = answered_within(expected.service_level, servers=6, offered=4.5, handle_time=TALK)
    assert status == 0
    for words in ("calls", "±", "Erlang C", f"{level:.1%}"[:-1], "Erlang A", "95% confidence"):
        assert words in written


def test_a_scenario_file(tmp_path: Path) -> None:
    """Each queue with its half hours; those of the file, or as many days as are asked for."""
    file = tmp_path / "day.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    claims, sales = figures("--scenario", str(file))["queues"]
    assert [claims["name"], sales["name"]] == ["claims", "sales"]
    assert [half["begins"] for half in claims["intervals"]] == ["08:00", "08:30"]
    assert claims["intervals"][0]["offered"] > claims["intervals"][1]["offered"]
    assert claims["erlang_a"] is not None
    assert sales["erlang_c"] is not None
    assert figures("--scenario", str(file), "--days", "7")["batches"] == 7
    status, written, _ = run("--scenario", str(file))
    assert status == 0
    assert "claims by half hour" in written


def test_mistakes_of_a_scenario_give_one(tmp_path: Path) -> None:
    """They are told as the flow checker tells them, line by line."""
    file = tmp_path / "day.yaml"
    file.write_text(SCENARIO.replace("days: 3", "days: three"), encoding="utf-8")
    status, written, told = run("--scenario", str(file))
    assert (status, written) == (1, "")
    assert told.startswith(f"{file}:2:7: error[E105]: days must be a whole number")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--agents", "20"),
        (*QUICK, "--agents", "none"),
        (*QUICK, "--agents", "9-3"),
        (*QUICK, "--agents", "0"),
        (*QUICK, "--aht", "soon"),
        (*QUICK, "--wrap-up", "3m"),
        (*QUICK, "--days", "3"),
        (*QUICK, "--strategy", "fairest"),
        (*QUICK, "--arrivals-per-hour", "0"),
        ("--scenario", "nowhere.yaml"),
        ("--scenario", __file__, "--aht", "3m"),
    ],
)
def test_what_cannot_be_meant_gives_two(words: tuple[str, ...]) -> None:
    """Nothing is simulated, and what is wrong is told."""
    status, written, told = run(*words)
    assert (status, written) == (2, "")
    assert "Error" in told
