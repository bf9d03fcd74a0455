"""Dates of every year, and stretches of dates, also over the end of a year."""

from datetime import date

import pytest

from contactcenter_ari.core.hours.calendar import (
    Calendar,
    Stretch,
    YearlyStretch,
    is_open,
    next_open,
)
from tests.core.hours.test_calendar import DAY, at, hours

MORNING = hours(("08:30", "12:00"))
CALENDAR = Calendar(
    "Europe/Amsterdam",
    (DAY, DAY, DAY, DAY, DAY, (), ()),
    dates={date(2027, 12, 28): DAY},
    holidays={date(2026, 12, 25): DAY, date(2027, 5, 5): (), date(2028, 2, 29): DAY},
    stretches=(Stretch(date(2027, 12, 27), date(2028, 1, 3), MORNING),),
    yearly=(
        YearlyStretch((12, 24), (12, 24), MORNING),
        YearlyStretch((2, 29), (2, 29), ()),
        YearlyStretch((12, 20), (1, 2), ()),
        YearlyStretch((7, 1), (7, 31), MORNING),
    ),
)

TRUTH = [
    ("2026-12-24 11:59", True),  # a single day of the year beats a stretch of it
    ("2026-12-24 12:00", False),
    ("2030-12-24 11:59", True),  # each year
    ("2026-12-25 10:00", False),  # the year's stretch beats the holiday
    ("2026-12-19 10:00", False),  # a Saturday before it
    ("2026-12-18 10:00", True),
    ("2027-01-01 10:00", False),  # over the end of the year
    ("2027-01-02 10:00", False),
    ("2027-01-04 10:00", True),  # a Monday after it
    ("2027-12-27 10:00", True),  # the dated stretch beats the yearly one
    ("2027-12-27 13:00", False),
    ("2028-01-03 11:59", True),
    ("2028-01-03 12:00", False),
    ("2027-12-28 13:00", True),  # the date beats the stretch
    ("2027-07-31 11:00", True),  # a Saturday within a stretch
    ("2027-07-30 13:00", False),
    ("2028-02-29 10:00", False),  # there this year
    ("2027-03-01 10:00", True),  # no February 29 before it
]


@pytest.mark.parametrize(("now", "expected"), TRUTH)
def test_dates_beat_yearly_dates_beat_holidays(now: str, *, expected: bool) -> None:
    """The more exact one counts, and a single day before a stretch of days."""
    assert is_open(CALENDAR, at(now)) is expected


NEXT = [
    ("2026-12-24 12:00", "2027-01-04 08:30"),
    ("2027-12-24 12:00", "2027-12-27 08:30"),
    ("2028-02-28 18:00", "2028-03-01 08:30"),
]


@pytest.mark.parametrize(("now", "expected"), NEXT)
def test_when_it_opens_after_a_stretch(now: str, expected: str) -> None:
    """Days of a stretch are passed over as closed days are."""
    assert next_open(CALENDAR, at(now)) == at(expected)
