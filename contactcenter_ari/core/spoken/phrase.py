"""Values as words of a prompt: what `{balance | money}` becomes in the caller's language.

Callbacks plain text that a speech program reads aloud right in English, Dutch, Russian,
Lithuanian and Romanian (plurals, genders and ordinals agree), figures in other languages.
Never raises for a value: what cannot be read as its kind is said as it stands. Instants
are worded as given; bringing them to the site's time zone is the caller's work.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from contactcenter_ari.core.spoken.grammar import Grammar, grammar_of
from contactcenter_ari.core.spoken.value import Money, Value, write_value

_CENT = Decimal("0.01")
_MOST_DIGITS = 18
_MOST_DECIMALS = 9
_GROUP = 3


class _Unreadable(ValueError):
    """The value cannot be phrased as that kind."""


def render(value: Value, kind: str, language: str) -> str:
    """The value worded as a kind, in the language of a BCP 47 tag; an unset value is no words.

    Kinds: number, digits, phone, money, date, time, datetime, duration; any other is `text`,
    the value in its own way.
    """
    spoken = grammar_of(language)
    for word in (_WORDINGS.get(kind, _text), _text):
        with suppress(ValueError, ArithmeticError):
            return word(value, spoken)
    return write_value(value)


def _text(value: Value, spoken: Grammar) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return spoken.yes_no[not value]
        case Money():
            return _money(value, spoken)
        case datetime():
            return _datetime(value, spoken)
        case date():
            return spoken.date(value)
        case time():
            return spoken.time(value.hour, value.minute)
        case timedelta():
            return _duration(value, spoken)
        case int() | Decimal():
            return _figures(Decimal(value), spoken)


def _number(value: Value, spoken: Grammar) -> str:
    return _figures(_decimal(value), spoken)


def _digits(value: Value, spoken: Grammar) -> str:
    """Each character by itself (`1 2 3`); the keys of a telephone by their names."""
    plain = _plain(value)
    shown = [
        spoken.keys.get(each, each) for each in plain if each.isalnum() or each in spoken.keys
    ]
    if not shown:
        raise _Unreadable
    return " ".join(shown)


def _phone(value: Value, spoken: Grammar) -> str:
    """Digits by threes with a comma's pause between; the last group may hold four."""
    number = "".join(each for each in _plain(value) if each.isdecimal() or each in "+*#")
    groups: list[str] = []
    while number:
        size = _GROUP + number.startswith("+")
        size = len(number) if len(number) <= size + 1 else size
        groups.append(_digits(number[:size], spoken))
        number = number[size:]
    if not groups:
        raise _Unreadable
    return ", ".join(groups)


def _money(value: Value, spoken: Grammar) -> str:
    """`12 euros and 50 cents`; of a currency unknown to the language, figures and its code."""
    money = value if isinstance(value, Money) else _read_money(value)
    amount = money.amount.quantize(_CENT, ROUND_HALF_UP)
    units = spoken.currencies.get(money.currency)
    if units is None:
        return f"{_figures(amount, spoken)} {money.currency}".strip()
    counts = divmod(abs(int(amount / _CENT)), 100)
    shown = [pair for pair in zip(counts, units, strict=True) if pair[0]] or [(0, units[0])]
    words = spoken.joint.join(spoken.counted(count, noun) for count, noun in shown)
    return f"{spoken.minus} {words}" if amount < 0 else words


def _duration(value: Value, spoken: Grammar) -> str:
    """Hours and minutes, or minutes and seconds: after an hour nobody counts seconds."""
    length = value if isinstance(value, timedelta) else timedelta(seconds=float(_decimal(value)))
    minutes, seconds = divmod(max(round(length.total_seconds()), 0), 60)
    hours, minutes = divmod(minutes, 60)
    counts = (hours, minutes, 0 if hours else seconds)
    if not spoken.clock:
        return f"{hours}:{minutes:02}:{seconds:02}"
    shown = [pair for pair in zip(counts, spoken.clock, strict=True) if pair[0]]
    shown = shown or [(0, spoken.clock[-1])]
    return spoken.joint.join(spoken.counted(count, noun) for count, noun in shown)


def _datetime(value: Value, spoken: Grammar) -> str:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime):
        raise _Unreadable
    return f"{spoken.date(moment)}{spoken.at}{spoken.time(moment.hour, moment.minute)}"


def _date(value: Value, spoken: Grammar) -> str:
    day = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(day, date):
        raise _Unreadable
    return spoken.date(day)


def _time(value: Value, spoken: Grammar) -> str:
    instant = time.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(instant, time | datetime):
        raise _Unreadable
    return spoken.time(instant.hour, instant.minute)


_WORDINGS: Mapping[str, Callable[[Value, Grammar], str]] = {
    "number": _number,
    "integer": _number,
    "digits": _digits,
    "phone": _phone,
    "money": _money,
    "date": _date,
    "time": _time,
    "datetime": _datetime,
    "duration": _duration,
}


def _decimal(value: Value) -> Decimal:
    """The number a value is; what is too long to be listened to counts as none."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise _Unreadable
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise _Unreadable from error
    exponent = number.as_tuple().exponent
    if isinstance(exponent, str) or exponent < -_MOST_DECIMALS or number.adjusted() > _MOST_DIGITS:
        raise _Unreadable
    return number


def _plain(value: Value) -> str:
    return value if isinstance(value, str) else f"{_decimal(value):f}"


def _figures(number: Decimal, spoken: Grammar) -> str:
    figures = f"{abs(number):f}"
    if "." in figures:
        figures = figures.rstrip("0").rstrip(".").replace(".", spoken.point)
    return f"{spoken.minus} {figures}" if number < 0 and figures != "0" else figures


def _read_money(value: Value) -> Money:
    if not isinstance(value, str):
        return Money(_decimal(value), "")
    amount, _, currency = value.partition(" ")
    return Money(_decimal(amount), currency.strip().upper())
