"""The parts of a switch, and of the people around it, that the switch contract needs."""

from datetime import timedelta
from enum import Enum
from itertools import count
from typing import Protocol

from contactcenter_ari.core.vocabulary.command import Command
from contactcenter_ari.core.vocabulary.ids import LegId, PhoneId
from contactcenter_ari.core.vocabulary.prompt import SoundFile
from contactcenter_ari.core.vocabulary.signal import (
    LiveBridge,
    PhoneReachable,
    PhoneUnreachable,
    Signal,
    SwitchReconciled,
)

MISSING = (SoundFile("no/such/file"),)
"""A prompt that no switch has."""
KEY_PRESS = timedelta(milliseconds=300)
"""A finger cannot follow another faster."""
UNASKED_SIGNALS = (PhoneReachable, PhoneUnreachable, SwitchReconciled)
"""A switch gives these at any time; the tests do not look at them."""

_numbers = count(1)


def new_id() -> str:
    """An id as the core mints them."""
    return f"n1-0-{next(_numbers)}"


class Manner(Enum):
    """The reaction of a phone to a ring."""

    ANSWERS = ("180 Ringing", "200 OK")
    IS_BUSY = ("180 Ringing", "486 Busy Here")
    DECLINES = ("180 Ringing", "603 Decline")
    RINGS_ON = ("180 Ringing",)
    SAYS_NOTHING = ("100 Trying",)
    IS_NOT_THERE = ()


class Floor(Protocol):
    """A switch and the people around it."""

    def do(self, *commands: Command) -> None:
        """Give commands."""
        ...

    async def next(self) -> Signal:
        """The next signal."""
        ...

    async def caller(self) -> LegId:
        """A caller calls in; gives the leg, not yet answered."""
        ...

    async def greet(self, leg: LegId) -> None:
        """The caller's phone learns that it was answered."""
        ...

    async def phone(self, manner: Manner) -> PhoneId:
        """An agent's phone."""
        ...

    async def hang_up(self, leg: LegId) -> None:
        """The person on that leg puts the phone down."""
        ...

    async def stop_ringing(self, leg: LegId) -> None:
        """An agent's phone stops ringing."""
        ...

    async def press(self, leg: LegId, digit: int, after: timedelta = KEY_PRESS) -> None:
        """The person on that leg presses a key."""
        ...

    async def listen(self, leg: LegId, duration: timedelta) -> None:
        """The person on that leg is silent for this long."""
        ...

    async def speak(self, leg: LegId, duration: timedelta) -> None:
        """The person on that leg speaks for this long."""
        ...

    async def hold(self, leg: LegId, *, held: bool) -> None:
        """The person on that leg presses the hold key, or presses it again."""
        ...

    async def inventory(self) -> tuple[set[LegId], list[LiveBridge]]:
        """All legs that live, and all bridges with those in them, as a new program gets them at
        its start.
        """
        ...

    async def assert_nothing_left(self) -> None:
        """No channel and no bridge lives in the switch."""
        ...
