"""The times when somebody may be called: our hours and the callee's, whatever the zone."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from phonenumbers import tzdata

from contactcenter_ari.core.hours.calendar import Calendar, TimeRange, closes_at, is_open
from contactcenter_ari.core.hours.calling_time import (
    common_until,
    every_day,
    next_common,
    zones_of,
)

AMSTERDAM, NEW_YORK = "Europe/Amsterdam", "America/New_York"
SINCE, UNTIL = time(8), time(21)
DAY = timedelta(days=1)


def at(text: str) -> datetime:
    """An instant of March 2026 in UTC: `10 09:00`."""
    return datetime.strptime(f"2026-03-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def test_every_zone_of_the_numbering_plan_exists() -> None:
    """A number whose zone our time zone data lacks would break the turn that books one."""
    zones = {zone for known in tzdata.TIMEZONE_DATA.values() for zone in known}
    assert len(zones) > 200
    for zone in zones:
        ZoneInfo(zone)


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+31612345678", (AMSTERDAM,)),
        ("+12125551234", (NEW_YORK,)),
        ("+393331234567", ("Europe/Rome", "Europe/Vatican")),
        ("+999123456789", ()),
        ("no number", ()),
    ],
)
def test_the_zones_of_a_number(number: str, zones: tuple[str, ...]) -> None:
    """By the numbering plan; none when it says nothing."""
    assert zones_of(number) == zones


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("10 09:00", "10 12:00"),  # 8 in New York, daylight saving time
        ("10 13:30", "10 13:30"),
        ("10 20:00", "11 12:00"),  # 21 in Amsterdam, still afternoon in New York
        ("28 20:00", "29 12:00"),  # the night the clocks change in Amsterdam
    ],
)
def test_all_must_be_open(now: str, expected: str) -> None:
    """The first instant that suits both sides of the ocean."""
    both = [every_day(zone, SINCE, UNTIL) for zone in (AMSTERDAM, NEW_YORK)]
    assert next_common(both, at(now), at(now) + DAY) == at(expected)


def test_hours_that_never_meet() -> None:
    """No instant suits all: there is none, and the search ends."""
    never = [every_day(zone, SINCE, time(12)) for zone in (AMSTERDAM, "Pacific/Honolulu")]
    assert next_common(never, at("10 09:00"), at("10 09:00") + 400 * DAY) is None


def test_one_that_is_never_open() -> None:
    """Closed for good is closed together, too."""
    closed = Calendar(AMSTERDAM, ((), (), (), (), (), (), ()))
    both = [every_day(AMSTERDAM, SINCE, UNTIL), closed]
    assert next_common(both, at("10 09:00"), at("10 09:00") + DAY) is None


def test_too_late_is_never() -> None:
    """An instant at the limit is not before it."""
    office = [every_day(AMSTERDAM, SINCE, UNTIL)]
    assert next_common(office, at("10 22:00"), at("11 07:00")) is None
    assert next_common(office, at("10 22:00"), at("11 07:01")) == at("11 07:00")
    assert next_common(office, at("10 09:00"), at("10 09:00")) is None


def test_no_calendar_is_always_open() -> None:
    """Nothing forbids, nothing ends."""
    assert next_common([], at("10 03:00"), at("11 03:00")) == at("10 03:00")
    assert common_until([], at("10 03:00")) is None


def test_the_first_to_close_ends_it() -> None:
    """Amsterdam closes at 21, when New York is at its tea."""
    both = [every_day(zone, SINCE, UNTIL) for zone in (AMSTERDAM, NEW_YORK)]
    assert common_until(both, at("10 13:30")) == at("10 20:00")


@pytest.mark.parametrize(
    ("since", "until", "opened"),
    [
        (time(8), time(21), [8, 20]),
        (time(22), time(6), [22, 5]),
        (time(0), time(0), [0, 7, 12, 23]),
    ],
)
def test_hours_may_run_past_midnight(since: time, until: time, opened: list[int]) -> None:
    """An end that is not after the start is the next day's: 0 to 0 is always."""
    calendar = every_day("UTC", since, until)
    hours = [hour for hour in range(24) if is_open(calendar, at(f"10 {hour:02}:59"))]
    assert set(opened) <= set(hours)
    assert len(hours) == ((until.hour - since.hour - 1) % 24) + 1


def test_a_range_past_midnight_closes_the_next_day() -> None:
    """Its end is told from either side of midnight; closed has no end."""
    night = (TimeRange(22 * 60, 30 * 60),)
    calendar = Calendar("UTC", (night, (), (), (), (), (), ()))  # Mondays
    assert closes_at(calendar, at("09 23:00")) == at("10 06:00")
    assert closes_at(calendar, at("10 05:59")) == at("10 06:00")
    assert closes_at(calendar, at("10 06:00")) is None
