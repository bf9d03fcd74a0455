"""A whole center for tests: the shipped one, on a real Asterisk and a real Postgres."""

import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from types import MappingProxyType

from baresip import Runtime
from rich.console import Console

from contactcenter_ari.ari import operation
from contactcenter_ari.bootstrap.assembly import Service
from contactcenter_ari.bootstrap.environment import Environment, Variation, prepared
from contactcenter_ari.bootstrap.service import serving
from contactcenter_ari.config.settings import Settings, read_settings
from contactcenter_ari.config.site import load_site
from contactcenter_ari.core.center.view import AgentView
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.core.vocabulary.event import AgentState
from contactcenter_ari.core.vocabulary.ids import AgentId
from contactcenter_ari.core.vocabulary.prompt import SpokenText
from contactcenter_ari.core.vocabulary.request import GoNotReady, GoReady, LogIn, LogOut
from contactcenter_ari.loadtest.agent import Phone
from contactcenter_ari.loadtest.audio import write_audio
from contactcenter_ari.loadtest.sipp import Sipp
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.postgres.directory import NewAgent
from contactcenter_ari.postgres.errors import DatabaseUnreachable
from contactcenter_ari.postgres.report import Report
from contactcenter_ari.postgres.report_row import (
    InteractionRow,
    OfferRow,
    RecordingRow,
    SegmentRow,
)
from contactcenter_ari.speech.tone import Samples, sample_count
from tests.e2e.caller import Caller
from tests.e2e.phone import AgentPhone, Manner
from tests.e2e.polling import until, until_holds
from tests.recorded import mono_of

SITE = Path(__file__).parent / "site"
DESK, LONGEST, LEAST, PATIENT = (f"+3120000000{number}" for number in range(1, 5))
"""The numbers of the flows in `site`."""
JITTER = timedelta(milliseconds=250)
TEST = "test"
"""The author of the requests of tests."""

_callers = count(1)
_extensions = count(1001)


def credential(hired: NewAgent) -> Phone:
    """The credentials of the agent's phone."""
    return Phone(hired.credential.phone, hired.credential.secret)


@dataclass(slots=True)
class Worker:
    """An agent at work: directory entry and phone."""

    hired: NewAgent
    phone: AgentPhone
    world: "World"

    @property
    def id(self) -> AgentId:
        """The extension."""
        return self.hired.profile.agent

    @property
    def view(self) -> AgentView:
        """The center's view of the agent now."""
        return self.world.agent(self.id)

    async def pause(self) -> None:
        """Take no calls."""
        await self.world.service.driver.request(GoNotReady(self.id, "break", TEST))

    async def resume(self) -> None:
        """Take calls again."""
        await self.world.service.driver.request(GoReady(self.id, TEST))

    async def until(self, state: AgentState, reason: str | None = None) -> AgentView:
        """Wait until the agent is in a state."""

        def found() -> AgentView | None:
            view = self.view
            right = view.state is state and reason in {None, view.reason}
            return view if right else None

        return await until(found, lambda: f"agent is {self.view}, not {state} {reason or ''}")


@dataclass(frozen=True, slots=True)
class Record:
    """All rows of one interaction."""

    interaction: InteractionRow
    segments: list[SegmentRow]
    offers: list[OfferRow]
    recordings: list[RecordingRow]


@dataclass(frozen=True, slots=True)
class Place:
    """The parts that outlive the application."""

    settings: Settings
    site: Site
    tools: Tools
    runtime: Runtime
    environment: Environment


@dataclass(slots=True)
class World:
    """One center, its people, and their records."""

    place: Place
    service: Service
    since: datetime
    callers: list[Caller] = field(default_factory=list)
    agents: list[AgentId] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)
    engaged: set[AgentId] = field(default_factory=set)

    @property
    def environment(self) -> Environment:
        """The environment of the application."""
        return self.place.environment

    # People

    async def enlist(self, *queues: str) -> NewAgent:
        """A new agent in the directory, whose phone is yet to register."""
        extension = str(next(_extensions))
        hired = await self.service.directory.add_agent(extension, "Agent", queues)
        self.agents.append(hired.profile.agent)
        await self.service.phones.refresh()
        return hired

    async def hire(
        self,
        *queues: str,
        frequency: float = 620,
        manner: Manner = Manner.ANSWERS,
        ready: bool = True,
    ) -> Worker:
        """A new agent with a registered phone, logged in unless not `ready`."""
        hired = await self.enlist(*queues)
        phone = await AgentPhone.registered(
            self.place.runtime,
            credential(hired),
            self.environment.addresses.sip,
            frequency=frequency,
        )
        phone.manner = manner
        worker = Worker(hired, phone, self)
        self.workers.append(worker)
        await self.log_in(worker.id, ready=ready)
        return worker

    async def engage(self, queue: str, number: str) -> None:
        """One more agent, in a talk: callers go on waiting when other agents pause."""
        worker = await self.hire(queue)
        await self.call(number)
        await worker.phone.talks()
        self.engaged.add(worker.id)

    async def log_in(self, agent: AgentId, *, ready: bool = True) -> None:
        """Wait until the agent's phone is registered, then log in."""
        await until(lambda: self.agent(agent).reachable, "the phone is not known as registered")
        if ready:
            await self.service.driver.request(LogIn(agent, TEST))

    async def call(
        self, dialed: str, *, number: str | bytes = b"", name: bytes = b"", frequency: float = 440
    ) -> Caller:
        """A caller, from a number of their own unless one is given."""
        own = number or f"+3161{next(_callers):07d}"
        caller = await Caller.place(
            self.environment.addresses.sip, dialed, number=own, name=name, frequency=frequency
        )
        self.callers.append(caller)
        return caller

    @property
    def sipp(self) -> Sipp:
        """SIPp before this center."""
        return Sipp(
            self.place.tools.sipp,
            str(self.environment.addresses.sip),
            self.place.tools.environment,
        )

    @property
    def audio(self) -> Path:
        """The sounds that SIPp's parties play."""
        folder = self.environment.data / "audio"
        if not folder.exists():
            write_audio(folder)
        return folder

    # Views and rows

    def agent(self, agent: AgentId) -> AgentView:
        """The center's view of an agent."""
        views = self.service.driver.center.agents(self.service.clock.now())
        return next(view for view in views if view.agent == agent)

    def waiting(self, queue: str) -> int:
        """The number of callers in a queue."""
        views = self.service.driver.center.queues(self.service.clock.now())
        return next(view.waiting for view in views if view.queue == queue)

    async def until_waiting(self, queue: str, callers: int) -> None:
        """Wait until so many are in the queue."""
        await until(
            lambda: self.waiting(queue) == callers,
            lambda: f"{self.waiting(queue)} wait in {queue}, not {callers}",
        )

    async def sound(self, text: str, language: str = "en") -> Samples:
        """The sound of this text for callers and agents, without the end of it, which may be in
        the phone's jitter buffer when the center hangs up.
        """
        media = await self.environment.prompts.media((SpokenText(text, language),))
        whole = mono_of(Path(media[0].removeprefix("sound:")).with_suffix(".wav"))
        return whole[: -sample_count(JITTER)]

    async def record(self, caller: Caller | str) -> Record:
        """All rows of the one interaction of a caller, once the database has them."""
        number = caller if isinstance(caller, str) else caller.number
        (row,) = await self.interactions(1, lambda row: row.caller_number == number)
        return await self.record_of(row)

    async def record_of(self, row: InteractionRow) -> Record:
        """All rows of an interaction."""
        report, mine = Report(self.service.database), row.interaction
        return Record(
            row,
            [r for r in await report.segments(self.since) if r.interaction == mine],
            [r for r in await report.offers(self.since) if r.interaction == mine],
            [r for r in await report.recordings(self.since) if r.interaction == mine],
        )

    async def interactions(
        self, wanted: int, which: Callable[[InteractionRow], bool], since: datetime | None = None
    ) -> list[InteractionRow]:
        """This many interactions, once all are over and their agents and recordings are done."""
        found: list[InteractionRow] = []

        async def missing() -> str:
            nonlocal found
            unfinished = await self._unfinished()  # first: what ends later is written later
            await self.service.journal.caught_up()
            try:
                rows = await Report(self.service.database).interactions(since or self.since)
            except DatabaseUnreachable as error:
                return str(error)  # it was just started again
            found = [row for row in rows if which(row)]
            assert len(found) <= wanted, f"{len(found)} interactions instead of {wanted}"
            if len(found) < wanted:
                return f"{len(found)} of {wanted} interactions are written"
            return unfinished

        await until_holds(missing)
        return found

    async def _unfinished(self) -> str:
        """The part of ended interactions that still goes on, in words."""
        center = self.service.driver.center
        busy = {AgentState.ON_CALL, AgentState.WRAP_UP, AgentState.OFFERED}
        views = center.agents(self.service.clock.now())
        if any(view.state in busy for view in views if view.agent not in self.engaged):
            return "an agent is still busy"
        recordings = center._calls.recordings._recordings
        return "a recording is still open" if len(recordings) > len(self.engaged) else ""

    # After a story

    async def clean_up(self) -> None:
        """End all calls and check that nothing is left behind."""
        for caller in self.callers:
            caller.hang_up()
        for worker in self.workers:
            await worker.phone.close()
        await until_holds(self._leftovers)
        for caller in self.callers:
            caller.close()
        for agent in self.agents:
            await self.service.driver.request(LogOut(agent, TEST))
            await self.service.directory.remove_agent(agent)
        await self.service.phones.refresh()
        self.callers.clear()
        self.workers.clear()
        self.agents.clear()
        assert self.service.driver.faults == 0

    async def _leftovers(self) -> str:
        """The things that are still there, in words; empty when there are none."""
        driver, http = self.service.driver, self.service.http
        channels = (await http.send(operation.list_channels())).read(list[dict[str, object]])
        bridges = (await http.send(operation.list_bridges())).read(list[dict[str, object]])
        counts = {
            "calls in the center": driver.center.calls_in_progress(),
            "channels in Asterisk": len(channels),
            "bridges in Asterisk": len(bridges),
        }
        return ", ".join(f"{number} {what}" for what, number in counts.items() if number)


@asynccontextmanager
async def founded(
    data: Path,
    tools: Tools,
    runtime: Runtime,
    *,
    database_url: str | None = None,
    more: Mapping[str, str] = MappingProxyType({}),
) -> AsyncIterator[Place]:
    """A database (unless one is given) and an Asterisk, without the application; `more` settings
    go before ours. All input logs are kept, for the replay in the end.
    """
    ours = {"CC_DATA_DIR": str(data), "CC_SITE": str(SITE), "CC_WHOLE_LOGS": "on"}
    environ = {**os.environ, **ours, **more}
    if database_url is not None:
        environ["CC_DATABASE_URL"] = database_url
    settings = read_settings(environ)
    site = load_site(settings.site)
    console = Console(stderr=True, quiet=True)
    quick = Variation(fsync=False, rtp_ports=400)
    async with prepared(
        settings, site, tools, console=console, environ=environ, variation=quick
    ) as environment:
        if database_url is None:
            await environment.database.ready.wait()
        yield Place(settings, site, tools, runtime, environment)


@asynccontextmanager
async def working(place: Place) -> AsyncIterator[World]:
    """The application in this place, during the block."""
    async with serving(place.settings, place.site, place.environment) as service:
        yield World(place, service, service.clock.now())
