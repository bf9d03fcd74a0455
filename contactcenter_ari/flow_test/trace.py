"""The trace of one call: each step with its time, place, verb, outcome and changed variables.

An input log gives all of it, by replay; the events in the database give what was told of it.
Sensitive values are never shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.step import Step
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.site.site import CenterStarted, Site, SitePublished
from contactcenter_ari.core.turn import Outcome, Turn
from contactcenter_ari.core.vocabulary.command import LookUp
from contactcenter_ari.core.vocabulary.event import (
    Event,
    InteractionEnded,
    InteractionStarted,
    InteractionTagged,
)
from contactcenter_ari.core.vocabulary.request import SetFlag
from contactcenter_ari.core.vocabulary.signal import LookUpFailed, LookUpFinished
from contactcenter_ari.flow_test.observation import Kind, Observation, observation
from contactcenter_ari.flow_test.recorded_call import HIDDEN, PastCall
from contactcenter_ari.flow_test.story import Reply, Silence
from contactcenter_ari.runtime.input_log import Digest, Entry, read_input_log
from contactcenter_ari.runtime.log_folder import pieces_after
from contactcenter_ari.runtime.replay import ReplayFailed, turn
from contactcenter_ari.runtime.snapshot import Saved, SnapshotUnreadable, read_snapshot

SHOWN_LENGTH = 60


class CallUnknown(ContactCenterError):
    """Nobody remembers the call."""


@dataclass(slots=True)
class TracedStep:
    """One step of the call; `line` is where it stands in the flow file, 0 when unknown."""

    at: datetime
    section: str
    line: int
    verb: str
    name: str = ""
    outcomes: list[str] = field(default_factory=list)
    changed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Traced:
    """A call and its steps."""

    call: PastCall
    steps: tuple[TracedStep, ...]


def outcome_words(told: Observation) -> str:
    """The words of an observation for its step; nothing for what the verb says already."""
    match told.kind:
        case Kind.ENTERED:
            return f"-> {told.name}"
        case Kind.HEARD | Kind.TAGGED | Kind.PRESSED:
            return ""
        case Kind.CHOSE:
            return f"key {told.name}"
        case Kind.GATHERED:
            return "gathered"
        case Kind.INPUT_FAILED:
            return told.name
        case Kind.LOOKED_UP | Kind.LINE:
            return told.detail
        case Kind.DEQUEUED:
            return told.detail
        case Kind.ENDED:
            return f"ended by {told.name} ({told.detail})"
        case _:
            return f"{told.kind} {told.name} {told.detail}".strip()


def trace_log(path: Path, interaction: str, *, key: str = "") -> Traced:
    """The trace of a call that comes in in an input log, and of what goes on from it. A log that
    goes on from a snapshot needs that beside it, signed with `key`.

    Raises:
        CallUnknown: the log does not hold it.
        ReplayFailed: the file is no input log.
    """
    entries = _entries(path)
    match [entry.input for entry in entries[:2]]:
        case [CenterStarted() as started, SitePublished(site=site)]:
            tracer = _Tracer(Center(started, site), site, Digest(), interaction)
            entries = entries[2:]
        case [None, *_] if entries[0].after:
            saved = _saved(path.with_name(entries[0].after), key)
            tracer = _Tracer(saved.center, saved.center.site, Digest(saved.before), interaction)
        case _:
            raise ReplayFailed(f"{path} does not begin with the start of a center")
    for entry in entries:
        tracer.take(entry)
    for later in pieces_after(path):
        if tracer.flow is None or tracer.ended:
            break
        for entry in _entries(later):
            tracer.take(entry)
    return tracer.traced(path)


def _saved(path: Path, key: str) -> Saved:
    try:
        return read_snapshot(path, key)
    except SnapshotUnreadable as error:
        raise ReplayFailed(str(error)) from error


def _entries(path: Path) -> list[Entry]:
    try:
        return list(read_input_log(path))
    except OSError as error:
        raise ReplayFailed(f"{path} cannot be read: {error.strerror}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ReplayFailed(f"{path} is no input log: {error}") from error


class _Tracer:
    """Replays a log and writes down what concerns one call."""

    def __init__(self, center: Center, site: Site, digest: Digest, interaction: str) -> None:
        self.center = center
        self.center.watch(self)
        self.site = site
        self.switched: dict[str, dict[str, str]] = {}
        self.interaction = interaction
        self.steps: list[TracedStep] = []
        self.flow: Flow | None = None
        self.flags: dict[str, str] = {}
        self.events: list[Event] = []
        self.replies: dict[str, list[Reply]] = {}
        self.asked: dict[str, str] = {}
        self.run: FlowRun | None = None
        self.values: dict[str, str] = {}
        self.marks: list[tuple[int, TracedStep]] = []
        self.digest = digest

    @property
    def ended(self) -> bool:
        """Whether the call is over."""
        return any(isinstance(event, InteractionEnded) for event in self.events)

    def take(self, entry: Entry) -> None:
        """One entry of the log."""
        match entry.input:
            case LookUpFinished(look_up=look_up, row=row) if look_up in self.asked:
                reply = Silence.NOT_FOUND if row is None else row
                self.replies.setdefault(self.asked.pop(look_up), []).append(reply)
            case LookUpFailed(look_up=look_up) if look_up in self.asked:
                failed = self.replies.setdefault(self.asked.pop(look_up), [])
                failed.append(Silence.ERROR)
            case _:
                pass
        outcome = turn(self.center, entry, self.digest)
        if outcome is None:
            return
        match entry.input:
            case SitePublished(site=site):
                self.site = site
            case SetFlag(flow=flow, flag=flag, value=value):
                self.switched.setdefault(flow, {})[flag] = value
            case _:
                self.heard_of(outcome)

    def step_reached(self, run: FlowRun, step: Step, turn: Turn, *, taken: bool) -> None:
        """Note the number of events of this turn that came before it."""
        if run.interaction != self.interaction or not run.frames:
            return
        self.run = run
        self.note_changes()
        section = run.frames[-1].section
        taken_step = TracedStep(turn.now, section, step.line, _verb_words(step), step.name)
        if not taken:
            taken_step.outcomes.append("skipped")
        self.steps.append(taken_step)
        self.marks.append((turn.events_told, taken_step))

    def heard_of(self, outcome: Outcome) -> None:
        for command in outcome.commands:
            if isinstance(command, LookUp) and command.call == self.interaction:
                self.asked[command.look_up] = command.name
        for number, event in enumerate(outcome.events):
            if getattr(event, "interaction", None) == self.interaction:
                self.tell(event, number)
        if self.marks:
            self.marks = [(-1, self.marks[-1][1])]
        self.note_changes()

    def tell(self, event: Event, number: int) -> None:
        self.events.append(event)
        if isinstance(event, InteractionStarted):
            self.flow = next((f for f in self.site.flows if f.name == event.flow), None)
            own = self.flow.flags if self.flow is not None else {}
            self.flags = {**own, **self.switched.get(event.flow, {})}
        told = observation(event)
        before = [taken_step for mark, taken_step in self.marks if mark <= number]
        words = outcome_words(told) if told is not None else ""
        if before and words:
            before[-1].outcomes.append(words)

    def note_changes(self) -> None:
        """The variables that changed since belong to the step that ran last."""
        if self.run is None:
            return
        values = _values(self.run, self.hidden())
        changed = {name: text for name, text in values.items() if self.values.get(name) != text}
        self.values = values
        if self.steps:
            shown = {name: text.partition("\0")[0] for name, text in changed.items()}
            self.steps[-1].changed.update(shown)

    def hidden(self) -> frozenset[str]:
        return self.flow.secret_variables() if self.flow is not None else frozenset()

    def traced(self, path: Path) -> Traced:
        if self.flow is None:
            raise CallUnknown(f"{path} does not hold call {self.interaction}")
        replies = {name: tuple(given) for name, given in self.replies.items()}
        call = past_call(
            self.interaction, self.flow, self.events, replies=replies, flags=self.flags
        )
        return Traced(call, tuple(self.steps))


def _values(run: FlowRun, hidden: frozenset[str]) -> dict[str, str]:
    """All a run knows, sensitive values hidden; after a NUL what tells a change of one."""
    values = {
        name: f"{HIDDEN}\0{len(text)}" if name in hidden else text
        for name, text in run.variables.items()
    }
    for name, fields in run.look_ups.items():
        values[f"{name}.found"] = "true" if fields is not None else "false"
        values |= {f"{name}.{key}": text for key, text in (fields or {}).items()}
    values |= {f"tag {key}": text for key, text in run.tags.items()}
    return values | {"language": run.language, "caller.status": run.caller_status}


def _verb_words(step: Step) -> str:
    """The verb and what it is about, as far as that is a name."""
    return f"{step.verb.spec.name} {step.verb.subject()}".strip()


def past_call(
    interaction: str,
    flow: Flow,
    events: Iterable[Event],
    *,
    replies: dict[str, tuple[Reply, ...]] | None = None,
    flags: dict[str, str] | None = None,
) -> PastCall:
    """A call out of its events.

    Raises:
        CallUnknown: its beginning is not among them.
    """
    told = list(events)
    started = next((e for e in told if isinstance(e, InteractionStarted)), None)
    if started is None:
        raise CallUnknown(f"there is no beginning of call {interaction}")
    ended = next((e for e in told if isinstance(e, InteractionEnded)), None)
    tags = {e.key: e.value for e in told if isinstance(e, InteractionTagged)}
    return PastCall(
        interaction=interaction,
        flow=flow,
        arrived_at=started.at,
        called=started.called_number,
        caller=started.caller_number,
        observations=tuple(h for h in map(observation, told) if h is not None),
        replies=replies or {},
        flags=flags or {},
        language=ended.language if ended is not None else "",
        tags=tags,
    )


def trace_events(interaction: str, flow: Flow, events: Sequence[Event]) -> Traced:
    """The trace of a call as far as its events tell; a step is named by what came of it."""
    call = past_call(interaction, flow, events)
    steps: list[TracedStep] = []
    section = ""
    for told in call.observations:
        section = told.name if told.kind is Kind.ENTERED else section
        detail = f"{told.name} {told.detail}".strip()[:SHOWN_LENGTH]
        steps.append(
            TracedStep(
                told.at, section, _line(flow, section, told), str(told.kind), outcomes=[detail]
            )
        )
    return Traced(call, tuple(steps))


def _line(flow: Flow, section: str, told: Observation) -> int:
    """The line of the step in this section that is about the same thing, 0 when none is."""
    steps = [
        step
        for name, found in flow.sections.items()
        if name == section or name.startswith(f"{section}[")
        for step in found.steps
    ]
    elsewhere = told.kind in {Kind.CHOSE, Kind.TOLD}
    about = told.detail.removeprefix("in ") if elsewhere else told.name
    if told.kind is Kind.ENTERED:
        return steps[0].line if steps else 0
    for step in steps:
        if about in (*_verb_words(step).split(), *step.verb.told_first()):
            return step.line
    return 0
