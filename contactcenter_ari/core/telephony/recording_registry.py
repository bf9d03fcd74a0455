"""The recordings whose end is not told yet, by id and by call.

A call has at most one recording of the whole call, and while that runs its talks are recorded in
it and not by themselves.
"""

from collections.abc import Container, Mapping
from datetime import datetime, timedelta

from contactcenter_ari.core.telephony.recording import STARTING, Recording, RecordingKind
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.command import (
    DiscardRecording,
    RecordCall,
    RecordLeg,
    StopRecording,
)
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    CallId,
    InteractionId,
    LegId,
    RecordingId,
)
from contactcenter_ari.core.vocabulary.pause import PauseReason
from contactcenter_ari.core.vocabulary.signal import RecordingFinished


class Recordings:
    """All recordings whose end is not told yet."""

    def __init__(self) -> None:
        self._recordings: dict[RecordingId, Recording] = {}
        self._of_call: dict[CallId, list[Recording]] = {}

    def __repr__(self) -> str:
        return f"<Recordings {len(self._recordings)}>"

    def knows(self, recording: RecordingId) -> bool:
        """Whether the end of this recording is still to be told."""
        return recording in self._recordings

    def snoop_legs(self) -> list[LegId]:
        """The legs that whole calls are recorded on."""
        calls = [each for each in self._recordings.values() if each.kind is RecordingKind.CALL]
        return [each.leg for each in calls if each.is_live]

    def whole_call(self, call: CallId) -> Recording | None:
        """The recording of the whole call that is under way."""
        for recording in self._of_call.get(call, ()):
            if recording.kind is RecordingKind.CALL and recording.is_live:
                return recording
        return None

    # Begin

    def start_talk(
        self,
        recording: RecordingId,
        *,
        call: CallId,
        interaction: InteractionId,
        leg: LegId,
        agent: AgentId,
        turn: Turn,
    ) -> None:
        """Two parties hear each other, and what they say is recorded once."""
        if self.whole_call(call) is not None:
            turn.do(StopRecording(call=call, recording=recording, leg=leg))
            return
        kind, node = RecordingKind.TALK, turn.clockwork.node
        self._add(Recording(recording, kind, call, interaction, leg, node, turn.now, agent), turn)

    def start_message(
        self,
        recording: RecordingId,
        *,
        call: CallId,
        interaction: InteractionId,
        leg: LegId,
        limit: timedelta,
        max_silence: timedelta | None,
        turn: Turn,
    ) -> None:
        """The caller leaves a message of at most `limit`, which a silence may end."""
        turn.do(
            RecordLeg(
                call=call, leg=leg, recording=recording, limit=limit, max_silence=max_silence
            )
        )
        kind, node = RecordingKind.MESSAGE, turn.clockwork.node
        self._add(Recording(recording, kind, call, interaction, leg, node, turn.now), turn)

    def start_call(
        self, *, call: CallId, interaction: InteractionId, leg: LegId, turn: Turn
    ) -> None:
        """The whole call of this leg is recorded, on a snoop leg."""
        recording, snoop_leg = RecordingId(turn.clockwork.mint()), LegId(turn.clockwork.mint())
        turn.do(RecordCall(call=call, leg=leg, snoop_leg=snoop_leg, recording=recording))
        begun = Recording(
            recording,
            RecordingKind.CALL,
            call,
            interaction,
            snoop_leg,
            turn.clockwork.node,
            turn.now,
            state=STARTING,
        )
        self._add(begun, turn)

    def _add(self, recording: Recording, turn: Turn) -> None:
        self._recordings[recording.id] = recording
        self._of_call.setdefault(recording.call, []).append(recording)
        recording.tell_start(turn)

    def began(self, recording: RecordingId, turn: Turn) -> None:
        """The switch records a whole call from now on."""
        if (known := self._recordings.get(recording)) is not None:
            known.began(turn)

    # Pause

    def follow(self, call: CallId, reasons: Mapping[PauseReason, bool], turn: Turn) -> None:
        """Pause and resume what is recorded of a call: each reason holds or does not hold."""
        for recording in self._of_call.get(call, ()):
            if recording.is_live:
                for reason, holds in reasons.items():
                    recording.set(reason, turn, holds=holds)

    def pause_refused(self, recording: RecordingId, turn: Turn) -> None:
        """The switch refused a pause."""
        if (known := self._recordings.get(recording)) is not None:
            known.pause_refused(turn)

    def resume_failed(self, recording: RecordingId, turn: Turn) -> None:
        """The switch could not go on recording just now."""
        if (known := self._recordings.get(recording)) is not None:
            known.resume_failed(turn)

    def resume_again(self, recording: RecordingId, turn: Turn) -> None:
        """It is time to ask the switch once more to go on recording."""
        if (known := self._recordings.get(recording)) is not None:
            known.resume_again(turn)

    def take_up(self, turn: Turn) -> None:
        """The program was away: what it told the switch last may be lost."""
        for recording in self._recordings.values():
            recording.take_up(turn)

    # End

    def end_talk(self, recording: RecordingId, turn: Turn) -> None:
        """Nothing more of a talk is to be recorded, though its leg may go on."""
        if (known := self._recordings.get(recording)) is not None:
            known.end(turn)

    def end_call(self, call: CallId, turn: Turn) -> None:
        """The recording of a whole call ends while the call goes on."""
        if (whole := self.whole_call(call)) is not None:
            whole.end(turn)

    def call_over(self, call: CallId, turn: Turn) -> None:
        """The caller is gone, and nothing more can be recorded of the call."""
        for recording in list(self._of_call.get(call, ())):
            recording.over(turn)

    def lost(self, call: CallId) -> None:
        """The switch does not know the call any more: what it recorded lacks its end."""
        for recording in self._of_call.get(call, ()):
            recording.cut = True

    def closed(self, recording: RecordingId, turn: Turn) -> None:
        """The switch has closed a file; that of a leg that came to no talk is removed."""
        if (known := self._recordings.get(recording)) is not None:
            known.closed(turn)
        elif turn.clockwork.minted(recording):
            turn.do(DiscardRecording(call=CallId(recording), recording=recording))

    def finished(self, result: RecordingFinished, turn: Turn) -> None:
        """The file of a recording is as it is to stay, or there is none."""
        recording = self._recordings.get(result.recording)
        if recording is None:
            return
        recording.tell_end(result, turn)
        del self._recordings[recording.id]
        of_call = self._of_call[recording.call]
        of_call.remove(recording)
        if not of_call:
            del self._of_call[recording.call]

    def failed(self, recording: RecordingId, turn: Turn) -> None:
        """The recording never came to be, or its file could not be finished."""
        self.finished(RecordingFinished(recording, "", 0, failed=True), turn)

    def reconcile(
        self, node: str, settled_at: datetime, calls: Container[CallId], turn: Turn
    ) -> None:
        """The switch of a node told what lives in it, and `calls` are all that anybody knows of:
        the others there are over, and what was over before `settled_at` is closed.
        """
        for recording in [each for each in self._recordings.values() if each.node == node]:
            if recording.call not in calls:
                recording.over(turn)
            recording.settle(settled_at, turn)
