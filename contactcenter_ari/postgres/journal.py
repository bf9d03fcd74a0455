"""The journal: takes events from the call path at once, and has them in Postgres soon after.

Promises: `record` never waits and never fails. Events are written in order, in batches of at
most 500: after 1 s, and at once when 50 events wait or somebody waits for them. While Postgres
is away they wait in the spool, in order; only when that is full too are events lost, counted
and told. Every event may be delivered again: its rows are stored once. A row that Postgres
refuses is set aside and stops nothing else.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import psycopg
import structlog

from contactcenter_ari.core.vocabulary.event import Event, InteractionEvent
from contactcenter_ari.postgres.connection import connect, cut_off, cut_off_after
from contactcenter_ari.postgres.errors import DatabaseUnreachable
from contactcenter_ari.postgres.event_writer import EventWriter
from contactcenter_ari.postgres.spool import Spool

_log = structlog.get_logger(__name__)

# what a value in a row can be guilty of; anything else is the fault of the database
_REFUSALS = (psycopg.DataError, psycopg.IntegrityError, psycopg.errors.ProgramLimitExceeded)
_FAILURES = (DatabaseUnreachable, psycopg.Error, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class JournalLimits:
    """How much is taken together, how much is kept in memory, and how long a try may take. The
    first of `hurry_events` waits no longer for others.
    """

    batch_events: int = 500
    hurry_events: int = 50
    batch_delay: timedelta = timedelta(seconds=1)
    buffer_events: int = 100_000
    retry_delay: timedelta = timedelta(milliseconds=500)
    connect_limit: timedelta = timedelta(seconds=2)
    write_limit: timedelta = timedelta(seconds=15)


class Journal:
    """Writes events to the database at `url`; `run` must be running for that. Until the
    database is `ready`, events are spooled.
    """

    def __init__(
        self,
        url: str,
        spool: Spool,
        limits: JournalLimits | None = None,
        *,
        ready: asyncio.Event | None = None,
    ) -> None:
        self._url = url
        self._ready = ready
        self._spool = spool
        self._limits = limits or JournalLimits()
        self._buffer: deque[Event] = deque()
        self._in_flight: list[Event] = []
        self._writer: EventWriter | None = None
        self._news = asyncio.Event()
        self._full = asyncio.Event()
        self._stopping = asyncio.Event()
        self._stopped = asyncio.Event()
        self._turn = asyncio.Event()
        self._running: asyncio.Task[object] | None = None
        self._reachable = ready is None or ready.is_set()
        self._retry_at = 0.0
        self.lost = 0
        self.refused = 0
        self.batches = 0

    def __repr__(self) -> str:
        state = "degraded" if self.degraded else "healthy"
        return f"<Journal {state}: {self.pending} pending, {self.spooled} spooled>"

    @property
    def pending(self) -> int:
        """Events in memory that are not yet in the database."""
        return len(self._buffer) + len(self._in_flight)

    @property
    def spooled(self) -> int:
        """Events on disk that are not yet in the database."""
        return self._spool.events

    @property
    def degraded(self) -> bool:
        """Whether the database is away or behind."""
        return not self._reachable or self._spool.events > 0

    def record(self, events: Sequence[Event]) -> None:
        """Take the events; call it on the loop that `run` is on."""
        room = self._limits.buffer_events - len(self._buffer)
        self._buffer.extend(events[:room])
        if len(events) > room:
            self._lose(len(events) - room)
        if self._stopped.is_set():
            self._spool_all()
        self._news.set()
        if len(self._buffer) >= self._limits.hurry_events:
            self._full.set()

    async def run(self) -> None:
        """Write until `drain`; when cancelled, what is not yet written goes to the spool."""
        self._running = asyncio.current_task()
        try:
            while not self._finished():
                await self._wait_for_batch()
                await self._deliver()
                self._pulse()
        finally:
            self._spool_all()
            self._stopped.set()
            self._pulse()
            await self._disconnect()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return when the condition holds; it is looked at after each turn of the writer."""
        while not condition():
            await self._turn.wait()

    async def caught_up(self) -> None:
        """Return when all that was recorded is in the database; nothing is waited for before."""
        self._full.set()
        await self.until(lambda: not self.pending and not self.spooled)

    async def drain(self, deadline: timedelta) -> None:
        """Have all that was recorded written within `deadline`, or else spooled; `run` ends."""
        self._stopping.set()
        self._news.set()
        self._full.set()
        try:
            async with asyncio.timeout(deadline.total_seconds()):
                await self._stopped.wait()
        except TimeoutError:
            self._spool_all()
            await self._give_up()

    async def _give_up(self) -> None:
        """End a write that takes too long; a server that is frozen would not end it."""
        if self._writer is not None:
            cut_off(self._writer.connection)
        if self._running is not None:
            limit = self._limits.connect_limit + self._limits.retry_delay
            _, going_on = await asyncio.wait({self._running}, timeout=limit.total_seconds())
            for task in going_on:
                task.cancel()
                await asyncio.wait({task})

    def _pulse(self) -> None:
        self._turn.set()
        self._turn.clear()

    def _finished(self) -> bool:
        """Whether to stop: all is written, or cannot be written now."""
        nothing_left = not self._buffer and not self._spool.events
        return self._stopping.is_set() and (nothing_left or not self._reachable)

    async def _wait_for_batch(self) -> None:
        delay = self._limits.batch_delay.total_seconds()
        if not self._reachable:
            await _within(self._full, min(delay, self._limits.retry_delay.total_seconds()))
        elif not self._spool.events:
            await self._news.wait()
            if len(self._buffer) < self._limits.hurry_events:
                await _within(self._full, delay)
        self._news.clear()
        if not self._stopping.is_set():
            self._full.clear()

    async def _deliver(self) -> None:
        """One batch: from the spool while there is anything in it, so that order is kept."""
        if not self._spool.events and self._reachable:
            await self._deliver_buffer()
            return
        self._spool_all()
        if self._ready is not None and not self._ready.is_set():
            return
        if not self._reachable and asyncio.get_running_loop().time() < self._retry_at:
            return
        if await self._written(self._spool.oldest(self._limits.batch_events)):
            self._spool.forget()

    async def _deliver_buffer(self) -> None:
        count = min(len(self._buffer), self._limits.batch_events)
        self._in_flight = [self._buffer.popleft() for _ in range(count)]
        if not await self._written(self._in_flight):
            self._spool_all()
        self._in_flight = []
        if self._buffer:
            self._news.set()

    def _spool_all(self) -> None:
        """Move what is in memory to the disk; written already or not, for once is once."""
        events = [*self._in_flight, *self._buffer]
        self._in_flight = []
        self._buffer.clear()
        kept = self._spool.append(events)
        if kept < len(events):
            self._lose(len(events) - kept)

    def _lose(self, count: int) -> None:
        self.lost += count
        _log.error("journal.events_lost", lost=count, lost_in_all=self.lost)

    async def _written(self, batch: list[Event]) -> bool:
        try:
            writer = await self._connected()
            with cut_off_after(writer.connection, self._limits.write_limit):
                await self._store(writer, batch)
        except _FAILURES as error:
            await self._miss_database(error)
            return False
        if not self._reachable:
            _log.info("journal.database_returned", spooled=self.spooled)
        self._reachable = True
        self.batches += 1
        return True

    async def _store(self, writer: EventWriter, batch: list[Event]) -> None:
        try:
            await writer.write(batch)
        except _REFUSALS as error:
            if len(batch) == 1:
                self.refused += 1
                (event,) = batch
                _log.error(
                    "journal.event_refused",
                    interaction=event.interaction if isinstance(event, InteractionEvent) else "",
                    kind=type(event).__name__,
                    sqlstate=error.sqlstate,
                )
                return
            middle = len(batch) // 2
            await self._store(writer, batch[:middle])
            await self._store(writer, batch[middle:])

    async def _connected(self) -> EventWriter:
        if self._writer is None:
            limit = self._limits.write_limit
            connection = await connect(
                self._url,
                application="contactcenter journal",
                statement_limit=limit,
                connect_limit=self._limits.connect_limit,
            )
            self._writer = EventWriter(connection)
        return self._writer

    async def _miss_database(self, error: Exception) -> None:
        if self._reachable:
            _log.error("journal.database_missed", error=type(error).__name__)
        self._reachable = False
        loop = asyncio.get_running_loop()
        self._retry_at = loop.time() + self._limits.retry_delay.total_seconds()
        await self._disconnect()

    async def _disconnect(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            await writer.connection.close()


async def _within(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, but not longer than that."""
    if event.is_set() or seconds <= 0:
        return
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
