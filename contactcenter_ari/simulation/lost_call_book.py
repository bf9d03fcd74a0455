"""The lost calls, from events alone: one task a number, and nobody is cut off without one."""

from collections.abc import Callable

from contactcenter_ari.core.vocabulary.event import (
    INBOUND,
    EndReason,
    Event,
    InteractionEnded,
    LostCallClosed,
    LostCallOpened,
)
from contactcenter_ari.core.vocabulary.ids import InteractionId


class LostCallBook:
    """The open tasks."""

    def __init__(self) -> None:
        self._open: dict[InteractionId, str] = {}

    def __repr__(self) -> str:
        """Tell how many there are."""
        return f"<LostCallBook {len(self._open)} open>"

    def note_event(self, event: Event, is_promised: Callable[[str], bool]) -> None:
        """Follow an event; `is_promised` tells whether a number is to be called back."""
        match event:
            case LostCallOpened(caller_number=number):
                assert number not in self._open.values(), event
                self._open[event.interaction] = number
            case LostCallClosed(interaction=interaction):
                self._open.pop(interaction, None)
            case InteractionEnded(caller_number=number) if _is_cut_off(event):
                assert number in self._open.values() or is_promised(number), event
            case _:
                pass


def _is_cut_off(event: InteractionEnded) -> bool:
    """Whether a fault ended the call of a caller who can be called."""
    faulty = event.reason is EndReason.SYSTEM_ERROR and event.direction == INBOUND
    return faulty and event.caller_number.startswith("+")
