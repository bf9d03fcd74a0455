"""The floor of the benchmark: two crews of phones, and callers for two queues in one Asterisk.

The center and `Queue()` work at the same time, with as many phones of the same kind, as many
callers and talks of the same lengths; each gap is taken at the phone. Must not measure
anything that only one of the two does.
"""

import asyncio
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import timedelta

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.http import SwitchHttp
from contactcenter_ari.ari.phone import push_phone
from contactcenter_ari.bench.figures import CallCost, Figures, Gaps
from contactcenter_ari.bench.looking import SETTLING_LIMIT, BenchFailed, looks, until
from contactcenter_ari.bench.plan import (
    APP_QUEUE_NUMBER,
    CENTER_NUMBER,
    MENU_KEYS,
    MENU_NUMBER,
    QUEUE,
    QUEUES,
    UNRECORDED_NUMBER,
    Plan,
)
from contactcenter_ari.bootstrap.assembly import Service
from contactcenter_ari.bootstrap.environment import Environment
from contactcenter_ari.core.center.view import AgentView
from contactcenter_ari.core.vocabulary.event import AgentState
from contactcenter_ari.core.vocabulary.request import LogIn
from contactcenter_ari.loadtest.audio import write_audio
from contactcenter_ari.loadtest.caller import Caller, Story
from contactcenter_ari.loadtest.sipp import Sipp
from contactcenter_ari.loadtest.stopwatch import StopwatchPhone
from contactcenter_ari.machine.asterisk_process import AsteriskProcess
from contactcenter_ari.machine.tool import Tools

BY = "bench"
CALLS_PER_SECOND = 10.0
ENDLESS = 100_000
PATIENCE = timedelta(minutes=30)
LONGEST_ROUND = timedelta(seconds=6)
"""The limit of one round of a phone, gap and talk; a longer one means that something is broken."""
QUIET_LOOKS = 3
"""The number of looks without a change after which all is over."""
NO_DIGEST = "0" * 32
"""The digest of phones that never register."""
HOUSEKEEPING = (
    "POST asterisk/variable",
    "GET asterisk/variable",
    "GET applications/{applicationName}",
    "GET channels",
    "GET bridges",
    "GET endpoints/{tech}",
    "GET channels/{channelId}/rtp_statistics",
)
"""Requests by the clock, not by the call: heartbeat, room for calls, inventory, silent legs."""
WAYS = (
    ("menu, recorded", MENU_NUMBER, MENU_KEYS),
    ("straight, recorded", CENTER_NUMBER, "-"),
    ("straight, not recorded", UNRECORDED_NUMBER, "-"),
)
"""The calls whose exchange with Asterisk is counted: name, number and keys."""


class Floor:
    """The simulated world around one running service; use it inside `staffed`."""

    def __init__(
        self, service: Service, environment: Environment, tools: Tools, plan: Plan
    ) -> None:
        if environment.asterisk is None:
            raise BenchFailed("the benchmark needs an Asterisk of its own")
        self._service = service
        self._asterisk: AsteriskProcess = environment.asterisk
        self._plan = plan
        self._audio = environment.data / "audio"
        self._sipp = Sipp(tools.sipp, str(environment.addresses.sip), tools.environment)
        self._ours: list[StopwatchPhone] = []
        self._theirs: list[StopwatchPhone] = []

    def __repr__(self) -> str:
        return f"<Floor: {len(self._ours)} and {len(self._theirs)} phones>"

    @asynccontextmanager
    async def staffed(self) -> AsyncIterator[None]:
        """Both crews at work meanwhile: agents logged in, members added."""
        write_audio(self._audio)
        dice = random.Random(self._plan.seed)  # noqa: S311  # lengths of talks, not a secret
        credentials = [await self._hire(number) for number in range(self._plan.agents)]
        await self._service.phones.refresh()
        self._ours = [self._phone(name, dice) for name in credentials]
        self._theirs = [self._phone(f"member{n + 1}", dice) for n in range(self._plan.agents)]
        with switched_on([*self._ours, *self._theirs]):
            for phone in self._ours:
                await tell_contact(self._service.http, phone.name, phone.contact)
            for phone in self._theirs:
                await push_phone(self._service.http, phone.name, NO_DIGEST)
                await tell_contact(self._service.http, phone.name, phone.contact)
                await self._asterisk.rx(f"queue add member PJSIP/{phone.name} to {QUEUE}")
            await until(self._all_reachable, "the phones cannot be reached")
            for view in self._agents():
                await self._service.driver.request(LogIn(view.agent, BY))
            yield

    async def full_calls(self) -> tuple[CallCost, ...]:
        """The exchange of some complete calls of each way; nobody else may call meanwhile."""
        return tuple([await self._full_calls(*way) for way in WAYS])

    async def _full_calls(self, way: str, number: str, keys: str) -> CallCost:
        calls = self._plan.full_calls
        caller = self._caller(number, keys)
        before, turns = self._traffic(), self._service.driver.turns
        outcome = await caller.call_often(
            self._sipp, calls=calls, per_second=2, at_once=self._plan.agents
        )
        if not outcome.passed:
            raise BenchFailed(f"a call ({way}) failed: {outcome}")
        await until(self._is_clear, "calls were left in the center")
        await self._quiet()
        requests, events = (now - then for now, then in zip(self._traffic(), before, strict=True))
        return CallCost(
            way=way,
            calls=calls,
            requests_per_call=requests.total() / calls,
            events_per_call=events.total() / calls,
            turns_per_call=(self._service.driver.turns - turns) / calls,
            requests=dict(requests.most_common()),
            events=dict(events.most_common()),
        )

    @asynccontextmanager
    async def crowded(self) -> AsyncIterator[None]:
        """Many callers in both queues meanwhile; what the phones measured before is forgotten."""
        async with asyncio.TaskGroup() as group:
            crowds = [
                group.create_task(self._crowd(number))
                for number in (CENTER_NUMBER, APP_QUEUE_NUMBER)
            ]
            await until(self._both_deep, "the queues did not fill")
            for phone in (*self._ours, *self._theirs):
                phone.gaps.clear()
            yield
            for crowd in crowds:
                crowd.cancel()

    async def measured(self) -> AsyncIterator[int]:
        """The number of samples each queue has by now, again and again until all are there."""
        limit = (self._plan.samples / self._plan.agents + 2) * LONGEST_ROUND
        complaint = f"there were not {self._plan.samples} samples of each queue"
        async for _ in looks(complaint, limit):
            fewest = min(_count(self._ours), _count(self._theirs))
            yield fewest
            if fewest >= self._plan.samples:
                return

    async def depths(self) -> tuple[int, int]:
        """How many callers wait now in the center, and in `Queue()`."""
        queues = self._service.driver.center.queues(self._service.clock.now())
        ours = next(view.waiting for view in queues if view.queue == QUEUE)
        said = await self._asterisk.rx(f"queue show {QUEUE}")
        theirs = re.search(rf"{QUEUE} has (\d+) calls", said)
        if theirs is None:
            raise BenchFailed(f"Asterisk has no queue to compare with: {said.strip()}")
        return ours, int(theirs[1])

    def gaps(self) -> tuple[Gaps, Gaps]:
        """The times that the phones of the center measured, and those of `Queue()`."""
        return gaps_of(self._ours), gaps_of(self._theirs)

    async def _hire(self, number: int) -> str:
        extension = str(101 + number)
        new = await self._service.directory.add_agent(extension, f"Agent {extension}", QUEUES)
        return new.credential.phone

    def _phone(self, name: str, dice: random.Random) -> StopwatchPhone:
        return StopwatchPhone(
            name,
            shortest=self._plan.shortest_talk,
            longest=self._plan.longest_talk,
            dice=dice,
        )

    def _caller(self, number: str, keys: str = "-") -> Caller:
        return Caller(
            story=Story.LOAD,
            number=number,
            caller=f"+316{number[-4:]}",
            audio=self._audio,
            keys=keys,
            listen=timedelta(seconds=1),
            patience=PATIENCE,
        )

    async def _crowd(self, number: str) -> None:
        """Keep this many callers waiting and talking all the time; another comes when one has
        gone.
        """
        await self._caller(number).call_often(
            self._sipp,
            calls=ENDLESS,
            per_second=CALLS_PER_SECOND,
            at_once=self._plan.agents + self._plan.waiting,
        )

    async def _all_reachable(self) -> bool:
        return all(agent.reachable for agent in self._agents())

    async def _is_clear(self) -> bool:
        free = all(agent.state is AgentState.READY for agent in self._agents())
        return free and not self._service.driver.center.calls_in_progress()

    async def _quiet(self) -> None:
        """Wait until nothing is exchanged any more between two looks."""
        seen: list[tuple[Counter[str], Counter[str]]] = []
        async for _ in looks("the exchange with Asterisk did not end", SETTLING_LIMIT):
            seen.append(self._traffic())
            if len(seen) > QUIET_LOOKS and seen[-1] == seen[-1 - QUIET_LOOKS]:
                return

    async def _both_deep(self) -> bool:
        return min(await self.depths()) >= max(1, self._plan.waiting - self._plan.agents)

    def _agents(self) -> tuple[AgentView, ...]:
        return self._service.driver.center.agents(self._service.clock.now())

    def _traffic(self) -> tuple[Counter[str], Counter[str]]:
        """Requests and events so far, without those that are there when nobody calls."""
        tally = self._service.switch.tally
        requests = tally.requests + self._service.http.requests
        for kind in HOUSEKEEPING:
            del requests[kind]
        return requests, Counter(tally.events)


async def tell_contact(http: SwitchHttp, phone: str, contact: str) -> None:
    """Tell Asterisk where a phone is that does not register; raises BenchFailed."""
    reply = await http.send(operation.put_object("aor", phone, {"contact": contact}))
    if not reply.succeeded:
        raise BenchFailed(f"Asterisk refused where a phone is: {reply.status}")


@contextmanager
def switched_on(phones: Iterable[StopwatchPhone]) -> Iterator[None]:
    """Phones that answer meanwhile."""
    with ExitStack() as stack:
        for phone in phones:
            stack.enter_context(phone.switched_on())
        yield


def _count(crew: list[StopwatchPhone]) -> int:
    return sum(len(phone.gaps) for phone in crew)


def gaps_of(crew: list[StopwatchPhone]) -> Gaps:
    """The times that the phones of a crew have measured so far."""
    surprises: Counter[str] = sum((phone.surprises for phone in crew), Counter())
    return Gaps(Figures.of(gap for phone in crew for gap in phone.gaps), dict(surprises))
