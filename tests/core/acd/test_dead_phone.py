"""A phone that is registered but does not respond is out of reach, and no agent has a miss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.agent import RingAgent
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.vocabulary.command import BridgeLegs, DialLeg, HangUpLeg
from contactcenter_ari.core.vocabulary.ids import LegId, QueueName
from contactcenter_ari.core.vocabulary.signal import (
    LegAnswered,
    PhoneReachable,
    PhoneSilent,
    SwitchReconciled,
)

if TYPE_CHECKING:
    from tests.core.conftest import Colleague, Floor

SALES = QueueName("sales")


def is_dead(agent: Colleague) -> None:
    """The phone that is rung has not responded to the call."""
    agent.floor.take(PhoneSilent(agent.leg))


def test_the_next_agent_is_rung_at_once(floor: Floor) -> None:
    """In the same turn; the first leg is ended."""
    dead = floor.agent("100", idle=9)
    floor.agent("200")
    caller = floor.caller()
    leg = dead.leg
    floor.wait(4)
    is_dead(dead)
    assert caller.rung == ["200"]
    assert caller.offers == [("100", "failed")]
    assert [command.leg for command in floor.done(HangUpLeg)] == [leg]


def test_it_is_not_the_agents_miss(floor: Floor) -> None:
    """They stay READY, with any limit for misses; the phone is out of reach."""
    floor.open(None, QueueSettings(name=SALES, misses_before_not_ready=MissLimits.alike(1)))
    dead = floor.agent()
    floor.caller()
    is_dead(dead)
    assert dead.state == ("ready", "")
    assert not dead.view.reachable


def test_the_next_caller_does_not_wait_for_a_dead_phone(floor: Floor) -> None:
    """Although its agent has been idle longest."""
    dead = floor.agent("100", idle=9)
    floor.agent("200", idle=5)
    floor.agent("300")
    floor.caller()
    is_dead(dead)
    assert floor.caller().rung == ["300"]


@pytest.mark.parametrize("how", ["registers", "inventory"])
def test_a_phone_that_is_back(floor: Floor, how: str) -> None:
    """It registers again, or the switch still lists it: it is rung for the next caller."""
    dead = floor.agent()
    caller = floor.caller()
    is_dead(dead)
    if how == "registers":
        floor.take(PhoneReachable(dead.phone))
    else:
        legs = (caller.leg,)
        floor.take(SwitchReconciled(legs=legs, phones=(dead.phone,), taken_at=floor.now))
    assert caller.rung == []
    assert floor.caller().rung == ["100"]
    floor.wait(30)
    assert dead.view.reachable


@pytest.mark.parametrize("sign", ["rings", "answers"])
def test_a_phone_that_has_said_something(floor: Floor, sign: str) -> None:
    """A report of a dead phone is out of date then."""
    agent = floor.agent()
    caller = floor.caller()
    agent.rings() if sign == "rings" else agent.answers()
    is_dead(agent)
    assert (caller.rung, agent.view.reachable) == (["100"], True)


def test_a_phone_that_wakes_up_too_late(floor: Floor) -> None:
    """Its leg is hung up, for the call went elsewhere."""
    dead = floor.agent()
    floor.caller()
    leg = dead.leg
    is_dead(dead)
    outcome = floor.take(LegAnswered(leg))
    assert [command.leg for command in outcome.commands if isinstance(command, HangUpLeg)] == [leg]
    assert floor.done(BridgeLegs) == []


def test_a_leg_that_nobody_knows(floor: Floor) -> None:
    """The report is ignored."""
    agent = floor.agent()
    outcome = floor.take(PhoneSilent(LegId("nobody")))
    assert (outcome.commands, outcome.events) == ((), ())
    assert agent.view.reachable


def test_one_dead_phone_of_many_that_ring(floor: Floor) -> None:
    """The others go on ringing."""
    floor.open(None, QueueSettings(name=SALES, strategy=Strategy.RING_ALL))
    dead, *_ = [floor.agent(name, idle=5) for name in ("100", "200")]
    caller = floor.caller()
    is_dead(dead)
    assert caller.rung == ["200"]


def test_a_call_for_one_agent_alone(floor: Floor) -> None:
    """The flow gets the outcome at once that they are not available."""
    ring = RingAgent(parse('"100"'), {"not_available": Destination(Way.SECTION, "gone")})
    floor.open(floor.write({"start": [ring], "gone": [Play("gone")]}))
    dead = floor.agent("100")
    caller = floor.caller()
    is_dead(dead)
    assert caller.heard == ["gone"]


def test_how_long_a_phone_may_say_nothing(floor: Floor) -> None:
    """The queue sets the time, 4 s by default."""
    floor.agent()
    floor.caller()
    (dial,) = floor.done(DialLeg)
    assert dial.unreachable_after.total_seconds() == 4
