"""Opening hours: is it open at an instant, until when, and when will it be.

Dates beat yearly dates, these beat holidays, holidays beat weekdays; a single date beats a
stretch of them. A range of hours includes its start and excludes its end; one that runs past
midnight belongs to the day it starts on. A time that the clocks skip is the first instant
after; one that comes twice is the first of the two.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The weekdays by name."""
LOOK_AHEAD = timedelta(days=400)
"""`next_open` looks no further."""


class TimeRange(msgspec.Struct, frozen=True, order=True):
    """From `start` up to `end`, in minutes since the midnight the day begins with; beyond
    1440 is the next day.
    """

    start: int
    end: int


Ranges = tuple[TimeRange, ...]
"""The hours of one day; none means closed."""

Weekdays = tuple[Ranges, Ranges, Ranges, Ranges, Ranges, Ranges, Ranges]
"""Monday first."""


MonthDay = tuple[int, int]
"""A day of any year. February 29 is there in leap years only."""


class Stretch(msgspec.Struct, frozen=True):
    """The hours of the days from the first to the last, both included."""

    first: date
    last: date
    ranges: Ranges

    def holds(self, day: date) -> bool:
        """Whether a day is one of them."""
        return self.first <= day <= self.last


class YearlyStretch(msgspec.Struct, frozen=True):
    """The hours of the same days each year; from December into January when the last day is
    before the first.
    """

    first: MonthDay
    last: MonthDay
    ranges: Ranges

    def holds(self, day: date) -> bool:
        """Whether a day is one of them."""
        this = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= this <= self.last
        return this >= self.first or this <= self.last


def dates_text(stretch: Stretch | YearlyStretch) -> str:
    """The days of a stretch as an engineer writes them: `12-24..01-02`."""
    texts = [
        day.isoformat() if isinstance(day, date) else f"{day[0]:02}-{day[1]:02}"
        for day in (stretch.first, stretch.last)
    ]
    return "..".join(dict.fromkeys(texts))


class HolidayRule(msgspec.Struct, frozen=True):
    """The holidays that a calendar keeps: of a country and region (ISO 3166), and the hours by the
    name of the holiday; none means closed, None that the day is like any other.
    """

    country: str
    region: str = ""
    hours: dict[str, Ranges | None] = {}


class Calendar(msgspec.Struct, frozen=True):
    """Opening hours in one time zone (IANA name), holidays already resolved to dates."""

    zone: str
    weekdays: Weekdays
    dates: dict[date, Ranges] = {}
    holidays: dict[date, Ranges] = {}
    stretches: tuple[Stretch, ...] = ()
    yearly: tuple[YearlyStretch, ...] = ()
    """Single days before stretches."""
    rule: HolidayRule | None = None
    """The country, region and hours of `holidays`; None when there are none."""


def is_open(calendar: Calendar, now: datetime) -> bool:
    """Whether `now` lies in one of the ranges."""
    today = now.astimezone(ZoneInfo(calendar.zone)).date()
    # Yesterday for the hours past midnight; the day before it for a zone that skips a day.
    days = (today - timedelta(days=back) for back in range(3))
    return any(
        starts_at <= now < ends_at for day in days for starts_at, ends_at in _spans(calendar, day)
    )


def closes_at(calendar: Calendar, now: datetime) -> datetime | None:
    """The end, in UTC, of the range that `now` lies in; None when it is closed. Where another
    range follows at once it is open anyway.
    """
    today = now.astimezone(ZoneInfo(calendar.zone)).date()
    ends = (
        ends_at
        for back in range(3)  # as in `is_open`
        for starts_at, ends_at in _spans(calendar, today - timedelta(days=back))
        if starts_at <= now < ends_at
    )
    return max(ends, default=None)


def next_open(calendar: Calendar, now: datetime) -> datetime | None:
    """The first instant from `now` on at which it is open, in UTC; None when there is none
    within 400 days.
    """
    if is_open(calendar, now):
        return now.astimezone(UTC)
    today = now.astimezone(ZoneInfo(calendar.zone)).date()
    for ahead in range(LOOK_AHEAD.days):
        day = today + timedelta(days=ahead)
        starts = [starts_at for starts_at, _ in _spans(calendar, day) if starts_at > now]
        if starts:
            return min(starts)
    return None


def _ranges(calendar: Calendar, day: date) -> Ranges:
    if day in calendar.dates:
        return calendar.dates[day]
    some_days: tuple[Stretch | YearlyStretch, ...] = (*calendar.stretches, *calendar.yearly)
    for stretch in some_days:
        if stretch.holds(day):
            return stretch.ranges
    if day in calendar.holidays:
        return calendar.holidays[day]
    return calendar.weekdays[day.weekday()]


def _spans(calendar: Calendar, day: date) -> Iterator[tuple[datetime, datetime]]:
    zone = ZoneInfo(calendar.zone)
    for hours in _ranges(calendar, day):
        starts_at, ends_at = _instant(zone, day, hours.start), _instant(zone, day, hours.end)
        if starts_at < ends_at:  # a range wholly inside a skipped hour is nothing
            yield starts_at, ends_at


def _instant(zone: ZoneInfo, day: date, minutes: int) -> datetime:
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001 - wall-clock time, the zone follows
    first = wall.replace(tzinfo=zone).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return first
    earlier = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _first_after_change(zone, earlier, first)


def _first_after_change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    # The clocks change between the two instants: halve until the second is found.
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
