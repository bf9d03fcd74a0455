"""Patterns for typed digits: matched in linear time, and refused when that is impossible."""

import re
from time import process_time

import pytest
import re2

from contactcenter_ari.config.pattern import can_match
from contactcenter_ari.core.flow.language.pattern import MOST_CHARACTERS, fits, pattern_fault

EXPLOSIVE = ("([0-9]+)+#", "(1|1)*#", "(1*)*#", "([0-9]|[0-9][0-9])+#", "(?:1?){32}1{32}#")
"""Patterns for which a backtracking engine needs ages with digits that do not fit."""


@pytest.mark.parametrize("pattern", EXPLOSIVE)
def test_no_pattern_holds_the_center_up(pattern: str) -> None:
    """The most digits that can be typed are judged at once, and so is the pattern itself."""
    begun = process_time()
    assert pattern_fault(pattern) == ""
    assert not fits(pattern, "1" * 32)
    can_match(pattern, 1, 32)
    assert process_time() - begun < 0.5


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        (r"([0-9])\1", "not possible is a back reference"),
        ("(?P<first>[0-9])(?P=first)", "not possible is a back reference"),
        ("(?=1)[0-9]+", "not possible is look-around"),
        ("(?!1)[0-9]+", "not possible is look-around"),
        ("[0-9]+(?<=1)", "not possible is look-around"),
        ("[0-9]+(?<!1)", "not possible is look-around"),
        ("(?>[0-9]+)", "not possible is an atomic group or a possessive repetition"),
        ("[0-9]++", "not possible is an atomic group or a possessive repetition"),
        ("(1)?(?(1)2|3)", "not possible is a condition"),
        ("1(?#one)", "not possible is a comment"),
        (r"1\Z", r"not possible is \Z or \G; a pattern is for the whole input anyway"),
        ("[0-9]{,4}", '"{,4}" has no lower limit; write {0,4}'),
        ("1{1001}", "invalid repetition size: {1001}"),
        ("(1{1,99}){1,99}", "invalid repetition size: {1,99}"),
        ("(1", "missing ): (1"),
        ("1\ud800", "it holds half a character"),
        ("1" * (MOST_CHARACTERS + 1), f"it is longer than {MOST_CHARACTERS} characters"),
        ("(" * 400 + "1" + ")" * 99, "missing ): " + "(" * 400 + "1" + ")" * 99),
    ],
)
def test_what_cannot_be_had_is_named(pattern: str, fault: str) -> None:
    """The message names the impossible part, not the offset at which a parser stopped."""
    assert pattern_fault(pattern) == fault


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("[1-5]", "3", "31"),
        ("06[0-9]{8}", "0612345678", "0712345678"),
        (r"\d{4}", "2026", "202"),
        ("[[:digit:]]{2}", "12", "1"),
        ("[{,3}]*7", "7", "1"),
        ("1|12", "12", "123"),
        (r"\*\d+#", "*21#", "21"),
    ],
)
def test_a_pattern_is_for_the_whole_input(pattern: str, good: str, bad: str) -> None:
    """Neither the beginning nor a branch alone is enough."""
    assert pattern_fault(pattern) == ""
    assert fits(pattern, good)
    assert not fits(pattern, bad)
    assert can_match(pattern, len(good), len(good))


def test_a_pattern_with_a_fault_is_no_match_by_accident() -> None:
    """The use of a pattern that was never checked is an error."""
    with pytest.raises(re2.error):
        fits("(?=1)1", "1")
    assert re.fullmatch("(?=1)1", "1"), "a backtracking engine would take it"
