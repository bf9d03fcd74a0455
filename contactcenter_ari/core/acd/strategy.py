"""Which of several free agents gets the call: each strategy with its rule, in one table.

A rule gives a number, the smallest one is taken; a tie goes to the longest idle, then to the
smaller agent id. The number of an agent who stays READY never changes, so agents can be kept in
order (see `pool.py`).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from contactcenter_ari.core.acd.requirement import Levels
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName

Choice = tuple[float, datetime, AgentId]
"""The rule's number, since when idle, and the id; the smallest is offered first."""


class Strategy(StrEnum):
    """How one of several ready agents is selected; a tie goes to the longest idle."""

    LONGEST_IDLE = "longest_idle"
    LEAST_OCCUPIED = "least_occupied"
    MOST_SKILLED = "most_skilled"
    """The largest sum of levels in the skills the caller asks for."""
    ROUND_ROBIN = "round_robin"
    """The agent whose last offer from this queue is the longest ago."""
    FEWEST_CALLS = "fewest_calls"
    """The agent with the fewest calls of this queue since log-in; a newcomer begins at the mean.
    """
    LINEAR = "linear"
    """The first free one in `order`."""
    RING_ALL = "ring_all"
    """All free ones at once, and those who become free meanwhile, up to `ring_at_most`; the first
    to answer gets the call. A ring that nobody took is nobody's miss.
    """


class Settings(Protocol):
    """The settings of a queue that a rule may know."""

    @property
    def name(self) -> QueueName:
        """Its name."""
        ...

    @property
    def strategy(self) -> Strategy:
        """Its strategy."""
        ...

    @property
    def ready_time_only(self) -> bool:
        """Whether only the time in READY counts as idle."""
        ...

    @property
    def order(self) -> tuple[AgentId, ...]:
        """Its agents in the order given."""
        ...

    @property
    def places(self) -> Mapping[AgentId, int]:
        """The place of each agent in the order, from 0."""
        ...


Number = Callable[[Agent, Settings, Levels, datetime], float]
"""A number of an agent in a queue, for a caller who asks for those levels, at this instant."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """The rule of a strategy: `key` orders the agents; `shown` is the same as people read it.

    `chosen` says in words why an agent was chosen, `measure` what was compared, with `value` or
    `clock`, which is a value of seconds; `measure_of_zero` stands for it where 0 means something
    else. `setting` is one of the queue that means something to this strategy alone.
    """

    key: Number
    shown: Number
    chosen: str
    measure: str
    measure_of_zero: str = ""
    setting: str = ""


def choice(agent: Agent, settings: Settings, levels: Levels, now: datetime) -> Choice:
    """The place of a READY agent among those free for a queue."""
    number = RULES[settings.strategy].key(agent, settings, levels, now)
    return (number, agent.last_contact_end, agent.id)


def value(agent: Agent, settings: Settings, levels: Levels, now: datetime) -> float:
    """The value the strategy went by, as people read it."""
    return RULES[settings.strategy].shown(agent, settings, levels, now)


def _idle_since(agent: Agent, settings: Settings, _levels: Levels, now: datetime) -> float:
    if settings.ready_time_only:
        return (now - agent.ready_for(now)).timestamp()
    return agent.last_contact_end.timestamp()


def _idle_for(agent: Agent, settings: Settings, _levels: Levels, now: datetime) -> float:
    """Seconds."""
    idle = agent.ready_for(now) if settings.ready_time_only else agent.idle_for(now)
    return idle.total_seconds()


def _occupancy(agent: Agent, _settings: Settings, _levels: Levels, _now: datetime) -> float:
    return agent.occupancy.order_key()


def _share(agent: Agent, _settings: Settings, _levels: Levels, now: datetime) -> float:
    """The share of time occupied, 0 to 1."""
    return agent.share(now)


def _skill(agent: Agent, _settings: Settings, levels: Levels, _now: datetime) -> float:
    """The sum of levels."""
    return sum(agent.profile.skills.get(skill, 0) for skill, _ in levels)


def _lack_of_skill(agent: Agent, settings: Settings, levels: Levels, now: datetime) -> float:
    return -_skill(agent, settings, levels, now)


def _last_turn(agent: Agent, settings: Settings, _levels: Levels, _now: datetime) -> float:
    return agent.last_turn.get(settings.name, 0)


def _calls_taken(agent: Agent, settings: Settings, _levels: Levels, _now: datetime) -> float:
    return agent.calls_taken.get(settings.name, 0)


def _place(agent: Agent, settings: Settings, _levels: Levels, _now: datetime) -> float:
    return settings.places.get(agent.id, len(settings.order))


def _place_from_1(agent: Agent, settings: Settings, levels: Levels, now: datetime) -> float:
    return _place(agent, settings, levels, now) + 1


RULES: Mapping[Strategy, Rule] = {
    Strategy.LONGEST_IDLE: Rule(
        key=_idle_since,
        shown=_idle_for,
        chosen="idle for longest",
        measure="idle {clock}",
        setting="ready_time_only",
    ),
    Strategy.LEAST_OCCUPIED: Rule(
        key=_occupancy,
        shown=_share,
        chosen="the least occupied",
        measure="{value:.0%} occupied",
    ),
    Strategy.MOST_SKILLED: Rule(
        key=_lack_of_skill,
        shown=_skill,
        chosen="the most skilled",
        measure="levels {value:g}",
    ),
    Strategy.ROUND_ROBIN: Rule(
        key=_last_turn,
        shown=_last_turn,
        chosen="the next in turn",
        measure="last turn {value:g}",
        measure_of_zero="no turn yet",
    ),
    Strategy.FEWEST_CALLS: Rule(
        key=_calls_taken,
        shown=_calls_taken,
        chosen="who took the fewest calls",
        measure="{value:g} calls",
    ),
    Strategy.LINEAR: Rule(
        key=_place,
        shown=_place_from_1,
        chosen="the first in the given order",
        measure="place {value:g}",
        setting="order",
    ),
    Strategy.RING_ALL: Rule(
        key=_idle_since,
        shown=_idle_for,
        chosen="one of all who are rung",
        measure="idle {clock}",
        setting="ring_at_most",
    ),
}
