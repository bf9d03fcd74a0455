"""Phones that are sent a call and do not respond: dead phones that are still registered.

The time runs from the instant at which Asterisk has sent the call. A phone responds when it rings,
reports progress, answers or refuses; Asterisk does not report whether it has confirmed the receipt
(100 Trying). When the time is up Asterisk is asked for the leg, and its events up to then are
heard before its reply: if we or Asterisk are slow, that is not taken for a silent phone.

Guarantees: a phone is reported silent once, and never after it has responded. Without a reply
nothing is reported: the core's ring limit decides. This module decides nothing else.
"""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Final, Protocol

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.messages import Channel, Dial
from contactcenter_ari.ari.operation import Operation
from contactcenter_ari.ari.reply import Reply
from contactcenter_ari.core.vocabulary.ids import LegId
from contactcenter_ari.core.vocabulary.signal import PhoneSilent

UNHEARD: Final = "Down"
"""The state of a channel that has not rung."""


class Socket(Protocol):
    """Sends an operation; the future raises SwitchError."""

    def send(self, wanted: Operation) -> asyncio.Future[Reply]:
        """The reply, whatever its status, after all events that came before it."""
        ...


class Inbox(Protocol):
    """The receiver of the signals; `put` returns at once."""

    def put(self, signal: PhoneSilent, /) -> None:
        """Take one signal."""
        ...


class FirstResponses:
    """The legs to phones whose first response is awaited."""

    def __init__(self, socket: Socket, inbox: Inbox) -> None:
        self._socket = socket
        self._inbox = inbox
        self._limits: dict[str, timedelta] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def __repr__(self) -> str:
        return f"<FirstResponses of {len(self)} legs>"

    def __len__(self) -> int:
        """The number of legs that are awaited."""
        return len(self._limits) + len(self._timers)

    def expect(self, leg: str, within: timedelta) -> None:
        """Await a response of the phone of a leg, once its call is sent."""
        self._limits[leg] = within

    def note(self, event: Dial) -> None:
        """Follow Asterisk's events of a leg that is being dialed; the first one, without a status,
        says that the call is sent.
        """
        leg = event.peer.id
        if event.dialstatus:
            self.forget(leg)
        elif (limit := self._limits.pop(leg, None)) is not None:
            after = limit.total_seconds()
            self._timers[leg] = asyncio.get_running_loop().call_later(after, self._look, leg)

    def forget(self, leg: str) -> None:
        """Await nothing more of a leg; a leg that is not awaited is ignored."""
        self._limits.pop(leg, None)
        if (timer := self._timers.pop(leg, None)) is not None:
            timer.cancel()

    def stop(self) -> None:
        """Await nothing more at all."""
        for leg in list(self._timers):
            self.forget(leg)
        self._limits.clear()

    def _look(self, leg: str) -> None:
        asked = self._socket.send(operation.get_channel(leg))
        asked.add_done_callback(partial(self._judge, leg))

    def _judge(self, leg: str, asked: asyncio.Future[Reply]) -> None:
        failed = asked.cancelled() or asked.exception() is not None
        if self._timers.pop(leg, None) is None or failed:
            return
        reply = asked.result()
        if reply.succeeded and reply.read(Channel).state == UNHEARD:
            self._inbox.put(PhoneSilent(LegId(leg)))
