"""The database as the service has it: brought up to date as soon as it is there, then asked
again and again whether it still answers.

Promises: nobody who takes calls waits for it longer than a moment, at the start neither; what
must not be written before the tables are up to date waits for `ready`; one that is there but
frozen, read-only or of another version is told within `NOTICE_LIMIT`, and a change that only new
connections see within `ANEW_EVERY` more. A mistake in the settings ends a start; later it is told
in the health, for calls are going on.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import psycopg
import structlog
from rich.console import Console

from contactcenter_ari.config.settings import Settings
from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.machine.postgres_process import EmbeddedPostgres
from contactcenter_ari.postgres.connection import Connection, connect, cut_off_after, probe
from contactcenter_ari.postgres.errors import DatabaseAway, SchemaMismatch
from contactcenter_ari.postgres.statement import statement
from contactcenter_ari.service.own_database import kept_running, running
from contactcenter_ari.service.revision import Revision
from contactcenter_ari.web.port import Condition, PartHealth

ASK_EVERY = timedelta(seconds=1)
CONNECT_LIMIT = timedelta(milliseconds=1500)
ASK_LIMIT = timedelta(seconds=1)
NOTICE_LIMIT = ASK_EVERY + CONNECT_LIMIT + ASK_LIMIT
"""The longest until a database that has stopped answering is told."""
ANEW_EVERY = timedelta(seconds=10)
"""The pause between questions over a new connection, each 20 times the CPU of another."""
RETRY_AFTER = timedelta(milliseconds=250)
REFUSED_RETRY_AFTER = timedelta(seconds=1)
START_LIMIT = timedelta(milliseconds=1000)
"""A start waits no longer for a database that does not answer."""
MIGRATION_PATIENCE = timedelta(seconds=30)
"""A start waits no longer for one that answers, and is being brought up to date."""

MIGRATING = "the tables are being brought up to date"
AWAY = "the database does not answer"
REFUSES = "the database cannot be used as it is; the log says why"

log = structlog.get_logger(__name__)


class ServedDatabase:
    """Watches the database at `url`; `run` must be running for that. `prepare` brings it up to
    date; it raises DatabaseAway when there is none to be asked, and other errors of ours for
    what somebody must mend.
    """

    def __init__(self, url: str, prepare: Callable[[str], Awaitable[object]]) -> None:
        self.url = url
        self.ready = asyncio.Event()
        self.revision = Revision()
        self._prepare = prepare
        self._changed = asyncio.Event()
        self._answered = False
        self._trouble = "the database has not answered yet"
        self._refusal: ContactCenterError | None = None

    def __repr__(self) -> str:
        return f"<ServedDatabase: {self._trouble or 'answers'}>"

    def health(self) -> PartHealth:
        """Whether it answers, and takes what is written."""
        return PartHealth(Condition.DEGRADED, self._trouble) if self._trouble else PartHealth()

    async def news(self) -> None:
        """Return after the next question, whatever comes of it."""
        await self._changed.wait()

    async def started(self) -> None:
        """Return when it is ready, or when it is better to begin without; raises the
        ContactCenterError that somebody must mend first.
        """
        await self._within(START_LIMIT, lambda: self._answered or self._settled())
        if self._answered:
            await self._within(MIGRATION_PATIENCE, self._settled)
        if self._refusal is not None:
            raise self._refusal
        if not self.ready.is_set():
            log.error("database.missed_at_start", reason=self._trouble)

    def _settled(self) -> bool:
        return self.ready.is_set() or self._refusal is not None

    async def _within(self, limit: timedelta, condition: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(limit.total_seconds()):
                while not condition():
                    await self.news()
        except TimeoutError:
            return

    async def run(self) -> None:
        """Bring it up to date, and ask it without end, until cancelled."""
        while True:
            pause = RETRY_AFTER
            try:
                await self._watch()
            except DatabaseAway as error:
                self._tell(AWAY, str(error))
            except ContactCenterError as error:
                self._refusal = error
                told = str(error) if isinstance(error, SchemaMismatch) else REFUSES
                self._tell(told, str(error))
                pause = REFUSED_RETRY_AFTER
            except (psycopg.Error, OSError, TimeoutError, EOFError) as error:
                self._tell(AWAY, type(error).__name__)
            await asyncio.sleep(pause.total_seconds())

    def _tell(self, trouble: str, reason: str = "") -> None:
        """Note how it is, for anybody, and why, for the log alone."""
        if trouble != self._trouble:
            if not trouble:
                log.info("database.answers")
            elif trouble != MIGRATING:
                log.error("database.missed", reason=reason or trouble)
        self._trouble = trouble
        self._changed.set()
        self._changed.clear()

    async def _watch(self) -> None:
        """Ask until there is no answer; what is there then may be another database, so it is
        brought up to date first.
        """
        async with _connection(self.url) as connection:
            (is_closed,) = await _asked(connection, "health/ask")
        trouble = _trouble(is_closed)
        self._answered = not trouble
        if trouble:
            self._tell(trouble)
            return
        if self._refusal is None:
            self._tell(MIGRATING)
        await self._prepare(self.url)
        self._refusal = None
        self.ready.set()
        while True:
            async with _connection(self.url) as connection:
                await self._look(connection)
                for _ in range(ANEW_EVERY // ASK_EVERY):
                    await asyncio.sleep(ASK_EVERY.total_seconds())
                    await probe(connection, CONNECT_LIMIT)
                    await self._look(connection)

    async def _look(self, connection: Connection) -> None:
        """See what it takes, and whether people have changed."""
        is_closed, revision = await _asked(connection, "health/look")
        self._tell(_trouble(is_closed))
        assert isinstance(revision, int), "it is a bigint"
        self.revision.note(revision)


@asynccontextmanager
async def _connection(url: str) -> AsyncIterator[Connection]:
    """A connection meanwhile; raises DatabaseUnreachable."""
    connection = await connect(url, application="contactcenter watch", connect_limit=CONNECT_LIMIT)
    try:
        yield connection
    finally:
        await connection.close()


async def _asked(connection: Connection, question: str) -> tuple[object, ...]:
    """The row that answers a question; raises psycopg.Error."""
    with cut_off_after(connection, ASK_LIMIT):
        cursor = await connection.execute(statement(question))
        row = await cursor.fetchone()
    assert row is not None, "each question has one row"
    return row


def _trouble(is_closed: object) -> str:
    """Why it takes nothing that is written, empty if it does."""
    return "the database is read-only" if is_closed else ""


@asynccontextmanager
async def served_database(
    settings: Settings,
    console: Console,
    prepare: Callable[[str], Awaitable[object]],
    *,
    fsync: bool = True,
) -> AsyncIterator[ServedDatabase]:
    """The configured database, else one of our own, which is started here and kept running: one
    that another program runs would end with it.

    Raises ContactCenterError when it must be mended first, and DatabaseStartFailed.
    """
    async with AsyncExitStack() as stack:
        url = settings.database_url
        if url is None:
            server = EmbeddedPostgres(settings.data.absolute(), fsync=fsync)
            await stack.enter_async_context(kept_running(server, console))
            url = server.dsn
        database = ServedDatabase(url, prepare)
        await stack.enter_async_context(running(database.run()))
        await database.started()
        yield database
