"""The positions of the boxes of a graph: in rows, so that most arrows point down and few cross.

Boxes are put into rows by their longest way from the top, rows are put in order by the mean place
of their neighbors, and an arrow over several rows gets a narrow place in each. The same graph
always gives the same places.
"""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contactcenter_ari.drawing.graph import Graph

SWEEPS = 8
"""How often the rows are put in order, down and up."""
GAP, ROW_GAP, MARGIN = 40.0, 72.0, 24.0
LANE = 16.0
"""The width of the place an arrow takes when it passes a row."""

Point = tuple[float, float]
Edge = tuple[str, str]
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a box, in pixels."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """The middle of each box; the points of each arrow, from the rim of one box to that of the
    other; and which one it is of those that leave its box, from the left.
    """

    places: Mapping[str, Point]
    ways: Mapping[Edge, tuple[Point, ...]]
    ranks: Mapping[Edge, int]
    width: float
    height: float


def laid_out(graph: Graph, sizes: Mapping[str, Size]) -> Layout:
    """The places of all boxes of these sizes."""
    names = [box.name for box in graph.boxes]
    edges = list(dict.fromkeys((a.source, a.target) for a in graph.arrows))
    edges = [edge for edge in edges if edge[0] != edge[1]]
    downward = _downward(names, edges)
    rows, lanes = _rows(names, list(downward.values()))
    _put_in_order(rows, _neighbors(lanes.values()))
    wide = {name: sizes[name].width if name in sizes else LANE for row in rows for name in row}
    tall = [max((sizes[n].height for n in row if n in sizes), default=LANE) for row in rows]
    across = _across(rows, wide, _neighbors(lanes.values()))
    spans = _spans(tall)
    span_of = {name: span for row, span in zip(rows, spans, strict=True) for name in row}
    places = {name: (across[name], sum(span) / 2) for name, span in span_of.items()}
    ports = _ports(downward, lanes, across, wide)
    ways = {
        edge: _way(edge, lanes[drawn], ports=ports, places=places, spans=span_of, sizes=sizes)
        for edge, drawn in downward.items()
    }
    right = max((across[n] + wide[n] / 2 for n in across), default=0.0)
    low = spans[-1][1] if spans else 0.0
    return Layout(places, ways, _ranks(ways), right + MARGIN, low + MARGIN)


def _spans(tall: list[float]) -> list[Span]:
    """The beginning and the end of each row, from the top."""
    spans, top = [], MARGIN
    for height in tall:
        spans.append((top, top + height))
        top += height + ROW_GAP
    return spans


def _downward(names: list[str], edges: list[Edge]) -> dict[Edge, Edge]:
    """Each edge as it is drawn: one that closes a circle is turned round."""
    followers: dict[str, list[str]] = {name: [] for name in names}
    for source, target in edges:
        followers[source].append(target)
    closing: set[Edge] = set()
    done: set[str] = set()
    for first in names:
        if first not in done:
            _walk(first, followers, done, closing)
    return {edge: (edge[1], edge[0]) if edge in closing else edge for edge in edges}


def _walk(
    first: str, followers: Mapping[str, list[str]], done: set[str], closing: set[Edge]
) -> None:
    """Go through all that can be reached, noting the edges that lead back on the way."""
    way = [(first, iter(followers[first]))]
    on_way = {first}
    while way:
        name, rest = way[-1]
        target = next(rest, None)
        if target is None:
            way.pop()
            on_way.discard(name)
            done.add(name)
        elif target in on_way:
            closing.add((name, target))
        elif target not in done:
            way.append((target, iter(followers[target])))
            on_way.add(target)


def _rows(
    names: list[str], edges: Iterable[Edge]
) -> tuple[list[list[str]], dict[Edge, list[str]]]:
    """The rows from the top, and for each edge the names it passes, its own lanes included."""
    edges = list(dict.fromkeys(edges))
    depth = _depths(names, edges)
    rows: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name in names:
        rows[depth[name]].append(name)
    lanes: dict[Edge, list[str]] = {}
    for source, target in edges:
        passed = [source]
        for row in range(depth[source] + 1, depth[target]):
            lane = f"{source}\n{target}\n{row}"  # no name of a box holds line ends
            rows[row].append(lane)
            passed.append(lane)
        lanes[source, target] = [*passed, target]
    return rows, lanes


def _depths(names: list[str], edges: Iterable[Edge]) -> dict[str, int]:
    before: dict[str, int] = dict.fromkeys(names, 0)
    followers: dict[str, list[str]] = {name: [] for name in names}
    for source, target in edges:
        followers[source].append(target)
        before[target] += 1
    depth = dict.fromkeys(names, 0)
    ready = [name for name in names if not before[name]]
    for name in ready:  # grows meanwhile
        for target in followers[name]:
            depth[target] = max(depth[target], depth[name] + 1)
            before[target] -= 1
            if not before[target]:
                ready.append(target)
    return depth


def _neighbors(lanes: Iterable[list[str]]) -> dict[str, list[str]]:
    neighbors: dict[str, list[str]] = {}
    for passed in lanes:
        for upper, lower in itertools.pairwise(passed):
            neighbors.setdefault(upper, []).append(lower)
            neighbors.setdefault(lower, []).append(upper)
    return neighbors


def _put_in_order(rows: list[list[str]], neighbors: Mapping[str, list[str]]) -> None:
    for sweep in range(SWEEPS):
        downward = sweep % 2 == 0
        order = range(1, len(rows)) if downward else range(len(rows) - 2, -1, -1)
        for number in order:
            fixed = rows[number - 1 if downward else number + 1]
            place = {name: float(index) for index, name in enumerate(fixed)}
            row = rows[number]
            wanted = {
                name: _mean([place[n] for n in neighbors.get(name, ()) if n in place], index)
                for index, name in enumerate(row)
            }
            row.sort(key=wanted.__getitem__)


def _across(
    rows: list[list[str]], wide: Mapping[str, float], neighbors: Mapping[str, list[str]]
) -> dict[str, float]:
    """The middle of each box from the left: near its neighbors above, never overlapping."""
    across: dict[str, float] = {}
    for row in rows:
        free = 0.0
        wanted: list[float] = []
        for name in row:
            above = [across[n] for n in neighbors.get(name, ()) if n in across]
            wanted.append(_mean(above, free + wide[name] / 2))
            across[name] = max(wanted[-1], free + wide[name] / 2)
            free = across[name] + wide[name] / 2 + GAP
        drift = _mean([w - across[n] for w, n in zip(wanted, row, strict=True)], 0.0)
        for name in row:
            across[name] += drift
    left = min((across[n] - wide[n] / 2 for n in across), default=0.0)
    return {name: x - left + MARGIN for name, x in across.items()}


def _ports(
    downward: Mapping[Edge, Edge],
    lanes: Mapping[Edge, list[str]],
    across: Mapping[str, float],
    wide: Mapping[str, float],
) -> dict[tuple[Edge, str], float]:
    """The points along a box's rim at which arrows touch it: side by side, in order."""
    rims: dict[tuple[str, bool], list[tuple[float, Edge]]] = {}
    for edge, drawn in downward.items():
        passed = lanes[drawn]
        rims.setdefault((passed[0], True), []).append((across[passed[1]], edge))
        rims.setdefault((passed[-1], False), []).append((across[passed[-2]], edge))
    ports = {}
    for (name, _), touching in rims.items():
        step = wide[name] / (len(touching) + 1)
        left = across[name] - wide[name] / 2
        for number, (_, edge) in enumerate(sorted(touching), start=1):
            ports[edge, name] = left + number * step
    return ports


def _way(
    edge: Edge,
    passed: list[str],
    *,
    ports: Mapping[tuple[Edge, str], float],
    places: Mapping[str, Point],
    spans: Mapping[str, Span],
    sizes: Mapping[str, Size],
) -> tuple[Point, ...]:
    """The points of an arrow; it bends between rows only, so it crosses no box."""
    upper, lower = passed[0], passed[-1]
    x1, x2 = ports[edge, upper], ports[edge, lower]
    points = [(x1, places[upper][1] + sizes[upper].height / 2), (x1, spans[upper][1])]
    for lane in passed[1:-1]:
        points += [(places[lane][0], spans[lane][0]), (places[lane][0], spans[lane][1])]
    points += [(x2, spans[lower][0]), (x2, places[lower][1] - sizes[lower].height / 2)]
    return tuple(points if upper == edge[0] else reversed(points))


def _ranks(ways: Mapping[Edge, tuple[Point, ...]]) -> dict[Edge, int]:
    ranks: dict[Edge, int] = {}
    counts: dict[str, int] = {}
    for edge in sorted(ways, key=lambda edge: ways[edge][0]):
        ranks[edge] = counts.get(edge[0], 0)
        counts[edge[0]] = ranks[edge] + 1
    return ranks


def _mean(values: list[float], default: float) -> float:
    return sum(values) / len(values) if values else default
