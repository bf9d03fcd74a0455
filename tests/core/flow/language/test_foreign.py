"""Forms that engineers know from other languages are refused with the right form to write."""

import pytest

from contactcenter_ari.core.flow.language.expression import ExpressionInvalid
from contactcenter_ari.core.flow.language.parser import parse

MEANT = [
    ("a = 1", "=", "write =="),
    ("a === 1", "===", "write =="),
    ("a == 'b' and c = 'd'", "=", "write =="),
    ("a eq 1", "eq", "write =="),
    ("a !== 1", "!==", "write !="),
    ("a <> 1", "<>", "write !="),
    ("a =< 1", "=<", "write <="),
    ("a => 1", "=>", "write >="),
    ("a gt 1", "gt", "write >"),
    ("a && b", "&&", "write and"),
    ("a & b", "&", "write and"),
    ("a AND b", "AND", "write and"),
    ("a || b", "||", "write or"),
    ("a | b", "|", "write or"),
    ("a Or b", "Or", "write or"),
    ("!a", "!", "write not"),
    ("NOT a", "NOT", "write not"),
    ("NOT(a)", "NOT(a)", "write not"),
    ('a IN ["b"]', "IN", "write in"),
    ('a contains "b"', "contains", "write in"),
    ("a ? b : c", "?", "write a if condition else b"),
    ("IF(a, b, c)", "IF(a, b, c)", "write a if condition else b"),
    ("a then b", "then", "stands under a key of its own"),
    ("if a", "if", 'does not begin with "if"'),
    ("a += 1", "+=", "write the sum"),
    ("a++", "++", "write the sum"),
    ("a := 1", ":=", "assigns nothing"),
    ("a % 2", "%", "only + - * are sums"),
    ("a =~ 'x'", "=~", "has no patterns"),
    ("${a} == 1", "${", "write the name alone"),
    ("{{a}}", "{{", "write the name alone"),
    ("now() > a", "now()", "write now"),
    ("a == “gold”", "“", "write straight quotes"),
    ("a >= 08:30", "08:30", 'a time is written in quotes: "08:30"'),
    ("a >= 2026-12-24", "2026-12-24", 'a date is written in quotes: "2026-12-24"'),
    ("a >= 12-01", "12-01", 'a date is written in quotes: "12-01"'),
    ("a == 0612", "0612", 'write "0612"'),
    ("a == +31612345678", "+31612345678", "in quotes"),
    ("a > 5 minutes", "5 minutes", "a duration is written like 20s, 5m"),
    ("a > 10min", "10min", "a duration is written like 20s, 5m"),
    ("a gold", "gold", "nothing joins these two values"),
    ('a "gold"', '"gold"', "nothing joins these two values"),
]


@pytest.mark.parametrize(("text", "word", "message"), MEANT)
def test_what_is_meant_is_told_at_the_word(text: str, word: str, message: str) -> None:
    """The message is the right form to write, not "invalid syntax"."""
    with pytest.raises(ExpressionInvalid) as caught:
        parse(text)
    found = caught.value
    assert message in found.message
    assert text[found.offset :].startswith(word[: found.length])


RIGHT = [
    'a == "x = y && z"',
    "a == '08:30'",
    "a - -1 >= -2",
    "a*-b<-1",
    "a > 5m and b < 0.05",
    'a not in ["!", "$"]',
    "a != 1",
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_is_left_alone(text: str) -> None:
    """Logs in quotes, and signs of the language side by side."""
    assert parse(text).text == text
