"""The order of callers: head starts, one agent of many queues, a queue that closes."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus

import aiohttp
import pytest

from contactcenter_ari.core.vocabulary.event import AgentState, EndReason
from contactcenter_ari.postgres.customer import Customer, put_customers
from contactcenter_ari.postgres.report import Report
from tests.e2e.acd.floor import (
    AGENT,
    DOOR,
    FIFTH,
    FIRST,
    FOURTH,
    LADDER,
    SECOND,
    SIXTH,
    THIRD,
    joined,
    served_in_turn,
    stay,
    talk,
    until_waited,
)
from tests.e2e.phone import Manner
from tests.e2e.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")

HEAD_START = timedelta(seconds=4)
"""The head start of callers with status gold."""
GOLD = Customer("Gold", ("+31677000041",), "30000041", Decimal(1), status="gold")
SIX = {
    "sixth": SIXTH, "fifth": FIFTH, "fourth": FOURTH, "third": THIRD, "second": SECOND,
    "first": FIRST,
}  # fmt: skip


async def test_a_head_start_beats_a_smaller_lead_alone(world: World) -> None:
    """A gold customer is served before callers who came less than four seconds earlier, and after
    callers who came before that. The head start is not counted in the reported wait.
    """
    await put_customers(world.service.database, [GOLD])
    worker = await world.hire("ladder", frequency=AGENT)
    await worker.pause()
    early = await joined(world, LADDER, "ladder")
    await until_waited(world, "ladder", timedelta(seconds=1.5))
    late = await joined(world, LADDER, "ladder")
    later = await joined(world, LADDER, "ladder")
    await until_waited(world, "ladder", HEAD_START + timedelta(seconds=0.3))
    gold = await joined(world, LADDER, "ladder", caller=GOLD.numbers[0])
    last = await joined(world, LADDER, "ladder")
    await worker.resume()
    assert await served_in_turn([late, last, gold, early, later]) == [
        early, gold, late, later, last,
    ]  # fmt: skip
    records = [await world.record(caller) for caller in (early, gold, late, later, last)]
    since = [stay(record).started_at for record in records]
    assert since[1] - since[0] > HEAD_START > since[1] - since[2]
    begun = [talk(record).started_at for record in records]
    assert begun == sorted(begun)
    assert records[1].interaction.caller_status == "gold"
    assert records[1].interaction.waited == begun[1] - since[1] < since[1] - since[0]
    reasons = [record.offers[0].reason for record in records]
    given = [reason.head_start for reason in reasons if reason is not None]
    assert given == [timedelta(), HEAD_START, timedelta(), timedelta(), timedelta()]


async def test_no_queue_calls_during_wrap_up(world: World) -> None:
    """An agent of six queues has three seconds of wrap-up after a call of the first queue. Then
    the phone rings for the caller who has waited longest in any queue.
    """
    worker = await world.hire(*SIX, frequency=AGENT)
    talking = await world.call(FIRST)
    await talking.until_hears_tone(AGENT)
    waiting = [await joined(world, number, queue) for queue, number in SIX.items()]
    talking.hang_up()
    await worker.until(AgentState.WRAP_UP)
    assert [world.waiting(queue) for queue in SIX] == [1] * 6
    *most, one = waiting
    assert await served_in_turn(most) == most
    one.hang_up()
    records = [await world.record(caller) for caller in (talking, *most)]
    rows = await Report(world.service.database).agent_states(world.since)
    work = next(r for r in rows if (r.agent, r.state) == (worker.id, AgentState.WRAP_UP))
    assert work.ended_at is not None
    assert work.ended_at - work.started_at >= timedelta(seconds=3)
    offers = [offer for record in records for offer in record.offers]
    assert [offer.queue for offer in offers] == ["first", *list(SIX)[:-1]]
    assert all(stay(record).started_at < work.started_at for record in records)
    assert offers[0].made_at < work.started_at
    assert [offer.made_at >= work.ended_at for offer in offers[1:]] == [True] * 5
    rang_at = [ringing.began_at for ringing in worker.phone.calls]
    assert rang_at[0] < work.started_at
    assert rang_at[1] > work.ended_at
    assert rang_at[1] - work.ended_at < timedelta(seconds=1)


async def test_a_queue_closes_while_callers_wait(world: World, api: aiohttp.ClientSession) -> None:
    """Waiting callers and new callers hear that the queue is closed and leave; a call that rings
    at a phone can still be answered. Once the queue is open again callers are let in.
    """
    worker = await world.hire("door", frequency=AGENT, manner=Manner.RINGS)
    lucky = await joined(world, DOOR, "door")
    ringing = await worker.phone.rings()
    turned_away = [await joined(world, DOOR, "door") for _ in range(2)]
    assert await _control(api, "close") == {"closed": True, "waiting": 1}
    turned_away.append(await world.call(DOOR))
    closed = await world.sound("We have closed for today.")
    await asyncio.gather(*(caller.until_hears(closed) for caller in turned_away))
    await asyncio.gather(*(caller.until_over() for caller in turned_away))
    await ringing.answer()
    await lucky.until_hears_tone(AGENT)
    lucky.hang_up()
    assert await _control(api, "open") == {"closed": False, "waiting": 0}
    worker.phone.manner = Manner.ANSWERS
    welcome = await world.call(DOOR)
    await welcome.until_hears_tone(AGENT)
    welcome.hang_up()
    for caller in turned_away:
        record = await world.record(caller)
        assert (stay(record).result, record.offers) == ("closed", [])
        assert record.interaction.reason is EndReason.TURNED_AWAY
        assert caller.center_hung_up
    for caller in (lucky, welcome):
        assert (await world.record(caller)).interaction.reason is EndReason.COMPLETED


async def _control(api: aiohttp.ClientSession, what: str) -> dict[str, object]:
    async with api.post(f"/api/v1/queues/door/{what}") as answer:
        assert answer.status == HTTPStatus.OK, await answer.text()
        told = await answer.json()
    return {name: told[name] for name in ("closed", "waiting")}
