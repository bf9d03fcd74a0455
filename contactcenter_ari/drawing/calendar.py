"""The difference of two calendars of opening hours: a few sentences, whatever the edit.

Weekdays that changed alike are one sentence, and so are the holidays of another country: they are
told by name, not day by day for forty years.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby

from contactcenter_ari.core.hours.calendar import (
    DAYS,
    Calendar,
    HolidayRule,
    Ranges,
    Stretch,
    YearlyStretch,
    dates_text,
)

MINUTES = 60
USUAL = "as usual"
LISTED = 24
NO_RULE = HolidayRule("none")

Change = tuple[str, str]
"""The old value, and the new one."""


def calendar_difference(old: Calendar, new: Calendar) -> Iterator[str]:
    """The differences of the new calendar except for its zone: weekdays, holidays, dates."""
    yield from _weekdays(old, new)
    yield from _holidays(old, new)
    before, after = _dates(old), _dates(new)
    for days, (was, is_) in _changes(before, after).items():
        yield f"{days} was {was}, is {is_}"


def _weekdays(old: Calendar, new: Calendar) -> Iterator[str]:
    changes = [
        (name, (hours_text(was), hours_text(is_)))
        for name, was, is_ in zip(DAYS, old.weekdays, new.weekdays, strict=True)
    ]
    for (was, is_), alike in groupby(changes, key=lambda change: change[1]):
        days = [name for name, _ in alike]
        if was != is_:
            yield f"{'-'.join(dict.fromkeys((days[0], days[-1])))} was {was}, is {is_}"


def _holidays(old: Calendar, new: Calendar) -> Iterator[str]:
    """By name; day by day only where two versions of one rule fall on other days, or where a
    calendar does not know its rule.
    """
    before, after = old.rule or NO_RULE, new.rule or NO_RULE
    nameless = any(each.rule is None and each.holidays for each in (old, new))
    if before == after or nameless:
        moved = [
            day.isoformat()
            for day in sorted({*old.holidays, *new.holidays})
            if old.holidays.get(day) != new.holidays.get(day)
        ]
        if moved:
            yield f"other hours on holidays: {_listed(moved)}"
        return
    if _of(before) != _of(after):
        yield f"holidays: {_of(before)} -> {_of(after)}"
    told: dict[Change, list[str]] = {}
    for name, change in _changes(_by_name(before), _by_name(after)).items():
        told.setdefault(change, []).append(name)
    for (was, is_), names in told.items():
        yield f"{_listed(names)}: was {was}, is {is_}"


def _by_name(rule: HolidayRule) -> dict[str, str]:
    return {
        name: USUAL if ranges is None else hours_text(ranges)
        for name, ranges in rule.hours.items()
    }


def _of(rule: HolidayRule) -> str:
    return f"{rule.country} {rule.region}".strip()


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, Change]:
    """The changes by name; what is not there is as usual."""
    return {
        name: (before.get(name, USUAL), after.get(name, USUAL))
        for name in dict.fromkeys((*before, *after))
        if before.get(name, USUAL) != after.get(name, USUAL)
    }


def _dates(calendar: Calendar) -> dict[str, str]:
    """The hours of dates, as the dates are written in a file."""
    hours = {day.isoformat(): hours_text(ranges) for day, ranges in calendar.dates.items()}
    some_days: tuple[Stretch | YearlyStretch, ...] = (*calendar.stretches, *calendar.yearly)
    for stretch in some_days:
        hours[dates_text(stretch)] = hours_text(stretch.ranges)
    return hours


def _listed(names: list[str]) -> str:
    more = len(names) - LISTED
    return ", ".join(names[:LISTED]) + (f" and {more} more" if more > 0 else "")


def hours_text(ranges: Ranges) -> str:
    """The hours of a day as an engineer writes them."""
    return ", ".join(f"{_clock(r.start)}-{_clock(r.end)}" for r in ranges) or "closed"


def _clock(minutes: int) -> str:
    return f"{minutes // MINUTES % 24 or minutes // MINUTES:02}:{minutes % MINUTES:02}"
