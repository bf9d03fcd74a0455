"""How many agents a queue has, when agents serve several queues.

Every sum is of integers, so that no error adds up however often agents come and go. A change
costs the queues of one agent, not the agents of a queue.
"""

from datetime import timedelta

from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName

FADING = 0.95
"""The weight of an agent's earlier work after each contact: about the last 20 decide."""
EVEN = timedelta(minutes=10)
"""Assumed work in addition to what is seen, spread evenly over the queues of an agent: a newcomer
counts evenly, and a queue that seldom calls is not without agents.
"""

_WHOLE = 1_000_000
"""Shares are added up in millionths of an agent."""


class _Work:
    """One agent's work by queue, in seconds; earlier contacts count less."""

    def __init__(self) -> None:
        self.queues: tuple[QueueName, ...] = ()
        self.counted: dict[QueueName, int] = {}
        self._seconds: dict[QueueName, float] = {}

    def add(self, queue: QueueName, duration: timedelta) -> None:
        faded = {q: s * FADING for q, s in self._seconds.items() if s > 1}
        faded[queue] = faded.get(queue, 0.0) + duration.total_seconds()
        self._seconds = faded

    def shares(self) -> dict[QueueName, int]:
        """The part of the agent's time that each of their queues gets, in millionths."""
        even = EVEN.total_seconds()
        whole = sum(self._seconds.values()) + even
        each = even / len(self.queues) if self.queues else 0.0
        return {
            queue: round(_WHOLE * (self._seconds.get(queue, 0.0) + each) / whole)
            for queue in self.queues
        }


class Staff:
    """The available agents of all queues."""

    def __init__(self) -> None:
        self._work: dict[AgentId, _Work] = {}
        self._shares: dict[QueueName, int] = {}
        self._both: dict[QueueName, dict[QueueName, int]] = {}
        """How many serve both of two queues; of one and the same: how many serve it."""

    def __repr__(self) -> str:
        return f"<Staff of {len(self._work)} agents>"

    def put(self, agent: AgentId, queues: tuple[QueueName, ...], *, available: bool) -> None:
        """The queues an agent serves, and whether the agent is available; an agent without queues
        is forgotten.
        """
        work = self._work.setdefault(agent, _Work())
        if queues and work.queues == queues and bool(work.counted) == available:
            return
        self._change(work, -1)
        work.queues = queues
        work.counted = work.shares() if available else {}
        self._change(work, 1)
        if not queues:
            del self._work[agent]

    def worked(self, agent: AgentId, queue: QueueName, duration: timedelta) -> None:
        """An agent has spent time on a contact of a queue, their own line included."""
        work = self._work.get(agent)
        if work is None:
            return
        work.add(queue, duration)
        if work.counted:
            self._share_out(work, -1)
            work.counted = work.shares()
            self._share_out(work, 1)

    def available(self, queue: QueueName) -> int:
        """How many agents the queue has, each counted whole."""
        return self._both.get(queue, {}).get(queue, 0)

    def by_share(self, queue: QueueName) -> float:
        """The same, each counted by the share of their time that this queue gets."""
        return self._shares.get(queue, 0) / _WHOLE

    def neighbors(self, queue: QueueName) -> tuple[QueueName, ...]:
        """The other queues that agents of this one serve."""
        return tuple(other for other in self._both.get(queue, {}) if other != queue)

    def overlap(self, queue: QueueName, other: QueueName) -> float:
        """The part (0-1) of the agents of `queue` who serve `other`, too."""
        whole = self.available(queue)
        return self._both[queue].get(other, 0) / whole if whole else 0.0

    def _change(self, work: _Work, by: int) -> None:
        self._share_out(work, by)
        for queue in work.counted:
            both = self._both.setdefault(queue, {})
            for other in work.counted:
                both[other] = both.get(other, 0) + by
                if not both[other]:
                    del both[other]

    def _share_out(self, work: _Work, by: int) -> None:
        for queue, share in work.counted.items():
            self._shares[queue] = self._shares.get(queue, 0) + by * share
