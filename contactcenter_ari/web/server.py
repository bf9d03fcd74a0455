"""Serves an application on the address of CC_HTTP until the block is left."""

import errno
import logging
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from aiohttp import web

from contactcenter_ari.core.errors import ContactCenterError

log = structlog.get_logger(__name__)

FINISH_LIMIT = timedelta(seconds=2)
"""How long requests in progress may take when the server ends."""


class WebUnavailable(ContactCenterError):
    """The address of CC_HTTP cannot be listened on; the message says what to do."""


class _WithoutContent(logging.Handler):
    """Passes on that a connection failed, and why, without the bytes that came in: what is no
    HTTP may still hold a token.
    """

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0] if record.exc_info else None
        log.warning("web.connection_failed", error=kind.__name__ if kind else None)


@asynccontextmanager
async def serving(application: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Listen, and give the port: the one asked for, or a free one for 0.

    Requests are not logged: their paths name people, and their headers hold tokens.

    Raises:
        WebUnavailable: the port is taken, or the address is not ours.
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
        await _listen(runner, host, port)
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except (OSError, OverflowError, UnicodeError) as error:
        raise WebUnavailable(_sentence(error, host, port)) from error


def _sentence(error: Exception, host: str, port: int) -> str:
    place = f"CC_HTTP: cannot listen on {host}:{port}"
    example = "for example CC_HTTP=127.0.0.1:8081"
    match error:
        case OSError(errno=errno.EADDRINUSE):
            return f"{place}: another program has the port; end it or set another, {example}"
        case OSError(errno=errno.EACCES):
            return f"{place}: this account may not use the port; set one above 1023, {example}"
        case socket.gaierror() | OSError(errno=errno.EADDRNOTAVAIL):
            return f"{place}: this machine has no such address; set one it has, {example}"
        case OSError(errno=int() as number):
            return f"{place}: {os.strerror(number)}; set another address, {example}"
        case _:
            return f"{place}: this is no address; set one, {example}"
