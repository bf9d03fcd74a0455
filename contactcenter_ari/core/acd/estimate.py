"""How long a caller still waits, and what of it may be said.

The line before a caller empties in steps, each the time until the next agent is free or
somebody ahead gives up. With `i` callers ahead who may give up at a hazard of `theta` each,
and `s` agents who need `AHT` for a contact, that happens at a rate of `s / AHT + i * theta`;
mean and variance of the wait are the sums over the steps. The rest is honesty: the bound is
what is spoken, rounded up to a phrase, and a spoken number never rises.

Source: W. Whitt, Predicting Queueing Delays, Management Science 45 (1999), section 3, for
the model; R. Ibrahim and W. Whitt, Real-Time Delay Estimation, M&SOM 11 (2009), for the wait
of the head of the line as a sign that the staffing is not what it seems.
"""

from datetime import timedelta
from math import fsum, log1p, sqrt

import msgspec

EXACT_STEPS = 16
"""The number of steps that are added up one by one. The formula of Euler and Maclaurin gives the
rest, with an error below a millionth of the sum; a long line costs no more than a short one.
"""

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
_LADDER = (
    (10 * _MINUTE, _MINUTE),
    (30 * _MINUTE, 5 * _MINUTE),
    (2 * _HOUR, 15 * _MINUTE),
)
"""Up to where a spoken wait goes in which steps; beyond it goes in hours."""


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """The expected wait from now on."""

    mean: timedelta
    deviation: timedelta

    @property
    def bound(self) -> timedelta:
        """The wait that may be told: mean and one standard deviation."""
        return self.mean + self.deviation


def estimate_wait(
    *, ahead: float, servers: float, handle_time: timedelta, hazard: float
) -> Estimate:
    """The wait with `ahead` callers before one and `servers` agents, more than 0; some of both
    may count in part. `hazard` is how many of those ahead give up per second of waiting.
    """
    rate = servers / handle_time.total_seconds()
    whole = int(ahead)
    mean, variance = _sums(rate, hazard, whole + 1)
    if part := ahead - whole:
        step = 1 / (rate + (whole + 1) * hazard)
        mean, variance = mean + part * step, variance + part * step * step
    return Estimate(mean=timedelta(seconds=mean), deviation=timedelta(seconds=sqrt(variance)))


def at_least(
    estimate: Estimate,
    *,
    waited: timedelta,
    head_waited: timedelta,
    head_expected: Estimate,
) -> Estimate:
    """The estimate, or the time by which the head of the line has waited longer than the caller,
    if that is more. When the head has waited more than the bound expected as it joined, the line
    moves slower than the statistics say. The mean alone is exceeded by chance so often that it
    tells nothing.
    """
    remaining = head_waited - waited
    if head_waited <= head_expected.bound or remaining <= estimate.mean:
        return estimate
    return Estimate(mean=remaining, deviation=estimate.deviation)


def rounded_up(bound: timedelta) -> timedelta:
    """The next round phrase: minutes up to 10, then 15, 20, 25, 30 minutes, quarters of an hour
    up to 2 hours, and hours; never less than a minute.
    """
    for limit, step in _LADDER:
        phrase = max(step, _multiple(bound, step))
        if phrase <= limit:
            return phrase
    return _multiple(bound, _HOUR)


def phrase_to_tell(estimate: Estimate, *, told: timedelta | None) -> timedelta | None:
    """The round wait that may be said after `told` was said last; None when it would have to
    rise: then it takes longer than expected, and that is what is said.
    """
    phrase = rounded_up(estimate.bound)
    return phrase if told is None or phrase <= told else None


def _multiple(bound: timedelta, step: timedelta) -> timedelta:
    return -(-bound // step) * step


def _sums(rate: float, growth: float, steps: int) -> tuple[float, float]:
    """The sums of 1 / r and of its squares over r = rate, rate + growth, ..., `steps` of them."""
    exact = min(steps, EXACT_STEPS)
    terms = [1 / (rate + step * growth) for step in range(exact)]
    mean, variance = fsum(terms), fsum(term * term for term in terms)
    if steps > exact:
        rest, rest_of_squares = _rest(rate + exact * growth, growth, steps - exact - 1)
        mean, variance = mean + rest, variance + rest_of_squares
    return mean, variance


def _rest(first: float, growth: float, intervals: int) -> tuple[float, float]:
    """The same sums over first, ..., first + intervals * growth by Euler and Maclaurin, with two
    terms of the correction.
    """
    last = first + intervals * growth
    area = log1p(growth * intervals / first) / growth if growth else intervals / first
    mean = (
        area
        + (1 / first + 1 / last) / 2
        + growth * (first**-2 - last**-2) / 12
        - growth**3 * (first**-4 - last**-4) / 120
    )
    variance = (
        intervals / (first * last)
        + (first**-2 + last**-2) / 2
        + growth * (first**-3 - last**-3) / 6
        - growth**3 * (first**-5 - last**-5) / 30
    )
    return mean, variance
