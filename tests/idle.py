"""Waiting until the event loop has nothing left to run."""

import asyncio
from collections import deque


async def until_idle() -> None:
    """Wait until all other tasks wait for a timer, for the kernel or for the test itself. What has
    not happened by then does not happen without one of these.
    """
    ready: deque[object] = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    while ready:  # noqa: ASYNC110  # it tells nobody
        await asyncio.sleep(0)
