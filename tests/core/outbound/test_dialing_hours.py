"""At which hours a callback is kept, and when it expires."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.acd.settings import CallWindow
from contactcenter_ari.core.flow.language.declaration import SqlLookUp
from contactcenter_ari.core.flow.verb.lookup import LookUpStep
from contactcenter_ari.core.hours.calling_time import are_close
from contactcenter_ari.core.spoken.value import TEXT
from contactcenter_ari.core.vocabulary.command import LookUp
from contactcenter_ari.core.vocabulary.event import CallbackAttempted, CallbackBooked
from contactcenter_ari.core.vocabulary.signal import LookUpFinished
from tests.core.outbound.callback import (
    ANN,
    BOB,
    BOTH,
    attempts,
    booked,
    busy_agent,
    closed,
    customer,
    day,
    open_shop,
    placed,
    restore,
    rung,
    waits,
)

if TYPE_CHECKING:
    from tests.core.conftest import Floor


@BOTH
def test_hours_of_the_flow(floor: Floor, mode: str) -> None:
    """Out of the line at the end of the hours, back at the old place when they begin."""
    open_shop(
        floor,
        join_empty=True,
        max_wait=timedelta(hours=3),
        callback_mode=mode,
        flow={"hours": {"office": day((8, 12), (13, 18))}},
        step={"hours": "office"},
    )  # it is eleven in Amsterdam
    booked(floor)
    assert floor.center.queues(floor.now)[0].callbacks == 1
    floor.wait(3600)
    assert floor.center.queues(floor.now)[0].callbacks == 0
    waits(floor, BOB)
    floor.wait(3600)
    view = floor.center.queues(floor.now)[0]
    assert (view.waiting, view.callbacks) == (1, 1)
    assert floor.center._distribution.stays.position(placed(floor)) == 1


def test_by_day_where_the_callee_is(floor: Floor) -> None:
    """New York is called when it is eight there."""
    open_shop(floor, allowed=("+1",))
    busy_agent(floor)
    booked(floor, "+12125551234")
    assert rung(floor) == []
    floor.wait(3 * 3600 - 1)
    assert rung(floor) == []
    floor.wait(1)
    assert floor.now == datetime(2026, 11, 23, 13, tzinfo=UTC)
    assert rung(floor) == ["+12125551234"]


MOSCOW, ADELAIDE, FREE = "+79161234567", "+61412345678", "+18005551234"
FAR = ("+7", "+61", "+1", "+44", "+351")
"""Countries to be called; their mobiles and toll-free numbers may be in zones far apart."""


def zones(floor: Floor) -> tuple[tuple[str, ...], str | None]:
    """The zones in which it had to be day for the last attempt, and their source."""
    last = floor.told(CallbackAttempted)[-1]
    return last.zones, last.zone_source


@pytest.mark.parametrize("number", [MOSCOW, ADELAIDE, FREE])
def test_a_number_that_may_be_anywhere(floor: Floor, number: str) -> None:
    """It is called by day where the flow is, by default."""
    open_shop(floor, allowed=FAR)
    busy_agent(floor)
    booked(floor, number)
    assert rung(floor) == [number]
    customer(floor).hangs_up(17)
    assert zones(floor) == (("Europe/Amsterdam",), "flow")


def test_a_number_that_may_be_anywhere_by_night(floor: Floor) -> None:
    """Not when it is night where the flow is."""
    open_shop(floor, allowed=FAR, call_window=CallWindow(time(12), time(13)))
    busy_agent(floor)
    booked(floor, MOSCOW)
    floor.wait(3599)
    assert rung(floor) == []
    floor.wait(1)
    assert rung(floor) == [MOSCOW]


def test_a_number_that_may_be_anywhere_in_a_zone_of_ours(floor: Floor) -> None:
    """The queue names the zone that counts."""
    open_shop(
        floor,
        allowed=FAR,
        unknown_zone="Europe/Moscow",
        call_window=CallWindow(time(14), time(20)),
    )
    busy_agent(floor)
    booked(floor, MOSCOW)  # it is one in Moscow
    floor.wait(3599)
    assert rung(floor) == []
    floor.wait(1)
    assert rung(floor) == [MOSCOW]
    customer(floor).hangs_up(17)
    assert zones(floor) == (("Europe/Moscow",), "setting")


def test_a_number_that_may_be_anywhere_in_all_zones(floor: Floor) -> None:
    """It must be day in all of them; if it never is, nothing is booked."""
    mornings = CallWindow(time(8), time(12))
    open_shop(floor, join_empty=True, allowed=FAR, unknown_zone="all_zones", call_window=mornings)
    caller = waits(floor, FREE)
    caller.presses("1")
    assert caller.heard[-1] == "we cannot"
    open_shop(floor, join_empty=True, allowed=FAR, unknown_zone="all_zones")
    busy_agent(floor)
    booked(floor, MOSCOW)
    floor.wait(3600)
    assert rung(floor) == [], "in Kamchatka it is evening"
    floor.wait(24 * 3600)
    customer(floor).hangs_up(17)
    found, source = zones(floor)
    assert (source, {"Europe/Moscow", "Asia/Vladivostok"} <= set(found)) == ("all_zones", True)


def test_a_number_that_may_be_anywhere_is_not_called(floor: Floor) -> None:
    """The queue forbids it; numbers of a known zone are called."""
    open_shop(floor, join_empty=True, allowed=FAR, unknown_zone="block")
    caller = waits(floor, MOSCOW)
    caller.presses("1")
    assert caller.heard[-1] == "we cannot"
    booked(floor, "+74951234567")
    assert floor.center.open_callbacks() == 1


@pytest.mark.parametrize("number", ["+447400123456", "+351912345678"])
def test_zones_close_together(floor: Floor, number: str) -> None:
    """No more than two hours apart: it must be day in all."""
    open_shop(floor, allowed=FAR, unknown_zone="block")
    busy_agent(floor)
    booked(floor, number)
    customer(floor).hangs_up(17)
    assert (zones(floor)[1], len(zones(floor)[0]) > 1) == ("number", True)


def test_zones_apart_in_summer_only() -> None:
    """The clocks of one zone are put forward, those of the other are not."""
    summer = datetime(2026, 1, 15, tzinfo=UTC)
    winter = datetime(2026, 7, 15, tzinfo=UTC)
    west = ("Australia/Perth", "Australia/Adelaide")
    assert [are_close(west, at) for at in (summer, winter)] == [False, True]
    assert not are_close((), summer)


@pytest.mark.parametrize(
    ("zone", "counts", "source"),
    [
        ("Asia/Vladivostok", "Asia/Vladivostok", "customer"),
        ("America/New_York", "America/New_York", "customer"),
        ("Middle/Earth", "Europe/Amsterdam", "flow"),
        ("../../etc/passwd", "Europe/Amsterdam", "flow"),
        (None, "Europe/Amsterdam", "flow"),
    ],
)
def test_where_the_customer_lives(
    floor: Floor, zone: str | None, counts: str, source: str
) -> None:
    """A zone that a look-up tells as `customer.timezone` counts before all else."""
    crm = SqlLookUp("select", {}, {"timezone": TEXT})
    always = CallWindow(time(), time())
    open_shop(
        floor,
        allowed=FAR,
        call_window=always,
        flow={"look_ups": {"crm": crm}},
        first=LookUpStep("crm", {}, "customer", {}),
    )
    busy_agent(floor)
    caller = floor.caller(MOSCOW)
    (asked,) = floor.done(LookUp)
    floor.take(LookUpFinished(asked.look_up, {"timezone": zone}))
    caller.hears_out()
    caller.presses("1")
    caller.hangs_up()
    assert floor.told(CallbackBooked)[-1].timezone == (zone if source == "customer" else "")
    customer(floor).hangs_up(17)
    assert zones(floor) == ((counts,), source)


def test_where_the_customer_lives_is_night(floor: Floor) -> None:
    """The number is of Amsterdam, the customer in New York."""
    open_shop(floor)
    busy_agent(floor)
    restore(floor, timezone="America/New_York", expires_at=floor.now + timedelta(hours=24))
    floor.wait(3 * 3600 - 1)
    assert rung(floor) == []
    floor.wait(1)
    assert rung(floor) == [ANN]


def test_a_number_of_no_known_zone(floor: Floor) -> None:
    """Then the flow's own zone counts."""
    window = CallWindow(time(12), time(13))
    open_shop(floor, allowed=("+999",), flow={"dial_named": ("+999",)}, call_window=window)
    busy_agent(floor)
    booked(floor, "+999123456789")
    floor.wait(3599)
    assert rung(floor) == []
    floor.wait(1)
    assert rung(floor) == ["+999123456789"]


def test_what_would_expire_first_is_not_booked(floor: Floor) -> None:
    """The hours begin after the end."""
    open_shop(
        floor,
        join_empty=True,
        step={"expires": timedelta(hours=1)},
        call_window=CallWindow(time(12, 1), time(13)),
    )
    caller = waits(floor)
    caller.presses("1")
    assert caller.heard[-1] == "we cannot"


def test_a_retry_waits_for_the_hours(floor: Floor) -> None:
    """The next attempt is told as it will be."""
    open_shop(floor, call_window=CallWindow(time(8), time(11, 10)))
    busy_agent(floor)
    booked(floor)
    customer(floor).hangs_up(17)
    assert attempts(floor) == [(1, "busy", 21 * 3600)]


def test_no_retry_after_the_end(floor: Floor) -> None:
    """No attempt is possible any more: the callback is over at once."""
    open_shop(floor, step={"expires": timedelta(minutes=15)})
    busy_agent(floor)
    booked(floor)
    customer(floor).hangs_up(17)
    assert (attempts(floor), closed(floor)) == ([(1, "busy", None)], ["expired"])


@BOTH
def test_a_callback_expires_in_line(floor: Floor, mode: str) -> None:
    """Nobody had the time to keep it."""
    open_shop(floor, join_empty=True, callback_mode=mode, step={"expires": timedelta(minutes=30)})
    booked(floor)
    floor.wait(1799)
    assert closed(floor) == []
    floor.wait(1)
    assert closed(floor) == ["expired"]
    assert floor.center.queues(floor.now)[0].callbacks == 0
