"""The program is killed with a callback open and a caller who waits for a skill: both are kept,
the callback even when nothing is left but the database.
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
from tests.e2e.language.listening import LINE
from tests.e2e.patience import until_holds
from tests.e2e.scene import Hand, Scene, staged

pytestmark = pytest.mark.asyncio(loop_scope="session")

PLAIN, DUTCH, CALLS_BACK = "301", "302", "303"
HANDS = (
    Hand(PLAIN, ("skilled",), frequency=1700),
    Hand(DUTCH, ("skilled",), ("dutch=7",), frequency=AGENT),
    Hand(CALLS_BACK, ("booked",), frequency=AGENT),
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
    """First it takes up its log, then that is lost, too."""
    async with staged(data_folder / "data", tools, runtime, HANDS, surroundings) as scene:
        await _take_up_the_log(scene, exchange)
        exchange.reset()
        await _begin_anew(scene, exchange)
        exchange.reset()
        offers = await Report(scene.database).offers(scene.since)
        assert [(offer.agent, offer.result) for offer in offers] == [
            (DUTCH, OfferResult.ACCEPTED),
            (CALLS_BACK, OfferResult.ACCEPTED),
            (CALLS_BACK, OfferResult.ACCEPTED),
        ]
        assert scene.phones[PLAIN].calls == []


async def _take_up_the_log(scene: Scene, exchange: Carrier) -> None:
    """The caller goes on waiting, with his age and for who has the skill alone, and the customer
    is called when somebody comes to work.
    """
    program, loop = scene.program, asyncio.get_running_loop()
    waiter = await _waits_for_a_skill(scene, "waiter")
    customer = await _has_callback(scene, "customer")
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
    await _is_kept(scene, exchange, customer)
    await program.change_state(CALLS_BACK, "logged_out")
    await scene.until_nothing_is_left()
    row = (await scene.rows())["waiter"]
    assert row.reason is EndReason.COMPLETED
    assert row.waited > timedelta(seconds=age)


async def _begin_anew(scene: Scene, exchange: Carrier) -> None:
    """The database tells a program without a log what was booked; who waited is let go."""
    program = scene.program
    waiter = await _waits_for_a_skill(scene, "second waiter")
    customer = await _has_callback(scene, "second customer")
    (callback,) = await program.callbacks()
    await program.kill()
    shutil.rmtree(scene.environment.data / "input")
    await program.start()
    (restored,) = await program.callbacks()
    assert replace(restored, next_at=callback.next_at) == callback
    await waiter.until_over()
    assert waiter.center_hung_up
    await program.until_reachable(CALLS_BACK)
    await _is_kept(scene, exchange, customer)
    await scene.until_nothing_is_left()


async def _waits_for_a_skill(scene: Scene, who: str) -> Caller:
    """An agent is free, and another one pauses who could help this caller."""
    program = scene.program
    await program.until_reachable(*(hand.extension for hand in HANDS))
    await program.change_state(PLAIN, "logged_in")
    await program.change_state(DUTCH, "logged_in")
    await program.change_state(DUTCH, "not_ready", "lunch")
    caller = await scene.call(who, SKILLED)
    await program.until_waiting("skilled", 1)
    return caller


async def _has_callback(scene: Scene, who: str) -> Caller:
    """A customer gets a callback, with nobody at work who could make it; the database
    has it.
    """
    customer = await scene.call(who, BOOKED)
    await scene.program.until_waiting("booked", 1)
    await customer.press("1")
    await customer.until_hears(await scene.sound("We shall call you back."))
    await customer.until_over()
    await until_holds(lambda: _is_written(scene, customer, ("open", None)))
    return customer


async def _is_kept(scene: Scene, exchange: Carrier, customer: Caller) -> None:
    """Somebody comes to work: the customer is called, once, and they talk."""
    phone = scene.phones[CALLS_BACK]
    calls = len(phone.calls) + 1
    assert exchange.lines == []
    await scene.program.change_state(CALLS_BACK, "logged_in")
    line = await exchange.called()
    assert line.dialed == customer.number
    await line.until_hears_tone(AGENT)
    await (await phone.talks(calls)).until_hears_tone(LINE)
    line.hang_up()
    await until_holds(lambda: _is_written(scene, customer, ("closed", "reached")))
    await scene.program.until_agent(CALLS_BACK, "ready")
    assert await scene.program.callbacks() == ()
    assert len(exchange.lines) == 1


async def _is_written(scene: Scene, customer: Caller, wanted: tuple[str, str | None]) -> str:
    """Whether the callback is so in the database; else what is there."""
    async with scene.database.connection() as connection:
        query = "select state, result from callback where number = %s"
        cursor = await connection.execute(query, (customer.number,))
        rows = await cursor.fetchall()
    return "" if rows == [wanted] else f"callbacks: {rows}, not {wanted}"
