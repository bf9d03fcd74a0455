"""Raw nodes into typed values, with a problem noted for everything that is not what it should be.

A conversion that fails notes the problem and returns a harmless value of the type, so that
the rest of the file is still read and all problems come out at once. What is built beside
a problem is never published.
"""

import re
from collections.abc import Collection, Iterable
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from contactcenter_ari.config.catalogue import severity
from contactcenter_ari.config.document import Document, Mapping, Node, Scalar, Sequence
from contactcenter_ari.config.old_key import OLD_KEY, OLD_KEYS
from contactcenter_ari.config.problem import Problem, did_you_mean, nearest, suggest
from contactcenter_ari.core.spoken.value import NO, YES, read_duration

Choice = TypeVar("Choice", bound=StrEnum)
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
KEYS = frozenset("0123456789*#")
DAY = timedelta(days=1)
QUOTED = 60


class Reading:
    """One file being read, and the problems found so far."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = list(document.problems)
        self.documents = [document]

    def part(self, document: Document) -> "Reading":
        """Another file read as a part of this one: its problems are told here as well."""
        reading = Reading(document)
        self.problems += reading.problems
        self.documents.append(document)
        reading.problems = self.problems
        return reading

    def __repr__(self) -> str:
        return f"<Reading {self.document.file}: {len(self.problems)} problems>"

    def blame(
        self,
        code: str,
        message: str,
        node: Node,
        *,
        offset: int = 0,
        length: int | None = None,
        suggestion: str = "",
    ) -> None:
        """Note a problem at a node, or at a stretch of a scalar's text."""
        line, column = self._place(node, offset, length)
        source = self.document.lines[line - 1] if line <= len(self.document.lines) else ""
        self.problems.append(
            Problem(
                file=self.document.file,
                line=line,
                column=column,
                code=code,
                message=message,
                length=length or _width(node),
                source=source,
                suggestion=suggestion,
                severity=severity(code),
            )
        )

    def unknown(self, code: str, what: str, node: Scalar, candidates: Iterable[str]) -> None:
        """Note that a name does not exist, with the closest of the candidates, or all of them."""
        message = f'{what} "{node.text[:QUOTED]}" does not exist'
        suggestion = suggest(node.text, candidates)
        self.blame(code, message, node, suggestion=suggestion)

    def _place(self, node: Node, offset: int, length: int | None) -> tuple[int, int]:
        if not isinstance(node, Scalar) or length is None:
            return node.line, node.column
        if node.line == node.end_line and node.style not in {"|", ">"}:
            return node.line, node.column + offset + (1 if node.style else 0)
        # Folded or in a block: look for the word itself in the lines the scalar covers.
        word = node.text[offset : offset + length].split("\n")[0].strip()
        for line in range(node.line, min(node.end_line, len(self.document.lines)) + 1):
            first = node.column - 1 if line == node.line else 0
            found = re.search(rf"(?<!\w){re.escape(word)}", self.document.lines[line - 1][first:])
            if word and found:
                return line, first + found.start() + 1
        return node.line, node.column

    # ---- maps and lists

    def mapping(self, node: Node, what: str) -> Mapping:
        """A map; an empty value is an empty one."""
        if isinstance(node, Mapping):
            return node
        if not _nothing(node):
            self.blame("E105", f"{what} must be a map (key: value)", node)
        return Mapping((), node.line, node.column, missing=not _nothing(node))

    def fields(
        self, mapping: Mapping, what: str, known: Collection[str], *, needed: Iterable[str] = ()
    ) -> dict[str, Node]:
        """The values by key; unknown and missing keys are noted. An old key is read as its new
        name. A misspelled key is read as the one that was meant, so that nothing else is told of
        it; of an unknown one nobody knows, so that no other is called missing.
        """
        found = {key.text: value for key, value in mapping.entries if key.text in known}
        nobody_knows = mapping.missing
        for key, value in mapping.entries:
            if key.text not in known and OLD_KEYS.get(key.text) in known:
                self._read_old_key(key, value, found)
            elif key.text not in known:
                message = f'key "{key.text[:QUOTED]}" is not known in {what}'
                self.blame("E101", message, key, suggestion=suggest(key.text, known))
                if meant := nearest(key.text, known):
                    found.setdefault(meant, value)
                nobody_knows = nobody_knows or not meant
        missing = [f'"{name}"' for name in needed if name not in found and not nobody_knows]
        if not mapping.entries and len(missing) > 1:
            self.blame("E106", f"{what} needs the keys {', '.join(missing)}", mapping)
            return found
        for name in missing:
            self.blame("E106", f"{what} needs the key {name}", mapping)
        return found

    def _read_old_key(self, key: Scalar, value: Node, found: dict[str, Node]) -> None:
        new = OLD_KEYS[key.text]
        if new in found:
            message = f'"{key.text}" is the old name of "{new}", which is given too'
            self.blame("E003", message, key)
            return
        message = f'"{key.text}" is now "{new}"; the next version will not know the old key'
        self.blame(OLD_KEY, message, key)
        found[new] = value

    def items(self, node: Node, what: str) -> tuple[Node, ...]:
        """The items of a list; a single value is a list of one."""
        if isinstance(node, Sequence):
            return node.items
        if isinstance(node, Mapping):
            self.blame("E105", f"{what} must be a list", node)
            return ()
        return () if _nothing(node) else (node,)

    # ---- single values

    def text(self, node: Node, what: str) -> str:
        """Any text."""
        if isinstance(node, Scalar):
            return node.text
        self.blame("E105", f"{what} must be a text", node)
        return ""

    def scalar(self, node: Node, what: str) -> Scalar | None:
        """A text that must not be empty."""
        if isinstance(node, Scalar) and node.text:
            return node
        self.blame("E105", f"{what} must be a text", node)
        return None

    def name(self, node: Scalar, what: str, *, reserved: Collection[str] = ()) -> str:
        """A name of something: letters, digits and `_`."""
        if NAME.fullmatch(node.text) is None or len(node.text) > QUOTED:
            message = f'{what} cannot be named "{node.text[:QUOTED]}"; an example: main_menu'
            self.blame("E110", message, node)
        elif node.text in reserved:
            self.blame("E110", f'"{node.text}" is a word of the language, not {what}', node)
        return node.text

    def integer(self, node: Node, what: str, *, least: int, most: int, example: int) -> int:
        """A whole number within limits."""
        text = node.text if isinstance(node, Scalar) else ""
        if re.fullmatch(r"-?[0-9]{1,9}", text) and least <= int(text) <= most:
            return int(text)
        wanted = f"a whole number from {least} to {most}"
        self._wrong("E105", node, what, f"{wanted}, for example {example}")
        return example

    def boolean(self, node: Node, what: str) -> bool:
        """Yes or no."""
        text = node.text.lower() if isinstance(node, Scalar) else ""
        if text not in YES | NO:
            self._wrong("E105", node, what, "true or false")
        return text in YES

    def choice(self, node: Node, what: str, choices: type[Choice]) -> Choice:
        """One of some words."""
        text = node.text if isinstance(node, Scalar) else ""
        known = [each.value for each in choices]
        if text in known:
            return choices(text)
        wanted = f"one of {', '.join(known)}"
        self._wrong("E105", node, what, wanted, suggestion=did_you_mean(text, known))
        return next(iter(choices))

    def duration(
        self, node: Node, what: str, *, least: timedelta = timedelta(0), most: timedelta = DAY
    ) -> timedelta:
        """A duration with its unit, such as `20s`."""
        text = node.text if isinstance(node, Scalar) else ""
        try:
            duration = read_duration(text)
        except ValueError:
            duration = None
        if duration is None or (text.isdigit() and duration):
            self._wrong("E107", node, what, "a duration, for example 20s or 1h30m")
            return max(least, timedelta(seconds=20))
        if not least <= duration <= most:
            limits = f"from {_short(least)} to {_short(most)}"
            self.blame("E107", f"{what} must be {limits}", node)
            return least
        return duration

    def key(self, node: Node, what: str) -> str:
        """One DTMF key."""
        text = node.text if isinstance(node, Scalar) else ""
        if len(text) != 1 or text not in KEYS:
            self._wrong("E109", node, what, "one of the keys 0-9, * and #")
            return "0"
        return text

    def _wrong(
        self, code: str, node: Node, what: str, wanted: str, *, suggestion: str = ""
    ) -> None:
        given = f', not "{node.text[:QUOTED]}"' if isinstance(node, Scalar) and node.text else ""
        self.blame(code, f"{what} must be {wanted}{given}", node, suggestion=suggestion)


def _nothing(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.text and not node.style


def _width(node: Node) -> int:
    if isinstance(node, Scalar) and node.line == node.end_line:
        return max(1, node.end_column - node.column)
    return 1


def _short(duration: timedelta) -> str:
    seconds = duration.total_seconds()
    return f"{seconds / 3600:g}h" if seconds >= 3600 else f"{seconds:g}s"  # noqa: PLR2004 - an hour
