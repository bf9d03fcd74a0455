"""The application dies or hangs while people call: no caller is left in silence or lost.

Every new caller hears the apology within eight seconds and may leave a number or a message. When
the application is back it records each of them once. Talks and waiting callers are left alone.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from baresip import Runtime

from contactcenter_ari.core.vocabulary.event import EndReason
from contactcenter_ari.fallback.plan import CONFIRM_NUMBER, NUMBER_KEPT, SPEAK
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.postgres.callback import Callbacks
from contactcenter_ari.postgres.report import Report
from contactcenter_ari.service.fall_back_plan import spool_folder
from contactcenter_ari.service.fall_back_text import TEXTS
from contactcenter_ari.speech.tone import SAMPLE_RATE
from tests.e2e.caller import Caller
from tests.e2e.phone import Conversation
from tests.e2e.polling import until, until_holds
from tests.e2e.separate_program import AgentEntry, SeparateProgram, separate_program
from tests.e2e.world import DESK, LONGEST
from tests.hearing import tone_heard
from tests.recorded import mono_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

APOLOGY = "We are sorry, our service is away."
WITHIN = timedelta(seconds=8)
MENU = "Press one for help, three for your balance, four for visits."
AUDIBLE = 64
"""Quieter samples are silence, of 32,767: G.711 has no exact zero."""
TALKS, PHONES_IN = "201", "202"
STAFF = (
    AgentEntry(TALKS, ("longest",), frequency=620),
    AgentEntry(PHONES_IN, (), frequency=700),
)
VOICE, TALKER = 440, 500
LEAVES = ("nothing", "number", "message")
LONG = 60
"""Calls, one a second: longer than a caller may wait in the queue of the site."""
PATIENCE = timedelta(seconds=90)
"""For conversations of half a minute, many at once."""


@dataclass(slots=True)
class Visitor:
    """A caller during the outage, what they leave, and when they heard the apology."""

    caller: Caller
    leaves: str
    called_at: float
    apologized_after: timedelta = timedelta()


@dataclass(slots=True)
class Outage:
    """One time in which the application is away, and its callers."""

    center: SeparateProgram
    visitors: list[Visitor] = field(default_factory=list)

    async def last(self, calls: int) -> None:
        """One caller a second, each followed to the end."""
        async with asyncio.TaskGroup() as group:
            for number in range(calls):
                group.create_task(self._visit(number))
                await asyncio.sleep(1)  # the rate of the calls, not a wait for something

    async def _visit(self, number: int) -> None:
        loop = asyncio.get_running_loop()
        own = f"+3164{len(self.center.callers):03d}{number:04d}"
        sip = self.center.environment.addresses.sip
        visitor = Visitor(
            await Caller.place(sip, DESK, number=own, frequency=VOICE),
            LEAVES[number % len(LEAVES)],
            loop.time(),
        )
        self.visitors.append(visitor)
        caller = visitor.caller
        self.center.callers[f"visitor {own}"] = caller
        begun = await caller.until_hears(await self.center.sound(APOLOGY), PATIENCE)
        waited = timedelta(seconds=caller.rtp.begun_at - visitor.called_at)
        visitor.apologized_after = waited + begun
        if visitor.leaves == "number":
            await caller.press("1")
            await caller.until_hears(
                await self.center.sound(TEXTS[CONFIRM_NUMBER]["en"]), PATIENCE
            )
            await caller.press("1")
            await caller.until_hears(await self.center.sound(TEXTS[NUMBER_KEPT]["en"]), PATIENCE)
        elif visitor.leaves == "message":
            await caller.press("2")
            await caller.until_hears(await self.center.sound(TEXTS[SPEAK]["en"]), PATIENCE)
            heard = len(caller.rtp.heard)
            enough = heard + 3 * SAMPLE_RATE
            await until(lambda: len(caller.rtp.heard) > enough, "the tone never came", PATIENCE)
            await caller.press("#")
        await caller.until_over(PATIENCE)
        assert caller.center_hung_up

    async def check_accounts(self) -> None:
        """Each apology is one interaction, each number and each message one task."""
        center = self.center
        await until_holds(self._spool_left)
        numbers = Counter(visitor.caller.number for visitor in self.visitors)
        report = Report(center.database)

        async def missing() -> str:
            rows = await report.interactions(center.since)
            found = Counter(r.caller_number for r in rows if r.caller_number in numbers)
            return "" if found >= numbers else f"{(numbers - found).total()} calls are missing"

        await until_holds(missing)
        rows = [r for r in await report.interactions(center.since) if r.caller_number in numbers]
        assert Counter(row.caller_number for row in rows) == numbers
        assert {row.reason for row in rows} == {EndReason.APOLOGIZED}
        internal = [
            r for r in await report.interactions(center.since) if r.direction == "internal"
        ]
        assert [(r.called_number, r.reason) for r in internal] == [("*11", EndReason.APOLOGIZED)]
        await self._check_tasks()

    async def _check_tasks(self) -> None:
        left = {v.caller.number: v.leaves for v in self.visitors if v.leaves != "nothing"}
        tasks = {
            task.caller_number: task.reason.value.removesuffix("_left")
            for task in await Callbacks(self.center.database).open_lost_calls()
        }
        assert tasks == left
        messages = [v for v in self.visitors if v.leaves == "message"]
        recordings = await Report(self.center.database).recordings(self.center.since)
        kept = [r for r in recordings if r.recording.endswith(".message")]
        assert len(kept) == len(messages)
        for recording in kept:
            assert tone_heard(mono_of(recording.path), VOICE).total_seconds() > 1

    async def _spool_left(self) -> str:
        left = list(spool_folder(self.center.environment.data).iterdir())
        return f"{len(left)} files are not taken up" if left else ""


@dataclass(slots=True)
class Before:
    """The callers at its beginning: one talks, one waits, one is in a menu."""

    talker: Caller
    talk: Conversation
    waiter: Caller
    chooser: Caller

    @classmethod
    async def in_(cls, center: SeparateProgram) -> "Before":
        """Place the calls."""
        await center.program.until_reachable(TALKS)
        await center.program.change_state(TALKS, "logged_in")
        talker = await center.call("talker", LONGEST, TALKER)
        talk = await center.phones[TALKS].talks()
        await talker.until_hears_tone(620)
        waiter = await center.call("waiter", LONGEST)
        await center.program.until_waiting("longest", 1)
        return cls(talker, talk, waiter, await center.call("chooser", DESK))

    def check(self) -> None:
        """No caller was hung up on, and none was in silence for eight seconds."""
        for caller in (self.talker, self.waiter, self.chooser):
            assert caller.talking
            assert longest_silence(caller) < WITHIN

    async def talk_on(self) -> None:
        """The talk goes on; then it ends."""
        heard = tone_heard(self.talker.heard, 620).total_seconds()
        await self.talker.until_hears_tone(620, heard + 0.5)
        self.talker.hang_up()
        await self.talk.until_over()

    def leave(self) -> None:
        """The waiting caller leaves, or is led out: the queue lets nobody wait longer than a
        minute.
        """
        for caller in (self.waiter, self.chooser):
            caller.hang_up()

    async def go_on(self, center: SeparateProgram) -> None:
        """The waiting caller is served next; the menu still takes keys."""
        next_talk = await center.phones[TALKS].talks(2)
        await self.waiter.until_hears_tone(620)
        self.waiter.hang_up()
        await next_talk.until_over()
        assert self.chooser.talking
        self.chooser.rtp.heard.clear()
        await self.chooser.until_hears(await center.sound(MENU), PATIENCE)
        self.chooser.hang_up()


def longest_silence(caller: Caller) -> timedelta:
    """The longest stretch in which nothing came out of the earpiece."""
    window = SAMPLE_RATE // 10
    samples = caller.heard[: len(caller.heard) // window * window].reshape(-1, window)
    quiet = np.abs(samples.astype(np.int32)).max(axis=1) < AUDIBLE
    longest = running = 0
    for silent in quiet:
        running = running + 1 if silent else 0
        longest = max(longest, running)
    return timedelta(seconds=longest / 10)


async def killed_and_started(
    center: SeparateProgram, meanwhile: Callable[[], Awaitable[None]]
) -> None:
    """The application dies, and is started again."""
    await center.program.kill()
    await meanwhile()
    await center.program.start()


async def stopped_and_continued(
    center: SeparateProgram, meanwhile: Callable[[], Awaitable[None]]
) -> None:
    """The application hangs with its sockets open, and continues."""
    center.program.hang()
    await meanwhile()
    center.program.go_on()


Away = Callable[[SeparateProgram, Callable[[], Awaitable[None]]], Awaitable[None]]
WAYS = pytest.mark.parametrize("away", [killed_and_started, stopped_and_continued])


@WAYS
async def test_nobody_is_left_in_silence(
    data_folder: Path, tools: Tools, runtime: Runtime, away: Away
) -> None:
    """Six callers, the first of them before the outage can be noticed."""
    await _story(data_folder, tools, runtime, away, calls=6)


@pytest.mark.chaos
@WAYS
async def test_nobody_is_left_in_silence_for_a_minute(
    data_folder: Path, tools: Tools, runtime: Runtime, away: Away
) -> None:
    """Sixty callers, one a second."""
    await _story(data_folder, tools, runtime, away, calls=LONG)


async def _story(
    data_folder: Path, tools: Tools, runtime: Runtime, away: Away, *, calls: int
) -> None:
    folder = data_folder / f"{away.__name__} {calls}"
    async with separate_program(folder, tools, runtime, STAFF) as center:
        await center.program.until_reachable(PHONES_IN)
        before, outage = await Before.in_(center), Outage(center)

        async def meanwhile() -> None:
            await outage.last(calls)
            await _agent_is_told(center)
            before.check()

        await away(center, meanwhile)
        slowest = max(visitor.apologized_after for visitor in outage.visitors)
        assert slowest < WITHIN, slowest
        await outage.check_accounts()
        await before.talk_on()
        if calls < LONG:
            await before.go_on(center)
        else:
            before.leave()
        await center.until_nothing_is_left()


async def _agent_is_told(center: SeparateProgram) -> None:
    """An agent who dials a code hears that the center is away; that is written down, too."""
    dialing = await center.phones[PHONES_IN].dial("*11")
    await dialing.until_hears(await center.sound(APOLOGY))
    await dialing.until_over()
