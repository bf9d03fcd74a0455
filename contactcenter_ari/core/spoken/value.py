"""The values a call flow works with, and their types.

Text comes in from callers, look-ups and YAML; `read_value` makes a value of it or refuses
with an example. `write_value` gives the one canonical text of a value, which `read_value`
takes back. Nothing here knows where a value comes from.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

import msgspec

from contactcenter_ari.core.number import is_e164


class Kind(StrEnum):
    """The kind of a value. NUMBER, with a fraction, exists only inside expressions."""

    TEXT = "text"
    DIGITS = "digits"
    PHONE = "phone"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    DURATION = "duration"
    BOOL = "bool"
    CHOICE = "choice"


class ValueType(msgspec.Struct, frozen=True):
    """A kind; `choices` only for CHOICE, `currency` (ISO 4217) only for MONEY."""

    kind: Kind
    choices: tuple[str, ...] = ()
    currency: str = ""

    def __str__(self) -> str:
        if self.kind is Kind.CHOICE:
            return f"[{', '.join(self.choices)}]"
        return f"{self.kind} {self.currency}".strip()


TEXT = ValueType(Kind.TEXT)
DIGITS = ValueType(Kind.DIGITS)
PHONE = ValueType(Kind.PHONE)
INTEGER = ValueType(Kind.INTEGER)
NUMBER = ValueType(Kind.NUMBER)
DATE = ValueType(Kind.DATE)
TIME = ValueType(Kind.TIME)
DATETIME = ValueType(Kind.DATETIME)
DURATION = ValueType(Kind.DURATION)
BOOL = ValueType(Kind.BOOL)


class Money(msgspec.Struct, frozen=True, order=False):
    """An amount in one currency (ISO 4217 code)."""

    amount: Decimal
    currency: str

    def __bool__(self) -> bool:
        """Whether it is an amount other than zero."""
        return bool(self.amount)


Value = str | int | Decimal | bool | date | time | datetime | timedelta | Money | None
"""A value that an expression works with; None is unset. A datetime is aware."""

YES = frozenset({"true", "yes", "on"})
NO = frozenset({"false", "no", "off"})
EXAMPLES = {
    Kind.TEXT: "any text",
    Kind.DIGITS: "0612345678",
    Kind.PHONE: "+31201234567",
    Kind.INTEGER: "42",
    Kind.NUMBER: "2.5",
    Kind.MONEY: "12.50",
    Kind.DATE: "2026-12-24",
    Kind.TIME: "17:30",
    Kind.DATETIME: "2026-12-24T17:30:00+01:00",
    Kind.DURATION: "1h30m",
    Kind.BOOL: "true",
    Kind.CHOICE: "one of the list",
}

_DIGITS = re.compile(r"[0-9*#]{1,64}")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,9})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?")
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
_DURATION = re.compile(
    r"(?:([0-9]{1,4})d)?(?:([0-9]{1,5})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,9})s)?(?:([0-9]{1,9})ms)?"
)


def read_value(text: str, type_: ValueType) -> Value:
    """The value `text` stands for. No text at all is unset, except that a text may be empty.

    Raises:
        ValueError: the text is no such value; the message holds an example.
    """
    if type_.kind is Kind.TEXT:
        return text
    if not text:
        return None
    try:
        return _READERS[type_.kind](text, type_)
    except (ValueError, ArithmeticError):
        example = " or ".join(type_.choices) or EXAMPLES[type_.kind]
        kind = "choice" if type_.kind is Kind.CHOICE else str(type_)
        raise ValueError(f'"{text[:60]}" is no {kind}; an example: {example}') from None


def write_value(value: Value) -> str:
    """The canonical text: ISO 8601, a decimal point, `true`/`false`, durations in seconds,
    `12.50 EUR`; nothing for an unset value.
    """
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return format(value, "f")
        case Money():
            return f"{value.amount:f} {value.currency}"
        case timedelta():
            return _seconds_text(value)
        case date() | time():
            return value.isoformat()


def read_duration(text: str) -> timedelta:
    """A duration such as `20s`, `1h30m`, `500ms`, or plain seconds (`90`).

    Raises:
        ValueError: it is none; the message holds an example.
    """
    if _SECONDS.fullmatch(text):
        return timedelta(microseconds=int(Decimal(text) * 1_000_000))
    found = _DURATION.fullmatch(text)
    if not text or found is None:
        raise ValueError(f'"{text[:60]}" is no duration; an example: 1h30m')
    days, hours, minutes, seconds, milliseconds = (int(part or 0) for part in found.groups())
    return timedelta(
        days=days, hours=hours, minutes=minutes, seconds=seconds, milliseconds=milliseconds
    )


def _seconds_text(value: timedelta) -> str:
    seconds = Decimal(value // timedelta(microseconds=1)) / 1_000_000
    text = f"{seconds:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _matched(text: str, pattern: re.Pattern[str]) -> str:
    if pattern.fullmatch(text) is None:
        raise ValueError(text)
    return text


def _read_digits(text: str, _type: ValueType) -> Value:
    return _matched(text, _DIGITS)


def _read_phone(text: str, _type: ValueType) -> Value:
    if not is_e164(text):
        raise ValueError(text)
    return text


def _read_integer(text: str, _type: ValueType) -> Value:
    return int(_matched(text, _INTEGER))


def _read_number(text: str, _type: ValueType) -> Value:
    return Decimal(_matched(text, _NUMBER))


def _read_money(text: str, type_: ValueType) -> Value:
    amount, _, currency = text.partition(" ")
    if currency not in {"", type_.currency}:
        raise ValueError(text)
    return Money(Decimal(_matched(amount, _NUMBER)), type_.currency)


def _read_date(text: str, _type: ValueType) -> Value:
    return date.fromisoformat(_matched(text, _DATE))


def _read_time(text: str, _type: ValueType) -> Value:
    return time.fromisoformat(_matched(text, _TIME))


def _read_datetime(text: str, _type: ValueType) -> Value:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return instant


def _read_duration(text: str, _type: ValueType) -> Value:
    if text.startswith("-"):  # only arithmetic makes these
        return -read_duration(text[1:])
    return read_duration(text)


def _read_bool(text: str, _type: ValueType) -> Value:
    word = text.lower()
    if word not in YES | NO:
        raise ValueError(text)
    return word in YES


def _read_choice(text: str, type_: ValueType) -> Value:
    if text not in type_.choices:
        raise ValueError(text)
    return text


_READERS: dict[Kind, Callable[[str, ValueType], Value]] = {
    Kind.DIGITS: _read_digits,
    Kind.PHONE: _read_phone,
    Kind.INTEGER: _read_integer,
    Kind.NUMBER: _read_number,
    Kind.MONEY: _read_money,
    Kind.DATE: _read_date,
    Kind.TIME: _read_time,
    Kind.DATETIME: _read_datetime,
    Kind.DURATION: _read_duration,
    Kind.BOOL: _read_bool,
    Kind.CHOICE: _read_choice,
}
