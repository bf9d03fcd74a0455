"""Problems in a file that several flows include, told where they come from.

A shared prompt may speak of a name that one flow has and another lacks, or be missing in a
language that only one of them speaks. The shared file is right then, and the flow is told.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from contactcenter_ari.config.document import Document, Mapping, Scalar
from contactcenter_ari.config.document import Sequence as List
from contactcenter_ari.config.problem import Problem
from contactcenter_ari.config.reading import Reading

OF_THE_FLOW = ("E302", "E303", "E304", "E305", "E401", "E403", "E601", "E801")
"""Problems that depend on the flow that includes a file."""
HARMLESS = ("E206",)
"""Problems that are none when another flow wants it so: one more language."""


def problems_by_flow(readings: Sequence[Reading]) -> Iterator[Problem]:
    """The problems of all flows; one in a shared file that not all flows have which include it is
    told of the flows that have it.
    """
    including: dict[str, list[Reading]] = {}
    for reading in readings:
        for document in reading.documents[1:]:
            including.setdefault(str(document.file), []).append(reading)
    for reading in readings:
        for problem in reading.problems:
            others = including.get(str(problem.file), [])
            if all(problem in other.problems for other in others):
                yield problem
            elif problem.code in OF_THE_FLOW:
                yield _told_of(reading.document, problem)
            elif problem.code not in HARMLESS:
                yield problem


def _told_of(flow: Document, problem: Problem) -> Problem:
    """The same problem at the word that includes the file."""
    item = next(_including(flow, problem.file.name), None)
    if item is None:
        return problem
    shared = f"{problem.file.name}:{problem.line}"
    message = f"{shared} does not fit this flow: {problem.message}"
    return replace(
        problem,
        file=flow.file,
        line=item.line,
        column=item.column + (1 if item.style else 0),
        length=len(item.text),
        source=flow.lines[item.line - 1],
        message=message,
    )


def _including(flow: Document, name: str) -> Iterator[Scalar]:
    node = flow.root.get("include") if isinstance(flow.root, Mapping) else None
    items: Iterable[object] = node.items if isinstance(node, List) else (node,)
    for item in items:
        if isinstance(item, Scalar) and item.text.rpartition("/")[2] == name:
            yield item
