"""One turn of the core: the instant, what is to be done, what has happened, when to wake.

`Clockwork` lasts from turn to turn: it counts ids and events and keeps the deadlines.
A `Turn` lasts for one input. Neither decides anything.
"""

import heapq
from datetime import datetime
from enum import StrEnum

import msgspec

from contactcenter_ari.core.vocabulary.command import Command
from contactcenter_ari.core.vocabulary.event import Event
from contactcenter_ari.core.vocabulary.ids import CallId


class Outcome(msgspec.Struct, frozen=True):
    """Commands for the switch and events for the world, each in order."""

    commands: tuple[Command, ...]
    events: tuple[Event, ...]


class Wake(StrEnum):
    """What a deadline is for."""

    FLOW = "flow"
    ANNOUNCEMENT = "announcement"
    RING = "ring"
    JOIN = "join"
    WAIT = "wait"
    MISS_PAUSE = "miss_pause"
    DEMAND = "demand"
    WRAP_UP = "wrap_up"
    HANG_UP = "hang_up"
    OUTSIDE = "outside"
    CALLBACK = "callback"
    LOST_CALL = "lost_call"


Deadline = tuple[Wake, str]
"""What a deadline is for, and the id of whose it is."""


class Clockwork:
    """Counts ids and events, and keeps at most one deadline for each (Wake, id)."""

    def __init__(self, *, node: str, boot: str) -> None:
        self.node = node
        self.boot = boot
        self._minted = 0
        self._numbered = 0
        self._set = 0
        self._deadlines: dict[Deadline, tuple[datetime, int]] = {}
        self._heap: list[tuple[datetime, int, Deadline]] = []

    def __repr__(self) -> str:
        """Tell where the counters stand."""
        return f"<Clockwork {self.node}-{self.boot}: {self._minted} ids, {self._numbered} events>"

    def mint(self) -> str:
        """A new id, unique over nodes and restarts."""
        self._minted += 1
        return f"{self.node}-{self.boot}-{self._minted}"

    def mint_for(self, call: CallId) -> str:
        """A new id of something that belongs to a call; see `owner_of`."""
        self._minted += 1
        return f"{call}.{self._minted}"

    def number(self) -> int:
        """The number of the next event."""
        self._numbered += 1
        return self._numbered

    def wake(self, wake: Wake, owner: str, at: datetime) -> None:
        """Set or move a deadline."""
        self._set += 1
        self._deadlines[wake, owner] = (at, self._set)
        heapq.heappush(self._heap, (at, self._set, (wake, owner)))

    def forget(self, wake: Wake, owner: str) -> None:
        """Drop a deadline; one that is not set is fine."""
        self._deadlines.pop((wake, owner), None)

    def next_deadline(self) -> datetime | None:
        """When the core must be woken, or None."""
        self._drop_stale()
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now: datetime) -> Deadline | None:
        """Take the earliest deadline that has come, or None; equal ones in the order set."""
        self._drop_stale()
        if not self._heap or self._heap[0][0] > now:
            return None
        deadline = heapq.heappop(self._heap)[2]
        del self._deadlines[deadline]
        return deadline

    def _drop_stale(self) -> None:
        while self._heap:
            at, serial, deadline = self._heap[0]
            if self._deadlines.get(deadline) == (at, serial):
                return
            heapq.heappop(self._heap)


class Turn:
    """Collects what one input leads to."""

    def __init__(self, clockwork: Clockwork, now: datetime) -> None:
        self.clockwork = clockwork
        self.now = now
        self._commands: list[Command] = []
        self._events: list[Event] = []

    def __repr__(self) -> str:
        """Tell what has been collected so far."""
        return f"<Turn {self.now}: {len(self._commands)} commands, {len(self._events)} events>"

    @property
    def events_told(self) -> int:
        """How many events it has told by now."""
        return len(self._events)

    def do(self, *commands: Command) -> None:
        """Add commands, to be carried out in this order."""
        self._commands.extend(commands)

    def tell(self, *events: Event) -> None:
        """Add events."""
        self._events.extend(events)

    def outcome(self) -> Outcome:
        """The turn as it came out."""
        return Outcome(tuple(self._commands), tuple(self._events))
