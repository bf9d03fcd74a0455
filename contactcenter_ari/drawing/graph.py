"""A call flow as boxes and arrows, and as text for Mermaid.

A box is a section with its verbs; lists of steps written inline stand in the box that holds
them. An arrow carries the keys and outcomes that lead along it. Ways without a section of
their own (`back`, `repeat`, `return`) are told inside the box.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.flow.language.destination import Destination, Lead, Way
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.graph import global_exits
from contactcenter_ari.core.flow.language.step import Section, Step
from contactcenter_ari.core.flow.run import START

LINE_LIMIT = 48
"""Characters of a line in a box."""
ENTRY, KEYS, FAULT, AFTER = "(entry)", "(keys)", "(fault)", "(after)"
HANG_UP, OUTSIDE = "(hang up)", "(outside line)"
"""Names of boxes that are no sections."""


class Shape(StrEnum):
    """The thing that a box stands for."""

    BEGINNING = "beginning"
    SECTION = "section"
    END = "end"


@dataclass(frozen=True, slots=True)
class Box:
    """A section with its verbs in words, or a beginning or end; the first line is its title."""

    name: str
    shape: Shape
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one box to another, for all the keys and outcomes of `labels`; `returns` for a
    section that is called and comes back.
    """

    source: str
    target: str
    labels: tuple[str, ...]
    returns: bool = False

    @property
    def label(self) -> str:
        """The labels side by side; those that are nothing are left out."""
        return shortened(", ".join(filter(None, self.labels)))


@dataclass(frozen=True, slots=True)
class Graph:
    """Boxes in the order of the file, and the arrows between them."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def flow_graph(flow: Flow, *, since: str = "", until: str = "") -> Graph:
    """The graph of a flow; with `since` only what can be reached from that section, with
    `until` only what can lead to that one. Raises RequestRefused for an unknown section.
    """
    sections = {name: part for name, part in flow.sections.items() if not part.inline}
    for name in filter(None, (since, until)):
        if name not in sections:
            known = ", ".join(sections)
            raise RequestRefused("unknown_section", f'there is no section "{name}": {known}')
    found = [lead for name in sections for lead in _leads_of(flow.sections, name)]
    found += _leads_of_flow(flow)
    boxes = [*_beginnings(flow, found), *(_box(flow.sections, name) for name in sections)]
    ends = {HANG_UP: "hang up", OUTSIDE: "outside line"}
    targets = {lead.target for lead in found}
    boxes += [Box(n, Shape.END, (text,)) for n, text in ends.items() if n in targets]
    whole = Graph(tuple(boxes), _merged(found))
    return _part(whole, _asking(flow, sections), since=since, until=until)


def mermaid(graph: Graph) -> str:
    """The graph as the text of a Mermaid flowchart."""
    ids = {box.name: f"b{number}" for number, box in enumerate(graph.boxes)}
    lines = ["flowchart TD"]
    for box in graph.boxes:
        text = "<br/>".join(_escaped(line) for line in box.lines)
        left, right = ("[", "]") if box.shape is Shape.SECTION else ("([", "])")
        lines.append(f'    {ids[box.name]}{left}"{text}"{right}')
    for arrow in graph.arrows:
        line = "-.->" if arrow.returns else "-->"
        label = f'|"{_escaped(arrow.label)}"|' if arrow.label else ""
        lines.append(f"    {ids[arrow.source]} {line}{label} {ids[arrow.target]}")
    return "\n".join(lines) + "\n"


def shortened(text: str) -> str:
    """The text, or its beginning when it is long."""
    return text if len(text) <= LINE_LIMIT else f"{text[: LINE_LIMIT - 1]}…"


def _leads_of(
    sections: Mapping[str, Section], name: str, source: str = "", path: tuple[str, ...] = ()
) -> Iterator[Arrow]:
    """The arrows of one section, those of its inline lists with the way that leads there."""
    for step in sections[name].steps:
        for label, destination in (*step.verb.leads(), *_implied(step)):
            labels = (*path, label) if label else path
            if destination.way is Way.INLINE:
                yield from _leads_of(sections, destination.section, source or name, labels)
            elif arrow := _arrow(source or name, destination, labels):
                yield arrow
        if step.verb.spec.leaves:
            yield Arrow(source or name, OUTSIDE, (" / ".join((*path, step.verb.spec.name)),))


def _implied(step: Step) -> Iterator[Lead]:
    """The talks that end the call without the flow saying so; a transfer has an arrow for that."""
    verb = step.verb
    given = dict(verb.leads())
    for outcome in verb.spec.outcomes if not verb.spec.leaves else ():
        if outcome.otherwise.way is Way.HANG_UP and outcome.name not in given:
            yield outcome.name, outcome.otherwise


def _arrow(source: str, destination: Destination, path: tuple[str, ...]) -> Arrow | None:
    label = (" / ".join(path),)
    match destination.way:
        case Way.SECTION:
            return Arrow(source, destination.section, label)
        case Way.CALL:
            return Arrow(source, destination.section, label, returns=True)
        case Way.HANG_UP:
            return Arrow(source, HANG_UP, label)
        case _:
            return None


def _leads_of_flow(flow: Flow) -> list[Arrow]:
    """The ways into sections from outside of them."""
    found = [Arrow(ENTRY, START, ("",))] if START in flow.sections else []
    for key, destination in flow.global_keys.items():
        found += _outer_leads(flow, KEYS, destination, key)
    if flow.on_error is not None:
        found += _outer_leads(flow, FAULT, flow.on_error, "")
    if flow.on_hangup:
        found.append(Arrow(AFTER, flow.on_hangup, ("",)))
    return found


def _outer_leads(flow: Flow, source: str, lead: Destination, label: str) -> list[Arrow]:
    path = (label,) if label else ()
    if lead.way is Way.INLINE:
        return list(_leads_of(flow.sections, lead.section, source, path))
    arrow = _arrow(source, lead, path)
    return [arrow] if arrow else []


def _beginnings(flow: Flow, arrows: list[Arrow]) -> list[Box]:
    titles = {
        ENTRY: (flow.name, *flow.numbers),
        KEYS: ("any menu or gather",),
        FAULT: ("after a fault",),
        AFTER: ("after the call",),
    }
    sources = {arrow.source for arrow in arrows}
    return [Box(n, Shape.BEGINNING, lines) for n, lines in titles.items() if n in sources]


def _box(sections: Mapping[str, Section], name: str) -> Box:
    lines = (shortened(line) for line in _lines(sections, name, ""))
    return Box(name, Shape.SECTION, (name, *lines))


def _lines(sections: Mapping[str, Section], name: str, indent: str) -> Iterator[str]:
    for step in sections[name].steps:
        yield indent + step.words()
        yield from _lines_of_leads(sections, step, indent + "\u00a0\u00a0")


def _lines_of_leads(sections: Mapping[str, Section], step: Step, indent: str) -> Iterator[str]:
    for label, destination in step.verb.leads():
        if destination.way is Way.INLINE:
            yield f"{indent}{label}:"
            yield from _lines(sections, destination.section, indent + "\u00a0\u00a0")
        elif destination.way in {Way.BACK, Way.REPEAT, Way.RETURN} and label:
            yield f"{indent}{label}: {destination.way}"


def _merged(arrows: list[Arrow]) -> tuple[Arrow, ...]:
    """One arrow for all that lead the same way."""
    merged: dict[tuple[str, str, bool], list[str]] = {}
    for arrow in arrows:
        labels = merged.setdefault((arrow.source, arrow.target, arrow.returns), [])
        labels += [label for label in arrow.labels if label not in labels]
    return tuple(
        Arrow(source, target, tuple(labels), returns)
        for (source, target, returns), labels in merged.items()
    )


def _asking(flow: Flow, names: Mapping[str, Section]) -> set[str]:
    """The sections in which a global key may be pressed."""
    return {name for name in names if _asks(flow, name)}


def _asks(flow: Flow, name: str) -> bool:
    for step in flow.sections[name].steps:
        if global_exits(step.verb, flow):
            return True
        for _, destination in step.verb.leads():
            if destination.way is Way.INLINE and _asks(flow, destination.section):
                return True
    return False


def _part(graph: Graph, asking: set[str], *, since: str, until: str) -> Graph:
    """The boxes between two sections. A menu leads on by the global keys, too."""
    pairs = [(arrow.source, arrow.target) for arrow in graph.arrows]
    pairs += [(name, KEYS) for name in asking]
    kept = {box.name for box in graph.boxes}
    if since:
        kept &= _reached(since, pairs)
    if until:
        kept &= _reached(until, [(target, source) for source, target in pairs])
    return Graph(
        tuple(box for box in graph.boxes if box.name in kept),
        tuple(a for a in graph.arrows if a.source in kept and a.target in kept),
    )


def _reached(start: str, pairs: list[tuple[str, str]]) -> set[str]:
    followers: dict[str, list[str]] = {}
    for source, target in pairs:
        followers.setdefault(source, []).append(target)
    reached, open_ends = {start}, [start]
    while open_ends:
        for target in followers.get(open_ends.pop(), ()):
            if target not in reached:
                reached.add(target)
                open_ends.append(target)
    return reached


_ENTITIES = {"&": "#amp;", "#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;"}


def _escaped(text: str) -> str:
    return "".join(_ENTITIES.get(mark, mark) for mark in text)
