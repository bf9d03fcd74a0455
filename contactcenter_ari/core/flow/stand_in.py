"""Digits that stand in for typed secrets where an input log is replayed without their key.

They are digits of another script, so that they differ from every key of a caller. The last one
tells whether the digits typed up to it passed the checks of its gather; so a flow goes the same
way with them.
"""

import re

FITTING, OTHER = "\uff11", "\uff10"
"""FULLWIDTH DIGIT ONE and ZERO."""
SHORTEST_SECRET = 3
"""The least digits of a secret; fewer may be part of any answer of a look-up by chance."""
_DIGIT = re.compile(r"\d")


def stand_in(*, fits: bool) -> str:
    """Stands in for one digit."""
    return FITTING if fits else OTHER


def stands_in(digits: str) -> bool:
    """Whether these are digits that no caller typed."""
    return FITTING in digits or OTHER in digits


def stood_in_fits(digits: str) -> bool:
    """Whether the typed digits passed the checks."""
    return digits.endswith(FITTING)


def masked(text: str) -> str:
    """The text with all its digits alike, typed ones and stand-ins."""
    return _DIGIT.sub("#", text)
