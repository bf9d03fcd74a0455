"""No input and a wrong input are two things: each has its own tries and ways."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.vocabulary.event import InputFailed
from tests.core.flow.walking import Sections, say, to

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Floor

FIRST, NEXT = 5, 3
"""Seconds for the first digit and for each further one."""
KINDS = ("no_input", "no_match")
RIGHT = "1"


def asks(
    kind: str,
    *,
    tries: int = 3,
    own: tuple[int, int] | None = None,
    ways: tuple[str, ...] = KINDS,
) -> Menu | Gather:
    """A menu or gather; the way after each kind of wasted try leads to the section of its name."""
    rules = InputRules(
        ("ask",),
        no_input=("silence",),
        no_match=("wrong",),
        tries=tries,
        own_tries=dict(zip(KINDS, own, strict=True)) if own else {},
        next={way: to(way) for way in ways},
        failed=to("failed"),
    )
    return (
        Menu(rules, {RIGHT: to("right")})
        if kind == "menu"
        else Gather("n", rules, 1, 1, "", RIGHT)
    )


def call(floor: Floor, asked: Menu | Gather) -> Caller:
    """A caller who is asked."""
    rest = Wait(timedelta(hours=1))
    sections: Sections = {name: [say(name), rest] for name in (*KINDS, "failed", "right")}
    floor.open(floor.write({**sections, "start": [asked, say("right"), rest]}))
    return floor.caller()


def wastes(floor: Floor, caller: Caller, kinds: str) -> None:
    """Waste tries: `s` by silence, `w` by a wrong key."""
    for kind in kinds:
        if kind == "w":
            caller.presses("9")
        else:
            caller.hears_out()
            floor.wait(FIRST)


CASES = {
    "both share the tries": ({"tries": 2}, "sw", "no_match"),
    "and the last one decides": ({"tries": 2}, "ws", "no_input"),
    "silence has one try": ({"own": (1, 3)}, "s", "no_input"),
    "after two wrong keys as well": ({"own": (1, 3)}, "wws", "no_input"),
    "wrong keys have three": ({"own": (1, 3)}, "www", "no_match"),
    "each is counted apart": ({"own": (3, 2)}, "swss", "no_input"),
    "whatever came between": ({"own": (3, 2)}, "swsw", "no_match"),
    "failed is for silence without a way": ({"own": (1, 3), "ways": ("no_match",)}, "s", "failed"),
    "and for wrong keys without one": ({"own": (3, 1), "ways": ("no_input",)}, "w", "failed"),
    "one way needs no tries of its own": ({"tries": 1, "ways": ("no_input",)}, "s", "no_input"),
}


@pytest.mark.parametrize("kind", ["menu", "gather"])
@pytest.mark.parametrize("case", CASES)
def test_wasted_tries(floor: Floor, kind: str, case: str) -> None:
    """After the last of its kind the caller goes the way of that kind, without a prompt."""
    given, wasted, section = CASES[case]
    caller = call(floor, asks(kind, **given))  # type: ignore[arg-type]
    wastes(floor, caller, wasted)
    assert caller.heard[-1] == section
    told = [event.outcome for event in caller.told(InputFailed)]
    assert told == [{"s": "no_input", "w": "no_match"}[each] for each in wasted]
    assert caller.heard.count("ask") == len(wasted)


@pytest.mark.parametrize("kind", ["menu", "gather"])
def test_the_right_key_after_wasted_tries(floor: Floor, kind: str) -> None:
    """It counts at the last try, too."""
    caller = call(floor, asks(kind, own=(2, 3)))
    wastes(floor, caller, "wsw")
    caller.presses(RIGHT)
    assert caller.heard[-1] == "right"


@pytest.mark.parametrize("ways", [(), ("no_input",), ("no_match",), KINDS])
def test_the_graph_tells_the_ways(ways: tuple[str, ...]) -> None:
    """A caller with a wrong input pressed a key; `failed` is the way of a kind that has none."""
    asked = asks("menu", ways=ways)
    found = {way.outcome: (way.destination.section, way.pressed) for way in asked.exits()}
    no_input, no_match = (kind if kind in ways else "failed" for kind in KINDS)
    assert found.pop(RIGHT)[1]
    assert found == {"no_input": (no_input, False), "no_match": (no_match, True)}
