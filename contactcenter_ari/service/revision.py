"""The number of the last change of people: agents, their phones, and tokens."""

import asyncio
from contextlib import suppress
from datetime import timedelta

LOOK_EVERY = timedelta(minutes=1)
"""People are read so often, and at once after a change."""
RETRY_AFTER = timedelta(seconds=2)
"""And so soon after they could not be read."""


class Revision:
    """The number as the database last told it."""

    def __init__(self) -> None:
        self.number = 0
        self._news = asyncio.Event()

    def __repr__(self) -> str:
        return f"<Revision {self.number}>"

    def note(self, number: int) -> None:
        """The database was asked."""
        if number != self.number:
            self.number = number
            self._news.set()
            self._news.clear()

    async def changed(self, since: int, limit: timedelta) -> None:
        """Return when it is another one than `since`, and at the latest after `limit`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit.total_seconds()):
                while self.number == since:
                    await self._news.wait()
