"""The environment of a driver in these tests, and inputs as in a busy hour."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings
from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.site.site import CenterStarted, Input, SitePublished
from contactcenter_ari.core.turn import Outcome
from contactcenter_ari.core.vocabulary.command import Command, LookUp
from contactcenter_ari.core.vocabulary.event import Event
from contactcenter_ari.core.vocabulary.ids import AgentId, LegId, PhoneId, QueueName
from contactcenter_ari.core.vocabulary.request import AgentProfile
from contactcenter_ari.core.vocabulary.signal import CallArrived, LookUpFailed, LookUpFinished
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.runtime.input_log import Digest, InputLog
from contactcenter_ari.simulation.link import Faults, FaultyLink
from contactcenter_ari.simulation.people import Habits
from contactcenter_ari.simulation.population import Population
from contactcenter_ari.simulation.sample import DIRECT, MENU, sample_site

LIMIT = 10
"""Seconds in which what is waited for must come."""
SALES, CLAIMS = QueueName("sales"), QueueName("claims")
SITE = sample_site(
    (
        QueueSettings(name=SALES, max_wait=timedelta(minutes=3), join_empty=True),
        QueueSettings(name=CLAIMS, max_waiting=3, misses_before_not_ready=MissLimits.alike(2)),
    )
)
STARTED = CenterStarted("n1", "b1")
MORNING = datetime(2026, 11, 23, 9, tzinfo=UTC)
ANNA = AgentProfile(agent=AgentId("100"), name="Anna", phone=PhoneId("p100"), queues=(SALES,))

C = TypeVar("C", bound=Command)
Moment = tuple[datetime, Input]


class SetClock(Clock):
    """A clock that stands still unless it is set."""

    def __init__(self, instant: datetime = MORNING) -> None:
        super().__init__()
        self.instant = instant

    def now(self) -> datetime:
        """The time that a test set."""
        return self.instant


class Switch:
    """Takes commands and does nothing; refuses the kinds that are `broken`."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.broken: tuple[type[Command], ...] = ()
        self._news = asyncio.Event()

    def submit(self, command: Command) -> None:
        """Keep a command."""
        if type(command) in self.broken:
            raise RuntimeError("the switch is broken")
        self.commands.append(command)
        self._news.set()

    def done(self, kind: type[C]) -> list[C]:
        """The commands of a kind so far."""
        return [command for command in self.commands if isinstance(command, kind)]

    async def until(self, kind: type[C], number: int = 1) -> C:
        """Wait for the nth command of a kind."""
        async with asyncio.timeout(LIMIT):
            while len(self.done(kind)) < number:
                self._news.clear()
                await self._news.wait()
        return self.done(kind)[number - 1]


class LookUps:
    """Knows what it is told in `rows`; keeps who asks waiting while there is no row."""

    def __init__(self) -> None:
        self.asked: list[LookUp] = []
        self.given_up: list[LookUp] = []
        self.rows: asyncio.Queue[dict[str, str | None] | None] = asyncio.Queue()

    async def answer(self, look_up: LookUp) -> LookUpFinished | LookUpFailed:
        """The next row."""
        self.asked.append(look_up)
        try:
            return LookUpFinished(look_up.look_up, await self.rows.get())
        except asyncio.CancelledError:
            self.given_up.append(look_up)
            raise


class Journal:
    """Keeps events; one that is `broken` takes none."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.broken = False

    def record(self, events: Sequence[Event]) -> None:
        """Take events."""
        if self.broken:
            raise RuntimeError("the journal is broken")
        self.events.extend(events)


class World:
    """A driver with everything it needs; `switch`, `journal` and `look_ups` are fakes."""

    def __init__(
        self, path: Path, *, clock: Clock | None = None, site: SitePublished | None = None
    ) -> None:
        published = site or SitePublished(SITE)
        self.clock = clock or SetClock()
        self.switch, self.journal, self.look_ups = Switch(), Journal(), LookUps()
        self.log = InputLog(path)
        for first in (STARTED, published):
            self.log.append(self.clock.now(), first, Digest().text)
        self.driver = Driver(
            center=Center(STARTED, published.site),
            digest=Digest(),
            clock=self.clock,
            journal=self.journal,
            input_log=self.log,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The driver runs meanwhile."""
        async with running(self.driver, self.switch, self.look_ups):
            yield

    def call(self, number: int = 1, *, to: str = DIRECT, name: str = "") -> None:
        """A caller calls."""
        self.driver.put(CallArrived(LegId(f"leg-{number}"), to, "+31612345678", name))


@asynccontextmanager
async def running(
    driver: Driver, switch: Switch | None = None, look_ups: LookUps | None = None
) -> AsyncIterator[None]:
    """Run a driver meanwhile."""
    task = asyncio.get_running_loop().create_task(
        driver.run(switch or Switch(), look_ups or LookUps())
    )
    await asyncio.sleep(0)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def quiet(driver: Driver) -> None:
    """Wait until everything that came was handled."""
    async with asyncio.timeout(LIMIT):
        while driver.backlog:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0)


class _Kept(Center):
    """A center that keeps the inputs it was given."""

    def __init__(self) -> None:
        super().__init__(STARTED, SITE)
        self.inputs: list[Moment] = []

    def handle(self, input_: Input, now: datetime) -> Outcome:
        """Note the input, then take it."""
        self.inputs.append((now, input_))
        return super().handle(input_, now)


def busy_hour(seed: int, *, minutes: int = 60) -> list[Moment]:
    """Inputs as they come in a busy center whose link has faults now and then."""
    random = Random(seed)  # noqa: S311  # a simulation must be repeatable
    faults = Faults(fails=0.02, doubles=0.02, delays=0.02, loses=0.005)
    population = Population(SITE, MORNING, random, link=FaultyLink(random, faults))
    center = _Kept()
    population.simulation.center = center
    habits = Habits(refuses=0.05, ignores=0.05, hangs_up=timedelta(minutes=6))
    for queues in ([SALES], [CLAIMS], [SALES, CLAIMS]):
        population.staff(2, queues, habits)
    until = MORNING + timedelta(minutes=minutes)
    population.all_dial("*11", within=timedelta(minutes=1))
    minds = [("", "1"), ("", "2", "", "5"), ("", "9", "1"), ()]
    population.expect_calls(MENU, minds=minds, per_hour=lambda _: 100, peak=100, until=until)
    for number in (DIRECT, "+999"):
        population.expect_calls(number, minds=[()], per_hour=lambda _: 10, peak=10, until=until)
    population.simulation.run_until(until)
    return center.inputs
