"""The bridges of the fake switch: legs join and leave, and wait for a leg that still plays."""

from collections.abc import Callable, Mapping

from contactcenter_ari.core.vocabulary.command import BridgeLegs
from contactcenter_ari.core.vocabulary.ids import BridgeId, LegId
from contactcenter_ari.core.vocabulary.signal import CommandFailed, LegsBridged, LiveBridge, Signal
from contactcenter_ari.simulation.participant import FakeBridge, FakeLeg


class FakeBridges:
    """The bridges that are `live`, by id; `legs` are those of the switch."""

    def __init__(self, legs: Mapping[LegId, FakeLeg], tell: Callable[[Signal], None]) -> None:
        self.live: dict[BridgeId, FakeBridge] = {}
        self._legs = legs
        self._tell = tell
        self._waiting: list[BridgeLegs] = []

    def __repr__(self) -> str:
        return f"<FakeBridges: {len(self.live)} live>"

    def bridge(self, command: BridgeLegs) -> None:
        """Bring legs together, as soon as none of them plays."""
        legs = [self._legs.get(leg) for leg in command.legs]
        if any(leg is not None and leg.playing for leg in legs):
            self._waiting.append(command)  # a channel that plays makes everybody wait
            return
        present = [leg for leg in legs if leg is not None]
        if len(present) < len(legs):
            self._tell(CommandFailed(command, 400, "Channel not found"))
        elif not all(leg.is_ours for leg in present):
            self._tell(CommandFailed(command, 422, "Channel not in Stasis application"))
        else:
            self._join(command.bridge, [leg for leg in present if leg.bridge != command.bridge])
            self._tell(LegsBridged(command.bridge))

    def no_longer_plays(self, leg: LegId) -> None:
        """A leg has played all it had to, or is gone: legs that waited for it are joined."""
        for command in [c for c in self._waiting if leg in c.legs]:
            self._waiting.remove(command)
            self.bridge(command)

    def leave(self, leg: FakeLeg) -> None:
        """Take a leg out of its bridge; one that is in none is fine."""
        if leg.bridge is not None and leg.bridge in self.live:
            self.live[leg.bridge].legs.remove(leg.id)
        leg.bridge = None

    def dissolve(self, bridge: BridgeId) -> None:
        """End a bridge; one that has ended is no harm."""
        dissolved = self.live.pop(bridge, None)
        for leg in dissolved.legs if dissolved is not None else ():
            self._legs[leg].bridge = None

    def sweep(self) -> None:
        """End the bridges that are empty."""
        for bridge in [b.id for b in self.live.values() if not b.legs]:
            self.dissolve(bridge)

    def inventory(self) -> tuple[LiveBridge, ...]:
        """The bridges with legs, and what is known of these."""
        return tuple(self._view(bridge) for bridge in self.live.values() if bridge.legs)

    def _view(self, bridge: FakeBridge) -> LiveBridge:
        legs = [self._legs[leg] for leg in bridge.legs]
        return LiveBridge(
            bridge=bridge.id,
            legs=tuple(bridge.legs),
            callers=tuple(leg.arrived for leg in legs if leg.arrived is not None),
            phones={leg.id: leg.phone for leg in legs if leg.phone is not None},
        )

    def _join(self, bridge: BridgeId, legs: list[FakeLeg]) -> None:
        self.live.setdefault(bridge, FakeBridge(bridge, []))
        for leg in legs:
            self.leave(leg)
            self.live[bridge].legs.append(leg.id)
            leg.bridge = bridge
        for leg in legs:
            leg.person.joined(leg.id)
