"""Outside lines on their way to a caller: dialed, screened and joined.

A line is on its way from the dialing to the moment both parties hear each other, or to its
failure, whichever comes first. A line that is given up is hung up.
"""

from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.calls.conversation import MUSIC
from contactcenter_ari.core.calls.registry import CallRegistry
from contactcenter_ari.core.flow.verb.dial import Dial
from contactcenter_ari.core.telephony.dial import DialResult, Dials
from contactcenter_ari.core.telephony.leg import GONE, ForOutside, Leg, Legs, Role, Talks
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.command import DialOutside, HangUpLeg, StartMusic
from contactcenter_ari.core.vocabulary.event import OutsideDialed, OutsideEnded
from contactcenter_ari.core.vocabulary.ids import LegId

ANSWERED, DECLINED, FAILED = "answered", "declined", "failed"
NO_ANSWER, GIVEN_UP = "no_answer", "given_up"
OUTCOMES = {
    DialResult.BUSY: "busy",
    DialResult.REFUSED: DECLINED,
    DialResult.REDIRECTED: FAILED,
    DialResult.NO_ANSWER: NO_ANSWER,
    DialResult.FAILED: FAILED,
}
"""The outcome that a flow is given for a line that was not answered."""


class OutsideLines:
    """The outside lines that are on their way to a caller."""

    def __init__(self, registry: CallRegistry, legs: Legs, dials: Dials) -> None:
        self._registry = registry
        self._legs = legs
        self._dials = dials

    def __repr__(self) -> str:
        return f"<OutsideLines {len(self.all())} dialed>"

    def all(self) -> list[Leg]:
        """The legs of these lines."""
        return [leg for leg in self._legs if isinstance(leg.purpose, ForOutside)]

    def to(self, call: Call) -> Leg | None:
        """The line that is on its way to a call."""
        leg = self._legs.find(call.outside)
        return leg if leg is not None and isinstance(leg.purpose, ForOutside) else None

    def dial(self, call: Call, dial: Dial, turn: Turn) -> None:
        """Ring an outside line for a caller, who hears music meanwhile."""
        run = call.run
        leg = Leg(
            id=LegId(turn.clockwork.mint()),
            node=turn.clockwork.node,
            role=Role.OUTSIDE,
            purpose=ForOutside(run.call, dial.number, dial.screen or ""),
            since=turn.now,
        )
        call.outside = leg.id
        turn.do(StartMusic(call=run.call, leg=run.leg, music=MUSIC))
        command = DialOutside(
            call=run.call,
            leg=leg.id,
            number=dial.number,
            caller_number=dial.caller_number,
            originator=run.leg,
            ring_limit=dial.ring,
        )
        self._dials.begin(leg, command, turn)
        if run.interaction is not None:
            turn.tell(OutsideDialed, interaction=run.interaction, dialed=dial.number)

    def joined(self, call: Call, leg: Leg, turn: Turn) -> None:
        """The line is in a talk."""
        assert isinstance(leg.purpose, ForOutside), "an outside line was joined"
        number = leg.purpose.number
        call.outside = None
        leg.purpose = Talks(call.run.call)
        self._tell_ended(call, number, ANSWERED, turn)

    def close(self, call: Call, outcome: str, turn: Turn) -> None:
        """The line that is on its way to a call, if there is one, will not be in a talk. It is
        hung up, unless it is gone.
        """
        leg = self.to(call)
        if leg is None:
            return
        assert isinstance(leg.purpose, ForOutside), "an outside line was dialed"
        number = leg.purpose.number
        call.outside = None
        self._registry.end_side_prompt(leg.id, turn)
        self._dials.end(leg.id, turn)
        if leg.state is not GONE:
            turn.do(HangUpLeg(call=call.run.call, leg=leg.id))
        self._tell_ended(call, number, outcome, turn)

    def expel(self, leg: Leg, turn: Turn) -> None:
        """Hang up a line in which we had a fault, and forget it."""
        assert isinstance(leg.purpose, ForOutside), "an outside line was dialed"
        self._dials.end(leg.id, turn)
        turn.do(HangUpLeg(call=leg.purpose.call, leg=leg.id))

    @staticmethod
    def _tell_ended(call: Call, number: str, outcome: str, turn: Turn) -> None:
        interaction = call.run.interaction
        if interaction is not None:
            turn.tell(OutsideEnded, interaction=interaction, dialed=number, outcome=outcome)
