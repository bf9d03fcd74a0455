"""Recordings of talks, of whole calls and of messages: one home for all of them.

A pause is a state with reasons, in force whenever a recording runs. A pause that the switch
refuses stops the recording, and nothing is kept from then on. Once a file is closed and nothing
more is to come, the switch finishes it, silent wherever a secret was typed, and only then it is
told as ended.
"""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from contactcenter_ari.core.errors import IllegalMove
from contactcenter_ari.core.flow.language.step import RecordingAct
from contactcenter_ari.core.flow.run import FlowRun, TakeMessage
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.command import (
    DiscardRecording,
    FinishRecording,
    HangUpLeg,
    PauseRecording,
    RecordCall,
    RecordLeg,
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
    """What is recorded."""

    TALK = "talk"
    CALL = "call"
    MESSAGE = "message"


NOBODY = AgentId("")
RESUME_AGAIN_AFTER = timedelta(seconds=1)
CHANNELS = {RecordingKind.TALK: 2, RecordingKind.CALL: 1, RecordingKind.MESSAGE: 1}
"""A talk has the agent or the outside line on the left, the caller on the right."""


class RecordingState(StrEnum):
    """How far a recording is; it is `closed` by the switch and `over` for us, in any order."""

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
    """One recording, up to the report of its file. It hangs on `leg`: the other party's of a talk,
    a listening one of ours for a call, the caller's for a message. `since` has the reasons for
    which it is paused now, `cut` tells that the switch lost it.
    """

    id: RecordingId
    kind: RecordingKind
    call: CallId
    interaction: InteractionId
    leg: LegId
    agent: AgentId
    started_at: datetime
    state: RecordingState = RUNNING
    since: dict[PauseReason, datetime] = field(default_factory=dict)
    pauses: list[Pause] = field(default_factory=list)
    ended_at: datetime | None = None
    cut: bool = False

    def __repr__(self) -> str:
        """Tell what it records and how far it is."""
        return f"<Recording {self.id} of a {self.kind}: {self.state}>"

    def move(self, state: RecordingState) -> None:
        """Go on to another state.

        Raises:
            IllegalMove: there is no way from here.
        """
        if state not in MOVES[self.state]:
            raise IllegalMove(f"{self!r} cannot become {state}")
        self.state = state

    def pause(self, reason: PauseReason, turn: Turn) -> None:
        """Be silent for this reason, too."""
        if reason in self.since:
            return
        if not self.since and self.state is RUNNING:
            turn.do(PauseRecording(call=self.call, recording=self.id, leg=self.leg))
        self.since[reason] = turn.now
        self._tell(RecordingPaused, reason, turn)

    def resume(self, reason: PauseReason, turn: Turn) -> None:
        """The reason is gone; with the last one the silence ends."""
        if (since := self.since.pop(reason, None)) is None:
            return
        self.pauses.append(Pause(reason, since, turn.now))
        if not self.since and self.state is RUNNING:
            turn.do(ResumeRecording(call=self.call, recording=self.id, leg=self.leg))
        self._tell(RecordingResumed, reason, turn)

    def _tell(
        self,
        kind: type[RecordingPaused | RecordingResumed],
        reason: PauseReason,
        turn: Turn,
    ) -> None:
        turn.tell(kind, interaction=self.interaction, recording=self.id, reason=reason)

    def stop(self, turn: Turn) -> None:
        """Let the switch close the file."""
        turn.do(StopRecording(call=self.call, recording=self.id, leg=self.leg))
        if self.kind is RecordingKind.CALL:
            turn.do(HangUpLeg(call=self.call, leg=self.leg))

    def finish(self, turn: Turn) -> None:
        """Have the file made whole."""
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


class Recordings:
    """All recordings that are not told as ended yet."""

    def __init__(self) -> None:
        self._recordings: dict[RecordingId, Recording] = {}
        self._of_call: dict[CallId, list[Recording]] = {}

    def __repr__(self) -> str:
        """Tell how many there are."""
        return f"<Recordings {len(self._recordings)}>"

    def knows(self, recording: RecordingId) -> bool:
        """Whether it is still to be told as ended."""
        return recording in self._recordings

    def listening_legs(self) -> list[LegId]:
        """The legs of ours through which whole calls are recorded."""
        calls = [each for each in self._recordings.values() if each.kind is RecordingKind.CALL]
        return [each.leg for each in calls if each.state in {STARTING, RUNNING}]

    # Beginnings

    def start_talk(
        self, run: FlowRun, recording: RecordingId, *, leg: LegId, agent: AgentId, turn: Turn
    ) -> None:
        """Two parties hear each other, and what they say is being written down; once is enough."""
        if self._whole_call(run.call) is not None:
            turn.do(StopRecording(call=run.call, recording=recording, leg=leg))
            return
        self._begin(run, recording, RecordingKind.TALK, leg, turn, agent=agent)
        self.follow(run, turn)

    def start_message(self, run: FlowRun, wanted: TakeMessage, turn: Turn) -> None:
        """Record what a caller leaves as a message."""
        assert run.message is not None, "the flow has named the message"
        turn.do(
            RecordLeg(
                call=run.call,
                leg=run.leg,
                recording=run.message,
                limit=wanted.limit,
                max_silence=wanted.max_silence,
            )
        )
        self._begin(run, run.message, RecordingKind.MESSAGE, run.leg, turn)

    def control(self, run: FlowRun, act: RecordingAct, turn: Turn) -> None:
        """Record a caller's whole call, as the flow wants it; what makes no sense is ignored."""
        self.follow(run, turn)
        whole = self._whole_call(run.call)
        match act:
            case RecordingAct.START if whole is None:
                run.paused = False
                self._start_call(run, turn)
            case RecordingAct.PAUSE:
                run.paused = True
            case RecordingAct.RESUME:
                run.paused = False
            case RecordingAct.STOP if whole is not None:
                run.paused = False
                whole.stop(turn)
                self.over(whole.id, turn)
            case _:
                pass

    def _start_call(self, run: FlowRun, turn: Turn) -> None:
        recording, ear = RecordingId(turn.clockwork.mint()), LegId(turn.clockwork.mint())
        turn.do(RecordCall(call=run.call, leg=run.leg, ear=ear, recording=recording))
        self._begin(run, recording, RecordingKind.CALL, ear, turn, state=STARTING)

    def _begin(  # all that a recording is made of
        self,
        run: FlowRun,
        recording: RecordingId,
        kind: RecordingKind,
        leg: LegId,
        turn: Turn,
        *,
        agent: AgentId = NOBODY,
        state: RecordingState = RUNNING,
    ) -> None:
        assert run.interaction is not None, "only an interaction is recorded"
        begun = Recording(recording, kind, run.call, run.interaction, leg, agent, turn.now, state)
        self._recordings[recording] = begun
        self._of_call.setdefault(run.call, []).append(begun)
        turn.tell(
            RecordingStarted, interaction=begun.interaction, recording=recording, agent=agent
        )

    def began(self, recording: RecordingId, turn: Turn) -> None:
        """The switch records a whole call from now on: what pauses it is in force at once."""
        begun = self._recordings.get(recording)
        if begun is None or begun.state is not STARTING:
            return
        begun.move(RUNNING)
        if begun.since:
            turn.do(PauseRecording(call=begun.call, recording=begun.id, leg=begun.leg))

    # Pauses

    def follow(self, run: FlowRun, turn: Turn) -> None:
        """Pause and resume what is recorded of a call as its flow stands."""
        reasons = {
            PauseReason.SECRET: run.secret or run.secret_lingers is not None,
            PauseReason.FLOW: run.paused,
        }
        for recording in self._of_call.get(run.call, ()):
            if recording.state in {STARTING, RUNNING}:
                for reason, holds in reasons.items():
                    self._set(recording, reason, turn, holds=holds)

    def secret_over(self, run: FlowRun, turn: Turn) -> None:
        """Nobody types on what was secret and is of no use any more."""
        run.secret_lingers = None
        self.follow(run, turn)

    def hold(self, call: CallId, turn: Turn, *, held: bool) -> None:
        """A party of a talk has put the other on hold, or nobody is on hold any more."""
        for recording in self._of_call.get(call, ()):
            if recording.state in {STARTING, RUNNING}:
                self._set(recording, PauseReason.HOLD, turn, holds=held)

    @staticmethod
    def _set(recording: Recording, reason: PauseReason, turn: Turn, *, holds: bool) -> None:
        if holds:
            recording.pause(reason, turn)
        else:
            recording.resume(reason, turn)

    def refused(self, recording: RecordingId, turn: Turn) -> None:
        """The switch did not pause: nothing more is kept, and the recording stopped."""
        refused = self._recordings.get(recording)
        if refused is None or refused.state is not RUNNING:
            return
        if PauseReason.REFUSED not in refused.since:
            since = min(refused.since.values(), default=turn.now)
            refused.pause(PauseReason.REFUSED, turn)
            refused.since[PauseReason.REFUSED] = since
            refused.stop(turn)

    def not_resumed(self, recording: RecordingId, turn: Turn) -> None:
        """The switch could not go on recording just now: once more in a moment."""
        known = self._recordings.get(recording)
        if known is not None and known.state is RUNNING and not known.since:
            turn.clockwork.wake(Wake.RESUME, recording, turn.now + RESUME_AGAIN_AFTER)

    def resume_again(self, recording: RecordingId, turn: Turn) -> None:
        """It is time to try, unless something else pauses it by now."""
        known = self._recordings.get(recording)
        if known is not None and known.state is RUNNING and not known.since:
            turn.do(ResumeRecording(call=known.call, recording=known.id, leg=known.leg))

    def take_up(self, turn: Turn) -> None:
        """We were away, and what we told the switch last may be lost."""
        for recording in self._recordings.values():
            if recording.state is FINISHING:
                recording.finish(turn)
            elif recording.state is RUNNING and (recording.since or recording.pauses):
                verb = PauseRecording if recording.since else ResumeRecording
                turn.do(verb(call=recording.call, recording=recording.id, leg=recording.leg))

    # Ends

    def end_talk(self, recording: RecordingId, turn: Turn) -> None:
        """Nothing more of a talk is to be recorded; its leg may well live on."""
        known = self._recordings.get(recording)
        if known is not None and known.state is RUNNING:
            turn.do(StopRecording(call=known.call, recording=known.id, leg=known.leg))
        self.over(recording, turn)

    def over(self, recording: RecordingId, turn: Turn) -> None:
        """Nothing more is to be recorded."""
        known = self._recordings.get(recording)
        if known is None or known.state in {OVER, FINISHING}:
            return
        turn.clockwork.forget(Wake.RESUME, recording)
        known.ended_at = turn.now
        if known.state is CLOSED:
            self._finish(known, turn)
        else:
            known.move(OVER)

    def call_over(self, call: CallId, turn: Turn) -> None:
        """The caller is gone, and with them all that could be recorded of the call."""
        for recording in list(self._of_call.get(call, ())):
            self.over(recording.id, turn)

    def lost(self, call: CallId) -> None:
        """The switch does not know the call any more: what it recorded lacks its end."""
        for recording in self._of_call.get(call, ()):
            recording.cut = True

    def closed(self, recording: RecordingId, turn: Turn) -> None:
        """The switch has closed a file; one of a leg that came to no talk is of no use."""
        known = self._recordings.get(recording)
        if known is None:
            if turn.clockwork.minted(recording):
                turn.do(DiscardRecording(call=CallId(recording), recording=recording))
        elif known.state is OVER or known.kind is RecordingKind.MESSAGE:
            known.ended_at = known.ended_at or turn.now
            self._finish(known, turn)
        elif known.state in {STARTING, RUNNING}:
            known.move(CLOSED)

    @staticmethod
    def _finish(recording: Recording, turn: Turn) -> None:
        if recording.state is not FINISHING:
            recording.move(FINISHING)
            recording.finish(turn)

    def finished(self, signal: RecordingFinished, turn: Turn) -> None:
        """The file is as it is to stay, or there is none."""
        recording = self._recordings.get(signal.recording)
        if recording is None:
            return
        turn.tell(
            RecordingEnded,
            interaction=recording.interaction,
            recording=recording.id,
            agent=recording.agent,
            started_at=recording.started_at,
            path=signal.path,
            duration=timedelta(seconds=signal.seconds),
            failed=signal.failed,
            cut=(signal.cut or recording.cut) and not signal.failed,
            pauses=tuple(recording.pauses),
            speech=None if signal.speech is None else timedelta(seconds=signal.speech),
        )
        del self._recordings[recording.id]
        of_call = self._of_call[recording.call]
        of_call.remove(recording)
        if not of_call:
            del self._of_call[recording.call]

    def failed(self, recording: RecordingId, turn: Turn) -> None:
        """It never came to be, or nothing could be made of its file."""
        self.finished(RecordingFinished(recording, "", 0, failed=True), turn)

    def reconcile(self, settled_at: datetime, calls: Container[CallId], turn: Turn) -> None:
        """The switch told what lives in it: what was over before has been closed by now. Of calls
        that nobody knows any more all is over.
        """
        for recording in list(self._recordings.values()):
            if recording.call not in calls:
                self.over(recording.id, turn)
            ended_at = recording.ended_at
            if ended_at is None or ended_at >= settled_at:
                continue
            if recording.state is FINISHING:
                recording.finish(turn)
            elif recording.state is OVER:
                self._finish(recording, turn)

    def _whole_call(self, call: CallId) -> Recording | None:
        live = (STARTING, RUNNING)
        return next(
            (
                each
                for each in self._of_call.get(call, ())
                if each.kind is RecordingKind.CALL and each.state in live
            ),
            None,
        )
