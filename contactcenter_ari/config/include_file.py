"""Files that several flows share: prompts, look-ups, hours, flags and variables.

Sections belong to a flow itself, so that the line of a step is a line of the flow's file.
"""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from contactcenter_ari.config.document import Document, Mapping, Node, Scalar, read_document
from contactcenter_ari.config.reading import Reading

SHARED = ("flags", "variables", "hours", "lookups", "prompts")
"""The keys that an included file may declare."""


@dataclass(frozen=True, slots=True)
class Part:
    """The keys of a flow's own file, or of one it includes."""

    reading: Reading
    fields: dict[str, Node]


def included_names(document: Document) -> list[str]:
    """The files that a flow includes, as written."""
    node = document.root.get("include") if isinstance(document.root, Mapping) else None
    items = (node,) if isinstance(node, Scalar) else getattr(node, "items", ())
    return [item.text for item in items if isinstance(item, Scalar)]


def read_includes(reading: Reading, node: Node) -> list[Part]:
    """The files that a flow includes, each with the problems in it."""
    parts = []
    for item in reading.items(node, "include"):
        scalar = reading.scalar(item, "include")
        path = PurePosixPath(scalar.text) if scalar else None
        if scalar is None or path is None:
            continue
        if path.is_absolute() or ".." in path.parts or "\0" in scalar.text:
            message = 'include must name a file beside the flow, for example "prompts.yaml"'
            reading.blame("E105", message, scalar)
            continue
        parts.append(_part(reading, scalar))
    return parts


def _part(reading: Reading, name: Scalar) -> Part:
    folder = reading.document.file.parent
    document = read_document(folder / Path(name.text), within=folder)
    if not document.lines and document.problems:
        message = f'file "{name.text[:60]}" {document.problems[0].message}'
        reading.blame("E001", message, name)
        return Part(Reading(document), {})
    inside = reading.part(document)
    if document.root is None:
        return Part(inside, {})
    root = inside.mapping(document.root, "an included file")
    return Part(inside, inside.fields(root, "an included file", SHARED))
