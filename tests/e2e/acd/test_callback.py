"""Callbacks: booked by key, dialed over the trunk when the customer is next, dialed again when the
customer does not answer, and never dialed twice at once.
"""

import asyncio
from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import pairwise

import aiohttp
import msgspec
import pytest
import pytest_asyncio
from msgspec.structs import replace
from psycopg.rows import dict_row

from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.step import Section, Step
from contactcenter_ari.core.flow.verb.callback import BookCallback
from contactcenter_ari.core.outbound.callback import CallbackState
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.core.vocabulary.event import AgentState, EndReason, OfferResult
from contactcenter_ari.postgres.report import Report
from contactcenter_ari.postgres.report_row import InteractionRow
from contactcenter_ari.web.callback import CallbackList, CallbackStatus
from tests.e2e.acd.callback_line import LineUp, booked, called, lined_up
from tests.e2e.acd.floor import AGENT, BOOKED, RESERVED, stay, talk
from tests.e2e.caller import Caller
from tests.e2e.carrier import Carrier, Reply
from tests.e2e.language.flow_caller import LINE, events, hears_music
from tests.e2e.polling import until_holds
from tests.e2e.world import Record, World
from tests.hearing import tone_heard

pytestmark = pytest.mark.asyncio(loop_scope="session")

RETRY_AFTER = timedelta(seconds=1)
"""A delay shorter than a file may have, so that the tests do not take minutes."""

AHEAD = timedelta(milliseconds=2)
"""The time before an attempt at which the competing requests are sent."""


class CallbackRow(msgspec.Struct, frozen=True, kw_only=True):
    """A callback as the database has it."""

    id: str
    interaction_id: str
    queue: str
    number: str
    waiting_since: datetime
    attempts_made: int
    last_result: str | None
    state: str
    result: str | None


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def promptness(center: World) -> None:
    """A customer who was not reached is called again after a second."""
    center.service.driver.publish(_prompt(center.place.site))


def _prompt(site: Site) -> Site:
    return replace(site, flows=tuple(_prompt_flow(flow) for flow in site.flows))


def _prompt_flow(flow: Flow) -> Flow:
    sections = {name: _prompt_section(section) for name, section in flow.sections.items()}
    return replace(flow, sections=sections)


def _prompt_section(section: Section) -> Section:
    return replace(section, steps=tuple(_prompt_step(step) for step in section.steps))


def _prompt_step(step: Step) -> Step:
    if isinstance(step.verb, BookCallback):
        return replace(step, verb=replace(step.verb, retry_after=RETRY_AFTER))
    return step


async def test_a_customer_is_called_back_in_turn(world: World, carrier: Carrier) -> None:
    """The customer booked by key between two callers who wait. The first attempt finds the line
    busy, the second finds nobody, the third reaches the customer. The customer hears who calls,
    and talks after the caller ahead and before the caller behind.
    """
    carrier.reply = Reply.IS_BUSY
    line_up = await lined_up(world, BOOKED, "booked")
    assert carrier.lines == []
    line_up.talker.hang_up()
    await line_up.ahead.until_hears_tone(AGENT)
    for calls, reply in enumerate((Reply.IS_AWAY, Reply.ANSWERS), start=1):
        await called(carrier, calls)
        carrier.reply = reply
    line = await called(carrier, 3)
    assert (line.dialed, line.number) == (line_up.customer.number, BOOKED)
    await line.until_hears(await world.sound("You are called back."))
    await hears_music(line)
    line_up.ahead.hang_up()
    await line.until_hears_tone(AGENT)
    talking = await line_up.worker.phone.talks(3)
    await talking.until_hears_tone(LINE)
    assert tone_heard(line_up.behind.heard, AGENT) == timedelta()
    line.hang_up()
    reached = await _all_are_served(world, line_up, ["busy", "no_answer", "reached"])
    assert [offer.result for offer in reached.offers] == [OfferResult.ACCEPTED]


async def test_an_agent_waits_for_the_customer(world: World, carrier: Carrier) -> None:
    """When the customer is next an agent is reserved, hears that a customer is called, and is
    joined with the customer, who picks up. The caller behind waits for it.
    """
    carrier.reply = Reply.RINGS
    line_up = await lined_up(world, RESERVED, "reserved")
    line_up.talker.hang_up()
    await line_up.ahead.until_hears_tone(AGENT)
    assert carrier.lines == []
    line_up.ahead.hang_up()
    talking = await line_up.worker.phone.talks(3)
    await talking.until_hears(await world.sound("We call."))
    line = await called(carrier, 1)
    assert (line.dialed, line.number) == (line_up.customer.number, BOOKED)
    line.pick_up()
    await line.until_hears_tone(AGENT)
    await talking.until_hears_tone(LINE)
    assert tone_heard(line_up.behind.heard, AGENT) == timedelta()
    line.hang_up()
    await _all_are_served(world, line_up, ["reached"])


async def test_an_agent_hears_that_nobody_picks_up(world: World, carrier: Carrier) -> None:
    """The agent is free again without wrap-up, and is called again for the next attempt."""
    carrier.reply = Reply.IS_BUSY
    customer = await booked(world, RESERVED, "reserved")
    worker = await world.hire("reserved", frequency=AGENT)
    talking = await worker.phone.talks()
    await talking.until_hears(await world.sound("Not reached."))
    carrier.reply = Reply.ANSWERS
    await talking.until_over()
    again = await worker.phone.talks(2)
    line = await called(carrier, 2)
    await line.until_hears_tone(AGENT)
    await again.until_hears_tone(LINE)
    line.hang_up()
    tries = await _tries(world, customer, 2)
    await _is_written(world, customer, tries, ["busy", "reached"])
    rows = await Report(world.service.database).agent_states(world.since)
    mine = sorted((row for row in rows if row.agent == worker.id), key=lambda row: row.number)
    work = [row for row in mine if row.state is AgentState.WRAP_UP]
    assert [row.ended_at == row.started_at for row in work] == [True, False]


async def test_three_requests_make_one_call(
    world: World, carrier: Carrier, api: aiohttp.ClientSession
) -> None:
    """Three people ask for an attempt in the instant in which it is due: one call is made."""
    worker = await world.hire("booked", frequency=AGENT)
    talker = await world.call(BOOKED)
    await talker.until_hears_tone(AGENT)
    carrier.reply = Reply.IS_BUSY
    customer = await booked(world, BOOKED, "booked")
    for calls, reply in enumerate((Reply.IS_BUSY, Reply.ANSWERS), start=1):
        await called(carrier, calls)
        callback = await _resting(api, calls)
        carrier.reply = reply
        statuses = await _three_ask(world, api, callback)
        assert statuses.count(HTTPStatus.OK) <= 1
        assert set(statuses) <= {HTTPStatus.OK, HTTPStatus.CONFLICT}
        await called(carrier, calls + 1)
    line = carrier.lines[-1]
    talker.hang_up()
    await line.until_hears_tone(AGENT)
    await (await worker.phone.talks(2)).until_hears_tone(LINE)
    line.hang_up()
    tries = await _tries(world, customer, 3)
    assert len(carrier.lines) == 3
    await _is_written(world, customer, tries, ["busy", "busy", "reached"])


async def _all_are_served(world: World, line_up: LineUp, results: list[str]) -> Record:
    """All are served in order. Gives the call that reached the customer."""
    await line_up.behind.until_hears_tone(AGENT)
    line_up.behind.hang_up()
    tries = await _tries(world, line_up.customer, len(results))
    await _is_written(world, line_up.customer, tries, results)
    callers = (line_up.talker, line_up.ahead, line_up.behind)
    first, second, last = [await world.record(caller) for caller in callers]
    reached = await world.record_of(tries[-1])
    begun = [talk(record).started_at for record in (first, second, reached, last)]
    assert begun == sorted(begun)
    assert reached.interaction.agent == line_up.worker.id
    return reached


async def _tries(world: World, customer: Caller, wanted: int) -> list[InteractionRow]:
    """The calls to the customer, in order; there must be this many."""
    rows = await world.interactions(
        wanted, lambda row: (row.direction, row.called_number) == ("outbound", customer.number)
    )
    return sorted(rows, key=lambda row: row.started_at)


async def _is_written(
    world: World, customer: Caller, tries: list[InteractionRow], results: list[str]
) -> None:
    """The callback, its attempts, and the call in which it was given agree."""
    given = await world.record(customer)
    async with world.service.database.connection() as connection:
        cursor = connection.cursor(row_factory=dict_row)
        query = "select * from callback where number = %s"
        await cursor.execute(query, (customer.number,))
        (row,) = [msgspec.convert(found, CallbackRow) for found in await cursor.fetchall()]
    assert row.interaction_id == given.interaction.interaction
    assert stay(given).result == "callback_taken"
    assert row.waiting_since == stay(given).started_at
    assert (row.state, row.result, row.last_result) == ("closed", "reached", "reached")
    assert row.attempts_made == len(tries)
    unreached = [EndReason.NOT_REACHED] * (len(tries) - 1)
    assert [each.reason for each in tries] == [*unreached, EndReason.COMPLETED]
    told = [
        event.data["result"]
        for each in tries
        for event in await events(world, await world.record_of(each), "CallbackAttempted")
    ]
    assert told == results
    for before, after in pairwise(tries):
        assert after.started_at - before.ended_at >= RETRY_AFTER - 2 * AHEAD


async def _resting(api: aiohttp.ClientSession, attempts_made: int) -> CallbackStatus:
    """The only open callback, which waits for its next attempt after this many attempts."""
    found: list[CallbackStatus] = []

    async def missing() -> str:
        async with api.get("/api/v1/callbacks") as answer:
            listed = msgspec.json.decode(await answer.read(), type=CallbackList).callbacks
        found[:] = [each for each in listed if each.attempts_made == attempts_made]
        return "" if [each.state for each in found] == [CallbackState.RESTING] else f"{listed}"

    await until_holds(missing)
    return found[0]


async def _three_ask(
    world: World, api: aiohttp.ClientSession, callback: CallbackStatus
) -> list[int]:
    """Send three requests to dial it just when it is due; gives their answers."""
    loop = asyncio.get_running_loop()
    due_in = callback.next_at - world.service.clock.now()
    due = loop.create_future()
    loop.call_later((due_in - AHEAD).total_seconds(), due.set_result, None)
    await due

    async def ask() -> int:
        async with api.post(f"/api/v1/callbacks/{callback.callback}/dial") as answer:
            return answer.status

    return list(await asyncio.gather(*(ask() for _ in range(3))))
