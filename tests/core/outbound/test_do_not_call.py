"""Numbers that may not be called, and rules that change while callbacks wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.outbound.do_not_call import DoNotCall
from contactcenter_ari.core.site.site import (
    SitePublished,
)
from contactcenter_ari.core.vocabulary.command import DialLeg
from contactcenter_ari.core.vocabulary.request import (
    AllowNumber,
    ForbidNumber,
)
from tests.core.outbound.callback import (
    ANN,
    BOB,
    BOTH,
    booked,
    busy_agent,
    closed,
    customer,
    day,
    open_shop,
    ready,
    rung,
    waits,
)

if TYPE_CHECKING:
    from tests.core.conftest import Floor


def test_a_forbidden_number_is_not_booked(floor: Floor) -> None:
    """And may be again when it is off the list."""
    open_shop(floor, join_empty=True)
    floor.take(ForbidNumber(ANN, "test"))
    caller = waits(floor)
    caller.presses("1")
    assert caller.heard[-1] == "we cannot"
    floor.take(AllowNumber(ANN, "test"))
    booked(floor)


@BOTH
def test_forbidden_while_in_line(floor: Floor, mode: str) -> None:
    """The callback is over, and the place free."""
    open_shop(floor, join_empty=True, callback_mode=mode)
    booked(floor)
    floor.take(ForbidNumber(ANN, "test"))
    assert closed(floor) == ["do_not_call"]
    busy_agent(floor)
    ready(floor)
    assert (rung(floor), floor.done(DialLeg)) == ([], [])


def test_forbidden_while_being_dialed(floor: Floor) -> None:
    """The call goes on; there is no other."""
    open_shop(floor)
    busy_agent(floor)
    booked(floor)
    floor.take(ForbidNumber(ANN, "test"))
    assert closed(floor) == []
    customer(floor).hangs_up(17)
    floor.wait(900)
    assert (rung(floor), closed(floor)) == ([ANN], ["do_not_call"])


def test_a_number_to_forbid_is_a_number(floor: Floor) -> None:
    """A slip of the pen must not pass for a safeguard."""
    assert floor.refuses(ForbidNumber("0612345678", "test")) == "number_invalid"


def test_the_list_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A known number is not one more."""
    monkeypatch.setattr("contactcenter_ari.core.outbound.do_not_call.MOST_FORBIDDEN", 1)
    numbers = DoNotCall()
    numbers.forbid(ANN)
    numbers.forbid(ANN)
    with pytest.raises(RequestRefused, match="full: it holds 1 "):
        numbers.forbid(BOB)


def test_new_rules_hold_for_old_callbacks(floor: Floor) -> None:
    """A number that dial_allow covers no more is not dialed."""
    open_shop(floor, join_empty=True)
    booked(floor)
    flow = msgspec.structs.replace(floor.flow, dial_allow=())
    floor.take(SitePublished(msgspec.structs.replace(floor.site, flows=(flow,))))
    assert closed(floor) == ["do_not_call"]


@BOTH
def test_a_costly_number_is_not_dialed_when_it_is_named_no_more(floor: Floor, mode: str) -> None:
    """An agent reserved first changes nothing."""
    named = {"dial_named": ("+31900",)}
    allowed = ("+31", "+31900")
    open_shop(floor, join_empty=True, allowed=allowed, flow=named, callback_mode=mode)
    booked(floor, "+31900123456")
    flow = msgspec.structs.replace(floor.flow, dial_allow=("+31",), dial_named=())
    floor.take(SitePublished(msgspec.structs.replace(floor.site, flows=(flow,))))
    assert closed(floor) == ["do_not_call"]


def test_new_hours_hold_for_old_callbacks(floor: Floor) -> None:
    """Out of the line at once when it is closed now."""
    office = {"hours": {"office": day((8, 18))}}
    open_shop(floor, join_empty=True, flow=office, step={"hours": "office"})
    booked(floor)
    flow = msgspec.structs.replace(floor.flow, hours={"office": day((14, 18))})
    floor.take(SitePublished(msgspec.structs.replace(floor.site, flows=(flow,))))
    busy_agent(floor)
    assert rung(floor) == []
    floor.wait(3 * 3600)
    assert rung(floor) == [ANN]
