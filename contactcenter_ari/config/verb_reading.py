"""One verb being read: what the readers of its value and options, and its checks, work with."""

from collections.abc import Callable
from dataclasses import dataclass, field

from contactcenter_ari.config.document import Node, Scalar
from contactcenter_ari.config.flow_option import Fields, Options
from contactcenter_ari.config.flow_scope import Scope
from contactcenter_ari.config.problem import nearest
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.core.flow.verb.spec import Option, VerbSpec


@dataclass(frozen=True, slots=True)
class VerbReading:
    """A verb with the nodes of its value and options. `path` is that of the step; `values` are
    what is read so far, by the fields of the verb.
    """

    scope: Scope
    spec: VerbSpec
    node: Node
    fields: Fields
    path: str
    values: dict[str, object] = field(default_factory=dict)

    @property
    def reading(self) -> Reading:
        """The file."""
        return self.scope.reading

    @property
    def options(self) -> Options:
        """Reads options."""
        return self.scope.options

    def need(self, also: tuple[str, ...]) -> None:
        """Refuse a step that leaves an outcome open which happens sooner or later."""
        needed = {
            outcome.name
            for outcome in self.spec.outcomes
            if outcome.needed or (outcome.needed_with and outcome.needed_with in self.fields)
        }
        leads = self.values.get("next")
        assert isinstance(leads, dict | None), leads
        # An outcome that is misspelled is told as such.
        given = {*(leads or ()), *(nearest(word, self.spec.outcome_names) for word in leads or ())}
        missing = sorted({*needed, *also} - given)
        verb = self.spec.name
        what = f'{verb} "{self.node.text[:60]}"' if isinstance(self.node, Scalar) else verb
        if missing and not leads:
            outcomes = ", ".join(f"{outcome}: ..." for outcome in missing)
            self.reading.blame("E208", f"{what} needs next: {{{outcomes}}}", self.node)
            return
        for outcome in missing:
            message = f'{what} needs a destination for "{outcome}" under next'
            self.reading.blame("E208", message, self.node)


ReadOption = Callable[[VerbReading, Option, Node], object]
"""Reads a value or an option of a verb from its node."""
