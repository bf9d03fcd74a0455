"""Events of recordings: talks, whole calls and messages."""

from datetime import datetime, timedelta

from contactcenter_ari.core.vocabulary.event.numbered import InteractionEvent
from contactcenter_ari.core.vocabulary.ids import AgentId, RecordingId
from contactcenter_ari.core.vocabulary.pause import Pause, PauseReason
from contactcenter_ari.core.vocabulary.recording_file import AudioFacts


class RecordingStarted(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The talk is being recorded from now on."""

    recording: RecordingId
    agent: AgentId


class RecordingPaused(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """A recording is silent from now on, for one more reason."""

    recording: RecordingId
    reason: PauseReason


class RecordingResumed(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """A reason for silence is gone; with the last one the recording goes on."""

    recording: RecordingId
    reason: PauseReason


class RecordingEnded(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The file of a recording is as it is to stay; may come after the interaction ended.

    `ended_at` is when nothing more was to be recorded; None where that is when it is told.
    `failed`: there is no usable file, and there are no `facts`.
    `cut`: the file lacks the end, because the switch died or its disk was full.
    `pauses` are the stretches in which it is silent.
    `speech` is how long the caller speaks in a message.
    """

    recording: RecordingId
    agent: AgentId
    started_at: datetime
    path: str
    duration: timedelta
    failed: bool
    cut: bool = False
    pauses: tuple[Pause, ...] = ()
    speech: timedelta | None = None
    facts: AudioFacts | None = None
    ended_at: datetime | None = None


RecordingEvent = RecordingStarted | RecordingPaused | RecordingResumed | RecordingEnded
