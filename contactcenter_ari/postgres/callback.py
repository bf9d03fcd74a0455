"""Callbacks to customers, as the database has them: whom to call back, whom not to call, whose
call was lost, which queues a person has closed, and what earlier weeks say about handle times.

What is open is read as the requests that tell a new core about it. Numbers stay in here and in
the core; no message quotes one.
"""

from datetime import datetime

from contactcenter_ari.core.vocabulary.request import (
    CloseQueue,
    ForbidNumber,
    HandleTime,
    LearnHandleTimes,
    RestoreCallback,
    RestoreLostCall,
)
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.statement import statement

MOST_OPEN = 10_000
"""The number of callbacks that the core keeps."""


class Callbacks:
    """Reads and writes callbacks; its methods raise DatabaseUnreachable when that is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __repr__(self) -> str:
        return f"<Callbacks in {self._database!r}>"

    async def open_callbacks(self) -> list[RestoreCallback]:
        """The callbacks that are still to be made, the oldest first."""
        return await self._database.rows(
            "callback/open_callbacks", RestoreCallback, {"most": MOST_OPEN}
        )

    async def open_lost_calls(self) -> list[RestoreLostCall]:
        """The abandoned calls that nobody has looked after yet, the oldest first."""
        return await self._database.rows(
            "callback/open_lost_calls", RestoreLostCall, {"most": MOST_OPEN}
        )

    async def forbidden_numbers(self) -> list[ForbidNumber]:
        """The do-not-call list, the oldest entry first."""
        return await self._database.rows("callback/forbidden", ForbidNumber)

    async def closed_queues(self) -> list[CloseQueue]:
        """The queues that a person closed and nobody has opened since, by name."""
        return await self._database.rows("callback/closed_queues", CloseQueue)

    async def handle_times(self, since: datetime) -> LearnHandleTimes:
        """The mean handle times by queue and half hour of the week, over contacts that began
        at `since` or later.
        """
        return LearnHandleTimes(
            tuple(await self._database.rows("callback/handle_times", HandleTime, {"since": since}))
        )

    async def forbid(self, number: str, *, by: str, reason: str) -> None:
        """Put a number (E.164) on the do-not-call list; one that is there stays as it came."""
        await self._execute("forbid", {"number": number, "by": by, "reason": reason})

    async def allow(self, number: str) -> None:
        """Take a number off the do-not-call list; one that is not there is fine."""
        await self._execute("allow", {"number": number})

    async def _execute(self, name: str, parameters: dict[str, object]) -> None:
        async with self._database.connection() as connection:
            await connection.execute(statement(f"callback/{name}"), parameters)
