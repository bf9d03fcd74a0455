"""Simulating scenarios, part by part, on as many processors as there are."""

import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context

from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.planning.counts import Cells, Counts
from contactcenter_ari.planning.environment import Environment
from contactcenter_ari.planning.plan import Plan, plan_of
from contactcenter_ari.planning.scenario import Scenario
from contactcenter_ari.simulation.invariant import assert_at_rest

WORTH_A_PROCESS = 15_000
"""Fewer calls than this are over before another process has started."""
AT_A_TIME = timedelta(hours=1)
"""Events are counted so often, and forgotten."""

Outcome = dict[QueueName, Cells]


class SimulationLost(ContactCenterError):
    """The machine did not let the simulation come to its end."""


@dataclass(frozen=True, slots=True)
class Done:
    """One part of one scenario is simulated."""

    scenario: int
    part: int
    outcome: Outcome


def simulate(scenarios: Sequence[Scenario], *, processes: int | None = None) -> Iterator[Done]:
    """All parts of all scenarios, as they come to their end; as many processes as there are
    processors if nothing is said. Raises SimulationLost.
    """
    jobs = [
        (number, part)
        for number, scenario in enumerate(scenarios)
        for part in range(plan_of(scenario).parts)
    ]
    workers = min(len(jobs), processes or _processes_worth_it(scenarios))
    if workers == 1:
        for number, part in jobs:
            yield Done(number, part, simulate_part(scenarios[number], part))
        return
    with ExitStack() as stack:
        pool = ProcessPoolExecutor(
            workers,
            mp_context=get_context("spawn"),
            initializer=signal.signal,  # Ctrl-C ends them at once and without a word
            initargs=(signal.SIGINT, signal.SIG_DFL),
        )
        stack.callback(pool.shutdown, cancel_futures=True)
        futures = {
            pool.submit(simulate_part, scenarios[number], part): (number, part)
            for number, part in jobs
        }
        try:
            for future in as_completed(futures):
                yield Done(*futures[future], future.result())
        except BrokenProcessPool as broken:
            raise SimulationLost("a process of the simulation was ended from outside") from broken


def _processes_worth_it(scenarios: Sequence[Scenario]) -> int:
    calls = sum(scenario.calls / plan_of(scenario).share_measured for scenario in scenarios)
    return len(os.sched_getaffinity(0)) if calls > WORTH_A_PROCESS else 1


def gather(scenarios: Sequence[Scenario], done: Sequence[Done]) -> list[Outcome]:
    """The outcome of each scenario, its parts one after the other."""
    outcomes: list[Outcome] = [dict.fromkeys(scenario.queues, ()) for scenario in scenarios]
    for part in sorted(done, key=lambda each: (each.scenario, each.part)):
        outcome = outcomes[part.scenario]
        for queue, cells in part.outcome.items():
            outcome[queue] += cells
    return outcomes


def simulate_part(scenario: Scenario, part: int, *, checked: bool = False) -> Outcome:
    """One part, from empty to empty; `checked` asserts the center's invariants every turn."""
    plan: Plan = plan_of(scenario)
    world = Environment(scenario, part, warm_up=plan.warm_up, until=plan.part, checked=checked)
    simulation = world.simulation
    tally = Counts(
        scenario.queues,
        world.agents,
        since=world.begins,
        stretch=plan.stretch,
        stretches=plan.stretches,
    )
    while simulation.agenda.now < world.ends:
        simulation.run_until(min(simulation.agenda.now + AT_A_TIME, world.ends))
        tally.count(simulation.events)
        simulation.events.clear()
    simulation.run_out()
    world.close()
    tally.count(simulation.events)
    if checked:
        assert_at_rest(simulation)
    return {queue: tuple(cells) for queue, cells in tally.cells.items()}
