"""One stay in one line, and whom it may be given to: the rules told once more, from events.

Nothing of the core's own rules is used here, or a fault in them would not be seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from contactcenter_ari.core.vocabulary.event import InteractionQueued
from contactcenter_ari.core.vocabulary.ids import AgentId, OfferId, QueueName
from contactcenter_ari.core.vocabulary.skill import Skills, SkillStep
from contactcenter_ari.simulation.agent_account import AgentAccount

Rank = tuple[int, datetime, int]
"""Priority class, since when the caller counts as waiting, order of arrival."""
Agents = Mapping[AgentId, AgentAccount]


class Requirement(NamedTuple):
    """The requirement of a caller: one agent, or any agent with these levels."""

    levels: Skills
    agent: AgentId | None = None

    def fits(self, agent: AgentAccount) -> bool:
        """Whether the agent is asked for."""
        if self.agent is not None:
            return agent.agent == self.agent
        return agent.has(self.levels)


@dataclass(slots=True)
class Stay:
    """One position in one line. `asked` is the requirement after the last turn, as far as the
    center was woken: in an instant at which it changes either may count. After an offer it is
    `unoffered_since` the end of that. For one who `rings_on` since other rules were in force, more
    phones may ring beside the `offers`.
    """

    queue: QueueName
    joined_at: datetime
    arrival: int
    priority: int
    head_start: timedelta
    ranked_since: datetime
    skills: tuple[SkillStep, ...] = ()
    prefer: AgentId | None = None
    prefer_until: datetime | None = None
    step: int = 0
    unoffered_since: datetime | None = None
    asked: Requirement = field(default_factory=lambda: Requirement({}))
    offers: dict[OfferId, AgentId] = field(default_factory=dict)
    skipped: dict[AgentId, datetime] = field(default_factory=dict)
    rings_on: bool = False

    @classmethod
    def begun(cls, event: InteractionQueued, arrival: int, agents: Agents) -> "Stay":
        """A stay as the event describes it."""
        stay = cls(
            queue=event.queue,
            joined_at=event.at,
            arrival=arrival,
            priority=event.priority,
            head_start=event.head_start,
            ranked_since=event.ranked_since,
            skills=event.skills,
            prefer=event.prefer or None,
            prefer_until=event.prefer_until,
        )
        stay.follow(agents, event.at)
        return stay

    @property
    def rank(self) -> Rank:
        """The smaller is served first, over all lines."""
        return (self.priority, self.ranked_since - self.head_start, self.arrival)

    def skips(self, agent: AgentId, now: datetime) -> bool:
        """Whether the agent let this caller pass a short while ago."""
        return agent in self.skipped and now < self.skipped[agent]

    def miss(self, agent: AgentId, until: datetime) -> None:
        """The agent let this caller pass; one who was preferred is not waited for any more."""
        self.skipped[agent] = until
        if agent == self.prefer:
            self.prefer = None

    def follow(self, agents: Agents, known_at: datetime) -> None:
        """Note what is asked for from now on; what was given up is not asked for again."""
        if not self._waits_for_one(agents, known_at):
            self.prefer = None
            self.step = self._step(agents, known_at)
        self.asked = self.asks(agents, known_at)

    def asks(self, agents: Agents, now: datetime) -> Requirement:
        """The requirement at this instant."""
        if self._waits_for_one(agents, now):
            return Requirement({}, self.prefer)
        return Requirement(self.skills[self._step(agents, now)].skills if self.skills else {})

    def must_go_to(
        self, agent: AgentAccount, requirement: Requirement, known_at: datetime
    ) -> bool:
        """Whether the agent, if free, has to get this caller; `requirement` is that of now. The
        center was woken for all that was due by `known_at`.
        """
        return (
            self.is_open_to(agent, known_at) and self.asked.fits(agent) and requirement.fits(agent)
        )

    def may_go_to(self, agent: AgentAccount, requirement: Requirement, now: datetime) -> bool:
        """Whether the agent may get this caller."""
        return self.is_open_to(agent, now) and (self.asked.fits(agent) or requirement.fits(agent))

    def is_open_to(self, agent: AgentAccount, now: datetime) -> bool:
        """Whether the agent serves the queue and is not skipped."""
        return agent.serves(self.queue) and not self.skips(agent.agent, now)

    def _waits_for_one(self, agents: Agents, now: datetime) -> bool:
        if self.prefer is None or self.prefer_until is None or now >= self.prefer_until:
            return False
        agent = agents.get(self.prefer)
        return agent is not None and agent.takes_calls and agent.serves(self.queue)

    def _step(self, agents: Agents, now: datetime) -> int:
        """The number of the step that counts: time relaxes it, and so does an empty room."""
        waited = now - self.joined_at
        step = self.step
        last = len(self.skills) - 1
        while step < last and (
            self.skills[step + 1].after <= waited or self._is_deserted(step, agents)
        ):
            step += 1
        return step

    def _is_deserted(self, step: int, agents: Agents) -> bool:
        levels = self.skills[step].skills
        return not any(
            agent.takes_calls and agent.serves(self.queue) and agent.has(levels)
            for agent in agents.values()
        )
