"""The limits and faults of a flow, none of which loses a caller."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.language.step import Step
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.hangup import HangUp
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.set import SetVariables
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.vocabulary.command import AnswerLeg, PlayPrompt
from contactcenter_ari.core.vocabulary.event import FlowFailed
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.signal import PlaybackFinished
from tests.core.flow.walking import (
    REPEAT,
    Sections,
    say,
    to,
    walk,
)

if TYPE_CHECKING:
    from tests.core.conftest import Floor


def test_a_prompt_that_cannot_be_played(floor: Floor) -> None:
    """It is reported and the flow goes on: a call does not end for a missing file."""
    floor.open(floor.write({"start": [say("broken"), say("next")]}))
    caller = floor.caller()
    floor.take(PlaybackFinished(floor.done(PlayPrompt)[0].playback, failed=True))
    assert [e.section for e in caller.told(FlowFailed)] == ["start"]
    assert caller.heard == ["broken", "next"]


@pytest.mark.parametrize("status", [500, 0])
def test_a_prompt_that_cannot_be_begun(floor: Floor, status: int) -> None:
    """The same, when the switch refuses the command."""
    floor.open(floor.write({"start": [say("broken"), say("next")]}))
    caller = floor.caller()
    floor.fails(PlayPrompt, status)
    assert caller.heard == ["broken", "next"]


@pytest.mark.parametrize("status", [404, 409, 422])
@pytest.mark.parametrize("kind", [AnswerLeg, PlayPrompt])
def test_a_leg_that_is_gone(floor: Floor, status: int, kind: type[AnswerLeg | PlayPrompt]) -> None:
    """The switch does not know the leg any more: the caller has hung up."""
    floor.open(floor.write({"start": [say("hello")]}))
    caller = floor.caller()
    floor.fails(kind, status)
    assert (caller.end.reason, caller.end.ended_by) == ("left_flow", "caller")


def test_a_prompt_whose_end_is_never_heard_of(floor: Floor) -> None:
    """After five minutes the flow goes on."""
    floor.open(floor.write({"start": [say("one"), Wait(timedelta(seconds=1)), HangUp()]}))
    caller = floor.caller()
    floor.wait(299)
    assert not caller.is_released()
    floor.wait(2, silent=True)
    assert caller.is_released()


def test_a_prompt_that_does_not_exist(floor: Floor) -> None:
    """No prompt is played, and the flow goes on."""
    flow = floor.write({"start": [say("missing"), say("next")]})
    floor.open(msgspec.structs.replace(flow, prompts={"next": flow.prompts["next"]}))
    assert floor.caller().heard == ["next"]


def in_circles(*, pause: bool) -> Sections:
    """A flow that never ends by itself, and a queue to which it should have led."""
    loop: list[Verb | Step] = [Goto(to("loop"))]
    if pause:
        loop = [Menu(InputRules(("again?",)), {"1": to("loop")})]
    else:
        loop = [SetVariables((("x", parse("1")),)), Goto(REPEAT)]
    return {
        "start": [Goto(to("loop"))],
        "loop": loop,
        "agents": [Queue(QueueName("support"), {})],
    }


def test_more_than_500_steps(floor: Floor) -> None:
    """A loop is a fault of the center: an apology, then the first queue of the flow."""
    floor.open(floor.write(in_circles(pause=False)))
    agent = floor.agent("100", "support")
    caller = floor.caller()
    assert [e.reason for e in caller.told(FlowFailed)] == ["more than 500 steps"]
    assert caller.heard == ["apology"]
    caller.hears_out()
    agent.picks_up()
    assert caller.exits == ["answered"]
    agent.hangs_up()
    floor.settle()
    assert caller.end.reason == "completed"


def test_more_than_20_entries_of_a_section(floor: Floor) -> None:
    """A caller who goes in circles by key is sent to a person, too: one apology is played."""
    floor.open(floor.write(in_circles(pause=True)))
    agent = floor.agent("100", "support")
    caller = floor.caller()
    for _ in range(20):
        assert caller.told(FlowFailed) == []
        caller.presses("1")
    assert [e.reason for e in caller.told(FlowFailed)] == ["entered loop more than 20 times"]
    assert caller.heard[-2:] == ["again?", "apology"]
    assert caller.heard.count("apology") == 1
    caller.hears_out()
    assert agent.is_rung()
    agent.picks_up()


def test_a_fault_with_nowhere_to_go(floor: Floor) -> None:
    """Without a queue the caller hears the apology and is hung up: an error of the center."""
    caller = walk(floor, {"start": [Goto(to("start"))]})
    assert caller.heard == ["apology"]
    floor.settle()
    assert (caller.end.reason, caller.end.ended_by) == ("system_error", "system")


def test_a_fault_where_the_flow_says(floor: Floor) -> None:
    """`on_error` leads to the destination that the engineer chose."""
    flow = floor.write({"start": [Goto(to("start"))], "oops": [say("oops")]})
    floor.open(msgspec.structs.replace(flow, on_error=to("oops")))
    caller = floor.caller()
    assert caller.heard == ["oops"]


def test_a_fault_in_the_handling_of_a_fault(floor: Floor) -> None:
    """The second one ends the call."""
    flow = floor.write({"start": [Goto(to("start"))]})
    floor.open(msgspec.structs.replace(flow, on_error=to("start")))
    caller = floor.caller()
    assert len(caller.told(FlowFailed)) == 2
    assert caller.is_released()
    floor.settle()
    assert caller.end.reason == "system_error"


def test_a_fault_and_a_talk_after_it(floor: Floor) -> None:
    """A caller who was helped completed the call, also when the flow went on after it."""
    sections = in_circles(pause=False)
    sections["agents"] = [Queue(QueueName("support"), {"answered": to("bye")})]
    floor.open(floor.write({**sections, "bye": [say("bye")]}))
    agent = floor.agent("100", "support")
    caller = floor.caller()
    caller.hears_out()
    agent.picks_up()
    agent.hangs_up()
    caller.hears_out()
    floor.settle()
    assert caller.end.reason == "completed"
