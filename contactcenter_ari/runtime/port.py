"""The ports of the driver to the adapters around it; no call of these may block the loop."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from contactcenter_ari.core.site.site import Input
from contactcenter_ari.core.vocabulary.command import Command, LookUp
from contactcenter_ari.core.vocabulary.event import Event
from contactcenter_ari.core.vocabulary.signal import LookUpFailed, LookUpFinished


class Switch(Protocol):
    """Carries out commands; what comes of them comes back as signals."""

    def submit(self, command: Command) -> None:
        """Take a command; commands of one call are carried out in the order taken."""


class LookUps(Protocol):
    """Answers questions of call flows."""

    async def answer(self, look_up: LookUp) -> LookUpFinished | LookUpFailed:
        """The answer, or why there is none, within the question's limit; never raises."""


class Journal(Protocol):
    """Writes down what happened."""

    def record(self, events: Sequence[Event]) -> None:
        """Take events, in order."""


class Log(Protocol):
    """Keeps every input before it is handled."""

    def append(
        self, now: datetime, input_: Input, digest: str, *, call: str = "", sealed: str = ""
    ) -> None:
        """Keep an input; `digest` is that of all outcomes before it. A secret of a call is
        `sealed`, and the input has a stand-in for it.
        """
