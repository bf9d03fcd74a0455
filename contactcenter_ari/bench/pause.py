"""How long the event loop is held up at most while very many agents talk.

The driver takes its turns with its log and its collector as in service, from a switch that obeys
at once; the CPU time of each round of the loop is taken.
"""

import asyncio
import tempfile
import time
from collections import deque
from datetime import datetime, timedelta
from pathlib import Path

from contactcenter_ari.bench.board_api import cpu_since
from contactcenter_ari.bench.decision import TICK
from contactcenter_ari.bench.figures import Figures
from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.vocabulary.command import (
    BridgeLegs,
    Command,
    DialLeg,
    HangUpLeg,
    LookUp,
)
from contactcenter_ari.core.vocabulary.ids import LegId
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    LegAnswered,
    LegHungUp,
    LegRinging,
    LegsBridged,
    LookUpFailed,
    Signal,
    TimePassed,
)
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.runtime.garbage import Collector
from contactcenter_ari.runtime.input_log import Digest, InputLog
from contactcenter_ari.service.recent_offers import RecentOffers


class Ticking(Clock):
    """A clock that goes on whenever it is looked at."""

    def __init__(self, instant: datetime) -> None:
        super().__init__()
        self._instant = instant

    def now(self) -> datetime:
        """A tick later than the last time."""
        self._instant += TICK
        return self._instant


class ObedientSwitch:
    """Does at once what it is told; `talking` are the legs of agents, the longest talk first."""

    def __init__(self, driver: Driver, talking: deque[LegId]) -> None:
        self.talking = talking
        self._driver = driver

    def __repr__(self) -> str:
        return f"<ObedientSwitch with {len(self.talking)} talks>"

    def submit(self, command: Command) -> None:
        """Put the signals that come of it."""
        for signal in answers_to(command):
            self._driver.put(signal)
        if isinstance(command, DialLeg):
            self.talking.append(command.leg)

    async def answer(self, look_up: LookUp) -> LookUpFailed:
        """It knows nothing."""
        return LookUpFailed(look_up.look_up, "unknown")


def answers_to(command: Command) -> tuple[Signal, ...]:
    """The signals that come of a command."""
    match command:
        case DialLeg(leg=leg):
            return LegRinging(leg), LegAnswered(leg)
        case BridgeLegs(bridge=bridge):
            return (LegsBridged(bridge),)
        case HangUpLeg(leg=leg):
            return (LegHungUp(leg),)
        case _:
            return ()


async def measure_rounds(
    center: Center, talking: deque[LegId], callers: list[CallArrived], *, since: datetime
) -> Figures:
    """The rounds of the loop while a talk ends for each of the callers who come."""
    clock, rounds = Ticking(since), list[timedelta]()
    with tempfile.TemporaryDirectory(prefix="cc-bench-") as folder:
        driver = Driver(
            center=center,
            digest=Digest(),
            clock=clock,
            journal=RecentOffers(),
            input_log=InputLog(Path(folder) / "input.jsonl"),
            collector=Collector(),
        )
        switch = ObedientSwitch(driver, talking)
        async with asyncio.TaskGroup() as group:
            tasks = (
                group.create_task(driver.run(switch, switch)),
                group.create_task(_take_times(rounds)),
            )
            for caller in callers:
                driver.put(LegHungUp(switch.talking.popleft()))
                driver.put(caller)
                await _handled(driver)
                due_at = center.next_deadline()
                if due_at is not None and due_at <= clock.now():
                    driver.put(TimePassed())
                    await _handled(driver)
            for task in tasks:
                task.cancel()
    return Figures.of(rounds)


async def _handled(driver: Driver) -> None:
    while driver.backlog:  # noqa: ASYNC110  # it tells nobody
        await asyncio.sleep(0)


async def _take_times(rounds: list[timedelta]) -> None:
    while True:
        started = time.thread_time_ns()
        await asyncio.sleep(0)
        rounds.append(cpu_since(started))
