"""The admission of callers to the queues: a place in line, or the reason why there is none."""

from datetime import timedelta

from contactcenter_ari.core.acd.agent_change import AgentChanges
from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.queue import Queues
from contactcenter_ari.core.acd.relaxation import Relaxation
from contactcenter_ari.core.acd.stay import Stays, tell_joined, tell_left
from contactcenter_ari.core.acd.wait_estimator import WaitEstimator
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.event import QueueExit


class Admission:
    """Lets callers join, or sends them on at once."""

    def __init__(
        self,
        queues: Queues,
        stays: Stays,
        changes: AgentChanges,
        relaxation: Relaxation,
        estimator: WaitEstimator,
    ) -> None:
        self._queues = queues
        self._stays = stays
        self._changes = changes
        self._relaxation = relaxation
        self._estimator = estimator

    def __repr__(self) -> str:
        return f"<Admission to {self._queues!r}>"

    def enqueue(
        self, waiting: Waiting, max_wait: timedelta, turn: Turn, *, sent: bool = False
    ) -> QueueExit | None:
        """Take a place in line; gives why not when the caller cannot wait here. One who was
        `sent` by a person, who asked for `refusal` before, can.
        """
        line = self._queues.lines[waiting.queue]
        refusal = None
        if not sent:
            refusal = self._queues.refusal(waiting.queue, kept=waiting.kept)
            refusal = refusal or self._diversion(waiting, turn)
        waiting.position_at_entry = len(line) + 1 if refusal else line.position(waiting)
        tell_joined(waiting, turn)
        if refusal is None:
            self._stays.join(waiting, turn)
            turn.clockwork.wake(Wake.WAIT, waiting.interaction, turn.now + max_wait)
        else:
            tell_left(waiting, refusal, waiting.position_at_entry, turn)
        return refusal

    def _diversion(self, waiting: Waiting, turn: Turn) -> QueueExit | None:
        """Whether the wait would be too long to let the caller begin it."""
        settings = self._queues.settings[waiting.queue]
        self._changes.follow(turn)
        if waiting.kept or not self._estimator.is_too_long(waiting, settings, turn.now):
            return None
        return None if self._relaxation.is_met(waiting, turn.now) else QueueExit.DIVERTED
