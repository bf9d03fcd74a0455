"""Look-ups: a flow's question to the database, answered within its limit or failed.

Promises: one answer per question, in time, whatever the database does; read-only; the callers'
values travel only as parameters, and no reason quotes one: an error of the database is told by
its SQLSTATE. The pool is its own, so that the journal and the look-ups never wait for each
other, and no look-up gets more than its share, so that a slow one delays itself alone.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

import psycopg
import structlog
from psycopg_pool import PoolTimeout, TooManyRequests

from contactcenter_ari.core.vocabulary.command import LookUp
from contactcenter_ari.core.vocabulary.signal import LookUpFailed, LookUpFinished
from contactcenter_ari.postgres.connection import (
    Connection,
    borrowed,
    cut_off_after,
    make_pool,
)
from contactcenter_ari.postgres.named_parameter import driver_query
from contactcenter_ari.postgres.statement import statement
from contactcenter_ari.postgres.text import storable
from contactcenter_ari.runtime.share import ShareFull, Shares

_log = structlog.get_logger(__name__)

_POOL_SIZE = 32
_AT_ONCE = 4
"""Connections that one look-up may use."""
_READY = 5
"""Connections that are kept open: the share of one look-up, and one for the others."""
_WAITING = 60
"""More of one look-up than may wait in line within any limit."""
_LONGEST = timedelta(seconds=30)
_GRACE = timedelta(seconds=1)
"""After its limit, and this, a question to a server that is frozen is cut off."""
ANSWER_LIMIT = 64 * 1024
"""Bytes of a row. A longer one is refused by the server itself, before it is sent."""

_BEFORE = b"select row.* from (select answer.* from (\n"
# the fence `offset 0` lets the length be calculated of rows that are asked for, and of no others
_AFTER = (
    b"\n) as answer offset 0) as row where case when octet_length(row::text) <= %d then true"
    b" else octet_length(repeat(row::text, 1073741823)) > 0 end"
) % ANSWER_LIMIT
_TOO_LONG = "54000"
"""The SQLSTATE of a text that would be longer than any may be, as of the `repeat` above."""
_MEANING = {
    _TOO_LONG: f"the row is longer than {ANSWER_LIMIT} bytes",
    "57014": "no answer in time",
    "42501": "look-ups may not do this; tables to read are listed under lookup_tables",
}


class LookUpRefused(Exception):
    """The answer is not what the flow declared; the message says how."""


class LookUps:
    """Answers look-ups from the database at `url`; an async context manager."""

    def __init__(
        self, url: str, *, size: int = _POOL_SIZE, ready: asyncio.Event | None = None
    ) -> None:
        self._ready = ready
        self._opening: asyncio.Task[None] | None = None
        self._pool = make_pool(
            url,
            application="contactcenter look-up",
            size=size,
            ready=min(size, _READY),
            statement_limit=_LONGEST,
            reset=_forget_session,
        )
        self._shares = Shares(at_once=_AT_ONCE, waiting=_WAITING)
        self._late: set[asyncio.Task[LookUpFinished | LookUpFailed]] = set()

    async def __aenter__(self) -> Self:
        """Start connecting, once the database is `ready`; it may be away."""
        if self._ready is None or self._ready.is_set():
            await self._pool.open(wait=False)
        else:
            self._opening = asyncio.get_running_loop().create_task(self._open(self._ready))
        return self

    async def _open(self, ready: asyncio.Event) -> None:
        await ready.wait()
        await self._pool.open(wait=False)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give up what is still asked, and disconnect."""
        unfinished: set[asyncio.Task[Any]] = {*self._late}
        if self._opening is not None:
            unfinished.add(self._opening)
        for task in unfinished:
            task.cancel()
        if unfinished:
            await asyncio.wait(unfinished)
        await self._pool.close()

    async def answer(self, look_up: LookUp) -> LookUpFinished | LookUpFailed:
        """The row, no row, or why there is none; never later than the look-up's limit."""
        task = asyncio.get_running_loop().create_task(self._answer(look_up))
        self._late.add(task)
        task.add_done_callback(self._late.discard)
        done, _ = await asyncio.wait({task}, timeout=look_up.limit.total_seconds())
        if not done:
            task.cancel()  # it ends by itself, awaited at the latest on exit
            return LookUpFailed(look_up.look_up, f"{look_up.name}: no answer in time")
        return task.result()

    async def _answer(self, look_up: LookUp) -> LookUpFinished | LookUpFailed:
        try:
            async with self._shares.taken(f"{look_up.name} {look_up.sql}"):
                row = await self._row(look_up)
        except (LookUpRefused, ShareFull) as error:
            return LookUpFailed(look_up.look_up, f"{look_up.name}: {error}")
        except (psycopg.Error, OSError, ValueError) as error:
            return LookUpFailed(look_up.look_up, f"{look_up.name}: {_told(error)}")
        return LookUpFinished(look_up.look_up, row)

    async def _row(self, look_up: LookUp) -> dict[str, str | None] | None:
        query = driver_query(look_up.sql)
        if unknown := sorted(query.names - look_up.inputs.keys()):
            raise LookUpRefused(f"the SQL names :{unknown[0]}, which is no input")
        inputs = {name: storable(look_up.inputs[name]) for name in query.names}
        async with borrowed(self._pool) as connection:
            with cut_off_after(connection, look_up.limit + _GRACE):
                async with connection.transaction():
                    await _bound(connection, look_up.limit)
                    # a cursor of the server's: two rows are fetched, whatever the query finds
                    async with connection.cursor("look_up") as cursor:
                        await cursor.execute(_BEFORE + query.text + _AFTER, inputs)
                        rows = await cursor.fetchmany(2)
                        columns = len(cursor.description or ())
        return _only_row(rows, columns, look_up.returns)


async def _forget_session(connection: Connection) -> None:
    """A look-up leaves nothing behind for the next one: no setting, lock or prepared query."""
    await connection.execute(statement("look_up/forget"))


async def _bound(connection: Connection, limit: timedelta) -> None:
    milliseconds = max(1, limit // timedelta(milliseconds=1))
    await connection.execute(statement("look_up/bound"), {"limit": str(milliseconds)})


def _only_row(
    rows: Sequence[tuple[object, ...]], columns: int, returns: tuple[str, ...]
) -> dict[str, str | None] | None:
    if columns != len(returns):
        raise LookUpRefused(f"the SQL gives {columns} columns, {len(returns)} are declared")
    if len(rows) > 1:
        raise LookUpRefused("more than one row was found")
    if not rows:
        return None
    return {name: canonical_text(value) for name, value in zip(returns, rows[0], strict=True)}


def canonical_text(value: object) -> str | None:
    """A database value as the flow language reads it: ISO 8601 dates and times, a decimal
    point, `true` or `false`, durations in seconds; None for null.
    """
    match value:
        case None:
            return None
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case float():
            return f"{Decimal(repr(value)):f}"
        case timedelta():
            return f"{Decimal(value // timedelta(microseconds=1)) / 1_000_000:f}"
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return str(value)


def _told(error: Exception) -> str:
    """Why, without the words of the server, which would quote the value."""
    if isinstance(error, PoolTimeout | TooManyRequests):
        return "no connection to the database in time"
    if not isinstance(error, psycopg.Error) or error.sqlstate is None:
        return type(error).__name__
    reason = f"SQLSTATE {error.sqlstate} {type(error).__name__}"
    meaning = _MEANING.get(error.sqlstate)
    return f"{reason}: {meaning}" if meaning else reason
