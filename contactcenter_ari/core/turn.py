"""One turn of the core: the instant, what is to be done, what has happened, when to wake.

`Clockwork` lasts from turn to turn: it counts ids and events and keeps the deadlines.
A `Turn` lasts for one input. Neither decides anything. A fault of ours in what concerns one
call is noted by the turn, so that the others get what is theirs.
"""

import heapq
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Concatenate, ParamSpec

import msgspec

from contactcenter_ari.core.vocabulary.command import Command
from contactcenter_ari.core.vocabulary.event import Event
from contactcenter_ari.core.vocabulary.ids import CallId

P = ParamSpec("P")
Told = Callable[Concatenate[int, datetime, P], Event]
"""A kind of event: made of its number, when it happened, and its own fields."""


class Outcome(msgspec.Struct, frozen=True):
    """Commands for the switch and events for the world, each in order."""

    commands: tuple[Command, ...]
    events: tuple[Event, ...]


class Fault(msgspec.Struct, frozen=True):
    """A fault of ours, and the id it concerns (a call, a leg, a bridge, an agent ...)."""

    subject: str
    error: Exception


class Handled(msgspec.Struct, frozen=True):
    """The commands and events of an input, and the faults of ours that were met and mended on the
    way.
    """

    outcome: Outcome
    faults: tuple[Exception, ...] = ()


class Wake(StrEnum):
    """The purpose of a deadline."""

    FLOW = "flow"
    ANNOUNCEMENT = "announcement"
    RING = "ring"
    JOIN = "join"
    WAIT = "wait"
    EMPTY_QUEUE = "empty_queue"
    MISS_PAUSE = "miss_pause"
    MISS_RETURN = "miss_return"
    REQUIREMENT = "requirement"
    WRAP_UP = "wrap_up"
    HANG_UP = "hang_up"
    CALLBACK = "callback"
    LOST_CALL = "lost_call"
    RESUME = "resume"
    SECRET = "secret"  # noqa: S105  # what a deadline is for


Deadline = tuple[Wake, str]
"""The purpose of a deadline, and the id of the thing it is for."""


class Clockwork:
    """Counts ids and events, and keeps at most one deadline for each (Wake, id)."""

    def __init__(self, *, node: str, boot: str) -> None:
        self.node = node
        self.boot = boot
        self._minted = 0
        self.numbered = 0
        self._set = 0
        self._deadlines: dict[Deadline, tuple[datetime, int]] = {}
        self._heap: list[tuple[datetime, int, Deadline]] = []

    def __repr__(self) -> str:
        return f"<Clockwork {self.node}-{self.boot}: {self._minted} ids, {self.numbered} events>"

    def mint(self) -> str:
        """A new id, unique over nodes and restarts."""
        self._minted += 1
        return f"{self.node}-{self.boot}-{self._minted}"

    def mint_for(self, call: CallId) -> str:
        """A new id of something that belongs to a call; see `owner_of`."""
        self._minted += 1
        return f"{call}.{self._minted}"

    def minted(self, id_: str) -> bool:
        """Whether an id was made here, and not by an earlier start."""
        return id_.startswith(f"{self.node}-{self.boot}-")

    def number(self) -> int:
        """The number of the next event."""
        self.numbered += 1
        return self.numbered

    def wake(self, wake: Wake, owner: str, at: datetime) -> None:
        """Set or move a deadline."""
        self._set += 1
        self._deadlines[wake, owner] = (at, self._set)
        heapq.heappush(self._heap, (at, self._set, (wake, owner)))

    def forget(self, wake: Wake, owner: str) -> None:
        """Drop a deadline; one that is not set is fine."""
        self._deadlines.pop((wake, owner), None)

    def deadlines(self) -> list[Deadline]:
        """All that is to come, in no order."""
        return list(self._deadlines)

    def is_set(self, wake: Wake, owner: str) -> bool:
        """Whether such a deadline is to come."""
        return (wake, owner) in self._deadlines

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
        self.faults: list[Fault] = []
        self._numbered_before = clockwork.numbered
        self._commands: list[Command] = []
        self._events: list[Event] = []

    def __repr__(self) -> str:
        return f"<Turn {self.now}: {len(self._commands)} commands, {len(self._events)} events>"

    @property
    def events_told(self) -> int:
        """How many events it has told by now."""
        return len(self._events)

    def attempt(self, subject: str, work: Callable[[], object]) -> bool:
        """Do what concerns one of many, and note a fault in it; whether there was none."""
        try:
            work()
        except Exception as error:  # noqa: BLE001  # noted; the others get what is theirs
            self.faults.append(Fault(subject, error))
            return False
        return True

    def do(self, *commands: Command) -> None:
        """Add commands, to be carried out in this order."""
        self._commands.extend(commands)

    def tell(self, kind: Told[P], /, *args: P.args, **fields: P.kwargs) -> None:
        """Add an event of this kind with these fields: it has the next number and is of now."""
        self._events.append(kind(self.clockwork.number(), self.now, *args, **fields))

    def tell_at(self, at: datetime, kind: Told[P], /, *args: P.args, **fields: P.kwargs) -> None:
        """Add an event of what happened earlier."""
        self._events.append(kind(self.clockwork.number(), at, *args, **fields))

    def rewind(self) -> None:
        """Take back all of this turn: its commands, events and numbers."""
        self._commands.clear()
        self._events.clear()
        self.clockwork.numbered = self._numbered_before

    def outcome(self) -> Outcome:
        """The turn as it came out."""
        return Outcome(tuple(self._commands), tuple(self._events))
