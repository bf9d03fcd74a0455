"""A test file as plain data: the stories of callers, and what is given and expected."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from contactcenter_ari.config.document import Node, Scalar
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.verb.split import Split
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.core.vocabulary.ids import QueueName

Row = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Place:
    """The location of a word in the test file; counts from 1."""

    line: int
    column: int
    length: int = 1


def place_of(node: Node) -> Place:
    """The place of a node, as long as its text is when it stands in one line."""
    if isinstance(node, Scalar) and node.line == node.end_line:
        return Place(node.line, node.column, max(1, node.end_column - node.column))
    return Place(node.line, node.column)


def split_sections(flow: Flow) -> set[str]:
    """The sections that splits of a flow lead to."""
    splits = (verb for verb in flow.verbs() if isinstance(verb, Split))
    return {way.section for split in splits for way, _ in split.shares}


class Silence(StrEnum):
    """The result of a look-up instead of a row: none, a fault, or no answer at all."""

    NOT_FOUND = "not_found"
    ERROR = "error"
    HANGS = "hangs"


Reply = Row | Silence


class Staffing(StrEnum):
    """The staff of a queue: somebody, nobody, all on a break, or callers are not let in."""

    STAFFED = "staffed"
    NO_AGENTS = "no_agents"
    PAUSED = "paused"
    FULL = "full"
    CLOSED = "closed"
    DIVERTED = "diverted"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenQueue:
    """A queue as the caller finds it. `position` is the caller's own on entering. `waits` are what
    is estimated each time a wait is told, the last again and again; without any no wait is known.
    Without `answered_after` all agents stay busy; without `talk` the agent talks until told
    otherwise. A person closes the queue `closed_after` the caller began to wait; its agents go on
    a break `paused_after`, and log out `logged_out_after`.
    """

    staffing: Staffing = Staffing.STAFFED
    position: int = 1
    waits: tuple[timedelta, ...] = ()
    answered_after: timedelta | None = None
    talk: timedelta | None = None
    closed_after: timedelta | None = None
    paused_after: timedelta | None = None
    logged_out_after: timedelta | None = None


class LineOutcome(StrEnum):
    """The outcome of ringing an agent straight, or an outside line."""

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    DECLINED = "declined"
    FAILED = "failed"
    NOT_AVAILABLE = "not_available"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The world a story plays in. `replies` of a look-up come one after the other, the last
    again and again; a look-up without any finds nothing. A split goes to the one of its
    sections that is among `splits`, else by chance, the same at each run.
    """

    at: datetime
    caller: str = ""
    caller_name: str = ""
    called: str = ""
    replies: dict[str, tuple[Reply, ...]] = field(default_factory=dict)
    queues: dict[QueueName, GivenQueue] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)
    agents: dict[str, LineOutcome] = field(default_factory=dict)
    lines: dict[str, LineOutcome] = field(default_factory=dict)
    splits: tuple[str, ...] = ()


class Deed(StrEnum):
    """The word a script line begins with."""

    PRESSES = "presses"
    SILENT = "silent"
    WAITS = "waits"
    RECORDS = "records"
    HANGS_UP = "hangs up"
    AGENT = "agent"
    FAILS = "fails"
    HEARS = "hears"
    QUEUED = "queued"
    DIALLED = "dialled"
    RECORDING = "recording"
    AT = "at"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptLine:
    """One line of a script. `early` presses at once, whether or not the flow asks; `key`, or the
    hang-up, ends what is recorded.
    """

    deed: Deed
    place: Place
    value: str = ""
    duration: timedelta = timedelta()
    early: bool = False
    key: str = ""
    hangs_up: bool = False

    def __str__(self) -> str:
        """The line as it could stand in the file."""
        return f"{self.deed}: {self.value}" if self.value else str(self.deed)


class Aspect(StrEnum):
    """The aspect that an expectation is about."""

    ENDS = "ends"
    PATH = "path"
    TAGS = "tags"
    VARIABLES = "variables"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """One thing that must hold once the story is over; a path is all its sections."""

    aspect: Aspect
    place: Place
    values: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One test."""

    name: str
    place: Place
    given: Given
    script: tuple[ScriptLine, ...] = ()
    expect: tuple[Expectation, ...] = ()
    strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthLine:
    """Opening hours must be open, or closed, at an instant; `written` is how it stands there."""

    hours: str
    at: datetime
    written: str
    is_open: bool
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFile:
    """A test file that can be played: its flow belongs to `site`."""

    file: Path
    lines: tuple[str, ...]
    site: Site
    flow: Flow
    truths: tuple[TruthLine, ...]
    stories: tuple[Story, ...]
