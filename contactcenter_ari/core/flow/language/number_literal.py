"""Numbers, areas and countries written out in expressions, in the one form they are compared in.

`caller.number == "0611112222"` means the number in E.164, for the country of the flow; the area
code `020` is the area `20`. A text that `caller.number`, `caller.area` or `caller.country` can
never be is a mistake.
"""

import re
from collections.abc import Mapping

import msgspec

from contactcenter_ari.core.flow.language.expression import (
    Among,
    AnyNode,
    Compare,
    Comparison,
    Expression,
    ExpressionInvalid,
    Fault,
    Literal,
    Name,
    Node,
)
from contactcenter_ari.core.number import beginning, e164, is_country, national_prefix
from contactcenter_ari.core.spoken.value import PHONE, Kind, ValueType

AREA, COUNTRY = "caller.area", "caller.country"
HIDDEN = 'a number that is withheld is empty: write == ""'
_NUMBER = re.compile(r"[0-9+*# ()./-]*")
_AREA = re.compile(r"[0-9]*")


class NumberLiterals:
    """Reads the texts that stand beside numbers in the expressions of a flow of one country (ISO
    3166; empty when unknown). `types` are those of all known names.
    """

    def __init__(self, types: Mapping[str, ValueType | None], country: str) -> None:
        self._types = types
        self._country = country

    def __repr__(self) -> str:
        return f"<NumberLiterals of {self._country or 'no country'}>"

    def read(self, expression: Expression) -> tuple[Expression, list[ExpressionInvalid]]:
        """The expression to evaluate, and the texts in it that can never be such a value."""
        mistakes: list[ExpressionInvalid] = []
        root = self._node(expression.root, mistakes)
        return msgspec.structs.replace(expression, root=root), mistakes

    def read_text(self, name: str, text: str, how: Comparison = Comparison.EQUAL) -> str:
        """A text in the form in which it is compared with the value of a name.

        Raises:
            ValueError: it can never be such a value; the message gives the reason.
        """
        begins = how is Comparison.BEGINS
        if name == COUNTRY and text and not begins and not is_country(text):
            raise ValueError('a country is two letters of ISO 3166, as in "NL"')
        if name == AREA:
            if not _AREA.fullmatch(text):
                raise ValueError('an area is digits without the national prefix, as in "20"')
            prefix = national_prefix(self._country)
            return text.removeprefix(prefix) if prefix == "0" else text
        if self._types.get(name) != PHONE:
            return text
        if not _NUMBER.fullmatch(text):
            raise ValueError(HIDDEN)
        return beginning(text, self._country) if begins else e164(text, self._country)

    def _node(self, node: AnyNode, mistakes: list[ExpressionInvalid]) -> AnyNode:
        match node:
            case Compare(left=left, how=how, right=right):
                return msgspec.structs.replace(
                    node,
                    left=self._beside(left, right, how, mistakes),
                    right=self._beside(right, left, how, mistakes),
                )
            case Among(value=value, options=options):
                read = [self._beside(o, value, Comparison.EQUAL, mistakes) for o in options]
                return msgspec.structs.replace(node, options=tuple(read))
            case _:
                return self._parts(node, mistakes)

    def _parts(self, node: AnyNode, mistakes: list[ExpressionInvalid]) -> AnyNode:
        changed: dict[str, object] = {}
        for field in node.__struct_fields__:
            part = getattr(node, field)
            if isinstance(part, Node):
                changed[field] = self._node(part, mistakes)  # type: ignore[arg-type]  # every node is one of the union
            elif isinstance(part, tuple):
                changed[field] = tuple(self._node(each, mistakes) for each in part)
        return msgspec.structs.replace(node, **changed)

    def _beside(
        self, node: AnyNode, other: AnyNode, how: Comparison, mistakes: list[ExpressionInvalid]
    ) -> AnyNode:
        if not isinstance(node, Literal) or node.value_type.kind is not Kind.CHOICE:
            return self._node(node, mistakes)
        if not isinstance(other, Name):
            return node
        try:
            text = self.read_text(other.name, node.text, how)
        except ValueError as error:
            message = f'{other.name} can never be "{node.text[:60]}": {error}'
            fault = ExpressionInvalid(message, node.offset, length=node.length, fault=Fault.NEVER)
            mistakes.append(fault)
            return node
        return msgspec.structs.replace(
            node, text=text, value_type=ValueType(Kind.CHOICE, choices=(text,))
        )
