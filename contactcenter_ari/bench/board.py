"""The cost of boards and turns with very many agents: the core alone, and a switch that obeys.

All agents talk and as many callers wait; talks end one after the other and callers come. Times
are CPU times, so that other programs of a busy machine do not count. Garbage is collected as in
service, where agents are there when the start is over, and calls come later.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import timedelta

import msgspec

from contactcenter_ari.bench.board_api import cpu_since, measure_reads
from contactcenter_ari.bench.board_figures import BoardCost, BoardCosts
from contactcenter_ari.bench.decision import MORNING, TICK
from contactcenter_ari.bench.figures import Figures
from contactcenter_ari.bench.pause import answers_to, measure_rounds
from contactcenter_ari.bench.plan import QUEUES, UNRECORDED_NUMBER
from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.site.site import CenterStarted, Input, Site
from contactcenter_ari.core.vocabulary.command import Command, DialLeg
from contactcenter_ari.core.vocabulary.ids import AgentId, LegId, PhoneId
from contactcenter_ari.core.vocabulary.request import AgentProfile, LogIn, PutAgent
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    LegHungUp,
    PhoneReachable,
    TimePassed,
)
from contactcenter_ari.runtime.garbage import Collector


class LargeCenter:
    """A center with `agents` who are logged in; each turn is timed."""

    def __init__(self, site: Site, agents: int, collector: Collector) -> None:
        self.agents = agents
        self._collector = collector
        self.turns: list[timedelta] = []
        self._now = MORNING
        self._center = Center(CenterStarted("bench", "1"), site)
        self._callers = 0
        self._talking: deque[LegId] = deque()
        self._commands: deque[Command] = deque()
        for number in range(agents):
            self._log_in(number)

    def __repr__(self) -> str:
        return f"<LargeCenter of {self.agents} agents>"

    def fill(self) -> None:
        """Let a caller talk to every agent, and as many wait."""
        for _ in range(2 * self.agents):
            self._come()

    def work(self, talks: int) -> None:
        """End this many talks by their agents; as many callers come."""
        self.turns.clear()
        for _ in range(talks):
            self._turn(LegHungUp(self._talking.popleft()))
            self._come()

    async def lists(self, samples: int) -> tuple[BoardCost, ...]:
        """The lists shown on boards, made, written and read so many times."""
        center = self._center
        makers: dict[str, Callable[[], Sequence[object]]] = {
            "agents": lambda: center.agents(self._now),
            "queues": lambda: center.queues(self._now),
            "calls": center.calls,
        }
        reads = await measure_reads(center, tuple(makers), samples=samples)
        return tuple(
            _listed(name, make, samples, read=reads[name]) for name, make in makers.items()
        )

    async def rounds(self, talks: int) -> Figures:
        """The rounds of an event loop while so many talks end and as many callers come."""
        callers = [self._caller() for _ in range(talks)]
        return await measure_rounds(self._center, self._talking, callers, since=self._now)

    def _log_in(self, number: int) -> None:
        phone, agent = PhoneId(f"phone-{number}"), AgentId(f"{number:05}")
        profile = AgentProfile(agent=agent, name=f"Agent {number}", phone=phone, queues=QUEUES)
        for input_ in (PutAgent(profile), PhoneReachable(phone), LogIn(agent, "bench")):
            self._turn(input_)

    def _come(self) -> None:
        self._turn(self._caller())

    def _caller(self) -> CallArrived:
        self._callers += 1
        leg = LegId(f"caller-{self._callers}")
        return CallArrived(leg, UNRECORDED_NUMBER, f"+3161{self._callers:07}", "")

    def _turn(self, input_: Input) -> None:
        """One turn and, as far as a switch answers them, its commands."""
        self._take(input_)
        while self._commands:
            self._obey(self._commands.popleft())
        deadline = self._center.next_deadline()
        if deadline is not None and deadline <= self._now:
            self._turn(TimePassed())

    def _obey(self, command: Command) -> None:
        for signal in answers_to(command):
            self._take(signal)
        if isinstance(command, DialLeg):
            self._talking.append(command.leg)

    def _take(self, input_: Input) -> None:
        self._now += TICK
        started = time.thread_time_ns()
        outcome = self._center.handle(input_, self._now)
        self._collector.after_turns(1)
        self.turns.append(cpu_since(started))
        self._commands.extend(outcome.commands)


async def measure_boards(site: Site, *, agents: int, talks: int, samples: int) -> BoardCosts:
    """Lists made `samples` times, and the turns of so many talks, with that many agents."""
    collector = Collector()
    center = LargeCenter(site, agents, collector)
    with collector:
        center.fill()
        lists = await center.lists(samples)
        center.work(talks)
        rounds = await center.rounds(talks)
    return BoardCosts(agents=agents, lists=lists, turns=Figures.of(center.turns), rounds=rounds)


def _listed(
    name: str, make: Callable[[], Sequence[object]], samples: int, *, read: Figures
) -> BoardCost:
    made, written = [], []
    for _ in range(samples):
        started = time.thread_time_ns()
        views = make()
        made.append(cpu_since(started))
        started = time.thread_time_ns()
        text = msgspec.json.encode(views)
        written.append(cpu_since(started))
    return BoardCost(
        name=name,
        rows=len(views),
        made=Figures.of(made),
        written=Figures.of(written),
        read=read,
        size=len(text),
    )
