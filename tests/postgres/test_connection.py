"""The pool of connections after the database was away."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from contactcenter_ari.machine.postgres_process import EmbeddedPostgres
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.errors import DatabaseUnreachable

LIMIT = 60
SIZE = 1
MOST_WAITING = 10 * SIZE


async def is_there(database: Database) -> bool:
    """Whether a connection can be had now."""
    try:
        async with database.connection() as connection:
            await connection.execute("select 1")
    except DatabaseUnreachable:
        return False
    return True


@pytest.mark.parametrize("wait", [0.1, 1.0])
async def test_heals_however_many_gave_up(postgres_folder: Path, wait: float) -> None:
    """More requests have failed than may wait: they are not counted when the database is back."""
    server = EmbeddedPostgres(postgres_folder / f"gone-{wait}", fsync=False)
    server.choose_port()
    limit = timedelta(seconds=wait)
    async with Database(server.dsn, size=SIZE, wait_limit=limit) as database:
        for _ in range(MOST_WAITING + 2):
            assert not await is_there(database)
        async with server, asyncio.timeout(LIMIT):
            while not await is_there(database):  # noqa: ASYNC110 - asking is what heals it
                await asyncio.sleep(0.1)


async def test_those_who_wait_in_earnest_are_counted(empty_database_url: str) -> None:
    """While the only connection is in use, no more than ten wait for it."""
    limit = timedelta(seconds=LIMIT)
    async with Database(empty_database_url, size=SIZE, wait_limit=limit) as database:
        async with database.connection():
            waiting = [asyncio.ensure_future(is_there(database)) for _ in range(MOST_WAITING)]
            await asyncio.sleep(0)
            while database._pool.asking < MOST_WAITING:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
            assert not await is_there(database)
        assert all(await asyncio.gather(*waiting))
