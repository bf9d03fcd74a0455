"""The application as a process of its own, as `contactcenter serve` runs it in service.

The benchmark starts it on its own Asterisk and database, so that what the application takes can
be told from what the benchmark takes.
"""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from http import HTTPStatus

import aiohttp
import msgspec

from contactcenter_ari.bench.looking import BenchFailed, until
from contactcenter_ari.bootstrap.environment import Environment
from contactcenter_ari.config.settings import PREFIX, Settings
from contactcenter_ari.core.center.view import AgentView
from contactcenter_ari.core.vocabulary.ids import AgentId
from contactcenter_ari.core.vocabulary.recording_file import RecordingFormat
from contactcenter_ari.machine.child import bound_command
from contactcenter_ari.service.secret import administrator_token
from contactcenter_ari.web.agent import AgentList, WantedState
from contactcenter_ari.web.queue import QueueList, QueueStatus

STOP_LIMIT = timedelta(seconds=20)
LOG = "application.log"


class Application:
    """A running application, asked over its own API as its administrator; it keeps recordings in
    one format.
    """

    def __init__(
        self, process: Process, client: aiohttp.ClientSession, recordings: RecordingFormat
    ) -> None:
        self.recordings = recordings
        self._process = process
        self._client = client

    def __repr__(self) -> str:
        return f"<Application {self._process.pid}>"

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    async def is_ready(self) -> bool:
        """Whether it takes calls."""
        if self._process.returncode is not None:
            raise BenchFailed(f"the application ended with {self._process.returncode}; see {LOG}")
        with suppress(aiohttp.ClientError):
            async with self._client.get("/readyz") as answer:
                return answer.status == HTTPStatus.OK
        return False

    async def read(self, path: str) -> bytes:
        """The answer to a request; raises BenchFailed."""
        async with self._client.get(path) as answer:
            if not answer.ok:
                raise BenchFailed(f"the application answers {answer.status} to {path}")
            return await answer.read()

    async def agents(self) -> tuple[AgentView, ...]:
        """The agents as they stand."""
        return msgspec.json.decode(await self.read("/api/v1/agents"), type=AgentList).agents

    async def queues(self) -> tuple[QueueStatus, ...]:
        """The queues as they stand."""
        return msgspec.json.decode(await self.read("/api/v1/queues"), type=QueueList).queues

    async def log_in(self, agent: AgentId) -> None:
        """Let an agent be ready; raises BenchFailed."""
        await self._change(agent, WantedState.LOGGED_IN)

    async def log_out(self, agent: AgentId) -> None:
        """Let an agent go home; raises BenchFailed."""
        await self._change(agent, WantedState.LOGGED_OUT)

    async def _change(self, agent: AgentId, state: WantedState) -> None:
        path = f"/api/v1/agents/{agent}/state"
        async with self._client.put(path, json={"state": state}) as answer:
            if not answer.ok:
                raise BenchFailed(f"agent {agent} cannot be {state}: {await answer.text()}")


@asynccontextmanager
async def application_running(
    settings: Settings, environment: Environment
) -> AsyncIterator[Application]:
    """Run the application meanwhile, on a database and an Asterisk that run already."""
    headers = {"Authorization": f"Bearer {administrator_token(environment.data)}"}
    process = await _started(settings, environment)
    try:
        async with aiohttp.ClientSession(
            f"http://{environment.addresses.web}", headers=headers
        ) as client:
            application = Application(process, client, settings.recording_format)
            await until(application.is_ready, "the application is not ready")
            yield application
    finally:
        await _stopped(process)


async def _started(settings: Settings, environment: Environment) -> Process:
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    own = {
        "SITE": settings.site,
        "DATA_DIR": environment.data,
        "DATABASE_URL": environment.database_url,
        "ASTERISK_HTTP": environment.addresses.asterisk_http,
        "NODE": settings.node,
        "RECORDING_FORMAT": settings.recording_format,
    }
    with (environment.data / LOG).open("ab") as log:
        return await asyncio.create_subprocess_exec(
            *bound_command((sys.executable, "-m", "contactcenter_ari", "serve"), "KILL"),
            stdin=DEVNULL,
            stdout=log,
            stderr=log,
            env=others | {f"{PREFIX}{name}": str(value) for name, value in own.items()},
            start_new_session=True,
        )


async def _stopped(process: Process) -> None:
    """Ask it to drain, twice to end at once, and then insist."""
    for end in (process.terminate, process.terminate, process.kill):
        if process.returncode is None:
            end()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_LIMIT.total_seconds()):
                await process.wait()
                return
