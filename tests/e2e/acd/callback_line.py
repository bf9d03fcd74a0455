"""A queue line with a callback in it, and the calls that the carrier gets for it."""

from typing import NamedTuple

from tests.e2e.acd.floor import AGENT, joined
from tests.e2e.caller import Caller
from tests.e2e.carrier import Carrier, Line
from tests.e2e.polling import until
from tests.e2e.world import Worker, World


class LineUp(NamedTuple):
    """An agent in a talk, and the people in line, in this order."""

    worker: Worker
    talker: Caller
    ahead: Caller
    customer: Caller
    behind: Caller


async def lined_up(world: World, number: str, queue: str) -> LineUp:
    """A customer with a callback stands between two callers who wait on the line."""
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
    """The nth call to an outside line."""
    await until(lambda: len(carrier.lines) >= calls, "no outside line was called")
    assert len(carrier.lines) == calls
    return carrier.lines[-1]
