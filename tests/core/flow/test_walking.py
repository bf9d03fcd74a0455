"""The verbs of a flow: the action of each for a caller who comes to it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.flow.language.declaration import Blank, Prompt, Text, Words
from contactcenter_ari.core.flow.language.expression import Expression
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.language.step import Step
from contactcenter_ari.core.flow.verb.answer import Answer
from contactcenter_ari.core.flow.verb.hangup import HangUp
from contactcenter_ari.core.flow.verb.if_ import If
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.language import Language
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.set import SetVariables
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.flow.verb.tag import Tag
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.hours.calendar import Calendar, TimeRange
from contactcenter_ari.core.spoken.value import Kind, ValueType
from contactcenter_ari.core.vocabulary.command import AnswerLeg, HangUpLeg, PlayPrompt
from contactcenter_ari.core.vocabulary.event import (
    CallerStatusSet,
    InteractionStarted,
    InteractionTagged,
)
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.prompt import SoundFile, SpokenText
from tests.core.flow.walking import (
    listen,
    say,
    to,
    walk,
)

if TYPE_CHECKING:
    from tests.core.conftest import Floor


def test_answer(floor: Floor) -> None:
    """The call is picked up once, however often the flow says so."""
    walk(floor, {"start": [Answer(), Answer(), say("hello"), Answer()]})
    assert len(floor.done(AnswerLeg)) == 1


@pytest.mark.parametrize(
    "verb", [say("hi"), Menu(InputRules(("hi",)), {}), Queue(QueueName("sales"), {})]
)
def test_what_needs_an_answer_answers(floor: Floor, verb: Verb) -> None:
    """A step that plays or takes keys picks up by itself, before its action."""
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
    """With the verb or without: the call is hung up, the steps after it are not run."""
    caller = walk(floor, {"start": [say("one"), HangUp(), say("two")]})
    assert (caller.heard, caller.is_released()) == (["one"], True)
    caller = walk(floor, {"start": [say("one")], "other": [say("two")]})
    assert (caller.heard, caller.is_released()) == (["one"], True)


def test_a_caller_who_hangs_up_in_the_menus(floor: Floor) -> None:
    """The caller left the flow; there are no commands for a leg that is gone."""
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
    """Variables get their values in order and decide the way."""
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
    """Tags are reported when noted, and all together at the end."""
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
    """It is reported, can be used in expressions, and is part of the end."""
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
    """Prompts follow the language; one the flow does not have changes nothing, and a prompt that
    lacks it is played in the first one.
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
