"""The calls in progress, by id, by the leg that runs the flow, and by the customer on it."""

from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.flow.observer import Observer
from contactcenter_ari.core.telephony.leg import UP, Leg, Legs, Role, RunsFlow
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.ids import CallId, LegId


class CallRegistry:
    """A call is here by its id until nothing is left to do for it, by its leg and by its customer
    while the leg lives.
    """

    def __init__(self, legs: Legs) -> None:
        self.by_id: dict[CallId, Call] = {}
        self._legs = legs
        self._by_customer: dict[str, dict[CallId, Call]] = {}

    def __repr__(self) -> str:
        return f"<CallRegistry {len(self.by_id)} calls>"

    def knows_leg_of(self, call: Call) -> bool:
        """Whether the call is found by its leg."""
        return self.at_leg(call.run.leg) is call

    def at_leg(self, leg_id: LegId) -> Call | None:
        """The call whose flow speaks to a leg."""
        leg = self._legs.find(leg_id)
        return self.by_id.get(leg.flow) if leg is not None and leg.flow is not None else None

    def calls_of(self, *known_by: str) -> list[Call]:
        """The calls of a customer who is on the phone, by a number or a call; see `Call`."""
        found = [each for key in known_by for each in self._by_customer.get(key, {}).values()]
        return list({call.run.call: call for call in found}.values())

    def enter(self, call: Call, turn: Turn) -> None:
        """Enter a call, its customer, and its leg, which may be a leg that we dialed."""
        self.by_id[call.run.call] = call
        leg = self._legs.find(call.run.leg)
        if leg is None:
            leg = Leg(
                id=call.run.leg,
                node=turn.clockwork.node,
                role=Role.ANNOUNCEMENT if call.interaction is None else Role.CALLER,
                purpose=RunsFlow(),
                since=turn.now,
                state=UP,
            )
            self._legs.enter(leg)
        leg.flow = call.run.call
        for key in call.known_by:
            self._by_customer.setdefault(key, {})[call.run.call] = call

    def leg_over(self, call: Call) -> None:
        """The leg of a call is gone; the call is still known by its id."""
        if self.knows_leg_of(call):
            self._legs.left_flow(call.run.leg)
        for key in call.known_by:
            calls = self._by_customer.get(key, {})
            calls.pop(call.run.call, None)
            if not calls:
                self._by_customer.pop(key, None)

    def end_side_prompt(self, leg: LegId, turn: Turn) -> None:
        """A side prompt on a leg, if there is one, ends."""
        call = self.at_leg(leg)
        if call is not None and call.interaction is None:
            call.interpreter.end(call.run, turn)
            self.strike(call)

    def watch(self, observer: Observer | None) -> None:
        """Show each step of each call to an observer from now on."""
        for call in self.by_id.values():
            call.interpreter.watch(observer)

    def strike(self, call: Call) -> None:
        """Forget a call in all places where it is entered."""
        self.leg_over(call)
        self.by_id.pop(call.run.call, None)
