"""The kinds of values of a verb: how each is read, and its JSON Schema for editors."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import NamedTuple

from contactcenter_ari.config import flow_input, flow_person, flow_route, value_schema
from contactcenter_ari.config.document import Node, Scalar
from contactcenter_ari.config.flow_option import MOST_DIGITS, SECOND
from contactcenter_ari.config.reading import DAY
from contactcenter_ari.config.value_type import NOTHING
from contactcenter_ari.config.verb_reading import ReadOption, VerbReading
from contactcenter_ari.core.flow.language.destination import ON, Destination
from contactcenter_ari.core.flow.language.expression import Expression
from contactcenter_ari.core.flow.verb.set import CALLER_STATUS
from contactcenter_ari.core.flow.verb.spec import Kind as OptionKind
from contactcenter_ari.core.flow.verb.spec import Option
from contactcenter_ari.core.flow.verb.table import VERBS
from contactcenter_ari.core.spoken.value import TEXT, Kind, ValueType


class Form(NamedTuple):
    """How a value of one kind is read, and its schema where an option adds nothing to it."""

    read: ReadOption
    schema: value_schema.Schema


def read_option(verb: VerbReading, option: Option, node: Node | None) -> None:
    """Read an option into the fields of the verb; one that is not given has the default of the
    verb itself, or of its kind.
    """
    if option.kind is OptionKind.NOTHING:
        return
    if node is not None:
        value = FORMS[option.kind].read(verb, option, node)
    else:
        _tell_missing(verb, option)
        if option.kind not in ABSENT:
            return
        value = ABSENT[option.kind]()
    names = option.filled
    if len(names) == 1:
        verb.values[names[0]] = value
        return
    assert isinstance(value, tuple), value
    verb.values.update(zip(names, value, strict=True))


def schema_of_option(option: Option) -> value_schema.Schema:
    """The JSON Schema of the value of an option."""
    if option.kind is OptionKind.NOTHING:
        return value_schema.NOTHING
    schema = FORMS[option.kind].schema
    if option.kind is OptionKind.CHOICE and option.choices is not None:
        return {"enum": [choice.value for choice in option.choices]}
    if option.kind is OptionKind.NUMBER:
        return {**schema, "minimum": option.least or 1, "maximum": option.most}
    return schema


def _tell_missing(verb: VerbReading, option: Option) -> None:
    written = verb.node.text.split() if isinstance(verb.node, Scalar) else []
    meant = option.kind is OptionKind.DESTINATION and option.name in written
    if option.missing and not meant:  # which is told with the expression
        verb.reading.blame("E106", option.missing, verb.node)


def _text(verb: VerbReading, option: Option, node: Node) -> str:
    return verb.reading.text(node, option.name)


def _name(verb: VerbReading, option: Option, node: Node) -> str:
    scalar = verb.reading.scalar(node, option.name)
    return verb.reading.name(scalar, option.thing) if scalar else ""


def _yes_no(verb: VerbReading, option: Option, node: Node) -> bool:
    return verb.reading.boolean(node, option.name)


def _number(verb: VerbReading, option: Option, node: Node) -> int:
    default = VERBS[verb.spec.name].default_of(option)
    least = option.least if isinstance(option.least, int) else 1
    most = option.most if isinstance(option.most, int) else 999
    example = default if isinstance(default, int) else least
    return verb.reading.integer(node, option.name, least=least, most=most, example=example)


def _duration(verb: VerbReading, option: Option, node: Node) -> timedelta:
    least = option.least if isinstance(option.least, timedelta) else SECOND
    most = option.most if isinstance(option.most, timedelta) else DAY
    return verb.reading.duration(node, option.name, least=least, most=most)


def _choice(verb: VerbReading, option: Option, node: Node) -> str:
    assert option.choices is not None, option
    return verb.reading.choice(node, option.name, option.choices)


def _expression(verb: VerbReading, option: Option, node: Node) -> Expression:
    return verb.options.expression(node, option.name, option.wanted)


def _prompt(verb: VerbReading, _option: Option, node: Node) -> str:
    return verb.options.prompt(node)


def _prompts(verb: VerbReading, option: Option, node: Node) -> tuple[str, ...]:
    return verb.options.prompts(node, option.name)


def _destination(verb: VerbReading, option: Option, node: Node) -> Destination:
    return verb.scope.destination(node, f"{verb.path}.{option.name}")


def _section(verb: VerbReading, option: Option, node: Node) -> str:
    scalar = verb.reading.scalar(node, option.name)
    return verb.scope.section(scalar) if scalar else ""


def _keys(verb: VerbReading, option: Option, node: Node) -> dict[str, Destination]:
    return verb.scope.keys(node, option.name, f"{verb.path}.{option.name}")


def _outcomes(verb: VerbReading, _option: Option, node: Node) -> dict[str, Destination]:
    spec = verb.spec
    return verb.scope.outcomes(node, spec.name, spec.outcome_names, verb.path)


def _wasted(verb: VerbReading, _option: Option, node: Node) -> dict[str, Destination]:
    spec = verb.spec
    return verb.scope.outcomes(node, spec.name, spec.outcome_names, f"{verb.path}.next")


def _look_up(verb: VerbReading, option: Option, node: Node) -> str:
    scalar = verb.reading.scalar(node, option.name)
    if scalar and verb.scope.names.lacks("look_ups", scalar.text):
        verb.reading.unknown("E204", "look-up", scalar, verb.scope.names.look_ups)
    return scalar.text if scalar else ""


def _assignments(
    verb: VerbReading, option: Option, node: Node
) -> tuple[tuple[str, Expression], ...]:
    names = verb.scope.names
    assignable = {**names.variables, CALLER_STATUS: TEXT}
    assignments: list[tuple[str, Expression]] = []
    for key, value in verb.reading.mapping(node, option.name).entries:
        if key.text not in assignable and "variables" not in names.doubt:
            verb.reading.unknown("E205", "variable", key, assignable)
        wanted = assignable.get(key.text)
        assignments.append((key.text, verb.options.expression(value, key.text, wanted)))
    return tuple(assignments)


def _tags(verb: VerbReading, option: Option, node: Node) -> tuple[tuple[str, Expression], ...]:
    return tuple(
        (verb.reading.name(key, "a tag"), verb.options.expression(value, key.text))
        for key, value in verb.reading.mapping(node, option.name).entries
    )


def _language(verb: VerbReading, option: Option, node: Node) -> Expression:
    names = verb.scope.names
    languages = ValueType(Kind.CHOICE, choices=names.languages)
    scalar = node if isinstance(node, Scalar) else None
    if scalar and re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", scalar.text):
        known = scalar.text in names.languages or scalar.text in names.types
        if not known:
            verb.reading.unknown("E206", "language", scalar, names.languages)
            return NOTHING
    return verb.options.expression(node, option.name, languages)


FORMS: Mapping[OptionKind, Form] = {
    OptionKind.TEXT: Form(_text, value_schema.TEXT),
    OptionKind.NAME: Form(_name, value_schema.NAME),
    OptionKind.YES_NO: Form(_yes_no, value_schema.BOOLEAN),
    OptionKind.NUMBER: Form(_number, value_schema.NUMBER),
    OptionKind.DURATION: Form(_duration, value_schema.DURATION),
    OptionKind.CHOICE: Form(_choice, value_schema.NAME),
    OptionKind.EXPRESSION: Form(_expression, value_schema.TEXT),
    OptionKind.PROMPT: Form(_prompt, value_schema.NAME),
    OptionKind.PROMPTS: Form(_prompts, value_schema.NAMES),
    OptionKind.GREETING: Form(
        lambda verb, _option, node: verb.options.greeting(node), value_schema.NAME
    ),
    OptionKind.ANNOUNCEMENTS: Form(
        lambda verb, _option, node: verb.options.announcements(node), value_schema.ANNOUNCEMENTS
    ),
    OptionKind.SECTION: Form(_section, value_schema.NAME),
    OptionKind.DESTINATION: Form(_destination, value_schema.DESTINATION),
    OptionKind.CHOICES: Form(flow_input.read_choices, value_schema.CHOICES),
    OptionKind.KEYS: Form(_keys, value_schema.schema_of_keys(value_schema.DESTINATION)),
    OptionKind.CASES: Form(flow_route.read_cases, value_schema.DESTINATIONS),
    OptionKind.SHARES: Form(flow_route.read_shares, value_schema.SHARES),
    OptionKind.OUTCOMES: Form(_outcomes, value_schema.DESTINATIONS),
    OptionKind.WASTED: Form(_wasted, value_schema.DESTINATIONS),
    OptionKind.TRIES: Form(flow_input.read_tries, value_schema.TRIES),
    OptionKind.DIGITS: Form(
        lambda verb, _option, node: verb.options.digits(node), value_schema.TEXT
    ),
    OptionKind.KEY: Form(
        lambda verb, _option, node: verb.options.terminator(node), value_schema.KEY
    ),
    OptionKind.PATTERN: Form(flow_input.read_pattern, value_schema.PATTERN),
    OptionKind.VARIABLE: Form(
        lambda verb, _option, node: verb.options.gathered(node), value_schema.NAME
    ),
    OptionKind.ASSIGNMENTS: Form(_assignments, value_schema.EXPRESSIONS),
    OptionKind.TAGS: Form(_tags, value_schema.EXPRESSIONS),
    OptionKind.LANGUAGE: Form(_language, value_schema.TEXT),
    OptionKind.LOOK_UP: Form(_look_up, value_schema.NAME),
    OptionKind.INPUTS: Form(flow_route.read_inputs, value_schema.EXPRESSIONS),
    OptionKind.QUEUE: Form(flow_person.read_queue_name, value_schema.NAME),
    OptionKind.SKILLS: Form(flow_person.read_skill_steps, value_schema.SKILLS),
    OptionKind.EXTENSION: Form(flow_person.read_extension, value_schema.TEXT),
    OptionKind.PHONE: Form(flow_person.read_number, value_schema.TEXT),
    OptionKind.OUTSIDE: Form(flow_person.read_outside, value_schema.TEXT),
    OptionKind.HOURS: Form(flow_person.read_hours, value_schema.NAME),
}
"""The form of each kind of value, except for `NOTHING`, which is never read."""
ABSENT: Mapping[OptionKind, Callable[[], object]] = {
    OptionKind.PROMPT: str,
    OptionKind.PROMPTS: tuple,
    OptionKind.DESTINATION: lambda: ON,
    OptionKind.CHOICES: dict,
    OptionKind.CASES: dict,
    OptionKind.OUTCOMES: dict,
    OptionKind.WASTED: dict,
    OptionKind.INPUTS: dict,
    OptionKind.DIGITS: lambda: (1, MOST_DIGITS),
}
"""The value of an option that is not given, where its verb may have no default."""
