"""Legs: how long one is known, and the moves it may make."""

from datetime import UTC, datetime

import pytest

from contactcenter_ari.core.errors import IllegalMove
from contactcenter_ari.core.telephony.leg import (
    HELD,
    RINGING,
    UP,
    CalledBack,
    ForOffer,
    Leg,
    Legs,
    Role,
)
from contactcenter_ari.core.vocabulary.ids import BridgeId, CallbackId, CallId, LegId, OfferId

LEG = LegId("n1-b1-7")


def ringing(legs: Legs) -> Leg:
    """An agent's phone that rings for an offer."""
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    leg = Leg(id=LEG, node="n1", role=Role.AGENT, purpose=ForOffer(OfferId("o")), since=now)
    legs.enter(leg)
    leg.move_to(RINGING)
    return leg


def test_a_leg_of_no_use_is_forgotten() -> None:
    """At once when it is in no bridge and no flow speaks to it."""
    legs = Legs()
    ringing(legs)
    legs.end(LEG)
    assert legs.find(LEG) is None


def test_a_leg_of_no_use_in_a_bridge_is_known_until_it_has_left() -> None:
    """The bridge must not be dissolved before, nor while a prompt goes on."""
    legs = Legs()
    leg = ringing(legs)
    leg.bridge, leg.flow = BridgeId("b"), CallId("c")
    legs.end(LEG)
    legs.left_bridge(LEG)
    assert legs.find(LEG) is leg
    legs.left_flow(LEG)
    assert legs.find(LEG) is None


def test_a_customer_without_a_flow_is_of_no_use() -> None:
    """An agent's leg is there for more than its prompt, a customer's is not."""
    legs = Legs()
    leg = ringing(legs)
    leg.flow = CallId("c")
    legs.left_flow(LEG)
    assert legs.find(LEG) is leg
    leg.purpose = CalledBack(CallbackId("k"))
    legs.left_flow(LEG)
    assert legs.find(LEG) is None


def test_only_a_leg_that_is_up_can_hold() -> None:
    """A phone that rings holds nobody."""
    leg = ringing(Legs())
    with pytest.raises(IllegalMove):
        leg.move_to(HELD)
    leg.move_to(UP)
    leg.move_to(HELD)
    assert leg.is_up
