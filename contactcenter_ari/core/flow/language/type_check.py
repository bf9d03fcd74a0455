"""The mistakes in an expression, found before a caller hears them.

Every name must be known, only values of like types may be compared, and never with a value that
the other side cannot have. `evaluate` can work out every expression that passes, whatever the
values are.
"""

import re
from collections.abc import Mapping

from contactcenter_ari.core.flow.language.expression import (
    Among,
    And,
    AnyNode,
    Arithmetic,
    Choose,
    Compare,
    Comparison,
    Expression,
    ExpressionInvalid,
    Fault,
    Literal,
    Name,
    Negate,
    Not,
    Or,
    Sum,
)
from contactcenter_ari.core.flow.language.moment import WRITTEN, comparable
from contactcenter_ari.core.spoken.value import (
    BOOL,
    DURATION,
    NUMBER,
    TEXT,
    Kind,
    ValueType,
    read_value,
)

TEXTS = frozenset({Kind.TEXT, Kind.DIGITS, Kind.PHONE, Kind.CHOICE})
NUMBERS = frozenset({Kind.INTEGER, Kind.NUMBER})
ORDERED = NUMBERS | {Kind.MONEY, Kind.DATE, Kind.TIME, Kind.DATETIME, Kind.DURATION}
READABLE = frozenset(WRITTEN)
"""The types with which a text in quotes may be compared: it is read as one of them."""
_DIALED = re.compile(r"[0-9+*#]*")
"""A number to call: in E.164, a short one of an in-house PBX, or empty when it is withheld."""
DOUBT = "*"
"""The name, or the last part of a name, that stands for any name."""
Types = Mapping[str, ValueType | None]
"""The types of all names; None where the type is unknown, for a declaration has a mistake."""


def check(expression: Expression, types: Types) -> ValueType | None:
    """The type of an expression's value, given the types of all names; None when it depends on a
    name of unknown type.

    Raises:
        ExpressionInvalid: the first mistake in it; `faults` gives all.
    """
    checking = _Checking(types)
    result = checking.type_of(expression.root)
    if checking.faults:
        raise checking.faults[0]
    return result


def faults(expression: Expression, types: Types) -> list[ExpressionInvalid]:
    """All mistakes in an expression, from left to right."""
    checking = _Checking(types)
    checking.type_of(expression.root)
    return sorted(checking.faults, key=lambda fault: fault.offset)


def fits(value: ValueType, target: ValueType) -> bool:
    """Whether every value of one type is a value of the other, so that it may be stored."""
    if value == target or target.kind is Kind.TEXT:
        return True
    if value.kind is Kind.CHOICE:
        return all(_readable(choice, target) for choice in value.choices)
    return value.kind is Kind.INTEGER and target.kind is Kind.NUMBER


def names(expression: Expression) -> frozenset[str]:
    """All names an expression uses."""
    return frozenset(_names(expression.root))


def _names(node: AnyNode) -> set[str]:
    match node:
        case Literal():
            return set()
        case Name():
            return {node.name}
        case _:
            return set().union(*(_names(child) for child in _children(node)))


def _children(node: AnyNode) -> tuple[AnyNode, ...]:
    match node:
        case Literal() | Name():
            return ()
        case Not() | Negate():
            return (node.operand,)
        case And() | Or():
            return node.operands
        case Compare() | Arithmetic():
            return (node.left, node.right)
        case Among():
            return (node.value, *node.options)
        case Choose():
            return (node.condition, node.then, node.otherwise)


def _readable(text: str, type_: ValueType) -> bool:
    try:
        read_value(text, type_)
    except ValueError:
        return False
    return True


class _Checking:
    """One expression being checked; a type of None is unknown and fits everywhere."""

    def __init__(self, types: Types) -> None:
        self.types = types
        self.faults: list[ExpressionInvalid] = []

    def blame(
        self,
        node: AnyNode,
        message: str,
        fault: Fault = Fault.TYPES,
        candidates: tuple[str, ...] = (),
        texts: tuple[str, ...] = (),
    ) -> None:
        self.faults.append(
            ExpressionInvalid(
                message,
                node.offset,
                length=node.length,
                fault=fault,
                candidates=candidates,
                texts=texts,
            )
        )

    def type_of(self, node: AnyNode, beside: ValueType | None = None) -> ValueType | None:
        """The type of a node; `beside` is the type of what it is compared with."""
        match node:
            case Literal():
                return node.value_type
            case Name():
                return self.name(node, beside)
            case Compare():
                self.compare(node)
                return BOOL
            case Among():
                self.among(node)
                return BOOL
            case Not() | And() | Or():
                for child in _children(node):
                    self.type_of(child)
                return BOOL
            case Choose():
                return self.choose(node)
            case Arithmetic():
                return self.arithmetic(node)
            case Negate():
                return self.negate(node)

    def name(self, node: Name, beside: ValueType | None) -> ValueType | None:
        if node.name not in self.types and not self.in_doubt(node.name):
            known = tuple(name for name in self.types if not name.endswith(DOUBT))
            message, texts = f'name "{node.name}" does not exist', beside.choices if beside else ()
            self.blame(node, message, Fault.UNKNOWN_NAME, known, texts)
        return self.types.get(node.name)

    def in_doubt(self, name: str) -> bool:
        """Whether it is unknown if a name exists, for its declaration cannot be read."""
        first, dot, _ = name.partition(".")
        return DOUBT in self.types or (f"{first}.{DOUBT}" if dot else DOUBT) in self.types

    def compare(self, node: Compare) -> None:
        left = self.type_of(node.left)
        right = self.type_of(node.right, left)
        if left is None or right is None:
            return
        if node.how is Comparison.BEGINS:
            self.begins(node, left, right)
            return
        timely = bool({left.kind, right.kind} & WRITTEN.keys()) and not _like(left, right)
        if timely or node.how in {Comparison.EQUAL, Comparison.UNEQUAL}:
            self.equal(node.left, left, node.right, right)
        elif not _like(left, right) or not ({left.kind, right.kind} & ORDERED):
            self.blame(node, f"{left} and {right} have no order to compare by")

    def begins(self, node: Compare, left: ValueType, right: ValueType) -> None:
        for side, type_ in ((node.left, left), (node.right, right)):
            if type_.kind not in TEXTS:
                self.blame(side, f"startswith compares texts and numbers to call, not {type_}")
        if right.choices == ("",):
            self.blame(node.right, "startswith needs a beginning that is not empty")

    def among(self, node: Among) -> None:
        type_ = self.type_of(node.value)
        for option in node.options:
            option_type = self.type_of(option, type_)
            if type_ is not None and option_type is not None:
                self.equal(node.value, type_, option, option_type)

    def equal(self, left: AnyNode, type_: ValueType, right: AnyNode, other: ValueType) -> None:
        if not isinstance(right, Literal) and isinstance(left, Literal):
            left, type_, right, other = right, other, left, type_
        if _like(type_, other):
            return
        if type_.kind in TEXTS | READABLE and other.kind is Kind.CHOICE:
            values = " or ".join(f'"{choice}"' for choice in other.choices)
            message = f"{_said(left)} can never be {values}: {_written(type_)}"
            self.blame(right, message, Fault.NEVER, type_.choices)
        else:
            hint = f"; {_written(type_)}" if type_.kind in WRITTEN else ""
            self.blame(right, f"{type_} cannot be compared with {other}{hint}")

    def choose(self, node: Choose) -> ValueType | None:
        self.type_of(node.condition)
        then, otherwise = self.type_of(node.then), self.type_of(node.otherwise)
        if then is None or otherwise is None:
            return then or otherwise
        common = _common(then, otherwise)
        if common is None:
            self.blame(node.otherwise, f"both sides must be alike, not {then} and {otherwise}")
        return common

    def arithmetic(self, node: Arithmetic) -> ValueType | None:
        left, right = self.type_of(node.left), self.type_of(node.right)
        if left is None or right is None:
            return None
        result = _result(left, node.how, right)
        if result is None:
            self.blame(node, f"{left} {node.how} {right} makes no sense")
        return result

    def negate(self, node: Negate) -> ValueType | None:
        type_ = self.type_of(node.operand)
        if type_ is not None and type_.kind not in NUMBERS | {Kind.MONEY, Kind.DURATION}:
            self.blame(node, f"minus {type_} makes no sense")
        return type_


def _said(node: AnyNode) -> str:
    return node.name if isinstance(node, Name) else "this"


def _written(type_: ValueType) -> str:
    """A type, and the written form of its values if it needs one."""
    return f"a {type_} is written {WRITTEN[type_.kind]}" if type_.kind in WRITTEN else f"{type_}"


def _like(left: ValueType, right: ValueType) -> bool:
    """Whether a value of one may equal a value of the other."""
    if left.kind is Kind.CHOICE and right.kind is not Kind.CHOICE:
        left, right = right, left
    kinds = {left.kind, right.kind}
    if left == right or kinds <= NUMBERS:
        return True
    if right.kind is Kind.CHOICE:
        return _may_be(left, right.choices)
    if kinds <= TEXTS:
        return True
    if kinds == {Kind.MONEY}:
        return left.currency == right.currency
    return Kind.MONEY in kinds and bool(kinds & NUMBERS)


def _may_be(type_: ValueType, choices: tuple[str, ...]) -> bool:
    if type_.kind is Kind.PHONE:
        return any(_DIALED.fullmatch(choice) for choice in choices)
    if type_.kind in TEXTS and "" in choices:
        return True
    if type_.kind not in TEXTS | READABLE:
        return False
    return any(choice and comparable(choice, type_) for choice in choices)


def _common(left: ValueType, right: ValueType) -> ValueType | None:
    kinds = {left.kind, right.kind}
    if left == right:
        return left
    if kinds == {Kind.CHOICE}:
        return ValueType(
            Kind.CHOICE, choices=tuple(dict.fromkeys((*left.choices, *right.choices)))
        )
    if kinds <= TEXTS:
        return TEXT
    return NUMBER if kinds <= NUMBERS else None


def _result(left: ValueType, how: Sum, right: ValueType) -> ValueType | None:
    kinds = {left.kind, right.kind}
    if kinds <= NUMBERS:
        return NUMBER if Kind.NUMBER in kinds else left
    if how is Sum.TIMES:
        return _product(left, right)
    if how is Sum.PLUS and kinds <= TEXTS:
        return TEXT
    match left.kind, right.kind:
        case Kind.MONEY, Kind.MONEY:
            return left if left.currency == right.currency else None
        case ((Kind.DURATION | Kind.DATETIME), Kind.DURATION):
            return left
        case Kind.DATETIME, Kind.DATETIME if how is Sum.MINUS:
            return DURATION
        case _:
            return None


def _product(left: ValueType, right: ValueType) -> ValueType | None:
    if right.kind in NUMBERS and left.kind in {Kind.MONEY, Kind.DURATION}:
        return left
    if left.kind in NUMBERS and right.kind in {Kind.MONEY, Kind.DURATION}:
        return right
    return None
