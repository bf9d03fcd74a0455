"""Text to expression: a short list of Python's forms; every other form is refused by name.

Python's own parser reads the text, and no part of it is ever executed. Durations (`2m`, `1h30m`)
are no Python, so they are replaced by placeholder names of the same length first. `startswith` is
replaced by `is`, which is no word of the flow language.
"""

import ast
import re
import warnings
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
    Literal,
    Name,
    Negate,
    Not,
    Or,
    Sum,
)
from contactcenter_ari.core.flow.language.foreign import (
    BEGINS,
    WORDS,
    refuse_foreign,
    refuse_foreign_word,
)
from contactcenter_ari.core.spoken.value import (
    BOOL,
    DURATION,
    INTEGER,
    NUMBER,
    Kind,
    ValueType,
    read_duration,
    read_value,
    write_value,
)

LENGTH_LIMIT = 1000
DEPTH_LIMIT = 40

COMPARISONS: Mapping[type[ast.cmpop], Comparison] = {
    ast.Eq: Comparison.EQUAL,
    ast.NotEq: Comparison.UNEQUAL,
    ast.Lt: Comparison.LESS,
    ast.LtE: Comparison.AT_MOST,
    ast.Gt: Comparison.MORE,
    ast.GtE: Comparison.AT_LEAST,
}
SUMS: Mapping[type[ast.operator], Sum] = {
    ast.Add: Sum.PLUS,
    ast.Sub: Sum.MINUS,
    ast.Mult: Sum.TIMES,
}
REFUSED: Mapping[type[ast.AST], str] = {
    ast.Subscript: "indexing is not allowed",
    ast.Lambda: "functions are not allowed",
    ast.JoinedStr: "f-strings are not allowed",
    ast.List: 'a list may only follow "in"',
    ast.Tuple: 'a list is written in square brackets and may only follow "in"',
}

# A word in quotes, or a duration standing alone.
_TOKEN = re.compile(
    r"""(?P<quoted>"[^"\n]*"|'[^'\n]*')|"""
    r"""(?<![\w.])(?P<duration>(?=[0-9])(?:[0-9]+d)?(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+s)?"""
    r"""(?:[0-9]+ms)?(?<=[dhms]))(?![\w.])|"""
    r"""(?<![\w.])(?P<begins>(?:not\s+)?startswith)(?![\w.])"""
)
_WORDS = {"true": "true", "false": "false"}


def parse(text: str) -> Expression:
    """Read an expression.

    Raises:
        ExpressionInvalid: it is no expression of the flow language; `offset` is its location.
    """
    if not text.strip():
        raise ExpressionInvalid("an expression is empty", 0)
    if len(text) > LENGTH_LIMIT:
        raise ExpressionInvalid(f"an expression may have {LENGTH_LIMIT} characters", 0)
    return Expression(text, _Reading(text).root())


class _Reading:
    """One text being read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.durations: dict[int, str] = {}
        self.plain = re.sub(r"[\r\n\t\f]", " ", _TOKEN.sub(self._placeholder, text))
        self.indent = len(self.plain) - len(self.plain.lstrip())
        self.bytes_before = [0]
        for character in self.plain.lstrip():
            self.bytes_before.append(
                self.bytes_before[-1] + len(character.encode("utf-8", "replace"))
            )

    def _placeholder(self, found: re.Match[str]) -> str:
        duration = found["duration"]
        if begins := found["begins"]:
            return ("is not" if begins.startswith("not") else "is").ljust(len(begins))
        if not duration:
            return found[0]
        self.durations[found.start()] = duration
        return "_" * len(duration)

    def root(self) -> AnyNode:
        if "\\" in self.text:
            raise ExpressionInvalid("a backslash is not allowed", self.text.index("\\"))
        refuse_foreign(self.text)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                tree = ast.parse(self.plain.strip(), mode="eval")
        except SyntaxError as error:
            refuse_foreign_word(self.text)
            last = len(self.text.rstrip()) - 1
            if not error.offset:  # the parser came to the end and wanted more
                raise ExpressionInvalid("the expression ends too early", last) from error
            offset = min(self.indent + error.offset - 1, last)
            raise ExpressionInvalid(f"cannot be read: {error.msg}", offset) from error
        except (ValueError, RecursionError, MemoryError, Warning) as error:
            raise ExpressionInvalid("cannot be read", 0, length=len(self.text)) from error
        return self.node(tree.body, depth=0)

    def node(self, tree: ast.expr, *, depth: int) -> AnyNode:
        offset, length = self.place(tree)
        if depth > DEPTH_LIMIT:
            raise ExpressionInvalid("too deeply nested", offset, length=length)
        below = depth + 1
        match tree:
            case ast.Name() | ast.Attribute():
                return self.name(tree)
            case ast.Constant():
                return self.literal(tree)
            case ast.BoolOp():
                kind = And if isinstance(tree.op, ast.And) else Or
                operands = tuple(self.node(value, depth=below) for value in tree.values)
                return kind(operands=operands, offset=offset, length=length)
            case ast.UnaryOp(op=ast.Not()):
                operand = self.node(tree.operand, depth=below)
                return Not(operand=operand, offset=offset, length=length)
            case ast.UnaryOp(op=ast.USub()):
                operand = self.node(tree.operand, depth=below)
                return Negate(operand=operand, offset=offset, length=length)
            case ast.IfExp():
                return Choose(
                    condition=self.node(tree.test, depth=below),
                    then=self.node(tree.body, depth=below),
                    otherwise=self.node(tree.orelse, depth=below),
                    offset=offset,
                    length=length,
                )
            case ast.UnaryOp(op=ast.UAdd()):
                message = 'write the number without +, or in quotes, as in "+31201234567"'
                raise ExpressionInvalid(message, offset, length=length)
            case ast.Call():
                raise ExpressionInvalid(_call(tree), offset, length=length)
            case ast.BinOp() if type(tree.op) in SUMS:
                return Arithmetic(
                    left=self.node(tree.left, depth=below),
                    how=SUMS[type(tree.op)],
                    right=self.node(tree.right, depth=below),
                    offset=offset,
                    length=length,
                )
            case ast.Compare():
                return self.comparison(tree, depth=below)
            case _:
                message = REFUSED.get(type(tree), "this form is not allowed")
                raise ExpressionInvalid(message, offset, length=length)

    def place(self, tree: ast.expr) -> tuple[int, int]:
        start = self.character(tree.col_offset)
        return start, max(self.character(tree.end_col_offset or 0) - start, 1)

    def character(self, byte_offset: int) -> int:
        below = sum(1 for before in self.bytes_before if before < byte_offset)
        return self.indent + below

    def name(self, tree: ast.Name | ast.Attribute) -> AnyNode:
        offset, length = self.place(tree)
        parts: list[str] = []
        rest: ast.expr = tree
        while isinstance(rest, ast.Attribute):
            parts.append(rest.attr)
            rest = rest.value
        if not isinstance(rest, ast.Name):
            raise ExpressionInvalid("a dot must follow a name", offset, length=length)
        if offset in self.durations and not parts:
            text = write_value(read_duration(self.durations[offset]))
            return Literal(text=text, value_type=DURATION, offset=offset, length=length)
        name = ".".join([rest.id, *reversed(parts)])
        if name in _WORDS:
            return Literal(text=name, value_type=BOOL, offset=offset, length=length)
        return Name(name=name, offset=offset, length=length)

    def literal(self, tree: ast.Constant) -> Literal:
        offset, length = self.place(tree)
        text, type_ = self.literal_text(tree, offset, length)
        try:
            read_value(text, type_)
        except ValueError as error:
            raise ExpressionInvalid(str(error), offset, length=length) from error
        return Literal(text=text, value_type=type_, offset=offset, length=length)

    def literal_text(self, tree: ast.Constant, offset: int, length: int) -> tuple[str, ValueType]:
        match tree.value:
            case bool():
                return str(tree.value).lower(), BOOL
            case int():
                return str(tree.value) if abs(tree.value) < 10**18 else "too large", INTEGER
            case float():
                return self.text[offset : offset + length], NUMBER
            case str():
                # A word written out has only one value.
                return tree.value, ValueType(Kind.CHOICE, choices=(tree.value,))
            case None:
                message = "an unset value is false: write `not x`"
                raise ExpressionInvalid(message, offset, length=length)
            case _:
                raise ExpressionInvalid("this form is not allowed", offset, length=length)

    def comparison(self, tree: ast.Compare, *, depth: int) -> AnyNode:
        offset, length = self.place(tree)
        sides = [tree.left, *tree.comparators]
        pairs = [
            self.pair(sides[index], how, sides[index + 1], depth=depth)
            for index, how in enumerate(tree.ops)
        ]
        if len(pairs) == 1:
            return pairs[0]
        return And(operands=tuple(pairs), offset=offset, length=length)

    def pair(self, left: ast.expr, how: ast.cmpop, right: ast.expr, *, depth: int) -> AnyNode:
        start, _ = self.place(left)
        right_start, right_length = self.place(right)
        length = right_start + right_length - start
        value = self.node(left, depth=depth)
        if isinstance(how, ast.In | ast.NotIn):
            if not isinstance(right, ast.List):
                message = '"in" must be followed by a list, as in ["gold", "silver"]'
                raise ExpressionInvalid(message, right_start, length=right_length)
            options = tuple(self.node(option, depth=depth) for option in right.elts)
            among = Among(value=value, options=options, offset=start, length=length)
            if isinstance(how, ast.In):
                return among
            return Not(operand=among, offset=start, length=length)
        if isinstance(how, ast.Is | ast.IsNot):
            return self.begins(value, how, right, depth=depth)
        return Compare(
            left=value,
            how=COMPARISONS[type(how)],
            right=self.node(right, depth=depth),
            offset=start,
            length=length,
        )

    def begins(self, value: AnyNode, how: ast.cmpop, right: ast.expr, *, depth: int) -> AnyNode:
        """`startswith`, which is read as `is`: one beginning, or a list of them."""
        offset, (right_start, right_length) = value.offset, self.place(right)
        length = right_start + right_length - offset
        word = re.search(
            r"(not\s+)?startswith(\s+not)?", self.text[value.offset + value.length : right_start]
        )
        if word is None:
            raise ExpressionInvalid('"is" is not allowed; write ==', offset, length=length)
        if word[2]:
            message = 'startswith must be followed by a text, as in startswith "+3120"'
            raise ExpressionInvalid(message, right_start, length=right_length)
        options = right.elts if isinstance(right, ast.List) else [right]
        operands = tuple(
            Compare(
                left=value,
                how=Comparison.BEGINS,
                right=self.node(option, depth=depth),
                offset=offset,
                length=length,
            )
            for option in options
        )
        one = len(operands) == 1
        found = operands[0] if one else Or(operands=operands, offset=offset, length=length)
        if isinstance(how, ast.Is):
            return found
        return Not(operand=found, offset=offset, length=length)


def _call(tree: ast.Call) -> str:
    """The mistake in a call: it may be a word of another language before brackets."""
    called = tree.func.id if isinstance(tree.func, ast.Name) else ""
    if called in WORDS:
        return f'"{called}" is not allowed; {WORDS[called]}'
    if isinstance(tree.func, ast.Attribute) and tree.func.attr.lower() == "startswith":
        return f"calls are not allowed; {BEGINS}"
    alone = ast.unparse(tree.func)
    return "calls are not allowed" + ("" if tree.args or tree.keywords else f"; write {alone}")
