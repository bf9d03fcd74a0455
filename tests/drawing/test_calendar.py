"""The differences of two calendars, in a few sentences."""

from datetime import date

import msgspec
import pytest

from contactcenter_ari.core.hours.calendar import (
    Calendar,
    HolidayRule,
    Stretch,
    TimeRange,
    YearlyStretch,
)
from contactcenter_ari.drawing.calendar import calendar_difference
from contactcenter_ari.drawing.difference import flow_difference
from tests.drawing.sample import DAY, OFFICE, flow

SHORT = (TimeRange(600, 840),)
DUTCH = HolidayRule("NL", hours={"New Year's Day": (), "Good Friday": None, "King's Day": SHORT})
GERMAN = HolidayRule("DE", hours={"New Year's Day": (), "Good Friday": (), "Labor Day": ()})
FORTY_YEARS = {date(year, 4, 27): SHORT for year in range(2020, 2061)}
KEEPS_DUTCH = msgspec.structs.replace(OFFICE, holidays=FORTY_YEARS, rule=DUTCH)


def office(**changes: object) -> Calendar:
    """The calendar with Dutch holidays, with some changes."""
    return msgspec.structs.replace(KEEPS_DUTCH, **changes)


@pytest.mark.parametrize(
    ("new", "sentences"),
    [
        (office(), []),
        (
            office(rule=GERMAN, holidays={date(2026, 5, 1): ()}),
            [
                "holidays: NL -> DE",
                "Good Friday, Labor Day: was as usual, is closed",
                "King's Day: was 10:00-14:00, is as usual",
            ],
        ),
        (
            office(rule=HolidayRule("NL", "FR", DUTCH.hours)),
            ["holidays: NL -> NL FR"],
        ),
        (
            office(rule=HolidayRule("NL", "", {**DUTCH.hours, "King's Day": ()})),
            ["King's Day: was 10:00-14:00, is closed"],
        ),
        (
            office(holidays={**FORTY_YEARS, date(2026, 4, 26): ()}),
            ["other hours on holidays: 2026-04-26"],
        ),
        (office(weekdays=(SHORT,) * 5 + ((), ())), ["mon-fri was 08:30-17:30, is 10:00-14:00"]),
        (office(weekdays=(DAY,) * 7), ["sat-sun was closed, is 08:30-17:30"]),
        (
            office(
                dates={date(2026, 12, 24): SHORT},
                yearly=(
                    YearlyStretch((12, 24), (1, 2), ()),
                    YearlyStretch((12, 31), (12, 31), ()),
                ),
                stretches=(Stretch(date(2026, 5, 1), date(2026, 5, 8), SHORT),),
            ),
            [
                "2026-12-24 was as usual, is 10:00-14:00",
                "2026-05-01..2026-05-08 was as usual, is 10:00-14:00",
                "12-24..01-02 was as usual, is closed",
                "12-31 was as usual, is closed",
            ],
        ),
    ],
)
def test_a_few_sentences_tell_it(new: Calendar, sentences: list[str]) -> None:
    """By name and by stretch, never day by day for forty years."""
    assert list(calendar_difference(KEEPS_DUTCH, new)) == sentences
    assert list(calendar_difference(new, new)) == []


def test_a_calendar_of_before_rules_were_kept() -> None:
    """Only days that differ are told, and the first of many."""
    unknown = office(rule=None)
    assert list(calendar_difference(unknown, KEEPS_DUTCH)) == []
    (told,) = calendar_difference(office(rule=None, holidays={}), unknown)
    assert told.startswith("other hours on holidays: 2020-04-27, 2021-04-27, ")
    assert told.endswith(" and 17 more")


def test_a_zone_that_follows_the_flow_is_told_once() -> None:
    """One word changed is one sentence."""
    old = flow(hours={"office": OFFICE, "night": OFFICE})
    there = {name: msgspec.structs.replace(OFFICE, zone="UTC") for name in ("office", "night")}
    assert flow_difference(old, flow(hours=there, timezone="UTC")) == [
        'timezone was "Europe/Amsterdam", is "UTC"'
    ]
    assert flow_difference(old, flow(hours={**old.hours, "night": there["night"]})) == [
        'hours "night": zone was "Europe/Amsterdam", is "UTC"'
    ]
