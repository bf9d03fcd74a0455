"""The `agent` step: one agent is rung, without a queue of the site."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.language.step import Step
from contactcenter_ari.core.flow.verb.agent import RingAgent
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.set import SetVariables
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.vocabulary.command import DialLeg
from contactcenter_ari.core.vocabulary.event import AgentConnected, SegmentEnded
from contactcenter_ari.core.vocabulary.ids import LegId, QueueName
from contactcenter_ari.core.vocabulary.signal import PhoneDialed, PhoneUnreachable

if TYPE_CHECKING:
    from tests.core.conftest import Floor

OUTCOMES = ("answered", "busy", "no_answer", "not_available")
SALES = QueueName("sales")
RING = 12


def wants(floor: Floor, agent: str = '"100"', *handled: str) -> None:
    """Callers are sent to one agent, and then hear the outcome."""
    leads = {outcome: Destination(Way.SECTION, outcome) for outcome in handled or OUTCOMES}
    rest: list[Verb | Step] = [Wait(timedelta(hours=1))]
    ring = RingAgent(parse(agent), leads, timedelta(seconds=RING))
    sections = {name: [Play(name, barge_in=False), *rest] for name in OUTCOMES}
    floor.open(floor.write({"start": [ring, Play("went on"), *rest], **sections}))


def test_answered(floor: Floor) -> None:
    """Caller and agent talk; after it the flow goes on and the agent has a wrap-up."""
    wants(floor)
    agent = floor.agent()
    caller = floor.caller()
    assert (agent.state, caller.music) == (("offered", ""), "default")
    agent.picks_up()
    assert (agent.state, caller.music) == (("on_call", ""), None)
    floor.wait(30)
    agent.hangs_up()
    assert (caller.heard, agent.state) == (["answered"], ("wrap_up", ""))
    floor.wait(15)
    assert agent.state == ("ready", "")
    caller.hangs_up()
    assert (caller.end.reason, caller.end.agent) == ("completed", "100")


def test_an_agent_who_is_lost_in_the_talk(floor: Floor) -> None:
    """They are rung again; nobody else answers here, so the flow goes on without them."""
    wants(floor)
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    agent.is_lost()
    assert (agent.is_rung(), caller.music) == (True, "default")
    floor.wait(15)
    assert (caller.heard, caller.music) == (["not_available"], None)
    caller.hangs_up()
    assert caller.end.reason == "completed"


def test_answered_where_nothing_follows(floor: Floor) -> None:
    """The call ends with the talk."""
    wants(floor, '"100"', "busy")
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    agent.hangs_up()
    assert caller.is_released()
    floor.settle()
    assert caller.end.ended_by == "agent"


def test_how_it_is_told(floor: Floor) -> None:
    """The stay is in the agent's own line, and is not counted in the queues of the site."""
    wants(floor)
    agent = floor.agent()
    caller = floor.caller()
    floor.wait(5)
    assert [(q.queue, q.waiting) for q in floor.center.queues(floor.now)] == [
        ("sales", 0),
        ("support", 0),
    ]
    agent.picks_up()
    caller.hangs_up()
    assert [(e.agent, e.queue) for e in caller.told(AgentConnected)] == [("100", "@100")]
    assert [(e.kind, e.queue) for e in caller.told(SegmentEnded)] == [
        ("flow", ""),
        ("queue", "@100"),
        ("talk", "@100"),
    ]


def test_for_how_long(floor: Floor) -> None:
    """As the flow says, and it counts as a missed call."""
    wants(floor)
    agent = floor.agent()
    caller = floor.caller()
    floor.wait(RING - 0.1)
    assert caller.heard == []
    floor.wait(0.1)
    assert (caller.heard, caller.music) == (["no_answer"], None)
    assert (agent.is_rung(), agent.state) == (False, ("not_ready", "no_answer"))
    assert caller.exits == ["timeout"]


@pytest.mark.parametrize(
    ("cause", "outcome"), [(17, "busy"), (21, "busy"), (19, "no_answer"), (20, "not_available")]
)
def test_the_phone_refuses(floor: Floor, cause: int, outcome: str) -> None:
    """The outcome for the flow, by the cause."""
    wants(floor)
    agent = floor.agent()
    caller = floor.caller()
    agent.hangs_up(cause)
    assert caller.heard == [outcome]
    assert len(floor.done(DialLeg)) == 1


def test_the_phone_cannot_be_rung(floor: Floor) -> None:
    """The command fails."""
    wants(floor)
    floor.agent()
    caller = floor.caller()
    floor.fails(DialLeg)
    assert caller.heard == ["not_available"]


def test_the_legs_cannot_be_joined(floor: Floor) -> None:
    """The agent answered and is gone before the two heard each other."""
    wants(floor)
    agent = floor.agent()
    caller = floor.caller()
    agent.answers()
    agent.hangs_up()
    assert (caller.heard, caller.exits) == (["busy"], ["timeout"])


def test_the_join_is_never_confirmed(floor: Floor) -> None:
    """It is tried again once; then the flow goes on."""
    wants(floor)
    agent = floor.agent()
    caller = floor.caller()
    agent.answers()
    floor.wait(40, silent=True)
    assert caller.heard == ["not_available"]
    floor.settle()
    assert agent.state == ("ready", "")


@pytest.mark.parametrize("state", ["unknown", "logged out", "on a pause", "unreachable"])
def test_not_available(floor: Floor, state: str) -> None:
    """The flow goes on at once, and no phone rings."""
    wants(floor)
    agent = floor.colleague() if state == "logged out" else None
    if state == "on a pause":
        floor.agent().pauses()
    if state == "unreachable":
        agent = floor.agent()
        floor.take(PhoneUnreachable(agent.phone))
    caller = floor.caller()
    assert (caller.heard, caller.exits, floor.done(DialLeg)) == (["not_available"], [], [])


def test_an_agent_who_talks(floor: Floor) -> None:
    """Busy, at once; and the talk goes on."""
    wants(floor)
    agent = floor.agent()
    floor.caller()
    agent.picks_up()
    second = floor.caller()
    assert (second.heard, agent.state) == (["busy"], ("on_call", ""))


def test_an_agent_whose_phone_rings(floor: Floor) -> None:
    """Busy as well: the first caller is first."""
    wants(floor)
    agent = floor.agent()
    first, second = floor.caller(), floor.caller()
    assert (first.heard, second.heard) == ([], ["busy"])
    agent.picks_up()
    assert first.exits == ["answered"]


def test_an_agent_in_wrap_up(floor: Floor) -> None:
    """The agent is not yet free."""
    wants(floor)
    agent = floor.agent()
    first = floor.caller()
    agent.picks_up()
    first.hangs_up()
    assert floor.caller().heard == ["busy"]


def test_an_agent_who_dials_a_feature_code(floor: Floor) -> None:
    """An agent on a non-ACD call is busy."""
    wants(floor)
    agent = floor.agent()
    floor.take(PhoneDialed(LegId("own"), agent.phone, "*14"))
    assert floor.caller().heard == ["busy"]


def test_two_callers_in_one_instant(floor: Floor) -> None:
    """Two flows reach the agent at once: one gets the agent, the other the outcome busy."""
    leads = {"busy": Destination(Way.SECTION, "busy")}
    pause = Wait(timedelta(seconds=5))
    ring = RingAgent(parse('"100"'), leads, timedelta(seconds=RING))
    rest = Wait(timedelta(hours=1))
    floor.open(floor.write({"start": [pause, ring], "busy": [Play("busy"), rest]}))
    agent = floor.agent()
    first, second = floor.caller(), floor.caller()
    floor.wait(5)
    assert agent.is_rung()
    floor.wait(RING - 1)
    agent.picks_up()
    floor.wait(2)
    assert (first.exits, second.heard) == (["answered"], ["busy"])


def test_the_caller_hangs_up_while_it_rings(floor: Floor) -> None:
    """The phone stops ringing; the agent has no missed call."""
    wants(floor)
    agent = floor.agent()
    caller = floor.caller()
    floor.wait(6)
    caller.hangs_up()
    assert (agent.is_rung(), agent.state) == (False, ("ready", ""))
    assert (caller.exits, caller.end.reason) == (["abandoned"], "abandoned")


def test_only_this_agent(floor: Floor) -> None:
    """Others of the same queue are not rung, though they are idle for longer."""
    wants(floor)
    other, agent = floor.agent("200", idle=100), floor.agent("100")
    floor.caller()
    assert (agent.is_rung(), other.is_rung()) == (True, False)


def test_an_expression_says_who(floor: Floor) -> None:
    """Out of a variable; empty is no agent."""
    wants(floor, "favorite")
    assert floor.caller().heard == ["not_available"]
    leads = {"busy": Destination(Way.SECTION, "start")}
    chosen = SetVariables((("favorite", parse('"200"')),))
    floor.open(floor.write({"start": [chosen, RingAgent(parse("favorite"), leads)]}))
    agent = floor.agent("200")
    floor.caller()
    assert agent.is_rung()


def test_an_outcome_nobody_handles(floor: Floor) -> None:
    """The flow goes on."""
    wants(floor, '"100"', "answered")
    caller = floor.caller()
    assert caller.heard == ["went on"]


def test_first_the_agent_then_the_queue(floor: Floor) -> None:
    """The usual way: after an agent who does not answer come all others."""
    ring = RingAgent(parse('"100"'), {}, timedelta(seconds=RING))
    floor.open(floor.write({"start": [ring, Queue(SALES, {})]}))
    agent, other = floor.agent("100"), floor.agent("200")
    caller = floor.caller()
    floor.wait(RING)
    assert (agent.is_rung(), other.is_rung()) == (False, True)
    other.picks_up()
    assert caller.exits == ["timeout", "answered"]


def test_from_the_line_to_one_agent(floor: Floor) -> None:
    """A key that rings one agent gives up the position in line."""
    to_one = Destination(Way.SECTION, "one")
    ring = RingAgent(parse('"200"'), {}, timedelta(seconds=RING))
    after: list[Verb | Step] = [ring, Play("nobody"), Goto(Destination(Way.HANG_UP))]
    floor.open(floor.write({"start": [Queue(SALES, {}, keys={"1": to_one})], "one": after}))
    floor.agent("100").is_busy()
    agent = floor.agent("200", "support")
    caller = floor.caller()
    caller.presses("1")
    assert (caller.exits, agent.is_rung()) == (["key_exit"], True)
    floor.wait(RING)
    assert (caller.exits, caller.heard) == (["key_exit", "timeout"], ["nobody"])
