"""Dials: one try to get one party, its ring limit and its one result.

What the answer means, and what follows when there is none, is decided by those who dialed.
"""

from enum import StrEnum

from contactcenter_ari.core.telephony.leg import HELD, UP, Leg, Legs
from contactcenter_ari.core.telephony.way_out import WaysOut
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.command import DialLeg, DialOutside
from contactcenter_ari.core.vocabulary.ids import LegId

ABSENT = 20
"""Cause of ITU-T Q.850: the subscriber's phone cannot be reached."""
LOST = -1
"""No cause of a hang-up: the switch does not know the leg any more."""


class DialResult(StrEnum):
    """How a dial that was not answered came out."""

    BUSY = "busy"
    REFUSED = "refused"
    REDIRECTED = "redirected"
    """The phone sends its calls elsewhere (SIP 302), and we do not follow."""
    NO_ANSWER = "no_answer"
    FAILED = "failed"


CAUSES = {
    17: DialResult.BUSY,
    18: DialResult.NO_ANSWER,
    19: DialResult.NO_ANSWER,
    21: DialResult.REFUSED,
    23: DialResult.REDIRECTED,
}
"""Causes of ITU-T Q.850 that tell more than that a dial has failed."""


def result_of_cause(cause: int) -> DialResult:
    """The result of a dial whose leg hung up before it answered."""
    return CAUSES.get(cause, DialResult.FAILED)


class Dials:
    """Rings parties, within a limit for each."""

    def __init__(self, legs: Legs) -> None:
        self._legs = legs
        self.ways_out = WaysOut()

    def __repr__(self) -> str:
        return f"<Dials of {self._legs!r}>"

    def begin(self, leg: Leg, command: DialLeg | DialOutside, turn: Turn) -> None:
        """Ring the party on a new leg."""
        self._legs.enter(leg)
        turn.clockwork.wake(Wake.RING, leg.id, turn.now + command.ring_limit)
        if isinstance(command, DialOutside):
            command = self.ways_out.routed(command)
        turn.do(command)

    @staticmethod
    def answered(leg: Leg, turn: Turn) -> bool:
        """The party picked up, and the ring limit is off; whether that is news."""
        if leg.is_up:
            return False
        turn.clockwork.forget(Wake.RING, leg.id)
        leg.move_to(UP)
        if leg.answers_held:
            leg.move_to(HELD)
        return True

    def end(self, leg: LegId, turn: Turn) -> None:
        """The dial came to nothing: nobody has a use for its leg."""
        turn.clockwork.forget(Wake.RING, leg)
        self._legs.end(leg)
