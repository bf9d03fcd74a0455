"""The steps of a flow: one verb each, its options, and the destinations it leads to.

Inline lists of steps become sections of their own, named after their place
(`main_menu[2].choices.1`).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from contactcenter_ari.config import flow_input, flow_person, flow_route
from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.document import Node, Scalar, Sequence
from contactcenter_ari.config.flow_kind import read_option
from contactcenter_ari.config.flow_names import Names
from contactcenter_ari.config.flow_option import Fields, Options
from contactcenter_ari.config.flow_scope import Scope
from contactcenter_ari.config.problem import misspelled, suggest
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.config.step_graph import Place
from contactcenter_ari.config.verb import COMMON
from contactcenter_ari.config.verb_reading import VerbReading
from contactcenter_ari.core.flow.language.destination import Destination
from contactcenter_ari.core.flow.language.step import Section, Step
from contactcenter_ari.core.flow.verb.hangup import HangUp
from contactcenter_ari.core.flow.verb.spec import FlowVerb
from contactcenter_ari.core.flow.verb.table import SPECS, VERBS, Verb

CHECKS: Mapping[str, Callable[[VerbReading, FlowVerb], None]] = {
    "menu": flow_input.check_menu,
    "gather": flow_input.check_gather,
    "lookup": flow_route.check_inputs,
    "queue": flow_person.check_queue,
}
"""The options that must fit together in a verb, as far as the verb cannot tell by itself."""
NEEDS: Mapping[str, Callable[[VerbReading], tuple[str, ...]]] = {"queue": flow_person.turned_away}
"""The outcomes that must lead somewhere by what the site says."""


class StepReader:
    """Reads the sections of one flow; inline lists are gathered beside them. `places` are the
    words that name the steps, for problems found later.
    """

    def __init__(self, reading: Reading, names: Names) -> None:
        self.reading = reading
        self.sections: dict[str, Section] = {}
        self.places: dict[Place, Scalar] = {}
        self._scope = Scope(reading, names, Options(reading, names), self._inline)

    def __repr__(self) -> str:
        return f"<StepReader of {self.reading.document.file}: {len(self.sections)} sections>"

    def section(self, name: str, node: Node, *, inline: bool = False) -> None:
        """Read a list of steps into a section of this name."""
        items = self.reading.items(node, f'section "{name}"' if not inline else "steps")
        steps = tuple(self._step(item, name, index) for index, item in enumerate(items))
        self.sections[name] = Section(steps, inline=inline)

    def destination(self, node: Node, path: str) -> Destination:
        """The destination of something outside the sections."""
        return self._scope.destination(node, path)

    def _inline(self, path: str, node: Sequence) -> None:
        self.section(path, node, inline=True)

    def _step(self, node: Node, section: str, index: int) -> Step:
        path = f"{section}[{index}]"
        if isinstance(node, Scalar):
            self.places[section, index] = node
            return Step(self._bare(node, path), line=node.line)
        mapping = self._meant(self.reading.mapping(node, "a step"))
        verb_key = self._verb_key(mapping)
        if verb_key is None:
            return Step(HangUp(), line=node.line)
        self.places[section, index] = verb_key
        verb = verb_key.text
        spec = SPECS[verb]
        known = (verb, *spec.option_names, *COMMON)
        before = len(self.reading.problems)
        fields = self.reading.fields(mapping, f'a step "{verb}"', known)
        if spec.is_bare and self.reading.items(fields[verb], verb):
            self.reading.blame("E105", f'verb "{verb}" takes no value', fields[verb])
        options = self._scope.options
        step = Step(
            self._verb(verb, fields[verb], fields, path),
            line=verb_key.line,
            when=options.expression(fields["when"], "when") if "when" in fields else None,
            name=self.reading.text(fields["name"], "name") if "name" in fields else "",
        )
        if len(fields) < len(mapping.entries):  # an unknown key may be the one that is missing
            told = self.reading.problems[before:]
            self.reading.problems[before:] = [each for each in told if each.code != "E106"]
        return step

    def _verb(self, name: str, node: Node, fields: Fields, path: str) -> Verb:
        """Read the value and the options of a verb, and see whether they fit together."""
        spec, verb = SPECS[name], VERBS[name]
        reading = VerbReading(self._scope, spec, node, fields, path)
        wrong = set()
        for option in (spec.value, *spec.options):
            before = len(self.reading.problems)
            read_option(reading, option, node if option is spec.value else fields.get(option.name))
            if len(self.reading.problems) > before:
                wrong.add(option.name)
        make: Callable[..., FlowVerb] = spec.make or verb
        made = make(**reading.values)
        assert isinstance(made, verb), made
        reading.need(NEEDS[name](reading) if name in NEEDS else ())
        self._check(reading, made, wrong)
        return made

    def _check(self, reading: VerbReading, verb: Verb, wrong: set[str]) -> None:
        if reading.spec.name in CHECKS:
            CHECKS[reading.spec.name](reading, verb)
        for found in verb.contradictions():
            given = [name for name in found.blamed if name in reading.fields]
            if given and not wrong & {*found.blamed, *found.beside}:
                self.reading.blame("E111", found.message, reading.fields[given[0]])

    def _bare(self, node: Scalar, path: str) -> Verb:
        """A verb without a value: `- answer`."""
        spec = SPECS.get(node.text)
        if spec is not None and spec.is_bare:
            return self._verb(node.text, node, {}, path)
        if spec is not None:
            self.reading.blame("E105", f'verb "{node.text}" needs a value', node)
        else:
            self._unknown_word(node)
        return HangUp()

    def _unknown_word(self, node: Scalar) -> None:
        """Note a word that is no verb, such as `goto sales` without its colon."""
        verb, _, rest = node.text.partition(" ")
        if verb in SPECS and not SPECS[verb].is_bare and rest:
            message = f'a colon stands after a verb, as in "- {verb}: {rest[:30]}"'
            self.reading.blame("E102", message, node)
        else:
            self.reading.unknown("E102", "verb", node, SPECS)

    def _verb_key(self, mapping: Map) -> Scalar | None:
        keys = [key for key, _ in mapping.entries]
        verbs = [key for key in keys if key.text in SPECS]
        if not verbs:
            return None  # told already
        if len(verbs) > 1:
            first, second = verbs[0].text, verbs[1].text
            message = f'a step has one verb, not both "{first}" and "{second}"'
            self.reading.blame("E103", message, verbs[1], suggestion=_instead(first, second))
            return None
        return verbs[0]

    def _meant(self, mapping: Map) -> Map:
        """A step whose verb is misspelled as it was meant, so that the rest is read; told once."""
        keys = [key for key, _ in mapping.entries]
        if any(key.text in SPECS for key in keys):
            return mapping
        odd = self._no_verb(mapping, keys)
        verb = misspelled(odd.text, SPECS) if odd else ""
        entries = tuple(
            (replace(key, text=verb) if verb and key is odd else key, value)
            for key, value in mapping.entries
        )
        return Map(entries, mapping.line, mapping.column)

    def _no_verb(self, mapping: Map, keys: list[Scalar]) -> Scalar | None:
        """Note that a step has no verb; the key that may be meant as one."""
        options = {*COMMON, *(name for spec in SPECS.values() for name in spec.option_names)}
        odd = next((key for key in keys if key.text not in options), None)
        if odd is None:
            place = keys[0] if keys else mapping
            self.reading.blame("E102", "a step needs a verb; an example: - play: welcome", place)
            return None
        message = f'a step needs a verb, and "{odd.text[:60]}" is none'
        self.reading.blame("E102", message, odd, suggestion=suggest(odd.text, SPECS))
        return odd


def _instead(first: str, second: str) -> str:
    """The usual meaning of two verbs in one step."""
    if second == "if":
        return 'the condition of a step stands under "when"'
    return 'the ways of "if" stand under "then" and "else"' if first == "if" else ""
