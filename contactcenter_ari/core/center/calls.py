"""The calls in progress: from arrival through flow, queue and talk to the end.

Every path ends in `_end`, once, when the switch says that the caller's leg is gone or has
kept silent about it for too long.
"""

from collections.abc import Iterator
from datetime import timedelta

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.offer import DIRECT_OUTCOMES, Offer
from contactcenter_ari.core.center.arrival import arriving, screening
from contactcenter_ari.core.center.call import Call
from contactcenter_ari.core.center.callback import Callbacks
from contactcenter_ari.core.center.catalog import Catalog
from contactcenter_ari.core.center.outside import OutsideLine, OutsideLines, outcome_of_cause
from contactcenter_ari.core.center.talk import Talk, Talks
from contactcenter_ari.core.flow.flow import ACCEPTED
from contactcenter_ari.core.flow.run import (
    DEFAULT_PRIORITY,
    Activity,
    ControlRecording,
    Dial,
    EnterQueue,
    Handover,
    Leave,
    PromiseCallback,
    RingOneAgent,
    TakeMessage,
)
from contactcenter_ari.core.interactions.interaction import (
    IN_FLOW,
    QUEUED,
    TALKING,
    Interaction,
)
from contactcenter_ari.core.vocabulary.command import HangUpLeg, HangUpReason, StopMusic
from contactcenter_ari.core.vocabulary.event import (
    Party,
    QueueExit,
)
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    BridgeId,
    CallId,
    InteractionId,
    LegId,
    LookUpId,
    OfferId,
    PlaybackId,
    RecordingId,
    agent_of,
    owner_of,
)
from contactcenter_ari.core.vocabulary.signal import CallArrived
from contactcenter_ari.core.vocabulary.turn import Turn, Wake

HANG_UP_LIMIT = timedelta(seconds=10)
"""After this long a leg we hung up is taken to be gone."""
JOIN_TRIES = 2
"""How often caller and agent are joined before the offer counts as failed."""


class Calls:
    """All calls, by id and by leg."""

    def __init__(self, distribution: Distribution) -> None:
        self.talks = Talks()
        self.outside = OutsideLines()
        self._distribution = distribution
        self._callbacks = Callbacks()
        self._calls: dict[CallId, Call] = {}
        self._by_leg: dict[LegId, Call] = {}

    def __repr__(self) -> str:
        """Tell how many calls there are."""
        return f"<Calls {len(self._calls)} in progress>"

    def __iter__(self) -> Iterator[Call]:
        """The calls in progress."""
        return iter(list(self._calls.values()))

    def knows(self, leg: LegId) -> bool:
        """Whether a leg is the caller's of a call in progress."""
        return leg in self._by_leg

    # Beginnings

    def arrive(self, signal: CallArrived, catalog: Catalog, turn: Turn) -> None:
        """A caller came in."""
        if signal.leg not in self._by_leg:
            self._begin(arriving(signal, catalog, turn), turn)

    def announce(self, call: Call, turn: Turn) -> None:
        """An agent's phone dialed a feature code: say what came of it and hang up."""
        if call.agent is not None:
            self._distribution.roster.add_other_leg(call.agent, call.run.leg)
        self._begin(call, turn)

    # What the switch and the look-ups say

    def digit(self, leg: LegId, digit: str, turn: Turn) -> None:
        """A key was pressed."""
        call = self._by_leg.get(leg)
        if call is not None:
            self._carry_out(call, call.interpreter.digit(call.run, digit, turn), turn)

    def playback_finished(self, playback: PlaybackId, turn: Turn, *, failed: bool) -> None:
        """A prompt ended."""
        call = self._calls.get(owner_of(playback))
        if call is not None:
            handover = call.interpreter.playback_finished(
                call.run, playback, failed=failed, turn=turn
            )
            self._carry_out(call, handover, turn)

    def looked_up(self, look_up: LookUpId, row: dict[str, str | None] | None, turn: Turn) -> None:
        """A look-up answered."""
        call = self._calls.get(owner_of(look_up))
        if call is not None:
            handover = call.interpreter.looked_up(call.run, look_up, row, turn)
            self._carry_out(call, handover, turn)

    def look_up_failed(self, look_up: LookUpId, turn: Turn) -> None:
        """A look-up gave no answer."""
        call = self._calls.get(owner_of(look_up))
        if call is not None:
            handover = call.interpreter.look_up_failed(call.run, look_up, turn)
            self._carry_out(call, handover, turn)

    def message_taken(self, message: RecordingId, turn: Turn, *, saved: bool) -> None:
        """A recording was closed; if it is a message, the flow goes on."""
        call = self._calls.get(owner_of(message))
        if call is not None:
            handover = call.interpreter.message_taken(call.run, message, turn, saved=saved)
            self._carry_out(call, handover, turn)

    def answered(self, leg: LegId, turn: Turn) -> None:
        """An agent picked up; one whose offer is closed is hung up."""
        offer = self._distribution.answered(leg, turn)
        if offer is not None and offer.bridge is not None:
            call = self._calls[CallId(offer.waiting.interaction)]
            call.interpreter.connecting(call.run, turn)
            self.talks.join(
                Talk(
                    call=call.run.call,
                    bridge=offer.bridge,
                    caller_leg=offer.waiting.leg,
                    other_leg=leg,
                    dialed_at=offer.made_at,
                    agent=offer.agent,
                    queue=offer.waiting.queue,
                ),
                turn,
            )
        elif (line := self.outside.at_leg(leg)) is not None:
            self._outside_answered(line, turn)
        elif leg not in self._by_leg and self.talks.of(leg) is None:
            reason = HangUpReason.ANSWERED_ELSEWHERE
            turn.do(HangUpLeg(call=CallId(leg), leg=leg, reason=reason))

    def bridged(self, bridge: BridgeId, turn: Turn) -> None:
        """Caller and agent hear each other."""
        line = self.outside.at_bridge(bridge)
        if line is not None:
            self._outside_joined(line, turn)
        offer = self._distribution.bridged(bridge, turn)
        if offer is None:
            return
        interaction = self._interaction(offer)
        interaction.move_to(TALKING, turn)
        interaction.agent = offer.agent.id
        interaction.talked = interaction.with_agent = True
        recorded = self._calls[CallId(offer.waiting.interaction)].run.recording is not None
        record = self._distribution.settings[offer.waiting.queue].recording and not recorded
        self.talks.confirm(offer.leg, turn, record=record)

    def bridge_failed(self, bridge: BridgeId, turn: Turn) -> None:
        """The legs could not be joined: the caller goes on waiting, or in the flow."""
        line = self.outside.at_bridge(bridge)
        if line is not None:
            self._outside_failed(line, "failed", turn, hang_up=True)
        offer = self._distribution.bridge_failed(bridge, turn)
        if offer is not None:
            self.talks.take_out(offer.waiting.leg, turn)
            self._wait_on(offer, turn)

    def hung_up(self, leg: LegId, cause: int, turn: Turn) -> None:
        """A leg is gone: the caller's, or the other party's before, during or after the talk."""
        offer = self._distribution.leg_lost(leg, cause, turn)
        talk = self.talks.of(leg)
        self.talks.drop(leg, turn)
        if offer is not None:
            if talk is not None:
                self.talks.take_out(talk.caller_leg, turn)
            self._wait_on(offer, turn)
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
        self._carry_out(call, call.interpreter.deadline_passed(call.run, turn), turn)

    def announcement_due(self, call_id: CallId, turn: Turn) -> None:
        """A waiting caller is to be told something."""
        call = self._calls[call_id]
        call.run.position = self._distribution.position(InteractionId(call_id))
        call.interpreter.announce(call.run, turn)

    def ring_limit_passed(self, offer_id: OfferId, turn: Turn) -> None:
        """An agent did not pick up."""
        self._wait_on(self._distribution.ring_limit_passed(offer_id, turn), turn)

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

    def wait_passed(self, interaction: InteractionId, turn: Turn) -> None:
        """A caller has waited as long as he may."""
        call = self._calls[CallId(interaction)]
        if self._distribution.wait_passed(interaction, turn):
            wanted_one = call.interaction is not None and agent_of(call.interaction.queue)
            self._turn_away(call, "busy" if wanted_one else QueueExit.TIMEOUT, turn)

    def hang_up_passed(self, call_id: CallId, turn: Turn) -> None:
        """The switch never said that a leg we hung up is gone."""
        call = self._calls.get(call_id)
        if call is not None:
            self.hung_up(call.run.leg, 0, turn)

    def take_up(self, turn: Turn) -> None:
        """We were away: flows begin their steps once more."""
        for call in self:
            call.interpreter.treatment.take_up(call.run, turn)
            self._carry_out(call, call.interpreter.take_up(call.run, turn), turn)

    def lose(self, call: Call, turn: Turn) -> None:
        """The switch does not know the call any more."""
        if call.interaction is not None:
            call.interaction.failed = True
            call.interaction.ended_by = Party.SYSTEM
        self.hung_up(call.run.leg, 0, turn)

    # Within

    def _begin(self, call: Call, turn: Turn) -> None:
        self._calls[call.run.call] = call
        self._by_leg[call.run.leg] = call
        self._carry_out(call, call.interpreter.start(call.run, turn), turn)

    def _carry_out(self, call: Call, handover: Handover | None, turn: Turn) -> None:
        while handover is not None:
            if not isinstance(handover, PromiseCallback | ControlRecording):
                self._give_up_place(call, QueueExit.KEY_EXIT, turn)
            match handover:
                case EnterQueue():
                    handover = self._enqueue(call, handover, turn)
                case RingOneAgent(agent=agent, ring=ring):
                    handover = self._ring_one(call, agent, ring, turn)
                case PromiseCallback():
                    handover = self._promise(call, handover, turn)
                case ControlRecording(act=act):
                    self.talks.control_recording(call.run, act, turn)
                    handover = call.interpreter.recording_controlled(call.run, turn)
                case TakeMessage(limit=limit):
                    self.talks.record_message(call.run, limit, turn)
                    return
                case Dial():
                    self.outside.dial(call, handover, turn)
                    return
                case Leave() if call.screens is not None:
                    self._screened(call, call.screens, turn)
                    return
                case Leave() if call.run.hung_up:
                    self._close(call, turn)
                    return
                case Leave(failed=failed):
                    self._hang_up(call, turn, by=Party.SYSTEM, failed=failed)
                    return

    def _promise(self, call: Call, handover: PromiseCallback, turn: Turn) -> Handover | None:
        """Book a call back, one a number; the place in line goes over to it."""
        booked = self._callbacks.book(call, handover, self._distribution, turn)
        if booked:
            self._give_up_place(call, QueueExit.CALLBACK_TAKEN, turn)
        return call.interpreter.promised(call.run, booked=booked, turn=turn)

    def _give_up_place(self, call: Call, result: QueueExit, turn: Turn) -> None:
        """A key led a waiting caller out of the line."""
        if call.run.hung_up or call.interaction is None:
            return
        if call.interaction.state is QUEUED:
            call.run.line_frame = None
            self._distribution.leave(call.interaction.id, result, turn)
            call.interaction.move_to(IN_FLOW, turn)

    def _enqueue(self, call: Call, handover: EnterQueue, turn: Turn) -> Handover | None:
        step, interaction = handover.step, call.interaction
        assert interaction is not None, "only a caller can wait in a queue"
        settings = self._distribution.settings[step.queue]
        interaction.move_to(QUEUED, turn)
        interaction.queue = step.queue
        waiting = Waiting(
            interaction=interaction.id,
            queue=step.queue,
            leg=interaction.leg,
            caller_number=interaction.caller_number,
            caller_name=interaction.caller_name,
            joined_at=turn.now,
            priority=handover.priority,
            head_start=handover.head_start,
            arrival=self._distribution.next_arrival(),
        )
        refusal = self._distribution.enqueue(waiting, step.max_wait or settings.max_wait, turn)
        if refusal is None:
            call.run.position = waiting.position_at_entry
            call.interpreter.treatment.begin(call.run, step, settings.music, turn)
            return None
        interaction.move_to(IN_FLOW, turn)
        interaction.turned_away = True
        return call.interpreter.resume(call.run, refusal, turn)

    def _ring_one(
        self, call: Call, agent_id: AgentId, ring: timedelta, turn: Turn
    ) -> Handover | None:
        """Wait for one agent, if a call can be offered now."""
        agent = self._distribution.roster.find(agent_id)
        if agent is None or not agent.takes_calls:
            return call.interpreter.resume(call.run, "not_available", turn)
        if not agent.is_free:
            return call.interpreter.resume(call.run, "busy", turn)
        self._distribution.open_own_line(agent_id, ring)
        step = call.interpreter.queue_step(call.run)
        return self._enqueue(call, EnterQueue(step, DEFAULT_PRIORITY, timedelta()), turn)

    def _turn_away(self, call: Call, result: str, turn: Turn) -> None:
        assert call.interaction is not None, "only a caller can wait in a queue"
        call.interaction.move_to(IN_FLOW, turn)
        call.interaction.turned_away = True
        self._carry_out(call, call.interpreter.resume(call.run, result, turn), turn)

    def _wait_on(self, offer: Offer, turn: Turn) -> None:
        """An offer came to nothing: the caller goes on waiting, unless his time is up."""
        call = self._calls[CallId(offer.waiting.interaction)]
        if call.run.activity is Activity.CONNECTED:
            call.interpreter.treatment.go_on(call.run, turn)
        if agent_of(offer.waiting.queue) is not None and offer.result is not None:
            self._distribution.leave(offer.waiting.interaction, QueueExit.TIMEOUT, turn)
            self._turn_away(call, DIRECT_OUTCOMES[offer.result], turn)
        elif offer.waiting.expired:
            self.wait_passed(offer.waiting.interaction, turn)

    # Outside lines

    def _outside_answered(self, line: OutsideLine, turn: Turn) -> None:
        if line.answered:
            return
        self.outside.answered(line, turn)
        if not line.dial.screen:
            self._join_outside(line, turn)
            return
        self._begin(screening(line, turn), turn)

    def _screened(self, call: Call, line: OutsideLine, turn: Turn) -> None:
        self._end_screening(line, turn)
        if ACCEPTED in call.run.entries:
            self._join_outside(line, turn)
        else:
            self._outside_failed(line, "declined", turn, hang_up=True)

    def _end_screening(self, line: OutsideLine, turn: Turn) -> None:
        screening = self._by_leg.pop(line.leg, None)
        if screening is not None:
            screening.interpreter.end(screening.run, turn)
            del self._calls[screening.run.call]

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
        interaction.talked = True
        interaction.with_agent = False
        self.talks.confirm(line.leg, turn, record=False)

    def _outside_failed(
        self, line: OutsideLine, outcome: str, turn: Turn, *, hang_up: bool
    ) -> None:
        """The line came to nothing: the caller goes on in the flow."""
        call = line.call
        self._end_screening(line, turn)
        self.outside.close(line, outcome, turn, hang_up=hang_up)
        if self.talks.of(call.run.leg) is not None:
            self.talks.take_out(call.run.leg, turn)
        else:
            turn.do(StopMusic(call=call.run.call, leg=call.run.leg))
        self._carry_out(call, call.interpreter.dialed(call.run, outcome, turn), turn)

    # Ends

    def _other_left(self, talk: Talk, turn: Turn) -> None:
        """The other party hung up: the caller goes on in the flow, if it goes on."""
        call = self._calls.get(talk.call)
        if call is None or call.interaction is None or not talk.connected:
            return
        self._finish_talk(talk, turn)
        call.interaction.move_to(IN_FLOW, turn)
        if call.interpreter.goes_on_after_talk(call.run):
            self.talks.take_out(talk.caller_leg, turn)
            self._carry_out(call, call.interpreter.after_talk(call.run, turn), turn)
        else:
            by = Party.SYSTEM if talk.agent is None else Party.AGENT
            self._hang_up(call, turn, by=by, failed=False)

    def _finish_talk(self, talk: Talk, turn: Turn) -> None:
        talk.connected = False
        self.talks.stop_recording(talk, turn)
        if talk.agent is None or talk.queue is None:
            return
        rule = self._distribution.settings[talk.queue].wrap_up_rule
        self._distribution.roster.finish_talk(talk.agent, rule, turn)

    def _hang_up(self, call: Call, turn: Turn, *, by: Party, failed: bool) -> None:
        call.interpreter.end(call.run, turn)
        if call.interaction is not None:
            call.interaction.ended_by = by
            call.interaction.failed = failed and not call.interaction.talked
        turn.do(HangUpLeg(call=call.run.call, leg=call.run.leg))
        turn.clockwork.wake(Wake.HANG_UP, call.run.call, turn.now + HANG_UP_LIMIT)

    def _end(self, call: Call, talk: Talk | None, turn: Turn) -> None:
        """The caller's leg is gone, or that of a phone that dialed a feature code."""
        turn.clockwork.forget(Wake.HANG_UP, call.run.call)
        del self._by_leg[call.run.leg]
        if call.agent is not None:
            self._distribution.roster.drop_other_leg(call.agent, call.run.leg)
        if (line := self.outside.of(call.run.call)) is not None:
            self._end_screening(line, turn)
            self.outside.close(line, "given_up", turn, hang_up=True)
        if call.interaction is not None:
            self._distribution.abandon(call.interaction.id, turn, lost=call.interaction.failed)
        if talk is not None and talk.connected:
            turn.do(HangUpLeg(call=talk.call, leg=talk.other_leg))
            self._finish_talk(talk, turn)
        if not call.interpreter.hung_up(call.run, turn):
            self._close(call, turn)
        elif call.interaction is not None:
            call.interaction.outlive_caller(turn)

    def _close(self, call: Call, turn: Turn) -> None:
        """Nothing is left to do for the call."""
        call.interpreter.end(call.run, turn)
        del self._calls[call.run.call]
        if call.interaction is not None:
            call.interaction.end(
                by=Party.CALLER,
                language=call.run.language,
                status=call.run.caller_status,
                tags=call.run.tags,
                turn=turn,
            )

    def _interaction(self, offer: Offer) -> Interaction:
        interaction = self._calls[CallId(offer.waiting.interaction)].interaction
        assert interaction is not None, "an offer is for an interaction"
        return interaction
