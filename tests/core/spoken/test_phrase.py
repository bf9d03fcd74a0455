"""Values are worded so that a speech program reads them aloud right."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcenter_ari.core.spoken.phrase import render
from contactcenter_ari.core.spoken.value import Money, Value

MARCH = date(2026, 3, 10)
EVENING = datetime(1985, 11, 22, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "language", "expected"),
    [
        (3, "en", "3"),
        (Decimal("12.50"), "en", "12.5"),
        (Decimal("12.50"), "nl", "12,5"),
        (Decimal("12.00"), "nl", "12"),
        (-5, "nl", "min 5"),
        ("-1250.5", "ru", "минус 1250,5"),
        (Decimal("-0.0"), "en", "0"),
        (Decimal("1E3"), "en", "1000"),
        ("many", "en", "many"),
        ("1E999999", "en", "1E999999"),
        ("NaN", "en", "NaN"),
    ],
)
def test_numbers(value: Value, language: str, expected: str) -> None:
    """A number keeps its digits; sign and decimal point are the language's."""
    assert expected == render(value, "number", language)


@pytest.mark.parametrize(
    ("value", "kind", "language", "expected"),
    [
        ("123", "digits", "en", "1 2 3"),
        (42, "digits", "nl", "4 2"),
        ("0*1#", "digits", "en", "0 star 1 pound"),
        ("1#", "digits", "nl", "1 hekje"),
        ("AB-12", "digits", "en", "A B 1 2"),
        ("", "digits", "en", ""),
        ("+31612345678", "phone", "en", "plus 3 1 6, 1 2 3, 4 5 6, 7 8"),
        ("+31 (0)6-12", "phone", "lt", "plius 3 1 0, 6 1 2"),
        ("0612345678", "phone", "nl", "0 6 1, 2 3 4, 5 6 7 8"),
        ("112", "phone", "ro", "1 1 2"),
        ("anonymous", "phone", "en", "anonymous"),
    ],
)
def test_digits_and_phone_numbers(value: Value, kind: str, language: str, expected: str) -> None:
    """Digits are said one by one, telephone numbers with pauses between groups."""
    assert expected == render(value, kind, language)


@pytest.mark.parametrize(
    ("amount", "language", "expected"),
    [
        ("12.50 EUR", "en", "12 euros and 50 cents"),
        ("1.01 EUR", "en", "1 euro and 1 cent"),
        ("0.50 EUR", "en", "50 cents"),
        ("0 EUR", "en", "0 euros"),
        ("-3.00 USD", "en", "minus 3 dollars"),
        ("12.50 EUR", "nl", "12 euro en 50 cent"),
        ("5.10 RUB", "ru", "5 рублей 10 копеек"),
        ("21.02 RUB", "ru", "21 рубль две копейки"),
        ("3.01 RUB", "ru", "3 рубля одна копейка"),
        ("11.12 RUB", "ru", "11 рублей 12 копеек"),
        ("12.50 EUR", "lt", "12 eurų ir 50 centų"),
        ("21.03 EUR", "lt", "21 euras ir 3 centai"),
        ("12.50 EUR", "ro", "12 euro și 50 de cenți"),
        ("1.20 RON", "ro", "un leu și 20 de bani"),
        ("101 RON", "ro", "101 lei"),
        ("22 GBP", "ro", "douăzeci și două de lire"),
        ("12.345 EUR", "en", "12 euros and 35 cents"),
        ("5 CHF", "en", "5 CHF"),
        ("12.50", "nl", "12,5"),
        ("much", "nl", "much"),
    ],
)
def test_money(amount: str, language: str, expected: str) -> None:
    """An amount is said in units and hundredths, each in the form its number asks for."""
    assert expected == render(amount, "money", language)


def test_money_that_is_not_text() -> None:
    """A value of money reads like its text, with or without a kind."""
    money = Money(Decimal("12.50"), "EUR")
    assert render(money, "money", "en") == "12 euros and 50 cents"
    assert render(money, "text", "nl") == "12 euro en 50 cent"


@pytest.mark.parametrize(
    ("minutes", "language", "expected"),
    [
        (1, "en", "1 minute"),
        (2, "en", "2 minutes"),
        (1, "nl", "1 minuut"),
        (5, "nl", "5 minuten"),
        (1, "ru", "одна минута"),
        (2, "ru", "две минуты"),
        (5, "ru", "5 минут"),
        (11, "ru", "11 минут"),
        (12, "ru", "12 минут"),
        (21, "ru", "двадцать одна минута"),
        (24, "ru", "24 минуты"),
        (1, "lt", "viena minutė"),
        (2, "lt", "dvi minutės"),
        (9, "lt", "devynios minutės"),
        (10, "lt", "10 minučių"),
        (11, "lt", "11 minučių"),
        (21, "lt", "dvidešimt viena minutė"),
        (30, "lt", "30 minučių"),
        (1, "ro", "un minut"),
        (2, "ro", "două minute"),
        (12, "ro", "douăsprezece minute"),
        (19, "ro", "19 minute"),
        (20, "ro", "20 de minute"),
        (22, "ro", "douăzeci și două de minute"),
    ],
)
def test_minutes(minutes: int, language: str, expected: str) -> None:
    """Number and noun agree; a number read in the wrong gender as figures is in words."""
    assert expected == render(timedelta(minutes=minutes), "duration", language)


@pytest.mark.parametrize(
    ("value", "language", "expected"),
    [
        (timedelta(seconds=125), "en", "2 minutes and 5 seconds"),
        (timedelta(hours=1, minutes=5, seconds=59), "en", "1 hour and 5 minutes"),
        (timedelta(hours=2), "nl", "2 uur"),
        (timedelta(0), "en", "0 seconds"),
        (timedelta(seconds=-3), "en", "0 seconds"),
        (timedelta(seconds=61), "ru", "одна минута одна секунда"),
        (timedelta(hours=21), "ro", "douăzeci și una de ore"),
        (90, "en", "1 minute and 30 seconds"),
        ("90", "nl", "1 minuut en 30 seconden"),
        (timedelta(seconds=125), "de", "0:02:05"),
    ],
)
def test_durations(value: Value, language: str, expected: str) -> None:
    """Up to an hour minutes and seconds, then hours and minutes."""
    assert expected == render(value, "duration", language)


@pytest.mark.parametrize(
    ("value", "language", "expected"),
    [
        (MARCH, "en", "March 10th, 2026"),
        (date(2026, 3, 1), "en", "March 1st, 2026"),
        (date(2026, 3, 22), "en", "March 22nd, 2026"),
        (date(2026, 3, 13), "en-US", "March 13th, 2026"),
        (MARCH, "nl_NL", "10 maart 2026"),
        (MARCH, "ru", "десятого марта две тысячи двадцать шестого года"),
        (date(2000, 5, 30), "ru", "тридцатого мая двухтысячного года"),
        (
            date(1985, 1, 31),
            "ru",
            "тридцать первого января тысяча девятьсот восемьдесят пятого года",
        ),
        (MARCH, "lt", "du tūkstančiai dvidešimt šeštų metų kovo dešimta diena"),
        (
            date(2030, 9, 23),
            "lt",
            "du tūkstančiai trisdešimtų metų rugsėjo dvidešimt trečia diena",
        ),
        (MARCH, "ro", "10 martie 2026"),
        (date(2026, 3, 1), "ro", "întâi martie 2026"),
        (MARCH, "de", "10.3.2026"),
        (EVENING, "nl", "22 november 1985"),
        ("2026-03-10", "nl", "10 maart 2026"),
        ("tomorrow", "nl", "tomorrow"),
    ],
)
def test_dates(value: Value, language: str, expected: str) -> None:
    """A date is said as people of that language say it."""
    assert expected == render(value, "date", language)


@pytest.mark.parametrize(
    ("value", "language", "expected"),
    [
        (time(14, 30), "en", "2:30 PM"),
        (time(0, 0), "en", "12 AM"),
        (time(12, 5), "en", "12:05 PM"),
        (time(14, 30), "nl", "14 uur 30"),
        (time(8, 0), "nl", "8 uur"),
        (time(14, 30), "ru", "14 часов 30 минут"),
        (time(22, 2), "ru", "22 часа две минуты"),
        (time(8, 30), "lt", "aštuonios valandos 30 minučių"),
        (time(14, 30), "ro", "ora 14 și 30 de minute"),
        (time(1, 0), "ro", "ora 1"),
        (time(22, 0), "ro", "ora douăzeci și două"),
        (time(14, 30), "de", "14:30"),
        ("17:30", "nl", "17 uur 30"),
        (EVENING, "en", "10:12 PM"),
        (7, "en", "7"),
    ],
)
def test_times_of_day(value: Value, language: str, expected: str) -> None:
    """A time of day is said as people of that language say it."""
    assert expected == render(value, "time", language)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "November 22nd, 1985 at 10:12 PM"),
        ("nl", "22 november 1985 om 22 uur 12"),
        ("ro", "22 noiembrie 1985, ora douăzeci și două și douăsprezece minute"),
    ],
)
def test_date_and_time(language: str, expected: str) -> None:
    """A date and a time are joined as the language joins them."""
    assert expected == render(EVENING, "datetime", language)
    assert expected == render(EVENING.isoformat(), "datetime", language)


@pytest.mark.parametrize(
    ("value", "language", "expected"),
    [
        (None, "en", ""),
        ("Jansen", "nl", "Jansen"),
        (True, "nl", "ja"),
        (False, "lt", "ne"),
        (7, "en", "7"),
        (MARCH, "nl", "10 maart 2026"),
    ],
)
def test_values_without_a_kind(value: Value, language: str, expected: str) -> None:
    """Without a kind a value is said in its own way; an unset value is no words."""
    assert expected == render(value, "text", language)


_kinds = st.sampled_from(
    ["text", "number", "digits", "phone", "money", "date", "time", "datetime", "duration", "x"]
)
_values = st.one_of(
    st.none(), st.text(), st.integers(), st.booleans(), st.dates(), st.times(), st.datetimes(),
    st.timedeltas(), st.decimals(allow_nan=True, places=3),
    st.decimals(allow_nan=True, places=2).map(lambda amount: Money(amount, "EUR")),
)  # fmt: skip


@given(_values, _kinds, st.sampled_from(["en", "nl", "ru", "lt", "ro", "de", "", "x-"]))
def test_any_value_can_be_said_as_any_kind(value: Value, kind: str, language: str) -> None:
    """Whatever a caller typed or a look-up returned, wording it never fails."""
    assert isinstance(render(value, kind, language), str)
