"""What must hold of each thing in the books between two turns; asked after a fault of ours."""

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.agents.state import OFFERED, ON_CALL
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.calls.outside import OutsideLine
from contactcenter_ari.core.calls.talk import Talk
from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.flow.run import Activity
from contactcenter_ari.core.interactions.interaction import QUEUED, TALKING
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.ids import (
    CallId,
    InteractionId,
)


class Soundness:
    """Asks the books of a center, and changes nothing."""

    def __init__(self, calls: CallControl, distribution: Distribution, turn: Turn) -> None:
        self._calls = calls
        self._distribution = distribution
        self._clockwork = turn.clockwork

    def __repr__(self) -> str:
        return f"<Soundness of {self._calls!r}>"

    @staticmethod
    def call_of(waiting: Waiting) -> CallId:
        """Whose call waits there."""
        return CallId(waiting.interaction)

    def offer(self, offer: Offer) -> bool:
        """An offer has a caller who knows of it, an agent set aside for it, and a limit."""
        if self._distribution.place_of(offer.waiting.interaction) is not offer.waiting:
            return False
        known = offer.id in offer.waiting.offers and offer.agent.state is OFFERED
        told = self._calls.registry.by_leg.get(offer.leg)
        limited = (
            self._clockwork.is_set(Wake.RING, offer.id)
            or self._clockwork.is_set(Wake.JOIN, offer.id)
            or (told is not None and told.whispers is offer)
        )
        return known and limited

    def talk(self, talk: Talk) -> bool:
        """Two legs that hear each other, or are about to; or one that is being hung up."""
        call = self._calls.registry.by_id.get(talk.call)
        if talk.connected:
            talks = call is not None and call.interaction is not None
            return talks and call is not None and self.is_talking(call)
        if talk.legs != [talk.caller_leg, talk.other_leg]:
            return True  # a leg of ours that is on its way out takes the bridge with it
        offer = self._distribution.offers.at_leg(talk.other_leg)
        line = self._calls.outside.at_leg(talk.other_leg)
        joining = (offer, line, self._calls.callback_queue.agent_first.of_bridge(talk.bridge))
        return any(each is not None and each.bridge == talk.bridge for each in joining)

    def is_talking(self, call: Call) -> bool:
        """Whether the caller and another party hear each other."""
        talk = self._calls.talks.of(call.run.leg)
        if talk is None or not talk.connected or call.interaction is None:
            return False
        return len(talk.legs) > 1 and call.interaction.state is TALKING

    def line(self, line: OutsideLine) -> bool:
        """An outside line has a caller who waits for it, and a limit."""
        if not self._calls.has(line.call) or line.call.run.activity is not Activity.CONNECTED:
            return False
        asked = self._calls.registry.by_leg.get(line.leg)
        screened = asked is not None and asked.screens is line
        return screened or self._clockwork.is_set(Wake.OUTSIDE, line.leg)

    def stay(self, waiting: Waiting) -> bool:
        """A stay has a caller who waits, and an end; the place of a callback its attempt."""
        if waiting.callback is not None:
            return self._calls.callback_queue.holds(waiting)
        call = self._calls.registry.by_id.get(self.call_of(waiting))
        if call is None or call.interaction is None or call.interaction.state is not QUEUED:
            return False
        ends = self._clockwork.is_set(Wake.WAIT, waiting.interaction)
        return ends or bool(waiting.over and waiting.offers)

    def call(self, call: Call) -> bool:
        """A call has its leg or its last steps, waits for one thing, and has a limit for it."""
        run = call.run
        if not run.hung_up and not self._calls.registry.knows_leg_of(call):
            return False
        if call.interaction is not None and call.interaction.state is QUEUED:
            return self._waits(call)
        if self.is_talking(call):
            return True
        match run.activity:
            case Activity.ENDED:
                return not run.hung_up and self._clockwork.is_set(Wake.HANG_UP, run.call)
            case Activity.RUNNING:
                return self._is_called_back(call)
            case Activity.QUEUED:
                return False
            case Activity.CONNECTED:
                return self._calls.outside.of(run.call) is not None or self._is_called_back(call)
            case _:
                return self._clockwork.is_set(Wake.FLOW, run.call)

    def agent(self, agent: Agent) -> bool:
        """An agent who is busy for us is so for a reason."""
        if agent.state is OFFERED:
            return any(offer.agent is agent for offer in self._distribution.offers)
        if agent.state is ON_CALL:
            talks = any(t.connected and t.agent is agent for t in self._calls.talks.all())
            briefed = (call.briefs for call in self._calls)
            return talks or any(b is not None and b.agent is agent for b in briefed)
        return self._clockwork.is_set(Wake.WRAP_UP, agent.id)

    def _waits(self, call: Call) -> bool:
        waiting = self._distribution.place_of(InteractionId(call.run.call))
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
        """A customer who is dialed, or an agent who waits for one to pick up."""
        attempt = call.attempt or call.briefs
        if attempt is None or (call.briefs is not None and attempt.briefing is not call):
            return False
        return self._clockwork.is_set(Wake.CALLBACK, attempt.callback.id)
