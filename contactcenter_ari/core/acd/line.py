"""A waiting line: callers of one queue in the order they will be served.

The order is priority class first, then who has waited longest with the head start counted
as time waited; among equals who came first. Waiting ages everybody alike, so the order
never changes by itself.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from datetime import datetime, timedelta

from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    InteractionId,
    LegId,
    OfferId,
    QueueName,
)

Rank = tuple[int, datetime, int]
"""Priority class, since when the caller counts as waiting, and the order of arrival."""


class Waiting:
    """One stay in one queue. `skipped` are agents who let this caller's offer pass, each with
    the instant until when; `expired` means the wait limit passed while a phone was ringing.
    """

    def __init__(
        self,
        *,
        interaction: InteractionId,
        queue: QueueName,
        leg: LegId,
        caller_number: str,
        caller_name: str,
        joined_at: datetime,
        priority: int,
        head_start: timedelta,
        arrival: int,
    ) -> None:
        self.interaction = interaction
        self.queue = queue
        self.leg = leg
        self.caller_number = caller_number
        self.caller_name = caller_name
        self.joined_at = joined_at
        self.head_start = head_start
        self.rank: Rank = (priority, joined_at - head_start, arrival)
        self.position_at_entry = 0
        self.offer: OfferId | None = None
        self.skipped: dict[AgentId, datetime] = {}
        self.expired = False

    def __repr__(self) -> str:
        """Tell who waits where since when."""
        return f"<Waiting {self.interaction} in {self.queue} since {self.joined_at:%H:%M:%S}>"

    def skips(self, agent: AgentId, now: datetime) -> bool:
        """Whether the agent let this caller pass a short while ago."""
        until = self.skipped.get(agent)
        return until is not None and now < until


class WaitingLine:
    """The callers of one queue, first to be served first."""

    def __init__(self, queue: QueueName) -> None:
        self.queue = queue
        self._line: list[Waiting] = []

    def __repr__(self) -> str:
        """Tell how many wait."""
        return f"<WaitingLine {self.queue}: {len(self._line)} waiting>"

    def __len__(self) -> int:
        """How many wait."""
        return len(self._line)

    def __iter__(self) -> Iterator[Waiting]:
        """Callers in the order they will be served."""
        return iter(self._line)

    def join(self, waiting: Waiting) -> int:
        """Take a place; gives the position, 1 for the head of the line."""
        insort(self._line, waiting, key=_rank)
        return self.position(waiting)

    def leave(self, waiting: Waiting) -> int:
        """Give up the place; gives the position it was."""
        position = self.position(waiting)
        del self._line[position - 1]
        return position

    def position(self, waiting: Waiting) -> int:
        """1 for the head of the line."""
        return bisect_left(self._line, waiting.rank, key=_rank) + 1


def _rank(waiting: Waiting) -> Rank:
    return waiting.rank
