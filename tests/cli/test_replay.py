"""`replay` of the input logs of earlier versions.

The tests prove that this version reads each line of these logs, and that `replay` ends with one
plain sentence. They do not prove that the calls go as they went: rules have changed since v0.1.0,
so the replay of its log ends at the first difference.
"""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import contactcenter_ari.__main__  # noqa: F401  # registers all commands
from contactcenter_ari.cli.app import app
from contactcenter_ari.runtime.input_log import read_input_log

RECORDINGS = Path(__file__).parents[1] / "recordings"
LOGS = sorted(RECORDINGS.glob("*/input.jsonl"))


@pytest.mark.parametrize("log", LOGS, ids=[log.parent.name for log in LOGS])
def test_a_log_of_an_earlier_version(log: Path) -> None:
    """`replay` ends in order: it either reports the same outcome, or names one line of the log as
    the first difference. Either is right here.
    """
    done = CliRunner().invoke(app, ["replay", str(log)])
    told = done.stderr.strip()
    if done.exit_code == 0:
        assert "inputs gave the same" in done.stdout
        return
    assert done.exit_code == 1
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert "\n" not in told
    named = re.match(rf"error: {re.escape(str(log))}:(\d+): ", told)
    assert named is not None, told
    assert 1 <= int(named[1]) <= len(log.read_bytes().splitlines())


@pytest.mark.parametrize("log", LOGS, ids=[log.parent.name for log in LOGS])
def test_each_line_is_still_known(log: Path) -> None:
    """Each input in the log of an earlier version can be read; none of them is handled here."""
    lines = len(log.read_bytes().splitlines())
    assert len(list(read_input_log(log))) == lines


@pytest.mark.parametrize(
    "line",
    [
        b'{"now":"2026-11-29T20:09:53Z","digest":"00","input":{"type":"NeverHeardOf"}}',
        b'{"now":"2026-11-29T20:09:53Z","digest":"00","input":{"type":"CallArrived"}}',
        b'{"now":"2026-11-29T20:09:53Z","digest":"00","inp',
        b"[" * 100_000,
        b"\xff\xfe",
        b"",
    ],
    ids=["kind", "fields", "torn", "deep", "bytes", "empty"],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, line: bytes) -> None:
    """Whatever the line holds, one sentence tells where it is."""
    whole = LOGS[0].read_bytes().splitlines()
    broken = tmp_path / "broken.jsonl"
    broken.write_bytes(b"\n".join([*whole[:100], line, *whole[100:]]) + b"\n")
    done = CliRunner().invoke(app, ["replay", str(broken)])
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    told = done.stderr.strip()
    assert told.startswith(f"error: {broken}:101: ")
    assert "\n" not in told
