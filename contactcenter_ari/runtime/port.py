"""What the driver needs from the adapters around it; none of these calls may block."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from contactcenter_ari.core.center.site import Input
from contactcenter_ari.core.vocabulary.command import Command, LookUp
from contactcenter_ari.core.vocabulary.event import Event


class Switch(Protocol):
    """Carries out commands; what comes of them comes back as signals."""

    def submit(self, command: Command) -> None:
        """Take a command; commands of one call are carried out in the order taken."""


class LookUps(Protocol):
    """Answers questions of call flows, as LookUpFinished or LookUpFailed."""

    def submit(self, command: LookUp) -> None:
        """Take a question."""


class Journal(Protocol):
    """Writes down what happened."""

    def record(self, events: Sequence[Event]) -> None:
        """Take events, in order."""


class Log(Protocol):
    """Keeps every input before it is handled."""

    def append(self, now: datetime, input_: Input, digest: str) -> None:
        """Keep an input; `digest` is that of all outcomes before it."""
