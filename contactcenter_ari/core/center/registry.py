"""The calls in progress, by id and by the leg that runs the flow."""

from contactcenter_ari.core.center.call import Call
from contactcenter_ari.core.flow.watcher import Watcher
from contactcenter_ari.core.vocabulary.ids import CallId, LegId


class CallRegistry:
    """A call is here by its id until nothing is left to do for it, by its leg while that lives."""

    def __init__(self) -> None:
        self.by_id: dict[CallId, Call] = {}
        self.by_leg: dict[LegId, Call] = {}

    def __repr__(self) -> str:
        """Tell how many there are."""
        return f"<CallRegistry {len(self.by_id)} calls>"

    def knows_leg_of(self, call: Call) -> bool:
        """Whether the call is found by its leg."""
        return self.by_leg.get(call.run.leg) is call

    def watch(self, watcher: Watcher | None) -> None:
        """Show each step of each call to somebody else from now on."""
        for call in self.by_id.values():
            call.interpreter.watch(watcher)

    def strike(self, call: Call) -> None:
        """Forget a call, wherever it is entered."""
        self.by_id.pop(call.run.call, None)
        if self.knows_leg_of(call):
            del self.by_leg[call.run.leg]
