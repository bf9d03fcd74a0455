"""The cost of reading lists over the API: CPU of the thread that serves, the reader has its own.

Requests are those of an administrator; how a token is looked up is left out.
"""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

from aiohttp import web

from contactcenter_ari.bench.figures import Figures
from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.vocabulary.role import Role
from contactcenter_ari.machine.port import LOOPBACK
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.runtime.input_log import Digest, InputLog
from contactcenter_ari.service.recent_offers import RecentOffers
from contactcenter_ari.web.agent import AgentRoutes
from contactcenter_ari.web.bearer import BEARER, Bearer
from contactcenter_ari.web.call import CallRoutes
from contactcenter_ari.web.problem_answer import Answering
from contactcenter_ari.web.queue import QueueRoutes
from contactcenter_ari.web.route import bound
from contactcenter_ari.web.server import serving


async def measure_reads(
    center: Center, lists: Sequence[str], *, samples: int
) -> dict[str, Figures]:
    """The cost of reading each list so many times, by its name."""
    clock = Clock()
    with tempfile.TemporaryDirectory(prefix="cc-bench-") as folder:
        driver = Driver(
            center=center,
            digest=Digest(),
            clock=clock,
            journal=RecentOffers(),
            input_log=InputLog(Path(folder) / "input.jsonl"),
        )
        application = web.Application(middlewares=[_administrator])
        application.add_routes(
            [
                *bound(AgentRoutes(driver, clock), AgentRoutes.ROUTES),
                *bound(QueueRoutes(driver, clock), QueueRoutes.ROUTES),
                *bound(CallRoutes(driver), CallRoutes.ROUTES),
            ]
        )
        async with serving(application, LOOPBACK, 0) as port:
            return {name: await _reads(port, name, samples) for name in lists}


def cpu_since(started: int) -> timedelta:
    """The CPU time of this thread since a `time.thread_time_ns`."""
    return timedelta(microseconds=(time.thread_time_ns() - started) / 1000)


async def _reads(port: int, name: str, samples: int) -> Figures:
    times = []
    for _ in range(samples):
        started = time.thread_time_ns()
        await asyncio.to_thread(_read, port, f"/api/v1/{name}")
        times.append(cpu_since(started))
    return Figures.of(times)


def _read(port: int, path: str) -> None:
    connection = HTTPConnection(LOOPBACK, port)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
    finally:
        connection.close()
    assert answer.status == HTTPStatus.OK, path


@web.middleware
async def _administrator(request: web.Request, handler: Answering) -> web.StreamResponse:
    request[BEARER] = Bearer("bench", Role.ADMIN, None)
    return await handler(request)
