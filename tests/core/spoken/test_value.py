"""Values of call flows: what text they are read from, and their one canonical text."""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcenter_ari.core.spoken.value import (
    BOOL,
    DATE,
    DATETIME,
    DIGITS,
    DURATION,
    INTEGER,
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

EUR = ValueType(Kind.MONEY, currency="EUR")
METAL = ValueType(Kind.CHOICE, choices=("gold", "silver"))

READ = [
    ("any thing", TEXT, "any thing"),
    ("", TEXT, ""),
    ("", INTEGER, None),
    ("0612345678", DIGITS, "0612345678"),
    ("+31612345678", PHONE, "+31612345678"),
    ("-42", INTEGER, -42),
    ("007", INTEGER, 7),
    ("12.50", EUR, Money(Decimal("12.50"), "EUR")),
    ("12.50 EUR", EUR, Money(Decimal("12.50"), "EUR")),
    ("2026-12-24", DATE, date(2026, 12, 24)),
    ("17:30", TIME, time(17, 30)),
    ("2026-12-24T17:30:00+00:00", DATETIME, datetime(2026, 12, 24, 17, 30, tzinfo=UTC)),
    ("90", DURATION, timedelta(seconds=90)),
    ("1h30m", DURATION, timedelta(minutes=90)),
    ("500ms", DURATION, timedelta(milliseconds=500)),
    ("on", BOOL, True),
    ("false", BOOL, False),
    ("gold", METAL, "gold"),
]


@pytest.mark.parametrize(("text", "type_", "expected"), READ)
def test_text_is_read_as_the_declared_type(text: str, type_: ValueType, expected: Value) -> None:
    """Each type reads its own texts; no text is unset, save that a text may be empty."""
    assert read_value(text, type_) == expected


REFUSED = [
    ("12a", DIGITS, '"12a" is no digits; an example: 0612345678'),
    ("0612345678", PHONE, '"0612345678" is no phone; an example: +31201234567'),
    ("4.5", INTEGER, '"4.5" is no integer; an example: 42'),
    ("9" * 19, INTEGER, '"9999999999999999999" is no integer; an example: 42'),
    ("12.50 USD", EUR, '"12.50 USD" is no money EUR; an example: 12.50'),
    ("NaN", EUR, '"NaN" is no money EUR; an example: 12.50'),
    ("2026-13-01", DATE, '"2026-13-01" is no date; an example: 2026-12-24'),
    ("25:00", TIME, '"25:00" is no time; an example: 17:30'),
    (
        "2026-12-24T17:30:00",
        DATETIME,
        '"2026-12-24T17:30:00" is no datetime; an example: 2026-12-24T17:30:00+01:00',
    ),
    ("soon", DURATION, '"soon" is no duration; an example: 1h30m'),
    ("maybe", BOOL, '"maybe" is no bool; an example: true'),
    ("glod", METAL, '"glod" is no choice; an example: gold or silver'),
    ("٣", DIGITS, '"٣" is no digits; an example: 0612345678'),
]


@pytest.mark.parametrize(("text", "type_", "expected"), REFUSED)
def test_text_of_another_type_is_refused_with_an_example(
    text: str, type_: ValueType, expected: str
) -> None:
    """A value that cannot be read is an error that quotes it and shows how it is written."""
    with pytest.raises(ValueError, match=f"^{re.escape(expected)}$"):
        read_value(text, type_)


WRITTEN = [
    (None, ""),
    (True, "true"),
    (Decimal("2.50"), "2.50"),
    (Money(Decimal("12.50"), "EUR"), "12.50 EUR"),
    (timedelta(minutes=1, milliseconds=500), "60.5"),
    (timedelta(seconds=100), "100"),
    (datetime(2026, 12, 24, 17, 30, tzinfo=UTC), "2026-12-24T17:30:00+00:00"),
]


@pytest.mark.parametrize(("value", "expected"), WRITTEN)
def test_a_value_has_one_canonical_text(value: Value, expected: str) -> None:
    """ISO 8601, a decimal point, durations in seconds."""
    assert write_value(value) == expected


@given(
    st.one_of(
        st.tuples(st.integers(-(10**18) + 1, 10**18 - 1), st.just(INTEGER)),
        st.tuples(st.dates(), st.just(DATE)),
        st.tuples(st.times(), st.just(TIME)),
        st.tuples(st.datetimes(timezones=st.just(UTC)), st.just(DATETIME)),
        st.tuples(st.timedeltas(timedelta(days=-9999), timedelta(days=9999)), st.just(DURATION)),
        st.tuples(st.booleans(), st.just(BOOL)),
        st.tuples(st.text(), st.just(TEXT)),
    )
)
def test_canonical_text_is_read_back(pair: tuple[Value, ValueType]) -> None:
    """A value that was written is read back as the same value."""
    value, type_ = pair
    assert read_value(write_value(value), type_) == value


@given(st.text(), st.sampled_from([DIGITS, PHONE, INTEGER, EUR, DATE, TIME, DATETIME, DURATION]))
def test_no_text_breaks_reading(text: str, type_: ValueType) -> None:
    """Any text is read or refused with ValueError, nothing else."""
    try:
        read_value(text, type_)
    except ValueError as error:
        assert "an example" in str(error)  # noqa: PT017 - either outcome is right
