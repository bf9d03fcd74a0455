"""Signals of legs and bridges: one look-up for each, and one match of the purpose of the leg.

Each match names all purposes, so that a new one cannot be forgotten anywhere. For a leg that is
gone see `gone_leg`.
"""

from typing import assert_never

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.calls.outside import FAILED, NO_ANSWER
from contactcenter_ari.core.calls.side_prompt import agent_prompt, screening
from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.center.gone_leg import GoneLegs
from contactcenter_ari.core.interactions.interaction import TALKING
from contactcenter_ari.core.outbound.attempt import CallbackAttempt
from contactcenter_ari.core.telephony.bridge import JOINING, Bridge
from contactcenter_ari.core.telephony.leg import (
    DIALING,
    RINGING,
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
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.callback import AttemptResult
from contactcenter_ari.core.vocabulary.command import HangUpLeg, HangUpReason
from contactcenter_ari.core.vocabulary.event import OfferResult
from contactcenter_ari.core.vocabulary.ids import AgentId, BridgeId, CallId, LegId


class LegControl:
    """Moves calls on when something happens to their legs and bridges."""

    def __init__(self, calls: CallControl, distribution: Distribution, gone: GoneLegs) -> None:
        self._calls = calls
        self._gone = gone
        self._distribution = distribution
        self._legs = calls.legs
        self._bridges = calls.bridges
        self._attempts = calls.callback_queue.attempts
        self._dialing = calls.dialing

    def __repr__(self) -> str:
        return f"<LegControl of {self._legs!r}>"

    # A leg rings, and is picked up

    def rang(self, leg_id: LegId, turn: Turn) -> None:
        """A phone reports that it rings."""
        leg = self._legs.find(leg_id)
        if leg is not None and leg.state is DIALING:
            leg.move_to(RINGING)
        offer = self._offer_at(leg)
        if offer is not None and offer.rang_at is None:
            offer.rang_at = turn.now

    def phone_silent(self, leg_id: LegId, turn: Turn) -> None:
        """A phone reports nothing, and will hardly ring."""
        leg = self._legs.find(leg_id)
        if leg is None:
            return
        match leg.purpose:
            case ForOffer(offer=offer_id):
                offer = self._distribution.offers.get(offer_id)
                if self._calls.misses.phone_silent(offer, turn):
                    self._calls.offer_over(offer, turn)
            case ReturnsToTalk(call=call_id) if leg.state is DIALING:
                self._calls.lost_agents.phone_silent(self._calls.registry.by_id[call_id])
                self._gone.agent_stays_away(leg, call_id, OfferResult.FAILED, turn, hang_up=True)
            case (
                ForOutside()
                | CalledBack()
                | AwaitsCustomer()
                | Talks()
                | ReturnsToTalk()
                | RunsFlow()
                | Ending()
            ):
                pass
            case _:
                assert_never(leg.purpose)

    def answered(self, leg_id: LegId, turn: Turn) -> None:
        """A party picked up; a party that nothing needs any more is hung up."""
        leg = self._legs.find(leg_id)
        if leg is None:
            reason = HangUpReason.ANSWERED_ELSEWHERE
            turn.do(HangUpLeg(call=CallId(leg_id), leg=leg_id, reason=reason))
            return
        if not self._calls.dials.answered(leg, turn):
            return
        match leg.purpose:
            case ForOffer(offer=offer_id):
                self._agent_answered(self._distribution.offers.get(offer_id), turn)
            case ForOutside(call=call_id, screen=screen):
                call = self._calls.registry.by_id[call_id]
                if screen:
                    self._calls.begin(screening(call, leg.id, screen, turn), turn)
                else:
                    self._calls.joining.outside(call, leg.id, turn)
            case CalledBack(callback=callback):
                self._customer_answered(self._attempts.find(callback), turn)
            case ReturnsToTalk(call=call_id):
                self._calls.joining.again(self._calls.registry.by_id[call_id], turn)
            case AwaitsCustomer() | Talks() | RunsFlow() | Ending():
                pass
            case _:
                assert_never(leg.purpose)

    def _agent_answered(self, offer: Offer, turn: Turn) -> None:
        waiting = offer.waiting
        if waiting.callback is not None:
            self._distribution.acceptances.taken(offer, turn)
            self._calls.begin(self._dialing.taken(offer, turn), turn)
            self._dialing.dial_for(waiting.callback, offer.leg, turn)
            return
        self._distribution.acceptances.answered(offer, turn)
        prompt = self._distribution.queues.settings[waiting.queue].agent_prompt
        if prompt in self._calls.catalog.site.prompts:
            self._calls.begin(agent_prompt(offer, prompt, self._calls.catalog, turn), turn)
        else:
            call = self._calls.registry.by_id[CallId(waiting.interaction)]
            self._calls.joining.offer(call, offer, turn)

    def _customer_answered(self, attempt: CallbackAttempt | None, turn: Turn) -> None:
        assert attempt is not None, "a customer is dialed for an attempt"
        attempt.answered_at = turn.now
        if attempt.offer is None:
            self._calls.begin(attempt.call, turn)
        else:
            self._calls.joining.callback(attempt, turn)

    def ring_limit_passed(self, leg_id: LegId, turn: Turn) -> None:
        """A party did not pick up."""
        leg = self._legs.find(leg_id)
        if leg is None:
            return
        match leg.purpose:
            case ForOffer(offer=offer_id):
                offer = self._distribution.offers.get(offer_id)
                self._calls.misses.ring_limit_passed(offer, turn)
                self._calls.offer_over(offer, turn)
            case ForOutside(call=call_id):
                call = self._calls.registry.by_id[call_id]
                self._calls.outside_failed(call, NO_ANSWER, turn)
            case CalledBack(callback=callback):
                attempt = self._attempts.find(callback)
                assert attempt is not None, "a customer is dialed for an attempt"
                attempt.fail(AttemptResult.NO_ANSWER)
                self._gone.let_go(attempt, turn)
            case ReturnsToTalk(call=call_id):
                self._gone.agent_stays_away(leg, call_id, OfferResult.LAPSED, turn, hang_up=True)
            case AwaitsCustomer() | Talks() | RunsFlow() | Ending():
                pass
            case _:
                assert_never(leg.purpose)

    # Legs are joined

    def bridged(self, bridge_id: BridgeId, turn: Turn) -> None:
        """The switch has joined the legs of a bridge: the parties hear each other."""
        found = self._being_joined(bridge_id)
        if found is None:
            return
        bridge, call, leg = found
        assert call.interaction is not None, "only a caller is joined with another party"
        self._bridges.confirm(bridge, turn)
        match leg.purpose:
            case ForOffer(offer=offer_id):
                offer = self._distribution.offers.get(offer_id)
                self._distribution.acceptances.bridged(offer, turn)
                leg.purpose = Talks(call.run.call)
                call.interaction.meet(offer.agent.id, offer.waiting.queue, turn)
                self._talked(call, turn, agent=offer.agent.id)
                self._calls.conversations.confirm(call, turn)
            case ForOutside():
                self._calls.outside.joined(call, leg, turn)
                call.interaction.move_to(TALKING, turn)
                call.interaction.with_agent = False
                self._talked(call, turn)
                self._calls.conversations.confirm(call, turn)
            case AwaitsCustomer(callback=callback, agent=agent):
                attempt = self._attempts.find(callback)
                assert attempt is not None, "they were joined for an attempt"
                self._dialing.agent_first.met(attempt, turn)
                leg.purpose = Talks(call.run.call)
                self._calls.conversations.confirm(call, turn)
                self._talked(call, turn, agent=agent)
            case ReturnsToTalk():
                leg.purpose = Talks(call.run.call)
                self._calls.lost_agents.came_back(call, turn)
                self._calls.conversations.confirm(call, turn)
            case CalledBack() | Talks() | RunsFlow() | Ending():
                pass
            case _:
                assert_never(leg.purpose)

    def join_overdue(self, bridge_id: BridgeId, turn: Turn) -> None:
        """The switch has not reported in time whether legs were joined."""
        bridge = self._bridges.find(bridge_id)
        if bridge is not None and not self._bridges.retry(bridge, turn):
            self.bridge_failed(bridge_id, turn)

    def bridge_failed(self, bridge_id: BridgeId, turn: Turn) -> None:
        """The legs could not be joined: the caller goes on waiting, or in the flow."""
        found = self._being_joined(bridge_id)
        if found is None:
            return
        _, call, leg = found
        match leg.purpose:
            case ForOffer(offer=offer_id):
                offer = self._distribution.offers.get(offer_id)
                self._calls.misses.bridge_failed(offer, turn)
                self._bridges.leave(call.run.leg, turn)
                self._calls.offer_over(offer, turn)
            case ForOutside():
                self._calls.outside_failed(call, FAILED, turn)
            case AwaitsCustomer(callback=callback):
                attempt = self._attempts.find(callback)
                assert attempt is not None, "they were joined for an attempt"
                self._gone.let_go(attempt, turn)
            case ReturnsToTalk(call=call_id):
                self._bridges.leave(call.run.leg, turn)
                self._gone.agent_stays_away(leg, call_id, OfferResult.FAILED, turn, hang_up=True)
            case CalledBack() | Talks() | RunsFlow() | Ending():
                pass
            case _:
                assert_never(leg.purpose)

    def _being_joined(self, bridge_id: BridgeId) -> tuple[Bridge, Call, Leg] | None:
        """A bridge that is not confirmed yet, the call it is for, and the other party."""
        bridge = self._bridges.find(bridge_id)
        if bridge is None or bridge.state is not JOINING:
            return None
        found = self._calls.conversations.in_bridge(bridge)
        leg = self._legs.find(found[1].party) if found is not None else None
        return (bridge, found[0], leg) if found is not None and leg is not None else None

    def _talked(self, call: Call, turn: Turn, *, agent: AgentId | None = None) -> None:
        for attempt in self._calls.queueing.talked(call, turn, agent=agent):
            self._gone.let_go(attempt, turn)

    def _offer_at(self, leg: Leg | None) -> Offer | None:
        """The offer that a leg was dialed for."""
        if leg is None or not isinstance(leg.purpose, ForOffer):
            return None
        return self._distribution.offers.find(leg.purpose.offer)
