"""The way to each destination, and the events of the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.if_ import If
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.vocabulary.event import MenuChosen, PromptPlayed
from tests.core.flow.walking import (
    BACK,
    HANG_UP,
    REPEAT,
    path,
    say,
    to,
    walk,
)

if TYPE_CHECKING:
    from tests.core.conftest import Floor


def test_goto_and_back(floor: Floor) -> None:
    """Back leads to the section before, and from there to the one before that."""
    caller = walk(
        floor,
        {
            "start": [Menu(InputRules(("main",)), {"1": to("sub")})],
            "sub": [Menu(InputRules(("sub",)), {"1": to("deep"), "9": BACK})],
            "deep": [Menu(InputRules(("deep",)), {"9": BACK})],
        },
    )
    for key in "1199":
        caller.presses(key)
    assert path(caller) == ["start", "sub", "deep", "sub", "start"]


def test_repeat(floor: Floor) -> None:
    """The step is run again, the steps before it are not."""
    caller = walk(
        floor, {"start": [say("hello"), Menu(InputRules(("main",)), {"9": REPEAT, "1": HANG_UP})]}
    )
    caller.presses("9")
    caller.presses("1")
    assert caller.heard == ["hello", "main", "main"]
    assert caller.is_released()


def test_inline_lists(floor: Floor) -> None:
    """Their steps are run, also nested, and then those after the step that holds them."""
    caller = walk(
        floor,
        {
            "start": [If(parse("1 == 1"), to("(a)")), say("four")],
            "(a)": [say("one"), If(parse("1 == 1"), to("(b)")), say("three")],
            "(b)": [say("two")],
        },
    )
    assert caller.heard == ["one", "two", "three", "four"]
    assert path(caller) == ["start"]


def test_a_section_from_within_an_inline_list(floor: Floor) -> None:
    """It leaves the list for good; back leads to the section that holds the list."""
    caller = walk(
        floor,
        {
            "start": [say("hello"), If(parse("1 == 1"), to("(a)")), say("never")],
            "(a)": [Goto(to("next")), say("never")],
            "next": [Menu(InputRules(("menu",)), {"1": BACK})],
        },
    )
    caller.presses("1")
    assert (path(caller), caller.heard) == (["start", "next", "start"], ["hello", "menu", "hello"])


@pytest.mark.parametrize("way", [Way.CONTINUE, Way.HANG_UP])
def test_goto_other_ways(floor: Floor, way: Way) -> None:
    """Continue and hangup may be written as destinations as well."""
    caller = walk(floor, {"start": [Goto(Destination(way)), say("on")]})
    assert caller.heard == (["on"] if way is Way.CONTINUE else [])


def test_the_way_through_a_flow_is_told(floor: Floor) -> None:
    """Sections, prompts by name, and choices by the name of the menu's first prompt."""
    caller = walk(
        floor,
        {
            "start": [say("welcome"), Menu(InputRules(("main", "again")), {"1": to("bye")})],
            "bye": [say("bye")],
        },
    )
    caller.presses("1")
    assert path(caller) == ["start", "bye"]
    assert [e.prompt for e in caller.told(PromptPlayed)] == ["welcome", "main", "bye"]
    assert [(e.menu, e.key) for e in caller.told(MenuChosen)] == [("main", "1")]
