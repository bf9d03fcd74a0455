"""Serves an application on the address of CC_HTTP until the block is left."""

import logging
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import timedelta

import structlog
from aiohttp import web

from contactcenter_ari.runtime.listener import Listeners, listeners

log = structlog.get_logger(__name__)

FINISH_LIMIT = timedelta(seconds=2)
"""How long requests in progress may take when the server ends."""


class _WithoutContent(logging.Handler):
    """Passes on that a connection failed, and why, without the bytes that came in: what is no
    HTTP may still hold a token.
    """

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0] if record.exc_info else None
        log.warning("web.connection_failed", error=kind.__name__ if kind else None)


def listening(host: str, port: int) -> AbstractContextManager[Listeners]:
    """Listen meanwhile where CC_HTTP says; raises AddressUnavailable."""
    return listeners(
        host, port, setting="CC_HTTP", remedy="set another, for example CC_HTTP=127.0.0.1:8081"
    )


@asynccontextmanager
async def serving(application: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Listen and serve, and give the port: the one asked for, or a free one for 0; raises
    AddressUnavailable.
    """
    with listening(host, port) as sockets:
        async with serving_on(sockets, application) as chosen:
            yield chosen


@asynccontextmanager
async def serving_on(sockets: Listeners, application: web.Application) -> AsyncIterator[int]:
    """Serve on sockets that listen, and give the port.

    Requests are not logged: their paths name people, and their headers hold tokens.
    """
    logger = logging.Logger("web", logging.WARNING)  # noqa: LOG001  # this server's alone
    logger.addHandler(_WithoutContent())
    runner = web.AppRunner(
        application,
        access_log=None,
        logger=logger,
        shutdown_timeout=FINISH_LIMIT.total_seconds(),
    )
    await runner.setup()
    try:
        for listener in sockets:
            await web.SockSite(runner, listener).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
