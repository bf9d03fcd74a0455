"""An agent's phone dies in a talk: the caller is kept, the agent is rung again, and if they do not
come back the caller has the old place in line.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.vocabulary.command import BridgeLegs, DialLeg, HangUpLeg
from contactcenter_ari.core.vocabulary.event import (
    AgentConnected,
    RecordingEnded,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import LegId, QueueName
from contactcenter_ari.core.vocabulary.signal import (
    LegAnswered,
    LegHeld,
    LegHungUp,
    LegLost,
    LegUnheld,
    PhoneSilent,
    SwitchReconciled,
)
from tests.core.outbound.callback import (
    AGENT_FIRST,
    ANN,
    BOB,
    attempts,
    booked,
    busy_agent,
    customer,
    ended,
    open_shop,
    outbound,
    ready,
    waits,
)

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Colleague, Floor

GAP, TALK = SegmentKind.GAP, SegmentKind.TALK


def in_talk(floor: Floor) -> tuple[Colleague, Caller]:
    """Agent and caller have been talking for a minute; the caller had waited for ten seconds."""
    agent = floor.agent()
    agent.is_busy()
    caller = floor.caller()
    floor.wait(10)
    agent.goes_ready()
    agent.picks_up()
    floor.wait(60)
    return agent, caller


def stretches(caller: Caller, *kinds: SegmentKind) -> list[tuple[str, float, str, str]]:
    """The kind, length, agent and result of the stretches of an interaction."""
    return [
        (each.kind, (each.at - each.started_at).total_seconds(), each.agent, each.result)
        for each in caller.told(SegmentEnded)
        if each.kind in kinds
    ]


def test_the_agent_comes_back(floor: Floor) -> None:
    """The caller hears music, the agent is on the call, and the talk is one, with a gap in it."""
    agent, caller = in_talk(floor)
    agent.is_lost()
    assert (caller.music, agent.state) == ("default", ("on_call", ""))
    (again,) = floor.done(DialLeg)[-1:]
    assert (again.phone, again.caller_number) == (agent.phone, "+31612345678")
    floor.wait(5)
    agent.picks_up()
    assert caller.music is None
    floor.wait(30)
    agent.hangs_up()
    floor.settle()
    assert stretches(caller, TALK, GAP) == [(GAP, 5, "100", "accepted"), (TALK, 95, "100", "")]
    assert len(caller.told(AgentConnected)) == 1
    assert (caller.end.reason, caller.end.ended_by) == ("completed", "agent")


def test_each_part_has_a_recording(floor: Floor) -> None:
    """The first part is kept, and what comes after the gap is a file of its own."""
    floor.open(None, QueueSettings(name=QueueName("sales"), recording=True))
    agent, caller = in_talk(floor)
    agent.is_lost()
    floor.settle()
    assert len(caller.told(RecordingEnded)) == 1
    floor.wait(5)
    agent.picks_up()
    floor.wait(30)
    caller.hangs_up()
    floor.settle()
    ended = caller.told(RecordingEnded)
    assert [(each.agent, each.failed) for each in ended] == [("100", False)] * 2


@pytest.mark.parametrize("cause", [17, 21, 19, 20])
def test_the_agent_refuses(floor: Floor, cause: int) -> None:
    """The next agent gets the caller, who has the old place in line, before others."""
    agent, caller = in_talk(floor)
    colleague = floor.agent("200")
    first = floor.caller()
    colleague.picks_up()
    second = floor.caller("+31687654321")
    agent.is_lost()
    agent.hangs_up(cause)
    assert (agent.state, caller.music) == (("wrap_up", ""), "default")
    assert caller.exits == ["answered"]
    floor.wait(10)
    first.hangs_up()
    colleague.ends_wrap_up()
    assert (caller.rung, second.rung) == (["200"], [])
    colleague.picks_up()
    floor.wait(20)
    colleague.hangs_up()
    floor.settle()
    assert caller.end.reason == "completed"
    assert [each[2] for each in stretches(caller, TALK)] == ["100", "200"]
    second.hangs_up()


def test_the_agent_does_not_answer(floor: Floor) -> None:
    """The phone is rung for 15 seconds, and its agent is not asked again at once."""
    floor.open(None, QueueSettings(name=QueueName("sales"), wrap_up=timedelta()))
    agent, caller = in_talk(floor)
    agent.is_lost()
    floor.wait(14)
    assert agent.is_rung()
    floor.wait(1)
    assert (agent.is_rung(), agent.state) == (False, ("ready", ""))
    assert stretches(caller, TALK, GAP) == [(GAP, 15, "100", "lapsed"), (TALK, 75, "100", "")]
    assert caller.rung == []
    colleague = floor.agent("200")
    assert caller.rung == ["200"]
    colleague.picks_up()


def test_a_phone_that_says_nothing(floor: Floor) -> None:
    """It is out of reach, and the caller does not wait for its agent any longer."""
    agent, caller = in_talk(floor)
    agent.is_lost()
    floor.wait(4)
    floor.take(PhoneSilent(agent.leg))
    assert not agent.view.reachable
    assert [each[3] for each in stretches(caller, GAP)] == ["failed"]


def test_a_phone_that_cannot_be_rung(floor: Floor) -> None:
    """The switch knows nowhere to ring it."""
    agent, caller = in_talk(floor)
    agent.is_lost()
    floor.fails(DialLeg, 500)
    assert not agent.is_rung()
    assert [each[3] for each in stretches(caller, GAP)] == ["failed"]
    assert (agent.state, caller.music) == (("wrap_up", ""), "default")


def test_the_caller_hangs_up_while_the_agent_is_rung(floor: Floor) -> None:
    """The phone is let go and the agent has the wrap-up of the talk."""
    agent, caller = in_talk(floor)
    agent.is_lost()
    floor.wait(5)
    caller.hangs_up()
    assert not agent.is_rung()
    assert agent.state == ("wrap_up", "")
    assert (caller.end.reason, caller.end.ended_by) == ("completed", "caller")
    assert [each[3] for each in stretches(caller, GAP)] == ["withdrawn"]


def test_the_caller_hangs_up_as_the_agent_answers(floor: Floor) -> None:
    """In either order nobody is left on the line."""
    agent, caller = in_talk(floor)
    agent.is_lost()
    leg = agent.leg
    caller.hangs_up()
    floor.take(LegAnswered(leg))
    assert leg in [command.leg for command in floor.done(HangUpLeg)]
    agent.ends_wrap_up()
    second = floor.caller()
    agent.picks_up()
    agent.is_lost()
    agent.answers()
    second.hangs_up()
    assert not agent.is_rung()
    assert agent.state == ("wrap_up", "")


def test_the_agent_logs_out_meanwhile(floor: Floor) -> None:
    """They are logged out once the call is over, as in any call."""
    agent, caller = in_talk(floor)
    agent.is_lost()
    agent.logs_out()
    assert agent.is_rung()
    agent.picks_up()
    assert agent.state == ("on_call", "")
    agent.is_lost()
    floor.wait(15)
    agent.ends_wrap_up()
    assert agent.state == ("logged_out", "")
    assert caller.rung == []


def test_lost_again_while_it_rings_and_while_it_is_joined(floor: Floor) -> None:
    """Once is enough: the caller waits for another agent."""
    agent, caller = in_talk(floor)
    agent.is_lost()
    agent.is_lost()
    assert [each[3] for each in stretches(caller, GAP)] == ["failed"]
    colleague = floor.agent("200")
    colleague.picks_up()
    colleague.is_lost()
    colleague.answers()
    colleague.is_lost()
    assert [each[3] for each in stretches(caller, GAP)] == ["failed", "failed"]
    assert caller.music == "default"


def test_lost_after_the_return(floor: Floor) -> None:
    """A second gap is like the first."""
    agent, caller = in_talk(floor)
    for _ in range(2):
        agent.is_lost()
        floor.wait(2)
        agent.picks_up()
        floor.wait(20)
    agent.hangs_up()
    assert [each[1] for each in stretches(caller, TALK, GAP)] == [2, 2, 104]


def test_the_legs_cannot_be_joined_again(floor: Floor) -> None:
    """The phone is hung up and the caller waits on."""
    agent, caller = in_talk(floor)
    agent.is_lost()
    agent.answers()
    floor.fails(BridgeLegs, 409)
    assert not agent.is_rung()
    assert (caller.music, agent.state) == ("default", ("wrap_up", ""))


def test_on_hold(floor: Floor) -> None:
    """The hold ends with the leg; a caller whose own phone holds does so after the gap, too."""
    agent, caller = in_talk(floor)
    floor.take(LegHeld(agent.leg))
    floor.wait(10)
    agent.is_lost()
    assert [each[1] for each in stretches(caller, SegmentKind.HOLD)] == [10]
    assert caller.music == "default"
    floor.take(LegHeld(caller.leg))
    agent.picks_up()
    floor.wait(7)
    floor.take(LegUnheld(caller.leg))
    assert [each[1] for each in stretches(caller, SegmentKind.HOLD)] == [10, 7]


def test_the_queue_is_closed_meanwhile(floor: Floor) -> None:
    """The caller is told what callers are told in a closed queue."""
    agent, caller = in_talk(floor)
    agent.is_lost()
    floor.closes("sales")
    floor.wait(15)
    floor.settle()
    assert (caller.end.reason, caller.end.ended_by) == ("completed", "system")


def test_found_missing_by_the_inventory(floor: Floor) -> None:
    """A phone that rings again and lives no more is rung, unanswered; a leg that is only not
    listed was hung up unheard, as before.
    """
    agent, caller = in_talk(floor)
    agent.is_lost()
    floor.wait(10)
    floor.switch.gone(agent.leg)
    floor.take(SwitchReconciled(floor.now, (caller.leg,), (agent.phone,)))
    assert [each[3] for each in stretches(caller, GAP)] == ["failed"]


def test_the_callers_leg_is_lost(floor: Floor) -> None:
    """The call ends as if the caller had hung up, but not by the caller."""
    agent, caller = in_talk(floor)
    waiting = floor.caller()
    floor.wait(20)
    waiting.is_lost()
    caller.is_lost()
    assert not agent.is_rung()
    assert agent.state == ("wrap_up", "")
    assert (caller.end.reason, caller.end.ended_by) == ("completed", "system")
    assert (waiting.end.reason, waiting.end.ended_by) == ("abandoned", "system")
    assert waiting.exits == ["abandoned"]


def test_lost_while_ringing(floor: Floor) -> None:
    """A phone that dies before it is picked up is out of reach: that is the agent's miss."""
    agent, colleague = floor.agent("100"), floor.agent("200")
    caller = floor.caller()
    agent.is_lost()
    assert caller.offers == [("100", "failed")]
    assert caller.rung == ["200"]
    colleague.answers()
    colleague.is_lost()
    assert caller.offers == [("100", "failed"), ("200", "failed")]


def test_the_customer_of_a_callback_is_lost(floor: Floor) -> None:
    """In the talk it ends the call, and not by the customer; before it, there is another try."""
    open_shop(floor)
    busy_agent(floor)
    booked(floor, ANN)
    ready(floor)
    customer(floor).answers()
    customer(floor).is_lost()
    assert attempts(floor) == [(1, "given_up", 900)]
    floor.wait(900)
    customer(floor).answers()
    customer(floor).hears_out()
    floor.known("100").picks_up()
    customer(floor).is_lost()
    assert [ended(floor, each).ended_by for each in outbound(floor)] == ["system", "system"]


def test_an_agent_is_lost_before_the_customer_picks_up(floor: Floor) -> None:
    """The customer is let go, and is called again later."""
    open_shop(floor, callback_mode=AGENT_FIRST)
    busy_agent(floor)
    booked(floor, ANN)
    ready(floor)
    agent = floor.known("100")
    agent.answers()
    agent.is_lost()
    floor.settle()
    (call,) = outbound(floor)
    assert ended(floor, call).ended_by == "system"
    assert attempts(floor) == [(1, "given_up", 900)]
    assert agent.state == ("ready", "")


def test_an_agent_is_lost_who_was_there_before_the_customer(floor: Floor) -> None:
    """The customer waits in the queue like any caller, at the place of the callback."""
    open_shop(floor, callback_mode=AGENT_FIRST)
    busy_agent(floor)
    booked(floor, ANN)
    ready(floor)
    agent = floor.known("100")
    agent.answers()
    customer(floor).picks_up()
    other = waits(floor, BOB)
    agent.is_lost()
    floor.wait(15)
    leg = customer(floor).leg
    assert floor.switch.music[leg] == "default"
    colleague = floor.agent("200")
    assert other.rung == []
    colleague.picks_up()
    floor.wait(30)
    colleague.hangs_up()
    floor.settle()
    (call,) = outbound(floor)
    end = ended(floor, call)
    assert (end.reason, end.agent, end.ended_by) == ("completed", "200", "agent")


def test_a_leg_that_nobody_knows(floor: Floor) -> None:
    """It is ignored, and so is the word that a lost leg is hung up."""
    agent, caller = in_talk(floor)
    leg = agent.leg
    agent.is_lost()
    told = len(floor.events)
    floor.take(LegHungUp(leg, 18))
    floor.take(LegLost(LegId("nobody")))
    assert len(floor.events) == told
    caller.hangs_up()
