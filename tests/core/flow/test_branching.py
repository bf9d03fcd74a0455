"""Ways through a flow that fork and come back: switch, split, call and return."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.language.step import Step
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.set import SetVariables
from contactcenter_ari.core.flow.verb.split import Split, pick
from contactcenter_ari.core.flow.verb.switch import Switch
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.vocabulary.event import FlowFailed, SectionEntered
from contactcenter_ari.core.vocabulary.ids import CallId
from tests.core.flow.walking import say, to

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Floor

REST = Wait(timedelta(hours=1))
CALL_SUB = Goto(Destination(Way.CALL, "sub"))
RETURN = Goto(Destination(Way.RETURN))


def call(floor: Floor, **sections: list[Verb | Step]) -> Caller:
    """A caller in a flow of these sections, who hears out every prompt."""
    floor.open(
        floor.write({name.replace("inline", "(inline)"): s for name, s in sections.items()})
    )
    caller = floor.caller()
    while caller.is_spoken_to():
        caller.hears_out()
    return caller


# --- switch ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "expected"), [("gold", "gold"), ("silver", "silver"), ("tin", "other")]
)
def test_a_switch(floor: Floor, status: str, expected: str) -> None:
    """The case of the value, else the default."""
    caller = call(
        floor,
        start=[
            SetVariables((("caller.status", parse(f'"{status}"')),)),
            Switch(
                parse("caller.status"),
                {"gold": to("gold"), "silver": to("silver")},
                default=to("other"),
            ),
        ],
        gold=[say("gold")],
        silver=[say("silver")],
        other=[say("other")],
    )
    assert caller.heard == [expected]


def test_a_switch_without_a_default_goes_on(floor: Floor) -> None:
    """No case fits: the next step."""
    caller = call(
        floor,
        start=[Switch(parse("language"), {"nl": to("dutch")}), say("went on")],
        dutch=[say("dutch")],
    )
    assert caller.heard == ["went on"]


def test_a_switch_by_what_is_unset_goes_to_the_default(floor: Floor) -> None:
    """An unset variable fits no case."""
    switch = Switch(parse("nothing"), {"x": to("x")}, default=to("unset"))
    caller = call(floor, start=[switch], x=[say("x")], unset=[say("unset")])
    assert caller.heard == ["unset"]


def test_a_case_may_be_a_list_of_steps(floor: Floor) -> None:
    """It is run, and the flow goes on after the switch."""
    inline = Destination(Way.INLINE, "(inline)")
    caller = call(
        floor,
        start=[Switch(parse("language"), {"en": inline}), say("after")],
        inline=[say("inside")],
    )
    assert caller.heard == ["inside", "after"]


# --- split ----------------------------------------------------------------------------------

SHARES = ((to("a"), 30), (to("b"), 70))


def test_a_split_keeps_its_shares() -> None:
    """About 30 and 70 in a hundred of ten thousand calls take the two ways."""
    ways = Counter(pick(SHARES, CallId(f"n1-6741e2c0-{n}")).section for n in range(10_000))
    assert ways["a"] == pytest.approx(3_000, abs=250)
    assert ways["a"] + ways["b"] == 10_000


def test_a_split_sends_a_call_the_same_way_again(floor: Floor) -> None:
    """The same call goes the same way however often it comes by, and in a replay, too."""
    for earlier_calls in range(4):
        floor.open(
            floor.write(
                {
                    "start": [Split(SHARES)],
                    "a": [say("a"), Goto(to("start"))],
                    "b": [say("b"), Goto(to("start"))],
                }
            )
        )
        for _ in range(earlier_calls):
            floor.caller().hangs_up()
        caller = floor.caller()
        for _ in range(5):
            caller.hears_out()
        expected = pick(SHARES, CallId(caller.interaction)).section
        assert set(caller.heard) == {expected}
        caller.hangs_up()


def test_a_share_of_everything_or_nothing() -> None:
    """0 percent is no call, 100 is every call."""
    ways = {pick(((to("a"), 0), (to("b"), 100)), CallId(f"c{n}")).section for n in range(500)}
    assert ways == {"b"}


# --- call and return ------------------------------------------------------------------------


def test_a_called_section_comes_back(floor: Floor) -> None:
    """At its end, without a `return`."""
    caller = call(floor, start=[CALL_SUB, say("after")], sub=[say("inside")])
    assert caller.heard == ["inside", "after"]


def test_return_in_the_middle(floor: Floor) -> None:
    """The steps after `return` are not run."""
    caller = call(floor, start=[CALL_SUB, say("after")], sub=[say("in"), RETURN, say("never")])
    assert caller.heard == ["in", "after"]


def test_return_out_of_an_inline_list(floor: Floor) -> None:
    """It leaves the called section, not just the list."""
    to_list = Goto(Destination(Way.INLINE, "(inline)"))
    caller = call(
        floor,
        start=[CALL_SUB, say("after")],
        sub=[to_list, say("never")],
        inline=[say("in"), RETURN],
    )
    assert caller.heard == ["in", "after"]


def test_calls_within_calls(floor: Floor) -> None:
    """Each comes back to where it was called."""
    caller = call(
        floor,
        start=[CALL_SUB, say("start")],
        sub=[Goto(Destination(Way.CALL, "deeper")), say("sub")],
        deeper=[say("deeper"), RETURN],
    )
    assert caller.heard == ["deeper", "sub", "start"]


def test_goto_inside_a_called_section(floor: Floor) -> None:
    """The calling section is remembered."""
    caller = call(
        floor,
        start=[CALL_SUB, say("after")],
        sub=[Goto(to("elsewhere")), say("never")],
        elsewhere=[say("elsewhere")],
    )
    assert caller.heard == ["elsewhere", "after"]


def test_back_inside_a_called_section(floor: Floor) -> None:
    """It goes to the section before, and the calling section is still remembered."""
    menu = Menu(InputRules(("choose",)), {"1": to("elsewhere"), "2": Destination(Way.RETURN)})
    floor.open(
        floor.write(
            {
                "start": [CALL_SUB, say("after")],
                "sub": [menu],
                "elsewhere": [say("elsewhere"), Goto(Destination(Way.BACK))],
            }
        )
    )
    caller = floor.caller()
    caller.presses("1")
    caller.hears_out()
    caller.presses("2")
    assert caller.heard == ["choose", "elsewhere", "choose", "after"]


def test_a_choice_may_call(floor: Floor) -> None:
    """After the called section the flow goes on after the menu."""
    menu = Menu(InputRules(("choose",)), {"1": Destination(Way.CALL, "sub")})
    floor.open(floor.write({"start": [menu, say("after")], "sub": [say("inside")]}))
    caller = floor.caller()
    caller.presses("1")
    caller.hears_out()
    assert caller.heard == ["choose", "inside", "after"]


def test_return_where_nobody_called(floor: Floor) -> None:
    """There is no section to go back to: the call ends."""
    caller = call(floor, start=[say("hello"), RETURN, say("never")])
    assert (caller.heard, caller.is_released()) == (["hello"], True)
    floor.settle()
    assert caller.end.reason == "contained"


def test_sections_that_call_each_other_for_ever(floor: Floor) -> None:
    """A loop of calls is a fault like any other, and the caller hears the apology."""
    caller = call(floor, start=[CALL_SUB], sub=[Goto(Destination(Way.CALL, "start"))])
    (fault,) = caller.told(FlowFailed)
    assert fault.reason.endswith("more than 20 times")
    assert caller.heard == ["apology"]


def test_a_called_section_is_told(floor: Floor) -> None:
    """Reports show that the caller was there."""
    caller = call(floor, start=[CALL_SUB, REST], sub=[say("inside")])
    assert [e.section for e in caller.told(SectionEntered)] == ["start", "sub"]
