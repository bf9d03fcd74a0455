"""The answers of agents' phones to a call, and their behavior while they ring and talk."""

from datetime import timedelta
from functools import partial
from itertools import count

import pytest

from contactcenter_ari.core.vocabulary.command import UNREACHABLE_AFTER
from contactcenter_ari.core.vocabulary.event import AgentState, OfferResult
from contactcenter_ari.core.vocabulary.request import GoReady, LogOut
from contactcenter_ari.runtime.address import Address
from tests.e2e.carrier import Line
from tests.e2e.desk_phone import LOOPBACK
from tests.e2e.polling import until
from tests.e2e.wire.conftest import Dial, Hire
from tests.e2e.wire.seat import Seat
from tests.e2e.world import LONGEST, PATIENT, TEST, World

pytestmark = pytest.mark.asyncio(loop_scope="session")

RING_LIMIT = timedelta(seconds=30)
"""The ring limit of the queue `patient`."""
REFUSALS = (
    400, 401, 402, 403, 404, 405, 406, 407, 408, 410, 413, 415, 416, 420, 421, 423, 480, 481,
    482, 483, 484, 485, 486, 488, 491, 493, 500, 501, 502, 503, 504, 505, 513, 600, 603, 604,
    606, 300, 301, 302, 305, 380, 699,
)  # fmt: skip


async def test_the_next_phone_rings_after_any_refusal(
    world: World, dial: Dial, hire: Hire
) -> None:
    """Every refusal leads to the other agent, and the caller hears nothing of it."""
    seats = [await hire("longest"), await hire("longest")]
    rung = count(1)
    for code in REFUSALS:
        caller = await dial(LONGEST)
        first = await rings(seats, next(rung))
        first.turn_down(f"{code} Test\r\nContact: <sip:elsewhere@127.0.0.9>")
        second = await rings(seats, next(rung))
        assert second is not first
        caller.hang_up()
        await until(partial(getattr, second, "farewells"), f"rings on after {code}")
        for seat in seats:
            if seat.view.state is not AgentState.READY:
                await world.service.driver.request(GoReady(seat.agent, TEST))
            await seat.until(AgentState.READY)


class Dead(Line):
    """A registered phone that does not respond to a call."""

    words: tuple[str, ...] = ()

    @classmethod
    async def rung(
        cls, center: Address, invite: str, frequency: float, address: str = LOOPBACK
    ) -> Line:
        """The line an INVITE is for, which it has read."""
        line = cls(center, invite, frequency)
        await line._open(address)
        for word in cls.words:
            line._reply(line._invite, "", word)
        return line


class Received(Dead):
    """A phone that confirms the receipt and then does not respond."""

    words = ("100 Trying",)


class Slow(Dead):
    """A phone that does not report ringing, but progress."""

    words = ("100 Trying", "183 Session Progress")


@pytest.mark.parametrize("kind", [Dead, Received])
async def test_a_registered_phone_that_says_nothing(
    world: World, dial: Dial, hire: Hire, kind: type[Dead]
) -> None:
    """The next phone rings long before the ring limit, and the agent has missed nothing: the phone
    is unreachable until the switch lists it again.
    """
    dead, alive = await hire("patient"), await hire("patient")
    dead.phone.kind = kind
    since = world.service.clock.now()
    caller = await dial(PATIENT)
    line = await alive.phone.rings()
    assert (dead.view.state, dead.view.reachable) == (AgentState.READY, False)
    line.pick_up()
    await caller.until_hears_tone(line.frequency)
    caller.hang_up()
    (row,) = await world.interactions(1, lambda _: True, since)
    first, second = (await world.record_of(row)).offers
    assert (first.agent, first.result) == (dead.agent, OfferResult.FAILED)
    assert (second.agent, second.result) == (alive.agent, OfferResult.ACCEPTED)
    assert UNREACHABLE_AFTER <= first.ended_at - first.made_at < RING_LIMIT
    await until(lambda: dead.view.reachable, "is never reachable again")


async def test_a_phone_that_is_slow_to_ring(world: World, dial: Dial, hire: Hire) -> None:
    """A phone that has reported progress has all of the ring limit."""
    slow, other = await hire("patient"), await hire("patient")
    slow.phone.kind = Slow
    caller = await dial(PATIENT)
    line = await slow.phone.rings()
    since = world.service.clock.now()
    at = since + UNREACHABLE_AFTER + timedelta(seconds=2)
    await until(lambda: world.service.clock.now() > at, "time stands still")
    line.pick_up()
    await caller.until_hears_tone(line.frequency)
    assert not other.phone.lines
    caller.hang_up()
    await line.until_over()


async def test_an_agent_who_logs_out_while_the_phone_rings(
    world: World, dial: Dial, hire: Hire
) -> None:
    """The phone stops ringing, which is no miss, and the next phone rings."""
    leaves, stays = await hire("patient"), await hire("patient")
    since = world.service.clock.now()
    caller = await dial(PATIENT)
    line = await leaves.phone.rings()
    await world.service.driver.request(LogOut(leaves.agent, TEST))
    await until(lambda: line.farewells, "rings on for who has gone")
    other = await stays.phone.rings()
    other.pick_up()
    await caller.until_hears_tone(other.frequency)
    caller.hang_up()
    (row,) = await world.interactions(1, lambda _: True, since)
    results = {each.agent: each.result for each in (await world.record_of(row)).offers}
    assert results == {
        leaves.agent: OfferResult.WITHDRAWN,
        stays.agent: OfferResult.ACCEPTED,
    }


async def rings(seats: list[Seat], calls: int) -> Line:
    """Wait until the phones were called this often in all; gives the last call."""

    def last() -> Line | None:
        lines = [line for seat in seats for line in seat.phone.lines]
        rung = [line for line in lines if not line.over and not line.farewells]
        return rung[-1] if len(lines) >= calls and rung else None

    return await until(last, f"the phones were not rung {calls} times")


async def test_a_phone_that_unregisters_while_it_rings(dial: Dial, hire: Hire) -> None:
    """The agent picks up anyway, and they talk."""
    seat = await hire("longest")
    caller = await dial(LONGEST)
    line = await seat.phone.rings()
    await seat.unregister()
    line.pick_up()
    await caller.until_hears_tone(line.frequency)
    await line.until_hears_tone(caller.frequency)


async def test_a_phone_that_unregisters_while_it_talks(
    world: World, dial: Dial, hire: Hire
) -> None:
    """The talk goes on; after it the agent is not rung."""
    seat = await hire("longest")
    caller = await dial(LONGEST)
    line = await seat.phone.rings()
    line.pick_up()
    await caller.until_hears_tone(line.frequency)
    await seat.unregister()
    await until(lambda: not seat.view.reachable, "still taken for registered")
    heard = len(caller.rtp.heard)
    await until(lambda: len(caller.rtp.heard) > heard + 8000, "the talk does not go on")
    caller.hang_up()
    await line.until_over()
    waits = await dial(LONGEST)
    await waits.until_answered()
    await until(lambda: world.waiting("longest") == 1 or waits.over, "does not wait")
    assert len(seat.phone.lines) == 1
