"""Calls to outside lines while they are dialed, screened and joined.

A line is known here from the dialing to the moment both parties hear each other, or to its
failure, whichever comes first. Who was given up is hung up.
"""

from datetime import datetime

from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.calls.talk import MUSIC
from contactcenter_ari.core.flow.verb.dial import Dial
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.command import (
    JOIN_LIMIT,
    DialOutside,
    HangUpLeg,
    StartMusic,
)
from contactcenter_ari.core.vocabulary.event import OutsideDialed, OutsideEnded
from contactcenter_ari.core.vocabulary.ids import BridgeId, CallId, LegId


class OutsideLine:
    """One outside line on its way to a caller."""

    def __init__(self, call: Call, leg: LegId, dial: Dial, now: datetime) -> None:
        self.call = call
        self.leg = leg
        self.dial = dial
        self.dialed_at = now
        self.answered = False
        self.bridge: BridgeId | None = None

    def __repr__(self) -> str:
        return f"<OutsideLine of {self.call.run.call}>"


class OutsideLines:
    """All outside lines that are not yet in a talk."""

    def __init__(self) -> None:
        self._by_leg: dict[LegId, OutsideLine] = {}

    def __repr__(self) -> str:
        return f"<OutsideLines {len(self._by_leg)} dialed>"

    def legs_before(self, at: datetime) -> list[LegId]:
        """Legs that were dialed before `at`."""
        return [line.leg for line in self._by_leg.values() if line.dialed_at < at]

    def all(self) -> list[OutsideLine]:
        """The lines that are on their way to a caller."""
        return list(self._by_leg.values())

    def expel(self, line: OutsideLine, turn: Turn) -> None:
        """Hang up a line, whatever it was on its way to."""
        turn.clockwork.forget(Wake.OUTSIDE, line.leg)
        turn.do(HangUpLeg(call=line.call.run.call, leg=line.leg))

    def strike(self, line: OutsideLine) -> None:
        """Forget a line."""
        self._by_leg.pop(line.leg, None)

    def at_leg(self, leg: LegId) -> OutsideLine | None:
        """The line of that leg."""
        return self._by_leg.get(leg)

    def at_bridge(self, bridge: BridgeId) -> OutsideLine | None:
        """The line that is being joined in that bridge."""
        return next((line for line in self._by_leg.values() if line.bridge == bridge), None)

    def of(self, call: CallId) -> OutsideLine | None:
        """The line that is on its way to a call."""
        return next((line for line in self._by_leg.values() if line.call.run.call == call), None)

    def dial(self, call: Call, dial: Dial, turn: Turn) -> None:
        """Ring an outside line for a caller, who hears music meanwhile."""
        run = call.run
        line = OutsideLine(call, LegId(turn.clockwork.mint()), dial, turn.now)
        self._by_leg[line.leg] = line
        turn.clockwork.wake(Wake.OUTSIDE, line.leg, turn.now + dial.ring)
        turn.do(
            StartMusic(call=run.call, leg=run.leg, music=MUSIC),
            DialOutside(
                call=run.call,
                leg=line.leg,
                number=dial.number,
                caller_number=dial.caller_number,
                originator=run.leg,
                ring_limit=dial.ring,
            ),
        )
        if run.interaction is not None:
            turn.tell(OutsideDialed, interaction=run.interaction, dialed=dial.number)

    def answered(self, line: OutsideLine, turn: Turn) -> None:
        """Somebody picked up; the ring limit is off."""
        line.answered = True
        turn.clockwork.forget(Wake.OUTSIDE, line.leg)

    def joining(self, line: OutsideLine, turn: Turn) -> BridgeId:
        """The bridge in which the parties are being joined, within a limit."""
        line.bridge = BridgeId(turn.clockwork.mint())
        turn.clockwork.wake(Wake.OUTSIDE, line.leg, turn.now + JOIN_LIMIT)
        return line.bridge

    def close(self, line: OutsideLine, outcome: str, turn: Turn, *, hang_up: bool) -> None:
        """The line is in a talk, or will not be."""
        turn.clockwork.forget(Wake.OUTSIDE, line.leg)
        del self._by_leg[line.leg]
        if hang_up:
            turn.do(HangUpLeg(call=line.call.run.call, leg=line.leg))
        interaction = line.call.run.interaction
        if interaction is not None:
            turn.tell(
                OutsideEnded, interaction=interaction, dialed=line.dial.number, outcome=outcome
            )


def outcome_of_cause(cause: int) -> str:
    """What an outside line that hung up before it answered meant (causes of ITU-T Q.850)."""
    match cause:
        case 17:
            return "busy"
        case 18 | 19:
            return "no_answer"
        case 21:
            return "declined"
        case _:
            return "failed"
