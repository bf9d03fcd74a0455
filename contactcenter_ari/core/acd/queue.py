"""The queues: the settings and the line of each, and why one takes no callers."""

from contactcenter_ari.core.acd.line import Waiting, WaitingLine
from contactcenter_ari.core.acd.removed_queue import RemovedQueues
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.agents.staffing import Staffing
from contactcenter_ari.core.vocabulary.event import QueueExit
from contactcenter_ari.core.vocabulary.ids import QueueName


class Queues:
    """All queues, agents' own lines included. A person has `closed` some; some are `gone` from the
    files, and keep the settings they had.
    """

    def __init__(self, staffing: Staffing) -> None:
        self._staffing = staffing
        self.settings: dict[QueueName, QueueSettings] = {}
        self.lines: dict[QueueName, WaitingLine] = {}
        self.closed: dict[QueueName, None] = {}
        self.gone = RemovedQueues(self.lines, staffing)

    def __repr__(self) -> str:
        return f"<Queues {', '.join(self.lines)}>"

    def put(self, settings: QueueSettings) -> None:
        """A queue has these settings from now on."""
        self.settings[settings.name] = settings
        self.lines.setdefault(settings.name, WaitingLine(settings.name))

    def refusal(self, queue: QueueName, *, kept: bool = False) -> QueueExit | None:
        """Why nobody may join a queue now; None when one may. Whose place was `kept` may join one
        that is gone.
        """
        settings = self.settings[queue]
        if queue in self.closed or (queue in self.gone and not kept):
            return QueueExit.CLOSED
        if settings.max_waiting is not None and len(self.lines[queue]) >= settings.max_waiting:
            return QueueExit.FULL
        if not settings.join_empty and not self._staffing.taking_calls(queue):
            return QueueExit.NO_AGENTS
        return None

    def room(self, waiting: Waiting) -> int:
        """How many more phones may ring for a caller."""
        settings = self.settings[waiting.queue]
        most = settings.ring_at_most if settings.rings_all else 1
        return max(most - len(waiting.offers), 0)
