"""Whether a pattern for typed digits can ever match as many digits as are asked for.

Works out how many keys a match may have. What is not worked out, for RE2 and Python's own parser
read it differently, counts as possible.
"""

import re
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from contactcenter_ari.core.flow.input import DIGITS
from contactcenter_ari.core.flow.language.pattern import named_keys

MOST = 32
ANY_LENGTH = frozenset(range(MOST + 1))
NONE: frozenset[int] = frozenset()
ONE = frozenset({1})
_OF_RE2_ALONE = re.compile(r"\[\^?\[|--|&&|~~|\|\|")
"""Classes such as `[[:digit:]]`, and what Python may read otherwise one day."""
Lengths = frozenset[int]
Keys = frozenset[str]
Part = tuple[object, Any]
"""An operator of a parsed pattern and what it applies to; Python types neither."""


def can_match(pattern: str, least: int, most: int) -> bool:
    """Whether a pattern fits any input of this many keys."""
    if _OF_RE2_ALONE.search(pattern):
        return True
    try:
        parsed = import_module("re._parser").parse(pattern)  # Python's own, not part of its API
        lengths = _row(parsed, DIGITS | named_keys(pattern))
    except (TypeError, ValueError, KeyError, OverflowError, RecursionError, re.error):
        return True
    return any(least <= length <= most for length in lengths)


def _row(parts: Iterable[Part], keys: Keys) -> Lengths:
    lengths = frozenset({0})
    for operator, argument in parts:
        lengths = _sum(lengths, _part(str(operator), argument, keys))
    return lengths


def _sum(left: Lengths, right: Lengths) -> Lengths:
    return frozenset(one + other for one in left for other in right if one + other <= MOST)


def _part(operator: str, argument: Any, keys: Keys) -> Lengths:  # noqa: ANN401 - as the parser gives it
    """How many keys one part of a pattern may take."""
    match operator:
        case "LITERAL" | "NOT_LITERAL" | "IN" | "ANY":
            return ONE if any(_fits(operator, argument, key) for key in keys) else NONE
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, inside = argument
            return _repeated(_row(inside, keys), int(least), int(most))
        case "SUBPATTERN":
            return _row(argument[3], keys)
        case "BRANCH":
            return NONE.union(*(_row(branch, keys) for branch in argument[1]))
        case "AT":
            return frozenset({0})
        case _:
            return ANY_LENGTH


def _repeated(once: Lengths, least: int, most: int) -> Lengths:
    lengths = frozenset({0})
    for _ in range(min(least, MOST + 1)):
        lengths = _sum(lengths, once)
    found = lengths
    for _ in range(min(most - least, MOST)):
        lengths = _sum(lengths, once)
        found |= lengths
    return found


def _fits(operator: str, argument: Any, key: str) -> bool:  # noqa: ANN401 - as above
    """Whether a part that takes one character takes this key."""
    match operator:
        case "LITERAL":
            return bool(argument == ord(key))
        case "NOT_LITERAL":
            return bool(argument != ord(key))
        case "RANGE":
            return bool(argument[0] <= ord(key) <= argument[1])
        case "CATEGORY":
            return _in_category(str(argument), key)
        case "IN":
            parts = [(str(name), value) for name, value in argument]
            negated = parts[0][0] == "NEGATE"
            return negated != any(_fits(name, value, key) for name, value in parts[negated:])
        case _:
            return operator == "ANY"


def _in_category(name: str, key: str) -> bool:
    classes = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}
    category = name.removeprefix("CATEGORY_")
    found = re.fullmatch(classes[category.removeprefix("NOT_")], key) is not None
    return found != category.startswith("NOT_")
