"""The recordings of the fake switch: of calls, of talks, and the messages of callers.

Promises: a recording ends once, by a command, a key, silence, its limit or the end of its leg,
and leaves a file.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial

from contactcenter_ari.core.vocabulary.command import FinishRecording, RecordLeg
from contactcenter_ari.core.vocabulary.ids import LegId, RecordingId
from contactcenter_ari.core.vocabulary.signal import RecordingClosed, RecordingFinished, Signal
from contactcenter_ari.simulation.agenda import Agenda
from contactcenter_ari.simulation.participant import FakeFile, FakeRecording


class FakeRecorder:
    """Records legs; `tone` is the length of the tone before a message, when no key ends it."""

    def __init__(self, agenda: Agenda, tell: Callable[[Signal], None], tone: timedelta) -> None:
        self.running: dict[RecordingId, FakeRecording] = {}
        self._files: dict[RecordingId, FakeFile] = {}
        self._agenda = agenda
        self._tell = tell
        self._tone = tone

    def __repr__(self) -> str:
        return f"<FakeRecorder: {len(self.running)} running, {len(self._files)} files>"

    def begin(self, recording: RecordingId, leg: LegId) -> FakeRecording:
        """Record a leg from now on."""
        now = self._agenda.now
        self.running[recording] = begun = FakeRecording(recording, now, leg, silent_since=now)
        return begun

    def begin_message(self, command: RecordLeg) -> None:
        """Take a message, until its limit at most."""
        message = self.begin(command.recording, command.leg)
        message.is_message, message.max_silence = True, command.max_silence
        over = partial(self.close, command.recording)
        message.limit = self._agenda.after(command.limit, over)
        self._until_silent(message)

    def message_of(self, leg: LegId) -> FakeRecording | None:
        """The message that a leg is leaving."""
        running = (r for r in self.running.values() if r.is_message and r.leg == leg)
        return next(running, None)

    def records_one_of(self, legs: Iterable[LegId]) -> bool:
        """Whether a leg is recorded."""
        recorded = {recording.leg for recording in self.running.values()}
        return not recorded.isdisjoint(legs)

    def speak(self, leg: LegId, duration: timedelta) -> None:
        """A caller speaks into a message, from now on."""
        message = self.message_of(leg)
        assert message is not None, "no message is recorded"
        message.spoken += duration
        message.silent_since = self._agenda.now + duration
        self._until_silent(message)

    def stop_message(self, recording: RecordingId) -> None:
        """End a message, by a key or a command; during the tone neither is heard."""
        message = self.running.get(recording)
        if message is not None and self._agenda.now >= message.started_at + self._tone:
            self.close(recording)

    def close(self, recording: RecordingId) -> None:
        """End a recording; one that has ended is no harm."""
        running = self.running.pop(recording, None)
        if running is None:
            return
        for due in (running.limit, running.silence):
            if due is not None:
                due.call_off()
        length = self._agenda.now - running.started_at
        self._files[recording] = FakeFile(length, min(running.spoken, length))
        self._tell(RecordingClosed(recording))

    def close_all_of(self, leg: LegId) -> None:
        """A leg ends, and its recordings with it."""
        for recording in [r.id for r in self.running.values() if r.leg == leg]:
            self.close(recording)

    def finish(self, command: FinishRecording) -> None:
        """The end of the recording is told, with the path of its file."""
        file = self._files.get(command.recording)
        if file is None:
            self._tell(RecordingFinished(command.recording, "", 0, failed=True))
            return
        path = f"/recordings/{command.recording}.wav"
        speech = file.speech.total_seconds() if command.measures_speech else None
        seconds = file.length.total_seconds()
        self._tell(RecordingFinished(command.recording, path, seconds, speech=speech))

    def discard(self, recording: RecordingId) -> None:
        """Remove the file."""
        self._files.pop(recording, None)

    def _until_silent(self, message: FakeRecording) -> None:
        """Close a message once it was silent for too long."""
        if message.silence is not None:
            message.silence.call_off()
        if message.max_silence is not None:
            too_long = message.silent_since + message.max_silence - self._agenda.now
            message.silence = self._agenda.after(too_long, partial(self.close, message.id))
