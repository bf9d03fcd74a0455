"""Dates with hours of their own, as written under `dates` of opening hours.

| key | days |
|---|---|
| `2026-12-24` | this day |
| `2026-12-24..2027-01-02` | the days from the first to the last, both included |
| `12-24` | the same day each year |
| `12-24..01-02` | the same days each year, here over the end of the year |
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from contactcenter_ari.config.document import Node, Scalar
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.core.hours.calendar import (
    MonthDay,
    Ranges,
    Stretch,
    YearlyStretch,
    dates_text,
)

EXAMPLES = "2026-12-24, 12-24 each year, or 12-24..01-02"
_DATE = re.compile(r"(?:(?P<year>[0-9]{4})-)?(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_LEAP = 2024
"""A year that has all days of the year."""

Day = date | MonthDay


@dataclass(slots=True)
class Dates:
    """The dates of one calendar, by what they are written with."""

    single: dict[date, Ranges] = field(default_factory=dict)
    stretches: list[Stretch] = field(default_factory=list)
    yearly: list[YearlyStretch] = field(default_factory=list)

    @property
    def last(self) -> date | None:
        """The last day there is; None when there are none, or some come each year."""
        if self.yearly:
            return None
        return max([*self.single, *(stretch.last for stretch in self.stretches)], default=None)


def read_dates(
    reading: Reading, node: Node, read_ranges: Callable[[Reading, Node], Ranges]
) -> Dates:
    """All dates under the key `dates`; `read_ranges` reads the hours of a day."""
    found = Dates()
    for key, value in reading.mapping(node, "dates").entries:
        ranges = read_ranges(reading, value)
        first, last = _days(reading, key)
        if isinstance(first, date) and isinstance(last, date):
            _add_dated(reading, key, found, Stretch(first, last, ranges))
        elif isinstance(first, tuple) and isinstance(last, tuple):
            _add_yearly(reading, key, found, YearlyStretch(first, last, ranges))
    found.yearly.sort(key=lambda stretch: stretch.first != stretch.last)
    return found


def _add_dated(reading: Reading, key: Scalar, found: Dates, stretch: Stretch) -> None:
    if stretch.first == stretch.last:
        if stretch.first in found.single:
            reading.blame("E603", f"{stretch.first} is given twice", key)
        found.single[stretch.first] = stretch.ranges
        return
    _refuse_overlap(reading, key, stretch, found.stretches)
    found.stretches.append(stretch)


def _add_yearly(reading: Reading, key: Scalar, found: Dates, stretch: YearlyStretch) -> None:
    single = stretch.first == stretch.last
    alike = [each for each in found.yearly if (each.first == each.last) is single]
    _refuse_overlap(reading, key, stretch, alike)
    found.yearly.append(stretch)


def _refuse_overlap(
    reading: Reading,
    key: Scalar,
    stretch: Stretch | YearlyStretch,
    others: Sequence[Stretch | YearlyStretch],
) -> None:
    for other in others:
        if _holds(stretch, other) or _holds(other, stretch):
            message = f'"{key.text}" overlaps the dates {dates_text(other)} before it'
            reading.blame("E603", message, key)
            return


def _holds(stretch: Stretch | YearlyStretch, other: Stretch | YearlyStretch) -> bool:
    """Whether a stretch holds the first day of another of its sort."""
    first = other.first
    return stretch.holds(first if isinstance(first, date) else date(_LEAP, *first))


def _days(reading: Reading, key: Scalar) -> tuple[Day | None, Day | None]:
    """The first and the last day of a key, both dated or both of any year; none of a wrong one."""
    parts = key.text.split("..")
    days = [_day(part) for part in parts]
    message = ""
    if len(days) > 2 or None in days:  # noqa: PLR2004 - a first and a last day
        message = f'"{key.text[:60]}" is no date; examples: {EXAMPLES}'
    elif isinstance(days[0], date) != isinstance(days[-1], date):
        message = f'"{key.text}" has a year on one side only; examples: {EXAMPLES}'
    elif isinstance(days[0], date) and isinstance(days[-1], date) and days[0] > days[-1]:
        message = f'"{key.text}" ends before it begins; an example: 2026-12-24..2027-01-02'
    if message:
        reading.blame("E602", message, key, suggestion=_turned(parts))
        return None, None
    return days[0], days[-1]


def _day(text: str) -> Day | None:
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day = (int(part) if part else _LEAP for part in found.groups())
    try:
        dated = date(year, month, day)
    except ValueError:
        return None
    return dated if found["year"] else (month, day)


def _turned(parts: Sequence[str]) -> str:
    """A hint for who writes the day before the month."""
    turned = []
    for part in parts:
        found = re.fullmatch(r"\s*([0-9]{1,2})[-./ ]([0-9]{1,2})(?:[-./ ]([0-9]{4}))?[. ]*", part)
        if found is None:
            return ""
        year = f"{found[3]}-" if found[3] else ""
        turned.append(f"{year}{found[2]:0>2}-{found[1]:0>2}")
    right = all(_day(part) is not None for part in turned)
    return f'the month stands before the day: "{"..".join(turned)}"' if right else ""
