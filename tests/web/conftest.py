"""A running API: a real client, a real server, a real driver and center; the rest are fakes."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

import aiohttp
import msgspec
import pytest
from aiohttp import web
from multidict import CIMultiDict

from contactcenter_ari.core.acd.settings import CallWindow, QueueSettings, WrapUpKind
from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.errors import ContactCenterError, RequestRefused
from contactcenter_ari.core.site.site import CenterStarted, Input
from contactcenter_ari.core.vocabulary.command import Command, LookUp
from contactcenter_ari.core.vocabulary.event import Event
from contactcenter_ari.core.vocabulary.ids import AgentId, LegId, PhoneId, QueueName
from contactcenter_ari.core.vocabulary.request import (
    AgentProfile,
    PutAgent,
    RestoreLostCall,
)
from contactcenter_ari.core.vocabulary.signal import CallArrived, LookUpFailed, PhoneReachable
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.runtime.input_log import Digest
from contactcenter_ari.simulation.sample import DIRECT, sample_site
from contactcenter_ari.web.application import ROUTES, make_application
from contactcenter_ari.web.event_count import EventCounts
from contactcenter_ari.web.openapi import problems_of
from contactcenter_ari.web.port import (
    FlowsRefused,
    FlowsState,
    HealthReport,
    Meters,
    PartHealth,
    PublishedVersion,
    RecentOffer,
    TokenHolder,
)
from contactcenter_ari.web.problem import CONTENT_TYPE, INTERNAL_ERROR
from contactcenter_ari.web.server import serving

ANNA, BERT = AgentId("100"), AgentId("101")
SUPPORT, SALES = QueueName("support"), QueueName("sales")
CALLER = "+31612345678"
NAMES = {
    "agent": "100",
    "queue": "support",
    "interaction": "i-1",
    "callback": "c-1",
    "number": CALLER,
}
"""The values for the parts of paths."""


def listed_problems(method: str, path: str) -> set[tuple[int, str]]:
    """The statuses and codes of problems that the route of a path lists."""
    for route in ROUTES.routes:
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(route.path))
        if route.method == method and re.fullmatch(pattern, path):
            return {*problems_of(route)}
    return set()


def token(name: str) -> str:
    """A token of the right form."""
    return f"cc_{name:x<43}"


@dataclass(frozen=True)
class Holder:
    """The person or program to whom a token belongs."""

    name: str
    role: str
    agent: AgentId | None = None


class Tokens:
    """A directory of tokens in memory, that may be away or broken; what it once told is known by
    heart.
    """

    def __init__(self) -> None:
        self.holders = {
            token("anna"): Holder("Anna", "agent", ANNA),
            token("bert"): Holder("Bert", "agent", BERT),
            token("nobody"): Holder("agent without agent", "agent"),
            token("wallboard"): Holder("wallboard", "engineer"),
            token("floor"): Holder("floor", "supervisor"),
            token("root"): Holder("root", "admin"),
            token("screen"): Holder("screen", "wall"),
            token("future"): Holder("future", "emperor"),
        }
        self.by_heart: dict[str, Holder] = {}
        self.asked = 0
        self.error: Exception | None = None

    def take_back(self, name: str) -> None:
        """Make a token worthless, and be told of it."""
        del self.holders[token(name)]
        self.by_heart.pop(token(name), None)

    def known(self, token: str) -> TokenHolder | None:
        """The holder, if an earlier request asked for it."""
        return self.by_heart.get(token)

    async def find_token(self, token: str) -> TokenHolder | None:
        """The holder, or the error."""
        self.asked += 1
        if self.error is not None:
            raise self.error
        self.by_heart = dict(self.holders)
        return self.by_heart.get(token)


class HandClock(Clock):
    """A clock that also goes when it is pushed."""

    pushed = timedelta()

    def now(self) -> datetime:
        """The present, plus all pushes."""
        return super().now() + self.pushed


class Parts:
    """The health of everything else, set by hand."""

    def __init__(self) -> None:
        well = PartHealth()
        self.now = HealthReport(switch=well, journal=well, database=well, flows=well)

    def report(self) -> HealthReport:
        """The report that a test set."""
        return self.now


class Flows:
    """Two versions of one flow, kept in memory; `refusal` is raised if there is one."""

    def __init__(self) -> None:
        self.refusal: FlowsRefused | RequestRefused | None = None
        self.now = FlowsState(version="2222", flows={"desk": "d2"})
        self.asked: list[str] = []

    def state(self) -> FlowsState:
        """The state that a test set."""
        return self.now

    async def versions(self) -> tuple[PublishedVersion, ...]:
        """The two."""
        at = datetime(2026, 11, 23, tzinfo=UTC)
        return tuple(PublishedVersion(version=v, published_at=at) for v in ("2222", "1111"))

    async def publish(self) -> FlowsState:
        """The state, or the refusal."""
        self.asked.append("publish")
        if self.refusal is not None:
            raise self.refusal
        return self.now

    async def rollback(self, version: str) -> FlowsState:
        """The state, pinned, or the refusal."""
        self.asked.append(f"rollback {version}")
        if self.refusal is not None:
            raise self.refusal
        self.now = FlowsState(version="1111", flows={"desk": "d1"}, pinned=True)
        return self.now


class RecentOffers:
    """Offers set by hand."""

    def __init__(self) -> None:
        self.now: list[RecentOffer] = []

    def latest(self) -> list[RecentOffer]:
        """The offers that a test set."""
        return self.now


class Callbacks:
    """Callbacks in memory; the database they would be in may be away."""

    def __init__(self) -> None:
        self.lost_calls: list[RestoreLostCall] = []
        self.forbidden: dict[str, tuple[str, str]] = {}
        self.away: ContactCenterError | None = None

    def _check(self) -> None:
        if self.away is not None:
            raise self.away

    async def open_lost_calls(self) -> list[RestoreLostCall]:
        """The calls that a test set."""
        self._check()
        return self.lost_calls

    async def forbid(self, number: str, *, by: str, reason: str) -> None:
        """Keep it."""
        self._check()
        self.forbidden[number] = (by, reason)

    async def allow(self, number: str) -> None:
        """Forget it."""
        self._check()
        self.forbidden.pop(number, None)


@dataclass
class Surroundings:
    """Switch, look-ups, journal and log of the driver in one."""

    events: list[Event] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    counts: EventCounts = field(default_factory=EventCounts)

    def submit(self, command: Command) -> None:
        """Nothing is dialed here."""
        self.commands.append(command)

    async def answer(self, look_up: LookUp) -> LookUpFailed:
        """Nothing is known here."""
        return LookUpFailed(look_up.look_up, "no table")

    def record(self, events: Sequence[Event]) -> None:
        """Keep them for the test, and count them."""
        self.events += events
        self.counts.record(events)

    def append(
        self, now: datetime, input_: Input, digest: str, *, call: str = "", sealed: str = ""
    ) -> None:
        """No replay here, but the test may look."""
        del now, digest, call, sealed
        self.inputs.append(input_)


@dataclass
class Answer:
    """The response, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        """The body, an object of JSON."""
        return msgspec.json.decode(self.body, type=dict[str, object])

    @property
    def code(self) -> object:
        """The code of a problem, after a look at its form."""
        assert self.headers["Content-Type"] == CONTENT_TYPE
        assert set(self.json) == {"type", "title", "status", "detail", "code"}
        assert self.json["status"] == self.status
        return self.json["code"]

    @property
    def detail(self) -> str:
        """The sentence of a problem."""
        return str(self.json["detail"])


@dataclass
class Api:
    """A running API, what it stands on, and a client."""

    driver: Driver
    clock: HandClock
    tokens: Tokens
    parts: Parts
    around: Surroundings
    flows: Flows
    offers: RecentOffers
    callbacks: Callbacks
    client: aiohttp.ClientSession
    running: asyncio.Task[None]
    application: web.Application
    port: int

    async def stop_driver(self) -> None:
        """From now on inputs only gather."""
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)

    async def ask(
        self,
        method: str,
        path: str,
        who: str | None = None,
        *,
        body: object = None,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request and read the answer."""
        sent = CIMultiDict(headers or {})
        if who is not None:
            sent.setdefault("Authorization", f"Bearer {token(who)}")
        if body is not None:
            raw = msgspec.json.encode(body)
            sent.setdefault("Content-Type", "application/json")
        async with self.client.request(method, path, data=raw, headers=sent) as response:
            answer = Answer(response.status, response.headers, await response.read())
        listed = listed_problems(method, path)
        if listed and answer.headers["Content-Type"] == CONTENT_TYPE:
            assert (answer.status, answer.json["code"]) in {*listed, INTERNAL_ERROR}
        return answer

    async def call(self, number: str = CALLER) -> str:
        """A caller calls the first queue; gives the interaction."""
        leg = LegId(f"leg-{len(self.around.inputs)}")
        self.driver.put(CallArrived(leg, DIRECT, number, ""))
        await self.quiet()
        return self.driver.center.calls()[-1].interaction

    async def quiet(self) -> None:
        """Wait until everything that came was handled."""
        while self.driver.backlog:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0)

    async def set_state(self, agent: str, who: str, **change: object) -> Answer:
        """Ask for a state."""
        return await self.ask("PUT", f"/api/v1/agents/{agent}/state", who, body=change)


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """Two agents, one queue, one reason; everybody is logged out."""
    clock, around, tokens, parts = HandClock(), Surroundings(), Tokens(), Parts()
    flows, offers, callbacks = Flows(), RecentOffers(), Callbacks()
    support = QueueSettings(
        name=SUPPORT,
        join_empty=True,
        wrap_up_kind=WrapUpKind.EXTENDABLE,
        dispositions=("sold", "no interest"),
        call_window=CallWindow(time.min, time.max),
    )
    site = sample_site((support, QueueSettings(name=SALES, join_empty=True)))
    dialing = tuple(msgspec.structs.replace(flow, dial_allow=("+316",)) for flow in site.flows)
    site = msgspec.structs.replace(site, flows=dialing)
    started = CenterStarted("n1", "b")
    driver = Driver(
        center=Center(started, site),
        digest=Digest(),
        clock=clock,
        journal=around,
        input_log=around,
    )
    running = asyncio.get_running_loop().create_task(driver.run(around, around))
    for agent, name in ((ANNA, "Anna"), (BERT, "Bert")):
        phone = PhoneId(f"phone-{agent}")
        profile = AgentProfile(agent=agent, name=name, phone=phone, queues=(SUPPORT,))
        await driver.request(PutAgent(profile))
        driver.put(PhoneReachable(phone))
    application = make_application(
        driver=driver,
        clock=clock,
        tokens=tokens,
        health=parts,
        flows=flows,
        offers=offers,
        callbacks=callbacks,
        counts=around.counts,
        meters=Meters(),
    )
    try:
        async with (
            serving(application, "127.0.0.1", 0) as port,
            aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client,
        ):
            yield Api(
                driver=driver,
                clock=clock,
                tokens=tokens,
                parts=parts,
                around=around,
                flows=flows,
                offers=offers,
                callbacks=callbacks,
                client=client,
                running=running,
                application=application,
                port=port,
            )
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
