"""The objects of the fake switch: legs, bridges, recordings, and how long prompts take."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contactcenter_ari.core.vocabulary.command import PlayPrompt
from contactcenter_ari.core.vocabulary.ids import BridgeId, LegId, PhoneId, RecordingId
from contactcenter_ari.core.vocabulary.prompt import PromptPart, SpokenText
from contactcenter_ari.core.vocabulary.signal import CallArrived
from contactcenter_ari.simulation.agenda import Due
from contactcenter_ari.simulation.person import Person

PER_WORD = timedelta(milliseconds=350)
PER_FILE = timedelta(seconds=2)


@dataclass(slots=True)
class FakeLeg:
    """One channel. `phone` is None for a caller from outside, of whom is known how they
    `arrived`; one that we dialed is not ours to play to before it is `up`.
    """

    id: LegId
    person: Person
    phone: PhoneId | None
    dialed: bool
    up: bool = False
    bridge: BridgeId | None = None
    playing: deque[PlayPrompt] = field(default_factory=deque)
    music: str = ""
    recording: RecordingId | None = None
    arrived: CallArrived | None = None
    ring_limit: Due | None = None
    prompt_end: Due | None = None

    @property
    def is_ours(self) -> bool:
        """Whether the application has it in its hands."""
        return self.up or not self.dialed


@dataclass(slots=True)
class FakeBridge:
    """Legs that hear each other."""

    id: BridgeId
    legs: list[LegId]


@dataclass(slots=True)
class FakeRecording:
    """A recording that runs, and ends with its leg; of a message, what was spoken so far."""

    id: RecordingId
    started_at: datetime
    leg: LegId
    silent_since: datetime
    is_message: bool = False
    max_silence: timedelta | None = None
    spoken: timedelta = timedelta()
    limit: Due | None = None
    silence: Due | None = None


@dataclass(frozen=True, slots=True)
class FakeFile:
    """A recording: how long it is, and how long somebody speaks in it."""

    length: timedelta
    speech: timedelta


def length_of(parts: Sequence[PromptPart]) -> timedelta:
    """How long it takes to say the parts."""
    return sum((_length(part) for part in parts), timedelta())


def _length(part: PromptPart) -> timedelta:
    if isinstance(part, SpokenText):
        return PER_WORD * max(len(part.text.split()), 1)
    return PER_FILE
