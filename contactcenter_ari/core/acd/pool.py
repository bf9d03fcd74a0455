"""Pools: the agents who are good enough for one queue and one set of levels.

Each pool knows how many of them take calls, and keeps the free ones in the order in which its
queue's strategy takes them. An agent moves in a pool only when something about the agent changes,
so a choice costs O(log n) in the agents.
"""

from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from sortedcontainers import SortedKeyList

from contactcenter_ari.core.acd.requirement import Levels, meets
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.acd.strategy import Choice, choice
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.agents.roster import Roster
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName
from contactcenter_ari.core.vocabulary.request import AgentProfile


class Candidate(NamedTuple):
    """A free agent and their rank in a pool."""

    choice: Choice
    agent: Agent


class Pool:
    """Agents of one queue who have the levels and take calls."""

    def __init__(self, settings: QueueSettings, levels: Levels) -> None:
        self.settings = settings
        self.levels = levels
        self.taking_calls = 0
        self.free: SortedKeyList[Candidate, Choice] = SortedKeyList(key=_choice)

    def __repr__(self) -> str:
        return f"<Pool {self.settings.name}: {len(self.free)} of {self.taking_calls} free>"

    def first(self, most: int, skipped: Mapping[AgentId, datetime], now: datetime) -> list[Agent]:
        """Free agents in the order they are taken, without those who are skipped until later."""
        free = (c.agent for c in self.free if not now < skipped.get(c.agent.id, now))
        return list(islice(free, most))


class Membership(NamedTuple):
    """An agent who takes calls, in one of their pools; a candidate if free."""

    pool: Pool
    candidate: Candidate | None


class Member(NamedTuple):
    """An agent who takes calls, as entered in their pools; `edition` is of the settings."""

    profile: AgentProfile
    lines: tuple[QueueName, ...]
    edition: int
    memberships: list[Membership]


class Pools:
    """All pools; brought up to date by `refresh`."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._pools: dict[QueueName, dict[Levels, Pool]] = {}
        self._members: dict[AgentId, Member] = {}
        self._edition = 0

    def __repr__(self) -> str:
        return f"<Pools of {len(self._pools)} queues>"

    def configure(self, settings: QueueSettings) -> None:
        """Empty the pools of a queue, which is to be ordered again; its agents come back with
        the next `refresh`, if they are marked as changed.
        """
        self._edition += 1
        known: dict[Levels, Pool] = self._pools.setdefault(settings.name, {})
        for levels in list(known) or [()]:
            known[levels] = Pool(settings, levels)

    def pool(self, queue: QueueName, levels: Levels, now: datetime) -> Pool:
        """The pool of those levels; the first time somebody asks for them it is filled."""
        known = self._pools[queue]
        if levels not in known:
            known[levels] = pool = Pool(known[()].settings, levels)
            for agent in self._roster:
                member = self._members.get(agent.id)
                if queue in agent.lines and member is not None:
                    self._join(agent, pool, member, now)
        return known[levels]

    def free(self, queue: QueueName) -> int:
        """How many agents could take a call of the queue."""
        return len(self._pools[queue][()].free)

    def refresh(self, now: datetime) -> tuple[list[Agent], list[tuple[AgentId, Pool]]]:
        """Follow what changed about agents: gives them, and who has left which pool, also to
        come back at once.
        """
        changed = self._roster.take_changed()
        left: list[tuple[AgentId, Pool]] = []
        for agent in changed:
            present = self._roster.find(agent.id)  # another one, if removed and put again
            if present is None or not self._move(present, now):
                left += [(agent.id, pool) for pool in self._take_out(agent.id)]
                if present is not None:
                    self._put_in(present, now)
        return changed, left

    def _move(self, agent: Agent, now: datetime) -> bool:
        """Come and go as a candidate in the same pools as before; whether that is all."""
        member = self._members.get(agent.id)
        if (
            member is None
            or not agent.takes_calls
            or member.profile is not agent.profile
            or member.lines is not agent.lines
            or member.edition != self._edition
        ):
            return False
        for number, (pool, candidate) in enumerate(member.memberships):
            if candidate is not None:
                pool.free.remove(candidate)
            member.memberships[number] = Membership(pool, self._candidate(agent, pool, now))
        return True

    def _take_out(self, agent: AgentId) -> list[Pool]:
        member = self._members.pop(agent, None)
        if member is None:
            return []
        for pool, candidate in member.memberships:
            pool.taking_calls -= 1
            if candidate is not None:
                pool.free.remove(candidate)
        return [membership.pool for membership in member.memberships]

    def _put_in(self, agent: Agent, now: datetime) -> None:
        if not agent.takes_calls:
            return
        member = self._members[agent.id] = Member(agent.profile, agent.lines, self._edition, [])
        for queue in agent.lines:
            for pool in self._pools.get(queue, {}).values():
                self._join(agent, pool, member, now)

    def _join(self, agent: Agent, pool: Pool, member: Member, now: datetime) -> None:
        if meets(agent.profile.skills, pool.levels):
            pool.taking_calls += 1
            member.memberships.append(Membership(pool, self._candidate(agent, pool, now)))

    @staticmethod
    def _candidate(agent: Agent, pool: Pool, now: datetime) -> Candidate | None:
        if not agent.is_free:
            return None
        candidate = Candidate(choice(agent, pool.settings, pool.levels, now), agent)
        pool.free.add(candidate)
        return candidate


def _choice(candidate: Candidate) -> Choice:
    return candidate.choice
