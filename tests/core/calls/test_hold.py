"""Hold: a phone's own key. The other side hears music, and nothing is recorded meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.dial import DialOut
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.vocabulary.command import PauseRecording, ResumeRecording
from contactcenter_ari.core.vocabulary.event import RecordingEnded, SegmentEnded, SegmentKind
from contactcenter_ari.core.vocabulary.ids import LegId, QueueName
from contactcenter_ari.core.vocabulary.pause import PauseReason
from contactcenter_ari.core.vocabulary.signal import LegHeld, LegUnheld

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Colleague, Floor

SALES = QueueName("sales")


def in_talk(floor: Floor, *, recording: bool = True) -> tuple[Colleague, Caller]:
    """Two who talk, in a queue with music of its own, after which the flow says a word."""
    after = {"answered": Destination(Way.SECTION, "after")}
    flow = floor.write({"start": [Queue(SALES, after)], "after": [Play("goodbye")]})
    floor.open(flow, QueueSettings(name=SALES, music="jazz", recording=recording))
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    floor.wait(10)
    return agent, caller


def holds(caller: Caller) -> list[tuple[float, str, str]]:
    """How long somebody was on hold, in which queue, with whom."""
    return [
        ((each.at - each.started_at).total_seconds(), each.queue, each.agent)
        for each in caller.told(SegmentEnded)
        if each.kind is SegmentKind.HOLD
    ]


@pytest.mark.parametrize("recording", [True, False])
def test_an_agent_holds(floor: Floor, *, recording: bool) -> None:
    """The caller hears the queue's music until the agent is back."""
    agent, caller = in_talk(floor, recording=recording)
    floor.take(LegHeld(agent.leg))
    assert floor.switch.music == {caller.leg: "jazz"}
    floor.wait(20)
    floor.take(LegUnheld(agent.leg))
    assert floor.switch.music == {}
    assert holds(caller) == [(20, "sales", "100")]
    assert agent.state == ("on_call", "")
    paused = (len(floor.done(PauseRecording)), len(floor.done(ResumeRecording)))
    assert paused == (recording, recording)


def test_a_caller_holds(floor: Floor) -> None:
    """So does the agent, for the caller's phone has the same key."""
    agent, caller = in_talk(floor)
    floor.take(LegHeld(caller.leg))
    assert (floor.switch.music, caller.music) == ({agent.leg: "jazz"}, None)
    floor.take(LegUnheld(caller.leg))
    assert floor.switch.music == {}


def test_both_hold(floor: Floor) -> None:
    """The stretch lasts until nobody is on hold; each hears music as long as the other holds."""
    agent, caller = in_talk(floor)
    floor.take(LegHeld(agent.leg))
    floor.wait(5)
    floor.take(LegHeld(caller.leg))
    floor.wait(5)
    floor.take(LegUnheld(agent.leg))
    assert floor.switch.music == {agent.leg: "jazz"}
    assert floor.done(ResumeRecording) == []
    floor.wait(5)
    floor.take(LegUnheld(caller.leg))
    assert floor.switch.music == {}
    assert holds(caller) == [(15, "sales", "100")]


def test_the_agent_leaves_a_caller_on_hold(floor: Floor) -> None:
    """A caller who goes on in the flow hears no more music, and the stretch is recorded."""
    agent, caller = in_talk(floor)
    floor.take(LegHeld(agent.leg))
    floor.wait(7)
    agent.hangs_up()
    assert (caller.music, caller.heard[-1:]) == (None, ["goodbye"])
    assert holds(caller) == [(7, "sales", "100")]
    caller.hangs_up()
    floor.settle()
    (ended,) = caller.told(RecordingEnded)
    (pause,) = ended.pauses
    assert (pause.reason, pause.ended_at - pause.started_at) == (
        PauseReason.HOLD,
        timedelta(seconds=7),
    )


def test_the_caller_on_hold_leaves(floor: Floor) -> None:
    """The agent is freed, and the stretch is recorded."""
    agent, caller = in_talk(floor)
    floor.take(LegHeld(agent.leg))
    floor.wait(7)
    caller.hangs_up()
    assert agent.state == ("wrap_up", "")
    assert holds(caller) == [(7, "sales", "100")]


def test_a_phone_that_holds_before_the_talk(floor: Floor) -> None:
    """A leg that is joined with it hears music from the first instant on."""
    floor.open(None, QueueSettings(name=SALES, music="jazz"))
    agent = floor.agent()
    caller = floor.caller()
    floor.take(LegHeld(caller.leg))
    assert floor.done(PauseRecording) == []
    agent.picks_up()
    assert floor.switch.music == {agent.leg: "jazz"}
    assert len(floor.done(PauseRecording)) == 1
    floor.take(LegUnheld(caller.leg))
    assert floor.switch.music == {}


@pytest.mark.parametrize("when", ["before the answer", "before they are joined"])
def test_an_agent_who_picks_up_on_hold(floor: Floor, when: str) -> None:
    """The caller hears music from the first instant on, and the time is in the records."""
    floor.open(None, QueueSettings(name=SALES, music="jazz"))
    agent = floor.agent()
    caller = floor.caller()
    if when == "before the answer":
        floor.take(LegHeld(agent.leg))
        agent.answers()
    else:
        agent.answers()
        floor.take(LegHeld(agent.leg))
    assert (floor.switch.music, floor.done(PauseRecording)) == ({}, [])
    agent.is_joined()
    assert (caller.music, len(floor.done(PauseRecording))) == ("jazz", 1)
    floor.wait(9)
    floor.take(LegUnheld(agent.leg))
    assert floor.switch.music == {}
    assert holds(caller) == [(9, "sales", "100")]


def test_an_agent_who_takes_the_hold_back(floor: Floor) -> None:
    """A phone that takes back its hold before it answers holds nobody."""
    floor.open(None, QueueSettings(name=SALES, music="jazz"))
    agent = floor.agent()
    caller = floor.caller()
    floor.take(LegHeld(agent.leg))
    floor.take(LegUnheld(agent.leg))
    agent.picks_up()
    assert (caller.music, holds(caller)) == (None, [])


def test_an_outside_line_that_answers_on_hold(floor: Floor) -> None:
    """It plays its own music, and the caller is to hear that."""
    flow = floor.write({"start": [DialOut(parse('"+31687654321"'), {})]})
    floor.open(msgspec.structs.replace(flow, dial_allow=("+316",)))
    caller, callee = floor.caller(), floor.callee()
    floor.take(LegHeld(callee.leg))
    callee.picks_up()
    assert (caller.music, holds(caller)) == (None, [])


def test_a_key_that_is_pressed_again(floor: Floor) -> None:
    """Phones repeat themselves: nothing comes of it."""
    agent, caller = in_talk(floor)
    floor.take(LegHeld(agent.leg))
    again = floor.take(LegHeld(agent.leg))
    assert (again.commands, again.events) == ((), ())
    floor.take(LegUnheld(agent.leg))
    again = floor.take(LegUnheld(agent.leg))
    assert (again.commands, again.events) == ((), ())
    assert len(holds(caller)) == 1


@pytest.mark.parametrize("name", ["nobody", ""])
def test_a_leg_nobody_knows_holds(floor: Floor, name: str) -> None:
    """Nothing comes of it."""
    in_talk(floor)
    for signal in (LegHeld(LegId(name)), LegUnheld(LegId(name))):
        outcome = floor.take(signal)
        assert (outcome.commands, outcome.events) == ((), ())
