"""Tokens of people and programs: shown once, kept as a hash, revoked for good."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.vocabulary.role import Role
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.token import ApiTokens, token_hash

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
async def tokens(database_url: str) -> AsyncIterator[ApiTokens]:
    """No token yet."""
    async with Database(database_url) as database:
        yield ApiTokens(database)


async def test_a_token_is_kept_as_its_hash(tokens: ApiTokens, database_url: str) -> None:
    """The token itself is nowhere in the database."""
    made = await tokens.add("wall in the hall", Role.WALL)
    with psycopg.connect(database_url) as connection:
        found = connection.execute("select api_token::text from api_token").fetchall()
    assert made not in str(found)
    (record,) = await tokens.valid()
    assert record.sha256 == token_hash(made)
    assert (record.name, record.role, record.agent) == ("wall in the hall", Role.WALL, None)


async def test_a_revoked_token_stays_in_the_record(tokens: ApiTokens) -> None:
    """By its name, or by its id where a name stands twice."""
    await tokens.add("report", Role.SUPERVISOR)
    kept = await tokens.add("report", Role.SUPERVISOR)
    with pytest.raises(RequestRefused, match="2 tokens have this name") as refused:
        await tokens.revoke("report")
    first, second = await tokens.valid()
    other = second if first.sha256 == token_hash(kept) else first
    assert other.id in str(refused.value)
    assert await tokens.revoke(other.id) == other
    assert [record.sha256 for record in await tokens.valid()] == [token_hash(kept)]
    assert len(await tokens.all()) == 2
    with pytest.raises(RequestRefused, match="no valid token has this id or name"):
        await tokens.revoke(other.id)
    await tokens.revoke("report")
    assert await tokens.valid() == []


async def test_a_token_expires(tokens: ApiTokens) -> None:
    """An expired token opens nothing."""
    await tokens.add("old", Role.ADMIN, LONG_AGO)
    await tokens.add("new", Role.ADMIN, FAR_AHEAD)
    (record,) = await tokens.valid()
    assert record.name == "new"
    assert record.is_valid(FAR_AHEAD - timedelta(seconds=1))
    assert not record.is_valid(FAR_AHEAD)


@pytest.mark.parametrize("name", ["", "a\x00b", "x" * 101, "line\nbreak"])
async def test_a_token_has_a_printable_name(tokens: ApiTokens, name: str) -> None:
    """It stands in the record beside what was done with it."""
    with pytest.raises(RequestRefused, match="printable"):
        await tokens.add(name, Role.WALL)


async def test_an_agent_has_one_token_of_its_own(tokens: ApiTokens) -> None:
    """Which is made with the agent."""
    with pytest.raises(RequestRefused, match="contactcenter agent token"):
        await tokens.add("Ann", Role.AGENT)
