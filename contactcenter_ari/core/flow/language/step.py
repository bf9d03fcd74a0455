"""The steps of a call flow as plain data: one verb each, in sections.

The loader makes them from YAML; the interpreter runs them. Inline lists of steps have become
sections of their own (`Section.inline`), so a position is a section and a number.
"""

import msgspec

from contactcenter_ari.core.flow.language.expression import Expression
from contactcenter_ari.core.flow.verb.table import Verb


class Step(msgspec.Struct, frozen=True):
    """One verb with the options every step may have; `line` is its line number in the file."""

    verb: Verb
    line: int
    when: Expression | None = None
    name: str = ""

    def words(self) -> str:
        """The step in a few words, as an engineer would write it: `menu main_menu`."""
        condition = f"when {self.when.text}: " if self.when is not None else ""
        return condition + self.verb.words()


class Section(msgspec.Struct, frozen=True):
    """A list of steps. An `inline` one is followed by the steps after the one that holds it."""

    steps: tuple[Step, ...]
    inline: bool = False
