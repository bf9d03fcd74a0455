"""Days of one queue, simulated: what callers are told of their wait, and how long it was.

A day starts with nobody in line and nothing known. A caller who waits is told an estimate
5 to 10 seconds after joining; told is only what could be known then, and what `Queue()` would
have said at the same moment. Who gives up after that leaves a shadow in line: it takes no
agent and is ahead of nobody, and when an agent is free and no living caller is before it,
that is the instant the caller would have been answered. It is exact: in a line without
priorities nobody's wait depends on who stands behind.
"""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import takewhile
from math import pi, sin
from random import Random

from contactcenter_ari.bench.app_queue import HoldTime
from contactcenter_ari.core.acd.estimate import Estimate, estimate_wait
from contactcenter_ari.core.acd.queue_statistics import QueueStatistics
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName
from contactcenter_ari.simulation.agenda import Agenda
from contactcenter_ari.simulation.arrivals import varying
from contactcenter_ari.simulation.people import exponential

OPENING = datetime(2026, 3, 10, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
TOLD_AFTER = (5.0, 10.0)
"""Seconds after joining at which a caller is told, drawn evenly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Queues over a day, one unless `parts` says what part of the calls each gets; all agents
    serve all of them in one order. `load` is in agents' time, 1 is all of it; it swings by `swing`
    up and down every two hours. Talks and patience are exponential. `away` agents are gone in the
    hours of `away_in` (0 is the first) with nobody knowing. `most_short` is the share of callers
    who may be told too little, if a target is set.
    """

    name: str
    agents: int
    load: float
    swing: float = 0.0
    talk: timedelta = timedelta(seconds=150)
    wrap_up: timedelta = timedelta(seconds=30)
    patience: timedelta
    parts: tuple[float, ...] = (1.0,)
    away: int = 0
    away_in: Sequence[int] = ()
    lasting: timedelta = 10 * HOUR
    most_short: float | None = None

    @property
    def handle_time(self) -> timedelta:
        """Talk and wrap-up on average."""
        return self.talk + self.wrap_up

    @property
    def queues(self) -> tuple[QueueName, ...]:
        """Their names."""
        return tuple(QueueName(f"queue-{number}") for number in range(len(self.parts)))

    def calls_per_hour(self, now: datetime) -> float:
        """How many call at an instant."""
        wave = sin(2 * pi * ((now - OPENING) / (2 * HOUR)))
        return self._per_hour(self.load + self.swing * wave)

    @property
    def peak(self) -> float:
        """The most calls per hour there are."""
        return self._per_hour(self.load + self.swing)

    def _per_hour(self, load: float) -> float:
        return load * self.agents * (HOUR / self.handle_time)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """The estimates told to one caller, and how long the wait then was. `informed` is the estimate
    of one who knows the true handle time, patience and staff.
    """

    ours: Estimate
    app_queue: timedelta
    informed: Estimate
    waited: timedelta


@dataclass(slots=True, eq=False)
class _Caller:
    queue: QueueName
    joined_at: datetime
    expected: Estimate | None = None
    waits: bool = True
    told_at: datetime | None = None
    told: tuple[Estimate, timedelta, Estimate] | None = None


class Day:
    """One day of a scenario."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario = scenario
        self.tellings: list[Telling] = []
        self._random = Random(seed)  # noqa: S311 - a simulation must be repeatable
        self._agenda = Agenda(OPENING)
        self._statistics = QueueStatistics()
        self._hold_times = {queue: HoldTime() for queue in scenario.queues}
        self._line: deque[_Caller] = deque()
        self._free = deque(AgentId(str(number)) for number in range(scenario.agents))
        self._away = 0
        for agent in self._free:
            self._statistics.staffed(agent, scenario.queues, available=True)

    def __repr__(self) -> str:
        return f"<Day of {self.scenario.name}: {len(self.tellings)} told>"

    def run(self) -> list[Telling]:
        """Let all call, and wait until the last is served."""
        scenario, end = self.scenario, OPENING + self.scenario.lasting
        arrivals = varying(
            self._random,
            per_hour=scenario.calls_per_hour,
            peak=scenario.peak,
            since=OPENING,
            until=end,
        )
        for at in arrivals:
            self._agenda.at(at, self._call)
        for hour in scenario.away_in:
            self._agenda.at(OPENING + hour * HOUR, partial(self._go_away, scenario.away))
            self._agenda.at(OPENING + (hour + 1) * HOUR, partial(self._go_away, 0))
        while self._agenda.next_at() is not None:
            self._agenda.run_next()
        return self.tellings

    def _call(self) -> None:
        (queue,) = self._random.choices(self.scenario.queues, self.scenario.parts)
        now = self._agenda.now
        caller = _Caller(queue, now)
        ahead, elsewhere = self._places(caller)
        caller.expected = self._statistics.expected(
            queue, ahead=ahead, elsewhere=elsewhere, now=now
        )
        self._line.append(caller)
        self._statistics.joined(queue, now)
        self._distribute()
        if caller.waits:
            patience = exponential(self._random, self.scenario.patience)
            self._agenda.after(patience, partial(self._give_up, caller))
            delay = timedelta(seconds=self._random.uniform(*TOLD_AFTER))
            self._agenda.after(delay, partial(self._tell, caller))

    def _tell(self, caller: _Caller) -> None:
        ours = self._estimate(caller) if caller.waits else None
        if ours is not None:
            now = self._agenda.now
            hold_time = self._hold_times[caller.queue]
            informed = estimate_wait(
                ahead=sum(1 for _ in self._ahead(caller)),
                servers=self.scenario.agents - self._away,
                handle_time=self.scenario.handle_time,
                hazard=1 / self.scenario.patience.total_seconds(),
            )
            caller.told_at = now
            caller.told = (ours, hold_time.remaining(caller.joined_at, now), informed)

    def _estimate(self, caller: _Caller) -> Estimate | None:
        now, (ahead, elsewhere) = self._agenda.now, self._places(caller)
        head = next((c for c in self._ahead(caller) if c.queue == caller.queue), caller)
        return self._statistics.estimate(
            caller.queue,
            ahead=ahead,
            elsewhere=elsewhere,
            waited=now - caller.joined_at,
            head_waited=now - head.joined_at,
            head_expected=head.expected,
            now=now,
        )

    def _places(self, caller: _Caller) -> tuple[int, Counter[QueueName]]:
        """How many are ahead, in the same queue and in the others."""
        elsewhere = Counter(other.queue for other in self._ahead(caller))
        return elsewhere.pop(caller.queue, 0), elsewhere

    def _ahead(self, caller: _Caller) -> Iterator[_Caller]:
        """Those who came before and still wait, the first of them first."""
        return (c for c in takewhile(lambda c: c is not caller, self._line) if c.waits)

    def _give_up(self, caller: _Caller) -> None:
        if caller.waits:
            caller.waits = False
            self._statistics.left(caller.queue, self._agenda.now, gave_up=True)
            self._hold_times[caller.queue].call_over()
            if caller.told is None:
                self._line.remove(caller)

    def _distribute(self) -> None:
        while self._line and len(self._free) > self._away:
            caller = self._line.popleft()
            self._note(caller)
            if caller.waits:
                self._connect(caller, self._free.popleft())

    def _note(self, caller: _Caller) -> None:
        if caller.told is not None and caller.told_at is not None:
            ours, app_queue, informed = caller.told
            waited = self._agenda.now - caller.told_at
            self.tellings.append(
                Telling(ours=ours, app_queue=app_queue, informed=informed, waited=waited)
            )

    def _connect(self, caller: _Caller, agent: AgentId) -> None:
        now = self._agenda.now
        caller.waits = False
        self._statistics.left(caller.queue, now, gave_up=False)
        hold_time = self._hold_times[caller.queue]
        hold_time.answered(caller.joined_at, now)
        talk = exponential(self._random, self.scenario.talk)
        self._agenda.after(talk, hold_time.call_over)
        handled = talk + self.scenario.wrap_up
        self._agenda.after(handled, partial(self._handled, caller.queue, agent, handled))

    def _handled(self, queue: QueueName, agent: AgentId, duration: timedelta) -> None:
        self._statistics.handled(queue, agent, duration, self._agenda.now)
        self._free.append(agent)
        self._distribute()

    def _go_away(self, agents: int) -> None:
        self._away = agents
        self._distribute()
