"""Wait estimates of the lines: the statistics are kept up to date here, and read."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from contactcenter_ari.core.acd.estimate import Estimate
from contactcenter_ari.core.acd.line import Waiting, WaitingLine
from contactcenter_ari.core.acd.queue_statistics import QueueStatistics
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.agents.agent import Agent, Finished
from contactcenter_ari.core.agents.roster import Roster
from contactcenter_ari.core.agents.staffing import Staffing
from contactcenter_ari.core.vocabulary.event import ABANDONED, QueueExit
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.request import HandleTime

GAVE_UP = ABANDONED | {QueueExit.TIMEOUT, QueueExit.KEY_EXIT}
"""Ends of a wait that came of the caller's patience."""


class WaitEstimator:
    """Waits to be expected, over all queues."""

    def __init__(
        self, roster: Roster, staffing: Staffing, lines: Mapping[QueueName, WaitingLine]
    ) -> None:
        self._roster = roster
        self._staffing = staffing
        self._lines = lines
        self._statistics = QueueStatistics()

    def __repr__(self) -> str:
        return f"<WaitEstimator by {self._statistics!r}>"

    def learn(self, times: tuple[HandleTime, ...]) -> None:
        """Take in what earlier weeks say of handle times."""
        self._statistics.learn(times)

    def forget(self, queue: QueueName) -> None:
        """Nothing is known of a queue any more: it begins empty, and nobody waits in it."""
        if not self._lines[queue]:
            self._statistics.forget(queue)

    def note_agents(
        self, changed: Iterable[Agent], finished: Iterable[Finished], now: datetime
    ) -> None:
        """Follow who takes calls, and the contacts that are over."""
        for agent in changed:
            present = self._roster.find(agent.id)
            queues = present.queues if present else ()
            available = present is not None and present.takes_calls
            self._statistics.staffed(agent.id, queues, available=available)
        for contact in finished:
            self._statistics.handled(contact.queue, contact.agent, contact.duration, now)

    def note_joining(self, waiting: Waiting, now: datetime) -> None:
        """A caller is about to take a place; what is expected of the wait is kept."""
        waiting.expected_at = now
        waiting.expected = self._statistics.expected(
            waiting.queue,
            ahead=self._lines[waiting.queue].ahead_of(waiting),
            elsewhere=self._ahead_elsewhere(waiting),
            now=now,
        )
        self._statistics.joined(waiting.queue, now)

    def note_leaving(self, waiting: Waiting, result: QueueExit | None, now: datetime) -> None:
        """A place is free; without a result it was one kept for a callback."""
        self._statistics.left(waiting.queue, now, gave_up=result in GAVE_UP)

    def estimate(self, waiting: Waiting, now: datetime) -> Estimate | None:
        """How long the caller still waits, in line or about to join it; None when too little is
        known to say so. A callback at the head tells nothing: it may wait for its customer.
        """
        line = self._lines[waiting.queue]
        head = line.head if line.head and line.head.callback is None else None
        return self._statistics.estimate(
            waiting.queue,
            ahead=line.ahead_of(waiting),
            elsewhere=self._ahead_elsewhere(waiting),
            waited=now - waiting.expected_at,
            head_waited=now - head.expected_at if head else timedelta(),
            head_expected=head.expected if head else None,
            now=now,
        )

    def is_too_long(self, waiting: Waiting, settings: QueueSettings, now: datetime) -> bool:
        """Whether a caller who would wait here is sent on instead, as the queue wants it."""
        agents = self._staffing.taking_calls(settings.name)
        callers = len(self._lines[settings.name]) + 1
        if settings.divert_ratio is not None and callers > settings.divert_ratio * agents:
            return True
        if settings.divert_wait is None:
            return False
        estimate = self.estimate(waiting, now)
        return estimate is not None and estimate.mean > settings.divert_wait

    def _ahead_elsewhere(self, waiting: Waiting) -> dict[QueueName, int]:
        """The callers who come first in lines for some of the same agents and hear no phone ring
        yet.
        """
        neighbors = self._statistics.neighbors(waiting.queue)
        lines = ((queue, self._lines.get(queue)) for queue in neighbors)
        return {queue: line.ahead_of(waiting) for queue, line in lines if line}
