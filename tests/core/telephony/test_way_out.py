"""Which trunk a call goes out over, and how its numbers are written there."""

from datetime import timedelta

import pytest

from contactcenter_ari.core.telephony.trunk import UNNAMED, NumberForm, Trunk
from contactcenter_ari.core.telephony.way_out import WaysOut
from contactcenter_ari.core.vocabulary.command import DialOutside
from contactcenter_ari.core.vocabulary.ids import CallId, LegId

DIAL = DialOutside(
    call=CallId("c"),
    leg=LegId("l"),
    number="+31612345678",
    caller_number="+31201234567",
    originator=LegId("o"),
    ring_limit=timedelta(seconds=30),
)
MAIN = Trunk(name="main", host="203.0.113.8", country="NL")
SPARE = Trunk(name="spare", host="203.0.113.9")


def test_a_site_that_names_no_trunk_has_one() -> None:
    """It is sent numbers in E.164."""
    routed = WaysOut().routed(DIAL)
    assert (routed.trunk, routed.written) == (UNNAMED, "+31612345678")


def test_calls_go_out_over_the_first_choice() -> None:
    """Whatever the order of the file."""
    ways = WaysOut()
    ways.configure((MAIN, SPARE), ("spare", "main"))
    assert ways.routed(DIAL).trunk == "spare"


@pytest.mark.parametrize(
    ("send", "written", "own"),
    [
        (NumberForm.E164, "+31612345678", "+31201234567"),
        (NumberForm.NATIONAL, "0612345678", "0201234567"),
        (NumberForm.PLAIN, "31612345678", "31201234567"),
    ],
)
def test_numbers_are_written_as_the_trunk_wants_them(
    send: NumberForm, written: str, own: str
) -> None:
    """The dialed one and our own; in the log the number stays E.164."""
    ways = WaysOut()
    trunk = Trunk(name="main", host="203.0.113.8", country="NL", send=send)
    ways.configure((trunk,), ("main",))
    routed = ways.routed(DIAL)
    assert (routed.number, routed.written, routed.caller_number) == ("+31612345678", written, own)
