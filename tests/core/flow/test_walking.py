"""The verbs and destinations of a flow, and the limits that keep a caller from being lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.center.site import CenterStarted
from contactcenter_ari.core.flow.expression import Expression
from contactcenter_ari.core.flow.flow import Blank, Prompt, Text, Words
from contactcenter_ari.core.flow.parsing import parse
from contactcenter_ari.core.flow.step import (
    Answer,
    Destination,
    Goto,
    HangUp,
    If,
    InputRules,
    Language,
    Menu,
    Play,
    Queue,
    SetVariables,
    Step,
    Tag,
    Verb,
    Wait,
    Way,
)
from contactcenter_ari.core.flow.value import Kind, ValueType
from contactcenter_ari.core.hours.calendar import Calendar, TimeRange
from contactcenter_ari.core.vocabulary.command import AnswerLeg, HangUpLeg, PlayPrompt
from contactcenter_ari.core.vocabulary.event import (
    CallerStatusSet,
    FlowFailed,
    InteractionStarted,
    InteractionTagged,
    MenuChosen,
    PromptPlayed,
    SectionEntered,
)
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.prompt import SoundFile, SpokenText
from contactcenter_ari.core.vocabulary.signal import PlaybackFinished

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Floor

ON, BACK, REPEAT, HANG_UP = (
    Destination(way) for way in (Way.CONTINUE, Way.BACK, Way.REPEAT, Way.HANG_UP)
)
Sections = dict[str, list[Verb | Step]]


def to(section: str) -> Destination:
    """Go to a section, or into an inline list if the name is in parentheses."""
    return Destination(Way.INLINE if section.startswith("(") else Way.SECTION, section)


def say(words: str) -> Play:
    """A prompt that is heard out."""
    return Play(words, barge_in=False)


def walk(floor: Floor, sections: Sections) -> Caller:
    """A caller who hears out every prompt."""
    floor.open(floor.write(sections))
    caller = floor.caller()
    listen(floor, caller)
    return caller


def listen(floor: Floor, caller: Caller) -> None:
    """Hear out every prompt, as long as there is one, however many."""
    for _ in range(1000):
        if not caller.is_spoken_to():
            return
        caller.hears_out()
    raise AssertionError(f"there is no end of prompts: {floor.switch.heard[-3:]}")


def path(caller: Caller) -> list[str]:
    """The sections the caller went through."""
    return [event.section for event in caller.told(SectionEntered)]


# --- verbs ----------------------------------------------------------------------------------


def test_answer(floor: Floor) -> None:
    """The call is picked up once, however often the flow says so."""
    walk(floor, {"start": [Answer(), Answer(), say("hello"), Answer()]})
    assert len(floor.done(AnswerLeg)) == 1


@pytest.mark.parametrize(
    "verb", [say("hi"), Menu(InputRules(("hi",)), {}), Queue(QueueName("sales"), {})]
)
def test_what_needs_an_answer_answers(floor: Floor, verb: Verb) -> None:
    """A step that speaks or listens picks up by itself, before anything else."""
    floor.agent().pauses()
    walk(floor, {"start": [verb]})
    assert isinstance(floor.commands[0], AnswerLeg)


def test_nothing_answers_without_need(floor: Floor) -> None:
    """A flow may hang up on a call it never picked up."""
    caller = walk(floor, {"start": [HangUp()]})
    assert [type(c) for c in floor.commands] == [HangUpLeg]
    floor.settle()
    assert (caller.end.reason, caller.end.ended_by) == ("contained", "system")


def test_hangup_and_the_end_of_a_flow(floor: Floor) -> None:
    """Whether said or come to: the call is hung up, what follows is not run."""
    caller = walk(floor, {"start": [say("one"), HangUp(), say("two")]})
    assert (caller.heard, caller.is_released()) == (["one"], True)
    caller = walk(floor, {"start": [say("one")], "other": [say("two")]})
    assert (caller.heard, caller.is_released()) == (["one"], True)


def test_a_caller_who_hangs_up_in_the_menus(floor: Floor) -> None:
    """He left the flow; nothing is commanded for a leg that is gone."""
    floor.open(floor.write({"start": [Play("hello"), say("more")]}))
    caller = floor.caller()
    floor.wait(3)
    outcome = caller.hangs_up()
    assert outcome.commands == ()
    assert (caller.end.reason, caller.end.ended_by) == ("left_flow", "caller")


def test_wait(floor: Floor) -> None:
    """Time passes in silence."""
    caller = walk(floor, {"start": [Wait(timedelta(seconds=2)), say("hello")]})
    floor.wait(1.9)
    assert caller.heard == []
    floor.wait(0.1)
    assert caller.heard == ["hello"]


def test_set_and_if(floor: Floor) -> None:
    """Variables are assigned in order and decide the way."""
    flow = floor.write(
        {
            "start": [
                SetVariables((("count", parse("2")), ("count", parse("count + 1")))),
                If(parse("count == 3"), to("three"), to("other")),
            ],
            "three": [say("three")],
            "other": [say("other")],
        }
    )
    floor.open(msgspec.structs.replace(flow, variables={"count": ValueType(Kind.INTEGER)}))
    assert floor.caller().heard == ["three"]


def test_if_goes_on_without_an_else(floor: Floor) -> None:
    """By default the next step follows."""
    caller = walk(floor, {"start": [If(parse("1 == 2"), to("no")), say("on")], "no": [say("no")]})
    assert caller.heard == ["on"]


def test_when(floor: Floor) -> None:
    """A step whose condition does not hold is passed over; an unset value is false."""
    caller = walk(
        floor,
        {
            "start": [
                Step(say("never"), line=1, when=parse("nothing")),
                Step(say("mobile"), line=2, when=parse('caller.number == "+31612345678"')),
                Step(HangUp(), line=3, when=parse('language == "nl"')),
                say("last"),
            ]
        },
    )
    assert caller.heard == ["mobile", "last"]


def test_tags(floor: Floor) -> None:
    """Notes are told when made, and all together at the end."""
    caller = walk(
        floor,
        {
            "start": [
                Tag((("topic", parse('"claims"')), ("from", parse("caller.number")))),
                Tag((("topic", parse('"billing"')),)),
            ]
        },
    )
    floor.settle()
    assert [(e.key, e.value) for e in caller.told(InteractionTagged)] == [
        ("topic", "claims"),
        ("from", "+31612345678"),
        ("topic", "billing"),
    ]
    assert caller.end.tags == {"topic": "billing", "from": "+31612345678"}


def test_the_status_of_a_caller(floor: Floor) -> None:
    """It is told, can be asked for, and stands in the end."""
    status: tuple[tuple[str, Expression], ...] = (("caller.status", parse('"gold"')),)
    caller = walk(
        floor,
        {
            "start": [SetVariables(status), If(parse('caller.status == "gold"'), to("gold"))],
            "gold": [say("gold")],
        },
    )
    floor.settle()
    assert [e.status for e in caller.told(CallerStatusSet)] == ["gold"]
    assert (caller.heard, caller.end.caller_status) == (["gold"], "gold")


def test_languages(floor: Floor) -> None:
    """Prompts follow the language; one the flow does not have changes nothing, and a prompt
    that lacks it is said in the first.
    """
    flow = floor.write(
        {
            "start": [
                say("hello"),
                Language(parse('"nl"')),
                say("hello"),
                say("only English"),
                Language(parse('"fr"')),
                say("hello"),
            ]
        }
    )
    hello = Prompt({"en": (Text((Words("hello"),)),), "nl": (SoundFile("nl/hallo"),)})
    flow = msgspec.structs.replace(
        flow, languages=("en", "nl"), prompts={**flow.prompts, "hello": hello}
    )
    floor.open(flow)
    caller = floor.caller()
    listen(floor, caller)
    assert caller.heard == ["hello", "nl/hallo", "only English", "nl/hallo"]
    floor.settle()
    assert (caller.told(InteractionStarted)[0].language, caller.end.language) == ("en", "nl")


def test_blanks_in_a_prompt(floor: Floor) -> None:
    """Values are worded in the language of the prompt."""
    flow = floor.write({"start": [say("number")]})
    blank = Blank(parse("caller.number"), "digits")
    prompt = Prompt({"en": (SoundFile("ding"), Text((Words("You are "), blank, Words("."))))})
    floor.open(msgspec.structs.replace(flow, prompts={"number": prompt}))
    floor.caller("+12")
    assert floor.done(PlayPrompt)[0].parts == (
        SoundFile("ding"),
        SpokenText("You are plus 1 2.", "en"),
    )


def test_opening_hours(floor: Floor) -> None:
    """A flow asks whether it is open at the instant of the step."""
    weekday = (TimeRange(9 * 60, 17 * 60),)
    office = Calendar("Europe/Amsterdam", (weekday,) * 5 + ((), ()))
    flow = floor.write(
        {
            "start": [
                If(parse("hours.office.open"), to("open"), to("closed")),
            ],
            "open": [say("open")],
            "closed": [say("closed")],
        }
    )
    floor.open(msgspec.structs.replace(flow, hours={"office": office}))
    assert floor.caller().heard == ["open"]
    floor.wait(8 * 3600)
    assert floor.caller().heard == ["closed"]


# --- destinations ---------------------------------------------------------------------------


def test_goto_and_back(floor: Floor) -> None:
    """Back leads to the section we came from, and from there to the one before."""
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
    """Their steps are run, also nested, and then what follows the step that holds them."""
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


# --- faults ---------------------------------------------------------------------------------


def test_a_prompt_that_cannot_be_played(floor: Floor) -> None:
    """It is told and the flow goes on: a missing file costs nobody his call."""
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
    """Nothing is said, and the flow goes on."""
    flow = floor.write({"start": [say("missing"), say("next")]})
    floor.open(msgspec.structs.replace(flow, prompts={"next": flow.prompts["next"]}))
    assert floor.caller().heard == ["next"]


def in_circles(*, pause: bool) -> Sections:
    """A flow that never ends by itself, and a queue it should have led to."""
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
    """A loop is a fault of ours: an apology, then the first queue of the flow."""
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
    """Who goes in circles by hand is sent to a person, too: the apology is said once."""
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
    """Without a queue the caller hears the apology and is hung up: an error of ours."""
    caller = walk(floor, {"start": [Goto(to("start"))]})
    assert caller.heard == ["apology"]
    floor.settle()
    assert (caller.end.reason, caller.end.ended_by) == ("system_error", "system")


def test_a_fault_where_the_flow_says(floor: Floor) -> None:
    """`on_error` leads wherever the engineer wants."""
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
    """Who was helped in the end completed his call, also when the flow went on after it."""
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


# --- numbers --------------------------------------------------------------------------------


def test_a_number_that_nobody_answers(floor: Floor) -> None:
    """The caller is told so; the call stands in the record as rejected."""
    caller = floor.caller(to="+31209999999")
    assert caller.heard == ["no_flow"]
    caller.hears_out()
    floor.settle()
    assert (caller.end.reason, caller.end.flow) == ("rejected", "")


@pytest.mark.parametrize("dialed", ["+31201234567", "31201234567", "0031201234567"])
def test_a_number_however_it_is_written(floor: Floor, dialed: str) -> None:
    """Trunks write the same number in several ways."""
    assert floor.caller(to=dialed).told(InteractionStarted)[0].flow == "shop"


def test_a_site_without_system_prompts(floor: Floor) -> None:
    """Nothing to say is no reason to fail: the call is rejected in silence."""
    floor.site = msgspec.structs.replace(floor.site, prompts={})
    floor.center = Center(CenterStarted("n1", "b1"), floor.site)
    caller = floor.caller(to="+31209999999")
    floor.settle()
    assert (caller.heard, caller.end.reason) == ([], "rejected")
