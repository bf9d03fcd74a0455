"""Opening hours as written (`mon-fri: 08:30-17:30`, holidays by name) into a calendar of dates."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from zoneinfo import available_timezones

import holidays

from contactcenter_ari.config.date_file import Dates, read_dates
from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.document import Node, Scalar
from contactcenter_ari.config.problem import did_you_mean, nearest, suggest
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.core.hours.calendar import (
    DAYS,
    Calendar,
    HolidayRule,
    Ranges,
    TimeRange,
    Weekdays,
)

HOLIDAY_YEARS = range(2020, 2061)
"""Holidays are known in these years."""
CLOSED = "closed"
FULL_DAY = 24 * 60
_KEPT_FOR = re.compile(r"( \((observed|estimated|, )+\))+$")
_RANGE = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*-\s*([0-9]{1,2}):([0-9]{2})")
_KEYS = ("zone", "holidays", "dates", "mon-fri", "sat-sun", *DAYS)


def read_zone(reading: Reading, node: Node) -> str:
    """An IANA time zone."""
    text = reading.text(node, "a time zone")
    if text in _zones():
        return text
    message = f'time zone "{text[:60]}" does not exist; an example: Europe/Amsterdam'
    suggestion = did_you_mean(text, _zones())
    reading.blame("E601", message, node, suggestion=suggestion)
    return "UTC"


@cache
def _zones() -> set[str]:
    """The time zones there are; to list them reads a thousand folders and files."""
    return available_timezones()


def read_hours(
    reading: Reading, name: Scalar, node: Node, *, timezone: str, today: date, told: set[str]
) -> Calendar:
    """One calendar under the key `hours`; `timezone` is the flow's, empty when it has none: that
    is told of the first calendar without one, which is added to `told`.
    """
    mapping = reading.mapping(node, f'hours "{name.text}"')
    zone_node = mapping.get("zone")
    zone = read_zone(reading, zone_node) if zone_node else timezone
    if not zone and not told:
        told.add(name.text)
        message = f'hours "{name.text}" need a time zone; an example: timezone: Europe/Amsterdam'
        reading.blame("E601", message, name)
    holidays_node, dates_node = mapping.get("holidays"), mapping.get("dates")
    dates = read_dates(reading, dates_node, read_ranges) if dates_node else Dates()
    if dates.last is not None and dates.last < today:
        message = f"all these dates are past, the last was {dates.last}; 12-24 comes each year"
        reading.blame("E605", message, mapping.key("dates") or name)
    rule, holidays_ = _holidays(reading, holidays_node) if holidays_node else (None, {})
    return Calendar(
        zone=zone or "UTC",
        weekdays=_weekdays(reading, mapping),
        dates=dates.single,
        stretches=tuple(dates.stretches),
        yearly=tuple(dates.yearly),
        holidays=holidays_,
        rule=rule,
    )


def read_ranges(reading: Reading, node: Node) -> Ranges:
    """The hours of one day: `closed`, `08:30-17:30`, or several."""
    items = () if isinstance(node, Map) else reading.items(node, "hours")
    scalars = [reading.scalar(item, "opening hours") for item in items]
    if not scalars:
        reading.blame("E602", 'opening hours must be like 08:30-17:30, or "closed"', node)
    words = [(scalar, word) for scalar in scalars if scalar for word in _words(scalar)]
    if len(words) == 1 and words[0][1].text == CLOSED:
        return ()
    ranges = [_range(reading, word) for _, word in words]
    for before, after, (_, word) in zip(ranges, ranges[1:], words[1:], strict=False):
        if before and after and after.start < before.end:
            reading.blame("E603", f'"{word.text}" overlaps the hours before it', word)
    return tuple(hours for hours in ranges if hours)


def _words(scalar: Scalar) -> list[Scalar]:
    """The parts of `09:00-12:00, 13:00-17:00`, each with its place."""
    words = []
    for found in re.finditer(r"[^,]*[^,\s][^,]*", scalar.text):
        text = found[0].strip()
        lead = found.start() + len(found[0]) - len(found[0].lstrip())
        column = scalar.column + lead + (1 if scalar.style else 0)
        words.append(Scalar(text, scalar.line, column, scalar.line, column + len(text)))
    return words


def _range(reading: Reading, word: Scalar) -> TimeRange | None:
    found = _RANGE.fullmatch(word.text)
    if found is None:
        message = f'"{word.text[:60]}" are no opening hours; an example: 08:30-17:30 or closed'
        reading.blame("E602", message, word, suggestion=did_you_mean(word.text, [CLOSED]))
        return None
    from_hour, from_minute, to_hour, to_minute = (int(part) for part in found.groups())
    start, end = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if from_minute > 59 or to_minute > 59 or start >= FULL_DAY or end > FULL_DAY:  # noqa: PLR2004 - minutes of an hour
        message = f'"{word.text}" holds a time that does not exist; a day ends at 24:00'
        reading.blame("E602", message, word)
        return None
    if start == end:
        message = f'"{word.text}" is no time at all; a whole day is 00:00-24:00'
        reading.blame("E602", message, word)
        return None
    return TimeRange(start, end if end > start else end + FULL_DAY)


def _weekdays(reading: Reading, mapping: Map) -> Weekdays:
    hours: dict[int, Ranges] = {}
    for key, value in mapping.entries:
        if key.text in {"zone", "holidays", "dates"}:
            continue
        days = weekday_numbers(key.text)
        if not days and nearest(key.text, _KEYS) in {"zone", "holidays", "dates"}:
            message = f'key "{key.text[:60]}" is not known in opening hours'
            reading.blame("E101", message, key, suggestion=suggest(key.text, _KEYS))
            continue
        if not days:
            message = f'"{key.text[:60]}" is no weekday; an example: mon-fri'
            dated = re.match(r"([0-9]{4}-)?[0-9]{2}-[0-9]{2}", key.text)
            hint = 'dates stand under "dates"' if dated else suggest(key.text, _KEYS)
            reading.blame("E101", message, key, suggestion=hint)
        ranges = read_ranges(reading, value)
        for day in days:
            if day in hours:
                reading.blame("E603", f"{DAYS[day]} is given twice", key)
            hours[day] = ranges
    mon, tue, wed, thu, fri, sat, sun = (hours.get(day, ()) for day in range(7))
    return mon, tue, wed, thu, fri, sat, sun


def weekday_numbers(text: str) -> list[int]:
    """`mon-fri`, `sat`, `mon, wed`: 0 is Monday; none when it is no weekday."""
    days: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().lower().partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            return []
        start = DAYS.index(first)
        length = (DAYS.index(last) - start) % 7 if dash else 0
        days += [(start + step) % 7 for step in range(length + 1)]
    return days


def _holidays(reading: Reading, node: Node) -> tuple[HolidayRule | None, dict[date, Ranges]]:
    """Holidays of a country on their dates: closed, unless `except` or `hours` has them."""
    known = ("country", "region", "except", "hours")
    if isinstance(node, Scalar) and node.text:
        reading.blame("E105", "holidays must be a map, for example {country: NL}", node)
        return None, {}
    mapping = reading.mapping(node, "holidays")
    fields = reading.fields(mapping, "holidays", known, needed=("country",))
    if "country" not in fields:
        return None, {}
    region = fields.get("region")
    calendar = _calendar(reading, fields["country"], region)
    special: dict[str, Ranges | None] = {}
    for item in reading.items(fields["except"], "except") if "except" in fields else ():
        special[_holiday(reading, item, calendar)] = None
    hours = reading.mapping(fields["hours"], "holiday hours") if "hours" in fields else None
    for key, value in hours.entries if hours else ():
        special[_holiday(reading, key, calendar)] = read_ranges(reading, value)
    names = sorted({name for names in calendar.values() for name in names})
    by_name = {name: special.get(name, special.get(_kept_for(name), ())) for name in names}
    rule = HolidayRule(
        country=reading.text(fields["country"], "country"),
        region=reading.text(region, "region") if region else "",
        hours=by_name,
    )
    return rule, _resolved(calendar, by_name)


def _kept_for(name: str) -> str:
    """The holiday that another day is kept for: `Christmas Day (observed)` follows it."""
    return _KEPT_FOR.sub("", name)


def _resolved(
    calendar: Mapping[date, list[str]], by_name: Mapping[str, Ranges | None]
) -> dict[date, Ranges]:
    resolved: dict[date, Ranges] = {}
    for day, names in calendar.items():
        kept = [hours for name in names if (hours := by_name[name]) is not None]
        if kept:
            resolved[day] = min(kept, key=len)
    return resolved


def _holiday(reading: Reading, node: Node, calendar: Mapping[date, list[str]]) -> str:
    name = reading.scalar(node, "a holiday")
    known = {each for names in calendar.values() for each in names}
    known |= {_kept_for(each) for each in known}
    if name is not None and known and name.text not in known:
        message = f'holiday "{name.text[:60]}" does not exist'
        reading.blame("E604", message, name, suggestion=suggest(name.text, sorted(known)))
    return name.text if name else ""


def _calendar(reading: Reading, country: Node, region: Node | None) -> dict[date, list[str]]:
    """The names, in English, of the public holidays of each date."""
    code = reading.text(country, "country")
    supported = holidays.list_supported_countries()
    if code not in supported:
        message = f'country "{code[:60]}" does not exist; an example: NL'
        named = getattr(getattr(holidays, code.title().replace(" ", ""), None), "country", "")
        suggestion = f'did you mean "{named}"?' if named else did_you_mean(code, supported)
        reading.blame("E604", message, country, suggestion=suggestion)
        return {}
    subdivision = reading.text(region, "region") if region else None
    if subdivision is not None and subdivision not in supported[code] and region:
        message = f'region "{subdivision[:60]}" does not exist in {code}'
        suggestion = suggest(subdivision, supported[code])
        reading.blame("E604", message, region, suggestion=suggestion)
        return {}
    found = holidays.country_holidays(
        code, subdiv=subdivision, years=HOLIDAY_YEARS, language="en_US"
    )
    return {day: found.get_list(day) for day in found}
