"""The result of a scenario: the figures of each queue, half hour by half hour if it has days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.planning.counts import Cell, Cells, total
from contactcenter_ari.planning.expectation import Expectation, Unfit, erlang_a_of, erlang_c_of
from contactcenter_ari.planning.figure import Estimate, estimate, estimates
from contactcenter_ari.planning.plan import Plan, plan_of
from contactcenter_ari.planning.run import Done, Outcome, gather
from contactcenter_ari.planning.scenario import Scenario

BY_STRETCH = ("service_level", "average_speed_of_answer", "abandonment", "occupancy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A half hour of the day over all days, or one batch of a steady scenario."""

    begins: timedelta
    offered: float
    """Calls on average."""
    agents: int
    figures: dict[str, Estimate]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueForecast:
    """One queue; `figures` by the names in `figure.FIGURES`."""

    name: QueueName
    whole: Cell
    figures: dict[str, Estimate]
    stretches: tuple[Stretch, ...]
    erlang_c: Expectation | Unfit
    erlang_a: Expectation | Unfit


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """All queues of one scenario."""

    scenario: Scenario
    plan: Plan
    queues: tuple[QueueForecast, ...]

    @property
    def agents(self) -> int:
        """How many there are in all crews."""
        return sum(crew.count for crew in self.scenario.crews)


def forecasts(scenarios: Sequence[Scenario], done: Sequence[Done]) -> list[Forecast]:
    """The result of each scenario, once all its parts are simulated."""
    outcomes = gather(scenarios, done)
    return [_forecast(*each) for each in zip(scenarios, outcomes, strict=True)]


def _forecast(scenario: Scenario, outcome: Outcome) -> Forecast:
    plan = plan_of(scenario)
    queues = tuple(_queue(scenario, plan, queue, cells) for queue, cells in outcome.items())
    return Forecast(scenario=scenario, plan=plan, queues=queues)


def _queue(scenario: Scenario, plan: Plan, queue: QueueName, cells: Cells) -> QueueForecast:
    step = plan.per_batch
    batches = [total(cells[at : at + step]) for at in range(0, len(cells), step)]
    return QueueForecast(
        name=queue,
        whole=total(cells),
        figures=estimates(batches),
        stretches=tuple(_stretches(scenario, plan, queue, cells)),
        erlang_c=erlang_c_of(scenario, queue),
        erlang_a=erlang_a_of(scenario, queue),
    )


def _stretches(scenario: Scenario, plan: Plan, queue: QueueName, cells: Cells) -> list[Stretch]:
    if scenario.days is None:
        return [
            _stretch(scenario, queue, [cell], begins=number * plan.stretch, interval=0)
            for number, cell in enumerate(cells)
        ]
    return [
        _stretch(
            scenario,
            queue,
            cells[number :: plan.stretches],
            begins=scenario.begins(number),
            interval=number,
        )
        for number in range(plan.stretches)
    ]


def _stretch(
    scenario: Scenario,
    queue: QueueName,
    cells: Sequence[Cell],
    *,
    begins: timedelta,
    interval: int,
) -> Stretch:
    return Stretch(
        begins=begins,
        offered=total(cells).count.offered / len(cells),
        agents=scenario.agents(interval, queue),
        figures={name: estimate(name, cells) for name in BY_STRETCH},
    )
