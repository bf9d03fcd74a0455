"""Values of verbs that listen to the caller's keys, menu and gather, and what must fit in them."""

from contactcenter_ari.config.document import Mapping, Node, Scalar
from contactcenter_ari.config.flow_option import GATHERABLE, MOST_DIGITS
from contactcenter_ari.config.flow_scope import Scope
from contactcenter_ari.config.reading import KEYS
from contactcenter_ari.config.verb_reading import VerbReading
from contactcenter_ari.core.flow.input import may_lead
from contactcenter_ari.core.flow.language.destination import Destination
from contactcenter_ari.core.flow.language.pattern import named_keys
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.input_rules import MOST_TRIES, WASTED, InputRules
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.spec import FlowVerb, Option
from contactcenter_ari.core.spoken.value import TEXT, Kind, ValueType

TRIES = 3


def read_choices(verb: VerbReading, option: Option, node: Node) -> dict[str, Destination]:
    """The destinations of keys; no key may be the beginning of another."""
    scope = verb.scope
    choices: dict[str, Destination] = {}
    for key, value in verb.reading.mapping(node, option.name).entries:
        if not key.text or set(key.text) - KEYS or len(key.text) > MOST_DIGITS:
            wanted = "one or more of the keys 0-9, * and #"
            message = f'a choice must be {wanted}, not "{key.text}"'
            verb.reading.blame("E109", message, key)
        shared = scope.names.global_keys - {key.text}
        for other in (*choices, *sorted(shared)):
            _refuse_beginning(scope, key, other)
        choices[key.text] = scope.destination(value, f"{verb.path}.choices.{key.text}")
    return choices


def _refuse_beginning(scope: Scope, key: Scalar, other: str) -> None:
    short, long = sorted((key.text, other), key=len)
    if long.startswith(short) and key.text:
        message = f'"{short}" is the beginning of "{long}", so one cannot be typed'
        scope.reading.blame("E501", message, key)


def read_tries(verb: VerbReading, option: Option, node: Node) -> tuple[int, dict[str, int]]:
    """How many tries there are: for all that may go wrong, or for each kind of it."""
    if not isinstance(node, Mapping):
        return _count(verb, node, option.name), {}
    own = verb.reading.fields(node, option.name, WASTED)
    return TRIES, {
        kind: _count(verb, own[kind], kind) if kind in own else TRIES for kind in WASTED
    }


def _count(verb: VerbReading, node: Node, what: str) -> int:
    return verb.reading.integer(node, what, least=1, most=MOST_TRIES, example=TRIES)


def read_pattern(verb: VerbReading, _option: Option, node: Node) -> str:
    """The form that typed digits must have."""
    least, most = verb.values["least_digits"], verb.values["most_digits"]
    assert isinstance(least, int), least
    assert isinstance(most, int), most
    return verb.options.matches(node, least, most)


def check_menu(verb: VerbReading, step: FlowVerb) -> None:
    """A menu asks something and has choices."""
    assert isinstance(step, Menu), step
    if not step.rules.prompts:
        verb.reading.blame("E105", "a menu needs a prompt", verb.node)
    given = verb.fields.get("choices")
    if isinstance(given, Mapping) and not step.choices:
        _tell_empty(verb, "choices")
    _check_rules(verb, step.rules)


def check_gather(verb: VerbReading, step: FlowVerb) -> None:
    """A gather asks something, of which its variable can hold the answer, and its keys act."""
    assert isinstance(step, Gather), step
    if "prompt" in verb.fields and not step.rules.prompts:
        _tell_empty(verb, "prompt")
    _check_rules(verb, step.rules)
    type_ = verb.scope.names.variables.get(step.variable, TEXT)
    _check_matches(verb, step, type_)
    keys = verb.fields.get("keys")
    for key, _ in verb.reading.mapping(keys, "keys").entries if keys is not None else ():
        if key.text in step.keys and not may_lead(step, key.text, type_):
            verb.reading.blame("E506", _idle(step, key.text), key)


def _tell_empty(verb: VerbReading, name: str) -> None:
    """Note that an option is empty as if it were not given."""
    option = next(option for option in verb.spec.options if option.name == name)
    verb.reading.blame("E106", option.missing, verb.node)


def _check_rules(verb: VerbReading, rules: InputRules) -> None:
    if "failed" in verb.fields and rules.next.keys() >= set(WASTED):
        message = '"failed" is never come to: no_input and no_match have ways of their own'
        verb.reading.blame("E111", message, verb.fields["failed"])


def _check_matches(verb: VerbReading, gather: Gather, type_: ValueType) -> None:
    """Refuse a pattern with keys that the variable cannot hold."""
    if "matches" not in verb.fields or type_.kind not in GATHERABLE - {Kind.TEXT}:
        return
    for key in sorted(named_keys(gather.matches)):
        message = f'"{key}" cannot be typed into "{gather.variable}", which is {type_}, not text'
        verb.reading.blame("E504", message, verb.fields["matches"])


def _idle(gather: Gather, key: str) -> str:
    """Why a key of a gather has no effect."""
    if key == gather.terminator:
        return f'"{key}" ends the input, so it leads nowhere; choose another terminator'
    if gather.sensitive:
        return f'"{key}" may be the first of a secret, so it leads nowhere; use * or #'
    return f'"{key}" may be what is asked for, so it leads nowhere'
