"""The steps after a fault of ours in a turn: the callers concerned, the audit, and kept deadlines.

The call that the input belongs to goes on or ends with an apology. All other records are checked,
and repaired only where they are not sound. A deadline that was being handled is set again if its
owner still needs it. A fault in the recovery is noted like any other.
"""

from datetime import timedelta
from functools import partial

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.calls.arrival import announcing, arriving, refusing
from contactcenter_ari.core.center.audit import Audit
from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.flow.language.flow import APOLOGY
from contactcenter_ari.core.route import Deadlines
from contactcenter_ari.core.site.site import Input
from contactcenter_ari.core.turn import Deadline, Turn
from contactcenter_ari.core.vocabulary.command import HangUpLeg
from contactcenter_ari.core.vocabulary.ids import CallId
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    CommandFailed,
    LegHungUp,
    LegLost,
    PhoneDialed,
)

RETRY_AFTER = timedelta(minutes=1)
"""The delay before a deadline that no call depends on is tried once more."""
NAMES = ("leg", "bridge", "playback", "look_up", "recording", "interaction", "callback", "call")
"""Fields by which an input or a command names its subject."""


class FaultRecovery:
    """Keeps a fault to the call it belongs to."""

    def __init__(
        self, calls: CallControl, distribution: Distribution, deadlines: Deadlines
    ) -> None:
        self._calls = calls
        self._distribution = distribution
        self._deadlines = deadlines

    def __repr__(self) -> str:
        return f"<FaultRecovery of {self._calls!r}>"

    def recover(
        self, input_: Input | None, due: Deadline | None, turn: Turn, *, gently: bool = True
    ) -> None:
        """Repair what the faults of the turn so far have left behind. If `gently`, the callers
        they concern may go on, else they hear an apology and are hung up.
        """
        subjects = {fault.subject for fault in turn.faults}
        if input_ is not None:
            subjects |= _named(input_)
        if isinstance(input_, CommandFailed):
            subjects |= _named(input_.command)
        if due is not None:
            subjects.add(due[1])
        if isinstance(input_, CallArrived | PhoneDialed):
            self._answer(input_, turn)
        gone = input_.leg if isinstance(input_, LegHungUp | LegLost) else None
        audit = Audit(
            self._calls,
            self._distribution,
            turn,
            deadlines=self._deadlines,
            subjects=subjects - {""},
            gone=gone,
            gently=gently,
        )
        turn.attempt("", audit.mend)
        if due is not None:
            self._keep(due, turn)

    def _answer(self, signal: CallArrived | PhoneDialed, turn: Turn) -> None:
        """No room knows the leg yet: the caller hears an apology, or at least the leg is ended."""
        if self._calls.knows(signal.leg):
            return
        turn.rewind()  # a call that was not entered has no events
        if not turn.attempt(signal.leg, partial(self._apologize, signal, turn)):
            turn.do(HangUpLeg(call=CallId(signal.leg), leg=signal.leg))

    def _apologize(self, signal: CallArrived | PhoneDialed, turn: Turn) -> None:
        catalog = self._calls.catalog
        if isinstance(signal, CallArrived):
            self._calls.begin(refusing(arriving(signal, catalog, turn), APOLOGY, catalog), turn)
        else:
            call = announcing(signal.leg, APOLOGY, catalog, turn, agent=None, variables={})
            self._calls.begin(call, turn)

    def _keep(self, due: Deadline, turn: Turn) -> None:
        """A deadline is not lost by a fault, if its owner still exists."""
        wake, owner = due
        if not turn.clockwork.is_set(wake, owner) and self._deadlines[wake].is_needed(owner):
            turn.clockwork.wake(wake, owner, turn.now + RETRY_AFTER)


def _named(thing: object) -> set[str]:
    named = {str(getattr(thing, name)) for name in NAMES if getattr(thing, name, None)}
    return named | {owner for name in named if (owner := name.rpartition(".")[0])}
