"""A recording: one audio of one talk, of one whole call or of one message.

Nothing is kept while a reason for a pause holds: a pause that the switch refuses stops the
recording. Its file is finished once it is closed and nothing more is to come,
and only then its end is told. It knows no queue and no flow.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from contactcenter_ari.core.move import move
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.command import (
    FinishRecording,
    HangUpLeg,
    PauseRecording,
    ResumeRecording,
    StopRecording,
)
from contactcenter_ari.core.vocabulary.event import (
    RecordingEnded,
    RecordingPaused,
    RecordingResumed,
    RecordingStarted,
)
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    CallId,
    InteractionId,
    LegId,
    RecordingId,
)
from contactcenter_ari.core.vocabulary.pause import SILENCED, Pause, PauseReason
from contactcenter_ari.core.vocabulary.signal import RecordingFinished


class RecordingKind(StrEnum):
    """The kinds of recordings: a talk, a whole call, a message."""

    TALK = "talk"
    CALL = "call"
    MESSAGE = "message"


NO_AGENT = AgentId("")
RESUME_AGAIN_AFTER = timedelta(seconds=1)
CHANNELS = {RecordingKind.TALK: 2, RecordingKind.CALL: 1, RecordingKind.MESSAGE: 1}
"""A talk has the agent or the outside line on the left, the caller on the right."""


class RecordingState(StrEnum):
    """How far a recording is: `closed` when the switch has closed its file, `over` when nothing
    more is to be recorded; either may come first.
    """

    STARTING = "starting"
    RUNNING = "running"
    CLOSED = "closed"
    OVER = "over"
    FINISHING = "finishing"


STARTING = RecordingState.STARTING
RUNNING = RecordingState.RUNNING
CLOSED = RecordingState.CLOSED
OVER = RecordingState.OVER
FINISHING = RecordingState.FINISHING

MOVES: dict[RecordingState, tuple[RecordingState, ...]] = {
    STARTING: (RUNNING, CLOSED, OVER, FINISHING),
    RUNNING: (CLOSED, OVER, FINISHING),
    CLOSED: (FINISHING,),
    OVER: (FINISHING,),
    FINISHING: (),
}


@dataclass(slots=True)
class Recording:
    """One recording, up to the report of its file.

    `leg` is the leg it hangs on, in the switch `node`: the other party's for a talk, the snoop leg
    for a whole call, the caller's for a message.
    `agent` is empty where no agent is recorded.
    `since` has the reasons for which it is paused now, each with its beginning; `pauses` has the
    pauses that are over.
    `cut` is set when the switch lost the call.
    """

    id: RecordingId
    kind: RecordingKind
    call: CallId
    interaction: InteractionId
    leg: LegId
    node: str
    started_at: datetime
    agent: AgentId = NO_AGENT
    state: RecordingState = RUNNING
    since: dict[PauseReason, datetime] = field(default_factory=dict)
    pauses: list[Pause] = field(default_factory=list)
    ended_at: datetime | None = None
    cut: bool = False

    def __repr__(self) -> str:
        return f"<Recording {self.id} of a {self.kind}: {self.state}>"

    @property
    def is_live(self) -> bool:
        """Whether something is or will be recorded."""
        return self.state in {STARTING, RUNNING}

    def move_to(self, after: RecordingState) -> None:
        """Make an allowed move; raises IllegalMove, and changes nothing, if it is not."""
        self.state = move(MOVES, self.state, after)

    # Begin

    def tell_start(self, turn: Turn) -> None:
        """The recording has started."""
        turn.tell(
            RecordingStarted,
            interaction=self.interaction,
            recording=self.id,
            agent=self.agent,
        )

    def began(self, turn: Turn) -> None:
        """The switch records from now on, and a pause takes effect at once."""
        if self.state is STARTING:
            self.move_to(RUNNING)
            if self.since:
                self._do_pause(turn)

    # Pause

    def set(self, reason: PauseReason, turn: Turn, *, holds: bool) -> None:
        """A reason for a pause holds, or does not hold any more."""
        if holds:
            self.pause(reason, turn)
        else:
            self.resume(reason, turn)

    def pause(self, reason: PauseReason, turn: Turn) -> None:
        """The recording is silent for one more reason."""
        if reason in self.since:
            return
        if not self.since and self.state is RUNNING:
            self._do_pause(turn)
        self.since[reason] = turn.now
        self._tell(RecordingPaused, reason, turn)

    def resume(self, reason: PauseReason, turn: Turn) -> None:
        """A reason for a pause is gone; with the last one the recording goes on."""
        if (since := self.since.pop(reason, None)) is None:
            return
        self.pauses.append(Pause(reason, since, turn.now))
        if not self.since:
            self.resume_again(turn)
        self._tell(RecordingResumed, reason, turn)

    def pause_refused(self, turn: Turn) -> None:
        """The switch refused a pause: the recording stops, and nothing of the pause is kept."""
        if self.state is not RUNNING or PauseReason.REFUSED in self.since:
            return
        since = min(self.since.values(), default=turn.now)
        self.pause(PauseReason.REFUSED, turn)
        self.since[PauseReason.REFUSED] = since
        self.stop(turn)

    def resume_failed(self, turn: Turn) -> None:
        """The switch could not go on recording; it is asked again a moment later."""
        if self.state is RUNNING and not self.since:
            turn.clockwork.wake(Wake.RESUME, self.id, turn.now + RESUME_AGAIN_AFTER)

    def resume_again(self, turn: Turn) -> None:
        """The switch records again, unless there is a reason for a pause."""
        if self.state is RUNNING and not self.since:
            turn.do(ResumeRecording(call=self.call, recording=self.id, leg=self.leg))

    def take_up(self, turn: Turn) -> None:
        """The program was away: what it told the switch last may be lost, and is told again."""
        if self.state is FINISHING:
            self._do_finish(turn)
        elif self.state is RUNNING and self.since:
            self._do_pause(turn)
        elif self.pauses:
            self.resume_again(turn)

    def _do_pause(self, turn: Turn) -> None:
        turn.do(PauseRecording(call=self.call, recording=self.id, leg=self.leg))

    def _tell(
        self,
        kind: type[RecordingPaused | RecordingResumed],
        reason: PauseReason,
        turn: Turn,
    ) -> None:
        turn.tell(kind, interaction=self.interaction, recording=self.id, reason=reason)

    # End

    def stop(self, turn: Turn) -> None:
        """The switch closes the file; the snoop leg of a whole call ends with it."""
        turn.do(StopRecording(call=self.call, recording=self.id, leg=self.leg))
        if self.kind is RecordingKind.CALL:
            turn.do(HangUpLeg(call=self.call, leg=self.leg))

    def end(self, turn: Turn) -> None:
        """The recording ends, though the call may go on."""
        if self.is_live:
            self.stop(turn)
        self.over(turn)

    def over(self, turn: Turn) -> None:
        """Nothing more is to be recorded."""
        if self.state in {OVER, FINISHING}:
            return
        turn.clockwork.forget(Wake.RESUME, self.id)
        self.ended_at = turn.now
        if self.state is CLOSED:
            self.finish(turn)
        else:
            self.move_to(OVER)

    def closed(self, turn: Turn) -> None:
        """The switch has closed the file."""
        if self.state is OVER or self.kind is RecordingKind.MESSAGE:
            self.ended_at = self.ended_at or turn.now
            self.finish(turn)
        elif self.is_live:
            self.move_to(CLOSED)

    def settle(self, settled_at: datetime, turn: Turn) -> None:
        """A recording that was over before `settled_at` has been closed by now, told or not."""
        if self.ended_at is None or self.ended_at >= settled_at:
            return
        if self.state is FINISHING:
            self._do_finish(turn)
        elif self.state is OVER:
            self.finish(turn)

    def finish(self, turn: Turn) -> None:
        """Have the file finished, once."""
        if self.state is not FINISHING:
            self.move_to(FINISHING)
            self._do_finish(turn)

    def _do_finish(self, turn: Turn) -> None:
        ended_at = self.ended_at or turn.now
        self.pauses += [Pause(reason, since, ended_at) for reason, since in self.since.items()]
        self.since.clear()
        turn.do(
            FinishRecording(
                call=self.call,
                recording=self.id,
                channels=CHANNELS[self.kind],
                started_at=self.started_at,
                ended_at=None if self.kind is RecordingKind.MESSAGE else self.ended_at,
                silences=tuple(pause for pause in self.pauses if pause.reason in SILENCED),
                measures_speech=self.kind is RecordingKind.MESSAGE,
            )
        )

    def tell_end(self, result: RecordingFinished, turn: Turn) -> None:
        """The file is as it is to stay, or there is none."""
        turn.tell(
            RecordingEnded,
            interaction=self.interaction,
            recording=self.id,
            agent=self.agent,
            started_at=self.started_at,
            path=result.path,
            duration=timedelta(seconds=result.seconds),
            failed=result.failed,
            cut=(result.cut or self.cut) and not result.failed,
            pauses=tuple(self.pauses),
            speech=None if result.speech is None else timedelta(seconds=result.speech),
            facts=result.facts,
            ended_at=self.ended_at,
        )
