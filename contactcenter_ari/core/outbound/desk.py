"""What those who dial customers ask of the calls in progress."""

from typing import Protocol

from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.calls.registry import CallRegistry
from contactcenter_ari.core.calls.talk import Talks
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.ids import LegId


class Desk(Protocol):
    """Keeps the calls, by id and by leg."""

    talks: Talks
    registry: CallRegistry

    def add(self, call: Call, turn: Turn) -> None:
        """Know a call whose flow has not begun."""
        ...

    def has(self, call: Call) -> bool:
        """Whether the call is in progress."""
        ...

    def begin(self, call: Call, turn: Turn) -> None:
        """Know a call and begin its flow."""
        ...

    def end_side_call(self, leg: LegId, turn: Turn) -> None:
        """Whoever is told something before being joined hears no more of it."""
        ...

    def hung_up(self, leg: LegId, cause: int, turn: Turn) -> None:
        """A leg is gone, or taken to be."""
        ...
