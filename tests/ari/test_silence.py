"""The check whether legs are alive: it asks legs that send nothing, and no others."""

import asyncio
from collections import Counter
from datetime import timedelta

from contactcenter_ari.ari.errors import SwitchTooSlow
from contactcenter_ari.ari.operation import Operation
from contactcenter_ari.ari.reply import Reply
from contactcenter_ari.ari.silence import ANSWER_LIMIT, SilenceLimits, SilenceWatch

LIMIT = 10
QUICK = SilenceLimits(
    ANSWER_LIMIT + timedelta(milliseconds=40), ANSWER_LIMIT + timedelta(minutes=10)
)
"""Looks every 10 ms, and asks after 20 ms of silence; on hold, never in this test."""


class FakeAsterisk:
    """Legs that speak or not; `talkers` send a packet between any two looks."""

    def __init__(self) -> None:
        self.talkers: set[str] = set()
        self.held: set[str] = set()
        self.gone: set[str] = set()
        self.looks: Counter[str] = Counter()
        self.asked: asyncio.Queue[str] = asyncio.Queue()
        self.slow = False

    async def send(self, wanted: Operation, *, limit: timedelta) -> Reply:
        """Answer as Asterisk would."""
        assert limit < ANSWER_LIMIT
        leg = wanted.path["channelId"]
        if leg in self.gone:
            return Reply(404)
        if wanted.method == "POST":
            self.asked.put_nowait(leg)
            if self.slow:
                raise SwitchTooSlow("a prompt plays")
            return Reply(204)
        if wanted.template.endswith("rtp_statistics"):
            self.looks[leg] += 1
            packets = self.looks[leg] if leg in self.talkers else 7
            return Reply(200, f'{{"rxcount": {packets}}}')
        return Reply(200, f'{{"value": "{int(leg in self.held)}"}}')


async def test_only_silent_legs_are_asked_again_and_again() -> None:
    """One who speaks, one on hold and one without audio of its own are left alone."""
    asterisk = FakeAsterisk()
    asterisk.talkers, asterisk.held, asterisk.gone = {"speaks"}, {"held"}, {"snoop"}
    watch = SilenceWatch(asterisk, asterisk, QUICK)
    for leg in ("speaks", "held", "snoop", "silent"):
        watch.add(leg)
    running = asyncio.get_running_loop().create_task(watch.run())
    async with asyncio.timeout(LIMIT):
        assert [await asterisk.asked.get() for _ in range(3)] == ["silent"] * 3
    assert len(watch) == 3
    running.cancel()


async def test_a_leg_that_is_gone_is_asked_no_more() -> None:
    """Also when the last question waited for the end of a prompt."""
    asterisk = FakeAsterisk()
    asterisk.slow = True
    watch = SilenceWatch(asterisk, asterisk, QUICK)
    watch.add("first")
    watch.add("second")
    running = asyncio.get_running_loop().create_task(watch.run())
    async with asyncio.timeout(LIMIT):
        await asterisk.asked.get()
        watch.drop("first")
        while await asterisk.asked.get() != "second":
            pass
    watch.keep(())
    assert len(watch) == 0
    running.cancel()


def test_the_limits_leave_room_for_the_answer() -> None:
    """A leg that dies right after a check, or after an answer, is given up within the limit."""
    limits = SilenceLimits()
    for held, limit in ((False, limits.talking), (True, limits.on_hold)):
        asked_at = limits.look_every * 2 + limits.ask_after(held=held)
        assert asked_at + ANSWER_LIMIT <= limit
