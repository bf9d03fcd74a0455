"""A center that starts empty learns of the time before, from a real database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from structlog.testing import capture_logs

from contactcenter_ari.core.vocabulary.callback import CallbackMode, CallbackResult
from contactcenter_ari.core.vocabulary.event import (
    CallbackBooked,
    CallbackClosed,
    Event,
    LostCallOpened,
    QueueClosed,
    QueueOpened,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import (
    CallbackId,
    InteractionId,
    QueueName,
    SegmentId,
)
from contactcenter_ari.core.vocabulary.request import (
    CloseQueue,
    ForbidNumber,
    LearnHandleTimes,
    Request,
    RestoreCallback,
    RestoreLostCall,
)
from contactcenter_ari.postgres.callback import Callbacks
from contactcenter_ari.postgres.connection import Database, connect
from contactcenter_ari.postgres.errors import DatabaseUnreachable
from contactcenter_ari.postgres.event_writer import EventWriter
from contactcenter_ari.postgres.journal import Journal
from contactcenter_ari.postgres.spool import Spool
from contactcenter_ari.runtime.input_log import read_input_log
from contactcenter_ari.service import restoring
from contactcenter_ari.service.restoring import Restoring
from contactcenter_ari.web.port import Condition
from tests.runtime.world import MORNING, World

NUMBER, OTHER_NUMBER = "+31612345678", "+31687654321"
SALES = QueueName("sales")
LIMIT = 20
"""Seconds in which what is waited for must come."""


def booked(name: str, number: str = NUMBER) -> CallbackBooked:
    """A callback of yesterday."""
    return CallbackBooked(
        number=1,
        at=MORNING - timedelta(days=1),
        interaction=InteractionId(f"i-{name}"),
        callback=CallbackId(name),
        queue=SALES,
        dialed=number,
        waiting_since=MORNING - timedelta(days=1),
        head_start=timedelta(),
        priority=5,
        flow="desk",
        language="en",
        hours="",
        attempts=3,
        retry_after=timedelta(minutes=15),
        expires_at=MORNING + timedelta(days=1),
        mode=CallbackMode.CUSTOMER_FIRST,
    )


def closed(name: str) -> CallbackClosed:
    """The callback is kept."""
    return CallbackClosed(
        number=2,
        at=MORNING,
        interaction=InteractionId(f"i-{name}"),
        callback=CallbackId(name),
        result=CallbackResult.REACHED,
    )


def talked(at: datetime) -> SegmentEnded:
    """A talk of two minutes."""
    return SegmentEnded(
        number=5,
        at=at + timedelta(minutes=2),
        interaction=InteractionId(f"i-{at:%j}"),
        segment=SegmentId(f"s-{at:%j}"),
        kind=SegmentKind.TALK,
        started_at=at,
        queue="sales",
        agent="101",
    )


LOST = LostCallOpened(
    number=3,
    at=MORNING,
    interaction=InteractionId("i-lost"),
    queue=SALES,
    caller_number=NUMBER,
    waited=timedelta(seconds=30),
)


async def write(url: str, *events: Event) -> None:
    """The events of the time before."""
    async with await connect(url) as connection:
        await EventWriter(connection).write(events)


class Watched(Callbacks):
    """Tells when the database was found to be away."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.missed = asyncio.Event()

    async def forbidden_numbers(self) -> list[ForbidNumber]:
        """The list, or the error."""
        try:
            return await super().forbidden_numbers()
        except DatabaseUnreachable:
            self.missed.set()
            raise


@dataclass
class Morning:
    """A new center that is told in the background what a database has."""

    world: World
    callbacks: Watched
    restoring: Restoring
    telling: asyncio.Task[None]

    async def until_told(self) -> list[Request]:
        """Wait until nothing is missing; gives what the center was told."""
        async with asyncio.timeout(LIMIT):
            await self.telling
        assert self.restoring.health().condition is Condition.OK
        return told(self.world)


@asynccontextmanager
async def morning(url: str, folder: Path) -> AsyncIterator[Morning]:
    """The center meanwhile, with a real journal."""
    world, spool = World(folder / "1.jsonl"), Spool(folder / "spool.jsonl")
    journal = Journal(url, spool)
    limit = timedelta(milliseconds=100)
    async with Database(url, wait_limit=limit) as database, world.running():
        callbacks = Watched(database)
        restoring = Restoring(callbacks, journal, world.driver, world.clock.now)
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(journal.run())
            telling = group.create_task(restoring.run())
            try:
                yield Morning(world, callbacks, restoring, telling)
            finally:
                writing.cancel()
                telling.cancel()
    spool.close()


def told(world: World) -> list[Request]:
    """The requests the center got, by its input log."""
    inputs = [entry.input for entry in read_input_log(world.log.path)][2:]
    kinds = (ForbidNumber, CloseQueue, RestoreCallback, RestoreLostCall, LearnHandleTimes)
    return [one for one in inputs if isinstance(one, kinds)]


async def test_a_new_center_learns_what_was_booked(database_url: str, tmp_path: Path) -> None:
    """Numbers not to call first, then open callbacks and lost calls, then the handle times of
    eight weeks; closed ones and older weeks are left out; each is told once.
    """
    recent, old = MORNING - timedelta(weeks=1), MORNING - timedelta(weeks=9)
    events: list[Event] = [booked("c-1"), booked("c-2", OTHER_NUMBER), closed("c-2"), LOST]
    await write(database_url, *events, talked(recent), talked(old))
    async with Database(database_url) as database:
        await Callbacks(database).forbid(OTHER_NUMBER, by="floor", reason="asked")
    async with morning(database_url, tmp_path) as center:
        forbidden, callback, lost, learned = await center.until_told()
    assert forbidden == ForbidNumber(OTHER_NUMBER, "floor")
    assert isinstance(callback, RestoreCallback)
    assert (callback.callback, callback.dialed) == ("c-1", NUMBER)
    assert isinstance(lost, RestoreLostCall)
    assert (lost.interaction, lost.opened_at) == ("i-lost", MORNING)
    assert isinstance(learned, LearnHandleTimes)
    (time,) = learned.times
    assert (time.queue, time.half_hour, time.contacts) == ("sales", 18, 1)
    assert time.mean == timedelta(minutes=2)


async def test_a_closed_queue_stays_closed(database_url: str, tmp_path: Path) -> None:
    """Before callers are called back for it; one that was opened again, in the same instant,
    too, or is no more, is not closed.
    """
    gone, support = QueueName("gone"), QueueName("support")
    await write(
        database_url,
        booked("c-1"),
        QueueClosed(number=8, at=MORNING, queue=SALES, by="floor"),
        QueueClosed(number=9, at=MORNING, queue=gone, by="floor"),
        QueueClosed(number=10, at=MORNING, queue=support, by="floor"),
        QueueOpened(number=11, at=MORNING, queue=support, by="floor"),
    )
    async with morning(database_url, tmp_path) as center:
        requests = await center.until_told()
        views = center.world.driver.center.queues(MORNING)
    assert [type(one) for one in requests[:3]] == [CloseQueue, CloseQueue, RestoreCallback]
    assert requests[1] == CloseQueue(SALES, "floor")
    assert [view.queue for view in views if view.closed] == [SALES]


async def test_what_is_still_in_the_spool_comes_first(database_url: str, tmp_path: Path) -> None:
    """A callback that was kept while the database was away is not opened again."""
    await write(database_url, booked("c-1"))
    spool = Spool(tmp_path / "spool.jsonl")
    spool.append([closed("c-1")])
    spool.close()
    async with morning(database_url, tmp_path) as center:
        assert [type(one) for one in await center.until_told()] == [LearnHandleTimes]


async def test_a_rebuilt_center_is_told_nothing(database_url: str, tmp_path: Path) -> None:
    """It knows from its input log."""
    await write(database_url, booked("c-1"))
    world, spool = World(tmp_path / "1.jsonl"), Spool(tmp_path / "spool.jsonl")
    journal = Journal(database_url, spool)
    async with Database(database_url) as database, world.running():
        restoring = Restoring(Callbacks(database), journal, world.driver, world.clock.now)
        restoring.skip()
        await restoring.run()
    spool.close()
    assert restoring.health().condition is Condition.OK
    assert told(world) == []


def let_in(server: str, url: str, *, allowed: bool) -> None:
    """Let anybody connect to a database, or nobody."""
    name = sql.Identifier(url.rpartition("/")[2])
    query = sql.SQL("alter database {} allow_connections {}").format(name, sql.Literal(allowed))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(query)


async def test_a_database_that_is_away_is_waited_for(
    postgres_server: str, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The center works without, says so in its health and its log, and is told later; no
    number gets into the log.
    """
    monkeypatch.setattr(restoring, "RETRY_AFTER", timedelta(milliseconds=50))
    await write(database_url, booked("c-1"))
    let_in(postgres_server, database_url, allowed=False)
    with capture_logs() as lines:
        async with morning(database_url, tmp_path) as center:
            async with asyncio.timeout(LIMIT):
                await center.callbacks.missed.wait()
            assert center.restoring.health().condition is Condition.DEGRADED
            let_in(postgres_server, database_url, allowed=True)
            requests = await center.until_told()
    assert [type(one) for one in requests] == [RestoreCallback, LearnHandleTimes]
    assert lines[0]["event"] == "callbacks.not_restored_yet"
    assert NUMBER not in str(lines)


async def test_what_cannot_be_read_ends_nothing(database_url: str, tmp_path: Path) -> None:
    """It is left out, logged and told by the health; the rest is told to the center."""
    await write(database_url, booked("c-1"), LOST)
    with psycopg.connect(database_url) as connection:
        connection.execute("update callback set mode = 'by_pigeon'")
    with capture_logs() as lines:
        async with morning(database_url, tmp_path) as center:
            async with asyncio.timeout(LIMIT):
                await center.telling
            assert [type(one) for one in told(center.world)] == [RestoreLostCall, LearnHandleTimes]
            assert center.restoring.health().condition is Condition.DEGRADED
    assert lines[0]["event"] == "callbacks.unreadable"
    assert NUMBER not in str(lines)
