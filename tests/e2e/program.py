"""`contactcenter serve` as a process of its own, seen through its API, to be killed at will."""

import os
import signal
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar

import aiohttp
import msgspec

from contactcenter_ari.core.center.view import AgentView
from contactcenter_ari.machine.child import bound_command
from contactcenter_ari.web.agent import AgentList
from contactcenter_ari.web.callback import CallbackList, CallbackStatus
from contactcenter_ari.web.health import Wellness
from contactcenter_ari.web.queue import QueueList, QueueStatus
from tests.e2e.polling import LIMIT, until_holds

LOOK_EVERY = timedelta(milliseconds=50)

T = TypeVar("T")


class Program:
    """One installation's service; it can be started again and again."""

    def __init__(
        self,
        environ: Mapping[str, str],
        output: Path,
        http: aiohttp.ClientSession,
        words: Sequence[str],
    ) -> None:
        self._environ = environ
        self._output = output
        self._http = http
        self._words = words
        self._process: Process | None = None

    @classmethod
    @asynccontextmanager
    async def of(
        cls,
        environ: Mapping[str, str],
        *,
        output: Path,
        web: str,
        token: str,
        words: Sequence[str] = ("serve",),
    ) -> AsyncIterator["Program"]:
        """The program whose API is at `web`; a process that is left at the end is killed."""
        bearer = {"Authorization": f"Bearer {token}"}
        async with aiohttp.ClientSession(f"http://{web}", headers=bearer) as http:
            program = cls(environ, output, http, words)
            try:
                yield program
            finally:
                await program.kill()

    @property
    def pid(self) -> int:
        """The process id."""
        assert self._process is not None, "it was started"
        return self._process.pid

    async def start(self) -> None:
        """Start the program and wait until it takes calls."""
        command = bound_command((sys.executable, "-m", "contactcenter_ari", *self._words), "KILL")
        with self._output.open("ab") as output:
            self._process = await create_subprocess_exec(
                *command,
                stdin=DEVNULL,
                stdout=output,
                stderr=STDOUT,
                env={**os.environ, **self._environ},
            )
        await until_holds(self._not_ready, every=LOOK_EVERY)

    async def until_ready(self, *, ready: bool = True) -> None:
        """Wait until it takes calls, or until it says that it takes none."""

        async def wrong() -> str:
            why = await self._not_ready()
            return why if ready else ("" if why else "it still takes calls")

        await until_holds(wrong, LIMIT, LOOK_EVERY)

    async def why_not_ready(self) -> str:
        """The reasons why it takes no calls; empty when it does."""
        return await self._not_ready()

    async def kill(self) -> None:
        """End it without a chance to say anything."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    def hang(self) -> None:
        """Stop the process, with its sockets open."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let the stopped process continue."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self._process is not None, "it runs"
        self._process.send_signal(number)

    async def stop(self) -> int:
        """Ask it to end; gives its exit status."""
        assert self._process is not None, "it runs"
        self._process.send_signal(signal.SIGTERM)
        return await self._process.wait()

    async def agents(self) -> dict[str, AgentView]:
        """All agents by their extension."""
        listed = await self._get("/api/v1/agents", AgentList)
        return {str(view.agent): view for view in listed.agents}

    async def queue(self, name: str) -> QueueStatus:
        """The view of one queue."""
        listed = await self._get("/api/v1/queues", QueueList)
        return next(status for status in listed.queues if status.queue == name)

    async def callbacks(self) -> tuple[CallbackStatus, ...]:
        """The callbacks that are still to be made."""
        return (await self._get("/api/v1/callbacks", CallbackList)).callbacks

    async def metric(self, name: str) -> float:
        """The only figure of this name."""
        async with self._http.get("/metrics") as answer:
            lines = (await answer.text()).splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))

    async def text(self, path: str) -> str:
        """The body of the answer there."""
        async with self._http.get(path) as answer:
            assert answer.status == HTTPStatus.OK, await answer.text()
            return await answer.text()

    async def publish(self) -> None:
        """Publish the files of the site as they are."""
        async with self._http.post("/api/v1/flows") as answer:
            assert answer.status == HTTPStatus.OK, await answer.text()

    async def health(self) -> Wellness:
        """The health of its parts."""
        async with self._http.get("/healthz") as answer:
            return msgspec.json.decode(await answer.read(), type=Wellness)

    async def change_state(self, agent: str, state: str, reason: str | None = None) -> None:
        """Move an agent."""
        body = {"state": state} | ({"reason": reason} if reason else {})
        async with self._http.put(f"/api/v1/agents/{agent}/state", json=body) as answer:
            assert answer.status == HTTPStatus.OK, await answer.text()

    async def until_agent(self, agent: str, state: str) -> None:
        """Wait until an agent is in a state."""

        async def missing() -> str:
            view = (await self.agents())[agent]
            return "" if view.state.value == state else f"agent {agent} is {view}, not {state}"

        await until_holds(missing, LIMIT, LOOK_EVERY)

    async def until_reachable(self, *agents: str) -> None:
        """Wait until the phones of these agents can be rung."""

        async def missing() -> str:
            views = await self.agents()
            return " ".join(agent for agent in agents if not views[agent].reachable)

        await until_holds(missing, LIMIT, LOOK_EVERY)

    async def until_waiting(self, queue: str, callers: int) -> None:
        """Wait until so many are in a queue."""

        async def missing() -> str:
            waiting = (await self.queue(queue)).waiting
            return "" if waiting == callers else f"{waiting} wait in {queue}, not {callers}"

        await until_holds(missing, LIMIT, LOOK_EVERY)

    async def _get(self, path: str, kind: type[T]) -> T:
        async with self._http.get(path) as answer:
            assert answer.status == HTTPStatus.OK, await answer.text()
            return msgspec.json.decode(await answer.read(), type=kind)

    async def _not_ready(self) -> str:
        assert self._process is not None, "it was started"
        assert self._process.returncode is None, self._output.read_text()
        try:
            async with self._http.get("/readyz") as answer:
                ready = answer.status == HTTPStatus.OK
                return "" if ready else await answer.text()
        except aiohttp.ClientConnectionError:
            return f"it does not listen: {self._output.read_text()}"
