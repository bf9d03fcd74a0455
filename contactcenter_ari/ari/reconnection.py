"""The time from the loss of Asterisk's socket to the first inventory after it.

A leg that Asterisk does not know then may have gone with Asterisk itself: a refused command tells
nothing of the caller. The inventory does tell, and also whose fault the end was; so such a refusal
is not passed on meanwhile. An Asterisk that ends in order hangs up all channels while its socket
is still there: the time begins with that, and such an end of a leg is not passed on as a hang-up.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

from contactcenter_ari.ari.lane import SignalInbox
from contactcenter_ari.core.vocabulary.command import AnswerLeg, PlayPrompt, StartMusic
from contactcenter_ari.core.vocabulary.signal import LEG_GONE, CommandFailed, LegHungUp, Signal

TELLING: Final = (AnswerLeg, PlayPrompt, StartMusic)
"""Commands whose refusal tells the core that a caller is gone."""

log: Final[structlog.typing.FilteringBoundLogger] = structlog.get_logger(__name__)


class Reconnection:
    """An inbox that passes on only reliable signals; `lost_at` is when the socket was lost last,
    or when this was made.
    """

    def __init__(self, inbox: SignalInbox, now: Callable[[], datetime]) -> None:
        self._inbox = inbox
        self._now = now
        self._is_settled = self._is_ending = False
        self.lost_at = now()

    def __repr__(self) -> str:
        return f"<Reconnection: {'settled' if self._is_settled else 'no inventory yet'}>"

    def lost(self) -> None:
        """The socket is gone."""
        self._is_settled = False
        if not self._is_ending:
            self.lost_at = self._now()

    def ending(self) -> None:
        """Asterisk is about to end, and hangs up all channels."""
        if not self._is_ending:
            self.lost()
            self._is_ending = True

    def settled(self) -> None:
        """The core was told the inventory."""
        self._is_settled, self._is_ending = True, False

    def put(self, signal: Signal, /) -> None:
        """Take one signal."""
        if self._is_ending and isinstance(signal, LegHungUp):
            log.info("hang_up.left_to_inventory")
        elif not self._is_settled and _tells_of_a_leg(signal):
            log.info("refusal.left_to_inventory")
        else:
            self._inbox.put(signal)


def _tells_of_a_leg(signal: Signal) -> bool:
    return (
        isinstance(signal, CommandFailed)
        and isinstance(signal.command, TELLING)
        and signal.status in LEG_GONE
    )
