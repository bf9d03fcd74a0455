"""When callers call: a Poisson stream, at a rate that may change over the day."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random


def poisson(
    random: Random, *, per_hour: float, since: datetime, until: datetime
) -> Iterator[datetime]:
    """The instants of a Poisson stream of constant rate."""
    at = since
    while (at := at + timedelta(hours=random.expovariate(per_hour))) < until:
        yield at


def varying(
    random: Random,
    *,
    per_hour: Callable[[datetime], float],
    peak: float,
    since: datetime,
    until: datetime,
) -> Iterator[datetime]:
    """The same for a rate that changes and never exceeds `peak`, by thinning."""
    for at in poisson(random, per_hour=peak, since=since, until=until):
        if random.random() * peak < per_hour(at):
            yield at
