"""Events of recordings: talks, whole calls and messages."""

from datetime import datetime, timedelta

from contactcenter_ari.core.vocabulary.event.numbered import InteractionEvent
from contactcenter_ari.core.vocabulary.ids import AgentId, RecordingId
from contactcenter_ari.core.vocabulary.pause import Pause, PauseReason


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
    """A recording is closed; may come after the interaction ended. `failed`: no usable file;
    `cut`: the file lacks the end, because the switch died or its disk was full. It is silent
    during its `pauses`. `speech` is how long the caller speaks in a message.
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


RecordingEvent = RecordingStarted | RecordingPaused | RecordingResumed | RecordingEnded
