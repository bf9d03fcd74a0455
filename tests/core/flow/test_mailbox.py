"""A voicemail step: its greeting, its keys, and the recordings that count as a message."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.dial import DialOut
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.flow.verb.tag import Tag
from contactcenter_ari.core.flow.verb.voicemail import Voicemail
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.vocabulary.command import (
    FinishRecording,
    RecordLeg,
    StopMessage,
    StopPlayback,
)
from contactcenter_ari.core.vocabulary.event import (
    InteractionEnded,
    MenuChosen,
    RecordingEnded,
)
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.signal import (
    CommandFailed,
    LegHungUp,
    RecordingClosed,
    RecordingFinished,
)
from tests.core.flow.walking import say, to

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Floor

REST = Wait(timedelta(hours=1))
BOX = Voicemail(
    "sales",
    "leave",
    {"saved": to("saved"), "empty": to("empty")},
    max_length=timedelta(seconds=60),
    max_silence=timedelta(seconds=5),
    keys={"0": to("person")},
)
MENU = Menu(InputRules(("more",), tries=1, failed=to("failed")), {"1": to("one"), "0": to("zero")})


def call(floor: Floor, *steps: Verb, box: Voicemail = BOX, on_hangup: bool = False) -> Caller:
    """A caller of these steps and then the box; a menu follows every outcome."""
    ends: dict[str, list[Verb]] = {name: [say(name), REST] for name in ("one", "zero", "failed")}
    flow = floor.write(
        {
            **ends,
            "start": [*steps, box, REST],
            "saved": [MENU, REST],
            "empty": [say("empty"), REST],
            "person": [say("person"), REST],
            "bye": [Tag((("bye", parse('"yes"')),))],
        }
    )
    floor.open(msgspec.structs.replace(flow, on_hangup="bye") if on_hangup else flow)
    return floor.caller()


def is_left(floor: Floor, *, speech: float | None, seconds: float = 20) -> None:
    """The switch closes the message and measures it."""
    message = floor.done(RecordLeg)[-1].recording
    floor.switch.fake.recorder.running.pop(message, None)
    floor.take(RecordingClosed(message))
    is_measured(floor, speech=speech, seconds=seconds)


def is_measured(floor: Floor, *, speech: float | None, seconds: float = 20) -> None:
    """The switch reports the amount of speech in the message."""
    message = floor.done(RecordLeg)[-1].recording
    floor.take(RecordingFinished(message, "message.wav", seconds, speech=speech))


def chosen(caller: Caller) -> list[tuple[str, str]]:
    """The keys that led somewhere."""
    return [(event.menu, event.key) for event in caller.told(MenuChosen)]


# --- keys -----------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["1", "#", "5"])
def test_a_key_in_the_greeting_skips_to_the_tone(floor: Floor, key: str) -> None:
    """It is no choice of a later menu."""
    caller = call(floor)
    caller.presses(key)
    assert (len(floor.done(StopPlayback)), len(floor.done(RecordLeg))) == (1, 1)
    floor.settle()  # the prompt that was cut short is reported as finished
    is_left(floor, speech=12)
    assert (caller.heard, chosen(caller)) == (["leave", "more"], [])
    caller.presses("1")
    assert caller.heard[-1] == "one"


def test_keys_before_the_greeting_reach_no_later_menu(floor: Floor) -> None:
    """The greeting is played, for a caller who typed the keys did not know of it."""
    caller = call(floor, Play("notice", barge_in=False))
    caller.presses("15")
    caller.hears_out()
    assert caller.is_spoken_to()
    caller.hears_out()
    is_left(floor, speech=12)
    assert (caller.heard, chosen(caller)) == (["notice", "leave", "more"], [])


def test_keys_during_the_message_reach_no_later_menu(floor: Floor) -> None:
    """Also those between its end and the measuring of it."""
    caller = call(floor)
    caller.hears_out()
    caller.presses("1")
    floor.take(RecordingClosed(floor.done(RecordLeg)[-1].recording))
    caller.presses("1")
    is_measured(floor, speech=12)
    assert (caller.heard[-1], chosen(caller)) == ("more", [])


def test_a_key_of_the_box_leads_out_of_the_greeting(floor: Floor) -> None:
    """Nothing is recorded."""
    caller = call(floor)
    caller.presses("0")
    assert (caller.heard, chosen(caller)) == (["leave", "person"], [("voicemail", "0")])
    assert floor.done(RecordLeg) == []


def test_a_key_of_the_box_may_be_typed_ahead(floor: Floor) -> None:
    """As a choice of a menu may."""
    caller = call(floor, Wait(timedelta(seconds=1)))
    caller.presses("0")
    floor.wait(1)
    assert caller.heard == ["person"]


@pytest.mark.parametrize(("speech", "tags"), [(12, {"voicemail": "sales"}), (0, {})])
def test_a_key_of_the_box_leads_out_of_the_message(
    floor: Floor, speech: float, tags: dict[str, str]
) -> None:
    """The recording up to then is kept, if it is a message."""
    caller = call(floor)
    caller.hears_out()
    caller.presses("00")
    assert caller.heard == ["leave"]
    is_left(floor, speech=speech)
    assert (caller.heard[-1], chosen(caller)) == ("person", [("voicemail", "0")])
    caller.hangs_up()
    assert caller.end.tags == tags


def test_a_key_of_the_box_during_the_tone(floor: Floor) -> None:
    """The switch does not hear it, so it is told to end the message once the tone is over."""
    caller = call(floor)
    caller.hears_out()
    caller.presses("0")
    floor.wait(0.9, silent=True)
    assert floor.done(StopMessage) == []
    floor.wait(0.1, silent=True)
    assert (len(floor.done(StopMessage)), caller.heard) == (1, ["leave"])
    is_left(floor, speech=0)
    assert caller.heard[-1] == "person"
    floor.wait(20)
    assert len(floor.done(StopMessage)) == 1


def test_a_key_of_the_box_leads_out_though_the_switch_tells_nothing(floor: Floor) -> None:
    """The caller does not wait for the switch without end."""
    caller = call(floor)
    caller.hears_out()
    caller.presses("0")
    floor.wait(11, silent=True)
    assert (caller.heard[-1], chosen(caller)) == ("person", [("voicemail", "0")])


def test_the_graph_tells_the_keys_of_a_box() -> None:
    """They are ways that a key opens."""
    ways = {(way.outcome, way.pressed) for way in BOX.exits()}
    assert ways == {("saved", False), ("empty", False), ("0", True)}


# --- what is a message ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("speech", "seconds", "least", "section"),
    [
        (1.0, 20, 1, "more"),
        (0.98, 20, 1, "empty"),
        (0, 60, 1, "empty"),
        (3, 20, 4, "empty"),
        (0.5, 1, 0.4, "more"),
        (None, 20, 1, "more"),  # by an earlier version, which did not measure
        (None, 0.5, 1, "empty"),
    ],
)
def test_silence_is_no_message(
    floor: Floor, speech: float | None, seconds: float, least: float, section: str
) -> None:
    """A silent message of any length: only the amount of speech counts."""
    box = msgspec.structs.replace(BOX, min_speech=timedelta(seconds=least))
    caller = call(floor, box=box)
    caller.hears_out()
    is_left(floor, speech=speech, seconds=seconds)
    assert caller.heard[-1] == section
    caller.hangs_up()
    assert caller.end.tags == ({"voicemail": "sales"} if section == "more" else {})


def test_the_switch_is_told_what_to_measure(floor: Floor) -> None:
    """A message ends at a silence, and its speech is reported in the end."""
    caller = call(floor)
    caller.hears_out()
    (message,) = floor.done(RecordLeg)
    assert (message.limit, message.max_silence) == (timedelta(seconds=60), timedelta(seconds=5))
    is_left(floor, speech=12.5)
    assert [command.measures_speech for command in floor.done(FinishRecording)] == [True]
    (ended,) = caller.told(RecordingEnded)
    assert ended.speech == timedelta(seconds=12.5)


def test_an_unusable_file_is_no_message(floor: Floor) -> None:
    """A file that was never recorded is no message, either."""
    caller = call(floor)
    caller.hears_out()
    floor.take(CommandFailed(floor.done(RecordLeg)[-1], 500, "disk full"))
    assert caller.heard[-1] == "empty"


def test_a_silent_message_keeps_the_tag_of_an_earlier_one(floor: Floor) -> None:
    """Two boxes, and the first message has speech."""
    first = Voicemail("first", "greeting", {})
    caller = call(floor, first)
    caller.hears_out()
    is_left(floor, speech=12)
    caller.hears_out()
    is_left(floor, speech=0)
    caller.hangs_up()
    assert caller.end.tags == {"voicemail": "first"}


# --- the end of the call --------------------------------------------------------------------


@pytest.mark.parametrize("on_hangup", [True, False])
@pytest.mark.parametrize(("speech", "box"), [(12, {"voicemail": "sales"}), (0, {})])
def test_a_hang_up_ends_a_message(
    floor: Floor, speech: float, box: dict[str, str], *, on_hangup: bool
) -> None:
    """The call is reported as ended once it is known whether there is one."""
    caller = call(floor, on_hangup=on_hangup)
    caller.hears_out()
    caller.hangs_up()
    assert caller.told(InteractionEnded) == []
    is_left(floor, speech=speech)
    assert caller.end.tags == {**box, **({"bye": "yes"} if on_hangup else {})}
    assert caller.end.reason == "left_flow"


def test_the_end_of_a_call_does_not_wait_for_ever(floor: Floor) -> None:
    """A message without a further report counts as one, for it may be there."""
    caller = call(floor)
    caller.hears_out()
    floor.take(LegHungUp(caller.leg, 16))
    floor.wait(60, silent=True)
    assert caller.end.tags == {"voicemail": "sales"}


def test_a_message_of_which_nothing_is_heard_does_not_hold_the_caller(floor: Floor) -> None:
    """Past its limit the flow goes on."""
    caller = call(floor)
    caller.hears_out()
    floor.wait(71, silent=True)
    assert (len(floor.done(StopMessage)), caller.heard[-1]) == (1, "more")


# --- other steps in which keys have no meaning ----------------------------------------------


def test_what_was_typed_before_an_outside_call_is_forgotten(floor: Floor) -> None:
    """A choice after the talk is made after the talk."""
    dial = DialOut(parse('"+31611112222"'), {"answered": to("after")})
    flow = floor.write(
        {
            "start": [Wait(timedelta(seconds=1)), dial],
            "after": [Gather("n", InputRules(("ask",)), 1, 1), say("typed"), REST],
        }
    )
    floor.open(msgspec.structs.replace(flow, dial_allow=("+316",)))
    caller = floor.caller()
    caller.presses("7")
    floor.wait(1)
    line = floor.callee()
    line.picks_up()
    line.hangs_up()
    assert caller.heard == ["ask"]


@pytest.mark.parametrize("when", ["before", "in the greeting", "while waiting"])
def test_keys_without_a_meaning_in_line_reach_no_later_input(floor: Floor, when: str) -> None:
    """Neither those before, nor those during the greeting or the wait."""
    queue = Queue(QueueName("sales"), {"timeout": to("after")}, greeting="greeting")
    flow = floor.write(
        {
            "start": [Wait(timedelta(seconds=1)), queue],
            "after": [Gather("n", InputRules(("ask",)), 1, 1), say("typed"), REST],
        }
    )
    floor.open(flow, QueueSettings(name=QueueName("sales"), max_wait=timedelta(seconds=30)))
    floor.agent("100", "sales")
    floor.caller().hangs_up()
    caller = floor.caller()
    caller.presses("7" if when == "before" else "")
    floor.wait(1)
    caller.presses("7" if when == "in the greeting" else "")
    caller.hears_out()
    caller.presses("7" if when == "while waiting" else "")
    floor.wait(30)
    assert caller.heard == ["greeting", "ask"]
