"""When somebody may be called: several calendars must be open at once, ours and the callee's,
and where the callee may be.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import timezone

from contactcenter_ari.core.hours.calendar import Calendar, TimeRange, closes_at, next_open

DAY_MINUTES = 1440
CLOSE = timedelta(hours=2)
"""Zones no further apart than this have most of their day in common."""


def zones_of(number: str) -> tuple[str, ...]:
    """The time zones (IANA names) in which a number in E.164 may be, by the numbering plan;
    none when nobody knows.
    """
    try:
        zones = timezone.time_zones_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return ()
    return tuple(zone for zone in zones if zone != timezone.UNKNOWN_TIMEZONE)


def is_zone(name: str) -> bool:
    """Whether there is a time zone of that name (IANA)."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(name)


def are_close(zones: Sequence[str], at: datetime) -> bool:
    """Whether it is much the same hour in all of some zones; of none nothing is known."""
    offsets = [at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta() for zone in zones]
    return bool(offsets) and max(offsets) - min(offsets) <= CLOSE


def every_day(zone: str, since: time, until: time) -> Calendar:
    """The same hours each day; until is excluded, and not after `since` it is the next day's."""
    start, end = _minutes(since), _minutes(until)
    day = (TimeRange(start, end if end > start else end + DAY_MINUTES),)
    return Calendar(zone, (day, day, day, day, day, day, day))


def next_common(calendars: Sequence[Calendar], now: datetime, before: datetime) -> datetime | None:
    """The first instant from `now` on, and before another, at which all are open."""
    at = now
    while at < before:
        opens = [next_open(calendar, at) for calendar in calendars]
        latest = max((each for each in opens if each is not None), default=at)
        if None in opens:
            return None
        if latest <= at:
            return at
        at = latest
    return None


def common_until(calendars: Sequence[Calendar], now: datetime) -> datetime | None:
    """When the first of calendars that are all open now closes; None when none ever does."""
    ends = (closes_at(calendar, now) for calendar in calendars)
    return min((end for end in ends if end is not None), default=None)


def _minutes(clock: time) -> int:
    return int(timedelta(hours=clock.hour, minutes=clock.minute) / timedelta(minutes=1))
