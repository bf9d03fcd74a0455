"""Events that a journal has written to a database."""

import asyncio
from datetime import timedelta
from pathlib import Path

from contactcenter_ari.core.vocabulary.event import Event
from contactcenter_ari.postgres.journal import Journal
from contactcenter_ari.postgres.spool import Spool


async def written(url: str, folder: Path, events: list[Event]) -> None:
    """Have a journal write the events."""
    spool = Spool(folder / "spool")
    journal = Journal(url, spool)
    async with asyncio.TaskGroup() as group:
        group.create_task(journal.run())
        journal.record(events)
        await journal.drain(timedelta(seconds=20))
    spool.close()
