"""Legs that are gone: one look-up, and one match of the purpose that the leg had.

A leg that is lost is not a leg that hung up: its party vanished, and an agent's phone is rung
again. An inventory in which a leg is missing tells of neither: it counts as hung up.
"""

from datetime import datetime
from typing import assert_never

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.offer import RESULTS
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.calls.outside import DECLINED, OUTCOMES
from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.outbound.attempt import CallbackAttempt
from contactcenter_ari.core.telephony.bridge import JOINING
from contactcenter_ari.core.telephony.dial import ABSENT, LOST, result_of_cause
from contactcenter_ari.core.telephony.leg import (
    GONE,
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
from contactcenter_ari.core.vocabulary.callback import AttemptResult
from contactcenter_ari.core.vocabulary.command import HangUpLeg
from contactcenter_ari.core.vocabulary.event import OfferResult, Party
from contactcenter_ari.core.vocabulary.ids import CallId, LegId


class GoneLegs:
    """Moves calls on when one of their legs is gone."""

    def __init__(self, calls: CallControl, distribution: Distribution) -> None:
        self._calls = calls
        self._distribution = distribution
        self._legs = calls.legs
        self._bridges = calls.bridges
        self._attempts = calls.callback_queue.attempts
        self._dialing = calls.dialing

    def __repr__(self) -> str:
        return f"<GoneLegs of {self._legs!r}>"

    def hung_up(self, leg_id: LegId, cause: int, turn: Turn) -> bool:
        """A leg is gone: the caller's, or another party's before, during or after the talk. Gives
        whether it was known.
        """
        return self._gone(leg_id, cause, turn, lost=False)

    def lost(self, leg_id: LegId, turn: Turn) -> bool:
        """A leg is gone because its party is: that was the will of neither. Gives whether it was
        known.
        """
        call = self._calls.registry.at_leg(leg_id)
        if call is not None and call.interaction is not None:
            call.interaction.lost = True
        return self._gone(leg_id, ABSENT, turn, lost=True)

    def _gone(self, leg_id: LegId, cause: int, turn: Turn, *, lost: bool) -> bool:
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
                declined = was_up and not lost
                outcome = DECLINED if declined else OUTCOMES[result_of_cause(cause)]
                self._calls.outside_failed(call, outcome, turn)
            case Talks(call=call_id):
                if not lost or not self._rings_again(call_id, leg_id, turn):
                    self._calls.other_left(call_id, leg_id, turn)
            case ReturnsToTalk(call=call_id):
                self._bridges.fall_apart(joining, turn)
                result = RESULTS[result_of_cause(cause)]
                self.agent_stays_away(leg, call_id, result, turn, hang_up=False)
            case CalledBack(callback=callback):
                self._bridges.fall_apart(joining, turn)
                self._customer_gone(leg_id, self._attempts.find(callback), cause, turn)
            case AwaitsCustomer():
                self._bridges.fall_apart(joining, turn)
                by = Party.SYSTEM if lost else Party.AGENT
                self._agent_left(leg_id, leg.purpose, by, turn)
            case RunsFlow() | Ending():
                self._flow_over(leg_id, turn)
            case _:
                assert_never(leg.purpose)
        self._legs.forget(leg_id)
        return True

    def _rings_again(self, call_id: CallId, leg: LegId, turn: Turn) -> bool:
        """Whether the other party of a talk was an agent, whose phone is rung again."""
        call = self._calls.registry.by_id.get(call_id)
        return call is not None and self._calls.lost_agents.ring_again(call, leg, turn)

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

    def _agent_left(self, leg: LegId, purpose: AwaitsCustomer, by: Party, turn: Turn) -> None:
        agent = self._distribution.workforce.roster.get(purpose.agent)
        attempt = self._attempts.awaited_on(leg, purpose.callback)
        customer = self._dialing.agent_first.agent_left(agent, attempt, by, turn)
        if customer is not None:
            self.hung_up(customer, 0, turn)
        self._flow_over(leg, turn)

    def let_go(self, attempt: CallbackAttempt, turn: Turn) -> None:
        """The customer is hung up, and an agent who waits for them is told so."""
        self._bridges.fall_apart(self._bridges.of(attempt.leg), turn)
        turn.do(HangUpLeg(call=attempt.call.run.call, leg=attempt.leg))
        self.hung_up(attempt.leg, 0, turn)

    def agent_stays_away(
        self, leg: Leg, call_id: CallId, result: OfferResult, turn: Turn, *, hang_up: bool
    ) -> None:
        """A lost agent does not come back to the talk: the caller waits for another."""
        call = self._calls.registry.by_id[call_id]
        if hang_up:
            turn.do(HangUpLeg(call=call_id, leg=leg.id))
        handover = self._calls.lost_agents.stayed_away(call, result, turn)
        self._calls.carry_out(call, handover, turn)

    def hang_up_passed(self, call_id: CallId, turn: Turn) -> None:
        """The switch never reported that a leg we hung up is gone. If it did not even reply, it is
        asked again: the state of the leg is known when the switch is back.
        """
        call = self._calls.registry.by_id.get(call_id)
        if call is not None and call.was_not_heard:
            call.order_end(turn)
        elif call is not None:
            self.hung_up(call.run.leg, 0, turn)

    def lose_call(self, call: Call, lost_at: datetime, turn: Turn) -> None:
        """The switch does not know the call any more; a call that was ending by then has ended."""
        if call.interaction is not None and not call.was_ending(lost_at):
            call.interaction.failed = True
            call.interaction.ended_by = Party.SYSTEM
        self._calls.recordings.lost(call.run.call)
        self.hung_up(call.run.leg, 0, turn)
