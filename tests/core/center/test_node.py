"""With several switches, each is listed by itself: an inventory tells of its own node alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from contactcenter_ari.core.site.site import Input
from contactcenter_ari.core.vocabulary.command import FinishRecording, HangUpLeg
from contactcenter_ari.core.vocabulary.event import InteractionStarted
from contactcenter_ari.core.vocabulary.ids import BridgeId, LegId, PhoneId
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    LiveBridge,
    PhoneReachable,
    SwitchReconciled,
)
from tests.core.conftest import NUMBER

if TYPE_CHECKING:
    from tests.core.conftest import Floor

OWN, OTHER = "n1", "n2"
BRIDGE, CALLER, AGENT = BridgeId("n1-b0-9"), LegId("1700000000.7"), LegId("n1-b0-8")
PHONE = PhoneId("phone-100")
TALK = LiveBridge(
    BRIDGE,
    (CALLER, AGENT),
    (CallArrived(CALLER, NUMBER, "+31612345678", "Ann"),),
    {AGENT: PHONE},
)


def inventory(
    floor: Floor,
    node: str,
    *bridges: LiveBridge,
    alone: tuple[LegId, ...] = (),
    phones: tuple[PhoneId, ...] = (),
) -> None:
    """These bridges live in the switch of a node, and some legs in none."""
    legs = (*alone, *(leg for bridge in bridges for leg in bridge.legs))
    floor.switch.inherit([*floor.switch.legs, *legs], bridges)
    floor.take(SwitchReconciled(floor.now, legs, phones, bridges, node=node))


def test_the_legs_of_another_node_are_left_alone(floor: Floor) -> None:
    """Here somebody talks, somebody waits, and a phone rings; the other switch lists nothing."""
    talker, ringing = floor.agent("100"), floor.agent("200")
    talking, rung, waiting = floor.caller(), floor.caller(), floor.caller()
    talker.picks_up()
    floor.wait(10)
    told = len(floor.events)
    inventory(floor, OTHER)
    assert (len(floor.events), floor.done(HangUpLeg)) == (told, [])
    assert [agent.is_rung() for agent in (talker, ringing)] == [True, True]
    assert [caller.is_released() for caller in (talking, rung, waiting)] == [False] * 3


def test_a_recording_on_another_node_is_not_settled(floor: Floor) -> None:
    """It may still be open there, whatever this switch says."""
    agent, caller = floor.agent(), floor.caller()
    agent.picks_up()
    floor.wait(60)
    agent.hangs_up()
    floor.switch.closed.clear()
    caller.hangs_up()
    floor.wait(10)
    inventory(floor, OTHER)
    assert floor.done(FinishRecording) == []
    inventory(floor, OWN)
    assert len(floor.done(FinishRecording)) == 1


def test_a_talk_found_on_another_node(floor: Floor) -> None:
    """It goes on until the switch it was found in says that it is over."""
    inventory(floor, OTHER, TALK)
    inventory(floor, OWN)
    assert floor.center.calls_in_progress() == 1
    inventory(floor, OTHER, TALK)
    assert len(floor.told(InteractionStarted)) == 1
    floor.switch.crash()
    inventory(floor, OTHER)
    assert floor.center.calls_in_progress() == 0


def test_a_leg_that_nothing_uses_on_each_node(floor: Floor) -> None:
    """It is hung up when its own switch lists it for the second time in a row."""
    here, there = LegId("1700000000.1"), LegId("1700000000.2")
    inventory(floor, OWN, alone=(here,))
    inventory(floor, OTHER, alone=(there,))
    assert floor.done(HangUpLeg) == []
    inventory(floor, OWN, alone=(here,))
    inventory(floor, OTHER, alone=(there,))
    assert [command.leg for command in floor.done(HangUpLeg)] == [here, there]


def test_phones_of_each_node(floor: Floor) -> None:
    """A phone is out of reach when the switch that knew it knows it no more."""
    here, there = floor.agent("100"), floor.agent("200")
    inventory(floor, OWN, phones=(here.phone,))
    inventory(floor, OTHER, phones=(there.phone,))
    assert [agent.view.reachable for agent in (here, there)] == [True, True]
    inventory(floor, OTHER)
    assert [agent.view.reachable for agent in (here, there)] == [True, False]
    floor.take(PhoneReachable(there.phone))
    inventory(floor, OTHER)
    assert [agent.view.reachable for agent in (here, there)] == [True, True]


def test_an_inventory_of_an_earlier_version(floor: Floor) -> None:
    """It names no node, and tells of the only one there was."""
    floor.agent().is_busy()
    caller = floor.caller()
    floor.wait(10)
    written = msgspec.json.encode(SwitchReconciled(floor.now, (), ()))
    without_node = {k: v for k, v in msgspec.json.decode(written).items() if k != "node"}
    floor.switch.gone(caller.leg)
    floor.take(msgspec.convert(without_node, Input))
    assert caller.end.reason == "system_error"
