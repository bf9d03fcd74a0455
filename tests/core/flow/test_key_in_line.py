"""Keys pressed while waiting: the position in line is kept during all prompts and questions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.language.step import Step
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.hangup import HangUp
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Announcement, Queue
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.flow.verb.tag import Tag
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.vocabulary.event import FlowFailed, InteractionQueued, MenuChosen
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.signal import LegHungUp
from tests.core.flow.walking import to

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Colleague, Floor

SALES, SUPPORT = QueueName("sales"), QueueName("support")
REST = Wait(timedelta(hours=1))
RETURN = Goto(Destination(Way.RETURN))
OFFER = Destination(Way.SECTION, "offer")
LIST = Destination(Way.INLINE, "(list)")
WAYS = pytest.mark.parametrize("where", [OFFER, LIST, Destination(Way.CALL, "offer")])


def minutes(number: float) -> timedelta:
    """This many minutes."""
    return timedelta(minutes=number)


def wait_in_line(
    floor: Floor, *steps: Verb | Step, where: Destination = OFFER, **sections: list[Verb | Step]
) -> tuple[Caller, Colleague]:
    """A caller second in line, whose key 1 leads to these steps; the agent is on a pause."""
    key = {"1": where}
    announce = (Announcement("news", minutes(1), every=minutes(1)),)
    queue = Queue(
        SALES,
        {"timeout": to("late"), "answered": to("after")},
        keys=key,
        announce=announce,
        max_wait=minutes(10),
    )
    floor.open(
        floor.write(
            {
                "start": [queue],
                "offer": list(steps),
                "(list)": list(steps),
                "late": [Play("too late", barge_in=False), REST],
                "after": [Play("goodbye"), REST],
                **sections,
            }
        )
    )
    agent = floor.agent()
    agent.is_busy()
    floor.caller()
    return floor.caller(), agent


def first_leaves(floor: Floor) -> None:
    """The caller who came first hangs up."""
    first = next(leg for leg in floor.switch.legs if leg.startswith("leg"))
    floor.take(LegHungUp(first, 16))


# --- the place is kept ----------------------------------------------------------------------


@WAYS
def test_the_place_is_kept(floor: Floor, where: Destination) -> None:
    """The music stops, a prompt is played, the music comes back, and the caller never left the
    line.
    """
    caller, _ = wait_in_line(floor, Play("about us", barge_in=False), where=where)
    caller.presses("1")
    assert (caller.heard, caller.music) == (["about us"], None)
    caller.hears_out()
    assert (caller.music, caller.exits) == ("default", [])
    assert len(caller.told(InteractionQueued)) == 1
    assert [(e.menu, e.key) for e in caller.told(MenuChosen)] == [("queue", "1")]


@WAYS
def test_return_waits_on(floor: Floor, where: Destination) -> None:
    """From the middle of the steps, just as at the end."""
    caller, _ = wait_in_line(floor, Play("about us"), RETURN, HangUp(), where=where)
    caller.presses("1")
    caller.hears_out()
    assert (caller.music, caller.exits, caller.is_released()) == ("default", [], False)


@WAYS
def test_goto_from_there_keeps_the_place(floor: Floor, where: Destination) -> None:
    """A section that follows is part of the detour, too."""
    steps = (Goto(to("more")), HangUp())
    more = [Play("more", barge_in=False)]
    caller, agent = wait_in_line(floor, *steps, where=where, more=[*more])
    caller.presses("1")
    assert (caller.heard, caller.exits) == (["more"], [])
    caller.hears_out()
    assert (caller.music, caller.exits) == ("default", [])
    agent.goes_ready()
    assert agent.is_rung()


def test_the_same_key_again(floor: Floor) -> None:
    """Back in line it works as before; during the prompt it is no key of the line."""
    caller, _ = wait_in_line(floor, Play("about us", barge_in=False))
    caller.presses("11")
    assert caller.heard == ["about us"]
    caller.hears_out()
    caller.presses("1")
    assert caller.heard == ["about us", "about us"]


def test_a_key_that_means_nothing(floor: Floor) -> None:
    """The music plays on."""
    caller, _ = wait_in_line(floor, Play("about us"))
    caller.presses("7*#")
    assert (caller.heard, caller.music, caller.told(MenuChosen)) == ([], "default", [])


def test_a_key_during_the_announcement(floor: Floor) -> None:
    """It cuts the announcement short."""
    caller, _ = wait_in_line(floor, Play("about us", barge_in=False))
    floor.wait(60)
    assert caller.heard == ["news"]
    caller.presses("1")
    assert caller.heard == ["news", "about us"]


# --- an agent picks up meanwhile ------------------------------------------------------------


@pytest.mark.parametrize(
    "verb",
    [
        Play("about us", barge_in=False),
        Menu(InputRules(("which",)), {"5": OFFER}),
        Gather("digits", InputRules(("type",)), 4, 8),
        Wait(timedelta(minutes=3)),
    ],
)
def test_an_agent_ends_the_detour(floor: Floor, verb: Verb) -> None:
    """Every prompt or question ends, and they talk; no timer of the detour acts later."""
    caller, agent = wait_in_line(floor, verb)
    caller.presses("1")
    first_leaves(floor)
    agent.goes_ready()
    agent.picks_up()
    assert (caller.exits, caller.is_spoken_to(), caller.music) == (["answered"], False, None)
    heard = list(caller.heard)
    floor.wait(600)
    assert caller.heard == heard
    agent.hangs_up()
    assert caller.heard == [*heard, "goodbye"]


def test_the_caller_is_not_disturbed_by_the_ringing(floor: Floor) -> None:
    """The detour ends only when an agent picks up; a phone that nobody answers changes nothing."""
    caller, agent = wait_in_line(floor, Play("about us", barge_in=False), Play("more"))
    first_leaves(floor)
    caller.presses("1")
    agent.goes_ready()
    agent.hangs_up(21)
    caller.hears_out()
    assert (caller.heard, caller.offers) == (["about us", "more"], [("100", "refused")])
    caller.hears_out()
    assert (caller.music, caller.exits) == ("default", [])


def test_the_join_fails_after_a_detour(floor: Floor) -> None:
    """The caller hears music again, in the old position; the detour is over."""
    caller, agent = wait_in_line(floor, Play("about us", barge_in=False))
    first_leaves(floor)
    caller.presses("1")
    agent.goes_ready()
    agent.answers()
    agent.hangs_up()
    assert (caller.music, caller.exits, caller.offers) == ("default", [], [("100", "refused")])


def test_keys_of_the_detour_are_forgotten_after_the_talk(floor: Floor) -> None:
    """Keys typed while waiting do not cut the prompt after the talk short."""
    caller, agent = wait_in_line(floor, Play("about us", barge_in=False))
    first_leaves(floor)
    caller.presses("1")
    caller.presses("55")
    agent.goes_ready()
    agent.picks_up()
    agent.hangs_up()
    assert caller.heard == ["about us", "goodbye"]


# --- ways out of the line -------------------------------------------------------------------


@WAYS
def test_another_queue(floor: Floor, where: Destination) -> None:
    """The caller leaves this line, once, and waits in the other."""
    floor_queue = Queue(SUPPORT, {}, max_wait=minutes(2))
    caller, _ = wait_in_line(floor, floor_queue, HangUp(), where=where)
    floor.agent("300", "support").is_busy()
    caller.presses("1")
    assert (caller.exits, caller.music) == (["key_exit"], "default")
    assert [e.queue for e in caller.told(InteractionQueued)] == ["sales", "support"]
    floor.wait(120)
    assert caller.exits == ["key_exit", "timeout"]
    assert caller.is_released()


@WAYS
def test_hanging_up(floor: Floor, where: Destination) -> None:
    """The flow ends the call: the caller left by a key, and in no other way."""
    caller, _ = wait_in_line(floor, HangUp(), where=where)
    caller.presses("1")
    assert (caller.exits, caller.is_released()) == (["key_exit"], True)
    floor.settle()
    assert (caller.end.reason, caller.end.ended_by) == ("contained", "system")


def test_a_key_that_hangs_up(floor: Floor) -> None:
    """Without any steps."""
    caller, _ = wait_in_line(floor, where=Destination(Way.HANG_UP))
    caller.presses("1")
    assert (caller.exits, caller.is_released()) == (["key_exit"], True)


def test_the_caller_hangs_up_meanwhile(floor: Floor) -> None:
    """The caller abandoned the queue, at any step of the flow."""
    caller, _ = wait_in_line(floor, Play("about us", barge_in=False))
    caller.presses("1")
    floor.wait(30)
    caller.hangs_up()
    assert (caller.exits, caller.end.reason) == (["abandoned"], "abandoned")


# --- time -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "verb", [Play("long", barge_in=False), Wait(minutes(30)), Menu(InputRules(("which",)), {})]
)
def test_the_wait_limit_passes_meanwhile(floor: Floor, verb: Verb) -> None:
    """The caller leaves the line, and the flow goes on as after any other wait."""
    caller, _ = wait_in_line(floor, verb)
    floor.wait(9 * 60 + 58)
    caller.presses("1")
    floor.wait(2)
    assert (caller.exits, caller.heard[-1]) == (["timeout"], "too late")
    assert caller.music is None


def test_an_announcement_falls_due_meanwhile(floor: Floor) -> None:
    """It waits until the caller is back in line, and comes at once."""
    caller, _ = wait_in_line(floor, Play("about us", barge_in=False))
    floor.wait(50)
    caller.presses("1")
    floor.wait(30)
    assert caller.heard == ["about us"]
    caller.hears_out()
    floor.wait(0.1)
    assert (caller.heard, caller.music) == (["about us", "news"], None)
    caller.hears_out()
    assert caller.music == "default"


# --- back and faults ------------------------------------------------------------------------


def test_back_where_there_is_nothing_to_go_back_to(floor: Floor) -> None:
    """The caller goes on waiting."""
    caller, _ = wait_in_line(floor, where=Destination(Way.BACK))
    caller.presses("1")
    assert (caller.music, caller.exits, caller.heard) == ("default", [], [])


def test_back_to_the_section_before(floor: Floor) -> None:
    """It is a detour like any other: the position is kept until the caller leaves the line."""
    waiting = Queue(SALES, {}, keys={"*": Destination(Way.BACK)})
    menu = Menu(InputRules(("main",)), {"1": to("wait"), "2": Destination(Way.RETURN)})
    floor.open(floor.write({"start": [menu], "wait": [waiting]}))
    floor.agent().is_busy()
    caller = floor.caller()
    caller.presses("1*")
    assert (caller.heard, caller.exits, caller.music) == (["main", "main"], [], None)
    caller.presses("2")
    assert (caller.exits, caller.music) == ([], "default")


@pytest.mark.parametrize("where", [Destination(Way.REPEAT), Destination(Way.CONTINUE)])
def test_a_key_that_leads_nowhere(floor: Floor, where: Destination) -> None:
    """The caller goes on waiting."""
    caller, _ = wait_in_line(floor, where=where)
    caller.presses("1")
    assert (caller.music, caller.exits) == ("default", [])


def test_pressing_the_key_very_often(floor: Floor) -> None:
    """More entries than the limit are a fault of the flow, but the caller keeps waiting."""
    caller, agent = wait_in_line(floor, Tag((("asked", parse('"yes"')),)))
    for _ in range(25):
        caller.presses("1")
    assert len(caller.told(FlowFailed)) == 5
    assert (caller.exits, caller.music) == ([], "default")
    first_leaves(floor)
    agent.goes_ready()
    agent.picks_up()
    assert caller.exits == ["answered"]


def test_a_detour_that_loops(floor: Floor) -> None:
    """The fault ends the detour, not the wait."""
    caller, _ = wait_in_line(floor, Goto(Destination(Way.REPEAT)))
    caller.presses("1")
    assert [e.reason for e in caller.told(FlowFailed)] == ["more than 500 steps"]
    assert (caller.exits, caller.music) == ([], "default")


def test_the_place_in_a_called_section(floor: Floor) -> None:
    """A queue in a called section: the position there is kept as well."""
    queue = Queue(SALES, {}, keys={"1": LIST}, max_wait=minutes(1))
    floor.open(
        floor.write(
            {
                "start": [Goto(Destination(Way.CALL, "wait")), Play("after the wait"), REST],
                "wait": [queue],
                "(list)": [Goto(to("more"))],
                "more": [Play("more", barge_in=False)],
            }
        )
    )
    floor.agent().is_busy()
    caller = floor.caller()
    caller.presses("1")
    caller.hears_out()
    assert (caller.music, caller.exits) == ("default", [])
    floor.wait(60)
    assert (caller.exits, caller.heard) == (["timeout"], ["more", "after the wait"])
