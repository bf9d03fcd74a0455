"""The steps of a flow when the call is over: notes and look-ups, and then one end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.declaration import HttpLookUp
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.language.step import Step
from contactcenter_ari.core.flow.verb.hangup import HangUp
from contactcenter_ari.core.flow.verb.lookup import LookUpStep
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.set import SetVariables
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.flow.verb.tag import Tag
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.site.site import CenterResumed
from contactcenter_ari.core.spoken.value import TEXT
from contactcenter_ari.core.vocabulary.command import AnswerLeg, LookUp, StartMusic
from contactcenter_ari.core.vocabulary.event import InteractionEnded, LookUpDone, SegmentEnded
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.signal import (
    LegHungUp,
    LookUpFailed,
    LookUpFinished,
    SwitchReconciled,
)

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Floor

SALES = QueueName("sales")
REST = Wait(timedelta(hours=1))
TO_QUEUE = Queue(SALES, {})
DONE = Tag((("done", parse('"yes"')),))
ASK = LookUpStep("crm", {"number": parse("caller.number")}, "crm", {}, filler="jazz")
NAME = Tag((("name", parse("crm.name")),))


def call(floor: Floor, steps: list[Verb | Step], *at_the_end: Verb, to: str = "") -> Caller:
    """A caller in these steps; the others follow the hang-up."""
    flow = floor.write({"start": steps, "bye": at_the_end})
    source = HttpLookUp("https://crm.example/{number}", {"number": TEXT}, {"name": TEXT})
    floor.open(
        msgspec.structs.replace(flow, on_hangup="bye", look_ups={"crm": source}),
        QueueSettings(name=SALES, wrap_up=timedelta(seconds=1)),
    )
    floor.agent("100", to or "sales")
    return floor.caller()


def answer(floor: Floor, name: str = "Jansen") -> None:
    """The last look-up finds a row."""
    floor.take(LookUpFinished(floor.done(LookUp)[-1].look_up, {"name": name}))


def test_notes_are_made(floor: Floor) -> None:
    """Set and tag take no time: the interaction ends at once, with the tags."""
    status = SetVariables((("caller.status", parse('"left"')),))
    caller = call(floor, [REST], status, DONE)
    caller.hangs_up()
    assert (caller.end.tags, caller.end.caller_status) == ({"done": "yes"}, "left")
    assert caller.end.reason == "left_flow"


def test_we_hang_up(floor: Floor) -> None:
    """The call is over, whichever side ends it."""
    caller = call(floor, [HangUp()], DONE)
    assert caller.told(InteractionEnded) == []
    floor.settle()
    assert (caller.end.tags, caller.end.reason) == ({"done": "yes"}, "contained")


def test_a_look_up_is_waited_for(floor: Floor) -> None:
    """The interaction ends when it has answered, with the values of the answer."""
    caller = call(floor, [REST], ASK, NAME)
    caller.hangs_up()
    assert caller.told(InteractionEnded) == []
    floor.wait(1)
    answer(floor)
    assert (caller.end.tags, caller.end.ended_by) == ({"name": "Jansen"}, "caller")
    assert floor.center.next_deadline() is None


@pytest.mark.parametrize("fails", [True, False])
def test_a_look_up_without_an_answer(floor: Floor, *, fails: bool) -> None:
    """It fails, or is never reported: the rest is done without it, and only once."""
    caller = call(floor, [REST], ASK, DONE)
    caller.hangs_up()
    look_up = floor.done(LookUp)[-1].look_up
    if fails:
        floor.take(LookUpFailed(look_up, "no"))
    floor.wait(3)
    assert caller.end.tags == {"done": "yes"}
    answer(floor)
    floor.take(LookUpFailed(look_up, "no"))
    floor.wait(60)
    assert len(caller.told(InteractionEnded)) == 1
    assert [e.outcome for e in caller.told(LookUpDone)] == ["error"]


def test_nothing_is_done_to_the_leg_that_is_gone(floor: Floor) -> None:
    """No pick-up and no music, even where the look-up has a filler."""
    caller = call(floor, [REST], ASK)
    caller.hangs_up()
    assert (floor.done(AnswerLeg), floor.done(StartMusic)) == ([], [])
    answer(floor)


def test_two_look_ups(floor: Floor) -> None:
    """One after the other."""
    caller = call(floor, [REST], ASK, ASK, NAME)
    caller.hangs_up()
    answer(floor, "Jansen")
    assert caller.told(InteractionEnded) == []
    answer(floor, "de Vries")
    assert caller.end.tags == {"name": "de Vries"}


def test_the_hang_up_told_twice(floor: Floor) -> None:
    """The second one changes nothing."""
    caller = call(floor, [REST], ASK, NAME)
    caller.hangs_up()
    floor.take(LegHungUp(caller.leg, 16))
    assert len(floor.done(LookUp)) == 1
    answer(floor)
    assert caller.end.tags == {"name": "Jansen"}


def test_a_look_up_of_the_flow_is_dropped(floor: Floor) -> None:
    """Its late answer is no answer to that of the end."""
    caller = call(floor, [ASK, Play("never")], ASK, NAME)
    first = floor.done(LookUp)[-1].look_up
    caller.hangs_up()
    floor.take(LookUpFinished(first, {"name": "stale"}))
    assert caller.told(InteractionEnded) == []
    answer(floor)
    assert caller.end.tags == {"name": "Jansen"}


# --- in line and in a talk ------------------------------------------------------------------


@pytest.mark.parametrize("asks", [True, False])
def test_in_line(floor: Floor, *, asks: bool) -> None:
    """The caller abandoned the queue at the hang-up, however long the look-up takes."""
    caller = call(floor, [TO_QUEUE], *([ASK] if asks else []), DONE)
    floor.wait(15)
    caller.hangs_up()
    left_at = floor.now
    assert caller.exits == ["abandoned"]
    floor.wait(2)
    if asks:
        answer(floor)
    assert (caller.end.reason, caller.end.tags) == ("abandoned", {"done": "yes"})
    (stay,) = (e for e in caller.told(SegmentEnded) if e.kind == "queue")
    assert stay.at == left_at


@pytest.mark.parametrize("asks", [True, False])
def test_in_a_talk(floor: Floor, *, asks: bool) -> None:
    """The talk ends with the hang-up; the agent has the wrap-up and the next caller."""
    caller = call(floor, [TO_QUEUE], *([ASK] if asks else []), DONE)
    (view,) = floor.center.agents(floor.now)
    floor.colleague(view.agent).picks_up()
    floor.wait(30)
    caller.hangs_up()
    floor.wait(2)
    if asks:
        answer(floor)
    (talk,) = (e for e in caller.told(SegmentEnded) if e.kind == "talk")
    assert talk.at - talk.started_at == timedelta(seconds=30)
    assert (caller.end.reason, caller.end.agent) == ("completed", "100")
    assert floor.center.agents(floor.now)[0].state == "ready"


def test_the_agent_ends_the_talk(floor: Floor) -> None:
    """The caller is hung up, and then it is over for the flow, too."""
    caller = call(floor, [TO_QUEUE], DONE)
    agent = floor.colleague("100")
    agent.picks_up()
    agent.hangs_up()
    floor.settle()
    assert (caller.end.tags, caller.end.ended_by) == ({"done": "yes"}, "agent")


# --- trouble --------------------------------------------------------------------------------


def test_the_inventory_comes_while_the_look_up_is_asked(floor: Floor) -> None:
    """A leg that is missing there is already known to be gone."""
    caller = call(floor, [REST], ASK, NAME)
    floor.wait(10)
    caller.hangs_up()
    floor.take(SwitchReconciled(floor.now, (), ()))
    assert caller.told(InteractionEnded) == []
    answer(floor)
    assert (caller.end.reason, caller.end.tags) == ("left_flow", {"name": "Jansen"})


def test_the_switch_lost_the_call(floor: Floor) -> None:
    """Tags are set anyway, and it is a fault of the center."""
    caller = call(floor, [REST], DONE)
    floor.wait(10)
    floor.switch.gone(caller.leg)
    floor.take(SwitchReconciled(floor.now, (), ()))
    assert (caller.end.reason, caller.end.tags) == ("system_error", {"done": "yes"})


def test_we_were_away_while_the_look_up_was_asked(floor: Floor) -> None:
    """It is asked once more, and there are no commands for the leg."""
    caller = call(floor, [REST], ASK, NAME)
    caller.hangs_up()
    floor.take(CenterResumed())
    assert len(floor.done(LookUp)) == 2
    assert floor.done(AnswerLeg) == []
    answer(floor)
    assert caller.end.tags == {"name": "Jansen"}


def test_after_very_many_steps(floor: Floor) -> None:
    """Even after a call of very many steps the end is noted."""
    caller = call(floor, [*[DONE] * 499, REST], ASK, NAME)
    caller.hangs_up()
    answer(floor)
    assert caller.end.tags == {"done": "yes", "name": "Jansen"}
