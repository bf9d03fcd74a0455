"""A YAML file as a tree of raw text with the place of every word.

Nothing is guessed: `22:00`, `0612345678` and `no` stay what was typed, and the reader of the tree
converts by the type it declares. Duplicate keys, anchors, aliases and tags are refused, and so are
files too large or too deep.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import yaml

from contactcenter_ari.config.problem import Problem
from contactcenter_ari.runtime.regular_file import read_regular, real_path

SIZE_LIMIT = 1_000_000
DEPTH_LIMIT = 30


@dataclass(frozen=True, slots=True)
class Scalar:
    """Text as typed, without quotes. `style` is the quote, `|`, `>`, or nothing."""

    text: str
    line: int
    column: int
    end_line: int
    end_column: int
    style: str = ""


NOT_GIVEN = Scalar("", 1, 1, 1, 1)
"""Stands for the value of a key that a file does not have."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple["Node", ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """A map; keys are scalars and stand once each."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    line: int
    column: int
    missing: bool = False
    """It stands for something that is no map, which is told."""

    def key(self, name: str) -> Scalar | None:
        """The key of this name, for its place."""
        return next((key for key, _ in self.entries if key.text == name), None)

    def get(self, name: str) -> "Node | None":
        """The value under a name."""
        return next((value for key, value in self.entries if key.text == name), None)


Node = Scalar | Sequence | Mapping

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


class _Mark(Protocol):
    """A place, as either of the two YAML parsers gives it; counts from 0."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """One file; `root` is None when it could not be read, `problems` then say why."""

    file: Path
    lines: tuple[str, ...]
    root: Node | None
    problems: tuple[Problem, ...] = ()


def read_document(path: Path, *, within: Path | None = None) -> Document:
    """The tree of a file, which must not be a link out of the folder `within`. Never raises over
    what it finds.
    """
    try:
        if within is not None and not real_path(path).is_relative_to(real_path(within)):
            return _refused(shown(path), f"is a link out of the folder {shown(within)}")
        content = read_regular(path, SIZE_LIMIT)
    except OSError as error:
        return _refused(shown(path), f"cannot be read: {error.strerror}")
    return parse_document(content, shown(path))


def shown(path: Path) -> Path:
    """The path as a person in the current folder would type it."""
    try:
        return path.absolute().relative_to(Path.cwd())
    except ValueError:
        return path


def parse_document(content: bytes, file: Path) -> Document:
    """The tree of a file's content."""
    if len(content) > SIZE_LIMIT:
        return _refused(file, f"the file is larger than {SIZE_LIMIT} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return _refused(file, "the file is not UTF-8 text", line=line)
    building = _Building(file, tuple(_LINE_BREAK.split(text)))
    root = building.tree(text)
    problems = tuple(building.problems)
    return Document(file, building.lines, None if problems else root, problems)


def _refused(file: Path, message: str, *, line: int = 1) -> Document:
    problem = Problem(file=file, line=line, column=1, code="E001", message=message)
    return Document(file, (), None, (problem,))


class _TooDeep(Exception):
    """Stops building; the problem is already noted."""


class _Building:
    """Makes the tree out of the parser's events."""

    def __init__(self, file: Path, lines: tuple[str, ...]) -> None:
        self.file = file
        self.lines = lines
        self.problems: list[Problem] = []

    def tree(self, text: str) -> Node | None:
        try:
            events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.CBaseLoader)
            next(events)  # the stream starts
            if isinstance(next(events), yaml.StreamEndEvent):
                return Mapping((), 1, 1)
            root = self.node(next(events), events, depth=0)
            next(events)  # the document ends
            extra = next(events)
            if not isinstance(extra, yaml.StreamEndEvent):
                self.blame("E002", "a file holds one document only", extra)
        except _TooDeep:
            return None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self.blame_mark("E002", _said(error), mark, suggestion=self.hint(error, mark))
            return None
        except (yaml.YAMLError, UnicodeError):
            self.blame_mark("E002", "the text holds a character that YAML does not allow", None)
            return None
        return root

    def node(self, event: yaml.Event, events: Iterator[yaml.Event], *, depth: int) -> Node:
        if depth > DEPTH_LIMIT:
            self.blame("E005", f"nested deeper than {DEPTH_LIMIT} levels", event)
            raise _TooDeep
        line, column = _place(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            self.blame("E004", f'alias "*{event.anchor}" is not allowed', event)
            return Scalar("", line, column, line, column)
        self.refuse_anchor(event)
        match event:
            case yaml.SequenceStartEvent():
                return Sequence(tuple(self.items(events, depth=depth)), line, column)
            case yaml.MappingStartEvent():
                return Mapping(tuple(self.entries(events, depth=depth)), line, column)
            case _:
                return self.scalar(event)

    def refuse_anchor(self, event: yaml.Event) -> None:
        if getattr(event, "anchor", None):
            self.blame("E004", "an anchor is not allowed", event)
        if getattr(event, "tag", None):
            self.blame("E004", "a tag is not allowed; in an expression write not", event)

    def scalar(self, event: yaml.Event) -> Scalar:
        line, column = _place(event.start_mark)
        end_line, end_column = _place(event.end_mark)
        style = event.style or ""  # type: ignore[attr-defined]  # a ScalarEvent here
        text: str = event.value  # type: ignore[attr-defined]  # as above
        if _CONTROL.search(text):
            self.blame("E002", "a text holds a control character, such as NUL", event)
        return Scalar(text, line, column, end_line, end_column, style)

    def items(self, events: Iterator[yaml.Event], *, depth: int) -> Iterator[Node]:
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self.node(event, events, depth=depth + 1)

    def entries(
        self, events: Iterator[yaml.Event], *, depth: int
    ) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[str, Scalar] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                return
            key = self.node(event, events, depth=depth + 1)
            value = self.node(next(events), events, depth=depth + 1)
            if not isinstance(key, Scalar):
                self.blame("E002", "a key must be a plain word", event)
            elif key.text == "<<" and not key.style:
                self.blame("E004", "a merge key is not allowed", event)
            elif key.text in seen:
                first = seen[key.text].line
                message = f'key "{key.text}" stands twice; the first is in line {first}'
                self.blame("E003", message, event)
            else:
                seen[key.text] = key
                yield key, value

    def blame(self, code: str, message: str, event: yaml.Event) -> None:
        line, column = _place(event.start_mark)
        end_line, end_column = _place(event.end_mark)
        length = end_column - column if line == end_line else 1
        self.blame_mark(code, message, event.start_mark, length=length)

    def hint(self, error: yaml.MarkedYAMLError, mark: _Mark | None) -> str:
        """The usual mistake where the parser stumbles."""
        line, column = _place(mark)
        source = self.lines[line - 1] if line <= len(self.lines) else ""
        if "\t" in source[: len(source) - len(source.lstrip())]:
            return "lines are indented by spaces, not by tabs"
        if "mapping values" in (error.problem or ""):
            return 'a text with ": " in it stands in quotes'
        if "cannot start any token" in (error.problem or ""):
            return f'a text that begins with "{source[column - 1 : column]}" stands in quotes'
        if re.search(r""": *("[^"]*"|'[^']*') *[^ ,}\]#]""", source):
            return "an expression that begins with a text stands in other quotes as a whole"
        return ""

    def blame_mark(
        self,
        code: str,
        message: str,
        mark: _Mark | None,
        *,
        length: int = 1,
        suggestion: str = "",
    ) -> None:
        line, column = _place(mark)
        line = max(1, min(line, len(self.lines)))
        source = self.lines[line - 1] if self.lines else ""
        self.problems.append(
            Problem(
                file=self.file,
                line=line,
                column=min(column, len(source) + 1),
                code=code,
                message=message,
                length=length,
                source=source,
                suggestion=suggestion,
            )
        )


def _place(mark: _Mark | None) -> tuple[int, int]:
    if mark is None:
        return 1, 1
    return mark.line + 1, mark.column + 1


def _said(error: yaml.MarkedYAMLError) -> str:
    context = f"{error.context}: " if error.context else ""
    return f"{context}{error.problem or 'cannot be read'}"
