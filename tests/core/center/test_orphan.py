"""The log was lost: talks that go on in the switch are kept until a party hangs up, no longer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from contactcenter_ari.core.vocabulary.command import DissolveBridge, HangUpLeg
from contactcenter_ari.core.vocabulary.event import InteractionEnded, InteractionStarted
from contactcenter_ari.core.vocabulary.ids import BridgeId, LegId, PhoneId
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    LegHungUp,
    LiveBridge,
    PhoneReachable,
    SwitchReconciled,
)
from tests.core.conftest import NUMBER
from tests.core.outbound.callback import ANN, open_shop, restore, rung

if TYPE_CHECKING:
    from tests.core.conftest import Floor

BRIDGE, CALLER, AGENT = BridgeId("n1-b0-9"), LegId("1700000000.7"), LegId("n1-b0-8")
ARRIVED = CallArrived(CALLER, NUMBER, "+31612345678", "Ann")
PHONE = PhoneId("phone-100")
TALK = LiveBridge(BRIDGE, (CALLER, AGENT), (ARRIVED,), {AGENT: PHONE})


def inventory(
    floor: Floor, *bridges: LiveBridge, alone: tuple[LegId, ...] = (), ago: float = 0
) -> None:
    """These bridges live in the switch, and some legs in none."""
    legs = (*alone, *(leg for bridge in bridges for leg in bridge.legs))
    taken_at = floor.now - timedelta(seconds=ago)
    floor.switch.inherit(legs, bridges)
    floor.take(SwitchReconciled(taken_at, legs, (PHONE,), bridges))


def hung_up(floor: Floor) -> list[LegId]:
    """The legs that we have ended."""
    return [command.leg for command in floor.done(HangUpLeg)]


def gone(floor: Floor, leg: LegId) -> None:
    """A party hangs up."""
    floor.take(LegHungUp(leg, 16))


def ends(floor: Floor) -> list[tuple[str, str, str, str]]:
    """The caller, reason, party and agent of each interaction that ended."""
    return [
        (end.caller_number, end.reason, end.ended_by, end.agent)
        for end in floor.told(InteractionEnded)
    ]


def test_a_talk_that_nobody_knows_goes_on(floor: Floor) -> None:
    """Nothing is done to it, however often it is found; it counts as a call in progress."""
    inventory(floor, TALK)
    floor.wait(5)
    inventory(floor, TALK)
    assert floor.commands == []
    assert floor.center.calls_in_progress() == 1
    (started,) = floor.told(InteractionStarted)
    assert (started.leg, started.caller_number, started.flow) == (CALLER, "+31612345678", "shop")


def test_the_caller_hangs_up(floor: Floor) -> None:
    """The agent is hung up in the same turn, and the bridge goes when both have left."""
    inventory(floor, TALK)
    gone(floor, CALLER)
    assert hung_up(floor) == [AGENT]
    assert floor.done(DissolveBridge) == []
    gone(floor, AGENT)
    gone(floor, AGENT)
    assert [command.bridge for command in floor.done(DissolveBridge)] == [BRIDGE]
    assert ends(floor) == [("+31612345678", "orphaned", "caller", "")]
    assert floor.center.calls_in_progress() == 0


def test_the_agent_hangs_up(floor: Floor) -> None:
    """The caller is not led into a menu, because nobody came from one."""
    floor.colleague("100")
    inventory(floor, TALK)
    gone(floor, AGENT)
    assert hung_up(floor) == [CALLER]
    gone(floor, CALLER)
    assert ends(floor) == [("+31612345678", "orphaned", "agent", "100")]


def test_its_agent_is_not_rung(floor: Floor) -> None:
    """The agent is logged in, registered and ready, but talks; free once the talk is over."""
    agent = floor.agent("100")
    inventory(floor, TALK)
    waiting = floor.caller()
    assert waiting.rung == []
    assert agent.view.non_acd_calls == 1
    gone(floor, CALLER)
    gone(floor, AGENT)
    assert waiting.rung == ["100"]
    agent.picks_up()


def test_its_agent_is_known_later(floor: Floor) -> None:
    """After a restart the directory is read when the talk has long been found."""
    inventory(floor, TALK)
    agent = floor.colleague("100")
    floor.take(PhoneReachable(agent.phone))
    agent.logs_in()
    waiting = floor.caller()
    assert waiting.rung == []
    gone(floor, AGENT)
    gone(floor, CALLER)
    assert waiting.rung == ["100"]
    agent.picks_up()


def test_a_party_left_while_nobody_was_there(floor: Floor) -> None:
    """Half a talk is no talk: the party who is left is hung up, and has a row."""
    inventory(floor, LiveBridge(BRIDGE, (CALLER,), (ARRIVED,)))
    assert hung_up(floor) == [CALLER]
    assert ends(floor) == [("+31612345678", "orphaned", "system", "")]
    gone(floor, CALLER)
    assert [command.bridge for command in floor.done(DissolveBridge)] == [BRIDGE]


def test_an_end_that_was_not_heard_of(floor: Floor) -> None:
    """The next inventory tells that a party, or everybody, has left."""
    inventory(floor, TALK)
    inventory(floor, LiveBridge(BRIDGE, (AGENT,), (), {AGENT: PHONE}))
    assert hung_up(floor) == [AGENT]
    inventory(floor)
    assert [command.bridge for command in floor.done(DissolveBridge)] == [BRIDGE]
    assert len(ends(floor)) == 1
    floor.switch.crash()


def test_a_customer_who_was_called_back(floor: Floor) -> None:
    """Both legs were dialed by us; the row is outbound, and one."""
    customer = LegId("n1-b0-7")
    inventory(floor, LiveBridge(BRIDGE, (customer, AGENT), (), {AGENT: PHONE}))
    gone(floor, customer)
    gone(floor, AGENT)
    (end,) = floor.told(InteractionEnded)
    assert (end.direction, end.reason, end.ended_by) == ("outbound", "orphaned", "caller")


def test_three_in_a_bridge(floor: Floor) -> None:
    """Two who still hear each other go on; one row for each caller."""
    other = LegId("1700000000.8")
    arrived = CallArrived(other, NUMBER, "+31687654321", "Bob")
    both = LiveBridge(BRIDGE, (CALLER, other, AGENT), (ARRIVED, arrived), {AGENT: PHONE})
    inventory(floor, both)
    gone(floor, AGENT)
    assert hung_up(floor) == []
    gone(floor, other)
    assert hung_up(floor) == [CALLER]
    gone(floor, CALLER)
    assert sorted(end[0] for end in ends(floor)) == ["+31612345678", "+31687654321"]


def test_a_bridge_of_somebody_else(floor: Floor) -> None:
    """A bridge that another program of this switch has made is left alone."""
    inventory(floor, LiveBridge(BridgeId("n2-b0-9"), (LegId("n2-1"), LegId("n2-2"))))
    assert floor.commands == []
    assert floor.told(InteractionStarted) == []
    floor.switch.crash()


def test_a_talk_of_this_life_is_no_orphan(floor: Floor) -> None:
    """Legs that were taken to be gone may be found in their bridge once more: their caller has a
    row already, so the leg is hung up and that is all.
    """
    forgotten = LegId("n1-b1-998")
    both = LiveBridge(BridgeId("n1-b1-999"), (CALLER, forgotten), (ARRIVED,), {forgotten: PHONE})
    inventory(floor, both)
    assert hung_up(floor) == [forgotten]
    gone(floor, forgotten)
    assert floor.told(InteractionStarted) == []
    gone(floor, CALLER)
    floor.switch.crash()


def test_a_leg_of_another_life_that_is_alone(floor: Floor) -> None:
    """A phone that rings for a caller who is long gone is let go at once."""
    inventory(floor, alone=(AGENT,))
    assert hung_up(floor) == [AGENT]


def test_a_leg_that_cannot_be_told_of(floor: Floor) -> None:
    """A leg that came to us without an event is given one inventory's time, and then hung up: it
    would stay in silence without end.
    """
    inventory(floor, alone=(CALLER,))
    assert hung_up(floor) == []
    inventory(floor, alone=(CALLER,))
    assert hung_up(floor) == [CALLER]


def test_its_customer_is_not_called_back(floor: Floor) -> None:
    """The database tells a new center of a callback while they talk to somebody."""
    open_shop(floor)
    floor.colleague("100")
    inventory(floor, TALK)
    floor.agent("200")
    restore(floor, waiting_since=floor.now)
    assert rung(floor) == []
    gone(floor, AGENT)
    assert rung(floor) == [], "the leg of the caller is still there"
    gone(floor, CALLER)
    assert rung(floor) == [ANN]


def test_a_callback_is_not_called_once_its_customer_is_found(floor: Floor) -> None:
    """The other order: the callback is known first, and stands in line."""
    open_shop(floor)
    restore(floor, waiting_since=floor.now)
    inventory(floor, TALK)
    floor.agent("200")
    assert rung(floor) == []
    assert [one.position for one in floor.center.callbacks()] == [1]
    gone(floor, CALLER)
    gone(floor, AGENT)
    assert rung(floor) == [ANN]
