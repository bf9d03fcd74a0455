"""The steps of a flow: one verb each, its options, and the destinations it leads to.

Inline lists of steps become sections of their own, named after their place
(`main_menu[2].choices.1`).
"""

from collections.abc import Mapping
from dataclasses import replace

from contactcenter_ari.config import flow_input, flow_line, flow_plain, flow_route
from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.document import Node, Scalar, Sequence
from contactcenter_ari.config.flow_names import Names
from contactcenter_ari.config.flow_option import Options
from contactcenter_ari.config.flow_scope import ReadVerb, Scope
from contactcenter_ari.config.problem import misspelled, suggest
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.config.step_graph import Place
from contactcenter_ari.config.verb import BARE, COMMON, OPTIONS
from contactcenter_ari.core.flow.language.destination import Destination
from contactcenter_ari.core.flow.language.step import Section, Step
from contactcenter_ari.core.flow.verb.hangup import HangUp
from contactcenter_ari.core.flow.verb.table import Verb

VERBS: Mapping[str, ReadVerb] = {
    "answer": flow_plain.read_answer,
    "hangup": flow_plain.read_hangup,
    "wait": flow_plain.read_wait,
    "play": flow_plain.read_play,
    "menu": flow_input.read_menu,
    "gather": flow_input.read_gather,
    "lookup": flow_plain.read_look_up_step,
    "set": flow_plain.read_set,
    "tag": flow_plain.read_tag,
    "language": flow_plain.read_language,
    "if": flow_route.read_if,
    "switch": flow_route.read_switch,
    "split": flow_route.read_split,
    "goto": flow_route.read_goto,
    "call": flow_route.read_call,
    "return": flow_route.read_return,
    "queue": flow_line.read_queue,
    "agent": flow_line.read_agent,
    "callback": flow_line.read_callback,
    "dial": flow_line.read_dial,
    "transfer": flow_line.read_transfer,
    "voicemail": flow_line.read_voicemail,
    "recording": flow_plain.read_recording,
}


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
        """Where something outside the sections leads."""
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
        known = (verb, *OPTIONS[verb], *COMMON)
        before = len(self.reading.problems)
        fields = self.reading.fields(mapping, f'a step "{verb}"', known)
        if verb in BARE and self.reading.items(fields[verb], verb):
            self.reading.blame("E105", f'verb "{verb}" takes no value', fields[verb])
        step = Step(
            VERBS[verb](self._scope, fields[verb], fields, path),
            line=verb_key.line,
            when=self._scope.options.optional_expression(fields, "when"),
            name=self.reading.text(fields["name"], "name") if "name" in fields else "",
        )
        if len(fields) < len(mapping.entries):  # an unknown key may be the one that is missing
            told = self.reading.problems[before:]
            self.reading.problems[before:] = [each for each in told if each.code != "E106"]
        return step

    def _bare(self, node: Scalar, path: str) -> Verb:
        """A verb without a value: `- answer`."""
        if node.text in BARE:
            return VERBS[node.text](self._scope, node, {}, path)
        if node.text in OPTIONS:
            self.reading.blame("E105", f'verb "{node.text}" needs a value', node)
        else:
            self._unknown_word(node)
        return HangUp()

    def _unknown_word(self, node: Scalar) -> None:
        """Note a word that is no verb, such as `goto sales` without its colon."""
        verb, _, rest = node.text.partition(" ")
        if verb in OPTIONS and verb not in BARE and rest:
            message = f'a colon stands after a verb, as in "- {verb}: {rest[:30]}"'
            self.reading.blame("E102", message, node)
        else:
            self.reading.unknown("E102", "verb", node, OPTIONS)

    def _verb_key(self, mapping: Map) -> Scalar | None:
        keys = [key for key, _ in mapping.entries]
        verbs = [key for key in keys if key.text in OPTIONS]
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
        if any(key.text in OPTIONS for key in keys):
            return mapping
        odd = self._no_verb(mapping, keys)
        verb = misspelled(odd.text, OPTIONS) if odd else ""
        entries = tuple(
            (replace(key, text=verb) if verb and key is odd else key, value)
            for key, value in mapping.entries
        )
        return Map(entries, mapping.line, mapping.column)

    def _no_verb(self, mapping: Map, keys: list[Scalar]) -> Scalar | None:
        """Note that a step has no verb; the key that may be meant as one."""
        options = {*COMMON, *(name for options in OPTIONS.values() for name in options)}
        odd = next((key for key in keys if key.text not in options), None)
        if odd is None:
            place = keys[0] if keys else mapping
            self.reading.blame("E102", "a step needs a verb; an example: - play: welcome", place)
            return None
        message = f'a step needs a verb, and "{odd.text[:60]}" is none'
        self.reading.blame("E102", message, odd, suggestion=suggest(odd.text, OPTIONS))
        return odd


def _instead(first: str, second: str) -> str:
    """What is often meant by two verbs in one step."""
    if second == "if":
        return 'the condition of a step stands under "when"'
    return 'the ways of "if" stand under "then" and "else"' if first == "if" else ""
