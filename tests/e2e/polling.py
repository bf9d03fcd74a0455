"""Waiting for something that must come: look until it is there, but never longer than a limit."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

LIMIT = timedelta(seconds=60)
"""Long enough for a machine that is busy with other things. The limit decides only how late a
failure is reported: a test goes on at once when the thing is there.
"""
LOOK_EVERY = timedelta(milliseconds=10)

Found = TypeVar("Found")


async def until(
    find: Callable[[], Found | None],
    what: str | Callable[[], str],
    limit: timedelta = LIMIT,
    *,
    progress: Callable[[], object] | None = None,
) -> Found:
    """The first true value that `find` gives; `what` describes the thing that did not come. The
    limit begins again when `progress` gives another value.
    """
    loop = asyncio.get_running_loop()
    seen = progress() if progress else None
    try:
        async with asyncio.timeout(limit.total_seconds()) as patience:
            while not (found := find()):
                await asyncio.sleep(LOOK_EVERY.total_seconds())
                if progress and (now := progress()) != seen:
                    seen = now
                    patience.reschedule(loop.time() + limit.total_seconds())
    except TimeoutError:
        told = what if isinstance(what, str) else what()
        raise AssertionError(f"within {limit.total_seconds():g} s: {told}") from None
    return found


async def until_holds(
    holds: Callable[[], Awaitable[str]], limit: timedelta = LIMIT, every: timedelta = LOOK_EVERY
) -> None:
    """Ask until there is no complaint any more."""
    complaint = "never asked"
    try:
        async with asyncio.timeout(limit.total_seconds()):
            while complaint := await holds():  # noqa: ASYNC110  # as above
                await asyncio.sleep(every.total_seconds())
    except TimeoutError:
        raise AssertionError(f"within {limit.total_seconds():g} s: {complaint}") from None
