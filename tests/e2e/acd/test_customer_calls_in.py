"""A customer with a callback calls in: only a talk settles the callback."""

from datetime import timedelta

import pytest

from tests.e2e.acd.callback_line import called, lined_up
from tests.e2e.acd.floor import AGENT, BOOKED, joined, talk
from tests.e2e.caller import Caller
from tests.e2e.carrier import Carrier, Reply
from tests.e2e.language.flow_caller import LINE, events, hears_music
from tests.e2e.polling import until_holds
from tests.e2e.world import Record, World
from tests.hearing import tone_heard

pytestmark = pytest.mark.asyncio(loop_scope="session")

Row = tuple[str, str | None, int, list[str] | None, str | None]


async def test_a_customer_who_hangs_up_is_called_at_the_old_rank(
    world: World, carrier: Carrier
) -> None:
    """The customer takes the position over, hangs up, and is called when it is next: before the
    caller who has waited behind it all the time.
    """
    line_up = await lined_up(world, BOOKED, "booked")
    again = await joined(world, BOOKED, "booked", caller=line_up.customer.number)
    assert _positions(world)[line_up.customer.number] == 2
    again.hang_up()
    await world.until_waiting("booked", 2)
    assert await _row(world, line_up.customer, ("open", None, 0, None, None)) == ""
    assert carrier.lines == []
    line_up.talker.hang_up()
    await line_up.ahead.until_hears_tone(AGENT)
    line = await called(carrier, 1)
    assert line.dialed == line_up.customer.number
    await line.until_hears(await world.sound("You are called back."))
    await hears_music(line)
    line_up.ahead.hang_up()
    await line.until_hears_tone(AGENT)
    await (await line_up.worker.phone.talks(3)).until_hears_tone(LINE)
    assert tone_heard(line_up.behind.heard, AGENT) == timedelta()
    line.hang_up()
    await line_up.behind.until_hears_tone(AGENT)
    line_up.behind.hang_up()
    kept = ("closed", "reached", 1, ["Europe/Amsterdam"], "number")
    await until_holds(lambda: _row(world, line_up.customer, kept))
    booked, gave_up = await _calls_of(world, line_up.customer)
    (taken,) = await _told(world, gave_up, "CallbackTakenOver")
    (given,) = await _told(world, gave_up, "CallbackGivenBack")
    assert taken == given
    assert not await _told(world, booked, "CallbackTakenOver")


async def test_a_served_customer_is_not_called(world: World, carrier: Carrier) -> None:
    """The customer's line rings for the callback while the customer calls in. The agent talks to
    the customer, the callback is closed, and the line stops ringing.
    """
    carrier.reply = Reply.RINGS
    line_up = await lined_up(world, BOOKED, "booked")
    line_up.ahead.hang_up()
    line = await called(carrier, 1)
    again = await joined(world, BOOKED, "booked", caller=line_up.customer.number)
    line_up.behind.hang_up()
    await world.until_waiting("booked", 1)
    line_up.talker.hang_up()
    await again.until_hears_tone(AGENT)
    await line.until_over()
    settled = ("closed", "called_in", 1, ["Europe/Amsterdam"], "number")
    await until_holds(lambda: _row(world, line_up.customer, settled))
    again.hang_up()
    _, served = await _calls_of(world, line_up.customer)
    assert talk(served).agent == line_up.worker.id
    assert carrier.lines == [line]


def _positions(world: World) -> dict[str, int]:
    """The position in line of each customer number."""
    calls = world.service.driver.center.calls()
    return {call.customer_number: call.position for call in calls if call.position}


async def _row(world: World, customer: Caller, wanted: Row) -> str:
    """Whether the callback is so in the database; else its row."""
    await world.service.journal.caught_up()
    async with world.service.database.connection() as connection:
        query = (
            "select state, result, attempts_made, zones, zone_source from callback"
            " where number = %s"
        )
        cursor = await connection.execute(query, (customer.number,))
        rows = await cursor.fetchall()
    return "" if rows == [wanted] else f"callbacks: {rows}, not {wanted}"


async def _calls_of(world: World, customer: Caller) -> list[Record]:
    """The two calls that the customer made, in order."""
    rows = await world.interactions(2, lambda row: row.caller_number == customer.number)
    ordered = sorted(rows, key=lambda row: row.started_at)
    return [await world.record_of(row) for row in ordered]


async def _told(world: World, record: Record, kind: str) -> list[object]:
    """The callbacks that events of one kind are about."""
    return [event.data["callback"] for event in await events(world, record, kind)]
