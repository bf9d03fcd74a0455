"""Arrivals that were reported late, and the check that the caller is still there.

While the application hangs, Asterisk's events of a new call lie in its socket; meanwhile the watch
may have sent the caller to the fall-back. Such a caller is no longer ours: nothing must be done
with the leg, and the fall-back records the call. So an arrival that is not fresh is held back
until Asterisk has said where the leg is.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.inventory import arrival_of
from contactcenter_ari.ari.messages import Channel, StasisStart
from contactcenter_ari.ari.operation import Operation
from contactcenter_ari.ari.reply import Reply

FRESH: Final = timedelta(milliseconds=500)
"""An arrival that is younger than this is reported at once."""
FROM_DIALPLAN: Final = (("caller",), ("phone",))
"""The arguments of legs that the dialplan handed over, and may get back."""


class Socket(Protocol):
    """Requests over the WebSocket, answered in order."""

    def send(self, wanted: Operation) -> asyncio.Future[Reply]:
        """The future raises SwitchError."""
        ...


class LateArrivals:
    """The arrivals that are held back, by their leg."""

    def __init__(self, app: str, socket: Socket, now: Callable[[], datetime]) -> None:
        self._app = app
        self._socket = socket
        self._now = now
        self._held: dict[str, StasisStart] = {}

    def __repr__(self) -> str:
        return f"<LateArrivals {len(self._held)} held>"

    def is_late(self, event: StasisStart) -> bool:
        """Whether Asterisk reported this a while ago. An arrival that was found just now is not
        late, nor is a leg that we dialed: no other program takes it.
        """
        if event.args[:1] not in FROM_DIALPLAN:
            return False
        try:
            return self._now() - datetime.fromisoformat(event.timestamp) > FRESH
        except (ValueError, TypeError):
            return False

    def hold(self, event: StasisStart, found: Callable[[StasisStart | None], None]) -> None:
        """Ask for the leg; `found` gets the arrival if it is still with us, and None if nobody can
        tell.
        """
        leg = event.channel.id
        self._held[leg] = event

        def answered(sent: asyncio.Future[Reply]) -> None:
            if self._held.get(leg) is not event:
                return  # it left meanwhile
            del self._held[leg]
            if sent.cancelled():
                return
            if sent.exception() is not None:
                found(None)
            elif sent.result().succeeded and self._is_ours(sent.result().read(Channel)):
                found(event)

        self._socket.send(operation.get_channel(leg)).add_done_callback(answered)

    def forget(self, leg: str) -> bool:
        """A leg left us, or was found otherwise; gives whether it was held back."""
        return self._held.pop(leg, None) is not None

    def _is_ours(self, channel: Channel) -> bool:
        return arrival_of(channel, self._app) is not None
