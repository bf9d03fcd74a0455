"""Verbs that listen to the caller's keys: menu and gather."""

from datetime import timedelta

from msgspec import structs

from contactcenter_ari.config.document import Mapping, Node, Scalar, Sequence
from contactcenter_ari.config.flow_option import GATHERABLE, MOST_DIGITS, Fields
from contactcenter_ari.config.flow_scope import Scope
from contactcenter_ari.config.reading import KEYS
from contactcenter_ari.config.verb import WASTED
from contactcenter_ari.core.flow.input import may_lead
from contactcenter_ari.core.flow.language.destination import Destination
from contactcenter_ari.core.flow.language.pattern import named_keys
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.spoken.value import TEXT, Kind, ValueType

TRIES, MOST_TRIES = 3, 10


def read_menu(scope: Scope, node: Node, fields: Fields, path: str) -> Verb:
    """Offer choices by key."""
    prompts = tuple(scope.options.prompt(item) for item in scope.reading.items(node, "menu"))
    if not prompts:
        scope.reading.blame("E105", "a menu needs a prompt", node)
    choices: dict[str, Destination] = {}
    if "choices" in fields:
        choices = _choices(scope, fields["choices"], path)
    if not choices and not isinstance(fields.get("choices"), Scalar | Sequence):
        scope.reading.blame("E106", 'a menu needs "choices", like {"1": sales}', node)
    return Menu(_input_rules(scope, fields, prompts, "menu", path), choices)


def _choices(scope: Scope, node: Node, path: str) -> dict[str, Destination]:
    choices: dict[str, Destination] = {}
    for key, value in scope.reading.mapping(node, "choices").entries:
        if not key.text or set(key.text) - KEYS or len(key.text) > MOST_DIGITS:
            wanted = "one or more of the keys 0-9, * and #"
            scope.reading.blame("E109", f'a choice must be {wanted}, not "{key.text}"', key)
        shared = scope.names.global_keys - {key.text}
        for other in (*choices, *sorted(shared)):
            _refuse_beginning(scope, key, other)
        choices[key.text] = scope.destination(value, f"{path}.choices.{key.text}")
    return choices


def _refuse_beginning(scope: Scope, key: Scalar, other: str) -> None:
    short, long = sorted((key.text, other), key=len)
    if long.startswith(short) and key.text:
        message = f'"{short}" is the beginning of "{long}", so one cannot be typed'
        scope.reading.blame("E501", message, key)


def read_gather(scope: Scope, node: Node, fields: Fields, path: str) -> Verb:
    """Ask for digits and keep them in a variable."""
    prompts = scope.options.prompts(fields, "prompt")
    if not prompts:
        scope.reading.blame("E106", 'gather needs a "prompt"', node)
    least, most = scope.options.digits(fields)
    gather = Gather(
        variable=scope.options.gathered(node),
        rules=_input_rules(scope, fields, prompts, "gather", path),
        least_digits=least,
        most_digits=most,
        terminator=scope.options.terminator(fields),
        matches=scope.options.matches(fields, least, most),
        sensitive=scope.options.boolean(fields, "sensitive", default=False),
        confirm=scope.options.optional_prompt(fields, "confirm"),
    )
    type_ = scope.names.variables.get(gather.variable, TEXT)
    _check_matches(scope, fields, gather, type_)
    return structs.replace(gather, keys=_keys(scope, fields, gather, type_, path))


def _check_matches(scope: Scope, fields: Fields, gather: Gather, type_: ValueType) -> None:
    """Refuse a pattern with keys that the variable cannot hold."""
    if "matches" not in fields or type_.kind not in GATHERABLE - {Kind.TEXT}:
        return
    for key in sorted(named_keys(gather.matches)):
        message = f'"{key}" cannot be typed into "{gather.variable}", which is {type_}, not text'
        scope.reading.blame("E504", message, fields["matches"])


def _keys(
    scope: Scope, fields: Fields, gather: Gather, type_: ValueType, path: str
) -> dict[str, Destination]:
    """Where keys lead that are no part of what is typed."""
    if "keys" not in fields:
        return {}
    leads = scope.keys(fields["keys"], "keys", f"{path}.keys")
    for key, _ in scope.reading.mapping(fields["keys"], "keys").entries:
        if key.text in leads and not may_lead(gather, key.text, type_):
            scope.reading.blame("E506", _idle(gather, key.text), key)
    return leads


def _idle(gather: Gather, key: str) -> str:
    """Why a key of a gather has no effect."""
    if key == gather.terminator:
        return f'"{key}" ends the input, so it leads nowhere; choose another terminator'
    if gather.sensitive:
        return f'"{key}" may be the first of a secret, so it leads nowhere; use * or #'
    return f'"{key}" may be what is asked for, so it leads nowhere'


def _input_rules(
    scope: Scope, fields: Fields, prompts: tuple[str, ...], verb: str, path: str
) -> InputRules:
    options = scope.options
    tries, own_tries = _tries(scope, fields)
    leads = scope.outcomes(fields, verb, f"{path}.next")
    if "failed" in fields and leads.keys() >= set(WASTED):
        message = '"failed" is never come to: no_input and no_match have ways of their own'
        scope.reading.blame("E111", message, fields["failed"])
    return InputRules(
        prompts=prompts,
        no_input=options.prompts(fields, "no_input"),
        no_match=options.prompts(fields, "no_match"),
        tries=tries,
        timeout=options.duration(fields, "timeout", timedelta(seconds=5)),
        inter_digit_timeout=options.duration(fields, "inter_digit_timeout", timedelta(seconds=3)),
        barge_in=options.boolean(fields, "barge_in", default=True),
        failed=scope.option(fields, "failed", path),
        own_tries=own_tries,
        next=leads,
    )


def _tries(scope: Scope, fields: Fields) -> tuple[int, dict[str, int]]:
    """How many tries there are: for all that may go wrong, or for each kind of it."""
    node = fields.get("tries")
    if not isinstance(node, Mapping):
        return scope.options.integer(fields, "tries", TRIES, most=MOST_TRIES), {}
    own = scope.reading.fields(node, "tries", WASTED)
    each = {kind: scope.options.integer(own, kind, TRIES, most=MOST_TRIES) for kind in WASTED}
    return TRIES, each
