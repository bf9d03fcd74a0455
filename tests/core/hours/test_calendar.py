"""Opening hours: every rule of the language, also in the nights when the clocks change."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from contactcenter_ari.core.hours.calendar import Calendar, Ranges, TimeRange, is_open, next_open


def hours(*ranges: tuple[str, str]) -> Ranges:
    """Ranges out of `("08:30", "17:30")`; an end before the start is the next day."""
    return tuple(
        TimeRange(minutes(start), minutes(end) + (1440 if end <= start else 0))
        for start, end in ranges
    )


def minutes(text: str) -> int:
    """Minutes since midnight of `08:30`."""
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def at(text: str, zone: str = "Europe/Amsterdam") -> datetime:
    """A wall-clock time of the zone as an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


DAY = hours(("08:30", "17:30"))
OFFICE = Calendar(
    "Europe/Amsterdam",
    (DAY, DAY, hours(("09:00", "12:00"), ("13:00", "17:00")), DAY, DAY, (), ()),
    dates={date(2026, 12, 24): hours(("08:30", "15:00")), date(2026, 12, 25): DAY},
    holidays={
        date(2026, 12, 24): (),
        date(2026, 12, 25): (),
        date(2026, 4, 27): hours(("10:00", "14:00")),
        date(2026, 5, 14): (),
    },
)

TRUTH = [
    ("2026-03-10 08:29:59", False),  # a Tuesday
    ("2026-03-10 08:30", True),
    ("2026-03-10 17:29:59", True),
    ("2026-03-10 17:30", False),
    ("2026-03-11 12:00", False),  # the lunch of Wednesdays
    ("2026-03-11 13:00", True),
    ("2026-03-14 10:00", False),  # a Saturday
    ("2026-05-14 10:00", False),  # Ascension Day, a holiday
    ("2026-04-27 09:00", False),  # King's Day: half a day
    ("2026-04-27 10:00", True),
    ("2026-04-27 14:00", False),
    ("2026-12-24 14:59", True),  # the date beats the holiday
    ("2026-12-24 15:00", False),
    ("2026-12-25 10:00", True),
]


@pytest.mark.parametrize(("now", "expected"), TRUTH)
def test_dates_beat_holidays_beat_weekdays(now: str, *, expected: bool) -> None:
    """A range includes its start and excludes its end."""
    assert is_open(OFFICE, at(now)) is expected


NIGHT = Calendar(
    "Europe/Amsterdam",
    ((), (), (), (), hours(("22:00", "06:00")), hours(("20:00", "24:00")), ()),
    dates={date(2026, 3, 27): ()},
)

NIGHTS = [
    ("2026-03-13 21:59", False),  # a Friday
    ("2026-03-13 22:00", True),
    ("2026-03-14 05:59", True),  # still Friday's night
    ("2026-03-14 06:00", False),
    ("2026-03-14 23:59", True),
    ("2026-03-15 00:00", False),  # 24:00 is the end of Saturday
    ("2026-03-27 23:00", False),  # this Friday is closed
    ("2026-03-28 05:00", False),  # and its night with it
]


@pytest.mark.parametrize(("now", "expected"), NIGHTS)
def test_a_night_belongs_to_the_day_it_starts(now: str, *, expected: bool) -> None:
    """Hours past midnight go with the day before, also when that day is closed."""
    assert is_open(NIGHT, at(now)) is expected


def every_day(*ranges: tuple[str, str], zone: str = "Europe/Amsterdam") -> Calendar:
    """The same hours on all days."""
    day = hours(*ranges)
    return Calendar(zone, (day, day, day, day, day, day, day))


CHANGES = [
    # 29 March 2026: 02:00 becomes 03:00; 02:30 is the first instant after, 03:00 (01:00 UTC).
    (("02:30", "04:00"), "2026-03-29T00:59:59+00:00", False),
    (("02:30", "04:00"), "2026-03-29T01:00:00+00:00", True),
    (("02:30", "04:00"), "2026-03-29T02:00:00+00:00", False),
    (("01:00", "02:30"), "2026-03-29T00:59:59+00:00", True),
    (("01:00", "02:30"), "2026-03-29T01:00:00+00:00", False),
    (("02:10", "02:50"), "2026-03-29T01:00:00+00:00", False),  # wholly skipped
    # 25 October 2026: 03:00 becomes 02:00; a time that comes twice is the first of the two.
    (("02:30", "04:00"), "2026-10-25T00:29:59+00:00", False),
    (("02:30", "04:00"), "2026-10-25T00:30:00+00:00", True),
    (("02:30", "04:00"), "2026-10-25T02:59:59+00:00", True),
    (("02:30", "04:00"), "2026-10-25T03:00:00+00:00", False),
    (("22:00", "06:00"), "2026-10-25T04:59:59+00:00", True),
    (("22:00", "06:00"), "2026-10-25T05:00:00+00:00", False),
]


@pytest.mark.parametrize(("hours_", "now", "expected"), CHANGES)
def test_the_night_when_the_clocks_change(
    hours_: tuple[str, str], now: str, *, expected: bool
) -> None:
    """A skipped time is the first instant after; one that comes twice is the first."""
    assert is_open(every_day(hours_), datetime.fromisoformat(now)) is expected


def test_a_day_without_midnight_opens_with_its_first_instant() -> None:
    """In Beirut the clocks skip midnight; 00:00 is then 01:00."""
    calendar = every_day(("00:00", "02:00"), zone="Asia/Beirut")
    first = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)
    assert is_open(calendar, first)
    assert not is_open(calendar, first.replace(hour=21, minute=59))


def test_the_zone_of_the_calendar_counts() -> None:
    """The same instant is office time in Amsterdam and night in New York."""
    now = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
    office = ("08:30", "17:30")
    assert is_open(every_day(office), now)
    assert not is_open(every_day(office, zone="America/New_York"), now)


def test_open_around_the_clock_has_no_gap() -> None:
    """00:00-24:00 on all days is open at midnight too, and when the clocks change."""
    always = every_day(("00:00", "24:00"))
    for now in ("2026-03-10 00:00", "2026-03-29 03:00", "2026-10-25 02:30", "2026-10-26 00:00"):
        assert is_open(always, at(now))


NEXT = [
    ("2026-03-10 07:00", "2026-03-10 08:30"),
    ("2026-03-10 10:00", "2026-03-10 10:00"),  # open: now
    ("2026-03-11 12:30", "2026-03-11 13:00"),
    ("2026-03-13 17:30", "2026-03-16 08:30"),  # over the weekend
    ("2026-04-26 12:00", "2026-04-27 10:00"),
    ("2026-05-13 18:00", "2026-05-15 08:30"),
]


@pytest.mark.parametrize(("now", "expected"), NEXT)
def test_when_it_opens_next(now: str, expected: str) -> None:
    """The first instant from now on at which it is open."""
    assert next_open(OFFICE, at(now)) == at(expected)


def test_a_skipped_opening_time_is_told_as_it_will_be() -> None:
    """Opening at 02:30 in the night of the change means 03:00."""
    assert next_open(every_day(("02:30", "04:00")), at("2026-03-29 01:00")) == datetime(
        2026, 3, 29, 1, 0, tzinfo=UTC
    )


def test_never_open_has_no_next_time() -> None:
    """A calendar without hours never opens."""
    assert next_open(Calendar("UTC", ((), (), (), (), (), (), ())), at("2026-03-10 07:00")) is None
