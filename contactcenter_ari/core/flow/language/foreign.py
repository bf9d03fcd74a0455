"""Signs and words of other languages in an expression, and the right form of each.

Engineers who come from another system write `=`, `&&` or `${name}`, and Python's parser calls all
of it "invalid syntax". Here each is found outside quotes and refused at its location.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from contactcenter_ari.core.flow.language.expression import ExpressionInvalid

_CURLY = "\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"
_NAME = "write the name alone, as in caller.number"
_QUOTES = 'write straight quotes, as in "gold"'
_ASSIGNS = "an expression assigns nothing; write "
BEGINS = 'write startswith, as in caller.number startswith "+3120"'
_SUMS = "only + - * are sums here"
_PATTERN = "an expression has no patterns"
_CHOICE = "write a if condition else b"
SIGNS: Mapping[str, str] = {
    **dict.fromkeys(("=", "==="), "write =="),
    **dict.fromkeys(("!==", "<>", "=!"), "write !="),
    **dict.fromkeys(("=~", "~=", "~", "!~"), _PATTERN),
    **dict.fromkeys(("&&", "&"), "write and"),
    **dict.fromkeys(("||", "|"), "write or"),
    **dict.fromkeys(("?", "??"), _CHOICE),
    **dict.fromkeys(("/", "//", "%", "**", "^"), _SUMS),
    **dict.fromkeys(("$", "${", "{", "{{", "@"), _NAME),
    **dict.fromkeys(f"`{_CURLY}", _QUOTES),
    "=<": "write <=",
    "=>": "write >=",
    "!": "write not",
    ":=": f"{_ASSIGNS}== to compare",
    "+=": f"{_ASSIGNS}the sum, as in x + 1",
    "++": f"{_ASSIGNS}the sum, as in x + 1",
    "-=": f"{_ASSIGNS}the difference, as in x - 1",
    "--": f"{_ASSIGNS}the difference, as in x - 1",
}
"""Signs that have no meaning here."""
WORDS: Mapping[str, str] = {
    **dict.fromkeys(("AND", "And"), "write and"),
    **dict.fromkeys(("OR", "Or"), "write or"),
    **dict.fromkeys(("NOT", "Not"), "write not"),
    **dict.fromkeys(("IN", "In", "contains"), 'write in, as in status in ["gold", "silver"]'),
    **dict.fromkeys(("eq", "equals", "equal"), "write =="),
    **dict.fromkeys(("ne", "xor"), "write !="),
    **dict.fromkeys(("like", "matches"), _PATTERN),
    **dict.fromkeys(("startsWith", "STARTSWITH", "starts_with", "starts", "begins"), BEGINS),
    **dict.fromkeys(("beginswith", "begins_with", "prefix"), BEGINS),
    **dict.fromkeys(("mod", "div"), _SUMS),
    **dict.fromkeys(("IF", "ELSE"), _CHOICE),
    **dict.fromkeys(("then", "THEN"), "the section stands under a key of its own, then: sales"),
    "lt": "write <",
    "le": "write <=",
    "gt": "write >",
    "ge": "write >=",
    "between": "write 1 <= x <= 5",
}
"""Words that would join two values, or stand before one."""
_UNSET = 'an unset value is empty and false: write not x, or x == ""'
VALUES: Mapping[str, str] = {
    **dict.fromkeys(("null", "nil", "none", "undefined", "empty"), _UNSET),
    **dict.fromkeys(("true", "yes", "on"), "write true"),
    **dict.fromkeys(("false", "no", "off"), "write false"),
}
"""Values by the names they have elsewhere, in lower case."""
_KEYWORDS = frozenset({"and", "or", "not", "in", "if", "else", "is", "startswith"})
_QUOTED = re.compile(r""""[^"\n]*"|'[^'\n]*'""")
_SIGN = re.compile(rf"\$\{{?|\{{+|[@`{_CURLY}]|--|[!=<>&|?^/%+*~:-]*[!=<>&|?^/%+*~]")
_GAP = re.compile(r"""(?P<left>\w+|["')\]])\s+(?P<right>["'(]|\w[\w.]*)""")
_VALUES: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (
        re.compile(r"(?<![\w.-])([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|0[0-9]-[0-9]{2}|[0-9]{2}-0[0-9])"),
        'a date is written in quotes: "{}"'.format,
    ),
    (
        re.compile(r"(?<![\w.:-])[0-9]{1,2}:[0-9]{2}(?!\w)"),
        'a time is written in quotes: "{:0>5}"'.format,
    ),
    (
        re.compile(r"(?<![\w.:-])0[0-9]+(?![\w.:-])"),
        'digits that begin with 0 are a text: write "{}"'.format,
    ),
    (
        re.compile(r"(?<![\w.])[0-9]+ *(sec|min|hour|hr|day|week)[a-z]*"),
        "a duration is written like 20s, 5m, 2h or 1d".format,
    ),
)
"""Values that are written in another way here."""


def refuse_foreign(text: str) -> None:
    """Refuse the first sign or value of another language.

    Raises:
        ExpressionInvalid: there is one; the message gives the right form.
    """
    found = min(_foreign(_without_texts(text)), default=None)
    if found is not None:
        offset, word, message = found
        raise ExpressionInvalid(message, offset, length=len(word))


def refuse_foreign_word(text: str) -> None:
    """Refuse the first word of another language in a text that cannot be read, or the location at
    which no operator joins two values.

    Raises:
        ExpressionInvalid: there is one; the message gives the right form.
    """
    bare = _without_texts(text)
    for word in re.finditer(r"[A-Za-z_][\w.]*", bare):
        if word[0] in WORDS:
            message = f'"{word[0]}" is not allowed; {WORDS[word[0]]}'
            raise ExpressionInvalid(message, word.start(), length=len(word[0]))
        if word[0] == "if" and not bare[: word.start()].strip():
            message = 'an expression does not begin with "if"'
            raise ExpressionInvalid(message, word.start(), length=2)
    for gap in _GAP.finditer(bare):
        if gap["left"] not in _KEYWORDS and gap["right"] not in _KEYWORDS:
            message = "nothing joins these two values; write == or and between them"
            offset = gap.start("right")
            raise ExpressionInvalid(message, offset, length=len(gap["right"]))


def _foreign(bare: str) -> Iterator[tuple[int, str, str]]:
    for mark in _SIGN.finditer(bare):
        if mark[0] in SIGNS:
            yield mark.start(), mark[0], f'"{mark[0]}" is not allowed; {SIGNS[mark[0]]}'
    for form, message in _VALUES:
        for value in form.finditer(bare):
            yield value.start(), value[0], message(value[0])


def _without_texts(text: str) -> str:
    """The text with each quoted part replaced, so that all offsets stay the same."""
    return _QUOTED.sub(lambda found: f'"{"_" * (len(found[0]) - 2)}"', text)
