"""Look-ups: a flow's question to the database, answered within its limit or failed.

Promises: one answer per question, in time, whatever the database does; read-only; the callers'
values travel only as parameters. It has a small pool of its own, so that the journal and the
look-ups never wait for each other.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import TracebackType
from typing import Self

import psycopg
import structlog
from psycopg_pool import PoolTimeout, TooManyRequests

from contactcenter_ari.core.vocabulary.command import LookUp
from contactcenter_ari.core.vocabulary.signal import LookUpFailed, LookUpFinished
from contactcenter_ari.postgres.connection import Connection, make_pool
from contactcenter_ari.postgres.named_parameter import driver_query
from contactcenter_ari.postgres.statement import statement
from contactcenter_ari.postgres.text import storable

_log = structlog.get_logger(__name__)

_POOL_SIZE = 4
_LONGEST = timedelta(seconds=30)


class LookUpRefused(Exception):
    """The answer is not what the flow declared; the message says how."""


class LookUps:
    """Answers look-ups from the database at `url`; an async context manager."""

    def __init__(self, url: str, *, size: int = _POOL_SIZE) -> None:
        self._pool = make_pool(
            url, application="contactcenter look-up", size=size, statement_limit=_LONGEST
        )
        self._late: set[asyncio.Task[LookUpFinished | LookUpFailed]] = set()

    async def __aenter__(self) -> Self:
        """Start connecting; the database may be away."""
        await self._pool.open(wait=False)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give up what is still asked, and disconnect."""
        for task in self._late:
            task.cancel()
        if self._late:
            await asyncio.wait(self._late)
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
            row = await self._row(look_up)
        except (LookUpRefused, PoolTimeout, TooManyRequests) as error:
            return LookUpFailed(look_up.look_up, f"{look_up.name}: {error}")
        except (psycopg.Error, OSError, ValueError) as error:
            return LookUpFailed(look_up.look_up, f"{look_up.name}: {_first_line(error)}")
        return LookUpFinished(look_up.look_up, row)

    async def _row(self, look_up: LookUp) -> dict[str, str | None] | None:
        query = driver_query(look_up.sql)
        if unknown := sorted(query.names - look_up.inputs.keys()):
            raise LookUpRefused(f"the SQL names :{unknown[0]}, which is no input")
        inputs = {name: storable(look_up.inputs[name]) for name in query.names}
        async with self._pool.connection() as connection, connection.transaction():
            await _bound(connection, look_up.limit)
            # a cursor of the server's: whatever the query finds, two rows are fetched of it
            async with connection.cursor("look_up") as cursor:
                await cursor.execute(query.text, inputs)
                rows = await cursor.fetchmany(2)
                columns = len(cursor.description or ())
        return _only_row(rows, columns, look_up.returns)


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


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
