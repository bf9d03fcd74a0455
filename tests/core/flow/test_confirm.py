"""A gather that asks whether it understood the caller right."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.flow.language.declaration import Blank, Prompt, Text, Words
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.if_ import If
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.vocabulary.event import InputFailed, InputGathered

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Floor

REST = Wait(timedelta(hours=1))
RIGHT = "you typed 4711, is that right"


def asks(floor: Floor, *, tries: int = 3, sensitive: bool = False) -> Caller:
    """A caller who is asked for four digits, which are then read back."""
    rules = InputRules(
        ("number",),
        no_input=("silence",),
        no_match=("wrong",),
        tries=tries,
        failed=Destination(Way.SECTION, "failed"),
    )
    gather = Gather("number", rules, 4, 4, confirm="right", sensitive=sensitive)
    flow = floor.write(
        {
            "start": [gather, Play("thanks", barge_in=False), REST],
            "failed": [
                If(parse("number"), Destination(Way.SECTION, "kept")),
                Play("failed", barge_in=False),
                REST,
            ],
            "kept": [Play("kept")],
        }
    )
    number = Blank(parse("number"), "text")
    right = Prompt({"en": (Text((Words("you typed "), number, Words(", is that right"))),)})
    floor.open(msgspec.structs.replace(flow, prompts={**flow.prompts, "right": right}))
    return floor.caller()


def gathered(caller: Caller) -> list[str]:
    """The accepted answers."""
    return [event.value for event in caller.told(InputGathered)]


def test_one_accepts(floor: Floor) -> None:
    """Only then is the number the answer."""
    caller = asks(floor)
    caller.presses("4711")
    assert (caller.heard, gathered(caller)) == (["number", RIGHT], [])
    caller.presses("1")
    assert (caller.heard[2:], gathered(caller)) == (["thanks"], ["4711"])


def test_two_asks_again(floor: Floor) -> None:
    """It costs a try, and there is no prompt for a wasted one."""
    caller = asks(floor)
    caller.presses("47112")
    assert (caller.heard, gathered(caller)) == (["number", RIGHT, "number"], [])
    caller.presses("47111")
    assert gathered(caller) == ["4711"]
    assert len(caller.told(InputFailed)) == 1


def test_another_key_asks_again(floor: Floor) -> None:
    """No key but 1 is a yes."""
    caller = asks(floor)
    caller.presses("47119")
    assert (caller.heard[2:], gathered(caller)) == (["number"], [])


def test_silence_asks_again(floor: Floor) -> None:
    """Silence is no yes."""
    caller = asks(floor)
    caller.presses("4711")
    caller.hears_out()
    floor.wait(5)
    assert (caller.heard[2:], gathered(caller)) == (["number"], [])


def test_every_rejection_costs_a_try(floor: Floor) -> None:
    """After the last the flow goes to `failed`, and the variable is unset."""
    caller = asks(floor, tries=2)
    caller.presses("47112")
    caller.presses("47112")
    assert caller.heard == ["number", RIGHT, "number", RIGHT, "failed"]
    assert (gathered(caller), len(caller.told(InputFailed))) == ([], 2)


def test_rejections_and_wrong_digits_share_the_tries(floor: Floor) -> None:
    """A rejected number, then too few digits: that was two."""
    caller = asks(floor, tries=2)
    caller.presses("47112")
    caller.presses("4")
    floor.wait(3)
    assert caller.heard[-1] == "failed"


def test_all_typed_ahead(floor: Floor) -> None:
    """The caller types number and yes at once, before any prompt was played to the end."""
    caller = asks(floor)
    caller.presses("47111")
    assert gathered(caller) == ["4711"]


def test_typed_ahead_does_not_outlive_a_no(floor: Floor) -> None:
    """After a no the caller begins again."""
    caller = asks(floor)
    caller.presses("4711")
    caller.presses("2")
    assert caller.is_spoken_to()
    caller.hears_out()
    floor.wait(5)
    assert caller.heard == ["number", RIGHT, "number", "silence", "number"]


@pytest.mark.parametrize("accepted", [True, False])
def test_a_sensitive_number(floor: Floor, *, accepted: bool) -> None:
    """It is read back to the caller, but is nowhere in the record."""
    caller = asks(floor, sensitive=True)
    caller.presses("4711")
    caller.presses("1" if accepted else "2")
    assert caller.heard[:2] == ["number", RIGHT]
    assert gathered(caller) == ([""] if accepted else [])
    assert all("4711" not in str(event) for event in floor.events)


def test_the_caller_hangs_up_when_asked(floor: Floor) -> None:
    """The gather has no value."""
    caller = asks(floor)
    caller.presses("4711")
    caller.hangs_up()
    assert (gathered(caller), caller.end.reason) == ([], "left_flow")
