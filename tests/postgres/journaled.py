"""Events that a journal has written to a database."""

import asyncio
from datetime import timedelta
from pathlib import Path

from contactcenter_ari.core.vocabulary.event import Event, RecordingEnded
from contactcenter_ari.core.vocabulary.ids import AgentId, InteractionId, RecordingId
from contactcenter_ari.postgres.journal import Journal
from contactcenter_ari.postgres.spool import Spool
from tests.postgres.random_day import SINCE

RECORDED = RecordingEnded(
    number=1,
    at=SINCE + timedelta(seconds=1),
    interaction=InteractionId("i-1"),
    recording=RecordingId("r-1"),
    agent=AgentId("101"),
    started_at=SINCE,
    path="/talks/r-1.flac",
    duration=timedelta(seconds=1),
    failed=False,
)
"""A talk of one second that was recorded."""


async def written(url: str, folder: Path, events: list[Event]) -> None:
    """Have a journal write the events."""
    spool = Spool(folder / "spool")
    journal = Journal(url, spool)
    async with asyncio.TaskGroup() as group:
        group.create_task(journal.run())
        journal.record(events)
        await journal.drain(timedelta(seconds=20))
    spool.close()
