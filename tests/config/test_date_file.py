"""Yearly dates, stretches, and holidays with the days kept for them."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from contactcenter_ari.config.site import load_site
from contactcenter_ari.core.hours.calendar import (
    Calendar,
    Stretch,
    TimeRange,
    YearlyStretch,
    is_open,
)

WriteSite = Callable[..., Path]
SHORT = (TimeRange(600, 840),)
ZONE = ZoneInfo("Europe/Amsterdam")


def office(write_site: WriteSite, flow_text: str, lines: str) -> Calendar:
    """The calendar with some more lines."""
    text = flow_text.replace("mon-fri: 08:30-17:30", f"mon-fri: 08:30-17:30\n    {lines}")
    (flow,) = load_site(write_site(desk=text)).flows
    return flow.hours["office"]


def test_each_spelling_of_dates(write_site: WriteSite, flow_text: str) -> None:
    """A day, days, and both of every year; single days stand first."""
    calendar = office(
        write_site,
        flow_text,
        "dates: {2099-12-24: closed, 12-24..01-02: closed, 12-31: 10:00-14:00,"
        " 2099-05-01..2099-05-08: [10:00-14:00]}",
    )
    assert calendar.dates == {date(2099, 12, 24): ()}
    assert calendar.stretches == (Stretch(date(2099, 5, 1), date(2099, 5, 8), SHORT),)
    assert calendar.yearly == (
        YearlyStretch((12, 31), (12, 31), SHORT),
        YearlyStretch((12, 24), (1, 2), ()),
    )


KEPT = [
    # Christmas Day 2027 is a Saturday: in the USA Friday the 24th is kept for it.
    ("except: [Christmas Day]", "2027-12-24 11:00", True),
    ("hours: {Christmas Day: 10:00-14:00}", "2027-12-24 11:00", True),
    ("hours: {Christmas Day: 10:00-14:00}", "2027-12-24 15:00", False),
    ("hours: {Christmas Day: 10:00-14:00}", "2027-12-25 11:00", True),
    ("hours: {Christmas Day (observed): 10:00-14:00}", "2027-12-24 11:00", True),
    ("hours: {Christmas Day (observed): 10:00-14:00}", "2027-12-25 11:00", False),
    (
        "except: [Christmas Day], hours: {Christmas Day (observed): 10:00-14:00}",
        "2027-12-24 15:00",
        False,
    ),
    ("except: [Independence Day]", "2027-12-24 11:00", False),
]


@pytest.mark.parametrize(("special", "now", "expected"), KEPT)
def test_an_observed_day_follows_its_holiday(
    special: str, now: str, write_site: WriteSite, flow_text: str, *, expected: bool
) -> None:
    """Unless it is named itself."""
    calendar = office(write_site, flow_text, f"holidays: {{country: US, {special}}}")
    assert is_open(calendar, datetime.fromisoformat(now).replace(tzinfo=ZONE)) is expected


def test_an_estimated_day_follows_its_holiday(write_site: WriteSite, flow_text: str) -> None:
    """Days that the moon decides are named with a word in brackets as well."""
    calendar = office(write_site, flow_text, "holidays: {country: AE, except: [Eid al-Fitr]}")
    assert calendar.rule is not None
    estimated = [name for name in calendar.rule.hours if name.startswith("Eid al-Fitr (estim")]
    assert [calendar.rule.hours[name] for name in estimated] == [None]


def test_the_rule_of_holidays_is_kept(write_site: WriteSite, flow_text: str) -> None:
    """Country, region, and the hours by name, so that two calendars can be told apart."""
    special = "except: [Epiphany], hours: {Christmas Day: 10:00-14:00}"
    calendar = office(write_site, flow_text, f"holidays: {{country: DE, region: BY, {special}}}")
    assert calendar.rule is not None
    assert (calendar.rule.country, calendar.rule.region) == ("DE", "BY")
    hours = calendar.rule.hours
    named = ("Epiphany", "Christmas Day", "All Saints' Day")
    assert [hours[name] for name in named] == [None, SHORT, ()]
