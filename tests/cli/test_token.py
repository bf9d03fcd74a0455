"""`contactcenter token`: made, listed and revoked from the command line."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contactcenter_ari.cli.agent import agent
from contactcenter_ari.cli.token import read_expiry, token
from contactcenter_ari.core.errors import RequestRefused

SITE = Path(__file__).parents[2] / "callflows"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def installation(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty database, and data of its own."""
    monkeypatch.setenv("CC_DATABASE_URL", database_url)
    monkeypatch.setenv("CC_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("CC_SITE", str(SITE))


def run(*words: str) -> tuple[int, str, str]:
    """The exit status, what was written, and what was complained about."""
    result = CliRunner().invoke(token, words)
    return result.exit_code, result.stdout, result.stderr


def listed() -> list[dict[str, object]]:
    """The tokens, as programs read them."""
    status, out, _ = run("list", "--json")
    assert status == 0
    found: list[dict[str, object]] = json.loads(out)
    return found


def test_a_token_is_shown_once() -> None:
    """When it is made; the list has its id, role and end."""
    status, out, err = run("add", "hall", "--role", "wall", "--expires", "90d")
    assert status == 0, err
    secret = out.split()[-1]
    assert secret.startswith("cc_")
    (one,) = listed()
    assert (one["name"], one["role"], one["agent"], one["valid"]) == ("hall", "wall", None, True)
    table = run("list")[1]
    assert "hall" in table
    assert secret not in table + json.dumps(one)


def test_a_revoked_token_is_listed_so() -> None:
    """By its id or its name."""
    run("add", "hall", "--role", "wall")
    assert run("revoke", "hall")[0] == 0
    assert [one["valid"] for one in listed()] == [False]
    assert "revoked on" in run("list")[1]
    status, _, err = run("revoke", "hall")
    assert (status, "no valid token has this id or name" in err) == (1, True)


def test_an_agents_token_is_listed_with_its_agent() -> None:
    """And renewed by a command of the agent's."""
    CliRunner().invoke(agent, ["add", "101", "Ann"])
    result = CliRunner().invoke(agent, ["token", "101"])
    assert result.exit_code == 0, result.stderr
    assert [(one["agent"], one["valid"]) for one in listed()] == [("101", False), ("101", True)]


@pytest.mark.parametrize(
    ("words", "status", "complaint"),
    [
        (("add", "hall", "--role", "emperor"), 2, "emperor"),
        (("add", "hall"), 2, "--role"),
        (("add", "hall", "--role", "wall", "--expires", "soon"), 1, '"soon" is no expiry'),
        (("add", "hall", "--role", "wall", "--expires", "2020-01-01"), 1, "is over already"),
        (("add", "Ann", "--role", "agent"), 1, "contactcenter agent token"),
    ],
)
def test_a_mistake_is_told(words: tuple[str, ...], status: int, complaint: str) -> None:
    """And no token is made."""
    found, _, err = run(*words)
    assert (found, complaint in err) == (status, True), err
    assert listed() == []


def test_an_expiry_is_a_span_or_the_last_day() -> None:
    """A day is over at its end, in UTC."""
    assert read_expiry("12h", NOW) == NOW + timedelta(hours=12)
    assert read_expiry("2w", NOW) == NOW + timedelta(weeks=2)
    assert f"{read_expiry('2026-11-29', NOW):%d %H:%M}" == "29 23:59"
    for bad in ("0d", "9" * 30 + "d", "1y", "", "2026-11-28", "2026-13-01"):
        with pytest.raises(RequestRefused, match="write 12h, 90d"):
            read_expiry(bad, NOW)
