"""The problems of the ways through a flow: dead ends, circles, traps, no way to a person.

Looked at once every step is right by itself; consequences of a wrong name are not told twice.
"""

from collections.abc import Iterable, Mapping

from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.document import Scalar
from contactcenter_ari.config.flow_step import StepReader
from contactcenter_ari.config.step_graph import END, Edge, Place, StepGraph, circles
from contactcenter_ari.core.flow.language.declaration import Words
from contactcenter_ari.core.flow.language.destination import ON
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.graph import falls_through
from contactcenter_ari.core.flow.language.step import Step
from contactcenter_ari.core.flow.run import START
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.recording import Record, RecordingAct
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.vocabulary.prompt import SoundFile

ANSWERED = "answered"
NOTICES = ("record", "opgenomen", "opnemen", "opname", "запис", "įraš", "înregistr")
"""How a prompt says that the call is recorded."""


class FlowGraph:
    """Looks over one flow; problems go to the reading of its steps."""

    def __init__(self, flow: Flow, steps: StepReader, named: Map) -> None:
        self.flow = flow
        self.steps = steps
        self.named = named
        self.graph = StepGraph(flow)
        self.reached = self.graph.reach(self._beginnings())
        self.trapped = self.reached - self._ending()

    def __repr__(self) -> str:
        return f"<FlowGraph of {self.flow.name}: {self.graph}>"

    def check(self, *, whole: bool) -> None:
        """Note all problems there are. Unless the flow is whole, for a section ends nowhere, it is
        not known what that would lead to: nothing is told to be out of reach.
        """
        self._circles()
        self._traps()
        self._notices()
        if whole:
            self._unreached()
            self._persons()

    def ends_nowhere(self) -> list[str]:
        """The sections whose end leads nowhere; a called one leads back to its caller."""
        plain = self.graph.reach(
            self._roots(), lambda _place, edge: not (edge.called or edge.detour)
        )
        hang_up = self.graph.reach(self._hang_up())
        return [
            key.text
            for key, _ in self.named.entries
            if key.text in self.flow.sections
            and falls_through(key.text, self.flow.sections)
            and self._first_is(key.text, plain, hang_up)
        ]

    def left_open(self, section: str) -> list[str]:
        """The outcomes of the last step of a section that lead on; none if it has no outcomes."""
        steps = self.flow.sections[section].steps
        ways = steps[-1].verb.exits() if steps else ()
        return [way.outcome for way in ways if way.outcome and way.destination == ON]

    def _first_is(self, section: str, plain: set[Place], hang_up: set[Place]) -> bool:
        if not self.flow.sections[section].steps:
            return True
        first = (section, 0)
        return first in plain or (first not in self.reached and first not in hang_up)

    def _roots(self) -> list[Place]:
        """The positions at which the flow, or the treatment of a fault, begins."""
        faults = self.flow.on_error
        leads = self.graph.targets(faults, (START, 0)) if faults else []
        return [self.graph.first(START), *leads]

    def _hang_up(self) -> list[Place]:
        return [self.graph.first(self.flow.on_hangup)] if self.flow.on_hangup else []

    def _beginnings(self) -> list[Place]:
        return [*self._roots(), *self._hang_up()]

    def _blame(self, code: str, message: str, place: Place) -> None:
        word = self.steps.places.get(place)
        if word is not None:
            self.steps.reading.blame(code, message, word)

    def _line(self, place: Place) -> tuple[int, int]:
        word = self.steps.places.get(place) or Scalar("", 0, 0, 0, 0)
        return word.line, word.column

    def _of(self, *kinds: type[Verb]) -> list[tuple[Place, Step]]:
        found = [(place, self.graph.step(place)) for place in self.reached if place != END]
        return [(place, step) for place, step in found if isinstance(step.verb, kinds)]

    # ---- unreachable

    def _unreached(self) -> None:
        """Sections and steps that no call comes to; of a row of steps the first. What would be
        come to from one that is told is not told itself, nor what lies behind a trap.
        """
        if self.trapped:
            return
        explained: set[Place] = set()
        for section_name, index in self.graph.edges:
            place, before = (section_name, index), (section_name, index - 1)
            if index and before in self.reached and place not in self.reached:
                self._blame("E701", f"this step is never come to{self._why(before)}", place)
                explained |= self.graph.reach([place])
        unreached = {
            key.text: self.graph.reach([(key.text, 0)])
            for key, _ in self.named.entries
            if key.text in self.flow.sections and self.flow.sections[key.text].steps
            if (key.text, 0) not in self.reached | explained
        }
        for key, _ in self.named.entries:
            if key.text in unreached and self._is_first(key.text, unreached):
                message = f'section "{key.text}" is never come to'
                self.steps.reading.blame("E701", message, key)

    def _why(self, before: Place) -> str:
        """A reason why nothing comes after a step that the flow does not show."""
        verb = self.graph.step(before).verb
        word = verb.spec.name
        if verb.spec.outcome(ANSWERED) is None or ANSWERED in dict(verb.leads()):
            return ""
        return f": after the talk the call ends, unless {word} has a way for {ANSWERED}"

    @staticmethod
    def _is_first(section: str, unreached: Mapping[str, set[Place]]) -> bool:
        """Whether no other section leads here, or else this is the first of a circle of them."""
        leading = [name for name, places in unreached.items() if (section, 0) in places]
        circle = all((name, 0) in unreached[section] for name in leading)
        return circle and leading[0] == section

    # ---- circles and traps

    def _circles(self) -> None:
        """Ways round that a caller who presses nothing, or is gone, never leaves."""
        silent = {
            place: {edge.to for edge in self.graph.edges[place] if not edge.pressed}
            for place in self.reached - self.trapped - {END}
            if not self.graph.step(place).verb.spec.busy
        }
        for circle in circles(silent):
            last = max(circle, key=self._line)
            through = self._sections_of(circle)
            message = f"a circle in which the caller presses no key: {through}"
            self._blame("E702", message, last)

    def _sections_of(self, places: Iterable[Place]) -> str:
        names = [self.graph.root(section) for section, _ in sorted(places, key=self._line)]
        shown = list(dict.fromkeys(names))
        return ", ".join(shown[:5]) + (" ..." if len(shown) > 5 else "")  # noqa: PLR2004 - enough to find it

    def _ending(self) -> set[Place]:
        """The steps from which some way leads to an end."""
        return _closure({END}, self._backward(self.reached - {END}))

    def _backward(self, places: Iterable[Place]) -> dict[Place, set[Place]]:
        """From which of these steps each step is come to."""
        backward: dict[Place, set[Place]] = {}
        for place in places:
            for edge in self.graph.edges[place]:
                backward.setdefault(edge.to, set()).add(place)
        return backward

    def _traps(self) -> None:
        """Parts of the flow from which no way leads to an end."""
        ways = {place: {edge.to for edge in self.graph.edges[place]} for place in self.trapped}
        for circle in circles(ways):
            inside = set(circle)
            if all(ways[place] <= inside for place in circle):
                message = "the caller is trapped: no way from here leads to an end"
                self._blame("E703", message, min(circle, key=self._line))

    # ---- persons and notices

    def _persons(self) -> None:
        """Menus that give no way to a person; one after a person was there needs none."""

        def before_person(place: Place, _edge: Edge) -> bool:
            return not self.graph.step(place).verb.spec.person

        before = self.graph.reach([self.graph.first(START)], before_person) - {END}
        persons = {place for place in before if self.graph.step(place).verb.spec.person}
        served = _closure(persons, self._backward(before - persons))
        for place, _ in self._of(Menu):
            if place in before - served - self.trapped:
                self._blame("E505", "no key here leads to a person, sooner or later", place)

    def _notices(self) -> None:
        """Recordings begun before the caller was told."""

        def untold(place: Place, _edge: Edge) -> bool:
            return not self._tells(self.graph.step(place).verb)

        reach = self.graph.reach([self.graph.first(START)], untold)
        for place, step in self._of(Record):
            starts = isinstance(step.verb, Record) and step.verb.act is RecordingAct.START
            if starts and place in reach:
                message = "the recording starts before the caller was told of it"
                self._blame("E803", message, place)

    def _tells(self, verb: Verb) -> bool:
        return any(self._is_notice(prompt) for prompt in verb.told_first())

    def _is_notice(self, name: str) -> bool:
        prompt = self.flow.prompts.get(name)
        parts = [part for each in (prompt.parts.values() if prompt else ()) for part in each]
        for part in parts:
            if isinstance(part, SoundFile):
                return True  # nobody here can hear what it says
            words = "".join(piece.text for piece in part.pieces if isinstance(piece, Words))
            if any(notice in words.lower() for notice in NOTICES):
                return True
        return False


def _closure(starts: set[Place], ways: dict[Place, set[Place]]) -> set[Place]:
    found, waiting = set(starts), list(starts)
    while waiting:
        for to in ways.get(waiting.pop(), set()) - found:
            found.add(to)
            waiting.append(to)
    return found
