"""At which hours a promise to call back is kept, and when it expires."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from contactcenter_ari.core.acd.settings import CallWindow
from tests.core.center.promise import (
    BOB,
    BOTH,
    attempts,
    busy_agent,
    closed,
    customer,
    day,
    open_shop,
    placed,
    promised,
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
    promised(floor)
    assert floor.center.queues(floor.now)[0].callbacks == 1
    floor.wait(3600)
    assert floor.center.queues(floor.now)[0].callbacks == 0
    waits(floor, BOB)
    floor.wait(3600)
    view = floor.center.queues(floor.now)[0]
    assert (view.waiting, view.callbacks) == (1, 1)
    assert floor.center._distribution.position(placed(floor)) == 1


def test_by_day_where_the_callee_is(floor: Floor) -> None:
    """New York is called when it is eight there."""
    open_shop(floor, allowed=("+1",))
    busy_agent(floor)
    promised(floor, "+12125551234")
    assert rung(floor) == []
    floor.wait(3 * 3600 - 1)
    assert rung(floor) == []
    floor.wait(1)
    assert floor.now == datetime(2026, 11, 23, 13, tzinfo=UTC)
    assert rung(floor) == ["+12125551234"]


def test_a_number_of_many_zones(floor: Floor) -> None:
    """It must be day in all of them; if it never is, nothing is promised."""
    mornings = CallWindow(time(8), time(12))
    open_shop(floor, join_empty=True, allowed=("+1",), call_window=mornings)
    caller = waits(floor, "+18005551234")
    caller.presses("1")
    assert caller.heard[-1] == "we cannot"


def test_a_number_of_no_known_zone(floor: Floor) -> None:
    """Then the flow's own zone counts."""
    window = CallWindow(time(12), time(13))
    open_shop(floor, allowed=("+999",), flow={"dial_named": ("+999",)}, call_window=window)
    busy_agent(floor)
    promised(floor, "+999123456789")
    floor.wait(3599)
    assert rung(floor) == []
    floor.wait(1)
    assert rung(floor) == ["+999123456789"]


def test_what_would_expire_first_is_not_promised(floor: Floor) -> None:
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
    promised(floor)
    customer(floor).hangs_up(17)
    assert attempts(floor) == [(1, "busy", 21 * 3600)]


def test_no_retry_after_the_end(floor: Floor) -> None:
    """Where no attempt is possible any more the promise is over at once."""
    open_shop(floor, step={"expires": timedelta(minutes=15)})
    busy_agent(floor)
    promised(floor)
    customer(floor).hangs_up(17)
    assert (attempts(floor), closed(floor)) == ([(1, "busy", None)], ["expired"])


@BOTH
def test_a_promise_expires_in_line(floor: Floor, mode: str) -> None:
    """Nobody had the time to keep it."""
    open_shop(floor, join_empty=True, callback_mode=mode, step={"expires": timedelta(minutes=30)})
    promised(floor)
    floor.wait(1799)
    assert closed(floor) == []
    floor.wait(1)
    assert closed(floor) == ["expired"]
    assert floor.center.queues(floor.now)[0].callbacks == 0
