"""A waiting line: callers of one queue in the order they will be served.

The order is priority class first, then who has waited longest with the head start counted
as time waited; among equals who came first. Waiting ages everybody alike, so the order
never changes by itself. Every question costs O(log n) in the callers who wait.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sortedcontainers import SortedKeyList

from contactcenter_ari.core.acd.estimate import Estimate
from contactcenter_ari.core.acd.requirement import ANYBODY, Requirement, meets
from contactcenter_ari.core.interactions.interaction import Interaction
from contactcenter_ari.core.vocabulary.event import QueueExit
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    CallbackId,
    InteractionId,
    LegId,
    OfferId,
    QueueName,
)
from contactcenter_ari.core.vocabulary.skill import SkillStep

Rank = tuple[int, datetime, int]
"""Priority class, since when the caller counts as waiting, and the order of arrival."""
STEADY_AFTER = timedelta(hours=1)
"""After so long without anybody overtaking a line is taken to keep its order."""


class Waiting:
    """One stay in one queue, or the place kept for a `callback`, which has no leg.

    `ranked_since` is when the wait began as far as the order goes, `joined_at` as far as
    reports go. `skills` are asked for step by step, `step` is the present one. `prefer` is the
    agent waited for alone until `prefer_until`. `skipped` are agents who let this caller's offer
    pass, each with the instant until when. `expected` is the wait that was estimated as the
    place was taken, at `expected_at`. `over` is why the stay ends once no phone rings.
    `unoffered` and `seeks` are kept by the line: no phone rings for the caller, and one more may
    ring, with `ring_all` beside others. One that takes over a place `kept` in the line until now
    overtakes nobody. `prepared` is an interaction that begins when a phone rings for it. The
    place of a customer who is on the phone is `blocked`: it counts in positions, and is neither
    offered nor next.
    """

    def __init__(
        self,
        *,
        interaction: InteractionId,
        queue: QueueName,
        leg: LegId,
        caller_number: str,
        caller_name: str,
        joined_at: datetime,
        priority: int,
        head_start: timedelta,
        arrival: int,
        ranked_since: datetime | None = None,
        skills: tuple[SkillStep, ...] = (),
        prefer: AgentId | None = None,
        prefer_until: datetime | None = None,
        callback: CallbackId | None = None,
        prepared: Interaction | None = None,
    ) -> None:
        self.interaction = interaction
        self.queue = queue
        self.leg = leg
        self.caller_number = caller_number
        self.caller_name = caller_name
        self.joined_at = joined_at
        self.ranked_since = ranked_since or joined_at
        self.arrival = arrival
        self.rerank(priority, head_start)
        self.skills = skills
        self.step = 0
        self.prefer = prefer
        self.prefer_until = prefer_until
        self.callback = callback
        self.prepared = prepared
        self.kept = False
        self.offerable = True
        self.blocked = False
        self.unoffered = False
        self.seeks = False
        self.requirement: Requirement = ANYBODY
        self.position_at_entry = 0
        self.offers: dict[OfferId, None] = {}
        self.skipped: dict[AgentId, datetime] = {}
        self.over: QueueExit | None = None
        self.expected: Estimate | None = None
        self.expected_at = joined_at

    def __repr__(self) -> str:
        return f"<Waiting {self.interaction} in {self.queue} since {self.joined_at:%H:%M:%S}>"

    def rerank(self, priority: int, head_start: timedelta) -> None:
        """Take another place among all callers of the center; to be called out of line."""
        self.priority = priority
        self.head_start = head_start
        self.rank: Rank = (priority, self.ranked_since - head_start, self.arrival)

    @property
    def is_open(self) -> bool:
        """Whether the caller may be offered, also to one agent more."""
        return self.seeks and self.offerable

    def skips(self, agent: AgentId, now: datetime) -> bool:
        """Whether the agent let this caller pass a short while ago."""
        until = self.skipped.get(agent)
        return until is not None and now < until


Line = SortedKeyList[Waiting, Rank]


class WaitingLine:
    """The callers of one queue, first to be served first.

    Callers who may be offered are also `open`, in sub-lines by their requirements.
    """

    def __init__(self, queue: QueueName) -> None:
        self.queue = queue
        self._line: Line = SortedKeyList(key=_rank)
        self._unoffered: Line = SortedKeyList(key=_rank)
        self._held: dict[Requirement, Line] = {}
        self._open: dict[AgentId, dict[Requirement, Line]] = {}
        self._overtaken_at: datetime | None = None

    def __repr__(self) -> str:
        return f"<WaitingLine {self.queue}: {len(self._line)} waiting>"

    def __len__(self) -> int:
        """How many wait."""
        return len(self._line)

    def __iter__(self) -> Iterator[Waiting]:
        """Callers in the order they will be served."""
        return iter(self._line)

    @property
    def head(self) -> Waiting | None:
        """The first caller in line, offered or not."""
        return self._line[0] if self._line else None

    @property
    def next_unoffered(self) -> Waiting | None:
        """The first caller in line for whom no phone rings."""
        return self._unoffered[0] if self._unoffered else None

    @property
    def first_held(self) -> list[Waiting]:
        """The first caller of each requirement among those who may not be offered to agents."""
        return [line[0] for line in self._held.values()]

    def is_steady(self, now: datetime) -> bool:
        """Whether positions may be told: nobody has overtaken others lately."""
        return self._overtaken_at is None or now - self._overtaken_at > STEADY_AFTER

    def join(self, waiting: Waiting, now: datetime) -> int:
        """Take a place; gives the position, 1 for the head of the line."""
        self._line.add(waiting)
        position = self.position(waiting)
        if position < len(self._line) and not waiting.kept:
            self._overtaken_at = now
        return position

    def rerank(
        self,
        waiting: Waiting,
        priority: int,
        head_start: timedelta,
        now: datetime,
        *,
        arrival: int | None = None,
    ) -> None:
        """Take another place, and be open no more. Who falls behind is overtaken by others."""
        position = self.leave(waiting)
        waiting.arrival = waiting.arrival if arrival is None else arrival
        waiting.rerank(priority, head_start)
        self._line.add(waiting)
        if self.position(waiting) != position:
            self._overtaken_at = now

    def leave(self, waiting: Waiting) -> int:
        """Give up the place; gives the position it was."""
        position = self.position(waiting)
        self.close(waiting)
        del self._line[position - 1]
        return position

    def __contains__(self, waiting: Waiting) -> bool:
        """Whether that stay has a place here."""
        return waiting in self._line

    def expel(self, waiting: Waiting) -> None:
        """Strike out a stay that was left half entered or half ended, wherever it stands."""
        waiting.unoffered = waiting.seeks = False
        _strike(waiting, self._line)
        _strike(waiting, self._unoffered)
        for lines in (self._held, *self._open.values()):
            for requirement, line in list(lines.items()):
                _strike(waiting, line)
                if not line:
                    del lines[requirement]
        self._open = {agent: lines for agent, lines in self._open.items() if lines}

    def position(self, waiting: Waiting) -> int:
        """1 for the head of the line."""
        return self._line.bisect_key_left(waiting.rank) + 1

    def ahead_of(self, waiting: Waiting) -> int:
        """The number of callers ahead for whom no phone rings yet."""
        return self._unoffered.bisect_key_left(waiting.rank)

    def open(self, waiting: Waiting) -> None:
        """The caller may be offered to any agent who meets the requirement, while
        phones may ring.
        """
        waiting.seeks = True
        if not waiting.offers:
            waiting.unoffered = True
            self._unoffered.add(waiting)
        self._sub_lines(waiting).setdefault(waiting.requirement, SortedKeyList(key=_rank)).add(
            waiting
        )

    def close(self, waiting: Waiting) -> None:
        """No more offers to this caller for now; one who is not open is fine."""
        if not waiting.seeks:
            return
        waiting.seeks = False
        if waiting.unoffered:
            waiting.unoffered = False
            self._unoffered.remove(waiting)
        lines, requirement = self._sub_lines(waiting), waiting.requirement
        lines[requirement].remove(waiting)
        if not lines[requirement]:
            del lines[requirement]
        if not self._open.get(requirement.agent, True):
            del self._open[requirement.agent]

    def first_for(
        self, agent: AgentId, skills: Mapping[str, int], now: datetime
    ) -> Waiting | None:
        """The first open caller whom this agent may be offered."""
        firsts = [
            first
            for wanted in (ANYBODY.agent, agent)
            for requirement, line in self._open.get(wanted, {}).items()
            if meets(skills, requirement.levels)
            for first in [next((w for w in line if not w.skips(agent, now)), None)]
            if first is not None
        ]
        return min(firsts, key=_rank, default=None)

    def asking_for(self, requirement: Requirement) -> list[Waiting]:
        """The open callers of one sub-line."""
        return list(self._open.get(requirement.agent, {}).get(requirement, ()))

    def asking_for_agent(self, agent: AgentId) -> list[Waiting]:
        """The open callers who wait for this agent alone."""
        return [waiting for line in self._open.get(agent, {}).values() for waiting in line]

    def _sub_lines(self, waiting: Waiting) -> dict[Requirement, Line]:
        if not waiting.offerable:
            return self._held
        return self._open.setdefault(waiting.requirement.agent, {})


def _strike(waiting: Waiting, line: Line) -> None:
    kept = [other for other in line if other is not waiting]
    if len(kept) < len(line):
        line.clear()
        line.update(kept)


def _rank(waiting: Waiting) -> Rank:
    return waiting.rank
