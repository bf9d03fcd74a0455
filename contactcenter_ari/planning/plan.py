"""How a scenario is cut into parts that are simulated apart, on all processors.

Parts share nothing and have dice of their own, so the outcome does not depend on how many are
run at once. Each part of a steady scenario begins empty, so what happens before it has settled
is thrown away. Confidence comes from the spread of batches: days, or equal stretches.
"""

from dataclasses import dataclass
from datetime import timedelta
from math import sqrt

from contactcenter_ari.planning.scenario import HALF_HOUR, Callers, Scenario

BATCHES = 20
FEWEST_BATCHES = 5
SETTLED = 5
"""After so many relaxation times next to nothing is left of an empty beginning."""
APART = 2
"""Batches this many relaxation times long hardly depend on each other."""
THROWN_AWAY = 0.1
"""The most of the simulated time that may be spent on settling, if there is a choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`parts` of `stretches` each, one after the other; `per_batch` stretches are a batch."""

    parts: int
    warm_up: timedelta
    stretch: timedelta
    stretches: int
    per_batch: int
    is_short: bool = False
    """Whether batches are so short that the spread between them tells too little."""
    grows: bool = False
    """Whether a line grows for as long as it lasts, so that there is nothing to settle to."""

    @property
    def batches(self) -> int:
        """How many batches there are in all."""
        return self.parts * self.stretches // self.per_batch

    @property
    def part(self) -> timedelta:
        """The measured time of one part."""
        return self.stretch * self.stretches

    @property
    def share_measured(self) -> float:
        """How much of the simulated time counts (0-1)."""
        return self.part / (self.part + self.warm_up)


def plan_of(scenario: Scenario) -> Plan:
    """Days as they come; a steady scenario in as many parts as settle cheaply."""
    if scenario.days is not None:
        return Plan(
            parts=scenario.days,
            warm_up=timedelta(),
            stretch=HALF_HOUR,
            stretches=scenario.intervals,
            per_batch=scenario.intervals,
        )
    relaxation = relaxation_time(scenario)
    if relaxation >= scenario.length and is_overloaded(scenario):
        stretch = scenario.length / FEWEST_BATCHES
        return Plan(
            parts=1,
            warm_up=timedelta(),
            stretch=stretch,
            stretches=FEWEST_BATCHES,
            per_batch=1,
            grows=True,
        )
    most = int(scenario.length / (APART * relaxation))
    batches = max(FEWEST_BATCHES, min(BATCHES, most))
    warm_up = min(SETTLED * relaxation, scenario.length)
    per_part = -(-batches // max(1, int(scenario.length * THROWN_AWAY / warm_up)))
    parts = -(-batches // per_part)
    return Plan(
        parts=parts,
        warm_up=warm_up,
        stretch=scenario.length / (parts * per_part),
        stretches=per_part,
        per_batch=1,
        is_short=most < FEWEST_BATCHES,
    )


def is_overloaded(scenario: Scenario) -> bool:
    """Whether there is more work than agents, in all or for a queue."""
    return any(load >= agents for load, agents in _loads(scenario))


def relaxation_time(scenario: Scenario) -> timedelta:
    """About how long the slowest queue remembers how many waited; at most the whole length."""
    handle = max(scenario.handle_time(callers) for callers in scenario.callers)
    leaving = handle + max(_longest_wait(scenario, callers) for callers in scenario.callers)
    slowest = max(_relaxation(load, agents, handle, leaving) for load, agents in _loads(scenario))
    return min(slowest, scenario.length)


def _loads(scenario: Scenario) -> list[tuple[float, int]]:
    """Erlangs and agents, of the whole and of each queue that is called."""
    loads = [(scenario.load(0, queue), scenario.agents(0, queue)) for queue in scenario.queues]
    return [(scenario.load(0), scenario.agents(0)), *(each for each in loads if each[0])]


def _longest_wait(scenario: Scenario, callers: Callers) -> timedelta:
    """After how long on average callers have left the line, if nobody serves them."""
    limit = scenario.queues[callers.queue].max_wait
    return min(limit, callers.patience.mean) if callers.patience else limit


def _relaxation(load: float, agents: int, handle: timedelta, leaving: timedelta) -> timedelta:
    """That of an M/M/s queue (J. W. Cohen, The Single Server Queue, 1969), if it keeps up with
    its load; whether or not it does, it is new when all have left.
    """
    if load >= agents:
        return leaving
    slack = agents * (1 - sqrt(load / agents)) ** 2
    return min(leaving, max(handle, handle / slack))
