"""Talks: a caller's and another party's leg in one bridge, and its recording.

A bridge is dissolved once both legs have left it, never before.
"""

from datetime import datetime, timedelta

import msgspec

from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.step import RecordingAct
from contactcenter_ari.core.vocabulary.command import (
    BridgeLegs,
    DissolveBridge,
    HangUpLeg,
    PauseRecording,
    RecordCall,
    RecordLeg,
    ResumeRecording,
    StartRecording,
    StopRecording,
    UnbridgeLeg,
)
from contactcenter_ari.core.vocabulary.event import RecordingEnded, RecordingStarted
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    BridgeId,
    CallId,
    InteractionId,
    LegId,
    QueueName,
    RecordingId,
)
from contactcenter_ari.core.vocabulary.turn import Turn


class Recording(msgspec.Struct, frozen=True):
    """A recording that is running or not yet reported closed."""

    interaction: InteractionId
    agent: AgentId
    started_at: datetime


class Talk:
    """Two legs joined by a bridge; `connected` once the switch confirmed it. The other party is
    an agent, or an outside line when `agent` is None.
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
    ) -> None:
        self.call = call
        self.bridge = bridge
        self.caller_leg = caller_leg
        self.other_leg = other_leg
        self.dialed_at = dialed_at
        self.agent = agent
        self.queue = queue
        self.legs: list[LegId] = [caller_leg, other_leg]
        self.connected = False
        self.recording: RecordingId | None = None

    @property
    def agent_id(self) -> AgentId:
        """The agent's id; empty when the other party is an outside line."""
        return self.agent.id if self.agent else AgentId("")

    def __repr__(self) -> str:
        """Tell who talks to whom."""
        return f"<Talk {self.call} with {self.agent_id or 'outside'}: {len(self.legs)} legs>"


class Talks:
    """All bridges of this center, by the legs in them."""

    def __init__(self) -> None:
        self._by_leg: dict[LegId, Talk] = {}
        self._recordings: dict[RecordingId, Recording] = {}

    def __repr__(self) -> str:
        """Tell how many legs are in bridges."""
        return f"<Talks {len(self._by_leg)} legs, {len(self._recordings)} recordings>"

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

    def confirm(self, leg: LegId, turn: Turn, *, record: bool) -> None:
        """They do hear each other."""
        talk = self._by_leg[leg]
        talk.connected = True
        if not record:
            return
        talk.recording = RecordingId(turn.clockwork.mint())
        interaction = InteractionId(talk.call)
        self._recordings[talk.recording] = Recording(interaction, talk.agent_id, turn.now)
        turn.do(StartRecording(call=talk.call, recording=talk.recording, bridge=talk.bridge))
        self._tell_started(interaction, talk.recording, talk.agent_id, turn)

    @staticmethod
    def _tell_started(
        interaction: InteractionId, recording: RecordingId, agent: AgentId, turn: Turn
    ) -> None:
        turn.tell(
            RecordingStarted(
                number=turn.clockwork.number(),
                at=turn.now,
                interaction=interaction,
                recording=recording,
                agent=agent,
            )
        )

    def record_message(self, run: FlowRun, limit: timedelta, turn: Turn) -> None:
        """Record what a caller leaves as a message."""
        assert run.message is not None, "the flow has named the message"
        assert run.interaction is not None, "only a caller leaves a message"
        self._recordings[run.message] = Recording(run.interaction, AgentId(""), turn.now)
        turn.do(RecordLeg(call=run.call, leg=run.leg, recording=run.message, limit=limit))
        self._tell_started(run.interaction, run.message, AgentId(""), turn)

    def control_recording(self, run: FlowRun, act: RecordingAct, turn: Turn) -> None:
        """Record a caller's whole call, as the flow wants it; what makes no sense is ignored."""
        if act is RecordingAct.START and run.recording is None:
            self._record_call(run, turn)
        elif run.recording is None:
            return
        elif act is RecordingAct.PAUSE and not run.paused:
            run.paused = True
            turn.do(PauseRecording(call=run.call, recording=run.recording))
        elif act is RecordingAct.RESUME and run.paused:
            run.paused = False
            turn.do(ResumeRecording(call=run.call, recording=run.recording))
        elif act is RecordingAct.STOP:
            turn.do(StopRecording(call=run.call, recording=run.recording))
            if run.ear is not None:
                turn.do(HangUpLeg(call=run.call, leg=run.ear))
            run.recording = run.ear = None
            run.paused = False

    def _record_call(self, run: FlowRun, turn: Turn) -> None:
        assert run.interaction is not None, "only a caller's call is recorded"
        run.recording = RecordingId(turn.clockwork.mint())
        run.ear = LegId(turn.clockwork.mint())
        self._recordings[run.recording] = Recording(run.interaction, AgentId(""), turn.now)
        turn.do(RecordCall(call=run.call, leg=run.leg, ear=run.ear, recording=run.recording))
        self._tell_started(run.interaction, run.recording, AgentId(""), turn)

    def stop_recording(self, talk: Talk, turn: Turn) -> None:
        """The conversation is over."""
        if talk.recording is not None:
            turn.do(StopRecording(call=talk.call, recording=talk.recording))
            talk.recording = None

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

    def recording_finished(
        self,
        recording_id: RecordingId,
        turn: Turn,
        *,
        path: str = "",
        duration: timedelta = timedelta(),
        failed: bool = False,
    ) -> None:
        """A recording was closed, or never came to be."""
        recording = self._recordings.pop(recording_id, None)
        if recording is None:
            return
        turn.tell(
            RecordingEnded(
                number=turn.clockwork.number(),
                at=turn.now,
                interaction=recording.interaction,
                recording=recording_id,
                agent=recording.agent,
                started_at=recording.started_at,
                path=path,
                duration=duration,
                failed=failed,
            )
        )

    def lose_recordings(self, turn: Turn) -> None:
        """The switch was restarted: what it was recording outside of talks is lost."""
        live = {talk.recording for talk in self._by_leg.values()}
        for recording in [r for r in self._recordings if r not in live]:
            self.recording_finished(recording, turn, failed=True)
