"""The observations of a simulated call, one line each: for checks, messages and traces."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from zoneinfo import ZoneInfo

from contactcenter_ari.core.spoken.value import write_value
from contactcenter_ari.core.vocabulary.event import (
    AgentConnected,
    CallbackAttempted,
    CallbackBooked,
    CallbackClosed,
    CallerStatusSet,
    Event,
    FlowFailed,
    InputFailed,
    InputGathered,
    InteractionDequeued,
    InteractionEnded,
    InteractionQueued,
    InteractionTagged,
    LookUpDone,
    LostCallClosed,
    LostCallOpened,
    MenuChosen,
    OutsideDialed,
    OutsideEnded,
    Party,
    PriorityChanged,
    PromptPlayed,
    RecordingEnded,
    RecordingStarted,
    SectionEntered,
    WaitTold,
)
from contactcenter_ari.core.vocabulary.ids import CallId, RecordingId, owner_of


class Kind(StrEnum):
    """The kind of an observation; reads as the beginning of a sentence."""

    ENTERED = "entered"
    HEARD = "heard"
    CHOSE = "chose"
    GATHERED = "gathered"
    INPUT_FAILED = "input failed:"
    LOOKED_UP = "looked up"
    STATUS = "caller status"
    TAGGED = "tagged"
    FAULT = "fault:"
    QUEUED = "queued"
    TOLD = "told wait"
    MOVED = "moved in queue"
    DEQUEUED = "left queue"
    TALKED = "agent joined"
    DIALLED = "dialled"
    LINE = "outside line"
    RECORDING = "recording"
    MESSAGE = "message"
    BOOKED = "callback booked"
    CALLED_BACK = "called back:"
    SETTLED = "callback closed:"
    LOST = "lost call"
    PRESSED = "pressed"
    ENDED = "ended:"


JUDGMENTS = frozenset({Kind.CHOSE, Kind.GATHERED, Kind.INPUT_FAILED})
ENDS = {Party.SYSTEM: "hangup", Party.CALLER: "caller", Party.AGENT: "agent"}
SHOWN = 80
LONGER = "longer"
"""The words for a caller whose wait grew beyond what was said."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing; `name` is what it is about, `detail` the rest."""

    at: datetime
    kind: Kind
    name: str
    detail: str = ""

    def told(self, zone: ZoneInfo, *, whole: bool = False) -> str:
        """The line, with the wall-clock time of a zone; a long text only as a `whole`."""
        short = whole or len(self.detail) <= SHOWN
        detail = self.detail if short else f"{self.detail[: SHOWN - 1]}…"
        quoted = f': "{detail}"' if self.kind is Kind.HEARD else f" {detail}"
        tail = quoted if detail else ""
        return f"{self.at.astimezone(zone):%H:%M:%S} {self.kind} {self.name}{tail}"


def observation(event: Event) -> Observation | None:
    """An event as an observation; None for those that no flow engineer looks for."""
    told = _told(event)
    return Observation(event.at, *told) if told is not None else None


def _told(  # noqa: C901, PLR0912  # one arm an event
    event: Event,
) -> tuple[Kind, str, str] | None:
    match event:
        case SectionEntered(section=section):
            return Kind.ENTERED, section, ""
        case PromptPlayed(prompt=prompt):
            return Kind.HEARD, prompt, ""
        case MenuChosen(menu=menu, key=key):
            return Kind.CHOSE, key, f"in {menu}"
        case InputGathered(variable=variable, value=value):
            return Kind.GATHERED, variable, value or "(hidden)"
        case InputFailed(outcome=outcome):
            return Kind.INPUT_FAILED, outcome, ""
        case LookUpDone(name=name, outcome=outcome):
            return Kind.LOOKED_UP, name, outcome
        case CallerStatusSet(status=status):
            return Kind.STATUS, status, ""
        case InteractionTagged(key=key, value=value):
            return Kind.TAGGED, key, value
        case FlowFailed(reason=reason):
            return Kind.FAULT, reason, ""
        case OutsideDialed(dialed=number):
            return Kind.DIALLED, number, ""
        case OutsideEnded(dialed=number, outcome=outcome):
            return Kind.LINE, number, outcome
        case InteractionQueued(queue=queue, position=position):
            return Kind.QUEUED, queue, f"as number {position}"
        case WaitTold(queue=queue, told=told):
            return Kind.TOLD, f"{write_value(told)}s" if told else LONGER, f"in {queue}"
        case PriorityChanged(queue=queue, by=by):
            return Kind.MOVED, queue, f"by {by}"
        case InteractionDequeued(queue=queue, result=result, waited=waited):
            return Kind.DEQUEUED, queue, f"{result} after {waited.total_seconds():g}s"
        case AgentConnected(agent=agent):
            return Kind.TALKED, agent, ""
        case RecordingStarted(recording=recording) if _is_message(event, recording):
            return Kind.MESSAGE, "begun", ""
        case RecordingEnded(recording=recording) if _is_message(event, recording):
            spoken = event.duration if event.speech is None else event.speech
            return Kind.MESSAGE, "taken", f"{spoken.total_seconds():g}s"
        case CallbackBooked(queue=queue):
            return Kind.BOOKED, queue, ""
        case CallbackAttempted(attempt=attempt, result=result):
            return Kind.CALLED_BACK, result, f"at attempt {attempt}"
        case CallbackClosed(result=result):
            return Kind.SETTLED, result, ""
        case LostCallOpened():
            return Kind.LOST, "opened", ""
        case LostCallClosed(result=result):
            return Kind.LOST, "closed", result
        case InteractionEnded(ended_by=party, reason=reason):
            return Kind.ENDED, ENDS[party], reason
        case _:
            return None


def _is_message(event: RecordingStarted | RecordingEnded, recording: RecordingId) -> bool:
    """Whether a recording is a message: those are named after the call, others are not."""
    return owner_of(recording) == CallId(event.interaction)


def nearest(wanted: str, observations: Sequence[Observation]) -> str:
    """The name, or the spoken text, among the observations that is most like what was wanted."""
    names = list(dict.fromkeys([h.name for h in observations if h.name]))
    texts = list(dict.fromkeys([h.detail for h in observations if h.detail]))
    found = get_close_matches(wanted, [*names, *texts], n=1, cutoff=0.5)
    return found[0] if found else ""
