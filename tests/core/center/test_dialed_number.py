"""Which flow answers a dialed number, and what is said when none does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.center.site import CenterStarted
from contactcenter_ari.core.vocabulary.event import InteractionStarted

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
