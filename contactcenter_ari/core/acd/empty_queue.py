"""Queues in which nobody is left: those who wait there are sent on after a while.

What an empty queue is, each queue says itself (`leave_when_empty`). A deadline is set when a
queue with somebody in line becomes empty, or somebody waits in an empty one; it is dropped as
soon as the queue is not empty any more. A phone that rings is given its chance first.
"""

from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.queue import Queues
from contactcenter_ari.core.acd.settings import LeaveWhenEmpty
from contactcenter_ari.core.agents.staffing import Staffing
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.ids import QueueName


class EmptyQueues:
    """Follows which queues are empty."""

    def __init__(self, staffing: Staffing, queues: Queues) -> None:
        self._staffing = staffing
        self._queues = queues
        self._to_follow: dict[QueueName, None] = {}

    def __repr__(self) -> str:
        return f"<EmptyQueues, {len(self._to_follow)} to follow>"

    def look_at(self, queue: QueueName) -> None:
        """Something changed about a queue: its settings, or who waits there without an offer."""
        self._to_follow[queue] = None

    def follow(self, turn: Turn) -> None:
        """Set and drop deadlines; to be called at the end of each turn."""
        self._to_follow.update(dict.fromkeys(self._staffing.take_recounted()))
        for queue in self._to_follow:
            if queue in self._queues.lines:
                self._follow(queue, turn)
        self._to_follow.clear()

    def is_empty(self, queue: QueueName) -> bool:
        """Whether nobody is left there, as the queue has it."""
        match self._queues.settings[queue].empty_when:
            case LeaveWhenEmpty.NEVER:
                return False
            case LeaveWhenEmpty.LOGGED_OUT:
                return not self._staffing.staying(queue)
            case LeaveWhenEmpty.PAUSED:
                return not self._staffing.taking_calls(queue)

    def leavers(self, queue: QueueName) -> list[Waiting]:
        """The callers for whom no phone rings."""
        waiting = self._queues.lines[queue]
        return [each for each in waiting if each.callback is None and not each.offers]

    def _follow(self, queue: QueueName, turn: Turn) -> None:
        clockwork = turn.clockwork
        if not self._queues.lines[queue] or not self.is_empty(queue):
            clockwork.forget(Wake.EMPTY_QUEUE, queue)
        elif not clockwork.is_set(Wake.EMPTY_QUEUE, queue):
            due = turn.now + self._queues.settings[queue].leave_grace
            clockwork.wake(Wake.EMPTY_QUEUE, queue, due)
