"""Verbs that listen to the caller's keys: menu and gather."""

from datetime import timedelta

from contactcenter_ari.config.document import Node, Scalar
from contactcenter_ari.config.flow_option import MOST_DIGITS, Fields
from contactcenter_ari.config.flow_scope import Scope
from contactcenter_ari.config.reading import KEYS
from contactcenter_ari.core.flow.step import Destination, Gather, InputRules, Menu, Verb


def read_menu(scope: Scope, node: Node, fields: Fields, path: str) -> Verb:
    """Offer choices by key."""
    prompts = tuple(scope.options.prompt(item) for item in scope.reading.items(node, "menu"))
    if not prompts:
        scope.reading.blame("E105", "a menu needs a prompt", node)
    choices: dict[str, Destination] = {}
    if "choices" in fields:
        choices = _choices(scope, fields["choices"], path)
    if not choices:
        scope.reading.blame("E106", 'a menu needs "choices", like {"1": sales}', node)
    return Menu(_input_rules(scope, fields, prompts, path), choices)


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
    return Gather(
        variable=scope.options.gathered(node),
        rules=_input_rules(scope, fields, prompts, path),
        least_digits=least,
        most_digits=most,
        terminator=scope.options.terminator(fields),
        matches=scope.options.matches(fields, least, most),
        sensitive=scope.options.boolean(fields, "sensitive", default=False),
        confirm=scope.options.optional_prompt(fields, "confirm"),
    )


def _input_rules(scope: Scope, fields: Fields, prompts: tuple[str, ...], path: str) -> InputRules:
    options = scope.options
    return InputRules(
        prompts=prompts,
        no_input=options.prompts(fields, "no_input"),
        no_match=options.prompts(fields, "no_match"),
        tries=options.integer(fields, "tries", 3, most=10),
        timeout=options.duration(fields, "timeout", timedelta(seconds=5)),
        inter_digit_timeout=options.duration(fields, "inter_digit_timeout", timedelta(seconds=3)),
        barge_in=options.boolean(fields, "barge_in", default=True),
        failed=scope.option(fields, "failed", path),
    )
