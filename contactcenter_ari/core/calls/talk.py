"""Talks: a caller's and another party's leg in one bridge, and who of them is on hold.

A bridge is dissolved once both legs have left it, never before. A phone holds by itself; the
other party hears music, and nothing is recorded meanwhile.
"""

from datetime import datetime

from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.telephony.recording_registry import Recordings
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.command import (
    BridgeLegs,
    DissolveBridge,
    StartMusic,
    StopMusic,
    UnbridgeLeg,
)
from contactcenter_ari.core.vocabulary.event import SegmentEnded, SegmentKind
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    BridgeId,
    CallId,
    InteractionId,
    LegId,
    QueueName,
    RecordingId,
    SegmentId,
)
from contactcenter_ari.core.vocabulary.pause import PauseReason

MUSIC = "default"
"""What is heard on hold, and while a line rings, where no queue says otherwise."""


class Talk:
    """Two legs joined by a bridge; `connected` once the switch confirmed it. The other party is
    an agent, or an outside line when `agent` is None. With a `recording` what is said on the
    other party's leg is written down. `held_since` is the instant from which somebody is on hold.
    """

    def __init__(
        self,
        *,
        call: CallId,
        bridge: BridgeId,
        caller_leg: LegId,
        other_leg: LegId,
        dialed_at: datetime,
        agent: Agent | None = None,
        queue: QueueName | None = None,
        recording: RecordingId | None = None,
        music: str = MUSIC,
    ) -> None:
        self.call = call
        self.bridge = bridge
        self.caller_leg = caller_leg
        self.other_leg = other_leg
        self.dialed_at = dialed_at
        self.agent = agent
        self.queue = queue
        self.recording = recording
        self.music = music
        self.legs: list[LegId] = [caller_leg, other_leg]
        self.connected = False
        self.held_since: datetime | None = None

    @property
    def agent_id(self) -> AgentId:
        """The agent's id; empty when the other party is an outside line."""
        return self.agent.id if self.agent else AgentId("")

    def __repr__(self) -> str:
        return f"<Talk {self.call} with {self.agent_id or 'outside'}: {len(self.legs)} legs>"


def talk_of(offer: Offer, *, call: CallId, bridge: BridgeId, music: str) -> Talk:
    """The talk that an answered offer leads to."""
    return Talk(
        call=call,
        bridge=bridge,
        caller_leg=offer.waiting.leg,
        other_leg=offer.leg,
        dialed_at=offer.made_at,
        agent=offer.agent,
        queue=offer.waiting.queue,
        recording=offer.recording,
        music=music,
    )


class Talks:
    """All bridges of this center, by the legs in them."""

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings
        self._by_leg: dict[LegId, Talk] = {}
        self._holding: set[LegId] = set()

    def __repr__(self) -> str:
        return f"<Talks {len(self._by_leg)} legs, {self._recordings!r}>"

    def of(self, leg: LegId) -> Talk | None:
        """The talk a leg is in."""
        return self._by_leg.get(leg)

    def legs_before(self, at: datetime) -> list[LegId]:
        """Legs to the other party that are in a bridge and were dialed before `at`."""
        talks = self._by_leg.items()
        return [leg for leg, talk in talks if leg == talk.other_leg and talk.dialed_at < at]

    def connected_legs(self) -> list[LegId]:
        """Legs to the other party that talk; one we hung up is not among them any more."""
        talks = self._by_leg.items()
        return [leg for leg, talk in talks if leg == talk.other_leg and talk.connected]

    def all(self) -> list[Talk]:
        """The talks, and those being joined."""
        return list(dict.fromkeys(self._by_leg.values()))

    def join(self, talk: Talk, turn: Turn) -> None:
        """Let both parties hear each other."""
        self._by_leg[talk.caller_leg] = self._by_leg[talk.other_leg] = talk
        turn.do(BridgeLegs(call=talk.call, bridge=talk.bridge, legs=tuple(talk.legs)))

    def join_again(self, leg: LegId, turn: Turn) -> None:
        """Nothing was heard of the bridge: the same once more."""
        talk = self._by_leg[leg]
        turn.do(BridgeLegs(call=talk.call, bridge=talk.bridge, legs=tuple(talk.legs)))

    def confirm(self, leg: LegId, run: FlowRun, turn: Turn) -> None:
        """They do hear each other."""
        talk = self._by_leg[leg]
        talk.connected = True
        if talk.recording is not None:
            self._recordings.start_talk(
                talk.recording,
                call=talk.call,
                interaction=InteractionId(talk.call),
                leg=talk.other_leg,
                agent=talk.agent_id,
                turn=turn,
            )
            self._recordings.follow(talk.call, run.pause_reasons, turn)
        for holding in [leg for leg in talk.legs if leg in self._holding]:
            self._hold(talk, holding, turn)

    def finish(self, talk: Talk, turn: Turn) -> None:
        """The conversation is over; who was on hold and stays hears no more music."""
        if talk.held_since is not None:
            turn.do(*(StopMusic(call=talk.call, leg=leg) for leg in talk.legs))
        self._unhold(talk, turn)
        talk.connected = False
        if talk.recording is not None:
            self._recordings.end_talk(talk.recording, turn)
            talk.recording = None

    # Hold

    def hold_key(self, leg: LegId, turn: Turn, *, held: bool) -> None:
        """The hold key of a phone was pressed, or pressed again."""
        if held:
            self._held(leg, turn)
        else:
            self._unheld(leg, turn)

    def _held(self, leg: LegId, turn: Turn) -> None:
        """A phone has put the other side on hold, in a talk or before it."""
        if leg in self._holding:
            return
        self._holding.add(leg)
        talk = self._by_leg.get(leg)
        if talk is not None and talk.connected:
            self._hold(talk, leg, turn)

    def _unheld(self, leg: LegId, turn: Turn) -> None:
        """The other side is off hold."""
        if leg not in self._holding:
            return
        self._holding.discard(leg)
        talk = self._by_leg.get(leg)
        if talk is None or talk.held_since is None:
            return
        for other in talk.legs:
            if other != leg:
                turn.do(StopMusic(call=talk.call, leg=other))
        if not self._holding.intersection(talk.legs):
            self._unhold(talk, turn)

    def _hold(self, talk: Talk, leg: LegId, turn: Turn) -> None:
        for other in talk.legs:
            if other != leg:
                turn.do(StartMusic(call=talk.call, leg=other, music=talk.music))
        if talk.held_since is None:
            talk.held_since = turn.now
            self._recordings.follow(talk.call, {PauseReason.HOLD: True}, turn)

    def _unhold(self, talk: Talk, turn: Turn) -> None:
        """Nobody is on hold any more: the stretch is told."""
        if talk.held_since is None:
            return
        self._recordings.follow(talk.call, {PauseReason.HOLD: False}, turn)
        turn.tell(
            SegmentEnded,
            interaction=InteractionId(talk.call),
            segment=SegmentId(turn.clockwork.mint()),
            kind=SegmentKind.HOLD,
            started_at=talk.held_since,
            queue=talk.queue or "",
            agent=talk.agent_id,
        )
        talk.held_since = None

    # Ends

    def gone(self, leg: LegId) -> None:
        """A leg has ended, and holds nobody."""
        self._holding.discard(leg)

    def take_out(self, leg: LegId, turn: Turn) -> None:
        """A leg goes on without the other party."""
        talk = self._by_leg[leg]
        turn.do(UnbridgeLeg(call=talk.call, bridge=talk.bridge, leg=leg))
        self.drop(leg, turn)

    def drop(self, leg: LegId, turn: Turn) -> None:
        """A leg has left its bridge; the last one takes the bridge with it."""
        talk = self._by_leg.pop(leg, None)
        if talk is None:
            return
        talk.legs.remove(leg)
        if not talk.legs:
            turn.do(DissolveBridge(call=talk.call, bridge=talk.bridge))

    def strike(self, leg: LegId) -> None:
        """Forget that a leg is in a talk."""
        self._by_leg.pop(leg, None)
        self._holding.discard(leg)
