"""A flow on real calls: a spoken balance, closed hours, and a head start."""

from decimal import Decimal

import pytest

from contactcenter_ari.core.vocabulary.event import AgentState, EndReason, Party
from contactcenter_ari.postgres.customer import Customer, put_customers
from tests.e2e.world import DESK, LONGEST, World

pytestmark = pytest.mark.asyncio(loop_scope="session")

GOLD = Customer("Gold", ("+31677000001",), "20000001", Decimal("1204.50"), status="gold")


async def test_a_balance_is_told(world: World) -> None:
    """The caller types a number; it is looked up in Postgres, and the amount is spoken."""
    await put_customers(world.service.database, [GOLD])
    caller = await world.call(DESK)
    await caller.until_answered()
    await caller.press("3")
    await caller.until_hears(await world.sound("Enter eight digits."))
    await caller.press(GOLD.policy_number)
    await caller.until_hears(await world.sound("Your balance is 1204 euros and 50 cents."))
    await caller.until_over()
    row = (await world.record(caller)).interaction
    assert (row.reason, row.ended_by) == (EndReason.CONTAINED, Party.SYSTEM)


async def test_an_unknown_policy_is_told(world: World) -> None:
    """A number that the database does not have is reported, and no balance is spoken."""
    caller = await world.call(DESK)
    await caller.until_answered()
    await caller.press("3")
    await caller.until_hears(await world.sound("Enter eight digits."))
    await caller.press("99999999")
    await caller.until_hears(await world.sound("We know no such policy."))
    await caller.until_over()


async def test_closed_hours_are_told(world: World) -> None:
    """Outside the opening hours the caller hears so, and the call ends."""
    caller = await world.call(DESK)
    await caller.until_answered()
    await caller.press("4")
    await caller.until_hears(await world.sound("Our door is closed today."))
    await caller.until_over()
    assert caller.center_hung_up


async def test_a_gold_customer_overtakes(world: World) -> None:
    """The head start by caller status puts a later caller first."""
    await put_customers(world.service.database, [GOLD])
    await world.engage("longest", LONGEST)
    worker = await world.hire("longest", frequency=1000)
    await worker.pause()
    plain = await world.call(LONGEST, frequency=440)
    await world.until_waiting("longest", 1)
    gold = await world.call(LONGEST, number=GOLD.numbers[0], frequency=1700)
    await world.until_waiting("longest", 2)
    await worker.resume()
    talk = await worker.phone.talks()
    await talk.until_hears_tone(1700)
    gold.hang_up()
    await worker.until(AgentState.WRAP_UP)
    later = await worker.phone.talks(2)
    await later.until_hears_tone(440)
    plain.hang_up()
    record = await world.record(gold)
    assert record.interaction.caller_status == "gold"
    assert record.interaction.waited < (await world.record(plain)).interaction.waited
