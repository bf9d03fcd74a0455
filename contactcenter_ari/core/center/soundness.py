"""The conditions that each record must meet between two turns; checked after a fault of ours."""

from typing import assert_never

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.agents.state import OFFERED, ON_CALL
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.flow.run import Activity
from contactcenter_ari.core.interactions.interaction import QUEUED, TALKING
from contactcenter_ari.core.outbound.callback import IN_LINE, RESTING, TAKEN_OVER, Callback
from contactcenter_ari.core.telephony.bridge import Bridge, BridgeState
from contactcenter_ari.core.telephony.leg import (
    AwaitsCustomer,
    CalledBack,
    Ending,
    ForOffer,
    ForOutside,
    Leg,
    ReturnsToTalk,
    RunsFlow,
    Talks,
)
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.ids import CallId, InteractionId


class Soundness:
    """Checks the records of a center, and changes nothing."""

    def __init__(self, calls: CallControl, distribution: Distribution, turn: Turn) -> None:
        self._calls = calls
        self._distribution = distribution
        self._clockwork = turn.clockwork

    def __repr__(self) -> str:
        return f"<Soundness of {self._calls!r}>"

    def offer(self, offer: Offer) -> bool:
        """An offer has a caller who knows of it, an agent set aside for it, and a limit."""
        if self._distribution.stays.find(offer.waiting.interaction) is not offer.waiting:
            return False
        known = offer.id in offer.waiting.offers and offer.agent.state is OFFERED
        leg = self._calls.legs.find(offer.leg)
        return (
            known and leg is not None and leg.purpose == ForOffer(offer.id) and self._goes_on(leg)
        )

    def _goes_on(self, leg: Leg) -> bool:
        """Whether a party that is rung picks up, hears a prompt or is joined within a limit."""
        return leg.flow is not None or self._limited(leg)

    def _limited(self, leg: Leg) -> bool:
        joining = leg.bridge is not None and self._clockwork.is_set(Wake.JOIN, leg.bridge)
        return joining or self._clockwork.is_set(Wake.RING, leg.id)

    def bridge(self, bridge: Bridge) -> bool:
        """Two legs hear each other, or are about to; or one of them is being hung up."""
        found = self._calls.conversations.in_bridge(bridge)
        match bridge.state:
            case BridgeState.JOINED:
                return found is not None and self.is_talking(found[0])
            case BridgeState.JOINING:
                limited = self._clockwork.is_set(Wake.JOIN, bridge.id)
                party = self._calls.legs.find(found[1].party) if found is not None else None
                known = party is not None and party.bridge == bridge.id and self.leg(party)
                return limited and known and len(bridge.legs) > 1
            case BridgeState.OVER:
                return True  # a leg of ours that is on its way out takes the bridge with it

    def is_talking(self, call: Call) -> bool:
        """Whether the caller and another party hear each other."""
        bridge = self._calls.bridges.of(call.run.leg)
        if bridge is None or call.interaction is None or call.interaction.state is not TALKING:
            return False
        return self._calls.conversations.is_joined(call) and len(bridge.legs) > 1

    def gap(self, call: Call) -> bool:
        """A talk without its agent has a phone that rings for it again, and a limit."""
        leg = self._calls.legs.find(call.gap.conversation.party) if call.gap is not None else None
        if leg is None or leg.purpose != ReturnsToTalk(call.run.call):
            return False
        talking = call.interaction is not None and call.interaction.state is TALKING
        return talking and self._limited(leg)

    def leg(self, leg: Leg) -> bool:
        """A leg has a purpose, and its purpose knows the leg."""
        match leg.purpose:
            case RunsFlow() | CalledBack():
                call = self._calls.registry.at_leg(leg.id)
                return call is not None and call.run.leg == leg.id
            case ForOffer(offer=offer_id):
                offer = self._distribution.offers.find(offer_id)
                return offer is not None and offer.leg == leg.id
            case ForOutside(call=call_id):
                call = self._calls.registry.by_id.get(call_id)
                return call is not None and call.outside == leg.id
            case AwaitsCustomer(callback=callback):
                awaited = self._calls.callback_queue.attempts.awaited_on(leg.id, callback)
                return awaited is not None or self._calls.registry.at_leg(leg.id) is not None
            case ReturnsToTalk(call=call_id):
                call = self._calls.registry.by_id.get(call_id)
                gap = call.gap if call is not None else None
                return gap is not None and gap.conversation.party == leg.id
            case Talks():
                return self._calls.bridges.of(leg.id) is not None
            case Ending():
                in_flow = self._calls.registry.at_leg(leg.id) is not None
                return in_flow or self._calls.bridges.of(leg.id) is not None
            case _:
                assert_never(leg.purpose)

    def line(self, line: Leg) -> bool:
        """An outside line has a caller who waits for it, and a limit."""
        assert isinstance(line.purpose, ForOutside), "an outside line"
        call = self._calls.registry.by_id.get(line.purpose.call)
        if call is None or call.run.activity is not Activity.CONNECTED:
            return False
        return call.outside == line.id and self._goes_on(line)

    def stay(self, waiting: Waiting) -> bool:
        """A stay has a caller who waits, and an end; the place of a callback its attempt."""
        if waiting.callback is not None:
            return self._calls.callback_queue.attempts.holds(waiting)
        call = self._calls.registry.by_id.get(CallId(waiting.interaction))
        if call is None or call.interaction is None or call.interaction.state is not QUEUED:
            return False
        ends = self._clockwork.is_set(Wake.WAIT, waiting.interaction)
        return ends or bool(waiting.over and waiting.offers)

    def callback(self, callback: Callback) -> bool:
        """Something will go on with a callback."""
        attempt = self._calls.callback_queue.attempts.find(callback.id)
        due = self._clockwork.is_set(Wake.CALLBACK, callback.id)
        if callback.state is RESTING:
            return due and attempt is None
        if callback.state is TAKEN_OVER:
            taken = self._distribution.stays.find(callback.taken_by) if callback.taken_by else None
            return attempt is None and taken is not None and taken.queue == callback.queue
        if attempt is None:
            return False
        if callback.state is IN_LINE:
            placed = self._distribution.stays.find(attempt.interaction.id) is attempt.place
            on_phone = self._calls.callback_queue.customers.is_on_phone(callback)
            return due and placed and attempt.placed and attempt.place.blocked == on_phone
        called = self._calls.dialing.is_called(attempt)
        rings = self._clockwork.is_set(Wake.RING, attempt.leg)
        return called and (rings or attempt.answered_at is not None)

    def call(self, call: Call) -> bool:
        """A call has its leg or its last steps, waits for one thing, and has a limit for it."""
        run = call.run
        if not run.hung_up and not self._calls.registry.knows_leg_of(call):
            return False
        if call.interaction is not None and call.interaction.state is QUEUED:
            return self._waits(call)
        if self.is_talking(call) or self.gap(call):
            return True
        match run.activity:
            case Activity.ENDED:
                return not run.hung_up and self._clockwork.is_set(Wake.HANG_UP, run.call)
            case Activity.RUNNING:
                return self._is_called_back(call)
            case Activity.QUEUED:
                return False
            case Activity.CONNECTED:
                return self._calls.outside.to(call) is not None or self._is_called_back(call)
            case _:
                return self._clockwork.is_set(Wake.FLOW, run.call)

    def agent(self, agent: Agent) -> bool:
        """An agent who is busy for us has a reason to be."""
        if agent.state is OFFERED:
            return any(offer.agent is agent for offer in self._distribution.offers)
        if agent.state is ON_CALL:
            return any(self._talks_to(call, agent) for call in self._calls)
        return self._clockwork.is_set(Wake.WRAP_UP, agent.id)

    def _talks_to(self, call: Call, agent: Agent) -> bool:
        """Whether an agent talks in a call, or hears the state of a callback."""
        if call.gap is not None and call.gap.conversation.agent == agent.id:
            return self.gap(call)
        if call.conversation is not None and call.conversation.agent == agent.id:
            return self._calls.conversations.is_joined(call)
        leg = self._calls.legs.find(call.run.leg)
        purpose = leg.purpose if leg is not None else None
        return isinstance(purpose, AwaitsCustomer) and purpose.agent == agent.id

    def _waits(self, call: Call) -> bool:
        waiting = self._distribution.stays.find(InteractionId(call.run.call))
        if waiting is None or not self.stay(waiting):
            return False
        match call.run.activity:
            case Activity.QUEUED:
                return True
            case Activity.CONNECTED:
                return bool(waiting.offers)
            case _:
                return self._clockwork.is_set(Wake.FLOW, call.run.call)

    def _is_called_back(self, call: Call) -> bool:
        """A customer is being dialed, or an agent waits for one to pick up."""
        attempt = self._calls.callback_queue.attempts.of(call)
        leg = self._calls.legs.find(call.run.leg)
        if leg is not None and isinstance(leg.purpose, AwaitsCustomer):
            attempt = self._calls.callback_queue.attempts.awaited_on(leg.id, leg.purpose.callback)
        customer = self._calls.legs.find(attempt.leg) if attempt is not None else None
        return customer is not None and self._limited(customer)
