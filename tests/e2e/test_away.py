"""The application dies or hangs while people call: nobody is left in silence or forgotten.

Everybody who calls hears the apology within eight seconds and may leave a number or a message;
when it is back each of them is recorded by it once, and talks and waiting callers were left alone.
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
from tests.e2e.patience import until, until_holds
from tests.e2e.phone import Conversation
from tests.e2e.scene import Hand, Scene, staged
from tests.e2e.world import DESK, LONGEST
from tests.hearing import tone_heard
from tests.recorded import mono_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

APOLOGY = "We are sorry, our service is away."
WITHIN = timedelta(seconds=8)
MENU = "Press one for help, three for your balance, four for visits."
AUDIBLE = 64
"""Of 32,767; G.711 has no exact zero."""
TALKS, PHONES_IN = "201", "202"
HANDS = (Hand(TALKS, ("longest",), frequency=620), Hand(PHONES_IN, (), frequency=700))
VOICE, TALKER = 440, 500
LEAVES = ("nothing", "number", "message")
LONG = 60
"""Calls, one a second: longer than a caller may wait in the queue of the site."""
PATIENCE = timedelta(seconds=90)
"""For conversations of half a minute, many at once."""


@dataclass(slots=True)
class Visitor:
    """Who called while the application was away, what they leave, and when they heard what."""

    caller: Caller
    leaves: str
    called_at: float
    apologized_after: timedelta = timedelta()


@dataclass(slots=True)
class Outage:
    """One time in which the application is away, and all who call in it."""

    scene: Scene
    visitors: list[Visitor] = field(default_factory=list)

    async def last(self, calls: int) -> None:
        """One caller a second, each through to the end."""
        async with asyncio.TaskGroup() as group:
            for number in range(calls):
                group.create_task(self._visit(number))
                await asyncio.sleep(1)  # the rate of the calls, not a wait for something

    async def _visit(self, number: int) -> None:
        loop = asyncio.get_running_loop()
        own = f"+3164{len(self.scene.callers):03d}{number:04d}"
        sip = self.scene.environment.addresses.sip
        visitor = Visitor(
            await Caller.place(sip, DESK, number=own, frequency=VOICE),
            LEAVES[number % len(LEAVES)],
            loop.time(),
        )
        self.visitors.append(visitor)
        caller = visitor.caller
        self.scene.callers[f"visitor {own}"] = caller
        begun = await caller.until_hears(await self.scene.sound(APOLOGY), PATIENCE)
        waited = timedelta(seconds=caller.rtp.begun_at - visitor.called_at)
        visitor.apologized_after = waited + begun
        if visitor.leaves == "number":
            await caller.press("1")
            await caller.until_hears(await self.scene.sound(TEXTS[CONFIRM_NUMBER]["en"]), PATIENCE)
            await caller.press("1")
            await caller.until_hears(await self.scene.sound(TEXTS[NUMBER_KEPT]["en"]), PATIENCE)
        elif visitor.leaves == "message":
            await caller.press("2")
            await caller.until_hears(await self.scene.sound(TEXTS[SPEAK]["en"]), PATIENCE)
            heard = len(caller.rtp.heard)
            enough = heard + 3 * SAMPLE_RATE
            await until(lambda: len(caller.rtp.heard) > enough, "the tone never came", PATIENCE)
            await caller.press("#")
        await caller.until_over(PATIENCE)
        assert caller.center_hung_up

    async def check_accounts(self) -> None:
        """Each apology is an interaction, each number and each message a task, once."""
        scene = self.scene
        await until_holds(self._spool_left)
        numbers = Counter(visitor.caller.number for visitor in self.visitors)
        report = Report(scene.database)

        async def missing() -> str:
            rows = await report.interactions(scene.since)
            found = Counter(r.caller_number for r in rows if r.caller_number in numbers)
            return "" if found >= numbers else f"{(numbers - found).total()} calls are missing"

        await until_holds(missing)
        rows = [r for r in await report.interactions(scene.since) if r.caller_number in numbers]
        assert Counter(row.caller_number for row in rows) == numbers
        assert {row.reason for row in rows} == {EndReason.APOLOGIZED}
        internal = [r for r in await report.interactions(scene.since) if r.direction == "internal"]
        assert [(r.called_number, r.reason) for r in internal] == [("*11", EndReason.APOLOGIZED)]
        await self._check_tasks()

    async def _check_tasks(self) -> None:
        left = {v.caller.number: v.leaves for v in self.visitors if v.leaves != "nothing"}
        tasks = {
            task.caller_number: task.reason.value.removesuffix("_left")
            for task in await Callbacks(self.scene.database).open_lost_calls()
        }
        assert tasks == left
        messages = [v for v in self.visitors if v.leaves == "message"]
        recordings = await Report(self.scene.database).recordings(self.scene.since)
        kept = [r for r in recordings if r.recording.endswith(".message")]
        assert len(kept) == len(messages)
        for recording in kept:
            assert tone_heard(mono_of(recording.path), VOICE).total_seconds() > 1

    async def _spool_left(self) -> str:
        left = list(spool_folder(self.scene.environment.data).iterdir())
        return f"{len(left)} files are not taken up" if left else ""


@dataclass(slots=True)
class Before:
    """Who was there when it happened: one talks, one waits, one is in a menu."""

    talker: Caller
    talk: Conversation
    waiter: Caller
    chooser: Caller

    @classmethod
    async def in_(cls, scene: Scene) -> "Before":
        """Let them call."""
        await scene.program.until_reachable(TALKS)
        await scene.program.change_state(TALKS, "logged_in")
        talker = await scene.call("talker", LONGEST, TALKER)
        talk = await scene.phones[TALKS].talks()
        await talker.until_hears_tone(620)
        waiter = await scene.call("waiter", LONGEST)
        await scene.program.until_waiting("longest", 1)
        return cls(talker, talk, waiter, await scene.call("chooser", DESK))

    def check(self) -> None:
        """Nobody hung up on them, and none of them was in silence for eight seconds."""
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
        """Their patience, or the site's with them, is over: the queue lets nobody wait longer
        than a minute.
        """
        for caller in (self.waiter, self.chooser):
            caller.hang_up()

    async def go_on(self, scene: Scene) -> None:
        """The one who waited is served next; the menu is still there."""
        next_talk = await scene.phones[TALKS].talks(2)
        await self.waiter.until_hears_tone(620)
        self.waiter.hang_up()
        await next_talk.until_over()
        assert self.chooser.talking
        self.chooser.rtp.heard.clear()
        await self.chooser.until_hears(await scene.sound(MENU), PATIENCE)
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


async def killed_and_started(scene: Scene, meanwhile: Callable[[], Awaitable[None]]) -> None:
    """The application dies, and is started again."""
    await scene.program.kill()
    await meanwhile()
    await scene.program.start()


async def stopped_and_continued(scene: Scene, meanwhile: Callable[[], Awaitable[None]]) -> None:
    """The application hangs with its sockets open, and goes on as if nothing had been."""
    scene.program.hang()
    await meanwhile()
    scene.program.go_on()


Away = Callable[[Scene, Callable[[], Awaitable[None]]], Awaitable[None]]
WAYS = pytest.mark.parametrize("away", [killed_and_started, stopped_and_continued])


@WAYS
async def test_nobody_is_left_in_silence(
    data_folder: Path, tools: Tools, runtime: Runtime, away: Away
) -> None:
    """Six callers, the first of them before anybody can know that the application is away."""
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
    async with staged(folder, tools, runtime, HANDS) as scene:
        await scene.program.until_reachable(PHONES_IN)
        before, outage = await Before.in_(scene), Outage(scene)

        async def meanwhile() -> None:
            await outage.last(calls)
            await _agent_is_told(scene)
            before.check()

        await away(scene, meanwhile)
        slowest = max(visitor.apologized_after for visitor in outage.visitors)
        assert slowest < WITHIN, slowest
        await outage.check_accounts()
        await before.talk_on()
        if calls < LONG:
            await before.go_on(scene)
        else:
            before.leave()
        await scene.until_nothing_is_left()


async def _agent_is_told(scene: Scene) -> None:
    """An agent who dials a code hears that the center is away; that is written down, too."""
    dialing = await scene.phones[PHONES_IN].dial("*11")
    await dialing.until_hears(await scene.sound(APOLOGY))
    await dialing.until_over()
