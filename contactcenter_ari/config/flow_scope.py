"""The scope of every reader of a verb: the file, its names, and where steps may lead."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from contactcenter_ari.config.document import Node, Scalar, Sequence
from contactcenter_ari.config.flow_names import Names
from contactcenter_ari.config.flow_option import Options
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.config.verb import WORDS
from contactcenter_ari.core.flow.language.destination import ON, Destination, Way
from contactcenter_ari.core.flow.run import START


@dataclass(frozen=True, slots=True)
class Scope:
    """One flow being read; `inline` takes the steps of an inline list under a path."""

    reading: Reading
    names: Names
    options: Options
    inline: Callable[[str, Sequence], None]

    def destination(self, node: Node, path: str) -> Destination:
        """A destination: a section, a word, or an inline list of steps."""
        if isinstance(node, Sequence):
            if not node.items:
                self.reading.blame("E105", "a list of steps must not be empty", node)
            self.inline(path, node)
            return Destination(Way.INLINE, path)
        scalar = self.reading.scalar(node, "a destination")
        return self.word(scalar) if scalar else ON

    def word(self, scalar: Scalar) -> Destination:
        """The destination of a word."""
        if scalar.text in WORDS:
            return WORDS[scalar.text]
        return Destination(Way.SECTION, self.section(scalar, WORDS))

    def section(self, scalar: Scalar, others: Iterable[str] = ()) -> str:
        """The name of a section there is; `others` may have been meant as well."""
        missing_start = scalar.text == START  # told where the sections are
        if self.names.lacks("sections", scalar.text) and not missing_start:
            self.reading.unknown("E201", "section", scalar, (*self.names.sections, *others))
        return scalar.text

    def outcomes(
        self, node: Node, verb: str, known: tuple[str, ...], path: str
    ) -> dict[str, Destination]:
        """The destinations of the outcomes of a verb."""
        leads: dict[str, Destination] = {}
        for key, value in self.reading.mapping(node, "next").entries:
            if key.text not in known:
                self.reading.unknown("E212", f"outcome of {verb}", key, known)
            leads[key.text] = self.destination(value, f"{path}.{key.text}")
        return leads

    def keys(self, node: Node, what: str, path: str) -> dict[str, Destination]:
        """The destinations of single keys."""
        leads: dict[str, Destination] = {}
        for key, value in self.reading.mapping(node, what).entries:
            leads[self.reading.key(key, "a key")] = self.destination(value, f"{path}.{key.text}")
        return leads
