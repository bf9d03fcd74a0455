"""What one turn of the core gives back."""

from datetime import datetime

import msgspec

from contactcenter_ari.core.vocabulary.command import Command
from contactcenter_ari.core.vocabulary.event import Event


class Outcome(msgspec.Struct, frozen=True):
    """Commands for the switch and events for the world, each in order."""

    commands: tuple[Command, ...]
    events: tuple[Event, ...]


class Outbox:
    """Collects one turn's commands and events; the number of an event comes from `number()`."""

    def __init__(self, *, now: datetime, next_number: int) -> None:
        self.now = now
        self.next_number = next_number
        self.commands: list[Command] = []
        self.events: list[Event] = []

    def __repr__(self) -> str:
        """Tell what has been collected so far."""
        return f"<Outbox {len(self.commands)} commands, {len(self.events)} events>"

    def do(self, *commands: Command) -> None:
        """Add commands, to be carried out in this order."""
        self.commands.extend(commands)

    def tell(self, event: Event) -> None:
        """Add an event."""
        self.events.append(event)

    def number(self) -> int:
        """The number of the next event."""
        self.next_number += 1
        return self.next_number

    def outcome(self) -> Outcome:
        """The turn as it came out."""
        return Outcome(tuple(self.commands), tuple(self.events))
