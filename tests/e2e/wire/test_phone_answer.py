"""What agents' phones answer, and what they do while they ring and talk."""

from functools import partial
from itertools import count

import pytest

from contactcenter_ari.core.vocabulary.event import AgentState
from contactcenter_ari.core.vocabulary.request import GoReady
from tests.e2e.carrier import Line
from tests.e2e.patience import until
from tests.e2e.wire.conftest import Dial, Hire
from tests.e2e.wire.seat import Seat
from tests.e2e.world import LONGEST, TEST, World

pytestmark = pytest.mark.asyncio(loop_scope="session")

REFUSALS = (
    400, 401, 402, 403, 404, 405, 406, 407, 408, 410, 413, 415, 416, 420, 421, 423, 480, 481,
    482, 483, 484, 485, 486, 488, 491, 493, 500, 501, 502, 503, 504, 505, 513, 600, 603, 604,
    606, 300, 301, 302, 305, 380, 699,
)  # fmt: skip


async def test_whatever_a_phone_answers_the_next_one_rings(
    world: World, dial: Dial, hire: Hire
) -> None:
    """Every refusal there is leads to the other agent, and the caller never notices."""
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


async def rings(seats: list[Seat], calls: int) -> Line:
    """Wait until the phones were called so often in all; gives the last call."""

    def last() -> Line | None:
        lines = [line for seat in seats for line in seat.phone.lines]
        rung = [line for line in lines if not line.over and not line.farewells]
        return rung[-1] if len(lines) >= calls and rung else None

    return await until(last, f"the phones were not rung {calls} times")


async def test_a_phone_that_unregisters_while_it_rings(dial: Dial, hire: Hire) -> None:
    """The agent picks up all the same, and they talk."""
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
