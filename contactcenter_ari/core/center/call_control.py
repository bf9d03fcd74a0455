"""The calls in progress: from arrival through flow, queue and talk to the end.

Every path ends in `_end`, once, when the switch reports that the caller's leg is gone, or has not
reported it for too long.
"""

from collections.abc import Iterator
from functools import partial
from typing import assert_never

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.miss import Misses
from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.calls.arrival import arriving
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.calls.conversation import Conversations, begin_wrap_up
from contactcenter_ari.core.calls.outside import DECLINED, GIVEN_UP, OutsideLines
from contactcenter_ari.core.calls.registry import CallRegistry
from contactcenter_ari.core.center.joining import Joining
from contactcenter_ari.core.center.lost_agent import LostAgents
from contactcenter_ari.core.center.queueing import Queueing, WaitSource
from contactcenter_ari.core.flow.handover import Handover, Leave
from contactcenter_ari.core.flow.language.flow import ACCEPTED
from contactcenter_ari.core.flow.verb.agent import RingOneAgent
from contactcenter_ari.core.flow.verb.callback import RequestCallback
from contactcenter_ari.core.flow.verb.dial import Dial
from contactcenter_ari.core.flow.verb.queue import EnterQueue
from contactcenter_ari.core.flow.verb.recording import ControlRecording
from contactcenter_ari.core.flow.verb.voicemail import TakeMessage
from contactcenter_ari.core.interactions.interaction import IN_FLOW
from contactcenter_ari.core.outbound.callback_dialing import CallbackDialing
from contactcenter_ari.core.outbound.callback_queue import CallbackQueue
from contactcenter_ari.core.site.catalog import Catalog
from contactcenter_ari.core.telephony.bridge import Bridges
from contactcenter_ari.core.telephony.dial import Dials
from contactcenter_ari.core.telephony.leg import (
    AwaitsCustomer,
    CalledBack,
    Ending,
    ForOffer,
    ForOutside,
    Leg,
    Legs,
    ReturnsToTalk,
    RunsFlow,
    Talks,
)
from contactcenter_ari.core.telephony.recording_registry import Recordings
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.command import HangUpLeg, StopMusic
from contactcenter_ari.core.vocabulary.event import Party, QueueExit
from contactcenter_ari.core.vocabulary.ids import (
    CallId,
    InteractionId,
    LegId,
)
from contactcenter_ari.core.vocabulary.signal import CallArrived


class CallControl:
    """All calls, by id and by leg."""

    def __init__(
        self,
        legs: Legs,
        dials: Dials,
        distribution: Distribution,
        catalog: Catalog,
        wait_source: WaitSource,
    ) -> None:
        self.catalog = catalog
        self.recordings = Recordings()
        self.legs, self.dials = legs, dials
        self.bridges = Bridges(legs)
        self.registry = CallRegistry(legs)
        self.outside = OutsideLines(self.registry, legs, dials)
        self.conversations = Conversations(self.registry, legs, self.bridges, self.recordings)
        self.callback_queue = CallbackQueue(self.registry, distribution, catalog)
        self.dialing = CallbackDialing(
            self.callback_queue, self.registry, legs, dials, distribution
        )
        self.queueing = Queueing(distribution, self.callback_queue, wait_source)
        self.misses = Misses(distribution)
        self._distribution = distribution
        self._workforce = distribution.workforce
        self.joining = Joining(
            self.conversations, distribution, self.recordings, self.dialing.agent_first
        )
        self.lost_agents = LostAgents(
            conversations=self.conversations,
            bridges=self.bridges,
            dials=dials,
            recordings=self.recordings,
            distribution=distribution,
            queueing=self.queueing,
        )
        self._calls = self.registry.by_id

    def __repr__(self) -> str:
        return f"<CallControl {len(self._calls)} in progress>"

    def __iter__(self) -> Iterator[Call]:
        """The calls in progress."""
        return iter(list(self._calls.values()))

    def knows(self, leg: LegId) -> bool:
        """Whether a leg is the caller's of a call in progress."""
        return self.registry.at_leg(leg) is not None

    def has(self, call: Call) -> bool:
        """Whether the call is in progress."""
        return call.run.call in self._calls

    def publish(self, catalog: Catalog, turn: Turn) -> None:
        """New flows, for new calls."""
        self.catalog = catalog
        self.callback_queue.publish(catalog, turn)

    # Beginnings

    def arrive(self, signal: CallArrived, turn: Turn) -> None:
        """A caller came in."""
        if not self.knows(signal.leg):
            self.begin(arriving(signal, self.catalog, turn), turn)

    def announce(self, call: Call, turn: Turn) -> None:
        """An agent's phone dialed a feature code: play the result and hang up."""
        if call.agent is not None:
            self._workforce.roster.add_non_acd_leg(call.agent, call.run.leg, turn.now)
        self.begin(call, turn)

    def add(self, call: Call, turn: Turn) -> None:
        """Enter a call whose flow has not begun; a customer on the phone is not called back."""
        self.registry.enter(call, turn)
        self.callback_queue.line.reconsider_customer(call, turn)

    def begin(self, call: Call, turn: Turn) -> None:
        """Begin the flow of a call."""
        if not self.registry.knows_leg_of(call):
            self.add(call, turn)
        self.carry_out(call, call.interpreter.start(call.run, turn), turn)

    # In line

    def offered(self, interaction: InteractionId, turn: Turn) -> None:
        """A phone rings for a waiting caller: no announcement delays the answer."""
        call = self._calls.get(CallId(interaction))
        if call is not None:
            call.interpreter.treatment.offered(call.run, turn)

    def end_stay(self, interaction: InteractionId, result: QueueExit, turn: Turn) -> None:
        """A caller may not wait any longer, because of the limit or of the queue."""
        call = self._calls[CallId(interaction)]
        self.carry_out(call, self.queueing.end_stay(call, result, turn), turn)

    def take_up(self, turn: Turn) -> None:
        """We were away: flows begin their steps once more."""
        for call in self:
            turn.attempt(call.run.call, partial(self._take_up, call, turn))

    def _take_up(self, call: Call, turn: Turn) -> None:
        call.interpreter.treatment.take_up(call.run, turn)
        self.carry_out(call, call.interpreter.take_up(call.run, turn), turn)

    # Within

    def carry_out(self, call: Call, handover: Handover | None, turn: Turn) -> None:
        """Do the steps of a flow until it waits for something."""
        self._hand_over(call, handover, turn)
        self.recordings.follow(call.run.call, call.run.pause_reasons, turn)

    def _hand_over(self, call: Call, handover: Handover | None, turn: Turn) -> None:
        while handover is not None:
            if not isinstance(handover, RequestCallback | ControlRecording):
                self.queueing.give_up_place(call, QueueExit.KEY_EXIT, turn)
            match handover:
                case EnterQueue():
                    handover = self.queueing.enqueue(call, handover, turn)
                case RingOneAgent(agent=agent, ring=ring):
                    handover = self.queueing.ring_one(call, agent, ring, turn)
                case RequestCallback():
                    handover = self._request_callback(call, handover, turn)
                case ControlRecording(act=act):
                    call.control_recording(act, self.recordings, turn)
                    handover = call.interpreter.handed_back(call.run, "", turn)
                case TakeMessage():
                    call.record_message(handover, self.recordings, turn)
                    return
                case Dial():
                    self.outside.dial(call, handover, turn)
                    return
                case Leave() if self._side_prompt_over(call, turn):
                    return
                case Leave() if call.run.hung_up:
                    self.close(call, turn)
                    return
                case Leave(failed=failed):
                    self.hang_up(call, turn, by=call.ended_by(failed=failed), failed=failed)
                    return

    def _request_callback(
        self, call: Call, handover: RequestCallback, turn: Turn
    ) -> Handover | None:
        """Open a callback, one for each number; it takes over the place in line."""
        callback = self.callback_queue.book(call, handover, turn)
        if callback is not None:
            self.queueing.give_up_place(call, QueueExit.CALLBACK_TAKEN, turn)
            self.callback_queue.schedule(callback, turn, kept=True)
        outcome = "refused" if callback is None else "booked"
        return call.interpreter.handed_back(call.run, outcome, turn)

    def _side_prompt_over(self, call: Call, turn: Turn) -> bool:
        """Whether a party who was asked or told something stays on the line for what follows."""
        leg = self.legs.find(call.run.leg)
        if leg is None or call.interaction is not None:
            return False
        match leg.purpose:
            case ForOffer(offer=offer):
                self.registry.end_side_prompt(leg.id, turn)
                told = self._distribution.offers.get(offer)
                self.joining.offer(self._calls[CallId(told.waiting.interaction)], told, turn)
            case ForOutside(call=asked_for):
                self._screened(self._calls[asked_for], leg, call, turn)
            case AwaitsCustomer(callback=callback):
                attempt = self.callback_queue.attempts.awaited_on(leg.id, callback)
                if attempt is None:
                    return False
                self.dialing.agent_first.briefed(attempt, call, turn)
            case Ending():
                self.registry.end_side_prompt(leg.id, turn)
            case RunsFlow() | CalledBack() | Talks() | ReturnsToTalk():
                return False
            case _:
                assert_never(leg.purpose)
        return True

    def _screened(self, call: Call, leg: Leg, asked: Call, turn: Turn) -> None:
        """The callee has accepted the call, or has not."""
        if ACCEPTED in asked.run.entries:
            self.registry.end_side_prompt(leg.id, turn)
            self.joining.outside(call, leg.id, turn)
        else:
            self.outside_failed(call, DECLINED, turn)

    def offer_over(self, offer: Offer, turn: Turn) -> None:
        """Nobody has taken the offer: the caller goes on waiting, unless the time is up."""
        call = self._calls.get(CallId(offer.waiting.interaction))
        if call is None:
            return  # for a callback, whose place stays in line
        self.carry_out(call, self.queueing.offer_over(call, offer, turn), turn)

    def outside_failed(self, call: Call, outcome: str, turn: Turn) -> None:
        """An outside line was not joined: the caller goes on in the flow."""
        self.outside.close(call, outcome, turn)
        if self.bridges.of(call.run.leg) is not None:
            self.bridges.leave(call.run.leg, turn)
        else:
            turn.do(StopMusic(call=call.run.call, leg=call.run.leg))
        self.carry_out(call, call.interpreter.handed_back(call.run, outcome, turn), turn)

    # Ends

    def other_left(self, call_id: CallId, party: LegId, turn: Turn) -> None:
        """The other party hung up: the caller goes on in the flow, if it goes on."""
        call = self._calls.get(call_id)
        if call is None or call.interaction is None or call.conversation is None:
            return
        if call.conversation.party != party or not self.conversations.is_joined(call):
            return
        by = Party.AGENT if call.conversation.agent else Party.SYSTEM
        self.finish_talk(call, turn)
        call.interaction.move_to(IN_FLOW, turn)
        call.interaction.released_by = by
        if call.interpreter.goes_on_after_talk(call.run):
            self.bridges.leave(call.run.leg, turn)
            self.carry_out(call, call.interpreter.after_talk(call.run, turn), turn)
        else:
            self.hang_up(call, turn, by=call.ended_by(failed=False), failed=False)

    def finish_talk(self, call: Call, turn: Turn) -> None:
        """The parties hear each other no more."""
        talked = self.conversations.finish(call, turn)
        if talked is not None and talked.agent:
            begin_wrap_up(talked, self._distribution, turn)

    def hang_up(self, call: Call, turn: Turn, *, by: Party, failed: bool) -> None:
        """End a call from our side; it is over when the switch reports so, or reports nothing."""
        call.interpreter.end(call.run, turn)
        if call.interaction is not None:
            call.interaction.ended_by = by
            call.interaction.failed = failed and not call.interaction.is_served
        call.hung_up_at = turn.now
        call.order_end(turn)

    def leg_over(self, call: Call, turn: Turn) -> None:
        """The caller's leg is gone, or that of a phone that dialed a feature code."""
        turn.clockwork.forget(Wake.HANG_UP, call.run.call)
        self.registry.leg_over(call)
        if call.agent is not None:
            self._workforce.roster.drop_non_acd_leg(call.agent, call.run.leg, turn.now)
        self.outside.close(call, GIVEN_UP, turn)
        if call.interaction is not None:
            self.queueing.abandon(call, turn)
            self.callback_queue.line.reconsider_customer(call, turn)
        if call.conversation is not None and self.conversations.is_joined(call):
            turn.do(HangUpLeg(call=call.run.call, leg=call.conversation.party))
            self.legs.end(call.conversation.party)
            self.finish_talk(call, turn)
        self.lost_agents.give_up(call, turn)
        self.recordings.call_over(call.run.call, turn)
        if not call.interpreter.hung_up(call.run, turn):
            self.close(call, turn)
        elif call.interaction is not None:
            call.interaction.outlive_caller(turn)

    def close(self, call: Call, turn: Turn) -> None:
        """Nothing is left to do for the call."""
        call.interpreter.end(call.run, turn)
        if call.callback is not None:
            self.attempt_over(call, turn)
            self.queueing.customers.attempt_over(call, turn)
        if call.interaction is not None and call.interaction.begun:
            self.queueing.look_after(call, turn)
        call.tell_end(turn)
        del self._calls[call.run.call]  # last: a call that fails before is not forgotten

    def attempt_over(self, call: Call, turn: Turn) -> None:
        """The call to a customer has ended; an agent who waited for them is told so."""
        attempt = self.callback_queue.attempts.of(call)
        prompt = self.dialing.over(attempt, turn) if attempt is not None else None
        if prompt is not None:
            self.begin(prompt, turn)
