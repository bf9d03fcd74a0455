"""The one owner of the embedded Postgres of a data folder, when several programs want it."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import psycopg
import pytest
from rich.console import Console

from contactcenter_ari.config.settings import Settings
from contactcenter_ari.machine.postgres_process import PORT_FILE, running_dsn
from contactcenter_ari.postgres.migration import migrate
from contactcenter_ari.service.database import served_database
from contactcenter_ari.service.own_database import open_database


@pytest.fixture
def settings(postgres_folder: Path, tmp_path: Path) -> Settings:
    """An installation with nothing in it."""
    return Settings(site=tmp_path, data=postgres_folder / tmp_path.name)


async def answers(url: str) -> bool:
    """Whether there is a server."""
    async with await psycopg.AsyncConnection.connect(url) as connection:
        found = await (await connection.execute("select 1")).fetchone()
    return found == (1,)


async def test_a_program_that_stays_has_its_own(settings: Settings) -> None:
    """It waits for a command that has the database, which would take it along at its end; later
    commands use what the program has.
    """
    quiet = Console(quiet=True)
    async with AsyncExitStack() as stays, AsyncExitStack() as later:
        async with AsyncExitStack() as soon_over:
            first = await open_database(settings, soon_over, quiet)
            assert running_dsn(settings.data) is None
            serving = served_database(settings, quiet, migrate, fsync=False)
            starting = asyncio.ensure_future(stays.enter_async_context(serving))
            assert await answers(first)
            assert not starting.done()
        kept = (await starting).url
        assert running_dsn(settings.data) == kept
        assert await open_database(settings, later, quiet) == kept
        await later.aclose()
        assert await answers(kept)
    assert running_dsn(settings.data) is None


async def test_two_commands_take_turns(settings: Settings) -> None:
    """Neither ends the database under the other; what a killed program left is no server."""
    quiet = Console(quiet=True)
    settings.data.mkdir(mode=0o711)
    (settings.data / PORT_FILE).write_text("9\n")

    async def command() -> bool:
        async with AsyncExitStack() as stack:
            return await answers(await open_database(settings, stack, quiet))

    assert all(await asyncio.gather(command(), command()))
