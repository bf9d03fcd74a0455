"""Which of several free agents gets the call: each strategy as a pure function.

A strategy gives a number, the smallest one is taken; a tie goes to the longest idle, then to
the smaller agent id. The number of an agent who stays READY never changes, so agents can be
kept in order (see `pool.py`).
"""

from datetime import datetime
from typing import assert_never

from contactcenter_ari.core.acd.requirement import Levels
from contactcenter_ari.core.acd.settings import QueueSettings, Strategy
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.vocabulary.ids import AgentId

Choice = tuple[float, datetime, AgentId]
"""The strategy's number, since when idle, and the id; the smallest is offered first."""


def choice(agent: Agent, settings: QueueSettings, levels: Levels, now: datetime) -> Choice:
    """The place of a READY agent among those free for a queue."""
    return (_number(agent, settings, levels, now), agent.last_contact_end, agent.id)


def value(agent: Agent, settings: QueueSettings, levels: Levels, now: datetime) -> float:
    """The value the strategy went by, as people read it: seconds idle or ready, share occupied,
    sum of levels, number of the last turn, calls taken, or position in the order from 1.
    """
    match settings.strategy:
        case Strategy.LONGEST_IDLE | Strategy.RING_ALL if settings.ready_time_only:
            return agent.ready_for(now).total_seconds()
        case Strategy.LONGEST_IDLE | Strategy.RING_ALL:
            return agent.idle_for(now).total_seconds()
        case Strategy.LEAST_OCCUPIED:
            return agent.share(now)
        case Strategy.MOST_SKILLED:
            return -_number(agent, settings, levels, now)
        case Strategy.LINEAR:
            return _number(agent, settings, levels, now) + 1
        case Strategy.ROUND_ROBIN | Strategy.FEWEST_CALLS:
            return _number(agent, settings, levels, now)
        case _ as never:
            assert_never(never)


def _number(agent: Agent, settings: QueueSettings, levels: Levels, now: datetime) -> float:
    match settings.strategy:
        case Strategy.LONGEST_IDLE | Strategy.RING_ALL if settings.ready_time_only:
            return (now - agent.ready_for(now)).timestamp()
        case Strategy.LONGEST_IDLE | Strategy.RING_ALL:
            return agent.last_contact_end.timestamp()
        case Strategy.LEAST_OCCUPIED:
            return agent.occupancy.order_key()
        case Strategy.MOST_SKILLED:
            return -sum(agent.profile.skills.get(skill, 0) for skill, _ in levels)
        case Strategy.ROUND_ROBIN:
            return agent.last_turn.get(settings.name, 0)
        case Strategy.FEWEST_CALLS:
            return agent.calls_taken.get(settings.name, 0)
        case Strategy.LINEAR:
            return settings.places.get(agent.id, len(settings.order))
        case _ as never:
            assert_never(never)
