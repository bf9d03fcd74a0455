"""The program is killed with a callback open and a caller who waits for a skill: both are kept,
the callback even when only the database is left.
"""

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from baresip import Runtime
from msgspec.structs import replace

from contactcenter_ari.core.vocabulary.event import EndReason, OfferResult
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.postgres.report import Report
from tests.e2e.acd.floor import AGENT, BOOKED, SKILLED
from tests.e2e.caller import Caller
from tests.e2e.carrier import Carrier
from tests.e2e.language.flow_caller import LINE
from tests.e2e.polling import until_holds
from tests.e2e.separate_program import AgentEntry, SeparateProgram, separate_program

pytestmark = pytest.mark.asyncio(loop_scope="session")

PLAIN, DUTCH, CALLS_BACK = "301", "302", "303"
STAFF = (
    AgentEntry(PLAIN, ("skilled",), frequency=1700),
    AgentEntry(DUTCH, ("skilled",), ("dutch=7",), frequency=AGENT),
    AgentEntry(CALLS_BACK, ("booked",), frequency=AGENT),
)
SLACK = 0.2
"""Seconds."""


async def test_killed_with_a_callback_open(
    data_folder: Path,
    tools: Tools,
    runtime: Runtime,
    surroundings: dict[str, str],
    exchange: Carrier,
) -> None:
    """The program takes up its log after the first kill; before the second start the log is lost,
    too.
    """
    async with separate_program(
        data_folder / "data", tools, runtime, STAFF, surroundings
    ) as center:
        await _take_up_the_log(center, exchange)
        exchange.reset()
        await _begin_anew(center, exchange)
        exchange.reset()
        offers = await Report(center.database).offers(center.since)
        assert [(offer.agent, offer.result) for offer in offers] == [
            (DUTCH, OfferResult.ACCEPTED),
            (CALLS_BACK, OfferResult.ACCEPTED),
            (CALLS_BACK, OfferResult.ACCEPTED),
        ]
        assert center.phones[PLAIN].calls == []


async def _take_up_the_log(center: SeparateProgram, exchange: Carrier) -> None:
    """The caller goes on waiting, with their age and only for agents with the skill. The customer
    is called when an agent comes to work.
    """
    program, loop = center.program, asyncio.get_running_loop()
    waiter = await _waits_for_a_skill(center, "waiter")
    customer = await _has_callback(center, "customer")
    (callback,) = await program.callbacks()
    age, seen_at = (await program.queue("skilled")).oldest_wait_seconds, loop.time()
    await program.kill()
    await program.start()
    status = await program.queue("skilled")
    assert status.waiting == 1
    assert status.oldest_wait_seconds >= age + loop.time() - seen_at - SLACK
    assert await program.callbacks() == (callback,)
    await program.until_agent(PLAIN, "ready")
    await program.change_state(DUTCH, "ready")
    await waiter.until_hears_tone(AGENT)
    waiter.hang_up()
    await _is_kept(center, exchange, customer)
    await program.change_state(CALLS_BACK, "logged_out")
    await center.until_nothing_is_left()
    row = (await center.rows())["waiter"]
    assert row.reason is EndReason.COMPLETED
    assert row.waited > timedelta(seconds=age)


async def _begin_anew(center: SeparateProgram, exchange: Carrier) -> None:
    """A program without a log reads the callback from the database; the waiting caller was hung
    up.
    """
    program = center.program
    waiter = await _waits_for_a_skill(center, "second waiter")
    customer = await _has_callback(center, "second customer")
    (callback,) = await program.callbacks()
    await program.kill()
    shutil.rmtree(center.environment.data / "input")
    await program.start()
    (restored,) = await program.callbacks()
    assert replace(restored, next_at=callback.next_at) == callback
    await waiter.until_over()
    assert waiter.center_hung_up
    await program.until_reachable(CALLS_BACK)
    await _is_kept(center, exchange, customer)
    await center.until_nothing_is_left()


async def _waits_for_a_skill(center: SeparateProgram, who: str) -> Caller:
    """An agent is free, and another agent, who could help this caller, pauses."""
    program = center.program
    await program.until_reachable(*(entry.extension for entry in STAFF))
    await program.change_state(PLAIN, "logged_in")
    await program.change_state(DUTCH, "logged_in")
    await program.change_state(DUTCH, "not_ready", "lunch")
    caller = await center.call(who, SKILLED)
    await program.until_waiting("skilled", 1)
    return caller


async def _has_callback(center: SeparateProgram, who: str) -> Caller:
    """A customer gets a callback while no agent is at work; the database has the callback."""
    customer = await center.call(who, BOOKED)
    await center.program.until_waiting("booked", 1)
    await customer.press("1")
    await customer.until_hears(await center.sound("We shall call you back."))
    await customer.until_over()
    await until_holds(lambda: _is_written(center, customer, ("open", None)))
    return customer


async def _is_kept(center: SeparateProgram, exchange: Carrier, customer: Caller) -> None:
    """An agent comes to work: the customer is called once, and they talk."""
    phone = center.phones[CALLS_BACK]
    calls = len(phone.calls) + 1
    assert exchange.lines == []
    await center.program.change_state(CALLS_BACK, "logged_in")
    line = await exchange.called()
    assert line.dialed == customer.number
    await line.until_hears_tone(AGENT)
    await (await phone.talks(calls)).until_hears_tone(LINE)
    line.hang_up()
    await until_holds(lambda: _is_written(center, customer, ("closed", "reached")))
    await center.program.until_agent(CALLS_BACK, "ready")
    assert await center.program.callbacks() == ()
    assert len(exchange.lines) == 1


async def _is_written(
    center: SeparateProgram, customer: Caller, wanted: tuple[str, str | None]
) -> str:
    """Whether the callback is so in the database; else its row."""
    async with center.database.connection() as connection:
        query = "select state, result from callback where number = %s"
        cursor = await connection.execute(query, (customer.number,))
        rows = await cursor.fetchall()
    return "" if rows == [wanted] else f"callbacks: {rows}, not {wanted}"
