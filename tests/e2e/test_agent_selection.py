"""Selection of the agent for the next call: the longest idle, or the least occupied."""

import pytest

from contactcenter_ari.core.vocabulary.event import AgentState
from tests.e2e.world import LEAST, LONGEST, Worker, World

pytestmark = pytest.mark.asyncio(loop_scope="session")

LONG_TALK, SHORT_TALK = 2.0, 0.2


async def _worked(world: World) -> tuple[Worker, Worker]:
    """Two free agents: the first worked long and then waited, the second worked a little, just
    now.
    """
    busy = await world.hire("longest", "least")
    fresh = await world.hire("longest", "least")
    await fresh.pause()
    await _talk(world, busy, LONG_TALK)
    await busy.pause()
    await fresh.resume()
    await _talk(world, fresh, SHORT_TALK)
    await busy.resume()
    assert busy.view.occupancy > fresh.view.occupancy
    return busy, fresh


async def _talk(world: World, worker: Worker, length: float) -> None:
    caller = await world.call(LONGEST)
    await worker.phone.talks()
    await caller.until_hears_tone(worker.phone.frequency, length)
    caller.hang_up()
    await worker.until(AgentState.WRAP_UP)
    await worker.until(AgentState.READY)


async def test_the_next_call_goes_to_the_longest_idle(world: World) -> None:
    """The call goes to the agent whose last contact ended first, however much they have worked."""
    busy, fresh = await _worked(world)
    await world.call(LONGEST)
    await busy.phone.talks(2)
    assert len(fresh.phone.calls) == 1


async def test_the_next_call_goes_to_the_least_occupied(world: World) -> None:
    """The call goes to the agent who was busy for the smaller share of the time, however short
    their rest.
    """
    busy, fresh = await _worked(world)
    await world.call(LEAST)
    await fresh.phone.talks(2)
    assert len(busy.phone.calls) == 1
