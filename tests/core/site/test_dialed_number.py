"""Which flow answers a dialed number, and what is said when none does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.site.site import CenterStarted
from contactcenter_ari.core.vocabulary.event import InteractionEnded, InteractionStarted
from contactcenter_ari.core.vocabulary.ids import LegId
from contactcenter_ari.core.vocabulary.signal import CallArrived, LegHungUp

if TYPE_CHECKING:
    from tests.core.conftest import Floor


def test_a_number_that_nobody_answers(floor: Floor) -> None:
    """The caller is told so; the call stands in the record as rejected."""
    caller = floor.caller(to="+31209999999")
    assert caller.heard == ["no_flow"]
    caller.hears_out()
    floor.settle()
    assert (caller.end.reason, caller.end.flow) == ("rejected", "")


@pytest.mark.parametrize("dialed", ["+31201234567", "31201234567", "0031201234567"])
def test_a_number_however_it_is_written(floor: Floor, dialed: str) -> None:
    """Trunks write the same number in several ways."""
    assert floor.caller(to=dialed).told(InteractionStarted)[0].flow == "shop"


def test_a_site_without_system_prompts(floor: Floor) -> None:
    """Nothing to say is no reason to fail: the call is rejected in silence."""
    floor.site = msgspec.structs.replace(floor.site, prompts={})
    floor.center = Center(CenterStarted("n1", "b1"), floor.site)
    caller = floor.caller(to="+31209999999")
    floor.settle()
    assert (caller.heard, caller.end.reason) == ([], "rejected")


def open_in(floor: Floor, *countries: tuple[str, str], country: str = "") -> None:
    """A flow for each number, in a country."""
    (shop,) = floor.site.flows
    flows = tuple(
        msgspec.structs.replace(shop, name=f"in_{code}", numbers=(number,), country_code=code)
        for number, code in countries
    )
    floor.site = msgspec.structs.replace(floor.site, flows=flows, country=country)
    floor.center = Center(CenterStarted("n1", "b1"), floor.site)


AMSTERDAM, BERLIN = ("+31201234567", "NL"), ("+49201234567", "DE")


def started(floor: Floor, called: str, caller: str = "", trunk: str = "") -> InteractionStarted:
    """The event of a call that came in."""
    floor.take(CallArrived(LegId(f"leg-{called}-{caller}"), called, caller, "", trunk))
    return floor.told(InteractionStarted)[-1]


@pytest.mark.parametrize(
    "called",
    [
        *("0201234567", "201234567", "0031201234567", "31201234567", "+31201234567"),
        *("+0201234567", "+31 20 1234567", "tel:+31-20-1234567", "0201234567;npdi"),
    ],
)
def test_a_called_number_in_its_country(floor: Floor, called: str) -> None:
    """Nationally, with 00, without its plus: the flow answers, the raw form is kept beside."""
    open_in(floor, AMSTERDAM)
    event = started(floor, called)
    assert (event.flow, event.called_number) == ("in_NL", "+31201234567")
    assert event.called_number_raw == called


@pytest.mark.parametrize(
    ("country", "trunk", "flow"),
    [("", "", "in_NL"), ("DE", "", "in_DE"), ("DE", "NL", "in_NL"), ("", "DE", "in_DE")],
)
def test_one_national_number_in_two_countries(
    floor: Floor, country: str, trunk: str, flow: str
) -> None:
    """The trunk's country tells which; else the site's, else the first that has a flow."""
    open_in(floor, AMSTERDAM, BERLIN, country=country)
    assert started(floor, "0201234567", trunk=trunk).flow == flow


def test_a_national_number_of_the_trunks_country_is_no_other(floor: Floor) -> None:
    """Essen has no flow: the caller of 0201 234567 is not led to Amsterdam."""
    open_in(floor, AMSTERDAM)
    event = started(floor, "0201234567", trunk="DE")
    assert (event.flow, event.called_number) == ("", "+49201234567")


def test_a_number_that_no_plan_knows_is_found_all_the_same(floor: Floor) -> None:
    """A number in a flow is called by whatever the carrier makes of it."""
    open_in(floor, ("+3120123", "NL"))
    for called in ("+3120123", "003120123", "3120123", "020123"):
        assert started(floor, called).called_number == "+3120123"


def test_a_short_number_of_an_in_house_pbx(floor: Floor) -> None:
    """It is matched as it stands, and so is the extension that calls it."""
    open_in(floor, ("1001", "NL"), AMSTERDAM)
    event = started(floor, "1001", "204")
    assert (event.called_number, event.caller_number) == ("1001", "204")
    assert event.flow == "in_NL"


@pytest.mark.parametrize(
    ("caller", "trunk", "number"),
    [
        ("0611112222", "", "+31611112222"),
        ("0031611112222", "", "+31611112222"),
        ("31611112222", "", "+31611112222"),
        ("+31611112222", "", "+31611112222"),
        ("01711234567", "DE", "+491711234567"),
        ("anonymous", "", "anonymous"),
        ("", "", ""),
        ("0612", "", "0612"),
    ],
)
def test_the_number_of_a_caller(floor: Floor, caller: str, trunk: str, number: str) -> None:
    """E.164 once, on arrival, in the events of the call, its row and its view."""
    open_in(floor, AMSTERDAM)
    event = started(floor, "0031201234567", caller, trunk)
    assert (event.caller_number, event.caller_number_raw) == (number, caller)
    (view,) = floor.center.calls()
    assert (view.customer_number, view.customer_number_raw) == (number, caller)
    floor.take(LegHungUp(event.leg, 16))
    (end,) = floor.told(InteractionEnded)
    assert (end.caller_number, end.caller_number_raw) == (number, caller)
    assert (end.called_number, end.called_number_raw) == ("+31201234567", "0031201234567")
