"""A caller is one customer, however the carrier writes the number."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.site.site import CenterStarted
from contactcenter_ari.core.vocabulary.command import DialOutside
from contactcenter_ari.core.vocabulary.event import InteractionQueued, LostCallClosed
from contactcenter_ari.core.vocabulary.request import AllowNumber, ForbidNumber
from tests.core.outbound.callback import (
    ANN,
    BOB,
    booked,
    busy_agent,
    open_shop,
    ready,
    rung,
    waits,
)

if TYPE_CHECKING:
    from tests.core.conftest import Floor

SPELLINGS = ("0612345678", "0031612345678", "31612345678", ANN)
EACH = pytest.mark.parametrize("spelling", SPELLINGS)
NL = {"country_code": "NL"}


@EACH
def test_a_callback_is_for_the_number(floor: Floor, spelling: str) -> None:
    """It is dialed in E.164, which dial_allow is held against."""
    open_shop(floor, flow=NL)
    busy_agent(floor)
    booked(floor, spelling)
    assert rung(floor) == [ANN]


@EACH
def test_calling_in_takes_the_callback(floor: Floor, spelling: str) -> None:
    """Booked one way, called in another way."""
    open_shop(floor, join_empty=True, flow=NL)
    booked(floor, ANN)
    waits(floor, spelling)
    assert [one.state for one in floor.center.callbacks()] == ["taken_over"]


@EACH
def test_a_second_callback_is_the_first(floor: Floor, spelling: str) -> None:
    """A number has one open callback."""
    open_shop(floor, join_empty=True, flow=NL)
    booked(floor, ANN)
    waits(floor, spelling).presses("1")
    assert floor.center.open_callbacks() == 1


@EACH
def test_a_lost_call_is_looked_after(floor: Floor, spelling: str) -> None:
    """A caller who hung up and talks later, by another spelling, is nobody's task any more."""
    open_shop(floor, join_empty=True, flow=NL)
    caller = waits(floor, spelling)
    floor.wait(30)
    caller.hangs_up()
    assert floor.center.open_lost_calls() == 1
    waits(floor, "0612345678")
    floor.agent().picks_up()
    assert [each.caller_number for each in floor.told(LostCallClosed)] == [ANN]


@EACH
def test_the_place_is_kept(floor: Floor, spelling: str) -> None:
    """A dropped call that comes back by another way has its old place."""
    open_shop(floor, join_empty=True, flow=NL, resume_position=timedelta(minutes=1))
    first = waits(floor, ANN)
    floor.wait(10)
    waits(floor, BOB)
    first.hangs_up()
    waits(floor, spelling)
    assert floor.told(InteractionQueued)[-1].position == 1


@EACH
def test_a_forbidden_number(floor: Floor, spelling: str) -> None:
    """The do-not-call list is held against the number, not against its spelling."""
    open_shop(floor, join_empty=True, flow=NL)
    floor.take(ForbidNumber(spelling, "test"))
    caller = waits(floor, ANN)
    caller.presses("1")
    assert caller.heard[-1] == "we cannot"
    floor.take(AllowNumber("0612345678", "test"))
    booked(floor, spelling)


def test_a_number_that_somebody_else_wrote(floor: Floor) -> None:
    """A callback to a number that a look-up or a text has nationally is one to dial."""
    open_shop(floor, flow=NL, allowed=("+31",))
    busy_agent(floor)
    shop = floor.site.flows[0]
    assert shop.country_code == "NL"
    caller = waits(floor, "0201234567")
    caller.presses("1")
    caller.hangs_up()
    assert rung(floor) == ["+31201234567"]
    ready(floor)


def test_two_withheld_numbers_are_two_callers(floor: Floor) -> None:
    """Nothing is remembered of nobody."""
    open_shop(floor, join_empty=True, flow=NL)
    for _ in range(2):
        caller = waits(floor, "")
        floor.wait(30)
        caller.hangs_up()
    assert floor.center.open_lost_calls() == 0


def test_a_number_without_a_call_is_read_for_the_site(floor: Floor) -> None:
    """By its country, else by the only one its flows have; of two nobody can tell."""
    open_shop(floor, flow=NL)
    assert floor.center.e164("0612345678") == ANN
    shop = floor.site.flows[0]
    other = msgspec.structs.replace(
        shop, name="berlin", numbers=("+49301234567",), country_code="DE"
    )
    both = msgspec.structs.replace(floor.site, flows=(shop, other))
    assert Center(CenterStarted("n1", "b2"), both).e164("0612345678") == "0612345678"
    ours = msgspec.structs.replace(both, country="NL")
    assert Center(CenterStarted("n1", "b3"), ours).e164("0612345678") == ANN


def test_a_customer_sees_a_number_to_call(floor: Floor) -> None:
    """Not the short one by which colleagues reach the flow."""
    open_shop(floor, flow={**NL, "numbers": ("1001", "+31201234567")})
    busy_agent(floor)
    caller = floor.caller(ANN, to="1001")
    caller.hears_out()
    caller.presses("1")
    caller.hangs_up()
    assert [dial.caller_number for dial in floor.done(DialOutside)] == ["+31201234567"]
