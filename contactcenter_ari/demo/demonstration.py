"""Plays the demonstration: phones register, agents log in by feature code, callers call."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import msgspec

from contactcenter_ari.bootstrap.assembly import Service
from contactcenter_ari.bootstrap.environment import Environment
from contactcenter_ari.core.center.view import AgentView
from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.core.vocabulary.event import AgentState
from contactcenter_ari.demo.cast import (
    BUSY_QUEUES,
    CUSTOMERS,
    LOG_IN_CODE,
    LUNCH_CODE,
    SLOW_QUEUE,
    Appearance,
)
from contactcenter_ari.loadtest.agent import AgentPhones, Behavior, Phone, dial_code
from contactcenter_ari.loadtest.audio import write_audio
from contactcenter_ari.loadtest.sipp import Sipp
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.postgres.customer import put_customers

WRAP_UP = timedelta(seconds=2)
LOG_IN_LIMIT = timedelta(seconds=30)
CLEAR_LIMIT = timedelta(seconds=20)
LOOK_EVERY = timedelta(milliseconds=50)


class DemoFailed(ContactCenterError):
    """The demonstration could not be played; the message says what did not happen."""


@dataclass(slots=True)
class Progress:
    """How far the callers are."""

    calls: int
    placed: int = 0
    over: int = 0
    failures: list[str] = field(default_factory=list)


def demo_site(site: Site) -> Site:
    """The site as it is played: open around the clock, short wrap-up, and a line for the one
    queue whose callers are not served.
    """
    flows = tuple(
        msgspec.structs.replace(flow, flags={**flow.flags, "always_open": "on"})
        for flow in site.flows
    )
    queues = {
        name: msgspec.structs.replace(
            queue, wrap_up=WRAP_UP, join_empty=queue.join_empty or name == SLOW_QUEUE
        )
        for name, queue in site.queues.items()
    }
    return msgspec.structs.replace(site, flows=flows, queues=queues)


class Demonstration:
    """The simulated world around one running service."""

    def __init__(self, service: Service, environment: Environment, tools: Tools) -> None:
        self._service = service
        self._audio = environment.data / "audio"
        self._sipp = Sipp(tools.sipp, str(environment.addresses.sip), tools.environment)

    def __repr__(self) -> str:
        return f"<Demonstration before {self._sipp.target}>"

    @property
    def audio(self) -> Path:
        """The folder of tones and keys the simulated parties send."""
        return self._audio

    @asynccontextmanager
    async def staffed(self, agents: int) -> AsyncIterator[None]:
        """Agents with phones, logged in meanwhile; the last of several is at lunch."""
        write_audio(self._audio)
        await put_customers(self._service.database, CUSTOMERS)
        phones = [await self._hire(number, agents) for number in range(agents)]
        await self._service.phones.refresh()
        shift = AgentPhones(phones=phones, behavior=Behavior.ANSWERS, audio=self._audio)
        run = await shift.start(self._sipp)
        try:
            await self._until(LOG_IN_LIMIT, "the phones did not register", self._registered)
            async with asyncio.TaskGroup() as group:
                for number, phone in enumerate(phones):
                    group.create_task(self._log_in(phone, lunch=_at_lunch(number, agents)))
            await self._until(LOG_IN_LIMIT, "the agents did not log in", self._logged_in)
            yield
        finally:
            run.stop()

    async def play(
        self, appearances: list[Appearance], progress: Progress, *, per_second: float
    ) -> None:
        """Let everybody call, and wait until every call is over."""
        async with asyncio.TaskGroup() as group:
            for appearance in appearances:
                group.create_task(self._call(appearance, progress))
                await asyncio.sleep(1 / per_second)
        await self._until(CLEAR_LIMIT, "calls were left in the center", self._is_clear)

    async def _hire(self, number: int, agents: int) -> Phone:
        queues = (SLOW_QUEUE,) if _at_lunch(number, agents) else BUSY_QUEUES
        new = await self._service.directory.add_agent(
            str(101 + number), f"Agent {101 + number}", queues
        )
        return Phone(new.credential.phone, new.credential.secret)

    async def _log_in(self, phone: Phone, *, lunch: bool) -> None:
        codes = (LOG_IN_CODE, LUNCH_CODE) if lunch else (LOG_IN_CODE,)
        for code in codes:
            outcome = await dial_code(self._sipp, phone, code)
            if not outcome.passed:
                raise DemoFailed(f"a phone that dialed {code} was not answered: {outcome}")

    async def _call(self, appearance: Appearance, progress: Progress) -> None:
        progress.placed += 1
        outcome = await appearance.caller.call(self._sipp)
        progress.over += 1
        if not outcome.passed:
            progress.failures.append(f"{appearance.part.story}: {outcome}")

    async def _until(self, limit: timedelta, complaint: str, happened: Callable[[], bool]) -> None:
        """Wait as long as the center goes on taking turns; raises DemoFailed when it took none
        within the limit. A busy machine is slow, and that is no failure.
        """
        driver, loop = self._service.driver, asyncio.get_running_loop()
        turns = driver.turns
        try:
            async with asyncio.timeout(limit.total_seconds()) as patience:
                while not happened():
                    await asyncio.sleep(LOOK_EVERY.total_seconds())
                    if driver.turns != turns:
                        turns = driver.turns
                        patience.reschedule(loop.time() + limit.total_seconds())
        except TimeoutError as error:
            seconds = limit.total_seconds()
            raise DemoFailed(f"{complaint}, and nothing happened for {seconds:.0f} s") from error

    def _registered(self) -> bool:
        return all(agent.reachable for agent in self._agents())

    def _logged_in(self) -> bool:
        return all(agent.state is not AgentState.LOGGED_OUT for agent in self._agents())

    def _is_clear(self) -> bool:
        states = Counter(agent.state for agent in self._agents())
        in_calls = states[AgentState.OFFERED] + states[AgentState.ON_CALL]
        return not in_calls and not self._service.driver.center.calls_in_progress()

    def _agents(self) -> tuple[AgentView, ...]:
        return self._service.driver.center.agents(self._service.clock.now())


def _at_lunch(number: int, agents: int) -> bool:
    return agents > 1 and number == agents - 1
