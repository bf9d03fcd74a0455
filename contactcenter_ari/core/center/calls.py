"""The calls in progress: from arrival through flow, queue and talk to the end.

Every path ends in `_end`, once, when the switch says that the caller's leg is gone or has
kept silent about it for too long.
"""

from collections.abc import Iterator
from datetime import timedelta

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.center.call import Call
from contactcenter_ari.core.center.catalog import NO_FLOW, Catalog
from contactcenter_ari.core.center.talk import Talk, Talks
from contactcenter_ari.core.flow.run import (
    DEFAULT_PRIORITY,
    Activity,
    EnterQueue,
    FlowRun,
    Frame,
    Handover,
    Leave,
    RingOneAgent,
)
from contactcenter_ari.core.interactions.interaction import (
    IN_FLOW,
    QUEUED,
    TALKING,
    Interaction,
)
from contactcenter_ari.core.vocabulary.command import HangUpLeg, HangUpReason
from contactcenter_ari.core.vocabulary.event import (
    InteractionStarted,
    OfferResult,
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
    agent_of,
    owner_of,
)
from contactcenter_ari.core.vocabulary.signal import CallArrived
from contactcenter_ari.core.vocabulary.turn import Turn, Wake

DIRECT_OUTCOMES = {
    OfferResult.BUSY: "busy",
    OfferResult.REFUSED: "busy",
    OfferResult.LAPSED: "no_answer",
    OfferResult.FAILED: "not_available",
}
"""What a flow is told when the one agent it wanted did not take the call."""
HANG_UP_LIMIT = timedelta(seconds=10)
"""After this long a leg we hung up is taken to be gone."""
JOIN_TRIES = 2
"""How often caller and agent are joined before the offer counts as failed."""


class Calls:
    """All calls, by id and by leg."""

    def __init__(self, distribution: Distribution) -> None:
        self.talks = Talks()
        self._distribution = distribution
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
        if signal.leg in self._by_leg:
            return
        answering = catalog.answering(signal.called_number)
        interpreter = answering or catalog.announcer()
        interaction = Interaction(
            interaction=InteractionId(turn.clockwork.mint()),
            leg=signal.leg,
            called_number=signal.called_number,
            caller_number=signal.caller_number,
            caller_name=signal.caller_name,
            flow=interpreter.flow.name,
            flow_version=interpreter.flow.version,
            now=turn.now,
        )
        run = FlowRun(
            call=CallId(interaction.id),
            interaction=interaction.id,
            leg=signal.leg,
            language=interpreter.flow.languages[0],
            caller_number=signal.caller_number,
            caller_name=signal.caller_name,
            called_number=signal.called_number,
        )
        if answering is None:
            run.frames = [Frame(NO_FLOW)]
        self._tell_started(interaction, run, turn)
        self._begin(Call(run, interpreter, turn.now, interaction=interaction), turn)

    def announce(
        self,
        leg: LegId,
        prompt: str,
        catalog: Catalog,
        turn: Turn,
        *,
        agent: Agent | None,
        variables: dict[str, str],
    ) -> None:
        """An agent's phone dialed a feature code: say what came of it and hang up."""
        interpreter = catalog.announcer()
        run = FlowRun(
            call=CallId(turn.clockwork.mint()),
            interaction=None,
            leg=leg,
            language=agent.profile.language if agent else interpreter.flow.languages[0],
            frames=[Frame(prompt)],
            variables=variables,
        )
        if agent is not None:
            self._distribution.roster.add_other_leg(agent, leg)
        self._begin(Call(run, interpreter, turn.now, agent=agent), turn)

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

    def answered(self, leg: LegId, turn: Turn) -> None:
        """An agent picked up; one whose offer is closed is hung up."""
        offer = self._distribution.answered(leg, turn)
        if offer is not None and offer.bridge is not None:
            call = self._calls[CallId(offer.waiting.interaction)]
            call.interpreter.connecting(call.run, turn)
            self.talks.join(offer, offer.bridge, turn)
        elif leg not in self._by_leg and self.talks.of(leg) is None:
            reason = HangUpReason.ANSWERED_ELSEWHERE
            turn.do(HangUpLeg(call=CallId(leg), leg=leg, reason=reason))

    def bridged(self, bridge: BridgeId, turn: Turn) -> None:
        """Caller and agent hear each other."""
        offer = self._distribution.bridged(bridge, turn)
        if offer is None:
            return
        interaction = self._interaction(offer)
        interaction.move_to(TALKING, turn)
        interaction.agent = offer.agent.id
        interaction.talked = True
        record = self._distribution.settings[offer.waiting.queue].recording
        self.talks.confirm(offer.leg, turn, record=record)

    def bridge_failed(self, bridge: BridgeId, turn: Turn) -> None:
        """The legs could not be joined: the caller goes on waiting."""
        offer = self._distribution.bridge_failed(bridge, turn)
        if offer is not None:
            self.talks.take_out(offer.waiting.leg, turn)
            self._wait_on(offer, turn)

    def hung_up(self, leg: LegId, cause: int, turn: Turn) -> None:
        """A leg is gone: the caller's, or an agent's before, during or after the talk."""
        offer = self._distribution.leg_lost(leg, cause, turn)
        talk = self.talks.of(leg)
        self.talks.drop(leg, turn)
        if offer is not None:
            if talk is not None:
                self.talks.take_out(talk.caller_leg, turn)
            self._wait_on(offer, turn)
        elif talk is not None and leg == talk.agent_leg:
            self._agent_left(talk, turn)
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

    def wait_passed(self, interaction: InteractionId, turn: Turn) -> None:
        """A caller has waited as long as he may."""
        if self._distribution.wait_passed(interaction, turn):
            self._turn_away(self._calls[CallId(interaction)], QueueExit.TIMEOUT, turn)

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
            self._give_up_place(call, turn)
            match handover:
                case EnterQueue():
                    handover = self._enqueue(call, handover, turn)
                case RingOneAgent(agent=agent, ring=ring):
                    handover = self._ring_one(call, agent, ring, turn)
                case Leave() if call.run.hung_up:
                    self._close(call, turn)
                    return
                case Leave(failed=failed):
                    self._hang_up(call, turn, by=Party.SYSTEM, failed=failed)
                    return

    def _give_up_place(self, call: Call, turn: Turn) -> None:
        """A key led a waiting caller out of the line."""
        if call.run.hung_up or call.interaction is None:
            return
        if call.interaction.state is QUEUED:
            call.run.line_frame = None
            self._distribution.leave(call.interaction.id, QueueExit.KEY_EXIT, turn)
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

    def _agent_left(self, talk: Talk, turn: Turn) -> None:
        """The agent hung up: the caller goes on in the flow, if it goes on."""
        call = self._calls.get(talk.call)
        if call is None or call.interaction is None or not talk.connected:
            return
        self._finish_talk(talk, turn)
        call.interaction.move_to(IN_FLOW, turn)
        if "answered" in call.interpreter.queue_step(call.run).next:
            self.talks.take_out(talk.caller_leg, turn)
            self._carry_out(call, call.interpreter.resume(call.run, "answered", turn), turn)
        else:
            self._hang_up(call, turn, by=Party.AGENT, failed=False)

    def _finish_talk(self, talk: Talk, turn: Turn) -> None:
        talk.connected = False
        self.talks.stop_recording(talk, turn)
        wrap_up = self._distribution.settings[talk.queue].wrap_up
        self._distribution.roster.finish_talk(talk.agent, wrap_up, turn)

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
        if call.interaction is not None:
            self._distribution.abandon(call.interaction.id, turn, lost=call.interaction.failed)
        if talk is not None and talk.connected:
            turn.do(HangUpLeg(call=talk.call, leg=talk.agent_leg))
            self._finish_talk(talk, turn)
        if not call.interpreter.hung_up(call.run, turn):
            self._close(call, turn)

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

    @staticmethod
    def _tell_started(interaction: Interaction, run: FlowRun, turn: Turn) -> None:
        turn.tell(
            InteractionStarted(
                number=turn.clockwork.number(),
                at=turn.now,
                interaction=interaction.id,
                leg=interaction.leg,
                called_number=interaction.called_number,
                caller_number=interaction.caller_number,
                caller_name=interaction.caller_name,
                flow=interaction.flow,
                flow_version=interaction.flow_version,
                language=run.language,
            )
        )
