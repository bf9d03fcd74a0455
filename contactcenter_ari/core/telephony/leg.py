"""Legs: every channel in a switch that somebody here has a use for, found by one look-up.

A leg says what it is there for by id, so that whatever happens to it is decided by one match. It
is known from its arrival or dialing until it is gone; a leg that is hung up by us is forgotten at
once, unless it is still in a bridge or a flow still speaks to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec

from contactcenter_ari.core.move import move
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    BridgeId,
    CallbackId,
    CallId,
    LegId,
    OfferId,
)


class Role(StrEnum):
    """The party on a leg."""

    CALLER = "caller"
    AGENT = "agent"
    OUTSIDE = "outside"
    ANNOUNCEMENT = "announcement"
    """A phone that dialed a feature code, and hears what came of it."""


class LegState(StrEnum):
    """How far a leg is."""

    DIALING = "dialing"
    RINGING = "ringing"
    UP = "up"
    HELD = "held"
    """The phone on this leg has put the other parties on hold."""
    GONE = "gone"


DIALING = LegState.DIALING
RINGING = LegState.RINGING
UP = LegState.UP
HELD = LegState.HELD
GONE = LegState.GONE

MOVES: dict[LegState, tuple[LegState, ...]] = {
    DIALING: (RINGING, UP, GONE),
    RINGING: (UP, GONE),
    UP: (HELD, GONE),
    HELD: (UP, GONE),
    GONE: (),
}


class RunsFlow(msgspec.Struct, frozen=True, tag=True):
    """A caller, or a phone that dialed a feature code; see `flow` of the leg."""


class ForOffer(msgspec.Struct, frozen=True, tag=True):
    """An agent's phone that rings for a waiting caller, until they hear each other."""

    offer: OfferId


class ForOutside(msgspec.Struct, frozen=True, tag=True):
    """An outside line on its way to a caller, until they hear each other. With a `screen` the
    callee is asked first whether the call is taken.
    """

    call: CallId
    number: str
    screen: str = ""


class CalledBack(msgspec.Struct, frozen=True, tag=True):
    """The customer of a callback."""

    callback: CallbackId


class AwaitsCustomer(msgspec.Struct, frozen=True, tag=True):
    """An agent who is there before the customer of a callback."""

    callback: CallbackId
    agent: AgentId


class Talks(msgspec.Struct, frozen=True, tag=True):
    """The other party of a talk with this call."""

    call: CallId


class ReturnsToTalk(msgspec.Struct, frozen=True, tag=True):
    """An agent's phone that rings again for a talk in which their leg was lost."""

    call: CallId


class Ending(msgspec.Struct, frozen=True, tag=True):
    """Hung up by us, and not yet gone."""


Purpose = (
    RunsFlow | ForOffer | ForOutside | CalledBack | AwaitsCustomer | Talks | ReturnsToTalk | Ending
)
"""The use of a leg; what it belongs to is named by id."""


@dataclass(slots=True)
class Leg:
    """One channel of the switch `node`, since its arrival or dialing. The flow of the call `flow`
    speaks to it, and it is in `bridge`, if there are such. A phone that `answers_held` has put the
    others on hold before it was answered.
    """

    id: LegId
    node: str
    role: Role
    purpose: Purpose
    since: datetime
    state: LegState = DIALING
    bridge: BridgeId | None = None
    flow: CallId | None = None
    answers_held: bool = False

    def __repr__(self) -> str:
        return f"<Leg {self.id}: {self.role}, {self.state}, {self.purpose}>"

    @property
    def is_up(self) -> bool:
        """Whether it was answered."""
        return self.state is UP or self.state is HELD

    def move_to(self, after: LegState) -> None:
        """Make an allowed move; raises IllegalMove, and changes nothing, if it is not."""
        self.state = move(MOVES, self.state, after)


class Legs:
    """All legs, by id."""

    def __init__(self) -> None:
        self._by_id: dict[LegId, Leg] = {}

    def __repr__(self) -> str:
        return f"<Legs {len(self._by_id)}>"

    def __iter__(self) -> Iterator[Leg]:
        """The legs as they are now."""
        return iter(list(self._by_id.values()))

    def find(self, leg: LegId | None) -> Leg | None:
        """The leg of that id, if anybody has a use for it."""
        return None if leg is None else self._by_id.get(leg)

    def enter(self, leg: Leg) -> None:
        """Know a leg from now on."""
        self._by_id[leg.id] = leg

    def end(self, leg_id: LegId) -> None:
        """End the use of a leg; it was hung up."""
        leg = self._by_id.get(leg_id)
        if leg is not None:
            leg.purpose = Ending()
            self._settle(leg)

    def left_bridge(self, leg_id: LegId) -> None:
        """A leg is in no bridge any more."""
        leg = self._by_id.get(leg_id)
        if leg is not None:
            leg.bridge = None
            self._settle(leg)

    def left_flow(self, leg_id: LegId) -> None:
        """No flow speaks to a leg any more; one that was there for its flow has no other use."""
        leg = self._by_id.get(leg_id)
        if leg is None:
            return
        leg.flow = None
        if isinstance(leg.purpose, RunsFlow | CalledBack):
            leg.purpose = Ending()
        self._settle(leg)

    def forget(self, leg: LegId) -> None:
        """The leg is gone."""
        self._by_id.pop(leg, None)

    def _settle(self, leg: Leg) -> None:
        if isinstance(leg.purpose, Ending) and leg.bridge is None and leg.flow is None:
            del self._by_id[leg.id]
