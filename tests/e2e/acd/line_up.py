"""A line in which somebody has a callback, and what the carrier is asked for then."""

from typing import NamedTuple

from tests.e2e.acd.floor import AGENT, joined
from tests.e2e.caller import Caller
from tests.e2e.carrier import Carrier, Line
from tests.e2e.patience import until
from tests.e2e.world import Worker, World


class LineUp(NamedTuple):
    """Who is there: an agent in a talk, and those who are next, in this order."""

    worker: Worker
    talker: Caller
    ahead: Caller
    customer: Caller
    behind: Caller


async def lined_up(world: World, number: str, queue: str) -> LineUp:
    """A customer who has booked waits for a call between two who wait on the line."""
    worker = await world.hire(queue, frequency=AGENT)
    talker = await world.call(number)
    await talker.until_hears_tone(AGENT)
    ahead = await joined(world, number, queue)
    customer = await booked(world, number, queue)
    behind = await joined(world, number, queue)
    return LineUp(worker, talker, ahead, customer, behind)


async def booked(world: World, number: str, queue: str) -> Caller:
    """A caller who has a callback and has hung up."""
    caller = await joined(world, number, queue)
    await caller.press("1")
    await caller.until_hears(await world.sound("We shall call you back."))
    await caller.until_over()
    return caller


async def called(carrier: Carrier, calls: int) -> Line:
    """The nth call that the carrier was asked for."""
    await until(lambda: len(carrier.lines) >= calls, "no outside line was called")
    assert len(carrier.lines) == calls
    return carrier.lines[-1]
