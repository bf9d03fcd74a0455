"""A running center knows tokens soon after a change, and while the database is away."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from contactcenter_ari.core.vocabulary.role import Role
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.errors import DatabaseUnreachable
from contactcenter_ari.postgres.migration import migrate
from contactcenter_ari.postgres.token import ApiTokens, TokenRecord
from contactcenter_ari.service.database import ServedDatabase
from contactcenter_ari.service.revision import LOOK_EVERY, Revision
from contactcenter_ari.service.token import ADMINISTRATOR, KnownTokens, TokensUnknown

SECRET = "cc_" + "x" * 43
NOW = datetime.now(UTC)  # noqa: TID251  # the database tells the time, too


class Tokens(ApiTokens):
    """The real ones, in a database that may be away."""

    away = False
    looks = 0

    async def valid(self) -> list[TokenRecord]:
        """The valid ones, or the error."""
        self.looks += 1
        if self.away:
            raise DatabaseUnreachable("away")
        return await super().valid()


@pytest.fixture
async def tokens(database_url: str) -> AsyncIterator[Tokens]:
    """No token yet."""
    async with Database(database_url) as database:
        yield Tokens(database)


@pytest.fixture
def known(tokens: Tokens) -> KnownTokens:
    """Knows the administrator alone."""
    return KnownTokens(tokens, SECRET, lambda: NOW, Revision())


async def test_the_administrator_needs_no_database(known: KnownTokens, tokens: Tokens) -> None:
    """The token is in the data folder."""
    tokens.away = True
    assert known.known(SECRET) is ADMINISTRATOR
    assert known.known(SECRET + "x") is None
    assert tokens.looks == 0


async def test_a_new_token_works_at_once(known: KnownTokens, tokens: Tokens) -> None:
    """It is looked up when it is shown for the first time, and known after that."""
    made = await tokens.add("report", Role.SUPERVISOR)
    assert known.known(made) is None
    holder = await known.find_token(made)
    assert holder is not None
    assert (holder.name, holder.role, holder.agent) == ("report", Role.SUPERVISOR, None)
    assert known.known(made) is holder
    assert made not in repr(known)


async def test_a_change_is_in_force_within_seconds(tokens: Tokens, database_url: str) -> None:
    """The running center looks again by itself: what is revoked works no more."""
    made = await tokens.add("report", Role.SUPERVISOR)
    database = ServedDatabase(database_url, migrate)
    known = KnownTokens(tokens, SECRET, lambda: NOW, database.revision)
    running = asyncio.gather(database.run(), known.run())
    async with asyncio.timeout(LOOK_EVERY.total_seconds()):
        while known.known(made) is None:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.01)
        await tokens.revoke("report")
        while known.known(made) is not None:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.01)
    looks = tokens.looks
    await database.news()
    await database.news()
    assert tokens.looks == looks, "without a change they are not looked up"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_without_the_database_what_was_valid_works(
    tokens: Tokens,
) -> None:
    """Until it expires; what was revoked before stays so, and nothing waits for the database."""
    clock = [NOW]
    known = KnownTokens(tokens, SECRET, lambda: clock[0], Revision())
    kept = await tokens.add("kept", Role.WALL, NOW + timedelta(hours=1))
    gone = await tokens.add("gone", Role.WALL)
    await tokens.revoke("gone")
    assert await known.find_token(kept) is not None
    assert await known.find_token(gone) is None
    tokens.away = True
    with pytest.raises(TokensUnknown):
        await known.find_token(gone)
    looks = tokens.looks
    for _ in range(100):
        with pytest.raises(TokensUnknown):
            await known.find_token(gone)
        assert known.known(kept) is not None
        assert known.known(gone) is None
    assert tokens.looks == looks, "an absent database is not asked for each bad token"
    clock[0] += timedelta(hours=1)
    assert known.known(kept) is None


async def test_many_unknown_tokens_share_a_look(known: KnownTokens, tokens: Tokens) -> None:
    """A flood of them is no flood of queries."""
    questions = (known.find_token(f"cc_{number:043}") for number in range(1_000))
    assert await asyncio.gather(*questions) == [None] * 1_000
    assert tokens.looks <= 2
