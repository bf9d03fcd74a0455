"""The steady rate of complete calls up to which callers are answered at once.

A ramp: each step places calls at one rate, first until as many talks are up as there will be,
then the answers are timed. Each step begins when the calls of the one before are over. The ramp
ends at the first step that answers too late or loses a call.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from contactcenter_ari.bench.call_figures import CallRate, RateStep
from contactcenter_ari.bench.call_floor import CallFloor, Talks
from contactcenter_ari.bench.figures import Figures
from contactcenter_ari.bench.looking import BenchFailed, until
from contactcenter_ari.bench.plan import MENU_KEYS, MENU_NUMBER

LIMIT = timedelta(milliseconds=100)
"""How soon nine of ten callers are to be answered."""
FEWEST = 2
"""Answers of a step, or there are no figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePlan:
    """Calls a second from `first` to `last` by `step`. Answers count for `measured` once calls
    have come for the length of a call: menus and queue take `beside_talk`.
    """

    first: float
    step: float
    last: float
    talks: Talks
    measured: timedelta
    beside_talk: timedelta = timedelta(seconds=5)

    @property
    def warming(self) -> timedelta:
        """How long talks build up before answers are timed."""
        return self.talks.mean + self.beside_talk

    @property
    def agents(self) -> int:
        """Agents enough for the last step."""
        return ceil(self.last * self.warming.total_seconds())

    @property
    def rates(self) -> tuple[float, ...]:
        """Calls a second of each step."""
        steps = int((self.last - self.first) / self.step) + 1
        return tuple(self.first + number * self.step for number in range(steps))


async def measure_call_rate(
    floor: CallFloor, plan: RatePlan, *, tell: Callable[[str], object]
) -> CallRate:
    """Go up the ramp; `tell` is given what is being done. Raises BenchFailed."""
    steps: list[RateStep] = []
    async with floor.staffed(plan.talks, agents=plan.agents, members=0):
        for rate in plan.rates:
            tell(f"{rate:g} calls a second")
            steps.append(await _step(floor, plan, rate))
            if steps[-1].is_late(LIMIT):
                break
    return CallRate(limit=LIMIT, mean_talk=plan.talks.mean, steps=tuple(steps))


async def _step(floor: CallFloor, plan: RatePlan, rate: float) -> RateStep:
    calls = ceil(rate * (plan.warming + plan.measured).total_seconds())
    outcome = await floor.call(
        MENU_NUMBER, calls=calls, per_second=rate, at_once=2 * plan.agents, keys=MENU_KEYS
    )
    await until(floor.is_clear, "calls were left in Asterisk")
    timed = [answer.after for answer in outcome.answers if answer.at >= plan.warming]
    if len(timed) < FEWEST:
        raise BenchFailed(f"callers were not answered: {outcome}")
    return RateStep(per_second=rate, answers=Figures.of(timed), all_served=outcome.passed)
