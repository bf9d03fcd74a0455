"""The script and the expectations of a story, read from YAML."""

from collections.abc import Iterator
from datetime import timedelta

from contactcenter_ari.config.document import NOT_GIVEN, Node, Scalar, Sequence
from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.flow_option import Fields
from contactcenter_ari.config.reading import KEYS, Reading
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.verb.recording import RecordingAct
from contactcenter_ari.core.number import e164
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.core.vocabulary.event import EndReason
from contactcenter_ari.flow_test.story import Aspect, Deed, Expectation, ScriptLine, place_of

ALONE = frozenset({Deed.SILENT, Deed.HANGS_UP})
OPTIONS = {Deed.PRESSES: ("early",), Deed.RECORDS: ("presses", "hangs up")}
TIMED = frozenset({Deed.WAITS, Deed.RECORDS})
AGENT_DEEDS = ("answers", "hangs up")
ENDS = ("hangup", "caller", "agent", *EndReason)
SHORTEST = timedelta(milliseconds=1)


class ScriptReader:
    """Reads the scripts of the tests of one flow."""

    def __init__(self, reading: Reading, site: Site, flow: Flow) -> None:
        self.reading = reading
        self.site = site
        self.flow = flow

    def __repr__(self) -> str:
        return f"<ScriptReader of {self.flow.name}>"

    def lines(self, node: Node) -> Iterator[ScriptLine]:
        """The lines of a script; problems are noted."""
        for item in self.reading.items(node, "script"):
            line = self.line(item)
            if line is not None:
                yield line

    def line(self, item: Node) -> ScriptLine | None:
        """One line: a word alone, or a word with its value."""
        if isinstance(item, Scalar):
            word, value, options = item, NOT_GIVEN, Map((), item.line, item.column)
        elif isinstance(item, Map) and item.entries:
            (word, first), *rest = item.entries
            value = first if isinstance(first, Scalar) else NOT_GIVEN
            if not isinstance(first, Scalar):
                return self.failing(word, first)
            options = Map(tuple(rest), item.line, item.column)
        else:
            self.reading.blame("E105", "a script line is like {presses: 1} or hangs up", item)
            return None
        if word.text not in set(Deed):
            message = f'"{word.text[:60]}" is no script line; there are: {", ".join(Deed)}'
            self.reading.blame("E101", message, word)
            return None
        return self.known(Deed(word.text), word, value, options)

    def known(self, deed: Deed, word: Scalar, value: Scalar, options: Map) -> ScriptLine:
        """A line whose first word is right."""
        fields = self.reading.fields(options, f"a line with {deed}", OPTIONS.get(deed, ()))
        if deed in TIMED:
            return self.timed(deed, word, value, fields)
        if deed not in ALONE:
            self.check(deed, word, value)
        early = "early" in fields and self.reading.boolean(fields["early"], "early")
        text = "" if deed in ALONE else value.text
        text = e164(text, self.flow.country_code) if deed is Deed.DIALLED else text
        return ScriptLine(deed=deed, place=place_of(word), value=text, early=early)

    def timed(self, deed: Deed, word: Scalar, value: Scalar, fields: Fields) -> ScriptLine:
        """A line with a duration, and what ends a recording."""
        reading = self.reading
        return ScriptLine(
            deed=deed,
            place=place_of(word),
            value=value.text,
            duration=reading.duration(value, deed, least=SHORTEST),
            key=reading.key(fields["presses"], "presses") if "presses" in fields else "",
            hangs_up="hangs up" in fields and reading.boolean(fields["hangs up"], "hangs up"),
        )

    def failing(self, word: Scalar, value: Node) -> ScriptLine | None:
        """`fails: {lookup: x}`, the one line with a map."""
        look_up = value.get("lookup") if isinstance(value, Map) else None
        if word.text != Deed.FAILS or not isinstance(look_up, Scalar):
            self.reading.blame("E105", f"{word.text[:60]} must be a single value", value)
            return None
        if look_up.text not in self.flow.look_ups:
            self.reading.unknown("E204", "look-up", look_up, self.flow.look_ups)
        return ScriptLine(deed=Deed.FAILS, place=place_of(word), value=look_up.text)

    def check(self, deed: Deed, word: Scalar, value: Scalar) -> None:
        """Names must exist and keys be keys."""
        reading, text = self.reading, value.text
        place = value if text else word
        match deed:
            case Deed.PRESSES if not text or set(text) - KEYS:
                message = f'presses must be keys out of 0-9, * and #, not "{text[:60]}"'
                reading.blame("E109", message, place)
            case Deed.AGENT if text not in AGENT_DEEDS:
                reading.blame("E105", "agent must be: answers, or: hangs up", place)
            case Deed.FAILS:
                reading.blame("E105", "fails must be a map, like {lookup: customer}", place)
            case Deed.QUEUED if text not in self.site.queues:
                reading.unknown("E203", "queue", place, self.site.queues)
            case Deed.AT if text not in self.flow.sections:
                reading.unknown("E201", "section", place, self.flow.sections)
            case Deed.RECORDING if text not in set(RecordingAct):
                message = f"recording must be one of: {', '.join(RecordingAct)}"
                reading.blame("E105", message, place)
            case _ if not text:
                reading.blame("E106", f"{deed} needs a value", place)
            case _:
                pass

    def expectations(self, node: Node) -> Iterator[Expectation]:
        """The conditions that must hold in the end."""
        mapping = self.reading.mapping(node, "expect")
        for key, value in self.reading.fields(mapping, "expect", tuple(Aspect)).items():
            yield from self.expectation(Aspect(key), value)

    def expectation(self, aspect: Aspect, node: Node) -> Iterator[Expectation]:
        """One aspect; each tag and variable is an expectation of its own."""
        reading = self.reading
        match aspect:
            case Aspect.TAGS | Aspect.VARIABLES:
                for key, value in reading.mapping(node, aspect).entries:
                    if aspect is Aspect.VARIABLES and key.text not in self.flow.variables:
                        reading.unknown("E205", "variable", key, self.flow.variables)
                    text = reading.text(value, key.text)
                    place = place_of(value)
                    yield Expectation(aspect=aspect, place=place, values=(text,), name=key.text)
            case Aspect.PATH:
                sections = [reading.scalar(item, "path") for item in reading.items(node, "path")]
                for section in sections:
                    if section is not None and section.text not in self.flow.sections:
                        reading.unknown("E201", "section", section, self.flow.sections)
                values = tuple(section.text for section in sections if section is not None)
                place = place_of(sections[0] or node) if sections else place_of(node)
                if isinstance(node, Sequence):
                    place = place_of(node)
                yield Expectation(aspect=aspect, place=place, values=values)
            case Aspect.ENDS | Aspect.LANGUAGE:
                text = reading.text(node, aspect)
                choices = ENDS if aspect is Aspect.ENDS else self.flow.languages
                if text not in choices:
                    message = f'{aspect} must be one of: {", ".join(choices)}, not "{text[:60]}"'
                    reading.blame("E105", message, node)
                yield Expectation(aspect=aspect, place=place_of(node), values=(text,))
