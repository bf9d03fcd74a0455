"""The calls in progress: from arrival through flow, queue and talk to the end.

Every path ends in `_end`, once, when the switch says that the caller's leg is gone or has
kept silent about it for too long.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.miss import Misses
from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.calls.arrival import arriving, screening, whispering
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.calls.outside import OutsideLine, OutsideLines, outcome_of_cause
from contactcenter_ari.core.calls.registry import CallRegistry
from contactcenter_ari.core.calls.talk import Talk, Talks, talk_of
from contactcenter_ari.core.center.queueing import Queueing, WaitSource
from contactcenter_ari.core.flow.handover import Handover, Leave
from contactcenter_ari.core.flow.language.flow import ACCEPTED
from contactcenter_ari.core.flow.verb.agent import RingOneAgent
from contactcenter_ari.core.flow.verb.callback import RequestCallback
from contactcenter_ari.core.flow.verb.dial import Dial
from contactcenter_ari.core.flow.verb.queue import EnterQueue
from contactcenter_ari.core.flow.verb.recording import ControlRecording
from contactcenter_ari.core.flow.verb.voicemail import TakeMessage
from contactcenter_ari.core.interactions.interaction import IN_FLOW, TALKING
from contactcenter_ari.core.outbound.callback_queue import CallbackQueue
from contactcenter_ari.core.site.catalog import Catalog
from contactcenter_ari.core.telephony.recording_registry import Recordings
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.command import HangUpLeg, HangUpReason, StopMusic
from contactcenter_ari.core.vocabulary.event import Party, QueueExit
from contactcenter_ari.core.vocabulary.ids import (
    BridgeId,
    CallId,
    InteractionId,
    LegId,
    LookUpId,
    OfferId,
    PlaybackId,
    QueueName,
    RecordingId,
    owner_of,
)
from contactcenter_ari.core.vocabulary.signal import CallArrived

JOIN_TRIES = 2
"""How often caller and agent are joined before the offer counts as failed."""


class CallControl:
    """All calls, by id and by leg."""

    def __init__(
        self, distribution: Distribution, catalog: Catalog, wait_source: WaitSource
    ) -> None:
        self.catalog = catalog
        self.recordings = Recordings()
        self.talks = Talks(self.recordings)
        self.outside = OutsideLines()
        self.registry = CallRegistry()
        self.callback_queue = CallbackQueue(self, distribution, catalog)
        self.queueing = Queueing(distribution, self.callback_queue, wait_source)
        self.misses = Misses(distribution)
        self._distribution = distribution
        self._calls, self._by_leg = self.registry.by_id, self.registry.by_leg

    def __repr__(self) -> str:
        return f"<CallControl {len(self._calls)} in progress>"

    def __iter__(self) -> Iterator[Call]:
        """The calls in progress."""
        return iter(list(self._calls.values()))

    def knows(self, leg: LegId) -> bool:
        """Whether a leg is the caller's of a call in progress."""
        return leg in self._by_leg

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
        if signal.leg not in self._by_leg:
            self.begin(arriving(signal, self.catalog, turn), turn)

    def announce(self, call: Call, turn: Turn) -> None:
        """An agent's phone dialed a feature code: say what came of it and hang up."""
        if call.agent is not None:
            self._distribution.roster.add_non_acd_leg(call.agent, call.run.leg, turn.now)
        self.begin(call, turn)

    def add(self, call: Call, turn: Turn) -> None:
        """Know a call whose flow has not begun; nobody who is on the phone is called back."""
        self.registry.enter(call)
        self.callback_queue.reconsider_customer(call, turn)

    def begin(self, call: Call, turn: Turn) -> None:
        """Begin the flow of a call."""
        if not self.registry.knows_leg_of(call):
            self.add(call, turn)
        self.carry_out(call, call.interpreter.start(call.run, turn), turn)

    # What the switch and the look-ups say

    def offered(self, interaction: InteractionId, turn: Turn) -> None:
        """A phone rings for a waiting caller: no announcement delays the answer."""
        call = self._calls.get(CallId(interaction))
        if call is not None:
            call.interpreter.treatment.offered(call.run, turn)

    def digit(self, leg: LegId, digit: str, turn: Turn) -> None:
        """A key was pressed."""
        call = self._by_leg.get(leg)
        if call is not None:
            self.carry_out(call, call.interpreter.digit(call.run, digit, turn), turn)

    def playback_finished(self, playback: PlaybackId, turn: Turn, *, failed: bool) -> None:
        """A prompt ended."""
        call = self._calls.get(owner_of(playback))
        if call is not None:
            handover = call.interpreter.playback_finished(
                call.run, playback, failed=failed, turn=turn
            )
            self.carry_out(call, handover, turn)

    def looked_up(self, look_up: LookUpId, row: dict[str, str | None] | None, turn: Turn) -> None:
        """A look-up answered."""
        call = self._calls.get(owner_of(look_up))
        if call is not None:
            handover = call.interpreter.looked_up(call.run, look_up, row, turn)
            self.carry_out(call, handover, turn)

    def look_up_failed(self, look_up: LookUpId, turn: Turn) -> None:
        """A look-up gave no answer."""
        call = self._calls.get(owner_of(look_up))
        if call is not None:
            handover = call.interpreter.looked_up(call.run, look_up, None, turn, failed=True)
            self.carry_out(call, handover, turn)

    def message_taken(self, message: RecordingId, turn: Turn, *, speech: timedelta) -> None:
        """A recording is finished; if it is a message, the flow goes on."""
        call = self._calls.get(owner_of(message))
        if call is not None:
            handover = call.interpreter.message_taken(call.run, message, turn, speech=speech)
            self.carry_out(call, handover, turn)

    def answered(self, leg: LegId, turn: Turn) -> None:
        """An agent picked up, or a customer; one whose offer is closed is hung up."""
        if self.callback_queue.answered(leg, turn):
            return
        offer = self._distribution.answered(leg, turn)
        if offer is not None:
            prompt = self._distribution.settings[offer.waiting.queue].agent_prompt
            if prompt in self.catalog.site.prompts:
                self.begin(whispering(offer, prompt, self.catalog, turn), turn)
            else:
                self._join(offer, turn)
        elif (line := self.outside.at_leg(leg)) is not None:
            self._outside_answered(line, turn)
        elif leg not in self._by_leg and self.talks.of(leg) is None:
            reason = HangUpReason.ANSWERED_ELSEWHERE
            turn.do(HangUpLeg(call=CallId(leg), leg=leg, reason=reason))

    def _join(self, offer: Offer, turn: Turn) -> None:
        """Let caller and agent hear each other."""
        call = self._calls[CallId(offer.waiting.interaction)]
        call.interpreter.connecting(call.run, turn)
        bridge = self._distribution.offers.join(offer, turn)
        music = self._distribution.settings[offer.waiting.queue].music
        talk = talk_of(offer, call=call.run.call, bridge=bridge, music=music)
        self.talks.join(talk, turn)
        self.recordings.follow(call.run.call, call.run.pause_reasons, turn)

    def bridged(self, bridge: BridgeId, turn: Turn) -> None:
        """Caller and agent hear each other."""
        line = self.outside.at_bridge(bridge)
        if line is not None:
            self._outside_joined(line, turn)
        if (attempt := self.callback_queue.agent_first.joined(bridge, turn)) is not None:
            self.queueing.talked(attempt.call, turn, agent=attempt.interaction.agent)
        offer = self._distribution.bridged(bridge, turn)
        if offer is None:
            return
        call = self._calls[CallId(offer.waiting.interaction)]
        assert call.interaction is not None, "an offer is for an interaction"
        call.interaction.meet(offer.agent.id, offer.waiting.queue, turn)
        self.queueing.talked(call, turn, agent=offer.agent.id)
        self.talks.confirm(offer.leg, call.run, turn)

    def bridge_failed(self, bridge: BridgeId, turn: Turn) -> None:
        """The legs could not be joined: the caller goes on waiting, or in the flow."""
        line = self.outside.at_bridge(bridge)
        if line is not None:
            self._outside_failed(line, "failed", turn, hang_up=True)
        self.callback_queue.join_failed(bridge, turn)
        offer = self.misses.bridge_failed(bridge, turn)
        if offer is not None:
            self.talks.take_out(offer.waiting.leg, turn)
            self.offer_over(offer, turn)

    def hung_up(self, leg: LegId, cause: int, turn: Turn) -> None:
        """A leg is gone: the caller's, or the other party's before, during or after the talk."""
        self.callback_queue.leg_lost(leg, cause, turn)
        offer = self.misses.leg_lost(leg, cause, turn)
        talk = self.talks.of(leg)
        self.talks.drop(leg, turn)
        self.talks.gone(leg)
        if offer is not None:
            self.end_side_call(leg, turn)
            if talk is not None:
                self.talks.take_out(talk.caller_leg, turn)
            self.offer_over(offer, turn)
        elif (line := self.outside.at_leg(leg)) is not None:
            outcome = "declined" if line.answered else outcome_of_cause(cause)
            self._outside_failed(line, outcome, turn, hang_up=False)
        elif talk is not None and leg == talk.other_leg:
            self._other_left(talk, turn)
        elif (call := self._by_leg.get(leg)) is not None:
            self._end(call, talk, turn)

    # Deadlines

    def flow_deadline(self, call_id: CallId, turn: Turn) -> None:
        """What a flow waited for did not come."""
        call = self._calls[call_id]
        self.carry_out(call, call.interpreter.deadline_passed(call.run, turn), turn)

    def announcement_due(self, call_id: CallId, turn: Turn) -> None:
        """A waiting caller is to be told something."""
        call = self._calls[call_id]
        self.queueing.tell_place(call, turn)
        call.interpreter.announce(call.run, turn)

    def ring_limit_passed(self, offer_id: OfferId, turn: Turn) -> None:
        """An agent did not pick up."""
        self.offer_over(self.misses.ring_limit_passed(offer_id, turn), turn)

    def join_overdue(self, offer_id: OfferId, turn: Turn) -> None:
        """The switch never said whether the legs were joined."""
        offer = self._distribution.join_overdue(offer_id, turn)
        assert offer.bridge is not None, "only an answered offer is joined"
        if offer.joins > JOIN_TRIES:
            self.bridge_failed(offer.bridge, turn)
        else:
            self.talks.join_again(offer.leg, turn)

    def outside_passed(self, leg: LegId, turn: Turn) -> None:
        """An outside line did not answer, or was not joined, in time."""
        line = self.outside.at_leg(leg)
        if line is not None:
            outcome = "failed" if line.answered else "no_answer"
            self._outside_failed(line, outcome, turn, hang_up=True)

    def end_stay(self, interaction: InteractionId, result: QueueExit, turn: Turn) -> None:
        """A caller may not wait any longer, because of the limit or of the queue."""
        call = self._calls[CallId(interaction)]
        self.carry_out(call, self.queueing.end_stay(call, result, turn), turn)

    def withdraw(self, interaction: InteractionId, turn: Turn) -> None:
        """A person takes a waiting caller out of the line."""
        call = self._calls[CallId(interaction)]
        self.carry_out(call, self.queueing.withdraw(call, turn), turn)

    def move(self, interaction: InteractionId, queue: QueueName, turn: Turn) -> None:
        """A person lets a waiting caller wait in another queue, which must take callers."""
        self.queueing.move(self._calls[CallId(interaction)], queue, turn)

    def hang_up_passed(self, call_id: CallId, turn: Turn) -> None:
        """The switch never said that a leg we hung up is gone. If it did not even reply, it is
        asked again: what became of the leg is known when it is back.
        """
        call = self._calls.get(call_id)
        if call is not None and call.was_not_heard:
            call.order_end(turn)
        elif call is not None:
            self.hung_up(call.run.leg, 0, turn)

    def take_up(self, turn: Turn) -> None:
        """We were away: flows begin their steps once more."""
        for call in self:
            turn.attempt(call.run.call, partial(self._take_up, call, turn))

    def _take_up(self, call: Call, turn: Turn) -> None:
        call.interpreter.treatment.take_up(call.run, turn)
        self.carry_out(call, call.interpreter.take_up(call.run, turn), turn)

    def lose(self, call: Call, lost_at: datetime, turn: Turn) -> None:
        """The switch does not know the call any more; what we were ending by then has ended."""
        if call.interaction is not None and not call.was_ending(lost_at):
            call.interaction.failed = True
            call.interaction.ended_by = Party.SYSTEM
        self.recordings.lost(call.run.call)
        self.hung_up(call.run.leg, 0, turn)

    # Within

    def carry_out(self, call: Call, handover: Handover | None, turn: Turn) -> None:
        """Do what a flow wants done, until it waits for something."""
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
                case Leave() if self._side_call_over(call, turn):
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
        """Book a call back, one a number; the place in line goes over to it."""
        callback = self.callback_queue.book(call, handover, turn)
        if callback is not None:
            self.queueing.give_up_place(call, QueueExit.CALLBACK_TAKEN, turn)
            self.callback_queue.schedule(callback, turn, kept=True)
        outcome = "refused" if callback is None else "booked"
        return call.interpreter.handed_back(call.run, outcome, turn)

    def _side_call_over(self, call: Call, turn: Turn) -> bool:
        """Whether whoever was asked or told something stays on the line for what comes next."""
        if call.screens is not None:
            self._screened(call, call.screens, turn)
        elif call.whispers is not None:
            self._whispered(call, call.whispers, turn)
        elif call.briefs is not None:
            return self.callback_queue.agent_first.briefed(call.briefs, turn)
        else:
            return False
        return True

    def _whispered(self, call: Call, offer: Offer, turn: Turn) -> None:
        """The agent knows who comes; a caller who hung up meanwhile is not joined."""
        self.end_side_call(call.run.leg, turn)
        if offer.result is None:
            self._join(offer, turn)

    def offer_over(self, offer: Offer, turn: Turn) -> None:
        """Nobody has taken the offer: the caller waits on, unless the time is up."""
        call = self._calls.get(CallId(offer.waiting.interaction))
        if call is None:
            return  # for a call back, whose place waits on
        self.carry_out(call, self.queueing.offer_over(call, offer, turn), turn)

    # Outside lines

    def _outside_answered(self, line: OutsideLine, turn: Turn) -> None:
        if line.answered:
            return
        self.outside.answered(line, turn)
        if not line.dial.screen:
            self._join_outside(line, turn)
            return
        self.begin(screening(line, turn), turn)

    def _screened(self, call: Call, line: OutsideLine, turn: Turn) -> None:
        self.end_side_call(line.leg, turn)
        if ACCEPTED in call.run.entries:
            self._join_outside(line, turn)
        else:
            self._outside_failed(line, "declined", turn, hang_up=True)

    def end_side_call(self, leg: LegId, turn: Turn) -> None:
        """Whoever was asked or told something before being joined hears no more of it."""
        call = self._by_leg.get(leg)
        if call is not None and call.interaction is None:
            call.interpreter.end(call.run, turn)
            self.registry.strike(call)

    def _join_outside(self, line: OutsideLine, turn: Turn) -> None:
        run = line.call.run
        turn.do(StopMusic(call=run.call, leg=run.leg))
        talk = Talk(
            call=run.call,
            bridge=self.outside.joining(line, turn),
            caller_leg=run.leg,
            other_leg=line.leg,
            dialed_at=line.dialed_at,
        )
        self.talks.join(talk, turn)

    def _outside_joined(self, line: OutsideLine, turn: Turn) -> None:
        interaction = line.call.interaction
        assert interaction is not None, "only a caller is joined with an outside line"
        self.outside.close(line, "answered", turn, hang_up=False)
        interaction.move_to(TALKING, turn)
        interaction.with_agent = False
        self.queueing.talked(line.call, turn)
        self.talks.confirm(line.leg, line.call.run, turn)

    def _outside_failed(
        self, line: OutsideLine, outcome: str, turn: Turn, *, hang_up: bool
    ) -> None:
        """The line came to nothing: the caller goes on in the flow."""
        call = line.call
        self.end_side_call(line.leg, turn)
        self.outside.close(line, outcome, turn, hang_up=hang_up)
        if self.talks.of(call.run.leg) is not None:
            self.talks.take_out(call.run.leg, turn)
        else:
            turn.do(StopMusic(call=call.run.call, leg=call.run.leg))
        self.carry_out(call, call.interpreter.handed_back(call.run, outcome, turn), turn)

    # Ends

    def _other_left(self, talk: Talk, turn: Turn) -> None:
        """The other party hung up: the caller goes on in the flow, if it goes on."""
        call = self._calls.get(talk.call)
        if call is None or call.interaction is None or not talk.connected:
            return
        self.finish_talk(talk, turn)
        call.interaction.move_to(IN_FLOW, turn)
        call.interaction.released_by = Party.SYSTEM if talk.agent is None else Party.AGENT
        if call.interpreter.goes_on_after_talk(call.run):
            self.talks.take_out(talk.caller_leg, turn)
            self.carry_out(call, call.interpreter.after_talk(call.run, turn), turn)
        else:
            self.hang_up(call, turn, by=call.ended_by(failed=False), failed=False)

    def finish_talk(self, talk: Talk, turn: Turn) -> None:
        """The parties hear each other no more."""
        self.talks.finish(talk, turn)
        if talk.agent is None or talk.queue is None:
            return
        rule = self._distribution.settings[talk.queue].wrap_up_rule
        self._distribution.roster.finish_talk(talk.agent, rule, turn)

    def hang_up(self, call: Call, turn: Turn, *, by: Party, failed: bool) -> None:
        """End a call from our side; it is over when the switch says so, or keeps silent."""
        call.interpreter.end(call.run, turn)
        if call.interaction is not None:
            call.interaction.ended_by = by
            call.interaction.failed = failed and not call.interaction.is_served
        call.hung_up_at = turn.now
        call.order_end(turn)

    def _end(self, call: Call, talk: Talk | None, turn: Turn) -> None:
        """The caller's leg is gone, or that of a phone that dialed a feature code."""
        turn.clockwork.forget(Wake.HANG_UP, call.run.call)
        self.registry.leg_over(call)
        if call.agent is not None:
            self._distribution.roster.drop_non_acd_leg(call.agent, call.run.leg, turn.now)
        if (line := self.outside.of(call.run.call)) is not None:
            self.end_side_call(line.leg, turn)
            self.outside.close(line, "given_up", turn, hang_up=True)
        if call.briefs is not None:
            self.callback_queue.agent_first.agent_left(call.briefs, turn)
        if call.interaction is not None:
            self.queueing.abandon(call, turn)
            self.callback_queue.reconsider_customer(call, turn)
        if talk is not None and talk.connected:
            turn.do(HangUpLeg(call=talk.call, leg=talk.other_leg))
            self.finish_talk(talk, turn)
        self.recordings.call_over(call.run.call, turn)
        if not call.interpreter.hung_up(call.run, turn):
            self.close(call, turn)
        elif call.interaction is not None:
            call.interaction.outlive_caller(turn)

    def close(self, call: Call, turn: Turn) -> None:
        """Nothing is left to do for the call."""
        call.interpreter.end(call.run, turn)
        if call.attempt is not None:
            self.callback_queue.over(call.attempt, turn)
            self.queueing.customers.attempt_over(call.attempt.callback, turn)
        if call.interaction is not None and call.interaction.begun:
            self.queueing.look_after(call, turn)
        call.tell_end(turn)
        del self._calls[call.run.call]  # at last: what fails before is not forgotten
