"""Screened calls outside: the callee hears the caller's name and presses 1, or is not joined."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.flow.language.declaration import Blank, Prompt, Text, Words
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.language.step import Step
from contactcenter_ari.core.flow.verb.dial import DialOut
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.set import SetVariables
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.site.site import CenterResumed
from contactcenter_ari.core.vocabulary.command import BridgeLegs, DissolveBridge, PlayPrompt
from contactcenter_ari.core.vocabulary.event import (
    InteractionEvent,
    MenuChosen,
    OutsideDialed,
    OutsideEnded,
)
from contactcenter_ari.core.vocabulary.signal import LegsBridged, SwitchReconciled

if TYPE_CHECKING:
    from tests.core.conftest import Callee, Caller, Floor

DOCTOR = "+31687654321"
OUTCOMES = ("answered", "busy", "no_answer", "declined", "failed")
REST = Wait(timedelta(hours=1))
SAID = "a patient from Haarlem, press 1"


def screened(floor: Floor) -> tuple[Caller, Callee]:
    """A caller, and a doctor who has just picked up."""
    leads = {outcome: Destination(Way.SECTION, outcome) for outcome in OUTCOMES}
    sections: dict[str, list[Verb | Step]] = {
        name: [Play(name, barge_in=False), REST] for name in OUTCOMES
    }
    town = SetVariables((("town", parse('"Haarlem"')),))
    sections["start"] = [town, DialOut(parse(f'"{DOCTOR}"'), leads, screen="screen")]
    flow = floor.write(sections)
    words = Text((Words("a patient from "), Blank(parse("town"), "text"), Words(", press 1")))
    floor.open(
        msgspec.structs.replace(
            flow,
            dial_allow=("+316",),
            prompts={**flow.prompts, "screen": Prompt({"en": (words,)})},
            global_keys={"9": Destination(Way.SECTION, "busy")},
        )
    )
    caller, callee = floor.caller(), floor.callee()
    callee.answers()
    return caller, callee


def outcome(caller: Caller) -> str:
    """The outcome of the one outside line."""
    assert len(caller.told(OutsideDialed)) == 1
    (ended,) = caller.told(OutsideEnded)
    return ended.outcome


def test_a_callee_who_is_lost_has_not_declined(floor: Floor) -> None:
    """The phone vanished while the question was asked."""
    caller, callee = screened(floor)
    callee.is_lost()
    assert outcome(caller) == "failed"


def test_what_is_heard(floor: Floor) -> None:
    """The callee hears the words with the caller's data; the caller goes on hearing music."""
    caller, callee = screened(floor)
    assert (callee.heard, caller.heard, caller.music) == ([SAID], [], "default")
    assert floor.done(BridgeLegs) == []


@pytest.mark.parametrize("heard_out", [True, False])
def test_accepted(floor: Floor, *, heard_out: bool) -> None:
    """With 1, at any time: they are joined and talk."""
    caller, callee = screened(floor)
    if heard_out:
        callee.hears_out()
    callee.presses("1")
    assert (caller.music, len(floor.done(BridgeLegs))) == (None, 1)
    callee.is_joined()
    assert outcome(caller) == "answered"
    floor.wait(60)
    callee.hangs_up()
    assert caller.heard == ["answered"]
    caller.hangs_up()
    assert caller.end.reason == "completed"


@pytest.mark.parametrize("key", ["2", "9", "#"])
def test_another_key(floor: Floor, key: str) -> None:
    """The called person hears the question again; then it is a no, and the callee is hung up."""
    caller, callee = screened(floor)
    callee.presses(key)
    assert callee.heard == [SAID, SAID]
    callee.presses(key)
    assert callee.is_released()
    assert (caller.heard, outcome(caller), caller.music) == (["declined"], "declined", None)


def test_second_thoughts(floor: Floor) -> None:
    """A wrong key and then 1 is a yes."""
    caller, callee = screened(floor)
    callee.presses("5")
    callee.presses("1")
    callee.is_joined()
    assert outcome(caller) == "answered"


def test_a_mailbox_answers(floor: Floor) -> None:
    """No key is pressed: after the second question it is a no."""
    caller, callee = screened(floor)
    for _ in range(2):
        callee.hears_out()
        floor.wait(5)
    assert (caller.heard, outcome(caller)) == (["declined"], "declined")
    assert callee.is_released()


def test_nothing_is_heard_of_the_prompt(floor: Floor) -> None:
    """A switch that never reports the end of a prompt does not hold the caller without end."""
    caller, _ = screened(floor)
    floor.wait(11 * 60, silent=True)
    assert outcome(caller) == "declined"
    floor.settle()


def test_the_prompt_cannot_be_played(floor: Floor) -> None:
    """The callee may accept anyway."""
    caller, callee = screened(floor)
    floor.fails(PlayPrompt, 500)
    callee.presses("1")
    callee.is_joined()
    assert outcome(caller) == "answered"


@pytest.mark.parametrize("accepted", [True, False])
def test_the_callee_hangs_up(floor: Floor, *, accepted: bool) -> None:
    """Asked, or accepted and not yet joined: declined."""
    caller, callee = screened(floor)
    if accepted:
        callee.presses("1")
    callee.hangs_up()
    assert (caller.heard, outcome(caller)) == (["declined"], "declined")
    assert caller.music is None
    assert len(floor.done(DissolveBridge)) == int(accepted)


@pytest.mark.parametrize("accepted", [True, False])
def test_the_caller_hangs_up(floor: Floor, *, accepted: bool) -> None:
    """The callee is hung up at once, and a key pressed after that changes nothing."""
    caller, callee = screened(floor)
    if accepted:
        callee.presses("1")
    caller.hangs_up()
    assert (callee.is_released(), outcome(caller)) == (True, "given_up")
    callee.presses("1")
    callee.hangs_up()
    assert floor.center.calls_in_progress() == 0
    assert floor.center.next_deadline() is None
    assert caller.end.reason == "left_flow"


def test_the_caller_presses_keys(floor: Floor) -> None:
    """The caller cannot accept for the callee."""
    caller, callee = screened(floor)
    caller.presses("1")
    assert (floor.done(BridgeLegs), callee.heard) == ([], [SAID])


def test_screening_tells_nothing_of_its_own(floor: Floor) -> None:
    """The callee is no caller: no menu, no section, no interaction for the callee."""
    caller, callee = screened(floor)
    told = len(floor.events)
    callee.presses("1")
    assert len(floor.events) == told
    assert caller.told(MenuChosen) == []
    events = [e for e in floor.events if isinstance(e, InteractionEvent)]
    assert {e.interaction for e in events} == {caller.interaction}


def test_answered_twice(floor: Floor) -> None:
    """The callee is asked once, and no second call is left behind."""
    _, callee = screened(floor)
    callee.answers()
    assert callee.heard == [SAID]
    assert floor.center.calls_in_progress() == 2


def test_the_bridge_fails(floor: Floor) -> None:
    """The callee accepted, but joining failed; the flow goes on."""
    caller, callee = screened(floor)
    callee.presses("1")
    floor.fails(BridgeLegs, 500)
    assert (caller.heard, outcome(caller)) == (["failed"], "failed")
    assert callee.is_released()


def test_the_join_is_never_confirmed(floor: Floor) -> None:
    """After its time the line is hung up; a late confirmation changes nothing."""
    caller, callee = screened(floor)
    callee.presses("1")
    bridge = floor.done(BridgeLegs)[-1].bridge
    floor.wait(20, silent=True)
    floor.take(LegsBridged(bridge))
    assert (caller.heard, outcome(caller), callee.is_released()) == (["failed"], "failed", True)


@pytest.mark.parametrize("gone", ["caller", "callee", "both", "nobody"])
def test_the_inventory(floor: Floor, gone: str) -> None:
    """A party that is missing is gone; a callee who is there is still being asked."""
    caller, callee = screened(floor)
    floor.wait(10)
    missing: dict[str, list[Caller | Callee]] = {
        "caller": [caller],
        "callee": [callee],
        "both": [caller, callee],
        "nobody": [],
    }
    for who in missing[gone]:
        floor.switch.gone(who.leg)
    floor.take(SwitchReconciled(floor.now, tuple(floor.switch.legs), ()))
    if gone == "nobody":
        callee.presses("1")
        callee.is_joined()
        assert outcome(caller) == "answered"
    elif gone == "callee":
        assert (caller.heard, outcome(caller)) == (["declined"], "declined")
    else:
        assert (caller.end.reason, outcome(caller)) == ("system_error", "given_up")


def test_the_program_was_away_during_the_question(floor: Floor) -> None:
    """The called person hears the question again."""
    caller, callee = screened(floor)
    floor.take(CenterResumed())
    assert callee.heard == [SAID, SAID]
    callee.presses("1")
    callee.is_joined()
    assert outcome(caller) == "answered"
