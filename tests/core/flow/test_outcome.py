"""The ways out of a step that its verb names are the ways that calls go: checker, drawing and run
read them in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.declaration import SqlLookUp
from contactcenter_ari.core.flow.language.destination import HANG_UP, ON, Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.agent import RingAgent
from contactcenter_ari.core.flow.verb.answer import Answer
from contactcenter_ari.core.flow.verb.callback import BookCallback
from contactcenter_ari.core.flow.verb.dial import DialOut
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.hangup import HangUp
from contactcenter_ari.core.flow.verb.if_ import If
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.language import Language
from contactcenter_ari.core.flow.verb.lookup import LookUpStep
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.recording import Record, RecordingAct
from contactcenter_ari.core.flow.verb.set import SetVariables
from contactcenter_ari.core.flow.verb.split import Split
from contactcenter_ari.core.flow.verb.switch import Switch
from contactcenter_ari.core.flow.verb.table import VERBS, Verb
from contactcenter_ari.core.flow.verb.tag import Tag
from contactcenter_ari.core.flow.verb.transfer import TransferOut
from contactcenter_ari.core.flow.verb.voicemail import Voicemail
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.vocabulary.command import LookUp, RecordLeg
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.signal import (
    LookUpFailed,
    LookUpFinished,
    RecordingClosed,
    RecordingFinished,
)
from tests.core.flow.walking import say, to

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Floor

SALES, NUMBER = QueueName("sales"), '"+31687654321"'
WENT_ON, HUNG_UP = "went on", "hung up"
REST = Wait(timedelta(hours=1))


def made(word: str, ways: dict[str, Destination]) -> Verb:
    """A step of each verb that has outcomes, with these ways."""
    once = InputRules(("ask",), tries=1, next=ways)
    steps: dict[str, Verb] = {
        "queue": Queue(SALES, ways, max_wait=timedelta(seconds=60)),
        "agent": RingAgent(parse('"100"'), ways),
        "callback": BookCallback(SALES, ways),
        "dial": DialOut(parse(NUMBER), ways),
        "transfer": TransferOut(parse(NUMBER)),
        "voicemail": Voicemail("sales", "ask", ways),
        "lookup": LookUpStep("who", {}, "who", ways),
        "menu": Menu(once, {"1": to("there")}),
        "gather": Gather("n", once, 1, 1, matches="[1-5]"),
    }
    return steps[word]


# The stories: for each outcome of each verb one in which it comes about


@dataclass(frozen=True)
class Story:
    """`before` the caller comes something is there, and `then` something happens."""

    then: Callable[[Floor, Caller], object]
    before: Callable[[Floor], object] = lambda floor: floor.settle()
    allowed: str = "+316"
    settings: Mapping[str, object] = field(default_factory=dict)


def agent_leaves(floor: Floor, _caller: Caller) -> None:
    """The agent talks to the caller for a while."""
    agent = floor.known("100")
    agent.picks_up()
    floor.wait(30)
    agent.hangs_up()


def callee_leaves(floor: Floor, _caller: Caller) -> None:
    """The callee talks to the caller for a while."""
    callee = floor.callee()
    callee.picks_up()
    floor.wait(30)
    callee.hangs_up()


def refuses(cause: int) -> Callable[[Floor, Caller], object]:
    """The outside line refuses the call, with a cause of ITU-T Q.850."""
    return lambda floor, _caller: floor.callee().hangs_up(cause)


def waits(seconds: float) -> Callable[[Floor, Caller], object]:
    """Nothing happens for so long."""
    return lambda floor, _caller: floor.wait(seconds)


def speaks(speech: float) -> Callable[[Floor, Caller], object]:
    """The caller leaves a message with so many seconds of speech."""

    def then(floor: Floor, caller: Caller) -> None:
        caller.hears_out()
        message = floor.done(RecordLeg)[-1].recording
        floor.switch.fake.recorder.running.pop(message)
        floor.take(RecordingClosed(message))
        floor.take(RecordingFinished(message, "message.wav", 20, speech=speech))

    return then


def types(key: str) -> Callable[[Floor, Caller], object]:
    """The caller types a key after the prompt, and no other."""

    def then(floor: Floor, caller: Caller) -> None:
        caller.hears_out()
        caller.presses(key)
        floor.wait(10)

    return then


def decided(_floor: Floor, _caller: Caller) -> None:
    """There is nothing to wait for."""


def busy(floor: Floor) -> None:
    """The one agent is in a call."""
    floor.agent().is_busy()


def two_wait(floor: Floor) -> None:
    """The one agent is in a call, and somebody waits."""
    busy(floor)
    floor.caller("+31611111111")


def staffed(floor: Floor) -> None:
    """The one agent is free."""
    floor.agent()


LINE = {
    "answered": Story(callee_leaves),
    "busy": Story(refuses(17)),
    "no_answer": Story(waits(31)),
    "declined": Story(refuses(21)),
    "failed": Story(decided, allowed="+44"),
}
INPUT = {"no_input": Story(types("")), "no_match": Story(types("9"))}
STORIES: Mapping[str, Mapping[str, Story]] = {
    "queue": {
        "answered": Story(agent_leaves, staffed),
        "timeout": Story(waits(61), busy),
        "no_agents": Story(decided),
        "full": Story(decided, two_wait, settings={"max_waiting": 1}),
        "closed": Story(lambda floor, _caller: floor.closes("sales"), busy),
        "diverted": Story(decided, two_wait, settings={"divert_ratio": 0.5}),
    },
    "agent": {
        "answered": Story(agent_leaves, staffed),
        "busy": Story(decided, busy),
        "no_answer": Story(waits(21), staffed),
        "not_available": Story(decided),
    },
    "callback": {
        "booked": Story(decided),
        "refused": Story(decided, allowed="+44"),
    },
    "dial": LINE,
    "transfer": LINE,
    "voicemail": {"saved": Story(speaks(10)), "empty": Story(speaks(0))},
    "lookup": {
        "found": Story(
            lambda floor, _caller: floor.take(LookUpFinished(floor.done(LookUp)[-1].look_up, {}))
        ),
        "not_found": Story(
            lambda floor, _caller: floor.take(LookUpFinished(floor.done(LookUp)[-1].look_up, None))
        ),
        "error": Story(
            lambda floor, _caller: floor.take(LookUpFailed(floor.done(LookUp)[-1].look_up, "late"))
        ),
    },
    "menu": INPUT,
    "gather": INPUT,
}
CASES = [(word, outcome) for word, stories in STORIES.items() for outcome in stories]


def call(floor: Floor, verb: Verb, story: Story) -> Caller:
    """A caller at a step, with a section for each outcome, and a step behind it."""
    names = {*verb.spec.outcome_names, "there"}
    ends: dict[str, list[Verb]] = {name: [say(name), REST] for name in names}
    flow = floor.write({**ends, "start": [verb, say(WENT_ON), REST]})
    look_ups = {"who": SqlLookUp(sql="SELECT 1", inputs={}, returns={})}
    flow = msgspec.structs.replace(flow, dial_allow=(story.allowed,), look_ups=look_ups)
    sales = QueueSettings(name=SALES)
    floor.open(flow, msgspec.structs.replace(sales, **story.settings))
    story.before(floor)
    return floor.caller()


def way(caller: Caller) -> str:
    """Where the call went: the section, to the next step, or to its end."""
    said = [words for words in caller.heard if words != "ask"]
    if not said:
        assert caller.is_released(), "the caller is neither told anything nor hung up"
    return said[0] if said else HUNG_UP


def named(destination: Destination) -> str:
    """The same of a destination."""
    names = {ON: WENT_ON, HANG_UP: HUNG_UP}
    return names.get(destination, destination.section)


# Verbs with outcomes


def test_each_outcome_has_its_story() -> None:
    """A new one is not forgotten here."""
    assert {word: set(stories) for word, stories in STORIES.items()} == {
        word: set(verb.specs[0].outcome_names)
        for word, verb in VERBS.items()
        if verb.specs[0].outcomes
    }


@pytest.mark.parametrize(("word", "outcome"), CASES)
@pytest.mark.parametrize("handled", ["all", "none", "others"])
def test_a_call_leaves_a_step_as_the_verb_says(
    floor: Floor, word: str, outcome: str, handled: str
) -> None:
    """Whether the flow has a way for each outcome, for none, or for all others."""
    names = made(word, {}).spec.outcome_names
    ways = {
        "all": {name: to(name) for name in names},
        "none": {},
        "others": {name: to(name) for name in names if name != outcome},
    }
    verb = made(word, ways[handled])
    (exit_,) = (each for each in verb.exits() if each.outcome == outcome)
    story = STORIES[word][outcome]
    caller = call(floor, verb, story)
    story.then(floor, caller)
    assert way(caller) == named(exit_.destination)


# Verbs without


PLAIN: Mapping[str, tuple[tuple[Verb, str], ...]] = {
    "answer": ((Answer(), WENT_ON),),
    "hangup": ((HangUp(), HUNG_UP),),
    "wait": ((Wait(timedelta(seconds=1)), WENT_ON),),
    "play": ((Play("ask", barge_in=False), WENT_ON),),
    "set": ((SetVariables((("n", parse("1")),)), WENT_ON),),
    "tag": ((Tag((("n", parse("1")),)), WENT_ON),),
    "language": ((Language(parse('"en"')), WENT_ON),),
    "if": (
        (If(parse("1 == 1"), to("there")), "there"),
        (If(parse("1 == 2"), to("there")), WENT_ON),
        (If(parse("1 == 2"), ON, to("there")), "there"),
    ),
    "switch": (
        (Switch(parse('"a"'), {"a": to("there")}), "there"),
        (Switch(parse('"b"'), {"a": to("there")}), WENT_ON),
    ),
    "split": ((Split(((to("there"), 100),)), "there"),),
    "goto": ((Goto(to("there")), "there"), (Goto(HANG_UP), HUNG_UP)),
    "call": ((Goto(Destination(Way.CALL, "there")), "there"),),
    "return": ((Goto(Destination(Way.RETURN)), HUNG_UP),),
    "recording": ((Record(RecordingAct.START), WENT_ON),),
}


def test_each_verb_is_here() -> None:
    """With outcomes or without."""
    assert PLAIN.keys() | STORIES.keys() == VERBS.keys()
    assert not PLAIN.keys() & STORIES.keys()


@pytest.mark.parametrize(
    ("verb", "expected"), [case for cases in PLAIN.values() for case in cases]
)
def test_a_call_leaves_a_plain_step_as_the_verb_says(
    floor: Floor, verb: Verb, expected: str
) -> None:
    """By one of its ways."""
    caller = call(floor, verb, Story(decided))
    if caller.heard == ["ask"]:
        caller.hears_out()
    floor.wait(1)
    assert way(caller) == expected
    ends = {Destination(Way.RETURN): HUNG_UP}
    named_ways = {ends.get(each.destination, named(each.destination)) for each in verb.exits()}
    assert expected in named_ways
