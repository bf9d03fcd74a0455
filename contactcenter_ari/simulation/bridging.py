"""The bridges as the core orders them: a leg is in one at most, and none is left behind."""

from contactcenter_ari.core.site.site import Input
from contactcenter_ari.core.vocabulary.command import (
    BridgeLegs,
    Command,
    DissolveBridge,
    UnbridgeLeg,
)
from contactcenter_ari.core.vocabulary.ids import BridgeId, LegId
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    LegHungUp,
    LegLost,
    LiveBridge,
    SwitchReconciled,
)


class Bridges:
    """Which legs are in which bridge, and which legs are gone."""

    def __init__(self) -> None:
        self._live: set[BridgeId] = set()
        self._dissolved: set[BridgeId] = set()
        self._of: dict[LegId, BridgeId] = {}
        self._gone: set[LegId] = set()

    def __repr__(self) -> str:
        return f"<Bridges {len(self._live)} live, {len(self._of)} legs>"

    def note_input(self, input_: Input) -> None:
        """A leg that is gone has left its bridge, and is not joined again."""
        match input_:
            case LegHungUp(leg=leg) | LegLost(leg=leg):
                self._of.pop(leg, None)
                self._gone.add(leg)
            case SwitchReconciled(bridges=bridges):
                for bridge in bridges:
                    self._find(bridge)
            case CallArrived(leg=leg):  # also for a leg that was taken to be gone
                self._of.pop(leg, None)
                self._gone.discard(leg)
            case _:
                pass

    def carry_out(self, command: Command) -> None:
        """Do as told, and assert that it makes sense."""
        match command:
            case BridgeLegs(bridge=bridge, legs=legs):
                assert bridge not in self._dissolved, command
                self._live.add(bridge)
                for leg in legs:
                    self._join(leg, bridge)
            case UnbridgeLeg(leg=leg):
                self._of.pop(leg, None)
            case DissolveBridge(bridge=bridge):
                self._live.remove(bridge)
                self._dissolved.add(bridge)
                self._of = {leg: other for leg, other in self._of.items() if other != bridge}
            case _:
                pass

    def _find(self, found: LiveBridge) -> None:
        """A bridge lives that nobody has ordered: one of an earlier life."""
        if self.is_new(found):
            self._live.add(found.bridge)
            self._of |= dict.fromkeys(found.legs, found.bridge)

    def is_new(self, found: LiveBridge) -> bool:
        """Whether nobody here knows of a bridge that lives."""
        return bool(found.legs) and found.bridge not in self._live | self._dissolved

    def settle(self) -> None:
        """Assert that every bridge was dissolved."""
        assert not self._live, self

    def _join(self, leg: LegId, bridge: BridgeId) -> None:
        assert leg not in self._gone, f"{leg} is gone"
        assert self._of.get(leg, bridge) == bridge, f"{leg} is in two bridges at once"
        self._of[leg] = bridge
