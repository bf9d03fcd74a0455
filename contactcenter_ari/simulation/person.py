"""The person at the other end of a leg, as the fake switch sees them."""

from typing import Protocol

from contactcenter_ari.core.vocabulary.ids import LegId
from contactcenter_ari.core.vocabulary.prompt import PromptPart


class Person(Protocol):
    """A human with a phone; told what rings and what is heard, answers by the switch's acts."""

    def rings(self, leg: LegId) -> None:
        """The phone rings."""
        ...

    def hears(self, leg: LegId, parts: tuple[PromptPart, ...]) -> None:
        """A prompt begins."""
        ...

    def joined(self, leg: LegId) -> None:
        """Somebody is on the line."""
        ...

    def gone(self, leg: LegId) -> None:
        """The line is dead, whichever side ended it."""
        ...


class Bystander:
    """A person who does nothing unless told to."""

    def rings(self, leg: LegId) -> None:
        """Let it ring."""

    def hears(self, leg: LegId, parts: tuple[PromptPart, ...]) -> None:
        """Listen."""

    def joined(self, leg: LegId) -> None:
        """Listen."""

    def gone(self, leg: LegId) -> None:
        """Put the phone down."""
