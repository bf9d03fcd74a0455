"""Common parts of the ACD tests: the numbers to dial, and the order of the served callers."""

import asyncio
from datetime import timedelta

import numpy as np

from contactcenter_ari.core.vocabulary.event import SegmentKind
from contactcenter_ari.postgres.report_row import SegmentRow
from contactcenter_ari.speech.music import compose
from contactcenter_ari.speech.tone import Samples
from tests.e2e.caller import Caller
from tests.e2e.polling import until
from tests.e2e.world import Record, World
from tests.hearing import HEARD, find

LADDER = "+31200000041"
FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH, DOOR, CROWD, MORTGAGES, TEAM = (
    f"+312000000{number}" for number in range(51, 61)
)
TALKATIVE, HONEST, CANTEEN = "+31200000061", "+31200000062", "+31200000063"
LITHUANIAN, RUSSIAN, ROMANIAN = (f"+312000000{number}" for number in range(71, 74))
BOOKED, RESERVED, SKILLED = (f"+312000000{number}" for number in range(81, 84))
"""The numbers of the flows in `site`."""
AGENT = 620
"""The voice of agents, in hertz."""
MUSIC = compose()


async def joined(world: World, number: str, queue: str, *, caller: str = "") -> Caller:
    """One more caller, who is now waiting in the queue."""
    before = world.waiting(queue)
    placed = await world.call(number, number=caller)
    await world.until_waiting(queue, before + 1)
    return placed


def oldest_wait(world: World, queue: str) -> timedelta:
    """The wait of the caller who has waited the longest."""
    views = world.service.driver.center.queues(world.service.clock.now())
    return next(view.oldest_wait for view in views if view.queue == queue)


async def until_waited(world: World, queue: str, length: timedelta) -> None:
    """Wait until a caller has waited this long."""
    await until(
        lambda: oldest_wait(world, queue) >= length,
        lambda: f"nobody has waited {length} in {queue}",
    )


async def served_in_turn(callers: list[Caller], frequency: float = AGENT) -> list[Caller]:
    """The callers in the order in which they hear the agent; each hangs up at once. The limit
    begins again with each caller who is served.
    """
    order: list[Caller] = []

    async def be_served(caller: Caller) -> None:
        await caller.until_hears_tone(frequency, 0.1, progress=lambda: len(order))
        order.append(caller)
        caller.hang_up()

    await asyncio.gather(*(be_served(caller) for caller in callers))
    return order


def stay(record: Record) -> SegmentRow:
    """The only stay in a queue."""
    (found,) = (row for row in record.segments if row.kind is SegmentKind.QUEUE)
    return found


def talk(record: Record) -> SegmentRow:
    """The only talk."""
    (found,) = (row for row in record.segments if row.kind is SegmentKind.TALK)
    return found


async def is_music(heard: Samples) -> bool:
    """Whether this is the music of waiting callers, from any instant of it on. A thread searches
    the whole music: on the event loop the phones would stop speaking for that time.
    """
    match = await asyncio.to_thread(find, heard, np.concatenate([MUSIC, MUSIC[: len(heard)]]))
    return match.score > HEARD
