"""The Postgres of this installation: kept running for the service, found or started for a command.

Promises: one that another program has for a moment is waited for; one that ends is started again
at the same address.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import structlog
from rich.console import Console

from contactcenter_ari.config.settings import Settings
from contactcenter_ari.machine.errors import DatabaseClaimed, DatabaseDown, DatabaseStartFailed
from contactcenter_ari.machine.log_rotation import kept_small
from contactcenter_ari.machine.postgres_process import EmbeddedPostgres, running_dsn
from contactcenter_ari.postgres.migration import migrate

RETRY_AFTER = timedelta(milliseconds=250)
REFUSED_RETRY_AFTER = timedelta(seconds=1)
CLAIM_LIMIT = timedelta(seconds=30)
CLAIM_PAUSE = timedelta(milliseconds=100)
"""How long to wait for a command that has our own Postgres, and how often to try."""
OWN_START_LIMIT = timedelta(seconds=10)

log = structlog.get_logger(__name__)


async def open_database(settings: Settings, stack: AsyncExitStack, console: Console) -> str:
    """The URL of a database with the present tables, for a program that soon ends; one of our
    own is found running, or started. Raises DatabaseUnreachable, SchemaMismatch,
    DatabaseStartFailed.
    """
    url = settings.database_url
    if url is None:
        url = await _own_database(settings.data.absolute(), stack, console)
    await migrate(url)
    return url


async def _own_database(data: Path, stack: AsyncExitStack, console: Console) -> str:
    """Start the embedded Postgres, unless another program runs it, or has it for a moment."""
    server = EmbeddedPostgres(data, shared=False)
    loop = asyncio.get_running_loop()
    patient_until = loop.time() + CLAIM_LIMIT.total_seconds()
    while True:
        if (found := running_dsn(data)) is not None:
            return found
        try:
            await stack.enter_async_context(server)
        except DatabaseClaimed:
            if loop.time() > patient_until:
                raise
            await asyncio.sleep(CLAIM_PAUSE.total_seconds())
            continue
        if server.notice:
            console.print(server.notice)
        return server.dsn


@asynccontextmanager
async def kept_running(server: EmbeddedPostgres, console: Console) -> AsyncIterator[None]:
    """Run our own Postgres meanwhile, and start it again at the same address when it ends. One
    that reads its log after a crash, or does not start although it did before, is not waited for.

    Raises DatabaseStartFailed.
    """
    starting = asyncio.get_running_loop().create_task(_started_when_free(server))
    try:
        await asyncio.wait({starting}, timeout=OWN_START_LIMIT.total_seconds())
        if starting.done() or not server.has_data:
            await _first_start(server, starting)
        if server.notice:
            console.print(server.notice)
        server.choose_port()
        async with (
            running(_restarted_for_ever(server, starting)),
            kept_small(server.rotate_log),
        ):
            yield
    finally:
        await cancelled(starting)
        await server.stop()


async def _started_when_free(server: EmbeddedPostgres) -> None:
    """Start it, once another program that has it for a moment is done."""
    loop = asyncio.get_running_loop()
    patient_until = loop.time() + CLAIM_LIMIT.total_seconds()
    while True:
        try:
            return await server.start()
        except DatabaseClaimed:
            if loop.time() > patient_until:
                raise
            await asyncio.sleep(CLAIM_PAUSE.total_seconds())


async def _first_start(server: EmbeddedPostgres, starting: asyncio.Task[None]) -> None:
    try:
        await asyncio.shield(starting)
    except DatabaseDown as error:
        if not server.has_data:
            raise
        log.error("postgres.not_started", reason=str(error))


async def _restarted_for_ever(server: EmbeddedPostgres, starting: asyncio.Task[None]) -> None:
    await asyncio.wait({starting})
    while True:
        await server.wait()
        log.error("postgres.ended")
        await asyncio.sleep(RETRY_AFTER.total_seconds())
        try:
            await server.restart()
        except DatabaseClaimed:
            continue
        except DatabaseStartFailed as error:
            log.error("postgres.not_started", reason=str(error))
            await asyncio.sleep(REFUSED_RETRY_AFTER.total_seconds())


@asynccontextmanager
async def running(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Do this work meanwhile."""
    task = asyncio.get_running_loop().create_task(work)
    try:
        yield
    finally:
        await cancelled(task)


async def cancelled(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait for its end, whatever that is."""
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled() and (fault := task.exception()) is not None:
        log.error("database.task_failed", error=type(fault).__name__)
