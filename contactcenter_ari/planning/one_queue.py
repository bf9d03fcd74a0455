"""The scenario of the command line: one queue, one crew, callers at a constant rate."""

from dataclasses import dataclass
from datetime import timedelta

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.planning.scenario import Callers, Crew, Length, Scenario, Shape

QUEUE = QueueName("calls")
FOR_EVER = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneQueue:
    """The question of a planner. `handle_time` is talk and wrap-up together, as Erlang's formulas
    take it; with a `variation` the talks are lognormal. A None has no end.
    """

    per_hour: float
    handle_time: timedelta
    hours: float
    seed: int = 1
    variation: float | None = None
    patience: timedelta | None = None
    wrap_up: timedelta = timedelta()
    service_level: timedelta = timedelta(seconds=20)
    short_abandon: timedelta = timedelta()
    max_wait: timedelta | None = None
    strategy: Strategy = Strategy.LONGEST_IDLE
    answer_delay: timedelta = timedelta()

    def scenario(self, agents: int) -> Scenario:
        """The scenario with so many agents."""
        talk = self.handle_time - self.wrap_up
        shape = Shape.EXPONENTIAL if self.variation is None else Shape.LOGNORMAL
        callers = Callers(
            queue=QUEUE,
            per_hour=(self.per_hour,),
            talk=Length(talk, shape, self.variation or 1.0),
            patience=Length(self.patience) if self.patience else None,
        )
        crew = Crew(count=agents, queues=(QUEUE,), skills={}, answer_delay=self.answer_delay)
        settings = QueueSettings(
            name=QUEUE,
            strategy=self.strategy,
            wrap_up=self.wrap_up,
            service_level=self.service_level,
            short_abandon=self.short_abandon,
            max_wait=self.max_wait or FOR_EVER,
        )
        return Scenario(
            queues={QUEUE: settings},
            callers=(callers,),
            crews=(crew,),
            length=timedelta(hours=self.hours),
            seed=self.seed,
        )
