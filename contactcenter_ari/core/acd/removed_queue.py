"""Queues that are gone from the files.

Such a queue takes nobody more. Callers and callbacks in it are still served with the
settings it had, and it is shown until nobody waits in it and no talk of it goes on. What it was
known by is kept, for calls of earlier flows may still ask for it; one that comes back begins
again.
"""

from collections.abc import Collection, Mapping

from contactcenter_ari.core.acd.line import WaitingLine
from contactcenter_ari.core.agents.staffing import Staffing
from contactcenter_ari.core.vocabulary.ids import QueueName, agent_of


class RemovedQueues:
    """Which queues are gone; of those that are not, all are shown but agents' own lines."""

    def __init__(self, lines: Mapping[QueueName, WaitingLine], staffing: Staffing) -> None:
        self._lines = lines
        self._staffing = staffing
        self._gone: dict[QueueName, None] = {}

    def __repr__(self) -> str:
        return f"<RemovedQueues {', '.join(self._gone) or 'none'}>"

    def __contains__(self, queue: QueueName) -> bool:
        """Whether a queue takes nobody more."""
        return queue in self._gone

    def is_shown(self, queue: QueueName) -> bool:
        """Whether there is something to show of a queue."""
        if agent_of(queue) is not None or queue not in self._lines:
            return False
        return queue not in self._gone or self._is_busy(queue)

    def follow(self, configured: Collection[QueueName]) -> list[QueueName]:
        """The files have these queues now; gives those that are back."""
        back = [queue for queue in configured if queue in self._gone]
        known = (queue for queue in self._lines if agent_of(queue) is None)
        self._gone = dict.fromkeys(queue for queue in known if queue not in configured)
        return back

    def _is_busy(self, queue: QueueName) -> bool:
        return bool(len(self._lines[queue]) or self._staffing.talking(queue))
