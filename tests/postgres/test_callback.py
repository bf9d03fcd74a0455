"""Callbacks, lost calls, dispositions and the reasons of offers: rows the same in any order."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random
from typing import LiteralString

import msgspec
import psycopg
import pytest

from contactcenter_ari.core.kpi.handle_time import HandledSegment, average_handle_time
from contactcenter_ari.core.vocabulary.callback import (
    AttemptResult,
    CallbackMode,
    CallbackResult,
    LostCallReason,
    LostCallResult,
    ZoneSource,
)
from contactcenter_ari.core.vocabulary.event import (
    CallbackAttempted,
    CallbackBooked,
    CallbackClosed,
    DispositionSet,
    Event,
    LostCallClosed,
    LostCallOpened,
    OfferEnded,
    OfferMade,
    OfferResult,
    QueueClosed,
    QueueOpened,
    SegmentEnded,
    SegmentKind,
    WrapUpExtended,
)
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    CallbackId,
    InteractionId,
    OfferId,
    QueueName,
    SegmentId,
)
from contactcenter_ari.core.vocabulary.offer_reason import OfferReason, PassedAgent, PassedCaller
from contactcenter_ari.core.vocabulary.request import (
    ForbidNumber,
    HandleTime,
    RestoreCallback,
    RestoreLostCall,
)
from contactcenter_ari.core.vocabulary.skill import SkillStep
from contactcenter_ari.machine.port import Protocol, free_port
from contactcenter_ari.postgres.callback import Callbacks
from contactcenter_ari.postgres.connection import Database, connect
from contactcenter_ari.postgres.errors import DatabaseUnreachable
from contactcenter_ari.postgres.event_writer import EventWriter
from contactcenter_ari.postgres.report import Report
from tests.core.conftest import Floor
from tests.core.outbound.callback import BOB, CAS, booked, busy_agent, customer, open_shop, waits

START = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
"""A Monday."""
CALLED, CALLING = InteractionId("i-1"), InteractionId("i-2")
CALLBACK = CallbackId("c-1")
SALES = QueueName("sales")
ANNA, BERT = AgentId("101"), AgentId("102")
NUMBER = "+31612345678"
SKILLS = (
    SkillStep(timedelta(), {"finnish": 5}),
    SkillStep(timedelta(minutes=1), {"finnish": 2}),
)
BOOKED = CallbackBooked(
    number=1,
    at=START,
    interaction=CALLED,
    callback=CALLBACK,
    queue=SALES,
    dialed=NUMBER,
    waiting_since=START - timedelta(minutes=2),
    head_start=timedelta(days=1, seconds=30),
    priority=3,
    flow="desk",
    language="nl",
    hours="office",
    attempts=3,
    retry_after=timedelta(minutes=15),
    expires_at=START + timedelta(days=2),
    mode=CallbackMode.AGENT_FIRST,
    skills=SKILLS,
    caller_number="+31687654321",
    timezone="Europe/Moscow",
)
CLOSED = CallbackClosed(
    number=9,
    at=START + timedelta(hours=1),
    interaction=CALLED,
    callback=CALLBACK,
    result=CallbackResult.REACHED,
)
OPENED = LostCallOpened(
    number=10,
    at=START,
    interaction=CALLED,
    queue=SALES,
    caller_number=NUMBER,
    waited=timedelta(seconds=42),
)
REACHED = LostCallClosed(
    number=11,
    at=START + timedelta(minutes=5),
    interaction=CALLED,
    caller_number=NUMBER,
    result=LostCallResult.CALLED_AGAIN,
)
OFFER_REASON = OfferReason(
    strategy="longest_idle",
    value=93.5,
    priority=5,
    waited=timedelta(seconds=12),
    head_start=timedelta(minutes=5),
    free_agents=2,
    callers_waiting=7,
    agents_passed=(PassedAgent(BERT, "later_choice", 20.0),),
    callers_passed=(PassedCaller(CALLING, "skills"),),
)
MADE = OfferMade(
    number=12,
    at=START,
    interaction=CALLED,
    offer=OfferId("o-1"),
    agent=ANNA,
    queue=SALES,
    reason=OFFER_REASON,
)
ENDED = OfferEnded(
    number=13,
    at=START + timedelta(seconds=8),
    interaction=CALLED,
    offer=OfferId("o-1"),
    agent=ANNA,
    queue=SALES,
    made_at=START,
    rang_at=START + timedelta(seconds=1),
    result=OfferResult.ACCEPTED,
)


def attempted(attempt: int, next_at: datetime | None) -> CallbackAttempted:
    """An attempt that was not answered."""
    return CallbackAttempted(
        number=1 + attempt,
        at=START + timedelta(minutes=attempt),
        interaction=CALLING,
        callback=CALLBACK,
        attempt=attempt,
        result=AttemptResult.NO_ANSWER,
        next_at=next_at,
        zones=("Europe/Moscow", f"Asia/{attempt}"),
        zone_source=ZoneSource.CUSTOMER,
    )


FIRST, SECOND = attempted(1, START + timedelta(minutes=16)), attempted(2, None)


async def write(url: str, *batches: list[Event]) -> None:
    """Deliver batches of events, one after the other."""
    async with await connect(url) as connection:
        writer = EventWriter(connection)
        for batch in batches:
            await writer.write(batch)


def rows(url: str, query: LiteralString) -> list[tuple[object, ...]]:
    """The rows that a query finds."""
    with psycopg.connect(url, options="-c timezone=UTC") as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
async def callbacks(database_url: str) -> AsyncIterator[Callbacks]:
    """The store of callbacks, empty."""
    async with Database(database_url) as database:
        yield Callbacks(database)


def restored(**changed: object) -> RestoreCallback:
    """The message to a new core about the callback."""
    callback = RestoreCallback(
        callback=CALLBACK,
        interaction=CALLED,
        queue=SALES,
        dialed=NUMBER,
        waiting_since=BOOKED.waiting_since,
        head_start=BOOKED.head_start,
        priority=3,
        flow="desk",
        language="nl",
        hours="office",
        attempts=3,
        attempts_made=0,
        retry_after=BOOKED.retry_after,
        next_at=None,
        expires_at=BOOKED.expires_at,
        mode=CallbackMode.AGENT_FIRST,
        skills=SKILLS,
        caller_number="+31687654321",
        timezone="Europe/Moscow",
    )
    return msgspec.structs.replace(callback, **changed)


async def test_an_open_callback_is_read_as_it_was_given(
    database_url: str, callbacks: Callbacks
) -> None:
    """All that a new core must know of it, and how far its attempts have come."""
    await write(database_url, [BOOKED])
    assert await callbacks.open_callbacks() == [restored()]
    await write(database_url, [FIRST])
    due = {"attempts_made": 1, "next_at": START + timedelta(minutes=16)}
    assert await callbacks.open_callbacks() == [restored(**due)]
    await write(database_url, [CLOSED])
    assert await callbacks.open_callbacks() == []


async def test_a_callback_is_the_same_in_whatever_order_it_is_told(
    database_url: str, callbacks: Callbacks
) -> None:
    """One by one, all at once, and again: the row ends up the same."""
    story: list[Event] = [BOOKED, FIRST, SECOND, CLOSED]
    zones = ["Europe/Moscow", "Asia/2"]
    told = (2, None, "no_answer", NUMBER, CLOSED.at, zones, "customer")
    expected = [("closed", "reached", *told)]
    query: LiteralString = (
        "select state, result, attempts_made, next_at, last_result, number, closed_at,"
        " zones, zone_source"
        " from callback"
    )
    for order in permutations(story):
        with psycopg.connect(database_url) as connection:
            connection.execute("truncate callback, interaction_event")
        await write(database_url, *([event] for event in order), list(order), [order[0]])
        assert rows(database_url, query) == expected
        assert rows(database_url, "select count(*) from interaction_event") == [(4,)]
    assert await callbacks.open_callbacks() == []


async def test_a_callback_that_is_half_known_is_not_restored(
    database_url: str, callbacks: Callbacks
) -> None:
    """An attempt at a callback whose booking has not come yet restores nothing."""
    await write(database_url, [FIRST], [REACHED])
    assert await callbacks.open_callbacks() == []
    assert await callbacks.open_lost_calls() == []


@pytest.mark.parametrize("order", [(OPENED, REACHED), (REACHED, OPENED)])
async def test_a_lost_call_is_a_task_until_it_is_closed(
    database_url: str, callbacks: Callbacks, order: tuple[Event, Event]
) -> None:
    """It is open, then closed with a result; in either order, and again."""
    await write(database_url, [OPENED])
    task = RestoreLostCall(interaction=CALLED, queue=SALES, caller_number=NUMBER, opened_at=START)
    assert await callbacks.open_lost_calls() == [task]
    with psycopg.connect(database_url) as connection:
        connection.execute("truncate lost_call")
    await write(database_url, *([event] for event in order), list(order))
    assert await callbacks.open_lost_calls() == []
    found = rows(
        database_url, "select state, result, queue, waited, closed_at - opened_at from lost_call"
    )
    waited = timedelta(seconds=42)
    assert found == [("closed", "called_again", "sales", waited, timedelta(minutes=5))]


async def test_what_was_left_is_a_task_of_its_own_kind(
    database_url: str, callbacks: Callbacks
) -> None:
    """Why it is a task is kept, and what an earlier version wrote was abandoned."""
    left = msgspec.structs.replace(OPENED, reason=LostCallReason.MESSAGE_LEFT)
    await write(database_url, [left], [left])
    (task,) = await callbacks.open_lost_calls()
    assert task.reason is LostCallReason.MESSAGE_LEFT
    with psycopg.connect(database_url) as connection:
        connection.execute("update lost_call set reason = null")
    (task,) = await callbacks.open_lost_calls()
    assert task.reason is LostCallReason.ABANDONED


async def test_more_time_for_a_wrap_up_is_found_with_its_call(database_url: str) -> None:
    """The person who asked for it, and its end; the agent's states have no row for it."""
    extended = WrapUpExtended(
        number=1,
        at=START,
        interaction=CALLED,
        agent=ANNA,
        queue=SALES,
        until=START + timedelta(seconds=30),
        by="floor",
    )
    await write(database_url, [extended], [extended])
    found = "select kind, data ->> 'until', data ->> 'by' from interaction_event"
    until = extended.until.isoformat().replace("+00:00", "Z")
    assert rows(database_url, found) == [("WrapUpExtended", until, "floor")]
    assert rows(database_url, "select count(*) from agent_state") == [(0,)]


async def test_dispositions_and_closed_queues_are_rows(database_url: str) -> None:
    """Each once, however often it is delivered; a queue's change belongs to no interaction."""
    noted = DispositionSet(
        number=1,
        at=START,
        interaction=CALLED,
        agent=ANNA,
        queue=SALES,
        disposition="sold",
        by="101",
    )
    changed = msgspec.structs.replace(noted, number=2, disposition="no interest")
    closed = QueueClosed(number=3, at=START, queue=SALES, by="floor")
    opened = QueueOpened(number=4, at=START, queue=SALES, by="floor")
    story: list[Event] = [noted, changed, closed, opened]
    await write(database_url, story, story[::-1])
    assert rows(database_url, "select disposition, agent_id from disposition order by number") == [
        ("sold", "101"),
        ("no interest", "101"),
    ]
    assert rows(
        database_url, "select state, changed_by from queue_state order by started_at, number"
    ) == [("closed", "floor"), ("open", "floor")]
    assert rows(database_url, "select count(*) from interaction_event") == [(2,)]


@pytest.mark.parametrize("order", [(MADE, ENDED), (ENDED, MADE)])
async def test_an_offer_has_its_reason_and_its_result(
    database_url: str, order: tuple[Event, Event]
) -> None:
    """In either order, together, apart, and again; one that still rings is no finished offer."""
    async with Database(database_url) as database:
        report = Report(database)
        await write(database_url, [MADE])
        assert await report.offers(START) == []
        with psycopg.connect(database_url) as connection:
            connection.execute("truncate offer")
        await write(database_url, *([event] for event in order), [*order, *order])
        (offer,) = await report.offers(START)
    assert (offer.result, offer.rang_at, offer.reason) == (
        OfferResult.ACCEPTED,
        ENDED.rang_at,
        OFFER_REASON,
    )


async def test_numbers_not_to_call_are_kept(database_url: str, callbacks: Callbacks) -> None:
    """With who asked and why; asked for twice the first entry stays, and it can be taken off."""
    await callbacks.forbid(NUMBER, by="floor", reason="asked by letter")
    await callbacks.forbid(NUMBER, by="root", reason="")
    await callbacks.forbid("+4930123456", by="root", reason="")
    assert await callbacks.forbidden_numbers() == [
        ForbidNumber(NUMBER, "floor"),
        ForbidNumber("+4930123456", "root"),
    ]
    assert rows(database_url, "select reason from do_not_call order by set_at limit 1") == [
        ("asked by letter",)
    ]
    await callbacks.allow(NUMBER)
    await callbacks.allow(NUMBER)
    assert await callbacks.forbidden_numbers() == [ForbidNumber("+4930123456", "root")]


async def test_a_new_center_keeps_the_callbacks(database_url: str, callbacks: Callbacks) -> None:
    """The records of one center are enough for the next one: the same callbacks with the same
    ranks and attempts, and the same lost calls.
    """
    old, new = Floor(), Floor()
    for floor in (old, new):
        open_shop(floor, step={"attempts": 3, "retry_after": timedelta(minutes=10)})
    busy_agent(old)  # and nobody is there yet in the new one, so nobody is dialed
    booked(old)
    customer(old).hangs_up(cause=17)
    old.wait(30)
    bob = waits(old, BOB)
    old.wait(10)
    bob.hangs_up()
    waits(old, CAS).presses("1")
    old.wait(5)
    await write(database_url, old.events)
    new.now = old.now
    for callback in await callbacks.open_callbacks():
        new.take(callback)
    for task in await callbacks.open_lost_calls():
        new.take(task)
    assert kept_by(new) == kept_by(old)
    assert [made for *_, made in kept_by(new)] == [1, 0]
    assert new.center.callbacks()[0].next_at == old.center.callbacks()[0].next_at > old.now
    assert new.center.open_lost_calls() == old.center.open_lost_calls() == 1


def kept_by(floor: Floor) -> list[tuple[object, ...]]:
    """The callbacks a center keeps."""
    return [
        (one.callback, one.number, one.queue, one.waiting_since, one.expires_at, one.attempts_made)
        for one in floor.center.callbacks()
    ]


def worked(
    number: int, kind: SegmentKind, at: datetime, seconds: float, queue: str = "sales"
) -> SegmentEnded:
    """A stretch of work on the interaction that this and the other number of a pair belong to."""
    return SegmentEnded(
        number=number,
        at=at + timedelta(seconds=seconds),
        interaction=InteractionId(f"i-{number // 2}"),
        segment=SegmentId(f"s-{number}"),
        kind=kind,
        started_at=at,
        queue=queue,
        agent="101",
    )


async def test_handle_times_are_those_of_the_kpi(database_url: str, callbacks: Callbacks) -> None:
    """The mean by queue and half hour of the week equals `average_handle_time`; what is older,
    a wrap-up without its talk, and an agent's own line do not count.
    """
    random = Random(7)  # noqa: S311  # a seed, so that a failure repeats
    sunday_night = START + timedelta(days=6, hours=14, minutes=59)
    places = {("claims", 18): START, ("sales", 18): START, ("sales", 335): sunday_night}
    work: dict[tuple[str, int], list[SegmentEnded]] = {place: [] for place in places}
    for number in range(0, 80, 2):
        queue, half_hour = random.choice(list(places))
        at = places[queue, half_hour] + timedelta(weeks=random.randrange(3), seconds=number // 2)
        work[queue, half_hour] += [
            worked(number, SegmentKind.TALK, at, random.uniform(60, 400), queue),
            worked(number + 1, SegmentKind.WRAP_UP, at + timedelta(hours=1), 15, queue),
        ]
    others: list[Event] = [
        worked(900, SegmentKind.TALK, START - timedelta(days=1), 999),
        worked(902, SegmentKind.WRAP_UP, START, 999),
        worked(904, SegmentKind.TALK, START, 999, "@101"),
    ]
    await write(database_url, [*others, *(one for works in work.values() for one in works)])
    learned = await callbacks.handle_times(START)
    expected = tuple(
        HandleTime(QueueName(queue), half_hour, mean(works), len(works) // 2)
        for (queue, half_hour), works in work.items()
    )
    assert learned.times == expected


def mean(work: list[SegmentEnded]) -> timedelta:
    """The mean handle time by its definition."""
    found = average_handle_time(HandledSegment(one.kind, one.started_at, one.at) for one in work)
    assert found is not None
    return found


async def test_a_database_that_is_away_is_told() -> None:
    """Without a number in the message."""
    url = f"postgresql://u:p@127.0.0.1:{free_port(Protocol.TCP)}/x"
    async with Database(url, wait_limit=timedelta(milliseconds=100)) as database:
        with pytest.raises(DatabaseUnreachable) as caught:
            await Callbacks(database).forbid(NUMBER, by="floor", reason="")
    assert NUMBER not in str(caught.value)


async def test_a_callback_of_before_has_no_more_than_it_had(
    database_url: str, callbacks: Callbacks
) -> None:
    """A spool of an older program does not say who called, and where they live."""
    older = msgspec.to_builtins(BOOKED)
    del older["caller_number"], older["timezone"]
    await write(database_url, [msgspec.convert(older, CallbackBooked)])
    assert await callbacks.open_callbacks() == [restored(caller_number="", timezone="")]
