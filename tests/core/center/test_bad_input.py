"""Any text from a caller, a phone or a switch is stored as it is and breaks nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.flow.language.declaration import Blank, Prompt, Text
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.if_ import If
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.set import SetVariables
from contactcenter_ari.core.flow.verb.tag import Tag
from contactcenter_ari.core.vocabulary.command import DialLeg, PlayPrompt
from contactcenter_ari.core.vocabulary.event import InteractionStarted, InteractionTagged
from contactcenter_ari.core.vocabulary.ids import (
    BridgeId,
    LegId,
    LookUpId,
    PhoneId,
    PlaybackId,
    QueueName,
    RecordingId,
)
from contactcenter_ari.core.vocabulary.prompt import SpokenText
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    DigitPressed,
    LegAnswered,
    LegHungUp,
    LegRinging,
    LegsBridged,
    LookUpFailed,
    LookUpFinished,
    PhoneReachable,
    PhoneUnreachable,
    PlaybackFinished,
    RecordingFinished,
    Signal,
    TimePassed,
)

if TYPE_CHECKING:
    from tests.core.conftest import Floor

NASTY = [
    "",
    "O'Brien",
    '"quoted" \\ and {braces} %s',
    "Robert'); DROP TABLE interaction;--",
    "<script>alert(1)</script>",
    "a\x00b\r\nc\x1b[31m",
    "Ж" * 500,
    "x" * 500,
    "\ufffd\u202e\U0001f4de",
]


@pytest.mark.parametrize("text", NASTY)
def test_names_and_numbers_go_through_unharmed(floor: Floor, text: str) -> None:
    """They reach events, tags, prompts and the agent's phone letter by letter."""
    flow = floor.write(
        {
            "start": [
                Play("hello", barge_in=False),
                SetVariables((("copy", parse("caller.name")),)),
                Tag((("name", parse("copy")),)),
                If(parse('copy == "nobody"'), Destination(Way.HANG_UP)),
                Queue(QueueName("sales"), {}),
            ]
        }
    )
    hello = Prompt({"en": (Text((Blank(parse("caller.name"), "text"),)),)})
    floor.open(msgspec.structs.replace(flow, prompts={"hello": hello}))
    agent = floor.agent()
    caller = floor.caller(text, text)
    caller.hears_out()
    agent.picks_up()
    caller.hangs_up()
    (started,) = caller.told(InteractionStarted)
    assert (started.caller_number, started.caller_name) == (text, text)
    assert (caller.end.caller_number, caller.end.caller_name) == (text, text)
    assert [e.value for e in caller.told(InteractionTagged)] == [text]
    assert caller.end.tags == {"name": text}
    assert floor.done(PlayPrompt)[0].parts == (SpokenText(text, "en"),)
    assert [(c.caller_number, c.caller_name) for c in floor.done(DialLeg)] == [(text, text)]


@pytest.mark.parametrize("text", NASTY)
def test_dialed_numbers(floor: Floor, text: str) -> None:
    """A dialed number that no flow answers is rejected and written down, with any text."""
    caller = floor.caller(to=text)
    caller.hangs_up()
    assert (caller.end.called_number, caller.end.reason) == (text, "rejected")


def test_the_same_leg_arrives_twice(floor: Floor) -> None:
    """It is one call."""
    caller = floor.caller()
    again = floor.take(CallArrived(caller.leg, "+31201234567", "", ""))
    assert (again.commands, again.events) == ((), ())


@pytest.mark.parametrize("name", ["nobody", "", "n1-b1-1", ".", "n1-b1-1.2", "\x00"])
def test_signals_about_nothing(floor: Floor, name: str) -> None:
    """A signal that names an unknown thing changes nothing, in the middle of a call, too."""
    floor.agent().pauses()
    floor.caller()
    signals: list[Signal] = [
        DigitPressed(LegId(name), "1"),
        PlaybackFinished(PlaybackId(name)),
        PlaybackFinished(PlaybackId(name), failed=True),
        LegRinging(LegId(name)),
        LegHungUp(LegId(name), 16),
        LegsBridged(BridgeId(name)),
        RecordingFinished(RecordingId(name), "", 0),
        LookUpFinished(LookUpId(name), {"x": "y"}),
        LookUpFailed(LookUpId(name), ""),
        PhoneReachable(PhoneId(name)),
        PhoneUnreachable(PhoneId(name)),
        TimePassed(),
    ]
    for signal in signals:
        outcome = floor.take(signal)
        assert (outcome.commands, outcome.events) == ((), ()), signal


def test_an_answer_of_a_leg_nobody_knows(floor: Floor) -> None:
    """It is hung up: it can only be ours, from before."""
    outcome = floor.take(LegAnswered(LegId("n1-b0-7")))
    assert [type(c).__name__ for c in outcome.commands] == ["HangUpLeg"]
