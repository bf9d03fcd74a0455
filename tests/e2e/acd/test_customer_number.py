"""A caller whom carriers write in four ways is one customer: one callback, one history."""

import pytest
from psycopg.rows import scalar_row

from tests.e2e.acd.floor import AGENT, BOOKED, joined
from tests.e2e.carrier import Carrier
from tests.e2e.polling import until
from tests.e2e.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")

ANN = "+31611112222"
NATIONAL, ABROAD, PLAIN = "0611112222", "0031611112222", "31611112222"
DIALED = {NATIONAL: "0200000081", ABROAD: "0031200000081", PLAIN: "31200000081", ANN: BOOKED}
"""The called numbers, each written in the same way as the caller's."""


async def test_a_caller_written_four_ways_is_one_customer(world: World, carrier: Carrier) -> None:
    """The caller books a callback in one spelling and again in each other one: there is one
    callback, it is dialed in E.164, and all calls are rows of one number.
    """
    worker = await world.hire("booked", frequency=AGENT)
    talker = await world.call(BOOKED)
    await talker.until_hears_tone(AGENT)
    ahead = await joined(world, BOOKED, "booked")
    for spelling, dialed in DIALED.items():
        caller = await joined(world, dialed, "booked", caller=spelling)
        await caller.press("1")
        await caller.until_hears(await world.sound("We shall call you back."))
        await caller.until_over()
        assert world.service.driver.center.open_callbacks() == 1
    talker.hang_up()
    await ahead.until_hears_tone(AGENT)
    await until(lambda: carrier.lines, "no outside line was called")
    (line,) = carrier.lines
    assert line.dialed == ANN
    ahead.hang_up()
    await line.until_hears_tone(AGENT)
    await worker.phone.talks(3)
    line.hang_up()
    calls = await world.interactions(5, lambda row: ANN in {row.caller_number, row.called_number})
    inbound = [row for row in calls if row.direction == "inbound"]
    assert [row.caller_number_raw for row in inbound] == list(DIALED)
    assert [row.called_number_raw for row in inbound] == list(DIALED.values())
    assert {(row.caller_number, row.called_number) for row in inbound} == {(ANN, BOOKED)}
    assert await _booked(world) == [(ANN, "reached")]


async def _booked(world: World) -> list[tuple[str, str]]:
    """Numbers and results of the callbacks that were not merged into another."""
    found: list[tuple[str, str]] = []
    async with world.service.database.connection() as connection:
        cursor = connection.cursor(row_factory=scalar_row)
        await cursor.execute(
            "select number || ' ' || result from callback"
            " where result not in ('called_in', 'renewed')"
        )
        for text in await cursor.fetchall():
            number, result = str(text).split()
            found.append((number, result))
    return found
