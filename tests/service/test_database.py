"""The database as the service has it: away, slow, refusing, frozen, read-only, and back."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from rich.console import Console

from contactcenter_ari.config.settings import Settings
from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.vocabulary.event import QueueClosed
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.machine.port import LOOPBACK, Protocol, free_port
from contactcenter_ari.machine.postgres_process import EmbeddedPostgres
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.errors import DatabaseUnreachable, SchemaMismatch
from contactcenter_ari.postgres.journal import Journal, JournalLimits
from contactcenter_ari.postgres.migration import migrate, shipped_migrations
from contactcenter_ari.postgres.spool import Spool
from contactcenter_ari.service import database as served
from contactcenter_ari.service.database import ServedDatabase, served_database
from contactcenter_ari.web.port import Condition

DEADLINE = timedelta(seconds=60)
NOTICED_WITHIN = timedelta(seconds=4)
START = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
QUIET = Console(quiet=True)


@asynccontextmanager
async def watched(
    url: str, prepare: Callable[[str], Awaitable[object]] = migrate
) -> AsyncIterator[ServedDatabase]:
    """The database, asked meanwhile."""
    database = ServedDatabase(url, prepare)
    watching = asyncio.get_running_loop().create_task(database.run())
    try:
        yield database
    finally:
        watching.cancel()
        await asyncio.wait({watching})


async def until(condition: Callable[[], bool], database: ServedDatabase) -> float:
    """How many seconds it takes until the condition holds."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.timeout(DEADLINE.total_seconds()):
        while not condition():
            await database.news()
    return loop.time() - began


def degraded(database: ServedDatabase) -> bool:
    """Whether its health is bad."""
    return database.health().condition is Condition.DEGRADED


async def test_a_database_that_is_there_is_ready(empty_database_url: str) -> None:
    """Its tables are made, and it is well."""
    async with watched(empty_database_url) as database:
        await database.started()
        assert database.ready.is_set()
        await until(lambda: not degraded(database), database)
    with psycopg.connect(empty_database_url) as connection:
        found = connection.execute("select count(*) from schema_migration").fetchone()
    assert found == (len(shipped_migrations()),)


async def test_a_start_does_not_wait_for_a_database_that_is_away(postgres_folder: Path) -> None:
    """It begins without, says so, and the tables are there soon after the database is."""
    server = EmbeddedPostgres(postgres_folder / "away", fsync=False)
    server.choose_port()
    async with watched(server.dsn) as database:
        await database.started()
        assert not database.ready.is_set()
        assert degraded(database)
        assert database.health().why == served.AWAY
        async with server:
            await until(database.ready.is_set, database)
            await until(lambda: not degraded(database), database)


async def test_a_start_does_not_wait_for_a_database_that_says_nothing() -> None:
    """A server behind a wall, or frozen, takes the connection at most."""
    silent = await asyncio.start_server(_say_nothing, LOOPBACK, 0)
    port = silent.sockets[0].getsockname()[1]
    async with silent, watched(f"postgresql://u:p@{LOOPBACK}:{port}/x") as database:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await database.started()
        assert loop.time() - began < served.START_LIMIT.total_seconds() + 1
        assert degraded(database)
        await until(lambda: database.health().why == served.AWAY, database)


async def _say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.read(1000):
        pass
    writer.close()


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("@", "x@"),
        lambda url: url.rpartition("/")[0] + "/nowhere",
        lambda url: f"{url}?color=red",
    ],
    ids=["password", "database", "option"],
)
async def test_a_mistake_in_the_address_ends_the_start(
    postgres_server: str, change: Callable[[str], str]
) -> None:
    """The server, or the driver, says what must be mended; waiting would not help."""
    async with watched(change(postgres_server)) as database:
        with pytest.raises(DatabaseUnreachable):
            await database.started()


async def test_tables_of_a_newer_version_end_the_start(database_url: str) -> None:
    """They are left alone."""

    async def as_an_older_version(url: str) -> object:
        return await migrate(url, shipped_migrations()[:-1])

    async with watched(database_url, as_an_older_version) as database:
        with pytest.raises(SchemaMismatch):
            await database.started()
        assert degraded(database)
        assert "newer version" in database.health().why


async def test_a_database_that_goes_away_during_a_migration(empty_database_url: str) -> None:
    """A transaction that was begun is undone by the server, and done when it is back."""
    cut = [True]

    async def interrupted(url: str) -> object:
        if cut.pop() if cut else False:
            shipped = shipped_migrations()
            await migrate(url, [*shipped[:2], replace(shipped[2], sql=_SUICIDE)])
        return await migrate(url)

    async with watched(empty_database_url, interrupted) as database:
        await until(database.ready.is_set, database)
        await until(lambda: not degraded(database), database)
    with psycopg.connect(empty_database_url) as connection:
        found = connection.execute("select count(*) from schema_migration").fetchone()
    assert found == (len(shipped_migrations()),)


_SUICIDE = b"create table half (); select pg_terminate_backend(pg_backend_pid())"


@contextmanager
def frozen(server: EmbeddedPostgres, *, whole: bool = True) -> Iterator[None]:
    """Its postmaster takes no step meanwhile; nor do its other processes, if it is the whole."""
    assert server.pid is not None
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    stopped = [server.pid, *map(int, children if whole else ())]
    for pid in stopped:
        with suppress(ProcessLookupError):  # a child that has just ended
            os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in stopped:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("whole", [True, False], ids=["all of it", "its postmaster"])
async def test_a_frozen_database_is_noticed(postgres_folder: Path, *, whole: bool) -> None:
    """It is asked, not only connected to; it is well again when it goes on."""
    async with (
        EmbeddedPostgres(postgres_folder / f"frozen-{whole}", fsync=False) as server,
        watched(server.dsn) as database,
    ):
        await until(lambda: not degraded(database), database)
        with frozen(server, whole=whole):
            took = await until(lambda: degraded(database), database)
        assert took < NOTICED_WITHIN.total_seconds() * max(1, os.getloadavg()[0])
        await until(lambda: not degraded(database), database)


async def test_a_database_is_asked_without_another_log_in_each_time(database_url: str) -> None:
    """A log-in takes 20 times the CPU of a question, day and night."""
    log_ins: set[object] = set()
    async with watched(database_url) as database:
        await until(lambda: not degraded(database), database)
        for _ in range(5):
            await database.news()
            log_ins |= await _log_ins(database_url)
    assert len(log_ins) in {1, 2}, "one, and another where it is time for it"


async def _log_ins(url: str) -> set[object]:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        found = await connection.execute(
            "select pid, backend_start from pg_stat_activity"
            " where application_name = 'contactcenter watch' and datname = current_database()"
        )
        return set(await found.fetchall())


async def test_a_frozen_database_holds_up_no_question(postgres_folder: Path) -> None:
    """A reader of the directory is told then, within the limit of the question."""
    limit = timedelta(seconds=1)
    async with (
        EmbeddedPostgres(postgres_folder / "frozen", fsync=False) as server,
        Database(server.dsn, statement_limit=limit) as database,
    ):
        async with database.connection() as connection:
            await connection.execute("select 1")
        with frozen(server):
            async with asyncio.timeout(DEADLINE.total_seconds()):
                with pytest.raises(DatabaseUnreachable):
                    async with database.connection() as connection:
                        await connection.execute("select 1")


async def test_a_frozen_database_costs_no_event(postgres_folder: Path, tmp_path: Path) -> None:
    """The journal gives up a write that takes too long, spools, and delivers when it goes on. What
    had reached the frozen server by then is there once all the same.
    """
    limits = JournalLimits(write_limit=timedelta(seconds=1), connect_limit=timedelta(seconds=1))
    loop = asyncio.get_running_loop()
    async with EmbeddedPostgres(postgres_folder / "journal", fsync=False) as server:
        await migrate(server.dsn)
        spool = Spool(tmp_path / "events.jsonl")
        journal = Journal(server.dsn, spool, limits)
        writing = loop.create_task(journal.run())
        async with asyncio.timeout(DEADLINE.total_seconds()):
            journal.record([_closed(1)])
            await journal.caught_up()
            with frozen(server):
                journal.record([_closed(2)])
                await journal.until(lambda: journal.spooled == 1)
                journal.record([_closed(3)])
                await journal.until(lambda: journal.spooled == 2)
            await journal.caught_up()
            with frozen(server):
                journal.record([_closed(4)])
                await journal.drain(timedelta(milliseconds=500))
            await writing
            assert (journal.lost, spool.events) == (0, 1)
            journal = Journal(server.dsn, spool, limits)
            writing = loop.create_task(journal.run())
            await journal.caught_up()
            await journal.drain(limits.write_limit)
            await writing
        assert (journal.lost, spool.events) == (0, 0)
        with psycopg.connect(server.dsn) as connection:
            assert connection.execute("select count(*) from queue_state").fetchone() == (4,)
        spool.close()


def _closed(number: int) -> QueueClosed:
    return QueueClosed(number=number, at=START, queue=QueueName("sales"), by="test")


async def test_a_read_only_database_is_told(database_url: str) -> None:
    """It answers, but nothing can be written."""
    name = str(conninfo_to_dict(database_url)["dbname"])
    change = sql.SQL("alter database {} set default_transaction_read_only = {}")
    async with watched(database_url) as database:
        await until(lambda: not degraded(database), database)
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(change.format(sql.Identifier(name), sql.Literal("on")))
        await until(lambda: database.health().why == "the database is read-only", database)
        with psycopg.connect(database_url) as connection:
            connection.execute("set transaction read write")
            connection.execute(change.format(sql.Identifier(name), sql.Literal("off")))
        await until(lambda: not degraded(database), database)


async def test_a_start_does_not_wait_for_a_read_only_database(empty_database_url: str) -> None:
    """It begins without, and makes its tables when it may."""
    name = str(conninfo_to_dict(empty_database_url)["dbname"])
    change = sql.SQL("alter database {} set default_transaction_read_only = {}")
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        connection.execute(change.format(sql.Identifier(name), sql.Literal("on")))
    async with watched(empty_database_url) as database:
        await database.started()
        await until(lambda: database.health().why == "the database is read-only", database)
        assert not database.ready.is_set()
        with psycopg.connect(empty_database_url) as connection:
            connection.execute("set transaction read write")
            connection.execute(change.format(sql.Identifier(name), sql.Literal("off")))
        await until(lambda: not degraded(database), database)
        assert database.ready.is_set()


async def test_our_own_postgres_is_started_again(postgres_folder: Path, tmp_path: Path) -> None:
    """It comes back at the same address, and is asked again."""
    settings = Settings(site=tmp_path, data=postgres_folder / "restarted")
    async with served_database(settings, QUIET, migrate, fsync=False) as database:
        await until(database.ready.is_set, database)
        before = started_at(database.url)
        lines = (settings.data / "postgres/postmaster.pid").read_text().splitlines()
        os.kill(int(lines[0]), signal.SIGKILL)
        await until(lambda: started_at(database.url) not in {before, None}, database)
        await until(lambda: not degraded(database), database)


def started_at(url: str) -> object:
    """When the server was started; None while there is none."""
    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            row = connection.execute("select pg_postmaster_start_time()").fetchone()
    except psycopg.OperationalError:
        return None
    return row[0] if row else None


async def test_our_own_postgres_does_not_start(postgres_folder: Path, tmp_path: Path) -> None:
    """It has held data before: the center begins without it, and has it when it starts."""
    settings = Settings(site=tmp_path, data=postgres_folder / "broken")
    async with EmbeddedPostgres(settings.data, fsync=False):
        pass
    control = settings.data / "postgres/global/pg_control"
    control.rename(control.with_suffix(".aside"))
    async with served_database(settings, QUIET, migrate, fsync=False) as database:
        assert degraded(database)
        control.with_suffix(".aside").rename(control)
        await until(lambda: not degraded(database), database)


async def test_our_own_postgres_does_not_start_at_all(tmp_path: Path) -> None:
    """It holds no data yet: a start that fails is reported at once."""
    (tmp_path / "data").write_text("no folder")
    with pytest.raises(ContactCenterError):
        async with served_database(
            Settings(site=tmp_path, data=tmp_path / "data"), QUIET, migrate, fsync=False
        ):
            pass


def test_no_password_is_shown() -> None:
    """Neither by the database nor in its health."""
    url = f"postgresql://u:hush@{LOOPBACK}:{free_port(Protocol.TCP)}/x"
    database = ServedDatabase(url, migrate)
    assert "hush" not in f"{database!r} {database.health()}"
