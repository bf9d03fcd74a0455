"""Signals of legs and bridges: one look-up for each, and one match of the purpose of the leg.

Each match names all purposes, so that a new one cannot be forgotten anywhere.
"""

from datetime import datetime
from typing import assert_never

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.calls.outside import DECLINED, FAILED, NO_ANSWER, OUTCOMES
from contactcenter_ari.core.calls.side_prompt import agent_prompt, screening
from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.interactions.interaction import TALKING
from contactcenter_ari.core.outbound.attempt import CallbackAttempt
from contactcenter_ari.core.telephony.bridge import JOINING, Bridge
from contactcenter_ari.core.telephony.dial import LOST, result_of_cause
from contactcenter_ari.core.telephony.leg import (
    DIALING,
    GONE,
    RINGING,
    AwaitsCustomer,
    CalledBack,
    Ending,
    ForOffer,
    ForOutside,
    Leg,
    RunsFlow,
    Talks,
)
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.callback import AttemptResult
from contactcenter_ari.core.vocabulary.command import HangUpLeg, HangUpReason
from contactcenter_ari.core.vocabulary.event import Party
from contactcenter_ari.core.vocabulary.ids import AgentId, BridgeId, CallId, LegId


class LegControl:
    """Moves calls on when something happens to their legs and bridges."""

    def __init__(self, calls: CallControl, distribution: Distribution) -> None:
        self._calls = calls
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
        offer = self._offer_at(self._legs.find(leg_id))
        if offer is not None and self._calls.misses.phone_silent(offer, turn):
            self._calls.offer_over(offer, turn)

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
                self._let_go(attempt, turn)
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
                self._let_go(attempt, turn)
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
            self._let_go(attempt, turn)

    # A leg is gone

    def hung_up(self, leg_id: LegId, cause: int, turn: Turn) -> bool:
        """A leg is gone: the caller's, or another party's before, during or after the talk. Gives
        whether it was known.
        """
        leg = self._legs.find(leg_id)
        if leg is None:
            return False
        was_up, bridge = leg.is_up, self._bridges.of(leg_id)
        joining = bridge if bridge is not None and bridge.state is JOINING else None
        turn.clockwork.forget(Wake.RING, leg_id)
        self._bridges.left(leg_id, turn)
        if leg.state is not GONE:
            leg.move_to(GONE)
        match leg.purpose:
            case ForOffer(offer=offer_id):
                offer = self._distribution.offers.get(offer_id)
                self._calls.misses.leg_lost(offer, cause, turn)
                self._calls.registry.end_side_prompt(leg_id, turn)
                self._bridges.fall_apart(joining, turn)
                self._calls.offer_over(offer, turn)
            case ForOutside(call=call_id):
                call = self._calls.registry.by_id[call_id]
                outcome = DECLINED if was_up else OUTCOMES[result_of_cause(cause)]
                self._calls.outside_failed(call, outcome, turn)
            case Talks(call=call_id):
                self._calls.other_left(call_id, leg_id, turn)
            case CalledBack(callback=callback):
                self._bridges.fall_apart(joining, turn)
                self._customer_gone(leg_id, self._attempts.find(callback), cause, turn)
            case AwaitsCustomer():
                self._bridges.fall_apart(joining, turn)
                self._agent_left(leg_id, leg.purpose, turn)
            case RunsFlow() | Ending():
                self._flow_over(leg_id, turn)
            case _:
                assert_never(leg.purpose)
        self._legs.forget(leg_id)
        return True

    def _flow_over(self, leg: LegId, turn: Turn) -> None:
        call = self._calls.registry.at_leg(leg)
        if call is not None:
            self._calls.leg_over(call, turn)

    def _customer_gone(
        self, leg: LegId, attempt: CallbackAttempt | None, cause: int, turn: Turn
    ) -> None:
        if attempt is not None and attempt.answered_at is None and attempt.result is None:
            attempt.fail(AttemptResult(OUTCOMES[result_of_cause(cause)]))
            attempt.interaction.failed |= cause == LOST
        self._flow_over(leg, turn)

    def _agent_left(self, leg: LegId, purpose: AwaitsCustomer, turn: Turn) -> None:
        agent = self._distribution.workforce.roster.get(purpose.agent)
        attempt = self._attempts.awaited_on(leg, purpose.callback)
        customer = self._dialing.agent_first.agent_left(agent, attempt, turn)
        if customer is not None:
            self.hung_up(customer, 0, turn)
        self._flow_over(leg, turn)

    def _let_go(self, attempt: CallbackAttempt, turn: Turn) -> None:
        """The customer is hung up, and an agent who waits for them is told so."""
        self._bridges.fall_apart(self._bridges.of(attempt.leg), turn)
        turn.do(HangUpLeg(call=attempt.call.run.call, leg=attempt.leg))
        self.hung_up(attempt.leg, 0, turn)

    def hang_up_passed(self, call_id: CallId, turn: Turn) -> None:
        """The switch never reported that a leg we hung up is gone. If it did not even reply, it is
        asked again: the state of the leg is known when the switch is back.
        """
        call = self._calls.registry.by_id.get(call_id)
        if call is not None and call.was_not_heard:
            call.order_end(turn)
        elif call is not None:
            self.hung_up(call.run.leg, 0, turn)

    def lose(self, call: Call, lost_at: datetime, turn: Turn) -> None:
        """The switch does not know the call any more; a call that was ending by then has ended."""
        if call.interaction is not None and not call.was_ending(lost_at):
            call.interaction.failed = True
            call.interaction.ended_by = Party.SYSTEM
        self._calls.recordings.lost(call.run.call)
        self.hung_up(call.run.leg, 0, turn)

    def _offer_at(self, leg: Leg | None) -> Offer | None:
        """The offer that a leg was dialed for."""
        if leg is None or not isinstance(leg.purpose, ForOffer):
            return None
        return self._distribution.offers.find(leg.purpose.offer)
