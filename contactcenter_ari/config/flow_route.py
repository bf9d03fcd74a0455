"""Values of verbs that lead a caller on, or that look something up: cases, shares, inputs."""

from contactcenter_ari.config.document import Node, Scalar
from contactcenter_ari.config.flow_scope import Scope
from contactcenter_ari.config.problem import did_you_mean
from contactcenter_ari.config.value_type import NOTHING
from contactcenter_ari.config.verb_reading import VerbReading
from contactcenter_ari.core.flow.language.destination import Destination
from contactcenter_ari.core.flow.language.expression import Expression, Name
from contactcenter_ari.core.flow.language.number_literal import AREA, COUNTRY, NumberLiterals
from contactcenter_ari.core.flow.language.type_check import check, faults
from contactcenter_ari.core.flow.verb.lookup import LookUpStep
from contactcenter_ari.core.flow.verb.spec import FlowVerb, Option
from contactcenter_ari.core.spoken.value import PHONE, Kind, read_value, write_value

HUNDRED = 100


def read_cases(verb: VerbReading, option: Option, node: Node) -> dict[str, Destination]:
    """The destinations of the values of an expression."""
    value, scope = verb.values["value"], verb.scope
    assert isinstance(value, Expression), value
    return {
        _case(scope, value, key): scope.destination(lead, f"{verb.path}.cases.{key.text}")
        for key, lead in verb.reading.mapping(node, option.name).entries
    }


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


def read_shares(
    verb: VerbReading, option: Option, node: Node
) -> tuple[tuple[Destination, int], ...]:
    """The destinations of a random choice, in shares of a hundred."""
    shares: list[tuple[Destination, int]] = []
    before = len(verb.reading.problems)
    for key, value in verb.reading.mapping(node, option.name).entries:
        share = verb.reading.integer(value, key.text, least=0, most=HUNDRED, example=50)
        shares.append((verb.scope.word(key), share))
    total = sum(share for _, share in shares)
    if total != HUNDRED and len(verb.reading.problems) == before:
        message = f"the shares of a split must add up to 100, not {total}"
        verb.reading.blame("E704", message, node)
    return tuple(shares)


def read_inputs(verb: VerbReading, option: Option, node: Node) -> dict[str, Expression]:
    """The inputs of a look-up."""
    name = str(verb.values["name"])
    names = verb.scope.names
    look_up = None if name in names.broken else names.look_ups.get(name)
    given: dict[str, Expression] = {}
    for key, value in verb.reading.mapping(node, option.name).entries:
        wanted = look_up.inputs.get(key.text) if look_up is not None else None
        if look_up is not None and wanted is None:
            verb.reading.unknown("E213", f'input of "{name}"', key, look_up.inputs)
        given[key.text] = verb.options.expression(value, key.text, wanted, secret=True)
    return given


def check_inputs(verb: VerbReading, step: FlowVerb) -> None:
    """A look-up needs all of its inputs; one with a wrong name may be that which is missing."""
    assert isinstance(step, LookUpStep), step
    names = verb.scope.names
    look_up = None if step.name in names.broken else names.look_ups.get(step.name)
    if look_up is None or step.inputs.keys() - look_up.inputs.keys():
        return
    for missing in sorted(look_up.inputs.keys() - step.inputs.keys()):
        message = f'look-up "{step.name}" needs "{missing}", as in with: {{{missing}: ...}}'
        verb.reading.blame("E213", message, verb.node)
