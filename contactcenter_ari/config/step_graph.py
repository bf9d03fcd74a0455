"""The steps of one flow as a graph: which step may follow which.

An edge tells whether a key of the caller's opens it. What is not known before the call (where
`back` and `return` lead) is taken widely: every way there may be is an edge.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from contactcenter_ari.core.flow.language.destination import Destination, Exit, Way
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.graph import global_exits
from contactcenter_ari.core.flow.language.step import Step

Place = tuple[str, int]
"""A step: its section and its number there."""
END: Place = ("", 0)
"""The end of a call, or of a called section."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A way to a step; `detour` is a key pressed in a queue, whose end leads back there."""

    to: Place
    pressed: bool = False
    detour: bool = False
    called: bool = False


class StepGraph:
    """All steps of a flow and the edges between them."""

    def __init__(self, flow: Flow) -> None:
        self.sections = flow.sections
        self._flow = flow
        self._holders = {
            way.destination.section: place
            for place, step in self._steps()
            for way in step.verb.exits()
            if way.destination.way is Way.INLINE
        }
        self._origins = self._sections_before()
        self.edges = {place: tuple(self._edges(place, step)) for place, step in self._steps()}

    def __repr__(self) -> str:
        return f"<StepGraph: {len(self.edges)} steps>"

    def step(self, place: Place) -> Step:
        """The step at a place."""
        return self.sections[place[0]].steps[place[1]]

    def first(self, section: str) -> Place:
        """The first step of a section; the end when it has no steps or does not exist."""
        found = self.sections.get(section)
        if found is None:
            return END
        return (section, 0) if found.steps else self._after_section(section)

    def root(self, section: str) -> str:
        """The named section that holds an inline list."""
        while section in self._holders:
            section = self._holders[section][0]
        return section

    def targets(self, destination: Destination, place: Place) -> list[Place]:
        """The steps a destination may lead to from a step."""
        match destination.way:
            case Way.SECTION | Way.INLINE:
                return [self.first(destination.section)]
            case Way.CALL:
                return [self.first(destination.section), self._after(place)]
            case Way.CONTINUE:
                return [self._after(place)]
            case Way.REPEAT:
                return [place]
            case Way.BACK:
                root = self.root(place[0])
                return [self.first(name) for name in self._origins.get(root) or (root,)]
            case Way.RETURN | Way.HANG_UP:
                return [END]

    def reach(
        self,
        starts: Iterable[Place],
        follow: Callable[[Place, Edge], bool] = lambda _place, _edge: True,
    ) -> set[Place]:
        """All steps (and the end) that can be come to from some, by edges worth following."""
        found = set(starts)
        waiting = list(found)
        while waiting:
            place = waiting.pop()
            for edge in self.edges.get(place, ()):
                if edge.to not in found and follow(place, edge):
                    found.add(edge.to)
                    waiting.append(edge.to)
        return found

    def _steps(self) -> Iterator[tuple[Place, Step]]:
        for name, section in self.sections.items():
            for index, step in enumerate(section.steps):
                yield (name, index), step

    def _edges(self, place: Place, step: Step) -> Iterator[Edge]:
        if step.when is not None:
            yield Edge(self._after(place))
        for way in self._exits(step):
            called = way.destination.way is Way.CALL
            for index, to in enumerate(self.targets(way.destination, place)):
                yield Edge(to, way.pressed, detour=way.detour, called=called and index == 0)

    def _exits(self, step: Step) -> Iterator[Exit]:
        yield from step.verb.exits()
        yield from global_exits(step.verb, self._flow)

    def _after(self, place: Place) -> Place:
        section, index = place
        if index + 1 < len(self.sections[section].steps):
            return section, index + 1
        return self._after_section(section)

    def _after_section(self, section: str) -> Place:
        seen = set()
        while section in self._holders and section not in seen:
            seen.add(section)
            section, index = self._holders[section]
            if index + 1 < len(self.sections[section].steps):
                return section, index + 1
        return END

    def _sections_before(self) -> dict[str, list[str]]:
        """From which sections each section is gone to."""
        before: dict[str, list[str]] = {}
        for place, step in self._steps():
            for way in self._exits(step):
                if way.destination.way in {Way.SECTION, Way.CALL}:
                    origins = before.setdefault(way.destination.section, [])
                    if (root := self.root(place[0])) not in origins:
                        origins.append(root)
        return before


def circles(graph: Mapping[Place, Collection[Place]]) -> list[list[Place]]:
    """The sets of steps from each of which one can come back to it (Tarjan, without recursion)."""
    number: dict[Place, int] = {}
    lowest: dict[Place, int] = {}
    stack: list[Place] = []
    on_stack: set[Place] = set()
    found: list[list[Place]] = []
    for start in graph:
        if start in number:
            continue
        work = [(start, iter(graph[start]))]
        number[start] = lowest[start] = len(number)
        stack.append(start)
        on_stack.add(start)
        while work:
            place, rest = work[-1]
            deeper = next((to for to in rest if to in graph and to not in number), None)
            if deeper is not None:
                number[deeper] = lowest[deeper] = len(number)
                stack.append(deeper)
                on_stack.add(deeper)
                work.append((deeper, iter(graph[deeper])))
                continue
            work.pop()
            near = [lowest[to] for to in graph[place] if to in on_stack]
            lowest[place] = min([lowest[place], *near])
            if lowest[place] == number[place]:
                circle = _taken(stack, on_stack, place)
                if len(circle) > 1 or place in graph[place]:
                    found.append(circle)
    return found


def _taken(stack: list[Place], on_stack: set[Place], last: Place) -> list[Place]:
    taken: list[Place] = []
    while not taken or taken[-1] != last:
        taken.append(stack.pop())
        on_stack.discard(taken[-1])
    return taken
