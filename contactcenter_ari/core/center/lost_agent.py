"""Agents whose leg was lost in a talk: the phone died, and nobody hung up.

The caller hears the music of the queue while the phone of the same agent is rung again. If the
agent does not come back, the caller waits in the queue again, with the place in line that the talk
began with. The agent is on the call meanwhile. The talk is one, with a gap in it.
"""

from dataclasses import replace
from datetime import timedelta

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.calls.call import Call, Conversation, Gap
from contactcenter_ari.core.calls.conversation import Conversations, begin_wrap_up
from contactcenter_ari.core.center.queueing import Queueing
from contactcenter_ari.core.flow.handover import Handover
from contactcenter_ari.core.interactions.interaction import IN_FLOW
from contactcenter_ari.core.telephony.bridge import Bridges
from contactcenter_ari.core.telephony.dial import Dials
from contactcenter_ari.core.telephony.leg import Leg, ReturnsToTalk, Role
from contactcenter_ari.core.telephony.recording_registry import Recordings
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.command import DialLeg, HangUpLeg, StartMusic, StopMusic
from contactcenter_ari.core.vocabulary.event import OfferResult, SegmentEnded, SegmentKind
from contactcenter_ari.core.vocabulary.ids import InteractionId, LegId, RecordingId, SegmentId
from contactcenter_ari.core.vocabulary.pause import PauseReason

RING_LIMIT = timedelta(seconds=15)
"""How long the phone of a lost agent is rung again."""


class LostAgents:
    """Rings lost agents again, within talks that have a gap."""

    def __init__(
        self,
        *,
        conversations: Conversations,
        bridges: Bridges,
        dials: Dials,
        recordings: Recordings,
        distribution: Distribution,
        queueing: Queueing,
    ) -> None:
        self._conversations = conversations
        self._bridges = bridges
        self._dials = dials
        self._recordings = recordings
        self._distribution = distribution
        self._queueing = queueing

    def __repr__(self) -> str:
        return f"<LostAgents of {self._conversations!r}>"

    def ring_again(self, call: Call, leg: LegId, turn: Turn) -> bool:
        """A leg is lost that was joined with a caller; whether it was an agent's, who is rung
        again. The agent of a call that is ending is not.
        """
        talk = call.conversation
        if talk is None or talk.party != leg or talk.place is None or call.run.activity.is_over:
            return False
        if self._conversations.finish(call, turn) is None:
            return False
        run, settings = call.run, self._distribution.queues.settings[talk.queue]
        self._bridges.leave(run.leg, turn)
        turn.do(StartMusic(call=run.call, leg=run.leg, music=run.music or settings.music))
        self._recordings.follow(run.call, {PauseReason.HOLD: True}, turn)
        again = Leg(
            id=LegId(turn.clockwork.mint()),
            node=turn.clockwork.node,
            role=Role.AGENT,
            purpose=ReturnsToTalk(run.call),
            since=turn.now,
        )
        recording = RecordingId(turn.clockwork.mint()) if talk.recording else None
        call.gap = Gap(turn.now, replace(talk, party=again.id, recording=recording))
        command = DialLeg(
            call=run.call,
            leg=again.id,
            phone=self._distribution.workforce.roster.get(talk.agent).profile.phone,
            caller_number=talk.place.caller_number,
            caller_name=talk.place.caller_name,
            originator=run.leg,
            ring_limit=RING_LIMIT,
            recording=recording,
            unreachable_after=settings.unreachable_after,
        )
        self._dials.begin(again, command, turn)
        return True

    def phone_silent(self, call: Call) -> None:
        """The phone that is rung again says nothing: it counts as out of reach."""
        assert call.gap is not None, "a lost agent is rung again"
        agent = self._distribution.workforce.roster.get(call.gap.conversation.agent)
        self._distribution.workforce.roster.set_reachable(agent.profile.phone, at=None)

    def came_back(self, call: Call, turn: Turn) -> None:
        """The agent and the caller hear each other again."""
        self._end_gap(call, OfferResult.ACCEPTED, turn)

    def stayed_away(self, call: Call, result: OfferResult, turn: Turn) -> Handover | None:
        """The agent did not come back: the caller waits again, unless the call is ending."""
        talked = self._end_gap(call, result, turn)
        self._let_go(talked, turn)
        turn.do(StopMusic(call=call.run.call, leg=call.run.leg))
        assert call.interaction is not None, "only a caller talks to an agent"
        assert talked.place is not None, "the talk began with a place in line"
        if call.run.activity.is_over:
            call.interaction.move_to(IN_FLOW, turn)
            return None
        return self._queueing.wait_again(call, talked.place, talked.agent, turn)

    def give_up(self, call: Call, turn: Turn) -> None:
        """The caller is gone, or we failed: the agent is rung no more."""
        if call.gap is not None:
            talked = self._end_gap(call, OfferResult.WITHDRAWN, turn)
            turn.do(HangUpLeg(call=call.run.call, leg=talked.party))
            self._let_go(talked, turn)

    # Within

    def _let_go(self, talked: Conversation, turn: Turn) -> None:
        self._dials.end(talked.party, turn)
        begin_wrap_up(talked, self._distribution, turn)

    def _end_gap(self, call: Call, result: OfferResult, turn: Turn) -> Conversation:
        gap, call.gap = call.gap, None
        assert gap is not None, "a lost agent is rung again"
        self._recordings.follow(call.run.call, {PauseReason.HOLD: False}, turn)
        turn.tell(
            SegmentEnded,
            interaction=InteractionId(call.run.call),
            segment=SegmentId(turn.clockwork.mint()),
            kind=SegmentKind.GAP,
            started_at=gap.since,
            queue=gap.conversation.queue,
            agent=gap.conversation.agent,
            result=result,
        )
        return gap.conversation
