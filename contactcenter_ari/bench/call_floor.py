"""The floor on which whole calls are measured: phones that talk, for the center and for `Queue()`.

The application is a process of its own. Agents of the center and members of `Queue()` are as
many, register in the same way, and talk equally long; audio goes both ways in every talk, for
silent phones hide most of what a call takes. The agent ends the talk.
"""

from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import count

import msgspec

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.http import SwitchHttp
from contactcenter_ari.ari.inventory import list_phones
from contactcenter_ari.ari.phone import push_phone
from contactcenter_ari.ari.switch import BEAT_VARIABLE
from contactcenter_ari.ari.translate import is_reachable
from contactcenter_ari.bench.application import Application
from contactcenter_ari.bench.call_figures import CpuTimes
from contactcenter_ari.bench.floor import tell_contact
from contactcenter_ari.bench.looking import BenchFailed, until
from contactcenter_ari.bench.plan import QUEUE, QUEUES
from contactcenter_ari.bench.process_time import cpu_time, parent_of
from contactcenter_ari.bootstrap.environment import Environment
from contactcenter_ari.core.vocabulary.event import AgentState
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName
from contactcenter_ari.loadtest.agent import AgentPhones, Behavior, Phone
from contactcenter_ari.loadtest.audio import write_audio
from contactcenter_ari.loadtest.caller import Caller, Story
from contactcenter_ari.loadtest.sipp import Outcome, Sipp
from contactcenter_ari.machine.asterisk_process import AsteriskProcess
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.directory import Directory
from contactcenter_ari.runtime.phone_digest import phone_digest

AT_ONCE = timedelta()
FIRST_EXTENSION = 10_001
SHIFT = timedelta(hours=6)
PATIENCE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Talks:
    """How long the talks of all phones are: `least`, and an exponential time of mean `more`."""

    least: timedelta
    more: timedelta = AT_ONCE

    @property
    def mean(self) -> timedelta:
        """The average length."""
        return self.least + self.more


class Variable(msgspec.Struct):
    """A variable of the dialplan."""

    value: str


class CallFloor:
    """The simulated world around one application; use it inside `staffed`."""

    def __init__(
        self, application: Application, environment: Environment, tools: Tools, *, http: SwitchHttp
    ) -> None:
        if environment.asterisk is None:
            raise BenchFailed("the benchmark needs an Asterisk of its own")
        self.asterisk: AsteriskProcess = environment.asterisk
        self.application = application
        self._environment = environment
        self._http = http
        self._audio = environment.data / "audio"
        self._sipp = Sipp(tools.sipp, str(environment.addresses.sip), tools.environment)
        self._postgres = 0
        self._directory: Directory | None = None
        self._extensions = count(FIRST_EXTENSION)

    def __repr__(self) -> str:
        return f"<CallFloor around {self.application!r}>"

    @asynccontextmanager
    async def staffed(
        self, talks: Talks, *, agents: int, members: int, queues: tuple[QueueName, ...] = QUEUES
    ) -> AsyncIterator[None]:
        """Agents ready and members added meanwhile; raises BenchFailed."""
        write_audio(self._audio)
        async with AsyncExitStack() as stack:
            database = await stack.enter_async_context(Database(self._environment.database_url))
            self._directory = Directory(database)
            self._postgres = await _server_of(database)
            crew, theirs = await self.hire(agents, queues), await self._members(members)
            for phones in (list(crew.values()), theirs):
                if phones:
                    await stack.enter_async_context(self._working(phones, talks))
            await self.log_in(crew)
            await until(partial(self._are_there, theirs), "the members' phones did not register")
            for phone in theirs:
                await self.asterisk.rx(f"queue add member PJSIP/{phone.phone_id} to {QUEUE}")
            try:
                yield
            finally:
                await self._sent_home()

    async def _sent_home(self) -> None:
        """All calls are over and all agents logged out, so that nobody is taken for present."""
        await self.asterisk.rx("channel request hangup all")
        for view in await self.application.agents():
            if view.state is not AgentState.LOGGED_OUT:
                await self.application.log_out(view.agent)

    async def hire(self, agents: int, queues: tuple[QueueName, ...]) -> dict[AgentId, Phone]:
        """New agents of some queues; Asterisk knows their phones then."""
        assert self._directory is not None, "the floor is not staffed"
        crew = {}
        for _ in range(agents):
            extension = str(next(self._extensions))
            new = await self._directory.add_agent(extension, f"Agent {extension}", queues)
            crew[new.profile.agent] = Phone(new.credential.phone, new.credential.secret)
        known = partial(self._are_known, list(crew.values()))
        await until(known, "Asterisk does not know the agents' phones")
        return crew

    async def log_in(self, crew: Collection[AgentId]) -> None:
        """Let agents be ready once their phones can be reached; raises BenchFailed."""
        await until(partial(self._are_reachable, crew), "the agents' phones cannot be reached")
        for agent in crew:
            await self.application.log_in(agent)

    async def tell_contact(self, phone: str, contact: str) -> None:
        """Tell Asterisk where a phone is that does not register; raises BenchFailed."""
        await tell_contact(self._http, phone, contact)

    def cpu_times(self) -> CpuTimes:
        """The CPU that all three have used so far."""
        assert self.asterisk.pid is not None, "it runs while we do"
        return CpuTimes(
            application=cpu_time(self.application.pid),
            asterisk=cpu_time(self.asterisk.pid),
            database=cpu_time(self._postgres),
        )

    async def call(
        self, number: str, *, calls: int, per_second: float, at_once: int, keys: str = "-"
    ) -> Outcome:
        """Place this many complete calls; returns when the last one is over."""
        caller = Caller(
            story=Story.LOAD,
            number=number,
            caller=f"+316{number[-4:]}",
            audio=self._audio,
            keys=keys,
            patience=PATIENCE,
        )
        return await caller.call_often(
            self._sipp, calls=calls, per_second=per_second, at_once=at_once
        )

    async def is_clear(self) -> bool:
        """Whether no leg is left in Asterisk."""
        return "0 active channels" in await self.asterisk.rx("core show channels count")

    async def takes_calls(self) -> bool:
        """Whether the dialplan has heard from the application since it was read."""
        reply = await self._http.send(operation.get_global(BEAT_VARIABLE))
        return reply.read(Variable).value not in {"", "0"}

    async def _members(self, members: int) -> list[Phone]:
        crew = [Phone(f"member{number + 1}", f"secret-{number + 1}") for number in range(members)]
        for phone in crew:
            await push_phone(
                self._http, phone.phone_id, phone_digest(phone.phone_id, phone.secret)
            )
        return crew

    @asynccontextmanager
    async def _working(self, crew: list[Phone], talks: Talks) -> AsyncIterator[None]:
        run = await AgentPhones(
            phones=crew,
            behavior=Behavior.ANSWERS,
            audio=self._audio,
            shift=SHIFT,
            ring=AT_ONCE,
            talk=talks.least,
            talk_more=talks.more,
        ).start(self._sipp)
        try:
            yield
        finally:
            run.stop()
            await run.wait()

    async def _are_known(self, crew: list[Phone]) -> bool:
        """The application tells Asterisk of the agents' phones a moment after they are hired."""
        known = {phone.resource for phone in await list_phones(self._http)}
        return known.issuperset(phone.phone_id for phone in crew)

    async def _are_there(self, crew: list[Phone]) -> bool:
        there = {phone.resource for phone in await list_phones(self._http) if is_reachable(phone)}
        return there.issuperset(phone.phone_id for phone in crew)

    async def _are_reachable(self, crew: Collection[AgentId]) -> bool:
        views = await self.application.agents()
        return {view.agent for view in views if view.reachable}.issuperset(crew)


async def _server_of(database: Database) -> int:
    """The process id of the database server: it is the parent of the one that answers."""
    async with database.connection() as connection:
        return parent_of(connection.info.backend_pid)
