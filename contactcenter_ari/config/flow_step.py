"""The steps of a flow: one verb each, its options, and the destinations it leads to.

Inline lists of steps become sections of their own, named after their place
(`main_menu[2].choices.1`).
"""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.document import Node, Scalar, Sequence
from contactcenter_ari.config.flow_names import Names
from contactcenter_ari.config.flow_option import MOST_DIGITS, SECOND, Fields, Options
from contactcenter_ari.config.problem import did_you_mean
from contactcenter_ari.config.reading import KEYS, Reading
from contactcenter_ari.config.verb import (
    COMMON,
    LOOK_UP_OUTCOMES,
    NEEDED_OUTCOMES,
    OPTIONS,
    PLANNED,
    PLANNED_OPTIONS,
    QUEUE_OUTCOMES,
    WORDS,
)
from contactcenter_ari.core.flow.expression import Expression
from contactcenter_ari.core.flow.step import (
    Answer,
    Destination,
    Gather,
    Goto,
    HangUp,
    If,
    InputRules,
    Language,
    LookUpStep,
    Menu,
    Play,
    Queue,
    Section,
    SetVariables,
    Step,
    Tag,
    Verb,
    Wait,
    Way,
)
from contactcenter_ari.core.flow.value import DURATION, INTEGER, TEXT, Kind, ValueType
from contactcenter_ari.core.vocabulary.ids import QueueName

ON = Destination(Way.CONTINUE)


class StepReader:
    """Reads the sections of one flow; inline lists are gathered beside them."""

    def __init__(self, reading: Reading, names: Names) -> None:
        self.reading = reading
        self.names = names
        self.sections: dict[str, Section] = {}
        self._options = Options(reading, names)
        self._verbs: Mapping[str, Callable[[Node, Fields, str], Verb]] = {
            "answer": lambda *_: Answer(),
            "hangup": lambda *_: HangUp(),
            "wait": self._wait,
            "play": self._play,
            "menu": self._menu,
            "gather": self._gather,
            "lookup": self._look_up,
            "set": self._set,
            "tag": self._tag,
            "language": self._language,
            "if": self._if,
            "goto": self._goto,
            "queue": self._queue,
        }

    def __repr__(self) -> str:
        """Tell how far it is."""
        return f"<StepReader of {self.reading.document.file}: {len(self.sections)} sections>"

    def section(self, name: str, node: Node, *, inline: bool = False) -> None:
        """Read a list of steps into a section of this name."""
        items = self.reading.items(node, f'section "{name}"' if not inline else "steps")
        steps = tuple(self._step(item, f"{name}[{index}]") for index, item in enumerate(items))
        self.sections[name] = Section(steps, inline=inline)

    def destination(self, node: Node, path: str) -> Destination:
        """Where something leads: a section, a word, or an inline list of steps."""
        if isinstance(node, Sequence):
            if not node.items:
                self.reading.blame("E105", "a list of steps must not be empty", node)
            self.section(path, node, inline=True)
            return Destination(Way.INLINE, path)
        scalar = self.reading.scalar(node, "a destination")
        if scalar is None:
            return ON
        if scalar.text in WORDS:
            return WORDS[scalar.text]
        if scalar.text == "return":
            self.reading.blame("E104", '"return" is not supported yet', scalar)
        elif scalar.text not in self.names.sections:
            self.reading.unknown("E201", "section", scalar, (*self.names.sections, *WORDS))
        return Destination(Way.SECTION, scalar.text)

    # ---- a step

    def _step(self, node: Node, path: str) -> Step:
        if isinstance(node, Scalar):
            return Step(self._bare(node, path), line=node.line)
        mapping = self.reading.mapping(node, "a step")
        verb_key = self._verb_key(mapping)
        if verb_key is None:
            return Step(HangUp(), line=node.line)
        verb = verb_key.text
        known = (verb, *OPTIONS[verb], *COMMON)
        fields = self.reading.fields(mapping, f'a step "{verb}"', known)
        for option in PLANNED_OPTIONS & fields.keys():
            key = mapping.key(option) or mapping
            self.reading.blame("E104", f'"{option}" is not supported yet', key)
        return Step(
            self._verbs[verb](fields[verb], fields, path),
            line=verb_key.line,
            when=self._options.optional_expression(fields, "when"),
            name=self.reading.text(fields["name"], "name") if "name" in fields else "",
        )

    def _bare(self, node: Scalar, path: str) -> Verb:
        """A verb without a value: `- answer`."""
        if node.text in {"answer", "hangup"}:
            return self._verbs[node.text](node, {}, path)
        if node.text in OPTIONS:
            self.reading.blame("E105", f'verb "{node.text}" needs a value', node)
        elif node.text in PLANNED:
            self._planned(node)
        else:
            self.reading.unknown("E102", "verb", node, (*OPTIONS, *PLANNED))
        return HangUp()

    def _verb_key(self, mapping: Map) -> Scalar | None:
        keys = [key for key, _ in mapping.entries]
        verbs = [key for key in keys if key.text in OPTIONS or key.text in PLANNED]
        if not verbs:
            self._no_verb(mapping, keys)
            return None
        if len(verbs) > 1:
            first, second = verbs[0].text, verbs[1].text
            message = f'a step has one verb, not both "{first}" and "{second}"'
            self.reading.blame("E103", message, verbs[1])
            return None
        if verbs[0].text in PLANNED:
            self._planned(verbs[0])
            return None
        return verbs[0]

    def _no_verb(self, mapping: Map, keys: list[Scalar]) -> None:
        options = {*COMMON, *(name for options in OPTIONS.values() for name in options)}
        odd = next((key for key in keys if key.text not in options), None)
        if odd is None:
            place = keys[0] if keys else mapping
            self.reading.blame("E102", "a step needs a verb; an example: - play: welcome", place)
            return
        message = f'a step needs a verb, and "{odd.text[:60]}" is none'
        suggestion = did_you_mean(odd.text, (*OPTIONS, *PLANNED))
        self.reading.blame("E102", message, odd, suggestion=suggestion)

    def _planned(self, verb: Scalar) -> None:
        self.reading.blame("E104", f'verb "{verb.text}" is not supported yet', verb)

    # ---- options

    def _destination(self, fields: Fields, option: str, path: str) -> Destination:
        if option not in fields:
            return ON
        return self.destination(fields[option], f"{path}.{option}")

    def _outcomes(
        self, fields: Fields, verb: str, outcomes: tuple[str, ...], path: str
    ) -> dict[str, Destination]:
        if "next" not in fields:
            return {}
        leads: dict[str, Destination] = {}
        for key, value in self.reading.mapping(fields["next"], "next").entries:
            if key.text not in outcomes:
                self.reading.unknown("E212", f"outcome of {verb}", key, outcomes)
            leads[key.text] = self.destination(value, f"{path}.{key.text}")
        return leads

    def _keys(self, node: Node, what: str, path: str) -> dict[str, Destination]:
        leads: dict[str, Destination] = {}
        for key, value in self.reading.mapping(node, what).entries:
            leads[self.reading.key(key, "a key")] = self.destination(value, f"{path}.{key.text}")
        return leads

    def _input_rules(self, fields: Fields, prompts: tuple[str, ...], path: str) -> InputRules:
        tries = 3
        if "tries" in fields:
            tries = self.reading.integer(fields["tries"], "tries", least=1, most=10, example=3)
        return InputRules(
            prompts=prompts,
            no_input=self._options.prompts(fields, "no_input"),
            no_match=self._options.prompts(fields, "no_match"),
            tries=tries,
            timeout=self._options.duration(fields, "timeout", timedelta(seconds=5)),
            inter_digit_timeout=self._options.duration(
                fields, "inter_digit_timeout", timedelta(seconds=3)
            ),
            barge_in=self._options.boolean(fields, "barge_in", default=True),
            failed=self._destination(fields, "failed", path),
        )

    # ---- verbs

    def _wait(self, node: Node, _fields: Fields, _path: str) -> Verb:
        least = timedelta(milliseconds=100)
        return Wait(self.reading.duration(node, "wait", least=least, most=timedelta(hours=1)))

    def _play(self, node: Node, fields: Fields, _path: str) -> Verb:
        return Play(
            self._options.prompt(node),
            barge_in=self._options.boolean(fields, "barge_in", default=True),
        )

    def _menu(self, node: Node, fields: Fields, path: str) -> Verb:
        prompts = tuple(self._options.prompt(item) for item in self.reading.items(node, "menu"))
        if not prompts:
            self.reading.blame("E105", "a menu needs a prompt", node)
        choices: dict[str, Destination] = {}
        if "choices" in fields:
            choices = self._choices(fields["choices"], path)
        if not choices:
            self.reading.blame("E106", 'a menu needs "choices", like {"1": sales}', node)
        return Menu(self._input_rules(fields, prompts, path), choices)

    def _choices(self, node: Node, path: str) -> dict[str, Destination]:
        choices: dict[str, Destination] = {}
        for key, value in self.reading.mapping(node, "choices").entries:
            if not key.text or set(key.text) - KEYS or len(key.text) > MOST_DIGITS:
                wanted = "one or more of the keys 0-9, * and #"
                self.reading.blame("E109", f'a choice must be {wanted}, not "{key.text}"', key)
            for other in choices:
                self._refuse_beginning(key, other)
            choices[key.text] = self.destination(value, f"{path}.choices.{key.text}")
        return choices

    def _refuse_beginning(self, key: Scalar, other: str) -> None:
        short, long = sorted((key.text, other), key=len)
        if long.startswith(short) and key.text:
            message = f'"{short}" is the beginning of "{long}", so one cannot be typed'
            self.reading.blame("E501", message, key)

    def _gather(self, node: Node, fields: Fields, path: str) -> Verb:
        prompts = self._options.prompts(fields, "prompt")
        if not prompts:
            self.reading.blame("E106", 'gather needs a "prompt"', node)
        least, most = self._options.digits(fields)
        return Gather(
            variable=self._options.gathered(node),
            rules=self._input_rules(fields, prompts, path),
            least_digits=least,
            most_digits=most,
            terminator=self._options.terminator(fields),
            matches=self._options.matches(fields),
            sensitive=self._options.boolean(fields, "sensitive", default=False),
        )

    def _look_up(self, node: Node, fields: Fields, path: str) -> Verb:
        scalar = self.reading.scalar(node, "lookup")
        name = scalar.text if scalar else ""
        if scalar and name not in self.names.look_ups:
            self.reading.unknown("E204", "look-up", scalar, self.names.look_ups)
        save_as = name
        if "save_as" in fields and (place := self.reading.scalar(fields["save_as"], "save_as")):
            save_as = self.reading.name(place, "an answer")
        return LookUpStep(
            name=name,
            inputs=self._inputs(node, fields, name),
            save_as=save_as,
            next=self._outcomes(fields, "lookup", LOOK_UP_OUTCOMES, path),
        )

    def _inputs(self, node: Node, fields: Fields, name: str) -> dict[str, Expression]:
        look_up = self.names.look_ups.get(name)
        given: dict[str, Expression] = {}
        entries = self.reading.mapping(fields["with"], "with").entries if "with" in fields else ()
        for key, value in entries:
            wanted = None
            if look_up is not None and key.text not in look_up.inputs:
                self.reading.unknown("E213", f'input of "{name}"', key, look_up.inputs)
            elif look_up is not None:
                wanted = look_up.inputs[key.text]
            given[key.text] = self._options.expression(value, key.text, wanted)
        for missing in look_up.inputs.keys() - given.keys() if look_up else ():
            message = f'look-up "{name}" needs "{missing}", as in with: {{{missing}: ...}}'
            self.reading.blame("E213", message, node)
        return given

    def _set(self, node: Node, _fields: Fields, _path: str) -> Verb:
        assignable = {**self.names.variables, "caller.status": TEXT}
        assignments: list[tuple[str, Expression]] = []
        for key, value in self.reading.mapping(node, "set").entries:
            if key.text not in assignable:
                self.reading.unknown("E205", "variable", key, assignable)
            wanted = assignable.get(key.text)
            assignments.append((key.text, self._options.expression(value, key.text, wanted)))
        return SetVariables(tuple(assignments))

    def _tag(self, node: Node, _fields: Fields, _path: str) -> Verb:
        entries = self.reading.mapping(node, "tag").entries
        return Tag(
            tuple(
                (self.reading.name(key, "a tag"), self._options.expression(value, key.text))
                for key, value in entries
            )
        )

    def _language(self, node: Node, _fields: Fields, _path: str) -> Verb:
        languages = ValueType(Kind.CHOICE, choices=self.names.languages)
        scalar = node if isinstance(node, Scalar) else None
        if scalar and re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", scalar.text):
            known = scalar.text in self.names.languages or scalar.text in self.names.types
            if not known:
                self.reading.unknown("E206", "language", scalar, self.names.languages)
                return HangUp()
        return Language(self._options.expression(node, "language", languages))

    def _if(self, node: Node, fields: Fields, path: str) -> Verb:
        if "then" not in fields:
            self.reading.blame("E106", 'if needs a "then"', node)
        return If(
            self._options.expression(node, "if"),
            self._destination(fields, "then", path),
            self._destination(fields, "else", path),
        )

    def _goto(self, node: Node, _fields: Fields, path: str) -> Verb:
        return Goto(self.destination(node, f"{path}.goto"))

    def _queue(self, node: Node, fields: Fields, path: str) -> Verb:
        scalar = self.reading.scalar(node, "queue")
        name = scalar.text if scalar else ""
        queues = self.names.queues
        if scalar and queues is not None and name not in queues:
            self.reading.unknown("E203", "queue", scalar, queues)
        leads = self._outcomes(fields, "queue", QUEUE_OUTCOMES, path)
        settings = (queues or {}).get(QueueName(name))
        max_wait = None
        if "max_wait" in fields:
            max_wait = self._options.duration(fields, "max_wait", SECOND)
        limited = settings is not None and settings.max_waiting is not None
        for outcome in (*NEEDED_OUTCOMES, "full") if limited else NEEDED_OUTCOMES:
            if outcome not in leads:
                message = f'queue "{name}" needs a destination for "{outcome}" under next'
                self.reading.blame("E208", message, node)
        return Queue(
            queue=QueueName(name),
            next=leads,
            priority=self._options.optional_expression(fields, "priority", INTEGER),
            head_start=self._options.optional_expression(fields, "head_start", DURATION),
            greeting=self._options.prompt(fields["greeting"]) if "greeting" in fields else "",
            music=self.reading.text(fields["music"], "music") if "music" in fields else None,
            announce=self._options.announcements(fields),
            keys=self._keys(fields["keys"], "keys", f"{path}.keys") if "keys" in fields else {},
            max_wait=max_wait,
        )
