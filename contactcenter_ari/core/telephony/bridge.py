"""Bridges: rooms of legs that hear each other, and who of them is on hold.

A bridge is asked for, confirmed by the switch, and dissolved once all legs have left it, never
before. A phone holds by itself; the other parties hear music meanwhile. Why the legs are there
is not known here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contactcenter_ari.core.move import move
from contactcenter_ari.core.telephony.leg import HELD, Legs
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.command import (
    JOIN_LIMIT,
    BridgeLegs,
    DissolveBridge,
    StartMusic,
    StopMusic,
    UnbridgeLeg,
)
from contactcenter_ari.core.vocabulary.ids import BridgeId, CallId, LegId


class BridgeState(StrEnum):
    """How far a bridge is."""

    JOINING = "joining"
    JOINED = "joined"
    """The switch has confirmed it: the parties hear each other."""
    OVER = "over"
    """The legs that are still in it are on their way out."""


JOINING = BridgeState.JOINING
JOINED = BridgeState.JOINED
OVER = BridgeState.OVER

MOVES: dict[BridgeState, tuple[BridgeState, ...]] = {
    JOINING: (JOINED, OVER),
    JOINED: (OVER,),
    OVER: (),
}


@dataclass(slots=True)
class Bridge:
    """A room of legs of one switch; commands for it are those of `call`. Its legs are joined
    `tries_left` times more if the switch says nothing. Somebody in it is on hold since
    `held_since`.
    """

    id: BridgeId
    call: CallId
    legs: list[LegId]
    music: str
    tries_left: int
    state: BridgeState = JOINING
    held_since: datetime | None = None

    def __repr__(self) -> str:
        return f"<Bridge {self.id} of {self.call}: {self.state}, {len(self.legs)} legs>"

    def move_to(self, after: BridgeState) -> None:
        """Make an allowed move; raises IllegalMove, and changes nothing, if it is not."""
        self.state = move(MOVES, self.state, after)


class Bridges:
    """All bridges, by id and by the legs in them."""

    def __init__(self, legs: Legs) -> None:
        self._legs = legs
        self._by_id: dict[BridgeId, Bridge] = {}

    def __repr__(self) -> str:
        return f"<Bridges {len(self._by_id)}>"

    def __iter__(self) -> Iterator[Bridge]:
        """The bridges as they are now."""
        return iter(list(self._by_id.values()))

    def find(self, bridge: BridgeId | None) -> Bridge | None:
        """The bridge of that id."""
        return None if bridge is None else self._by_id.get(bridge)

    def of(self, leg: LegId) -> Bridge | None:
        """The bridge that a leg is in."""
        known = self._legs.find(leg)
        return None if known is None else self.find(known.bridge)

    # Begin

    def join(self, bridge: Bridge, turn: Turn) -> None:
        """Let the legs hear each other."""
        self._by_id[bridge.id] = bridge
        for leg in bridge.legs:
            known = self._legs.find(leg)
            assert known is not None, "only a leg that is known is joined"
            known.bridge = bridge.id
        self._ask(bridge, turn)

    def retry(self, bridge: Bridge, turn: Turn) -> bool:
        """The switch has said nothing of a bridge: the same once more, which is no harm. Gives
        whether there is another try.
        """
        if bridge.tries_left:
            self._ask(bridge, turn)
            return True
        return False

    @staticmethod
    def _ask(bridge: Bridge, turn: Turn) -> None:
        bridge.tries_left -= 1
        turn.clockwork.wake(Wake.JOIN, bridge.id, turn.now + JOIN_LIMIT)
        turn.do(BridgeLegs(call=bridge.call, bridge=bridge.id, legs=tuple(bridge.legs)))

    def confirm(self, bridge: Bridge, turn: Turn) -> None:
        """The legs hear each other."""
        turn.clockwork.forget(Wake.JOIN, bridge.id)
        bridge.move_to(JOINED)

    # Hold

    def hold_at_once(self, bridge: Bridge, turn: Turn) -> bool:
        """Phones that held before they were joined hold now; whether there is any."""
        holding = self._holding(bridge)
        for leg in holding:
            self.hold(bridge, leg, turn)
        return bool(holding)

    @staticmethod
    def hold(bridge: Bridge, by: LegId, turn: Turn) -> None:
        """A phone has put the others on hold."""
        for other in bridge.legs:
            if other != by:
                turn.do(StartMusic(call=bridge.call, leg=other, music=bridge.music))
        bridge.held_since = bridge.held_since or turn.now

    def unhold(self, bridge: Bridge, by: LegId, turn: Turn) -> bool:
        """A phone has taken the others off hold; whether nobody is on hold any more."""
        for other in bridge.legs:
            if other != by:
                turn.do(StopMusic(call=bridge.call, leg=other))
        return not self._holding(bridge)

    def _holding(self, bridge: Bridge) -> list[LegId]:
        legs = ((leg, self._legs.find(leg)) for leg in bridge.legs)
        return [leg for leg, known in legs if known is not None and known.state is HELD]

    # End

    @staticmethod
    def end(bridge: Bridge, turn: Turn) -> None:
        """The parties have said what they wanted; those on hold hear no more music."""
        if bridge.held_since is not None:
            turn.do(*(StopMusic(call=bridge.call, leg=leg) for leg in bridge.legs))
        bridge.move_to(OVER)

    def leave(self, leg: LegId, turn: Turn) -> None:
        """A leg goes on without the others."""
        bridge = self.of(leg)
        assert bridge is not None, "only a leg in a bridge is taken out of it"
        turn.do(UnbridgeLeg(call=bridge.call, bridge=bridge.id, leg=leg))
        self.left(leg, turn)

    def fall_apart(self, bridge: Bridge | None, turn: Turn) -> None:
        """The legs will not hear each other: each goes on by itself."""
        for leg in list(bridge.legs) if bridge is not None else ():
            self.leave(leg, turn)

    def left(self, leg: LegId, turn: Turn) -> None:
        """A leg is not in its bridge any more; the last one takes the bridge with it."""
        bridge = self.of(leg)
        if bridge is None:
            return
        bridge.legs.remove(leg)
        self._legs.left_bridge(leg)
        if bridge.state is JOINING:
            turn.clockwork.forget(Wake.JOIN, bridge.id)
            bridge.move_to(OVER)
        if not bridge.legs:
            del self._by_id[bridge.id]
            turn.do(DissolveBridge(call=bridge.call, bridge=bridge.id))

    def strike(self, bridge: Bridge) -> None:
        """Forget a bridge, and that legs are in it."""
        self._by_id.pop(bridge.id, None)
        for leg in self._legs:
            if leg.bridge == bridge.id:
                self._legs.left_bridge(leg.id)
