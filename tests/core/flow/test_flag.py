"""Flags of a flow, switched while calls are in progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.if_ import If
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.site.site import SitePublished
from contactcenter_ari.core.vocabulary.request import SetFlag

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Floor


def call(floor: Floor) -> Caller:
    """A caller who hears again and again whether there is a storm."""
    to = Destination(Way.SECTION, "storm")
    again = Goto(Destination(Way.SECTION, "start"))
    flow = floor.write(
        {
            "start": [If(parse("flag.storm"), to), Play("calm", barge_in=False), again],
            "storm": [Play("storm", barge_in=False), again],
        }
    )
    floor.open(msgspec.structs.replace(flow, flags={"storm": "off"}))
    return floor.caller()


def switch(floor: Floor, value: str, flag: str = "storm", flow: str = "shop") -> None:
    """A person switches a flag."""
    floor.take(SetFlag(flow, flag, value, by="supervisor"))


def test_as_the_file_says(floor: Floor) -> None:
    """No person has switched it yet."""
    assert call(floor).heard == ["calm"]


def test_a_call_in_progress(floor: Floor) -> None:
    """It takes effect with the next question, on and off."""
    caller = call(floor)
    switch(floor, "on")
    caller.hears_out()
    switch(floor, "off")
    caller.hears_out()
    assert caller.heard == ["calm", "storm", "calm"]


def test_a_new_call(floor: Floor) -> None:
    """It finds the flag in its last state."""
    call(floor)
    switch(floor, "on")
    assert floor.caller().heard == ["storm"]


def test_publishing_leaves_it_as_it_is(floor: Floor) -> None:
    """A new version of the flow does not switch the flag for the storm."""
    call(floor)
    switch(floor, "on")
    floor.take(SitePublished(floor.site))
    assert floor.caller().heard == ["storm"]


@pytest.mark.parametrize(
    ("value", "flag", "flow", "code"),
    [
        ("on", "snow", "shop", "unknown_flag"),
        ("on", "storm", "bank", "unknown_flag"),
        ("maybe", "storm", "shop", "flag_invalid"),
        ("", "storm", "shop", "flag_invalid"),
    ],
)
def test_a_request_that_is_refused(
    floor: Floor, value: str, flag: str, flow: str, code: str
) -> None:
    """An unknown flag cannot be switched, and nothing is changed."""
    caller = call(floor)
    with pytest.raises(RequestRefused) as refused:
        switch(floor, value, flag, flow)
    assert refused.value.code == code
    caller.hears_out()
    assert caller.heard == ["calm", "calm"]
