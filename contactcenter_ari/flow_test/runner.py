"""Plays one story: its script line by line, then what must hold in the end.

A check looks at what happened since the line before; what has not happened yet is waited
for as long as the call goes on by itself. Time never passes over a question to the caller:
that takes `silent`, `waits` or a key.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from contactcenter_ari.core.hours.calendar import is_open, next_open
from contactcenter_ari.core.vocabulary.event import Party
from contactcenter_ari.flow_test.failure import LAST_EVENTS, Failure
from contactcenter_ari.flow_test.observation import ENDS, Kind, Observation, nearest
from contactcenter_ari.flow_test.simulated_call import SimulatedCall, Whose
from contactcenter_ari.flow_test.story import (
    Aspect,
    Deed,
    Expectation,
    Place,
    ScriptLine,
    Story,
    StoryFile,
    TruthLine,
)

LONGEST = timedelta(hours=24)
"""A call that lasts longer is taken to go on without end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryResult:
    """How a story went; `visited` are the steps taken, by section and number from 0."""

    name: str
    place: Place
    failure: Failure | None = None
    visited: frozenset[tuple[str, int]] = field(default_factory=frozenset)
    observations: tuple[Observation, ...] = ()


class _Failed(Exception):
    """The line does not hold; carries what was expected and what was found."""

    def __init__(self, expected: str, found: str, *, near: str = "") -> None:
        super().__init__(expected)
        self.expected = expected
        self.found = found
        self.near = near


def run_story(file: StoryFile, story: Story) -> StoryResult:
    """Play one story of a file; a failure is in the result."""
    simulated = SimulatedCall(file.site, file.flow, story.given)
    playing = _Playing(file, simulated, story)
    failure = playing.failure()
    return StoryResult(
        name=story.name,
        place=story.place,
        failure=failure,
        visited=frozenset(simulated.transcript.visited),
        observations=tuple(simulated.transcript.observations),
    )


def check_truth(file: StoryFile, line: TruthLine) -> StoryResult:
    """One line of a truth table of opening hours."""
    calendar = file.flow.hours[line.hours]
    wanted, other = ("open", "closed") if line.is_open else ("closed", "open")
    name = f"{line.hours} is {wanted} at {line.written}"
    if is_open(calendar, line.at) == line.is_open:
        return StoryResult(name=name, place=line.place)
    opens = next_open(calendar, line.at) if line.is_open else None
    local = opens.astimezone(ZoneInfo(calendar.zone)) if opens else None
    failure = Failure(
        file=file.file,
        place=line.place,
        story="hours",
        expected=f"{line.hours} to be {wanted} at {line.written}",
        found=f"it is {other}" + (f"; it opens {local:%a %Y-%m-%d %H:%M}" if local else ""),
        source=_source(file, line.place),
    )
    return StoryResult(name=name, place=line.place, failure=failure)


def _source(file: StoryFile, place: Place) -> str:
    return file.lines[place.line - 1] if place.line <= len(file.lines) else ""


class _Playing:
    """One story on its simulated call; `cursor` is how many observations its checks
    have passed.
    """

    def __init__(self, file: StoryFile, simulated: SimulatedCall, story: Story) -> None:
        self.file = file
        self.simulated = simulated
        self.transcript = simulated.transcript
        self.story = story
        self.cursor = 0
        self.latest = simulated.now + LONGEST
        self.zone = ZoneInfo(file.flow.timezone)

    def failure(self) -> Failure | None:
        place = self.story.place
        try:
            for line in self.story.script:
                place = line.place
                self.act(line)
            place = self.story.script[-1].place if self.story.script else self.story.place
            self.until(lambda: False)
            if self.story.strict:
                self.move_to(len(self.transcript.observations))
            for expectation in self.story.expect:
                place = expectation.place
                self.expect(expectation)
        except _Failed as failed:
            return self.told(failed, place)
        return None

    def told(self, failed: _Failed, place: Place) -> Failure:
        return Failure(
            file=self.file.file,
            place=place,
            story=self.story.name,
            expected=failed.expected,
            found=failed.found,
            source=_source(self.file, place),
            nearest=failed.near,
            last=tuple(h.told(self.zone) for h in self.transcript.observations[-LAST_EVENTS:]),
        )

    # Time

    def until(self, holds: Callable[[], bool]) -> bool:
        """Let the call go on by itself until something holds; False when it never does."""
        while not holds():
            if self.simulated.whose_turn() is not Whose.WORLD or self.simulated.now > self.latest:
                return False
            self.simulated.pass_on()
        return True

    # Lines

    def act(self, line: ScriptLine) -> None:
        simulated = self.simulated
        match line.deed:
            case Deed.PRESSES:
                self.press(line)
            case Deed.SILENT:
                self.keep_silent()
            case Deed.WAITS:
                self.alive("the caller to wait")
                simulated.wait(line.duration)
            case Deed.RECORDS:
                self.record(line)
            case Deed.HANGS_UP:
                self.alive("the caller to hang up")
                self.move_to(len(self.transcript.observations))
                simulated.hang_up()
            case Deed.AGENT:
                self.agent(line.value)
            case Deed.FAILS:
                simulated.switch.failing.add(line.value)
            case _:
                self.check(line)

    def press(self, line: ScriptLine) -> None:
        if not line.early and not self.until(self.simulated.takes_keys):
            raise _Failed(f"to press {line.value}", f"nobody asks for a key: {self.whereabouts()}")
        self.alive(f"to press {line.value}")
        self.move_to(len(self.transcript.observations))
        self.simulated.press(line.value)

    def keep_silent(self) -> None:
        simulated = self.simulated
        if not self.until(lambda: simulated.is_listening() or simulated.records_caller()):
            raise _Failed("a question to be silent at", self.whereabouts())
        simulated.keep_silent()
        before = self.transcript.judgments()
        while simulated.is_listening() and self.transcript.judgments() == before:
            simulated.pass_on()

    def record(self, line: ScriptLine) -> None:
        if not self.until(self.simulated.records_caller):
            raise _Failed("a message to be recorded", self.whereabouts())
        self.move_to(len(self.transcript.observations))
        if line.hangs_up:
            self.simulated.speak(line.duration)
            self.alive("the caller to hang up")
            self.simulated.hang_up()
        else:
            self.simulated.leave_message(line.duration, line.key or "#")

    def agent(self, deed: str) -> None:
        simulated = self.simulated
        if deed == "answers":
            if not simulated.waiting:
                raise _Failed("an agent to answer", self.whereabouts())
            self.move_to(len(self.transcript.observations))
            simulated.agent_answers()
            return
        if not self.until(lambda: simulated.in_talk):
            raise _Failed("an agent to hang up", self.whereabouts())
        self.move_to(len(self.transcript.observations))
        simulated.other_side_hangs_up()

    def check(self, line: ScriptLine) -> None:
        wanted = _WANTED[line.deed].format(line.value)
        if (
            line.deed is Deed.AT
            and self.transcript.section == line.value
            and not self.transcript.ended
        ):
            return
        found: list[int] = []

        def holds() -> bool:
            observations = self.transcript.observations
            start = self.cursor if not found else found[0]
            found[:] = [
                n for n in range(start, len(observations)) if _matches(line, observations[n])
            ][:1]
            return bool(found)

        if not self.until(holds):
            since = self.transcript.observations[self.cursor :]
            near = nearest(line.value, [h for h in since if h.kind is _KINDS[line.deed]])
            raise _Failed(wanted, self.whereabouts(), near=near)
        self.move_to(found[0], wanted)
        self.cursor = found[0] + 1

    def move_to(self, index: int, wanted: str = "no further prompt") -> None:
        """Go on to a place in what happened; a strict story passes no prompt by."""
        for observation in self.transcript.observations[self.cursor : index]:
            if self.story.strict and observation.kind is Kind.HEARD:
                raise _Failed(wanted, f"{observation.name} was heard before (strict)")
        self.cursor = max(self.cursor, index)

    def alive(self, wanted: str) -> None:
        if self.transcript.ended:
            raise _Failed(wanted, self.whereabouts())

    def whereabouts(self) -> str:
        return self.simulated.situation()

    # In the end

    def expect(self, expectation: Expectation) -> None:
        match expectation.aspect:
            case Aspect.PATH:
                self.expect_path(expectation.values)
            case Aspect.ENDS:
                self.expect_end(expectation.values[0])
            case Aspect.LANGUAGE:
                language = self.transcript.run.language
                if language != expectation.values[0]:
                    raise _Failed(f"language {expectation.values[0]}", f"it is {language}")
            case Aspect.TAGS:
                self.expect_value("tag", expectation, self.transcript.run.tags)
            case Aspect.VARIABLES:
                self.expect_value("variable", expectation, self.transcript.run.variables)

    def expect_path(self, wanted: tuple[str, ...]) -> None:
        path = tuple(h.name for h in self.transcript.observations if h.kind is Kind.ENTERED)
        if path != wanted:
            raise _Failed(f"the path {', '.join(wanted)}", f"it was {', '.join(path)}")

    def expect_end(self, wanted: str) -> None:
        ends = [h for h in self.transcript.observations if h.kind is Kind.ENDED]
        if not ends:
            raise _Failed(f"the call to end with {wanted}", self.whereabouts())
        ended = {ends[0].name, ends[0].detail}
        if ends[0].name == ENDS[Party.AGENT]:  # our side hung up, after an agent had
            ended.add(ENDS[Party.SYSTEM])
        if wanted not in ended:
            found = f"it ended with {ends[0].name} ({ends[0].detail})"
            raise _Failed(f"the call to end with {wanted}", found)

    def expect_value(self, what: str, expectation: Expectation, values: dict[str, str]) -> None:
        name, wanted = expectation.name, expectation.values[0]
        given = values.get(name, "")
        if given == wanted:
            return
        if name in self.file.flow.secret_variables():
            raise _Failed(f"another value of {what} {name}", "it is sensitive and not shown")
        found = f'it is "{given}"' if name in values else "it was never set"
        raise _Failed(f'{what} {name} to be "{wanted}"', found, near=nearest_name(name, values))


def nearest_name(name: str, values: dict[str, str]) -> str:
    """A name that was set and is like the one that was not."""
    if name in values:
        return ""
    close = [other for other in values if other.lower() == name.lower()]
    return close[0] if close else ""


_WANTED = {
    Deed.HEARS: "to hear {}",
    Deed.QUEUED: "to be queued in {}",
    Deed.DIALLED: "{} to be dialled",
    Deed.RECORDING: "recording: {}",
    Deed.AT: "to come to section {}",
}
_KINDS = {
    Deed.HEARS: Kind.HEARD,
    Deed.QUEUED: Kind.QUEUED,
    Deed.DIALLED: Kind.DIALLED,
    Deed.RECORDING: Kind.RECORDING,
    Deed.AT: Kind.ENTERED,
}


def _matches(line: ScriptLine, observation: Observation) -> bool:
    """A name exactly; of what is heard, also a part of the text, however it is spaced."""
    if observation.kind is not _KINDS[line.deed]:
        return False
    if line.deed is Deed.HEARS and _plain(line.value) in _plain(observation.detail):
        return True
    return observation.name == line.value


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
