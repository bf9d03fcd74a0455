"""Waiting for the first of several things."""

import asyncio
from collections.abc import Coroutine


async def until_first(*waits: Coroutine[object, object, object]) -> None:
    """Return when one of the waits has ended; the others are given up."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(wait) for wait in waits]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
