"""The lost calls, from events alone: one task a number, and nobody is lost without one.

Lost is a caller whose last stay ended in a way for which the queue wants tasks, with no talk after
it, and one whose call a fault ended.
"""

from collections.abc import Callable, Mapping

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.vocabulary.event import (
    OUTBOUND,
    AgentConnected,
    EndReason,
    Event,
    InteractionDequeued,
    InteractionEnded,
    LostCallClosed,
    LostCallOpened,
    OutsideEnded,
    QueueExit,
)
from contactcenter_ari.core.vocabulary.ids import InteractionId, QueueName

NO_QUEUE = QueueSettings(name=QueueName(""))
"""An agent's own line has the settings of none."""


class LostCallAccount:
    """The open tasks, and the callers who were not served."""

    def __init__(self) -> None:
        self._open: dict[InteractionId, str] = {}
        self._in_vain: dict[InteractionId, tuple[QueueExit, bool]] = {}

    def __repr__(self) -> str:
        return f"<LostCallAccount {len(self._open)} open>"

    def note_event(
        self,
        event: Event,
        has_callback: Callable[[str, InteractionId], bool],
        settings: Mapping[QueueName, QueueSettings],
    ) -> None:
        """Follow an event; `has_callback` tells whether the customer with a number, or of an
        interaction, is to be called back.
        """
        match event:
            case LostCallOpened(caller_number=number):
                assert number not in self._open.values(), event
                assert not has_callback(number, event.interaction), event
                self._open[event.interaction] = number
            case LostCallClosed(interaction=interaction):
                self._open.pop(interaction, None)
            case InteractionDequeued(interaction=interaction, queue=queue, result=result):
                wanted = result in settings.get(queue, NO_QUEUE).lost_calls
                self._in_vain[interaction] = (result, wanted)
            case AgentConnected() | OutsideEnded(outcome="answered"):
                self._in_vain.pop(event.interaction, None)
            case InteractionEnded():
                self._check_end(event, has_callback)
            case _:
                pass

    def _check_end(
        self, event: InteractionEnded, has_callback: Callable[[str, InteractionId], bool]
    ) -> None:
        """Assert that each lost caller is a task, and nobody else."""
        result, wanted = self._in_vain.pop(event.interaction, (None, False))
        cut_off = event.reason is EndReason.SYSTEM_ERROR and result is not QueueExit.SYSTEM_ERROR
        outbound = event.direction == OUTBOUND
        number = event.called_number if outbound else event.caller_number
        if cut_off or wanted:
            looked_after = number in self._open.values() or has_callback(number, event.interaction)
            assert looked_after or not number.startswith("+"), event
        else:
            assert event.interaction not in self._open, event
