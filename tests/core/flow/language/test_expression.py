"""Expressions: their values, the refused forms and their offsets, and that none fails a caller."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcenter_ari.core.flow.language.expression import (
    Expression,
    ExpressionInvalid,
    Fault,
    evaluate,
    truth,
)
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.language.type_check import check, faults, fits, names
from contactcenter_ari.core.spoken.value import (
    BOOL,
    DATE,
    DATETIME,
    DIGITS,
    DURATION,
    INTEGER,
    NUMBER,
    PHONE,
    TEXT,
    TIME,
    Kind,
    Money,
    Value,
    ValueType,
    read_value,
    write_value,
)

STATUS = ValueType(Kind.CHOICE, choices=("standard", "gold"))
EUR = ValueType(Kind.MONEY, currency="EUR")
TYPES = {
    "customer.status": STATUS,
    "customer.found": BOOL,
    "caller.number": PHONE,
    "policy": DIGITS,
    "tries": INTEGER,
    "balance": EUR,
    "day": DATE,
    "hours.office.next_open": DATETIME,
    "now": DATETIME,
    "at": TIME,
    "queue.wait": DURATION,
    "name": TEXT,
}
VALUES: dict[str, Value] = {
    "customer.status": "gold",
    "customer.found": True,
    "caller.number": "+31201234567",
    "policy": "0012",
    "tries": 3,
    "balance": Money(Decimal("12.50"), "EUR"),
    "day": datetime(2026, 12, 24, tzinfo=UTC).date(),
    "hours.office.next_open": datetime(2026, 12, 24, 8, 30, tzinfo=UTC),
    "now": datetime(2026, 12, 24, 16, 59, 30, tzinfo=UTC),
    "at": time(16, 59),
    "queue.wait": timedelta(seconds=90),
    "name": "Jansen",
}

MEANINGS = [
    ('customer.status in ["gold", "standard"]', True, BOOL),
    ('customer.status not in ["gold"]', False, BOOL),
    ('not customer.found or customer.status == "gold"', True, BOOL),
    ("1 < tries <= 3", True, BOOL),
    ("1 if customer.found else 5", 1, INTEGER),
    ('5m if customer.status == "gold" else 0s', timedelta(minutes=5), DURATION),
    ("queue.wait > 1m30s", False, BOOL),
    ('queue.wait >= "90s"', True, BOOL),
    ("1h30m", timedelta(minutes=90), DURATION),
    ("tries * 2 - 1", 5, INTEGER),
    ("tries * 1.5", Decimal("4.5"), NUMBER),
    ("-tries", -3, INTEGER),
    ("balance * 2 + balance", Money(Decimal("37.5"), "EUR"), EUR),
    ("balance > 10", True, BOOL),
    ('day == "2026-12-24"', True, BOOL),
    ('policy == "0012"', True, BOOL),
    ('"nr " + policy', "nr 0012", TEXT),
    ('now < "17:00"', True, BOOL),
    ('now >= "16:59:30" and now < "16:59:31"', True, BOOL),
    ('"17:00" <= now', False, BOOL),
    ('now < "2026-12-24 17:00"', True, BOOL),
    ('now < "2026-12-24T17:00:00+01:00"', False, BOOL),
    ("now > hours.office.next_open", True, BOOL),
    ('at == "16:59"', True, BOOL),
    ('day >= "12-01"', True, BOOL),
    ('day >= "12-01" or day < "03-01"', True, BOOL),
    ('day < "12-24"', False, BOOL),
    ('day in ["12-24", "2026-12-31"]', True, BOOL),
    ('day == "02-29"', False, BOOL),
    ("hours.office.next_open + 30m", datetime(2026, 12, 24, 9, 0, tzinfo=UTC), DATETIME),
    ("hours.office.next_open - hours.office.next_open", timedelta(0), DURATION),
    ("customer.found == true", True, BOOL),
    ('name\n  == "Jansen"', True, BOOL),
    ('caller.number startswith "+3120"', True, BOOL),
    ('caller.number startswith "+3170"', False, BOOL),
    ('not caller.number startswith "+3120"', False, BOOL),
    ('caller.number not startswith "+3170"', True, BOOL),
    ('caller.number not  startswith "+3120" or tries == 3', True, BOOL),
    ('caller.number startswith ["+3170", "+3120"]', True, BOOL),
    ('(caller.number) startswith "+31" and policy startswith "00"', True, BOOL),
    ('1 if name startswith "Jan" else 2', 1, INTEGER),
    ('name == "startswith Jan"', False, BOOL),
    ('caller.number == "1001"', False, BOOL),
    ('caller.number != ""', True, BOOL),
]


@pytest.mark.parametrize(("text", "expected", "type_"), MEANINGS)
def test_an_expression_means_what_it_says(text: str, expected: Value, type_: ValueType) -> None:
    """Value and type of each form of the language, also after a trip through JSON."""
    expression = parse(text)
    assert check(expression, TYPES) == type_
    assert evaluate(expression, VALUES.get) == expected
    stored = msgspec.json.decode(msgspec.json.encode(expression), type=Expression)
    assert stored == expression


UNSET = [
    ("policy", None),
    ("not policy", True),
    ('policy == ""', True),
    ('policy != ""', False),
    ("customer.found == false", True),
    ("tries == 0", False),
    ("tries < 1", False),
    ("tries >= 0", False),
    ("tries + 1", None),
    ("-tries", None),
    ("balance * 2", None),
    ('customer.status in ["gold"]', False),
    ('policy == "0"', False),
]


@pytest.mark.parametrize(("text", "expected"), UNSET)
def test_an_unset_value_is_empty_and_false(text: str, expected: Value) -> None:
    """Unset equals nothing but emptiness, and arithmetic with it is unset."""
    expression = parse(text)
    check(expression, TYPES)
    assert evaluate(expression, lambda _name: None) == expected


SYNTAX = [
    ("", "an expression is empty", 0),
    ("tries >", "the expression ends too early", 6),
    ("(tries", "cannot be read: '(' was never closed", 0),
    ("f(tries)", "calls are not allowed", 0),
    ("1 + name[0]", "indexing is not allowed", 4),
    ("tries is None", '"is" is not allowed; write ==', 0),
    ('name is "x"', '"is" is not allowed; write ==', 0),
    ("name startswith", "the expression ends too early", 14),
    (
        'name startswith not "x"',
        'startswith must be followed by a text, as in startswith "+3120"',
        20,
    ),
    (
        'name.startswith("x")',
        'calls are not allowed; write startswith, as in caller.number startswith "+3120"',
        0,
    ),
    (
        'name begins "x"',
        '"begins" is not allowed; write startswith, as in caller.number startswith "+3120"',
        5,
    ),
    ("tries == None", "an unset value is false: write `not x`", 9),
    ("tries / 2", '"/" is not allowed; only + - * are sums here', 6),
    ("tries[1:2]", "indexing is not allowed", 0),
    ('name in "Jansen"', '"in" must be followed by a list, as in ["gold", "silver"]', 8),
    ("[1, 2]", 'a list may only follow "in"', 0),
    ("lambda: 1", "functions are not allowed", 0),
    ('f"{tries}"', "f-strings are not allowed", 0),
    ("tries := 1", '":=" is not allowed; an expression assigns nothing; write == to compare', 6),
    (r'"\x00"', "a backslash is not allowed", 1),
    ("'é' == f(1)", "calls are not allowed", 7),
    ("tries == 99999999999999999999", '"too large" is no integer; an example: 42', 9),
    ("(" * 60 + "1" + ")" * 60 + "+ [1]", 'a list may only follow "in"', 123),
    ("not " * 60 + "tries", "too deeply nested", 164),
    ("1" + " + 1" * 400, "an expression may have 1000 characters", 0),
]


@pytest.mark.parametrize(("text", "message", "offset"), SYNTAX)
def test_what_is_not_in_the_language_is_refused(text: str, message: str, offset: int) -> None:
    """The message names the form, the offset the exact character."""
    with pytest.raises(ExpressionInvalid) as caught:
        parse(text)
    assert (caught.value.message, caught.value.offset) == (message, offset)


MISTAKES = [
    ("tris > 1", Fault.UNKNOWN_NAME, 'name "tris" does not exist', "tris"),
    ('customer.status == "glod"', Fault.NEVER, 'customer.status can never be "glod"', '"glod"'),
    ('"glod" == customer.status', Fault.NEVER, 'customer.status can never be "glod"', '"glod"'),
    ('customer.status in ["gold", "vip"]', Fault.NEVER, 'can never be "vip"', '"vip"'),
    ('policy == "12a"', Fault.NEVER, 'policy can never be "12a"', '"12a"'),
    ('day == "24-12-2026"', Fault.NEVER, 'day can never be "24-12-2026"', '"24-12-2026"'),
    ("policy == 12", Fault.TYPES, "digits cannot be compared with integer", "12"),
    ("name < policy", Fault.TYPES, "text and digits have no order", "name < policy"),
    ("balance + 1", Fault.TYPES, "money EUR + integer makes no sense", "balance + 1"),
    ('tries startswith "3"', Fault.TYPES, "startswith compares texts", "tries"),
    ("name startswith tries", Fault.TYPES, "startswith compares texts", "tries"),
    ('name startswith ""', Fault.TYPES, "needs a beginning that is not empty", '""'),
    ('caller.number == "boss"', Fault.NEVER, 'caller.number can never be "boss"', '"boss"'),
    ("not -name", Fault.TYPES, "minus text makes no sense", "-name"),
    ("1 if day else name", Fault.TYPES, "both sides must be alike", "name"),
]


@pytest.mark.parametrize(("text", "fault", "message", "word"), MISTAKES)
def test_a_mistake_is_found_before_a_caller_meets_it(
    text: str, fault: Fault, message: str, word: str
) -> None:
    """The check names the kind of mistake and marks the exact words."""
    with pytest.raises(ExpressionInvalid) as caught:
        check(parse(text), TYPES)
    found = caught.value
    assert found.fault is fault
    assert message in found.message
    assert text[found.offset : found.offset + found.length] == word


@pytest.mark.parametrize("value", [None, "", 3])
def test_nothing_unset_begins_with_anything(value: Value) -> None:
    """A value that is no text does not, either."""
    assert evaluate(parse('x startswith "1"'), {"x": value}.get) is False


def test_all_mistakes_of_an_expression_are_told() -> None:
    """Two unknown names are two mistakes, from left to right."""
    found = faults(parse("tris > 1 and polici"), TYPES)
    assert [fault.message for fault in found] == [
        'name "tris" does not exist',
        'name "polici" does not exist',
    ]


def test_the_names_of_an_expression_are_known() -> None:
    """Dotted names count as one."""
    assert names(parse("customer.status in [name] and not tries")) == {
        "customer.status",
        "name",
        "tries",
    }


FITTING = [
    (STATUS, TEXT, True),
    (DIGITS, TEXT, True),
    (TEXT, DIGITS, False),
    (ValueType(Kind.CHOICE, choices=("12",)), DIGITS, True),
    (ValueType(Kind.CHOICE, choices=("gold",)), STATUS, True),
    (STATUS, ValueType(Kind.CHOICE, choices=("gold",)), False),
    (INTEGER, DURATION, False),
]


@pytest.mark.parametrize(("value", "target", "expected"), FITTING)
def test_only_what_fits_may_be_stored(
    value: ValueType, target: ValueType, *, expected: bool
) -> None:
    """A type fits another when all its values do."""
    assert fits(value, target) is expected


def test_results_too_large_to_store_are_unset() -> None:
    """Arithmetic cannot grow without end."""
    big: dict[str, Value] = {"tries": 10**17, "name": "x" * 600, "balance": VALUES["balance"]}
    for text in ("tries * tries", "tries * 1.5 * 100", "name + name", "balance * tries * 100"):
        assert evaluate(parse(text), big.get) is None


def test_money_of_two_currencies_is_never_mixed() -> None:
    """A value in another currency than declared is unequal and unset."""
    mixed: dict[str, Value] = {"a": Money(Decimal(1), "EUR"), "b": Money(Decimal(1), "USD")}
    assert evaluate(parse("a == b"), mixed.get) is False
    assert evaluate(parse("a + b"), mixed.get) is None


ANY_VALUE = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.integers(),
    st.decimals(),
    st.booleans(),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.datetimes(timezones=st.just(UTC)),
    st.timedeltas(),
    st.builds(Money, st.decimals(), st.sampled_from(["EUR", "USD"])),
)
LEAVES = st.sampled_from(
    [*TYPES, '"gold"', '"2026-12-24"', "1", "2.5", "5m", "true", '""', '"0012"']
)
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*"]), inner),
        st.builds("({} {} {})".format, inner, st.sampled_from(["==", "!=", "<", ">="]), inner),
        st.builds("({} in [{}, {}])".format, inner, inner, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("(not {})".format, inner),
        st.builds("(-{})".format, inner),
        st.builds("({} and {})".format, inner, inner),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS, st.fixed_dictionaries(dict.fromkeys(TYPES, ANY_VALUE)))
def test_no_value_breaks_an_expression(text: str, values: dict[str, Value]) -> None:
    """A value comes out whatever the names hold, even values that their types forbid."""
    result = evaluate(parse(text), values.get)
    truth(result)
    write_value(result)


@given(EXPRESSIONS)
def test_a_checked_expression_gives_its_type(text: str) -> None:
    """The value of an expression that passed the check is of the type that the check gave."""
    expression = parse(text)
    if faults(expression, TYPES):
        return
    type_ = check(expression, TYPES)
    result = evaluate(expression, VALUES.get)
    assert type_ is not None
    if result is not None:
        read_value(write_value(result), type_)


@given(st.text(max_size=60))
def test_no_text_breaks_the_parser(text: str) -> None:
    """Any text is an expression or is refused at a place inside it."""
    try:
        parse(text)
    except ExpressionInvalid as invalid:
        assert 0 <= invalid.offset <= len(text)  # noqa: PT017 - either outcome is right
