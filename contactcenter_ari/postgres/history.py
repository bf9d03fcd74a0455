"""The habits of callers on earlier days: when they call, how long they talk, when they give up."""

from datetime import datetime, timedelta

import msgspec

from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.postgres.connection import Database, Row


class Arrivals(msgspec.Struct, frozen=True, kw_only=True):
    """Callers of a queue in one half hour of the local day, 0 being midnight, over `days`."""

    queue: QueueName
    half_hour: int
    calls: int
    days: int


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """How callers of a queue wait and talk: `waited` of all together, `talk` and its standard
    deviation in seconds, and the `wrap_up` after it on average; None without a talk.
    """

    queue: QueueName
    waited: timedelta
    abandoned: int
    talks: int
    talk: timedelta | None
    talk_deviation: float
    wrap_up: timedelta


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Which days count: from `since` up to `until`, on these weekdays (1 is Monday) of a zone."""

    since: datetime
    until: datetime
    zone: str
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)


class History:
    """Reads the segments of earlier days; raises DatabaseUnreachable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def arrivals(self, span: Span) -> list[Arrivals]:
        """The half hours in which anybody called."""
        return await self._rows("arrivals", Arrivals, span)

    async def habits(self, span: Span) -> list[Habits]:
        """The queues that anybody waited in."""
        return await self._rows("habits", Habits, span)

    async def _rows(self, name: str, kind: type[Row], span: Span) -> list[Row]:
        parameters = msgspec.structs.asdict(span) | {"weekdays": list(span.weekdays)}
        return await self._database.rows(f"history/{name}", kind, parameters)
