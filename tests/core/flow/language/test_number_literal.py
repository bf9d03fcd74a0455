"""Numbers, areas and countries in expressions are read as the flow's country writes them."""

import pytest

from contactcenter_ari.core.flow.language.expression import evaluate
from contactcenter_ari.core.flow.language.number_literal import NumberLiterals
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.language.type_check import faults
from contactcenter_ari.core.spoken.value import PHONE, TEXT, Value

TYPES = {
    "caller.number": PHONE,
    "called.number": PHONE,
    "caller.area": TEXT,
    "caller.country": TEXT,
    "name": TEXT,
}
VALUES: dict[str, Value] = {
    "caller.number": "+31201234567",
    "called.number": "1001",
    "caller.area": "20",
    "caller.country": "NL",
    "name": "0201234567",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('caller.number == "0201234567"', True),
        ('"0201234567" == caller.number', True),
        ('caller.number in ["0611112222", "020 123 4567"]', True),
        ('caller.number not in ["0031201234567"]', False),
        ('caller.number startswith "020"', True),
        ('caller.number startswith "0031"', True),
        ('caller.number startswith ["06", "020"]', True),
        ('caller.number startswith "10"', False),
        ('called.number == "1001"', True),
        ('called.number startswith "10"', True),
        ('caller.number == ""', False),
        ('caller.area == "020"', True),
        ('caller.area in ["20", "30"]', True),
        ('caller.area startswith "02"', True),
        ('caller.country == "NL"', True),
        ('caller.country in ["BE", "DE"]', False),
        ('caller.country == ""', False),
        ('not (caller.area == "020" and caller.country != "BE")', False),
        ('"here" if caller.area == "020" else "there"', "here"),
        ('name == "0201234567"', True),
    ],
)
def test_what_is_written_nationally(text: str, expected: Value) -> None:
    """A text stays a text; beside a number it is a number, beside an area or a country one of
    these.
    """
    expression, mistakes = NumberLiterals(TYPES, "NL").read(parse(text))
    assert (mistakes, faults(expression, TYPES)) == ([], [])
    assert evaluate(expression, VALUES.get) == expected


@pytest.mark.parametrize(
    ("country", "text", "number"),
    [
        ("IT", 'x startswith "06"', "+39061234567"),
        ("LT", 'x startswith "05"', "+37051234567"),
        ("", 'x startswith "020"', "0201234567"),
        ("ES", 'x startswith "+3491"', "+34910000000"),
        ("ES", 'x == "910000000"', "+34910000000"),
        ("US", 'x == "2125550100"', "+12125550100"),
    ],
)
def test_each_country_in_its_way(country: str, text: str, number: str) -> None:
    """An Italian 0 stays; without a country no calling code is added."""
    expression, _ = NumberLiterals({"x": PHONE}, country).read(parse(text))
    assert evaluate(expression, {"x": number}.get) is True


@pytest.mark.parametrize(
    ("text", "word", "why"),
    [
        ('caller.country == "UK"', '"UK"', "two letters of ISO 3166"),
        ('caller.country in ["NL", "be"]', '"be"', "two letters of ISO 3166"),
        ('caller.area == "Amsterdam"', '"Amsterdam"', "digits without the national prefix"),
        ('not caller.number == "anonymous"', '"anonymous"', "a number that is withheld is empty"),
        ('caller.number startswith "sip:"', '"sip:"', "a number that is withheld is empty"),
    ],
)
def test_what_it_can_never_be(text: str, word: str, why: str) -> None:
    """A mistake, marked at the exact word."""
    _, (mistake,) = NumberLiterals(TYPES, "NL").read(parse(text))
    assert text[mistake.offset :][: mistake.length] == word
    assert why in mistake.message
