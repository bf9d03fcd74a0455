"""Which of several free agents gets the call: strategies as pure functions.

A tie goes to the longest idle, then to the smaller agent id.
"""

from collections.abc import Sequence
from datetime import datetime

from contactcenter_ari.core.acd.settings import QueueSettings, Strategy
from contactcenter_ari.core.agents.agent import Agent


def select(free: Sequence[Agent], settings: QueueSettings, now: datetime) -> Agent:
    """The agent to offer to; `free` must not be empty."""
    match settings.strategy:
        case Strategy.LONGEST_IDLE:
            return longest_idle(free, now, ready_time_only=settings.ready_time_only)
        case Strategy.LEAST_OCCUPIED:
            return least_occupied(free, now)
        case _:
            raise AssertionError(settings.strategy)


def longest_idle(free: Sequence[Agent], now: datetime, *, ready_time_only: bool) -> Agent:
    """The agent whose last contact ended the longest ago; with `ready_time_only` the one who
    has been READY the longest since then, so that a break earns nothing.
    """
    if ready_time_only:
        return min(free, key=lambda a: (-a.ready_for(now), -a.idle_for(now), a.id))
    return min(free, key=lambda a: (-a.idle_for(now), a.id))


def least_occupied(free: Sequence[Agent], now: datetime) -> Agent:
    """The agent who has been busy for the smallest share of the recent time."""
    return min(free, key=lambda a: (a.occupancy.order_key(), -a.idle_for(now), a.id))
