"""Serves an application on the address of CC_HTTP until the block is left, behind a gate."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import timedelta
from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from contactcenter_ari.runtime.gate import Gate, GateLimits
from contactcenter_ari.runtime.listener import Listeners, listeners
from contactcenter_ari.runtime.log_limit import LogLimit
from contactcenter_ari.web.message import HEADERS
from contactcenter_ari.web.problem import Problem, ProblemKind

log = structlog.get_logger(__name__)

FINISH_LIMIT = timedelta(seconds=2)
"""How long requests in progress may take when the server ends, and how long more of a body that
nobody reads is taken.
"""
IDLE_LIMIT = timedelta(seconds=30)
"""How long a connection may be kept that asks nothing more."""


class _WithoutContent(logging.Handler):
    """Passes on that a connection failed, and why, without the bytes that came in: what is no
    HTTP may still hold a token. Many in a row are told together.
    """

    def __init__(self) -> None:
        super().__init__()
        self._told = LogLimit()

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0] if record.exc_info else None
        name = kind.__name__ if kind else None
        if times := self._told.take(str(name)):
            log.warning("web.connection_failed", error=name, times=times)


class _Connection(web.RequestHandler):
    """One connection; what is no HTTP is answered as any other problem is."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Close the connection with a problem that quotes nothing of what came in."""
        super().handle_error(request, status, exc, message)
        detail = "this is no HTTP request: its line, headers or length cannot be read"
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            detail = "the center could not do this; its log says why"
        kind = ProblemKind(status, HTTPStatus(status).name.lower())
        response = Problem(kind, detail, {**HEADERS}).response()
        response.force_close()
        return response


def listening(host: str, port: int) -> AbstractContextManager[Listeners]:
    """Listen meanwhile where CC_HTTP says; raises AddressUnavailable."""
    return listeners(
        host, port, setting="CC_HTTP", remedy="set another, for example CC_HTTP=127.0.0.1:8081"
    )


@asynccontextmanager
async def serving(
    application: web.Application, host: str, port: int, limits: GateLimits | None = None
) -> AsyncIterator[int]:
    """Listen and serve, and give the port: the one asked for, or a free one for 0; raises
    AddressUnavailable.
    """
    with listening(host, port) as sockets:
        async with serving_on(sockets, application, limits) as chosen:
            yield chosen


@asynccontextmanager
async def serving_on(
    sockets: Listeners, application: web.Application, limits: GateLimits | None = None
) -> AsyncIterator[int]:
    """Serve on sockets that listen, and give the port.

    Requests are not logged: their paths name people, and their headers hold tokens.
    """
    gate = Gate(limits)
    application.middlewares.insert(0, _marking(gate))
    runner = web.AppRunner(application, shutdown_timeout=FINISH_LIMIT.total_seconds())
    await runner.setup()
    try:
        async with gate.open(sockets, _handlers(runner)) as chosen:
            yield chosen
    finally:
        await runner.cleanup()


def _marking(gate: Gate) -> Middleware:
    """Lets the gate know which connections are being answered."""

    @web.middleware
    async def mark(request: web.Request, handler: Handler) -> web.StreamResponse:
        transport = request.transport
        gate.begin(transport)
        try:
            return await handler(request)
        finally:
            gate.end(transport)

    return mark


def _handlers(runner: web.AppRunner) -> Callable[[], asyncio.Protocol]:
    """Makes what serves one connection."""
    loop, manager = asyncio.get_running_loop(), runner.server
    assert manager is not None, "the runner is set up"
    logger = logging.Logger("web", logging.WARNING)  # noqa: LOG001  # this server's alone
    logger.addHandler(_WithoutContent())
    silent = logging.Logger("none", logging.CRITICAL)  # noqa: LOG001  # nothing is told

    def handler() -> asyncio.Protocol:
        return _Connection(
            manager,
            loop=loop,
            logger=logger,
            access_log=silent,
            keepalive_timeout=IDLE_LIMIT.total_seconds(),
            lingering_time=FINISH_LIMIT.total_seconds(),
            auto_decompress=False,
        )

    return handler
