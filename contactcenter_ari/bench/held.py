"""From a freed agent to the next caller's INVITE while many other talks are up, with audio.

The phones that measure are silent, and in this process; the application is another one.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from contactcenter_ari.bench.call_figures import HeldGaps
from contactcenter_ari.bench.call_floor import CallFloor, Talks
from contactcenter_ari.bench.floor import (
    CALLS_PER_SECOND,
    ENDLESS,
    LONGEST_ROUND,
    gaps_of,
    switched_on,
)
from contactcenter_ari.bench.looking import looks, until
from contactcenter_ari.bench.plan import CENTER_NUMBER, HELD_NUMBER, HELD_QUEUE, QUEUE, QUEUES
from contactcenter_ari.core.vocabulary.event import AgentState
from contactcenter_ari.loadtest.stopwatch import StopwatchPhone

ENDLESS_TALKS = Talks(least=timedelta(hours=1))
SHORTEST, LONGEST = timedelta(seconds=1), timedelta(seconds=3)
"""Talks of the agents who are measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPlan:
    """How much is measured: `samples` of `agents` with `waiting` callers, beside `talks`."""

    talks: int
    agents: int
    waiting: int
    samples: int
    seed: int = 1


async def measure_held(
    floor: CallFloor, plan: HeldPlan, *, tell: Callable[[str], object]
) -> HeldGaps:
    """Bring the talks up, then measure; `tell` is given what is being done. Raises BenchFailed."""
    async with (
        floor.staffed(ENDLESS_TALKS, agents=plan.talks, members=0, queues=(HELD_QUEUE,)),
        _calls(floor, HELD_NUMBER, calls=plan.talks, at_once=plan.talks),
    ):
        tell(f"{plan.talks} talks are brought up")
        await until(partial(_all_talk, floor, plan.talks), "the talks did not come up")
        async with (
            _agents(floor, plan) as phones,
            _calls(floor, CENTER_NUMBER, calls=ENDLESS, at_once=plan.agents + plan.waiting),
        ):
            deep = max(1, plan.waiting - plan.agents)
            await until(partial(_wait, floor, deep), "the queue did not fill")
            tell(f"{plan.samples} samples are taken")
            for phone in phones:
                phone.gaps.clear()
            limit = (plan.samples / plan.agents + 2) * LONGEST_ROUND
            async for _ in looks(f"there were not {plan.samples} samples", limit):
                if sum(len(phone.gaps) for phone in phones) >= plan.samples:
                    break
            gaps = gaps_of(phones)
    return HeldGaps(talks=plan.talks, gaps=gaps)


@asynccontextmanager
async def _calls(
    floor: CallFloor, number: str, *, calls: int, at_once: int
) -> AsyncIterator[None]:
    """Callers of a number meanwhile."""
    async with asyncio.TaskGroup() as group:
        work = floor.call(number, calls=calls, per_second=CALLS_PER_SECOND, at_once=at_once)
        calling = group.create_task(work)
        yield
        calling.cancel()


@asynccontextmanager
async def _agents(floor: CallFloor, plan: HeldPlan) -> AsyncIterator[list[StopwatchPhone]]:
    """Agents who are free as soon as a talk ends, ready meanwhile."""
    dice = random.Random(plan.seed)  # noqa: S311  # lengths of talks, not a secret
    crew = await floor.hire(plan.agents, QUEUES)
    phones = [
        StopwatchPhone(phone.phone_id, shortest=SHORTEST, longest=LONGEST, dice=dice)
        for phone in crew.values()
    ]
    with switched_on(phones):
        for phone in phones:
            await floor.tell_contact(phone.name, phone.contact)
        await floor.log_in(crew)
        yield phones


async def _all_talk(floor: CallFloor, talks: int) -> bool:
    states = [view.state for view in await floor.application.agents()]
    return states.count(AgentState.ON_CALL) >= talks


async def _wait(floor: CallFloor, callers: int) -> bool:
    queues = await floor.application.queues()
    return next(view.waiting for view in queues if view.queue == QUEUE) >= callers
