"""Days of the past as they are named on the command line."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contactcenter_ari.config.hours_file import weekday_numbers
from contactcenter_ari.postgres.history import Span

MOST_DAYS = 3660
_DAYS = re.compile(r"[0-9]{1,4}")
_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})", re.ASCII)


def read_span(text: str, weekdays: str, *, zone: str, now: datetime) -> Span:
    """`28` days and today so far, or `2026-03-02..2026-03-27`, of weekdays like `mon-fri`.

    Raises:
        ValueError: these are no such days.
    """
    numbers = weekday_numbers(weekdays) if weekdays else list(range(7))
    if not numbers:
        raise ValueError(f'weekdays are like mon-fri or sat,sun, not "{weekdays[:60]}"')
    since, until = _days(text, ZoneInfo(zone), now)
    chosen = tuple(sorted({number + 1 for number in numbers}))
    return Span(since=since, until=until, zone=zone, weekdays=chosen)


def _days(text: str, zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
    if _DAYS.fullmatch(text) and 1 <= int(text) <= MOST_DAYS:
        first = now.astimezone(zone).date() - timedelta(days=int(text))
        return _midnight(first, zone), now
    found = _RANGE.fullmatch(text)
    try:
        first, last = (date.fromisoformat(found[number] if found else "") for number in (1, 2))
    except ValueError:
        first, last = date.max, date.min
    if first > last:
        example = "28, or 2026-03-02..2026-03-27"
        raise ValueError(f'days are told like {example}, not "{text[:60]}"')
    return _midnight(first, zone), _midnight(last + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
