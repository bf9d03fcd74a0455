"""One call of a caller or of an agent's phone: its run, and its interaction if it is one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.flow.interpreter import Interpreter
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.verb.recording import RecordingAct
from contactcenter_ari.core.flow.verb.voicemail import TakeMessage
from contactcenter_ari.core.interactions.interaction import Interaction
from contactcenter_ari.core.telephony.recording_registry import Recordings
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.command import HangUpLeg
from contactcenter_ari.core.vocabulary.event import Party
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    BridgeId,
    CallbackId,
    LegId,
    QueueName,
    RecordingId,
)

NO_AGENT, NO_QUEUE = AgentId(""), QueueName("")
HANG_UP_LIMIT = timedelta(seconds=10)
"""A leg that we hung up is taken to be gone after this long."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A caller and another party who are joined in `bridge`, or are to be: an agent in a queue,
    with the `place` in line that led to it, or an outside line. With a `recording` the leg of the
    `party` is recorded.
    """

    bridge: BridgeId
    party: LegId
    agent: AgentId = NO_AGENT
    queue: QueueName = NO_QUEUE
    recording: RecordingId | None = None
    place: Waiting | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """An agent's leg was lost `since`; their phone is the party of the `conversation` to come."""

    since: datetime
    conversation: Conversation


@dataclass(slots=True)
class Call:
    """A leg that runs a flow. A call without an interaction is to a feature code, by the agent
    whose phone it came from, or a side prompt. `callback` is set for a customer who is called
    back, `outside` is the leg of an outside line on its way to the caller. A talk has a `gap`
    while a lost agent is rung again. `hung_up_at` is when we ended the call from our side, which
    `was_not_heard` if the switch did not reply. The customer is `known_by` the interaction, and by
    numbers in E.164 that were not withheld; a customer who waits at the place of a callback
    `stands_for` it.
    """

    run: FlowRun
    interpreter: Interpreter
    arrived_at: datetime
    interaction: Interaction | None = None
    agent: Agent | None = None
    callback: CallbackId | None = None
    outside: LegId | None = None
    conversation: Conversation | None = None
    gap: Gap | None = None
    hung_up_at: datetime | None = None
    was_not_heard: bool = False
    known_by: tuple[str, ...] = ()
    stands_for: CallbackId | None = None

    def control_recording(self, act: RecordingAct, recordings: Recordings, turn: Turn) -> None:
        """The flow starts, pauses, resumes or stops the recording of the whole call; an act that
        makes no sense at this moment is ignored.
        """
        run = self.run
        recordings.follow(run.call, run.pause_reasons, turn)
        is_recorded = recordings.whole_call(run.call) is not None
        match act:
            case RecordingAct.START if not is_recorded:
                assert run.interaction is not None, "only an interaction is recorded"
                run.paused = False
                recordings.start_call(
                    call=run.call, interaction=run.interaction, leg=run.leg, turn=turn
                )
            case RecordingAct.PAUSE:
                run.paused = True
            case RecordingAct.RESUME:
                run.paused = False
            case RecordingAct.STOP if is_recorded:
                run.paused = False
                recordings.end_call(run.call, turn)
            case _:
                pass

    def record_message(self, wanted: TakeMessage, recordings: Recordings, turn: Turn) -> None:
        """The caller leaves a message."""
        run = self.run
        assert run.interaction is not None, "only an interaction is recorded"
        assert run.message is not None, "the flow has named the message"
        recordings.start_message(
            run.message,
            call=run.call,
            interaction=run.interaction,
            leg=run.leg,
            limit=wanted.limit,
            max_silence=wanted.max_silence,
            turn=turn,
        )

    def secret_over(self, recordings: Recordings, turn: Turn) -> None:
        """The caller may no longer type a secret that is of no use any more."""
        self.run.secret_lingers = None
        recordings.follow(self.run.call, self.run.pause_reasons, turn)

    def order_end(self, turn: Turn) -> None:
        """The leg is to be hung up; the switch should soon report that it is gone."""
        self.was_not_heard = False
        turn.do(HangUpLeg(call=self.run.call, leg=self.run.leg))
        turn.clockwork.wake(Wake.HANG_UP, self.run.call, turn.now + HANG_UP_LIMIT)

    def was_ending(self, at: datetime) -> bool:
        """Whether its end was known by then; if we ordered it later, the end was our fault."""
        if self.interaction is None or self.interaction.ended_by is None:
            return False
        return self.hung_up_at is None or self.hung_up_at < at

    def ended_by(self, *, failed: bool) -> Party:
        """The party who ended a call whose flow has come to its end. It is the agent if the agent
        ended the talk before it, also if the caller has heard or done something since.
        """
        released_by = self.interaction.released_by if self.interaction is not None else None
        return Party.SYSTEM if failed or released_by is None else released_by

    def tell_end(self, turn: Turn) -> None:
        """The interaction is over, if it ever began; by the caller unless noted otherwise."""
        if self.interaction is not None and self.interaction.begun:
            self.interaction.end(
                by=Party.CALLER,
                language=self.run.language,
                status=self.run.caller_status,
                tags=self.run.tags,
                turn=turn,
            )
