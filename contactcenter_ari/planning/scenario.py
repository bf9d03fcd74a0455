"""A scenario as plain data: queues, callers, crews, and how long all of it lasts.

A steady scenario is one long stretch at an unchanging rate. A daily one repeats the same day,
so that every half hour has as many samples as there are days.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import log, sqrt
from random import Random

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.skill import Skills, SkillStep

HALF_HOUR = timedelta(minutes=30)
HOUR = timedelta(hours=1)
MOST_AGENTS = 3_000
"""More log-ins than these at one instant look to a simulation as if time stood still."""


class Shape(StrEnum):
    """How lengths are spread around their mean."""

    EXPONENTIAL = "exponential"
    LOGNORMAL = "lognormal"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Length:
    """How long something takes, by chance; `variation` is the standard deviation over the mean,
    for the lognormal shape alone.
    """

    mean: timedelta
    shape: Shape = Shape.EXPONENTIAL
    variation: float = 1.0

    def draw(self, random: Random) -> timedelta:
        """One length."""
        match self.shape:
            case Shape.EXPONENTIAL:
                return self.mean * random.expovariate(1.0)
            case Shape.LOGNORMAL:
                variance = log(1 + self.variation**2)
                return self.mean * random.lognormvariate(-variance / 2, sqrt(variance))
            case Shape.FIXED:
                return self.mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Callers:
    """People who call for one queue. `per_hour` is their rate in each half hour from opening
    on, or the one rate of a steady scenario. A `patience` of None never ends.
    """

    queue: QueueName
    per_hour: tuple[float, ...]
    talk: Length
    patience: Length | None = None
    skills: tuple[SkillStep, ...] = ()
    head_start: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Shift:
    """When a crew works, counted from midnight."""

    since: timedelta
    until: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Agents who are alike. Without shifts they work all the time; `answer_delay` is how long
    their phones ring.
    """

    count: int
    queues: tuple[QueueName, ...]
    skills: Skills
    shifts: tuple[Shift, ...] = ()
    answer_delay: timedelta = timedelta()

    def works_at(self, since_midnight: timedelta) -> bool:
        """Whether the crew is there at a time of day."""
        return not self.shifts or any(s.since <= since_midnight < s.until for s in self.shifts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """All of it. `length` is that of the whole when it is steady, of one day when `days` says
    how many there are; `opens` is counted from midnight.
    """

    queues: dict[QueueName, QueueSettings]
    callers: tuple[Callers, ...]
    crews: tuple[Crew, ...]
    length: timedelta
    days: int | None = None
    opens: timedelta = timedelta()
    seed: int = 1

    def __post_init__(self) -> None:
        """Rates are for the intervals there are."""
        assert all(len(callers.per_hour) == self.intervals for callers in self.callers), self

    @property
    def interval(self) -> timedelta:
        """How long a rate lasts."""
        return self.length if self.days is None else HALF_HOUR

    @property
    def intervals(self) -> int:
        """How many rates there are, one after the other."""
        return 1 if self.days is None else -(-self.length // HALF_HOUR)

    def begins(self, interval: int) -> timedelta:
        """The time of day at which an interval begins."""
        return self.opens + interval * self.interval

    def agents(self, interval: int, queue: QueueName | None = None) -> int:
        """How many agents work, for a queue, as an interval begins."""
        at = self.begins(interval)
        crews = (crew for crew in self.crews if queue is None or queue in crew.queues)
        return sum(crew.count for crew in crews if crew.works_at(at))

    def handle_time(self, callers: Callers) -> timedelta:
        """The mean of talk and wrap-up."""
        return callers.talk.mean + self.queues[callers.queue].wrap_up

    def load(self, interval: int, queue: QueueName | None = None) -> float:
        """The work that callers bring, for a queue, in erlangs."""
        chosen = (c for c in self.callers if queue is None or queue == c.queue)
        return sum(c.per_hour[interval] * (self.handle_time(c) / HOUR) for c in chosen)

    @property
    def calls(self) -> float:
        """How many callers are expected in all."""
        hours = min(self.interval, self.length) / HOUR
        return (self.days or 1) * hours * sum(sum(c.per_hour) for c in self.callers)


def clock(since_midnight: timedelta) -> str:
    """A time of day: `08:30`."""
    minutes = since_midnight // timedelta(minutes=1)
    return f"{minutes // 60:02}:{minutes % 60:02}"
