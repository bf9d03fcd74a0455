"""A call of the past is read back from a real Postgres, by its events alone."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contactcenter_ari.cli.app import app
from contactcenter_ari.flow_test.history import read_from_database
from contactcenter_ari.flow_test.trace import CallUnknown
from contactcenter_ari.postgres.connection import Database
from tests.flow_test.test_retelling import GIVEN, held, played
from tests.postgres.journaled import written


def test_the_trace_out_of_the_database(
    folder: Path, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time, section, line and what happened; a sensitive value was never written down."""
    given = replace(GIVEN, replies={"account": ({"balance": "12.50"},)})
    simulated = played(folder, given, "2", "7391")
    asyncio.run(written(database_url, tmp_path, simulated.events))
    monkeypatch.setenv("CC_SITE", str(folder))
    monkeypatch.setenv("CC_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("CC_DATABASE_URL", database_url)
    done = CliRunner().invoke(app, ["flow", "trace", simulated.interaction])
    assert done.exit_code == 0
    rows = [[cell.strip() for cell in line.split("│")[2:6]] for line in done.output.splitlines()]
    assert ["choosing", "desk.yaml:43", "chose", "2 in menu"] in rows
    assert ["account", "desk.yaml:50", "gathered", "pin (hidden)"] in rows
    assert ["account", "desk.yaml:56", "looked up", "account found"] in rows
    test = CliRunner().invoke(app, ["flow", "trace", simulated.interaction, "--as-test"])
    assert "7391" not in done.output + test.output
    assert held(folder, test.output)


async def test_a_call_the_database_does_not_hold(folder: Path, database_url: str) -> None:
    """It is said in a sentence."""
    async with Database(database_url) as database:
        with pytest.raises(CallUnknown, match="the database holds no call n1-1-1"):
            await read_from_database(database, folder, "n1-1-1")
