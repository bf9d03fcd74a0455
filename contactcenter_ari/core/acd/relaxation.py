"""The requirement of a caller at this moment: skills relaxed over the wait, and one agent
preferred.

A step that nobody who takes calls can meet is skipped, for good. The wait for one agent who takes
no calls is skipped too, even if that agent comes back.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from contactcenter_ari.core.acd.line import Waiting, WaitingLine
from contactcenter_ari.core.acd.pool import Pool, Pools
from contactcenter_ari.core.acd.requirement import (
    Levels,
    Requirement,
    levels_of,
    step_at,
    steps_left,
)
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.agents.roster import Roster
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName
from contactcenter_ari.core.vocabulary.skill import SkillStep


def skills_left(waiting: Waiting, now: datetime) -> tuple[SkillStep, ...]:
    """The requirement that is left when the wait of a caller goes on in another place."""
    return steps_left(waiting.skills, waiting.step, now - waiting.joined_at)


def unservable(
    left: Sequence[tuple[AgentId, Pool]], lines: Mapping[QueueName, WaitingLine]
) -> list[Waiting]:
    """The callers whose requirement nobody can meet any more, now that some agents have left their
    pools: levels of which nobody there takes calls, or one agent who takes none.
    """
    for_levels = [
        waiting
        for _, pool in left
        if not pool.taking_calls
        for waiting in lines[pool.settings.name].asking_for(Requirement(pool.levels, relaxes=True))
    ]
    for_agents = [
        waiting
        for agent, pool in left
        for waiting in lines[pool.settings.name].asking_for_agent(agent)
    ]
    return for_levels + for_agents


class Relaxation:
    """Reads the requirements of callers against the agents there; the pools must be up to date."""

    def __init__(self, roster: Roster, pools: Pools) -> None:
        self._roster = roster
        self._pools = pools

    def __repr__(self) -> str:
        return f"<Relaxation of {self._roster!r}>"

    def requirement(self, waiting: Waiting, turn: Turn) -> Requirement:
        """The requirement now; the caller is looked at again when it changes with time."""
        preferred = self._preferred(waiting, turn.now)
        if preferred is not None and waiting.prefer_until is not None:
            turn.clockwork.wake(Wake.REQUIREMENT, waiting.interaction, waiting.prefer_until)
            return Requirement((), preferred.id)
        waiting.prefer_until = None
        waiting.step = self._step(waiting, turn.now)
        levels = _levels(waiting, waiting.step)
        relaxes = waiting.step + 1 < len(waiting.skills)
        if relaxes:
            due = waiting.joined_at + waiting.skills[waiting.step + 1].after
            turn.clockwork.wake(Wake.REQUIREMENT, waiting.interaction, due)
        return Requirement(levels, relaxes=relaxes)

    def is_met(self, waiting: Waiting, now: datetime) -> bool:
        """Whether somebody is free for a caller who is about to join."""
        preferred = self._preferred(waiting, now)
        if preferred is not None and preferred.is_free:
            return True
        levels = _levels(waiting, self._step(waiting, now))
        return bool(self._pools.pool(waiting.queue, levels, now).free)

    def _preferred(self, waiting: Waiting, now: datetime) -> Agent | None:
        """The one agent who is waited for, as long as that makes sense."""
        until = waiting.prefer_until
        if waiting.prefer is None or until is None or now >= until:
            return None
        agent = self._roster.find(waiting.prefer)
        if agent is None or not agent.takes_calls or waiting.queue not in agent.lines:
            return None
        return agent

    def _step(self, waiting: Waiting, now: datetime) -> int:
        """The number of the step that counts; skills are looked at once nobody is preferred."""
        step = max(waiting.step, step_at(waiting.skills, now - waiting.joined_at))
        while step + 1 < len(waiting.skills):
            if self._pools.pool(waiting.queue, _levels(waiting, step), now).taking_calls:
                break
            step += 1
        return step


def _levels(waiting: Waiting, step: int) -> Levels:
    return levels_of(waiting.skills[step].skills) if waiting.skills else ()
