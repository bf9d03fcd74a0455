"""Reports: what happened, read back from the database, and the figures over it.

The SQL computes what the functions of `core/kpi` define; a test holds the two together.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec
from psycopg.rows import dict_row

from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.report_row import (
    AgentKpis,
    AgentStateRow,
    EventRow,
    FlowKpis,
    InteractionRow,
    Kpis,
    OfferRow,
    QueueKpis,
    RecordingRow,
    SegmentRow,
)
from contactcenter_ari.postgres.statement import statement

_Row = TypeVar("_Row", bound=msgspec.Struct)

DEFAULT_WITHIN = timedelta(seconds=20)
_MOST_ROWS = 10_000


class Report:
    """Reads from the database; raises DatabaseUnreachable. Lists are of at most 10,000 rows,
    in the order in which things began.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def interactions(self, since: datetime) -> list[InteractionRow]:
        """The interactions that began at `since` or later and are over."""
        return await self._began("interaction", InteractionRow, since)

    async def segments(self, since: datetime) -> list[SegmentRow]:
        """The segments that began at `since` or later and are over."""
        return await self._began("segment", SegmentRow, since)

    async def offers(self, since: datetime) -> list[OfferRow]:
        """The offers made at `since` or later that came to a result."""
        return await self._began("offer", OfferRow, since)

    async def agent_states(self, since: datetime) -> list[AgentStateRow]:
        """The stretches of agents' states that began at `since` or later."""
        return await self._began("agent_state", AgentStateRow, since)

    async def recordings(self, since: datetime) -> list[RecordingRow]:
        """The recordings that began at `since` or later and are closed."""
        return await self._began("recording", RecordingRow, since)

    async def events(self, interaction: str) -> list[EventRow]:
        """The life of one interaction, event by event."""
        parameters = {"interaction": interaction, "most": _MOST_ROWS}
        return await self._rows("interaction_event", EventRow, parameters)

    async def kpis(
        self,
        since: datetime,
        until: datetime,
        *,
        within: Mapping[str, timedelta] | None = None,
        default_within: timedelta = DEFAULT_WITHIN,
    ) -> Kpis:
        """The figures of what began between `since` and `until` (exclusive); `within` is the
        time of the service level by queue.
        """
        interval: dict[str, object] = {"since": since, "until": until}
        levels = {
            "within": msgspec.json.encode(dict(within or {})).decode(),
            "default_within": default_within,
        }
        return Kpis(
            queues=await self._rows("queue_kpis", QueueKpis, {**interval, **levels}),
            agents=await self._rows("agent_kpis", AgentKpis, interval),
            flows=await self._rows("flow_kpis", FlowKpis, interval),
        )

    async def _began(self, name: str, kind: type[_Row], since: datetime) -> list[_Row]:
        return await self._rows(name, kind, {"since": since, "most": _MOST_ROWS})

    async def _rows(
        self, name: str, kind: type[_Row], parameters: Mapping[str, object]
    ) -> list[_Row]:
        async with self._database.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(statement(f"report/{name}"), parameters)
            return [msgspec.convert(row, kind) for row in await cursor.fetchall()]
