"""The CPU of whole calls: the center and Asterisk's own `Queue()` take turns in one Asterisk.

In each round each side has the same number of calls at the same rate, every other round in the
opposite order. What all processes take while nobody calls is measured before each side; its mean
over the round is taken off. What a side leaves to be done when its last call is over, such as
files and rows to be written, is waited for and counts.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from contactcenter_ari.bench.call_figures import CallCpu, CpuTimes, SideCpu
from contactcenter_ari.bench.call_floor import CallFloor, Talks
from contactcenter_ari.bench.looking import BenchFailed, until
from contactcenter_ari.bench.plan import (
    APP_QUEUE_MONO_NUMBER,
    APP_QUEUE_NUMBER,
    APP_QUEUE_STEREO_NUMBER,
    CENTER_NUMBER,
    UNRECORDED_NUMBER,
)

SIX_SECONDS = Talks(least=timedelta(seconds=6))
STEREO, MONO = ".raw,bD)", ".raw,b)"
"""The application of the dialplan that records a talk, and its options that would mix
both sides.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuPlan:
    """How much is measured: `rounds` of `calls` on each side, an `idle` time before each. Rows are
    written and files closed within `settling` after the last call.
    """

    rounds: int
    calls: int
    agents: int
    per_second: float
    talks: Talks = SIX_SECONDS
    idle: timedelta = timedelta(seconds=5)
    settling: timedelta = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Used:
    """The CPU of all processes in a span of time."""

    cpu: CpuTimes
    lasted: float

    def per_call(self, calls: int, resting: CpuTimes) -> CpuTimes:
        """The cost of one of so many calls, without what a second takes at rest; raises
        BenchFailed.
        """
        if min(self.cpu.application, self.cpu.asterisk, self.cpu.database) <= timedelta():
            raise BenchFailed(f"a program has used no CPU during {calls} calls: {self.cpu}")
        return self.cpu.shared(calls).less(resting, self.lasted / calls)


@dataclass(frozen=True, slots=True)
class Side:
    """One way of serving calls. With `mono` both sides of the center's talks are mixed, by a
    dialplan that only the benchmark has.
    """

    kind: str
    name: str
    number: str
    mono: bool = False


SIDES = (
    Side("recorded, mono", "Queue() + MixMonitor", APP_QUEUE_MONO_NUMBER),
    Side("recorded, mono", "center", CENTER_NUMBER, mono=True),
    Side("recorded, stereo", "Queue() + MixMonitor", APP_QUEUE_STEREO_NUMBER),
    Side("recorded, stereo", "center", CENTER_NUMBER),
    Side("not recorded", "Queue()", APP_QUEUE_NUMBER),
    Side("not recorded", "center", UNRECORDED_NUMBER),
)
"""In pairs: what the center is held against, and the center."""


async def measure_call_cpu(
    floor: CallFloor, plan: CpuPlan, *, tell: Callable[[str], object]
) -> CallCpu:
    """Let all sides take turns; `tell` is given what is being done. Raises BenchFailed."""
    async with floor.staffed(plan.talks, agents=plan.agents, members=plan.agents):
        return await _rounds(floor, plan, tell)


async def _rounds(floor: CallFloor, plan: CpuPlan, tell: Callable[[str], object]) -> CallCpu:
    idle: list[CpuTimes] = []
    costs: dict[Side, list[CpuTimes]] = {side: [] for side in SIDES}
    for number in range(plan.rounds):
        resting, used = [], {}
        for side in SIDES if number % 2 == 0 else SIDES[::-1]:
            tell(f"round {number + 1} of {plan.rounds}: {side.kind}, {side.name}")
            resting.append(await _resting(floor, plan.idle))
            used[side] = await _used(floor, side, plan)
        idle.append(CpuTimes.mean(resting))
        for side in SIDES:
            costs[side].append(used[side].per_call(plan.calls, idle[-1]))
    return CallCpu(
        calls=plan.calls,
        recordings=floor.application.recordings,
        per_second=plan.per_second,
        idle_per_second=tuple(idle),
        sides=tuple(
            SideCpu(kind=side.kind, name=side.name, rounds=tuple(rounds))
            for side, rounds in costs.items()
        ),
    )


async def _resting(floor: CallFloor, length: timedelta) -> CpuTimes:
    """The CPU of a second without calls."""
    await until(floor.is_clear, "calls were left in Asterisk")
    loop = asyncio.get_running_loop()
    before, begun = floor.cpu_times(), loop.time()
    await asyncio.sleep(length.total_seconds())
    return floor.cpu_times().less(before).shared(loop.time() - begun)


async def _used(floor: CallFloor, side: Side, plan: CpuPlan) -> Used:
    async with _mixed(floor) if side.mono else _as_it_is():
        loop = asyncio.get_running_loop()
        before, begun = floor.cpu_times(), loop.time()
        outcome = await floor.call(
            side.number, calls=plan.calls, per_second=plan.per_second, at_once=plan.agents
        )
        if not outcome.passed:
            raise BenchFailed(f"a call ({side.kind}, {side.name}) failed: {outcome}")
        await asyncio.sleep(plan.settling.total_seconds())
        used = Used(floor.cpu_times().less(before), loop.time() - begun)
    await until(floor.is_clear, "calls were left in Asterisk")
    return used


@asynccontextmanager
async def _as_it_is() -> AsyncIterator[None]:
    yield


@asynccontextmanager
async def _mixed(floor: CallFloor) -> AsyncIterator[None]:
    """Let talks of the center be recorded with both sides mixed meanwhile."""
    dialplan = floor.asterisk.folders.etc / "extensions.conf"
    kept = dialplan.read_text("utf-8")
    agent_leg = kept.index("[agent-leg]")
    if STEREO not in kept[agent_leg:]:
        raise BenchFailed("the dialplan does not record agents' legs in stereo any more")
    await _read_anew(floor, dialplan, kept[:agent_leg] + kept[agent_leg:].replace(STEREO, MONO, 1))
    try:
        yield
    finally:
        await _read_anew(floor, dialplan, kept)


async def _read_anew(floor: CallFloor, dialplan: Path, text: str) -> None:
    await asyncio.to_thread(dialplan.write_text, text, "utf-8")
    await floor.asterisk.rx("dialplan reload")
    await until(floor.takes_calls, "the application does not take calls")
