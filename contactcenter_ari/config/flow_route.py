"""Verbs that lead a caller on: if, switch, split, goto, call, return."""

from contactcenter_ari.config.document import Node, Scalar
from contactcenter_ari.config.flow_option import Fields
from contactcenter_ari.config.flow_scope import Scope
from contactcenter_ari.config.problem import did_you_mean
from contactcenter_ari.config.value_type import NOTHING
from contactcenter_ari.core.flow.language.destination import ON, Destination, Way
from contactcenter_ari.core.flow.language.expression import Expression, Name
from contactcenter_ari.core.flow.language.number_literal import AREA, COUNTRY, NumberLiterals
from contactcenter_ari.core.flow.language.type_check import check, faults
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.if_ import If
from contactcenter_ari.core.flow.verb.split import Split
from contactcenter_ari.core.flow.verb.switch import Switch
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.spoken.value import PHONE, Kind, read_value, write_value

HUNDRED = 100


def read_if(scope: Scope, node: Node, fields: Fields, path: str) -> Verb:
    """One way or the other."""
    written = node.text.split() if isinstance(node, Scalar) else []
    if "then" not in fields and "then" not in written:  # which is told with the expression
        scope.reading.blame("E106", 'if needs a "then"', node)
    return If(
        scope.options.expression(node, "if"),
        scope.option(fields, "then", path),
        scope.option(fields, "else", path),
    )


def read_switch(scope: Scope, node: Node, fields: Fields, path: str) -> Verb:
    """By a value."""
    value = scope.options.expression(node, "switch")
    if "cases" not in fields:
        scope.reading.blame("E106", 'switch needs "cases", like {gold: vip}', node)
    cases: dict[str, Destination] = {}
    entries = scope.reading.mapping(fields["cases"], "cases").entries if "cases" in fields else ()
    for key, lead in entries:
        cases[_case(scope, value, key)] = scope.destination(lead, f"{path}.cases.{key.text}")
    return Switch(value, cases, scope.option(fields, "default", path))


def _case(scope: Scope, value: Expression, key: Scalar) -> str:
    """A case as the value's canonical text; one the value can never have is told."""
    if value == NOTHING or faults(value, scope.names.types):
        return key.text
    if isinstance(value.root, Name) and (number := _number(scope, value.root.name, key)):
        return number
    type_ = check(value, scope.names.types)
    if type_ is None or type_.kind in {Kind.TEXT, Kind.NUMBER}:
        return key.text
    try:
        return write_value(read_value(key.text, type_))
    except ValueError:
        message = f'{value.text[:60]} can never be "{key.text[:60]}": {type_}'
        suggestion = did_you_mean(key.text, type_.choices)
        scope.reading.blame("E304", message, key, suggestion=suggestion)
        return key.text


def _number(scope: Scope, name: str, key: Scalar) -> str:
    """A case of the caller's number, area or country in the one form it has; empty for another."""
    literals = NumberLiterals(scope.names.types, scope.names.country)
    try:
        text = literals.read_text(name, key.text)
    except ValueError as error:
        scope.reading.blame("E304", f'{name} can never be "{key.text[:60]}": {error}', key)
        return key.text
    known = name in {AREA, COUNTRY} or scope.names.types.get(name) == PHONE
    return text if known else ""


def read_split(scope: Scope, node: Node, _fields: Fields, _path: str) -> Verb:
    """By chance, in shares of a hundred."""
    shares: list[tuple[Destination, int]] = []
    before = len(scope.reading.problems)
    for key, value in scope.reading.mapping(node, "split").entries:
        share = scope.reading.integer(value, key.text, least=0, most=HUNDRED, example=50)
        shares.append((scope.word(key), share))
    total = sum(share for _, share in shares)
    if total != HUNDRED and len(scope.reading.problems) == before:
        message = f"the shares of a split must add up to 100, not {total}"
        scope.reading.blame("E704", message, node)
    return Split(tuple(shares))


def read_goto(scope: Scope, node: Node, _fields: Fields, path: str) -> Verb:
    """To a section for good."""
    return Goto(scope.destination(node, f"{path}.goto"))


def read_call(scope: Scope, node: Node, _fields: Fields, _path: str) -> Verb:
    """To a section and back again."""
    scalar = scope.reading.scalar(node, "call")
    if scalar is None:
        return Goto(ON)
    return Goto(Destination(Way.CALL, scope.section(scalar)))


def read_return(_scope: Scope, _node: Node, _fields: Fields, _path: str) -> Verb:
    """Back to where this section was called."""
    return Goto(Destination(Way.RETURN))
