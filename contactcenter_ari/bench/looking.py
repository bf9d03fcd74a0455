"""Waiting for what must happen before something is measured: looks up to a limit."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

from contactcenter_ari.core.errors import ContactCenterError

SETTLING_LIMIT = timedelta(seconds=60)
LOOK_EVERY = timedelta(milliseconds=200)


class BenchFailed(ContactCenterError):
    """The benchmark could not be done; the message says what did not happen."""


async def until(happened: Callable[[], Awaitable[bool]], complaint: str) -> None:
    """Wait until something has happened; raises BenchFailed."""
    async for _ in looks(complaint, SETTLING_LIMIT):
        if await happened():
            return


async def looks(complaint: str, limit: timedelta) -> AsyncIterator[None]:
    """Moments to look again until the caller is content; raises BenchFailed after the limit."""
    for _ in range(int(limit / LOOK_EVERY)):
        yield
        await asyncio.sleep(LOOK_EVERY.total_seconds())
    raise BenchFailed(f"{complaint} within {limit.total_seconds():.0f} s")
