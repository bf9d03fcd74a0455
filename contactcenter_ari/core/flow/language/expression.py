"""Expressions of the flow language: `customer.status in ["gold", "vip"] and hours.office.open`.

The tree is plain data. `parse` admits a short list of Python's forms and nothing else;
`typing.check` says what is wrong before a caller hears it. `evaluate` is total: of an
expression that passed the check it never raises, whatever the values. An unset value is
empty and false; arithmetic with it is unset.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import msgspec

from contactcenter_ari.core.errors import CallFlowInvalid
from contactcenter_ari.core.flow.language.moment import beside
from contactcenter_ari.core.spoken.value import (
    Money,
    Value,
    ValueType,
    read_value,
)

NUMBER_LIMIT = 10**18
TEXT_LIMIT = 1000


class Fault(StrEnum):
    """The kind of mistake that makes an expression invalid."""

    SYNTAX = "syntax"
    UNKNOWN_NAME = "unknown_name"
    TYPES = "types"
    NEVER = "never"
    """The other side of a comparison can never have this value."""


class ExpressionInvalid(CallFlowInvalid):
    """An expression cannot be used. `offset` and `length`, in characters of its text, mark the
    part with the mistake; `candidates` are names that may have been meant, `texts` those that the
    other side of a comparison can have.
    """

    def __init__(
        self,
        message: str,
        offset: int,
        *,
        length: int = 1,
        fault: Fault = Fault.SYNTAX,
        candidates: tuple[str, ...] = (),
        texts: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.length = length
        self.fault = fault
        self.candidates = candidates
        self.texts = texts


class Comparison(StrEnum):
    """The operator between two compared values."""

    EQUAL = "=="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    BEGINS = "startswith"


class Sum(StrEnum):
    """The operator between two values of a calculation."""

    PLUS = "+"
    MINUS = "-"
    TIMES = "*"


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """The base of every node, with its location in the text of the expression."""

    offset: int
    length: int


class Literal(Node, frozen=True, tag="literal"):
    """A value written out; `text` is its canonical text."""

    text: str
    value_type: ValueType


class Name(Node, frozen=True, tag="name"):
    """A dotted name, such as `caller.status`."""

    name: str


class Not(Node, frozen=True, tag="not"):
    """True when the operand is false."""

    operand: "AnyNode"


class And(Node, frozen=True, tag="and"):
    """True when all operands are."""

    operands: tuple["AnyNode", ...]


class Or(Node, frozen=True, tag="or"):
    """True when one operand is."""

    operands: tuple["AnyNode", ...]


class Compare(Node, frozen=True, tag="compare"):
    """Two values side by side."""

    left: "AnyNode"
    how: Comparison
    right: "AnyNode"


class Among(Node, frozen=True, tag="in"):
    """True when the value equals one of the options."""

    value: "AnyNode"
    options: tuple["AnyNode", ...]


class Choose(Node, frozen=True, tag="choose"):
    """`then if condition else otherwise`."""

    condition: "AnyNode"
    then: "AnyNode"
    otherwise: "AnyNode"


class Arithmetic(Node, frozen=True, tag="arithmetic"):
    """Plus, minus, times."""

    left: "AnyNode"
    how: Sum
    right: "AnyNode"


class Negate(Node, frozen=True, tag="negate"):
    """Minus the operand."""

    operand: "AnyNode"


AnyNode = Literal | Name | Not | And | Or | Compare | Among | Choose | Arithmetic | Negate


class Expression(msgspec.Struct, frozen=True):
    """An expression as written, and its tree."""

    text: str
    root: AnyNode


def truth(value: Value) -> bool:
    """Whether a value counts as true: not unset, not empty, not zero, not false."""
    return bool(value)


def evaluate(expression: Expression, value_of: Callable[[str], Value]) -> Value:
    """The value of a checked expression; `value_of` gives the value of a name, None if unset.
    Never raises unless `value_of` does.
    """
    return _value(expression.root, value_of)


def _value(node: AnyNode, value_of: Callable[[str], Value]) -> Value:
    match node:
        case Literal():
            return read_value(node.text, node.value_type)
        case Name():
            return value_of(node.name)
        case Choose():
            chosen = truth(_value(node.condition, value_of))
            return _value(node.then if chosen else node.otherwise, value_of)
        case Arithmetic():
            left, right = _value(node.left, value_of), _value(node.right, value_of)
            return _total(left, node.how, right)
        case Negate():
            return _total(-1, Sum.TIMES, _value(node.operand, value_of))
        case _:
            return _holds(node, value_of)


def _holds(node: Not | And | Or | Compare | Among, value_of: Callable[[str], Value]) -> bool:
    match node:
        case Not():
            return not truth(_value(node.operand, value_of))
        case And():
            return all(truth(_value(operand, value_of)) for operand in node.operands)
        case Or():
            return any(truth(_value(operand, value_of)) for operand in node.operands)
        case Compare():
            left, right = _value(node.left, value_of), _value(node.right, value_of)
            return _compare(left, node.how, right)
        case Among():
            value = _value(node.value, value_of)
            return any(_equal(value, _value(option, value_of)) for option in node.options)


def _compare(left: Value, how: Comparison, right: Value) -> bool:
    match how:
        case Comparison.EQUAL:
            return _equal(left, right)
        case Comparison.UNEQUAL:
            return not _equal(left, right)
        case Comparison.LESS:
            return _less(left, right)
        case Comparison.MORE:
            return _less(right, left)
        case Comparison.AT_MOST:
            return _less(left, right) or _ordered_equal(left, right)
        case Comparison.AT_LEAST:
            return _less(right, left) or _ordered_equal(left, right)
        case Comparison.BEGINS:
            texts = isinstance(left, str) and isinstance(right, str)
            return texts and bool(right) and str(left).startswith(str(right))


def _equal(left: Value, right: Value) -> bool:
    if left is None or right is None:
        other = right if left is None else left
        return other is None or other == "" or other is False
    left, right = _alike(left, right)
    try:
        return left == right
    except ArithmeticError:  # a signaling NaN
        return False


def _ordered_equal(left: Value, right: Value) -> bool:
    return left is not None and right is not None and _equal(left, right)


def _less(left: Value, right: Value) -> bool:
    if left is None or right is None:
        return False
    left, right = _alike(left, right)
    try:
        return bool(left < right)  # type: ignore[operator]  # unlike types raise, see below
    except (TypeError, ArithmeticError):
        return False


def _alike(left: Value, right: Value) -> tuple[Value, Value]:
    """A text beside a date, time, duration or bool is read as one; money beside a number is
    its amount.
    """
    if isinstance(left, str) and not isinstance(right, str):
        return _read(left, right)
    if isinstance(right, str) and not isinstance(left, str):
        text, value = _read(right, left)
        return value, text
    if isinstance(left, Money) and isinstance(right, Money):
        same = left.currency == right.currency
        return (left.amount, right.amount) if same else (left.currency, right.currency)
    if isinstance(left, Money) and isinstance(right, int | Decimal):
        return left.amount, right
    if isinstance(right, Money) and isinstance(left, int | Decimal):
        return left, right.amount
    return left, right


def _read(text: str, value: Value) -> tuple[Value, Value]:
    try:
        return beside(text, value)
    except ValueError:
        return text, value


def _total(left: Value, how: Sum, right: Value) -> Value:
    try:
        return _bounded(_combined(left, how, right))
    except (TypeError, ValueError, ArithmeticError):
        return None


def _combined(left: Value, how: Sum, right: Value) -> Value:
    if left is None or right is None or isinstance(left, bool) or isinstance(right, bool):
        return None
    if isinstance(left, Money) or isinstance(right, Money):
        return _combined_money(left, how, right)
    if how is Sum.TIMES:
        return _product(left, right)
    sign = 1 if how is Sum.PLUS else -1
    match left, right:
        case int(), int():
            return left + sign * right
        case int() | Decimal(), int() | Decimal():
            return Decimal(left) + sign * Decimal(right)
        case str(), str() if sign == 1:
            return left + right
        case timedelta() | datetime(), timedelta():
            return left + sign * right
        case datetime(), datetime() if sign == -1:
            return left - right
        case _:
            return None


def _product(left: Value, right: Value) -> Value:
    match left, right:
        case int(), int():
            return left * right
        case int() | Decimal(), int() | Decimal():
            return Decimal(left) * Decimal(right)
        case (timedelta() as span, int() | Decimal() as factor) | (
            int() | Decimal() as factor,
            timedelta() as span,
        ):
            return timedelta(microseconds=int(span // timedelta(microseconds=1) * Decimal(factor)))
        case _:
            return None


def _combined_money(left: Value, how: Sum, right: Value) -> Value:
    match left, right:
        case Money(), Money() if left.currency == right.currency and how is not Sum.TIMES:
            amount = _combined(left.amount, how, right.amount)
        case Money(), int() | Decimal() if how is Sum.TIMES:
            amount = _product(left.amount, right)
        case int() | Decimal(), Money() if how is Sum.TIMES:
            amount = _product(left, right.amount)
        case _:
            return None
    currency = left.currency if isinstance(left, Money) else right.currency  # type: ignore[union-attr]  # one of the two is Money here
    bounded = _bounded(amount)
    return Money(bounded, currency) if isinstance(bounded, Decimal) else None


def _bounded(value: Value) -> Value:
    """A result too large to be stored is unset; fractions end after six places."""
    match value:
        case int() if abs(value) >= NUMBER_LIMIT:
            return None
        case Decimal():
            small = value.is_finite() and abs(value) < NUMBER_LIMIT
            return round(value, 6).normalize() + 0 if small else None
        case str() if len(value) > TEXT_LIMIT:
            return None
        case _:
            return value


def pairs_in_words(pairs: Iterable[tuple[str, Expression]]) -> str:
    """`name = expression`, side by side."""
    return ", ".join(f"{name} = {expression.text}" for name, expression in pairs)
