"""The step after each input: it brings callers and agents together, and dials callbacks."""

from functools import partial

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.center.dismissal import dismiss
from contactcenter_ari.core.center.fault_recovery import FaultRecovery
from contactcenter_ari.core.route import Routes, merged, route
from contactcenter_ari.core.site.site import CenterResumed, CenterStopping
from contactcenter_ari.core.turn import Turn


class Distributing:
    """Makes the offers that have become possible, until the center stops."""

    def __init__(
        self, distribution: Distribution, calls: CallControl, recovery: FaultRecovery
    ) -> None:
        self._distribution = distribution
        self._calls = calls
        self._recovery = recovery
        self._is_stopping = False

    def __repr__(self) -> str:
        return f"<Distributing, {'stopping' if self._is_stopping else 'going on'}>"

    def routes(self) -> Routes:
        """The inputs by which the service ends, and by which it begins again."""
        return merged(route(CenterResumed, self._resume), route(CenterStopping, self._stop))

    def distribute(self, turn: Turn) -> None:
        """Bring callers and agents together. After a fault, try once more; after a second one, try
        once more without the callers concerned.
        """
        for gently in (True, False):
            faults = len(turn.faults)
            self._bring_together(turn)
            if len(turn.faults) == faults:
                break
            turn.attempt("", partial(self._recovery.recover, None, None, turn, gently=gently))
        else:
            self._bring_together(turn)
        turn.attempt("", partial(self._distribution.update_statistics, turn.now))

    def _bring_together(self, turn: Turn) -> None:
        turn.attempt("", partial(self._call_off, turn))
        if self._is_stopping:
            return  # no phone is rung any more
        turn.attempt("", partial(self._offer, turn))
        turn.attempt("", partial(self._calls.dialing.dispatch, turn))

    def _call_off(self, turn: Turn) -> None:
        for offer in self._calls.misses.call_off(turn):
            interaction = offer.waiting.interaction
            turn.attempt(interaction, partial(self._calls.offer_over, offer, turn))

    def _offer(self, turn: Turn) -> None:
        for waiting in self._distribution.distribute(turn):
            interaction = waiting.interaction
            turn.attempt(interaction, partial(self._calls.offered, interaction, turn))

    def _resume(self, _resumed: CenterResumed, turn: Turn) -> None:
        self._is_stopping = False
        self._calls.take_up(turn)
        self._calls.recordings.take_up(turn)

    def _stop(self, _stopping: CenterStopping, turn: Turn) -> None:
        self._is_stopping = True
        dismiss(self._calls, turn)
