"""The transcript of a simulated call: the steps that the caller reached, and all that happened."""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime

from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.step import Step
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.verb.agent import RingAgent
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.core.turn import Outcome, Turn
from contactcenter_ari.core.vocabulary.command import Command, PlayPrompt, StopRecording
from contactcenter_ari.core.vocabulary.event import (
    Event,
    InteractionEnded,
    InteractionStarted,
    PromptPlayed,
    RecordingPaused,
    RecordingResumed,
    RecordingStarted,
)
from contactcenter_ari.core.vocabulary.ids import InteractionId, LegId
from contactcenter_ari.core.vocabulary.prompt import PromptPart, SoundFile
from contactcenter_ari.flow_test.observation import JUDGMENTS, Kind, Observation, observation

CALLER = LegId("caller")
RECORDING: dict[type[Event], str] = {
    RecordingStarted: "start",
    RecordingPaused: "pause",
    RecordingResumed: "resume",
}
"""The events of a recording, in the words of the flow language."""


class Transcript:
    """Follows the one call of the caller, among all calls of a center. In line the caller may be
    `offered_keys`.
    """

    def __init__(self, site: Site, flow: Flow) -> None:
        self.observations: list[Observation] = []
        self.visited: set[tuple[str, int]] = set()
        self.ended = False
        self.verb: Verb | None = None
        self.offered_keys = False
        self.interaction: InteractionId | None = None
        self._site = site
        self._flow = flow
        self._run: FlowRun | None = None

    def __repr__(self) -> str:
        return f"<Transcript of {len(self.observations)} observations>"

    @property
    def run(self) -> FlowRun:
        """The position of the call, or the last one when it has ended."""
        assert self._run is not None, "the call arrived when the simulated call was made"
        return self._run

    @property
    def section(self) -> str:
        """The section the call is in, or was in."""
        entered = [h.name for h in self.observations if h.kind is Kind.ENTERED]
        return entered[-1] if entered else ""

    def judgments(self) -> int:
        """How many inputs were made or failed so far."""
        return sum(h.kind in JUDGMENTS for h in self.observations)

    def step_reached(self, run: FlowRun, step: Step, _turn: Turn, *, taken: bool) -> None:
        """Follow the caller through the flow."""
        if run.leg != CALLER:
            return
        self._run = run
        if not taken:
            return
        self.visited.add((run.frames[-1].section, run.frames[-1].step))
        self.verb = step.verb
        if isinstance(self.verb, Queue | RingAgent):
            self.offered_keys = isinstance(self.verb, Queue) and bool(self.verb.keys)

    def press(self, keys: str, now: datetime) -> None:
        """The caller pressed keys, which nobody is to read."""
        self.observations.append(Observation(now, Kind.PRESSED, "*" * len(keys)))

    def note(self, outcome: Outcome, now: datetime) -> list[Event]:
        """Write down commands and events as they belong together: a prompt is heard when it is
        played, a recording is stopped when that is commanded, and silent before it is asked.
        Gives the events of the caller.
        """
        own: list[Event] = []
        spoken = [c.parts for c in outcome.commands if isinstance(c, PlayPrompt) and _ours(c)]
        parts = [part for prompt in spoken for part in prompt]
        events = deque(_silent_first(outcome.events))
        for command in outcome.commands:
            if isinstance(command, StopRecording):
                own += self._tell_until(RecordingResumed, events, parts)
                self.observations.append(Observation(now, Kind.RECORDING, "stop"))
            elif isinstance(command, PlayPrompt) and _ours(command):
                own += self._tell_until(PromptPlayed, events, parts)
        return [*own, *self._tell_own(events, parts)]

    def _tell_until(
        self, last: type[Event], events: deque[Event], parts: list[PromptPart]
    ) -> list[Event]:
        """The events before one of a kind, if there is one, and that event itself."""
        number = next((n for n, event in enumerate(events) if isinstance(event, last)), -1)
        return list(self._tell_own([events.popleft() for _ in range(number + 1)], parts))

    def _tell_own(self, events: Sequence[Event], parts: list[PromptPart]) -> Iterator[Event]:
        for event in events:
            if isinstance(event, InteractionStarted) and event.leg == CALLER:
                self.interaction = event.interaction
            if getattr(event, "interaction", None) == self.interaction:
                self._tell(event, parts)
                yield event

    def _tell(self, event: Event, parts: list[PromptPart]) -> None:
        told = observation(event)
        if isinstance(event, PromptPlayed):
            own = [parts.pop(0) for _ in range(min(self._parts(event.prompt), len(parts)))]
            told = Observation(event.at, Kind.HEARD, event.prompt, " ".join(map(_text, own)))
        elif (act := RECORDING.get(type(event))) is not None:
            told = Observation(event.at, Kind.RECORDING, act)
        if told is not None:
            self.observations.append(told)
        if isinstance(event, InteractionEnded):
            self.ended = True

    def _parts(self, name: str) -> int:
        """The number of parts of a prompt in the language of the call."""
        prompt = self._flow.prompts.get(name) or self._site.prompts.get(name)
        if prompt is None:
            return 0
        for language in (self.run.language, self._flow.languages[0]):
            if language in prompt.parts:
                return len(prompt.parts[language])
        return len(next(iter(prompt.parts.values()), ()))


def _silent_first(events: Sequence[Event]) -> list[Event]:
    """The events of a turn, a change of silence before what is said in the same instant."""
    changes = [each for each in events if isinstance(each, RecordingPaused | RecordingResumed)]
    others = [each for each in events if each not in changes]
    begun = [n for n, each in enumerate(others) if isinstance(each, RecordingStarted)]
    said = [n for n, each in enumerate(others) if isinstance(each, PromptPlayed)]
    first = next((n for n in said if n > max(begun, default=-1)), None)
    if first is None:
        return list(events)
    return [*others[:first], *changes, *others[first:]]


def _ours(command: Command) -> bool:
    return getattr(command, "leg", None) == CALLER


def _text(part: PromptPart) -> str:
    return f"sound:{part.path}" if isinstance(part, SoundFile) else part.text
