"""What every reader of a verb works with: the file, its names, and where steps may lead."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from contactcenter_ari.config.document import Node, Scalar, Sequence
from contactcenter_ari.config.flow_names import Names
from contactcenter_ari.config.flow_option import Fields, Options
from contactcenter_ari.config.problem import nearest
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.config.verb import NEEDED_OUTCOMES, OUTCOMES, WORDS
from contactcenter_ari.core.flow.language.destination import ON, Destination, Way
from contactcenter_ari.core.flow.run import START
from contactcenter_ari.core.flow.verb.table import Verb


@dataclass(frozen=True, slots=True)
class Scope:
    """One flow being read; `inline` takes the steps of an inline list under a path."""

    reading: Reading
    names: Names
    options: Options
    inline: Callable[[str, Sequence], None]

    def destination(self, node: Node, path: str) -> Destination:
        """Where something leads: a section, a word, or an inline list of steps."""
        if isinstance(node, Sequence):
            if not node.items:
                self.reading.blame("E105", "a list of steps must not be empty", node)
            self.inline(path, node)
            return Destination(Way.INLINE, path)
        scalar = self.reading.scalar(node, "a destination")
        return self.word(scalar) if scalar else ON

    def word(self, scalar: Scalar) -> Destination:
        """Where a word leads."""
        if scalar.text in WORDS:
            return WORDS[scalar.text]
        return Destination(Way.SECTION, self.section(scalar, WORDS))

    def section(self, scalar: Scalar, others: Iterable[str] = ()) -> str:
        """The name of a section there is; `others` may have been meant as well."""
        missing_start = scalar.text == START  # told where the sections are
        if self.names.lacks("sections", scalar.text) and not missing_start:
            self.reading.unknown("E201", "section", scalar, (*self.names.sections, *others))
        return scalar.text

    def option(self, fields: Fields, option: str, path: str) -> Destination:
        """Where an option leads; without it the next step."""
        if option not in fields:
            return ON
        return self.destination(fields[option], f"{path}.{option}")

    def outcomes(self, fields: Fields, verb: str, path: str) -> dict[str, Destination]:
        """Where the outcomes of a verb lead."""
        if "next" not in fields:
            return {}
        leads: dict[str, Destination] = {}
        for key, value in self.reading.mapping(fields["next"], "next").entries:
            if key.text not in OUTCOMES[verb]:
                self.reading.unknown("E212", f"outcome of {verb}", key, OUTCOMES[verb])
            leads[key.text] = self.destination(value, f"{path}.{key.text}")
        return leads

    def need(
        self, leads: dict[str, Destination], verb: str, node: Node, also: tuple[str, ...] = ()
    ) -> None:
        """Refuse a step that leaves an outcome open which happens sooner or later."""
        what = f'{verb} "{node.text[:60]}"' if isinstance(node, Scalar) else verb
        # An outcome that is misspelled is told as such.
        given = {*leads, *(nearest(outcome, OUTCOMES[verb]) for outcome in leads)}
        missing = sorted({*NEEDED_OUTCOMES[verb], *also} - given)
        if missing and not leads:
            outcomes = ", ".join(f"{outcome}: ..." for outcome in missing)
            self.reading.blame("E208", f"{what} needs next: {{{outcomes}}}", node)
            return
        for outcome in missing:
            message = f'{what} needs a destination for "{outcome}" under next'
            self.reading.blame("E208", message, node)

    def keys(self, node: Node, what: str, path: str) -> dict[str, Destination]:
        """Where single keys lead."""
        leads: dict[str, Destination] = {}
        for key, value in self.reading.mapping(node, what).entries:
            leads[self.reading.key(key, "a key")] = self.destination(value, f"{path}.{key.text}")
        return leads


ReadVerb = Callable[[Scope, Node, Fields, str], Verb]
"""Reads a verb's value and options; the text is the path of the step."""
