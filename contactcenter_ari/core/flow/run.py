"""One run of a call flow: the position of a call in it, as plain data.

A run holds no sockets, tasks or functions, so it can be stored, sent and continued.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from contactcenter_ari.core.vocabulary.ids import (
    CallId,
    InteractionId,
    LegId,
    LookUpId,
    PlaybackId,
    QueueName,
    RecordingId,
)
from contactcenter_ari.core.vocabulary.pause import PauseReason

START = "start"
NO_QUEUE = QueueName("")


class Activity(StrEnum):
    """The thing that a run is waiting for."""

    RUNNING = "running"
    PLAYING = "playing"
    LISTENING = "listening"
    LOOKING_UP = "looking_up"
    PAUSED = "paused"
    INVITING = "inviting"
    """The prompt of a voicemail box is being played."""
    RECORDING = "recording"
    """The caller leaves a message."""
    QUEUED = "queued"
    CONNECTED = "connected"
    ENDED = "ended"

    @property
    def is_over(self) -> bool:
        """Whether the flow is over."""
        return self is Activity.ENDED


@dataclass(slots=True)
class Frame:
    """A position in a section; inline and called sections stack up on the one they came from."""

    section: str
    step: int = 0
    called: bool = False


@dataclass(slots=True)
class Listening:
    """The input of a menu or gather so far: the running try, from 1, and its digits. `no_inputs`
    tries were wasted by silence. `confirming` is set while the caller is asked whether the digits
    were understood right.
    """

    tries: int = 1
    no_inputs: int = 0
    digits: str = ""
    confirming: bool = False


@dataclass(frozen=True, slots=True)
class LateTerminator:
    """The terminator of a gather that ended at its most digits: as the next key, and no later than
    that, it still belongs to the gather.
    """

    key: str
    until: datetime


@dataclass(slots=True)
class FlowRun:
    """The position of a call in its flow. `interaction` is None for a call to a feature code,
    which has no events. Variables and look-up answers are canonical text; see `spoken/value.py`.
    """

    call: CallId
    interaction: InteractionId | None
    leg: LegId
    language: str
    caller_number: str = ""
    caller_name: str = ""
    caller_status: str = ""
    called_number: str = ""
    answered: bool = False
    activity: Activity = Activity.RUNNING
    frames: list[Frame] = field(default_factory=lambda: [Frame(START)])
    history: list[str] = field(default_factory=list)
    entries: dict[str, int] = field(default_factory=dict)
    steps_taken: int = 0
    failing: bool = False
    playback: PlaybackId | None = None
    look_up: LookUpId | None = None
    listening: Listening | None = None
    typed_ahead: str = ""
    late_terminator: LateTerminator | None = None
    variables: dict[str, str] = field(default_factory=dict)
    look_ups: dict[str, dict[str, str] | None] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    line: QueueName = NO_QUEUE
    """The current or last queue; a person may have moved the caller to another one."""
    position: int = 0
    """The position in line, 1 for the next; 0 while it is not known, or head starts may reorder
    the line. Like the next three fields it is brought up to date just before an announcement.
    """
    wait: timedelta | None = None
    """The wait that may be announced: rounded up, never above `wait_told`; None while not known.
    """
    wait_mean: timedelta = timedelta()
    """The estimate behind it."""
    wait_longer: bool = False
    """The estimate has grown beyond `wait_told`, so that no wait may be announced now."""
    wait_told: timedelta | None = None
    """The wait that this caller heard last in this line, noted when it is announced."""
    offered: bool = False
    """An agent is reserved: there are no announcements until the offer is over."""
    announcing: bool = False
    """The prompt being played in line is about the line, and ends when an agent is reserved."""
    music: str = ""
    announcements_at: list[datetime | None] = field(default_factory=list)
    message: RecordingId | None = None
    """The message that is being left or measured."""
    left_by: str = ""
    """The key that leads out of the voicemail step once the message is measured."""
    stopping: bool = False
    """The switch was told to end that message."""
    paused: bool = False
    """The flow wants nothing recorded."""
    secret: bool = False
    """The caller types a sensitive input: nothing is recorded."""
    secret_lingers: timedelta | None = None
    """An agent answered, or the like, while a secret was typed: for this long after each key more
    of it may follow.
    """
    line_frame: int | None = None
    """The number of frames when the caller joined the line; None for a caller in no line."""
    wanted_agent: str = ""
    """The agent whom an `agent` step rings."""
    filler: bool = False
    """Whether music plays while a look-up is under way."""
    holds_secret: bool = False
    """The flow asked for a sensitive input in this call; see `stand_in`."""
    hung_up: bool = False
    """The caller is gone; only `on_hangup` is left to run."""

    @property
    def pause_reasons(self) -> dict[PauseReason, bool]:
        """The reasons of the flow for recording nothing."""
        return {
            PauseReason.SECRET: self.secret or self.secret_lingers is not None,
            PauseReason.FLOW: self.paused,
        }
