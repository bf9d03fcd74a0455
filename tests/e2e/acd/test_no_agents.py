"""No agent takes calls: all are at lunch, or all phones are unplugged."""

import asyncio
from datetime import timedelta
from http import HTTPStatus

import aiohttp
import pytest

from contactcenter_ari.core.vocabulary.event import AgentState, EndReason
from tests.e2e.acd.floor import AGENT, CANTEEN, joined, stay
from tests.e2e.polling import until
from tests.e2e.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")

GRACE = timedelta(seconds=1)
"""The time that waiting callers are kept when all agents are at lunch."""


async def test_all_agents_are_at_lunch(world: World, api: aiohttp.ClientSession) -> None:
    """One agent is at lunch, the other will be after the talk. A new caller hears at once that
    nobody is there, a waiting caller a second later; the talk goes on. After lunch callers are
    served again.
    """
    talks = await world.hire("canteen", frequency=AGENT)
    talking = await world.call(CANTEEN)
    await talking.until_hears_tone(AGENT)
    eats = await world.hire("canteen", ready=False)
    await eats.pause()
    assert eats.view.state is AgentState.NOT_READY, "logged in straight to a break"
    waiting = [await joined(world, CANTEEN, "canteen") for _ in range(2)]
    assert await _staff(api) == {"logged_in": 2, "takes_calls": 1, "free": 0}
    await talks.pause()
    assert await _staff(api) == {"logged_in": 2, "takes_calls": 0, "free": 0}
    late = await world.call(CANTEEN)
    nobody = await world.sound("Nobody is at work.")
    await asyncio.gather(*(caller.until_hears(nobody) for caller in (*waiting, late)))
    await asyncio.gather(*(caller.until_over() for caller in (*waiting, late)))
    talking.rtp.heard.clear()
    await talking.until_hears_tone(AGENT)
    talking.hang_up()
    await talks.until(AgentState.NOT_READY, "break")
    for caller in (*waiting, late):
        record = await world.record(caller)
        assert (stay(record).result, record.offers) == ("no_agents", [])
        assert record.interaction.reason is EndReason.TURNED_AWAY
        assert caller.center_hung_up
    waits = [stay(await world.record(caller)) for caller in (*waiting, late)]
    lasted = [row.ended_at - row.started_at for row in waits]
    assert min(lasted[:2]) >= GRACE
    assert lasted[2] < GRACE
    await talks.resume()
    served = await world.call(CANTEEN)
    await served.until_hears_tone(AGENT)
    served.hang_up()
    assert (await world.record(served)).interaction.reason is EndReason.COMPLETED


async def test_every_phone_is_unplugged(world: World) -> None:
    """A ready agent takes no calls while their phone is gone; back at the phone, they do."""
    worker = await world.hire("canteen", frequency=AGENT)
    await worker.phone.unregister()
    await until(lambda: not worker.view.reachable, "the phone is still known as registered")
    assert worker.view.state is AgentState.READY
    caller = await world.call(CANTEEN)
    await caller.until_hears(await world.sound("Nobody is at work."))
    await caller.until_over()
    await worker.phone.register()
    await until(lambda: worker.view.takes_calls, "the agent takes no calls")
    again = await world.call(CANTEEN)
    await again.until_hears_tone(AGENT)
    again.hang_up()
    assert (await world.record(caller)).interaction.reason is EndReason.TURNED_AWAY


async def _staff(api: aiohttp.ClientSession) -> dict[str, int]:
    """The figures about agents that the boards show."""
    async with api.get("/api/v1/queues") as answer:
        assert answer.status == HTTPStatus.OK, await answer.text()
        (shown,) = (q for q in (await answer.json())["queues"] if q["queue"] == "canteen")
    return {name: shown[name] for name in ("logged_in", "takes_calls", "free")}
