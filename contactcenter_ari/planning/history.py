"""A day as it was on average, as a scenario: what if so many agents had taken the calls?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.planning.scenario import (
    HALF_HOUR,
    HOUR,
    Callers,
    Crew,
    Length,
    Scenario,
    Shape,
)
from contactcenter_ari.postgres.history import Arrivals, Habits

LEAST_VARIATION, MOST_VARIATION = 0.05, 10.0


class NoHistory(ContactCenterError):
    """The days asked for say too little of what callers do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The traffic of the days asked for, and the settings that queues have now."""

    arrivals: Sequence[Arrivals]
    habits: Sequence[Habits]
    queues: Mapping[QueueName, QueueSettings]

    def only(self, names: Sequence[str]) -> "Past":
        """The same for some of the queues; raises NoHistory for one that nobody called."""
        known = {habits.queue for habits in self.habits}
        for name in names:
            if name not in known:
                listed = ", ".join(sorted(known)) or "none"
                raise NoHistory(f"nobody called queue {name} on these days; there are: {listed}")
        return Past(
            arrivals=[each for each in self.arrivals if each.queue in names],
            habits=[each for each in self.habits if each.queue in names],
            queues=self.queues,
        )

    def scenario(self, agents: int, *, days: int, seed: int) -> Scenario:
        """The average day, `days` times, with agents who serve all of its queues.

        Raises:
            NoHistory: nobody called, or nobody talked.
        """
        habits = [each for each in self.habits if each.talk]
        if not habits:
            raise NoHistory(
                "nobody talked to an agent on these days, so nothing is known of handle times"
                if self.habits
                else "nobody called on these days; ask for others, or for more"
            )
        names = {each.queue for each in habits}
        halves = [each.half_hour for each in self.arrivals if each.queue in names]
        first, last = min(halves), max(halves)
        crew = Crew(count=agents, queues=tuple(each.queue for each in habits), skills={})
        return Scenario(
            queues={each.queue: self._settings(each) for each in habits},
            callers=tuple(self._callers(each, first, last) for each in habits),
            crews=(crew,),
            length=(last + 1 - first) * HALF_HOUR,
            days=days,
            opens=first * HALF_HOUR,
            seed=seed,
        )

    @property
    def left_out(self) -> list[QueueName]:
        """Queues of which too little is known: nobody there was ever answered."""
        return [each.queue for each in self.habits if not each.talk]

    def _settings(self, habits: Habits) -> QueueSettings:
        settings = self.queues.get(habits.queue, QueueSettings(name=habits.queue))
        return msgspec.structs.replace(settings, wrap_up=habits.wrap_up)

    def _callers(self, habits: Habits, first: int, last: int) -> Callers:
        per_hour = {
            each.half_hour: each.calls / each.days * (HOUR / HALF_HOUR)
            for each in self.arrivals
            if each.queue == habits.queue
        }
        patience = habits.waited / habits.abandoned if habits.abandoned else None
        return Callers(
            queue=habits.queue,
            per_hour=tuple(per_hour.get(half, 0.0) for half in range(first, last + 1)),
            talk=_talk(habits),
            patience=Length(patience) if patience else None,
        )


def _talk(habits: Habits) -> Length:
    """As long and as unlike as they were."""
    assert habits.talk is not None, "queues without a talk are left out"
    variation = timedelta(seconds=habits.talk_deviation) / habits.talk
    if variation < LEAST_VARIATION:
        return Length(habits.talk, Shape.FIXED)
    return Length(habits.talk, Shape.LOGNORMAL, min(variation, MOST_VARIATION))
