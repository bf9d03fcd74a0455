"""Conversations: a caller and another party in one bridge, and the recordings of them.

Joining, confirming, hold and end are the same in all cases in which another party was found: by an
offer, by an outside line, or by a callback for which an agent was reserved first.
"""

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.calls.call import Call, Conversation
from contactcenter_ari.core.calls.registry import CallRegistry
from contactcenter_ari.core.telephony.bridge import JOINED, Bridge, Bridges
from contactcenter_ari.core.telephony.leg import HELD, UP, Legs, Role
from contactcenter_ari.core.telephony.recording_registry import Recordings
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.event import SegmentEnded, SegmentKind
from contactcenter_ari.core.vocabulary.ids import AgentId, InteractionId, LegId, SegmentId
from contactcenter_ari.core.vocabulary.pause import PauseReason

MUSIC = "default"
"""The music on hold, and while a line rings, if no queue names another."""


def begin_wrap_up(talked: Conversation, distribution: Distribution, turn: Turn) -> None:
    """The agent of a conversation has the work after it."""
    rule, workforce = (
        distribution.queues.settings[talked.queue].wrap_up_rule,
        distribution.workforce,
    )
    workforce.contacts.finish_talk(workforce.roster.get(talked.agent), rule, turn)


class Conversations:
    """The conversations of calls, each in its bridge."""

    def __init__(
        self, registry: CallRegistry, legs: Legs, bridges: Bridges, recordings: Recordings
    ) -> None:
        self._registry = registry
        self._legs = legs
        self._bridges = bridges
        self._recordings = recordings

    def __repr__(self) -> str:
        return f"<Conversations in {self._bridges!r}>"

    def join(
        self, call: Call, with_: Conversation, turn: Turn, *, music: str = MUSIC, tries: int = 1
    ) -> None:
        """Let a caller and another party hear each other."""
        call.conversation = with_
        bridge = Bridge(
            id=with_.bridge,
            call=call.run.call,
            legs=[call.run.leg, with_.party],
            music=music,
            tries_left=tries,
        )
        self._bridges.join(bridge, turn)

    def in_bridge(self, bridge: Bridge) -> tuple[Call, Conversation] | None:
        """The call whose conversation goes on in a bridge, or is to go on there."""
        call = self._registry.by_id.get(bridge.call)
        if call is None or call.conversation is None or call.conversation.bridge != bridge.id:
            return None
        return call, call.conversation

    def is_joined(self, call: Call) -> bool:
        """Whether the caller and another party hear each other."""
        conversation = call.conversation
        bridge = self._bridges.find(conversation.bridge) if conversation is not None else None
        return bridge is not None and bridge.state is JOINED

    def confirm(self, call: Call, turn: Turn) -> None:
        """The parties do hear each other; a recording that was planned begins."""
        conversation, run = call.conversation, call.run
        assert conversation is not None, "only a call that is joined is confirmed"
        if conversation.recording is not None:
            self._recordings.start_talk(
                conversation.recording,
                call=run.call,
                interaction=InteractionId(run.call),
                leg=conversation.party,
                agent=conversation.agent,
                turn=turn,
            )
            self._recordings.follow(run.call, run.pause_reasons, turn)
        bridge = self._bridges.find(conversation.bridge)
        assert bridge is not None, "it was confirmed"
        if self._bridges.hold_at_once(bridge, turn):
            self._recordings.follow(run.call, {PauseReason.HOLD: True}, turn)

    def finish(self, call: Call, turn: Turn) -> Conversation | None:
        """It is over; gives the conversation, None when the parties did not hear each other."""
        if not self.is_joined(call):
            return None
        conversation = call.conversation
        assert conversation is not None, "it was joined"
        bridge = self._bridges.find(conversation.bridge)
        assert bridge is not None, "it was joined"
        self._bridges.end(bridge, turn)
        self._unhold(bridge, conversation.queue, conversation.agent, turn)
        if conversation.recording is not None:
            self._recordings.end_talk(conversation.recording, turn)
        call.conversation = None
        return conversation

    def hold_key(self, leg_id: LegId, turn: Turn, *, held: bool) -> None:
        """The hold key of a phone was pressed, or pressed again, during a talk or before it. The
        phone of an agent may answer on hold; an outside line that does so plays something that
        the caller is to hear.
        """
        leg = self._legs.find(leg_id)
        if leg is None:
            return
        if not leg.is_up and leg.role is Role.AGENT:
            leg.answers_held = held
        if leg.state is not (UP if held else HELD):
            return
        leg.move_to(HELD if held else UP)
        bridge = self._bridges.of(leg_id)
        if bridge is None:
            return
        if held:
            self._hold(bridge, leg_id, turn)
        elif bridge.held_since is not None and self._bridges.unhold(bridge, leg_id, turn):
            found = self.in_bridge(bridge)
            queue, agent = (found[1].queue, found[1].agent) if found else ("", AgentId(""))
            self._unhold(bridge, queue, agent, turn)

    def _hold(self, bridge: Bridge, by: LegId, turn: Turn) -> None:
        if bridge.state is JOINED:
            was_held = bridge.held_since is not None
            self._bridges.hold(bridge, by, turn)
            if not was_held:
                self._recordings.follow(bridge.call, {PauseReason.HOLD: True}, turn)

    def _unhold(self, bridge: Bridge, queue: str, agent: AgentId, turn: Turn) -> None:
        """Nobody is on hold any more; the time on hold is reported."""
        if bridge.held_since is None:
            return
        self._recordings.follow(bridge.call, {PauseReason.HOLD: False}, turn)
        turn.tell(
            SegmentEnded,
            interaction=InteractionId(bridge.call),
            segment=SegmentId(turn.clockwork.mint()),
            kind=SegmentKind.HOLD,
            started_at=bridge.held_since,
            queue=queue,
            agent=agent,
        )
        bridge.held_since = None
