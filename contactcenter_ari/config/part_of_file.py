"""The parts of a file by key: their lines, their words, and the problems in some of them."""

from collections.abc import Collection, Iterator

from contactcenter_ari.config.document import Mapping, Node, Scalar, Sequence
from contactcenter_ari.config.problem import Problem
from contactcenter_ari.config.reading import Reading


def lines_by_key(mapping: Mapping, last: int) -> dict[str, set[int]]:
    """The lines that each key of a map covers; `last` is the last line of the map."""
    keys = [key for key, _ in mapping.entries]
    ends = [*(key.line - 1 for key in keys[1:]), last][: len(keys)]
    return {
        key.text: set(range(key.line, max(key.line, end) + 1))
        for key, end in zip(keys, ends, strict=True)
    }


def words_in(node: Node | None) -> set[str]:
    """All words of a file that stand as values."""
    return set(_words(node)) if node is not None else set()


def _words(node: Node) -> Iterator[str]:
    match node:
        case Scalar():
            yield node.text
        case Sequence():
            for item in node.items:
                yield from _words(item)
        case Mapping():
            for _, value in node.entries:
                yield from _words(value)


def problems_met(reading: Reading, keys: Collection[str], *, within: str = "") -> list[Problem]:
    """The problems in a file under some keys, or under keys of the map at one key; all when the
    file cannot be read.
    """
    root, last = reading.document.root, len(reading.document.lines)
    if not isinstance(root, Mapping):
        return reading.problems
    if within:
        outer = lines_by_key(root, last).get(within, set())
        inner = root.get(within)
        if not isinstance(inner, Mapping):
            return [problem for problem in reading.problems if problem.line in outer]
        root, last = inner, max(outer, default=last)
    places = lines_by_key(root, last)
    met = set().union(*(lines for key, lines in places.items() if key in keys))
    return [problem for problem in reading.problems if problem.line in met]
