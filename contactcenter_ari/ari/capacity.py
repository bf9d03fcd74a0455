"""How much room for calls is left: each leg takes two ports for audio.

Asterisk admits as many calls as there are ports for two legs each, answers 503 to more, before
they are answered, and counts them (`extensions.conf`). This module knows how near that limit is,
and reads the count. It raises an alarm before the room ends, in `trouble` and once in the log.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec
import structlog

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.errors import SwitchError
from contactcenter_ari.ari.lane import SignalInbox
from contactcenter_ari.ari.reply import Asking
from contactcenter_ari.core.vocabulary.command import DialLeg, DialOutside
from contactcenter_ari.core.vocabulary.signal import CommandFailed, Signal

LOOK_EVERY: Final = timedelta(seconds=2)
READ_LIMIT: Final = timedelta(seconds=2)
REFUSED_VARIABLE: Final = "CC_REFUSED"
ALARM: Final = 0.8
"""The room is about to end when this share of it is in use."""

log: Final[structlog.typing.FilteringBoundLogger] = structlog.get_logger(__name__)


class _Variable(msgspec.Struct):
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The number of calls that may come in, and of legs there can be in all."""

    calls: int
    legs: int


class Capacity:
    """The room in use; all methods but `run` return at once."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.refused = 0
        self._read = 0
        self._calls: set[str] = set()
        self._legs: set[str] = set()
        self._alarmed = False

    def __repr__(self) -> str:
        return f"<Capacity {self.calls} of {self.room.calls} calls, {self.legs} legs>"

    @property
    def calls(self) -> int:
        """The number of calls in progress that came in."""
        return len(self._calls)

    @property
    def legs(self) -> int:
        """The number of legs, ringing ones included."""
        return len(self._legs)

    @property
    def full(self) -> bool:
        """Whether no more legs may be dialed: the ports that are left are for refusing calls."""
        return self.legs >= self.room.legs

    @property
    def trouble(self) -> str:
        """The room that is about to end, as a sentence; empty while there is room."""
        for used, most, what in (
            (self.calls, self.room.calls, "calls"),
            (self.legs, self.room.legs, "legs"),
        ):
            if used >= most:
                return f"all audio ports are in use or kept for the {what} in progress ({most})"
            if used >= most * ALARM:
                return f"{used} of the {most} {what} that there are audio ports for"
        return ""

    def arrived(self, leg: str, *, call: bool) -> None:
        """A leg has begun; it is a `call` when it came in by itself."""
        self._legs.add(leg)
        if call:
            self._calls.add(leg)
        self._tell()

    def left(self, leg: str) -> None:
        """A leg is gone, or was not created."""
        self._legs.discard(leg)
        self._calls.discard(leg)
        self._tell()

    def keep(self, legs: Iterable[str]) -> None:
        """These legs are there and no others."""
        self._legs = set(legs)
        self._calls &= self._legs

    async def run(self, asterisk: Asking) -> None:
        """Read again and again how many calls were refused, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY.total_seconds())
            try:
                wanted = operation.get_global(REFUSED_VARIABLE)
                reply = await asterisk.send(wanted, limit=READ_LIMIT)
            except SwitchError:
                continue  # the pulse reports it
            if reply.succeeded:
                self._count(int(reply.read(_Variable).value or 0))

    def _count(self, refused: int) -> None:
        """Note Asterisk's count, which runs since its own start."""
        more = refused - self._read if refused >= self._read else refused
        self._read = refused
        self.refused += more
        if more:
            log.error("calls.refused", calls=more, limit=self.room.calls)

    def _tell(self) -> None:
        """Log once that the room is about to end, and again when there was room meanwhile."""
        alarmed, self._alarmed = self._alarmed, bool(self.trouble)
        if self._alarmed and not alarmed:
            log.warning("capacity.low", why=self.trouble)


class CountingInbox:
    """An inbox that also notes legs that could not be dialed."""

    def __init__(self, inbox: SignalInbox, capacity: Capacity) -> None:
        self._inbox = inbox
        self._capacity = capacity

    def __repr__(self) -> str:
        return f"<CountingInbox of {self._capacity!r}>"

    def put(self, signal: Signal, /) -> None:
        """Take one signal."""
        if isinstance(signal, CommandFailed) and isinstance(signal.command, DialLeg | DialOutside):
            self._capacity.left(signal.command.leg)
        self._inbox.put(signal)
