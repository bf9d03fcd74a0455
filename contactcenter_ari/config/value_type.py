"""Declared types (`digits`, `money EUR`, `[gold, silver]`) and expressions, read from YAML."""

import re
from collections.abc import Collection

from contactcenter_ari.config.document import Node, Scalar, Sequence
from contactcenter_ari.config.problem import did_you_mean, there_are
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.core.flow.language.expression import (
    Expression,
    ExpressionInvalid,
    Fault,
    Literal,
)
from contactcenter_ari.core.flow.language.foreign import VALUES
from contactcenter_ari.core.flow.language.number_literal import NumberLiterals
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.language.type_check import Types, check, faults, fits
from contactcenter_ari.core.spoken.value import (
    TEXT,
    Kind,
    ValueType,
    read_value,
    write_value,
)

DECLARABLE = tuple(kind.value for kind in Kind if kind not in {Kind.NUMBER, Kind.CHOICE})
NOTHING = Expression("", Literal(text="", value_type=TEXT, offset=0, length=0))
FAULT_CODES = {
    Fault.SYNTAX: "E301",
    Fault.UNKNOWN_NAME: "E302",
    Fault.TYPES: "E303",
    Fault.NEVER: "E304",
}


def read_type(reading: Reading, node: Node, what: str) -> ValueType:
    """A declared type; a list of words is a choice."""
    if isinstance(node, Sequence) and node.items:
        choices = tuple(reading.text(item, "a choice") for item in node.items)
        return ValueType(Kind.CHOICE, choices=choices)
    text = node.text if isinstance(node, Scalar) else ""
    kind, _, currency = text.partition(" ")
    if kind == Kind.MONEY and re.fullmatch(r"[A-Z]{3}", currency):
        return ValueType(Kind.MONEY, currency=currency)
    if text in DECLARABLE and text != Kind.MONEY:
        return ValueType(Kind(text))
    wanted = "a type such as text, digits, money EUR or [gold, silver]"
    given = f', not "{text[:60]}"' if text else ""
    suggestion = did_you_mean(kind, DECLARABLE) if kind != Kind.MONEY else ""
    reading.blame("E105", f"{what} must be {wanted}{given}", node, suggestion=suggestion)
    return TEXT


def read_expression(
    reading: Reading,
    node: Node,
    what: str,
    types: Types,
    wanted: ValueType | None = None,
    *,
    country: str = "",
) -> Expression:
    """An expression over the names of `types`, giving a value that fits `wanted`.

    Where something other than free text is wanted, such a value written out stands for
    itself: `language: nl`, `head_start: 5m`.
    """
    scalar = reading.scalar(node, what)
    if scalar is None:
        return NOTHING
    if wanted is not None and (literal := _written_out(scalar.text, wanted)):
        return literal
    try:
        expression, mistakes = NumberLiterals(types, country).read(parse(scalar.text))
    except ExpressionInvalid as invalid:
        _blame(reading, scalar, invalid)
        return NOTHING
    found = faults(expression, types)
    told = {fault.offset for fault in found}
    found += [mistake for mistake in mistakes if mistake.offset not in told]
    for fault in found:
        _blame(reading, scalar, fault, wanted.choices if wanted else ())
    if wanted is not None and not found:
        given = check(expression, types)
        if given is not None and not fits(given, wanted):
            reading.blame("E305", f"{what} must be {wanted}, not {given}", scalar)
    return expression


def refuse_sensitive(reading: Reading, scalar: Scalar, sensitive: Collection[str]) -> None:
    """Refuse an expression that would carry a sensitive value where it can be seen or heard."""
    for name in sensitive:
        found = re.search(rf"(?<![\w.'\"]){re.escape(name)}(?![\w.'\"])", scalar.text)
        if found is not None:
            message = f'"{name}" is sensitive: it may only be passed to look-ups'
            reading.blame("E801", message, scalar, offset=found.start(), length=len(name))


def _written_out(text: str, wanted: ValueType) -> Expression | None:
    if wanted.kind is Kind.TEXT or (wanted.kind is Kind.DURATION and text.isdigit()):
        return None  # a duration is written with its unit
    try:
        canonical = write_value(read_value(text, wanted))
    except ValueError:
        return None
    root = Literal(text=canonical, value_type=wanted, offset=0, length=len(text))
    return Expression(text, root)


def _blame(
    reading: Reading,
    scalar: Scalar,
    invalid: ExpressionInvalid,
    choices: tuple[str, ...] = (),
) -> None:
    start, stop = invalid.offset, invalid.offset + invalid.length
    suggestion = _suggestion(invalid, scalar.text, scalar.text[start:stop], choices)
    reading.blame(
        FAULT_CODES[invalid.fault],
        invalid.message,
        scalar,
        offset=invalid.offset,
        length=invalid.length,
        suggestion=suggestion,
    )


def _suggestion(
    invalid: ExpressionInvalid, whole: str, word: str, choices: tuple[str, ...]
) -> str:
    """The word that may have been meant; YAML takes the quotes of a whole value away."""
    quoted = f"""'"{word}"'""" if word == whole else f'"{word}"'
    if invalid.fault is not Fault.UNKNOWN_NAME:
        return did_you_mean(word.strip("\"'"), (*invalid.candidates, *choices))
    if word in invalid.texts:
        return f"a text is written in quotes: {quoted}"
    near = did_you_mean(word, (*invalid.candidates, *choices))
    if near or word.lower() in VALUES:
        return near or VALUES[word.lower()]
    known = there_are(invalid.candidates)
    return known if "." in word else f"a text is written in quotes: {quoted}; {known}"
