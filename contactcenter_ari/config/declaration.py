"""The declarations of a flow by name, in its own file and in those it includes.

A part that cannot be read is in doubt: nobody knows whether a name is declared there, so no name
is called unknown, and one mistake is told once.
"""

from collections.abc import Callable, Collection
from typing import TypeVar

from contactcenter_ari.config.document import NOT_GIVEN, Node, Scalar
from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.include_file import SHARED, Part, read_includes
from contactcenter_ari.config.reading import Reading

Declared = TypeVar("Declared")
ReadDeclared = Callable[[Reading, Scalar, Node], Declared]
RESERVED_NAMES = (
    *("caller", "called", "language", "hours", "flag", "queue", "true", "false"),
    *("now", "today", "weekday"),
)
SEVERAL = 2
"""From so many prompts on, a language that none has is a mistake in the list of languages."""
FIELDS = {"lookups": "look_ups"}
"""The names of declarations in `Names`, where they differ."""


class Declarations:
    """The parts of one flow and what is wrong in them. `doubt` are the kinds of names of which
    nobody knows all, `broken` the names whose declaration has a mistake.
    """

    def __init__(self, reading: Reading, fields: dict[str, Node]) -> None:
        self.parts = [Part(reading, fields)]
        self.doubt: set[str] = set()
        self.broken: set[str] = set()
        if "include" in fields:
            before = len(reading.problems)
            included = read_includes(reading, fields["include"])
            self.parts += included
            if len(reading.problems) > before and any(not part.fields for part in included):
                self.doubt |= {FIELDS.get(kind, kind) for kind in SHARED}

    def __repr__(self) -> str:
        return f"<Declarations in {len(self.parts)} files>"

    def read(
        self,
        kind: str,
        what: str,
        read: ReadDeclared[Declared],
        reserved: Collection[str] = RESERVED_NAMES,
    ) -> dict[str, Declared]:
        """The declarations under one key in all parts, by name."""
        found: dict[str, Declared] = {}
        for part in self.parts:
            node = part.fields.get(kind, NOT_GIVEN)
            empty = isinstance(node, Scalar) and not node.text
            if not isinstance(node, Map) and not empty:
                self.doubt.add(FIELDS.get(kind, kind))
            for key, value in part.reading.mapping(node, kind).entries:
                if key.text in found:
                    message = f'"{key.text}" is declared in another file already'
                    part.reading.blame("E211", message, key)
                before = len(part.reading.problems)
                name = part.reading.name(key, what, reserved=reserved)
                found.setdefault(name, read(part.reading, key, value))
                if len(part.reading.problems) > before:
                    self.broken.add(name)
        return found

    def languages(self) -> set[str]:
        """The languages of all prompts; none when there are too few prompts to tell by them."""
        maps = [
            prompt
            for part in self.parts
            if isinstance(prompts := part.fields.get("prompts"), Map)
            for _, prompt in prompts.entries
            if isinstance(prompt, Map)
        ]
        enough = len(maps) >= SEVERAL
        return {key.text for prompt in maps for key, _ in prompt.entries} if enough else set()
