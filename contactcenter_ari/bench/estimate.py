"""The wait estimate beside that of `Queue()`, over many simulated days."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from contactcenter_ari.bench.figures import Accuracy, Measure, WaitFigures
from contactcenter_ari.bench.waiting import Day, Scenario, Telling
from contactcenter_ari.core.acd.estimate import rounded_up

SHORT = timedelta(minutes=1)
"""Told too little is by more than this."""
MOST_ERROR = 0.7
"""The mean error may be at most this share of that of `Queue()`."""
MOST_SPOKEN_SHORT = 0.06
"""The share of callers told too little by the spoken bound stays below this."""
MOST_DAYS = 1000
"""Days of one seed; another seed has other days."""

_MINUTE = timedelta(minutes=1)

STANDARD = (
    Scenario(
        name="10 agents, load 1.1",
        agents=10,
        load=1.1,
        patience=3 * _MINUTE,
        most_short=0.06,
    ),
    Scenario(
        name="10 agents, 0.6 to 1.4",
        agents=10,
        load=1.0,
        swing=0.4,
        patience=3 * _MINUTE,
        most_short=0.06,
    ),
    Scenario(
        name="4 agents, patient",
        agents=4,
        load=0.95,
        patience=60 * _MINUTE,
        most_short=0.2,
    ),
)
"""The scenarios that have targets."""

HARDER = (
    Scenario(
        name="4 agents, no limits",
        agents=4,
        load=0.95,
        talk=3 * _MINUTE,
        wrap_up=timedelta(),
        patience=timedelta(days=1000),
    ),
    Scenario(
        name="10 agents, 6 queues",
        agents=10,
        load=1.1,
        parts=(0.4, 0.2, 0.2, 0.1, 0.05, 0.05),
        patience=3 * _MINUTE,
    ),
    Scenario(
        name="10 agents, 4 gone",
        agents=10,
        load=0.9,
        patience=10 * _MINUTE,
        away=4,
        away_in=(3, 6, 9),
    ),
)
"""The harder scenarios, for all to see. In the first, handle times are as uneven as can be and
long lines last for hours: of waits so spread out a quarter exceeds even the mean of one who knows
everything. In the second, callers of small queues wait behind those of others. In the third,
nobody knows that agents are gone, so only the head of the line tells.
"""


def wait_figures(
    scenario: Scenario, *, days: int, seed: int, day_over: Callable[[], object]
) -> WaitFigures:
    """Simulate so many days, at least two; `day_over` is told of each."""
    told = []
    for day in range(days):
        told.append(Day(scenario, seed * MOST_DAYS + day).run())
        day_over()
    return _figures(scenario, told)


def _figures(scenario: Scenario, days: Sequence[list[Telling]]) -> WaitFigures:
    errors = [(_error(day, _our_mean), _error(day, _average)) for day in days]
    return WaitFigures(
        scenario=scenario.name,
        days=len(days),
        callers=sum(map(len, days)),
        waited=_mean(days, lambda t: t.waited.total_seconds()),
        bound=_mean(days, lambda t: _spoken(t).total_seconds()),
        ours=_accuracy(days, _our_mean),
        spoken=_accuracy(days, _spoken),
        app_queue=_accuracy(days, _average),
        informed=_accuracy(days, lambda t: t.informed.mean),
        ratio=Measure.of(errors),
        most_short=scenario.most_short,
    )


Told = Callable[[Telling], timedelta]


def _our_mean(telling: Telling) -> timedelta:
    return telling.ours.mean


def _spoken(telling: Telling) -> timedelta:
    return rounded_up(telling.ours.bound)


def _average(telling: Telling) -> timedelta:
    return telling.app_queue


def _accuracy(days: Sequence[list[Telling]], told: Told) -> Accuracy:
    return Accuracy(
        error=Measure.of([(_error(day, told), len(day)) for day in days]),
        short=_mean(days, lambda t: t.waited - told(t) > SHORT),
    )


def _error(day: list[Telling], told: Told) -> float:
    return sum(abs(t.waited - told(t)).total_seconds() for t in day)


def _mean(days: Sequence[list[Telling]], figure: Callable[[Telling], float]) -> Measure:
    return Measure.of([(sum(map(figure, day)), len(day)) for day in days])
