"""Reports: what happened, read back from the database, and the figures over it.

The SQL computes what the functions of `core/kpi` define; a test holds the two together.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from contactcenter_ari.core.kpi.service_level import ServiceLevelFormula
from contactcenter_ari.postgres.connection import Database, Row
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
        return await self._database.rows("report/interaction_event", EventRow, parameters)

    async def kpis(
        self,
        since: datetime,
        until: datetime,
        *,
        within: Mapping[str, timedelta] | None = None,
        default_within: timedelta = DEFAULT_WITHIN,
        formula: ServiceLevelFormula = ServiceLevelFormula.IGNORE_QUICK,
    ) -> Kpis:
        """The figures of what began between `since` and `until` (exclusive): a talk belongs to
        the interval in which its caller entered the queue, so intervals add up. `within` is the
        time of the service level by queue, `formula` that of `service_level`.
        """
        interval: dict[str, object] = {"since": since, "until": until}
        levels = {
            "within": msgspec.json.encode(dict(within or {})).decode(),
            "default_within": default_within,
            "formula": formula,
        }
        return Kpis(
            queues=await self._database.rows(
                "report/queue_kpis", QueueKpis, {**interval, **levels}
            ),
            agents=await self._database.rows("report/agent_kpis", AgentKpis, interval),
            flows=await self._database.rows("report/flow_kpis", FlowKpis, interval),
        )

    async def _began(self, name: str, kind: type[Row], since: datetime) -> list[Row]:
        return await self._database.rows(
            f"report/{name}", kind, {"since": since, "most": _MOST_ROWS}
        )
