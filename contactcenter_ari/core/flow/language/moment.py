"""Texts that stand beside a date, time, duration or yes-or-no in an expression.

`today >= "2026-12-01"` compares dates, `today >= "12-01"` days of the year, and `now < "12:00"`
times of the day. A text without a zone has the zone of the value that it is compared with.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from contactcenter_ari.core.spoken.value import (
    BOOL,
    DATE,
    DURATION,
    TIME,
    Kind,
    Value,
    ValueType,
    read_value,
)

_DAY_OF_YEAR = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_DATETIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}\S*")
LIKES: Mapping[Kind, Value] = {
    Kind.DATE: date.min,
    Kind.TIME: time.min,
    Kind.DATETIME: datetime.min,  # noqa: DTZ901 - for its type alone
    Kind.DURATION: timedelta(),
    Kind.BOOL: False,
}
"""A value of each type that a text may be compared with."""
WRITTEN: Mapping[Kind, str] = {
    Kind.DATE: 'as "2026-12-24", or "12-24" of each year',
    Kind.TIME: 'as "17:30"',
    Kind.DATETIME: 'as "17:30" of each day, or "2026-12-24 17:30"',
    Kind.DURATION: "as 5m",
    Kind.BOOL: "true or false",
}
"""The written form of such values in an expression."""


def beside(text: str, value: Value) -> tuple[Value, Value]:
    """A text read in the type of the value beside it, and the part of that value to compare.

    Raises:
        ValueError: it is no such text.
    """
    match value:
        case datetime():
            return _beside_instant(text, value)
        case date() if _DAY_OF_YEAR.fullmatch(text):
            return text, f"{value:%m-%d}"
        case date():
            return read_value(text, DATE), value
        case time():
            return read_value(text, TIME), value
        case timedelta():
            return read_value(text, DURATION), value
        case bool():
            return read_value(text, BOOL), value
        case _:
            return text, value


def comparable(text: str, type_: ValueType) -> bool:
    """Whether a text written out may be compared with values of a type."""
    try:
        if type_.kind in LIKES:
            beside(text, LIKES[type_.kind])
        else:
            read_value(text, type_)
    except ValueError:
        return False
    return True


def _beside_instant(text: str, value: datetime) -> tuple[Value, Value]:
    if _TIME.fullmatch(text):
        return time.fromisoformat(text), value.time()
    if _DATETIME.fullmatch(text) is None:
        raise ValueError(text)
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=value.tzinfo), value
