"""Recordings and what pauses them: a secret is never kept, and no talk is left out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.errors import IllegalMove
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.recording import Record, RecordingAct
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.site.site import CenterResumed
from contactcenter_ari.core.telephony.recording import FINISHING, MOVES, OVER, Recording
from contactcenter_ari.core.vocabulary.command import (
    DialLeg,
    DiscardRecording,
    FinishRecording,
    HangUpLeg,
    PauseRecording,
    RecordCall,
    ResumeRecording,
    StopRecording,
)
from contactcenter_ari.core.vocabulary.event import (
    RecordingEnded,
    RecordingPaused,
    RecordingResumed,
    RecordingStarted,
)
from contactcenter_ari.core.vocabulary.ids import QueueName, RecordingId
from contactcenter_ari.core.vocabulary.pause import Pause, PauseReason
from contactcenter_ari.core.vocabulary.signal import RecordingBegan, RecordingClosed
from tests.core.flow.walking import to

if TYPE_CHECKING:
    from contactcenter_ari.core.flow.verb.table import Verb
    from tests.core.conftest import Caller, Floor

SALES = QueueName("sales")
KEY_LIMIT = 3
REST = Wait(timedelta(hours=1))
START, PAUSE, RESUME, STOP = (Record(act) for act in RecordingAct)
PIN = Gather("pin", InputRules(("pin",)), 4, 4, sensitive=True)
NAME = Gather("order", InputRules(("order",)), 4, 4)
SECRET, FLOW, REFUSED = PauseReason.SECRET, PauseReason.FLOW, PauseReason.REFUSED


def calls(floor: Floor, *steps: Verb, **sections: list[Verb]) -> Caller:
    """A caller of a flow that takes these steps, and then waits."""
    floor.open(floor.write({"start": [*steps, REST], **sections}))
    return floor.caller()


def runs(floor: Floor) -> RecordingId:
    """The switch records the whole call from now on."""
    recording = floor.done(RecordCall)[-1].recording
    floor.take(RecordingBegan(recording))
    return recording


def acts(floor: Floor, recording: RecordingId | None = None) -> list[str]:
    """The acts on a recording, or on all: paused, resumed, stopped."""
    kinds = (PauseRecording, ResumeRecording, StopRecording)
    return [
        type(command).__name__.removesuffix("Recording").lower()
        for command in floor.commands
        if isinstance(command, kinds) and recording in {None, command.recording}
    ]


def told(floor: Floor) -> list[tuple[str, PauseReason]]:
    """The pauses, as the records have them."""
    return [
        (type(event).__name__.removeprefix("Recording").lower(), event.reason)
        for event in floor.events
        if isinstance(event, RecordingPaused | RecordingResumed)
    ]


def finished(floor: Floor, recording: RecordingId) -> FinishRecording:
    """How a file was to be finished, now that everybody has left."""
    floor.settle()
    (command,) = (c for c in floor.done(FinishRecording) if c.recording == recording)
    return command


# --- a secret in the recording of a whole call ------------------------------------------------


def test_what_is_typed_in_secret_is_not_recorded(floor: Floor) -> None:
    """From the question to the last key."""
    caller = calls(floor, START, PIN, NAME)
    recording = runs(floor)
    assert acts(floor) == ["pause"]
    floor.wait(4)
    caller.presses("1234")
    assert acts(floor) == ["pause", "resume"]
    caller.presses("5678")
    assert acts(floor) == ["pause", "resume"]
    began_at = floor.now - timedelta(seconds=4)
    floor.wait(6)
    caller.hangs_up()
    command = finished(floor, recording)
    assert command.silences == (Pause(SECRET, began_at, began_at + timedelta(seconds=4)),)
    assert (command.started_at, command.ended_at) == (began_at, floor.now)
    (ended,) = caller.told(RecordingEnded)
    assert ended.pauses == command.silences


def test_a_secret_that_is_asked_for_before_the_recording_runs(floor: Floor) -> None:
    """The pause is in force in the very turn in which it runs; before that there is nothing."""
    caller = calls(floor, START, PIN)
    assert acts(floor) == []
    recording = runs(floor)
    assert acts(floor, recording) == ["pause"]
    caller.presses("1234")
    assert acts(floor, recording) == ["pause", "resume"]


def test_a_secret_that_is_over_before_the_recording_runs(floor: Floor) -> None:
    """It is not paused then, and what little may be in the file is silenced anyway."""
    caller = calls(floor, START, PIN)
    caller.presses("1234")
    recording = runs(floor)
    assert acts(floor) == []
    caller.hangs_up()
    assert [pause.reason for pause in finished(floor, recording).silences] == [SECRET]


def test_a_secret_during_which_the_caller_leaves(floor: Floor) -> None:
    """It is silent to the end."""
    caller = calls(floor, START, PIN)
    recording = runs(floor)
    floor.wait(2)
    caller.presses("12")
    caller.hangs_up()
    (silence,) = finished(floor, recording).silences
    assert silence.ended_at == floor.now


def test_a_secret_that_cannot_be_asked_for_ends_with_its_step(floor: Floor) -> None:
    """Whatever leads away from the question, the call is recorded again."""
    rules = InputRules(("pin",), tries=1, failed=to("other"))
    failing = Gather("pin", rules, 4, 4, sensitive=True)
    caller = calls(floor, START, failing, other=[Play("other"), REST])
    runs(floor)
    caller.hears_out()
    floor.wait(60)
    assert acts(floor) == ["pause", "resume"]


def test_reasons_add_up(floor: Floor) -> None:
    """A flow that wants silence has it before, during and after a secret."""
    caller = calls(floor, START, PAUSE, PIN, NAME, RESUME)
    runs(floor)
    assert acts(floor) == ["pause"]
    caller.presses("1234")
    assert acts(floor) == ["pause"]
    caller.presses("5678")
    assert acts(floor) == ["pause", "resume"]
    assert told(floor) == [
        ("paused", SECRET), ("paused", FLOW), ("resumed", SECRET), ("resumed", FLOW)
    ]  # fmt: skip


def test_a_pause_by_the_flow_is_silent_and_may_be_kept(floor: Floor) -> None:
    """Only a secret is taken out of the file once more."""
    caller = calls(floor, START, PAUSE)
    recording = runs(floor)
    floor.wait(5)
    caller.hangs_up()
    assert finished(floor, recording).silences == ()


# --- talks --------------------------------------------------------------------------------------


def asked_in_line(floor: Floor, *before: Verb) -> Caller:
    """A caller who pressed a key while waiting, and is asked for a secret."""
    queue = Queue(SALES, {}, keys={"1": Destination(Way.SECTION, "secret")})
    back = Goto(Destination(Way.RETURN))
    floor.open(floor.write({"start": [*before, queue], "secret": [PIN, back]}))
    agent = floor.agent()
    agent.is_busy()
    caller = floor.caller()
    caller.presses("1")
    floor.wait(2)
    return caller


@pytest.mark.parametrize("whole", [True, False])
def test_an_agent_answers_while_a_secret_is_typed(floor: Floor, *, whole: bool) -> None:
    """The talk is recorded, silent for as long as more of the secret may come, and no longer."""
    caller = asked_in_line(floor, *([START] if whole else []))
    recording = runs(floor) if whole else None
    agent = floor.agent("200")
    caller.presses("12")
    agent.picks_up()
    began_at = floor.now
    (kept,) = caller.told(RecordingStarted)
    assert acts(floor, kept.recording) == ["pause"]
    assert recording in {None, kept.recording}
    floor.wait(1)
    caller.presses("3")  # is told in a talk that is recorded
    floor.wait(KEY_LIMIT - 0.1)
    assert acts(floor, kept.recording) == ["pause"]
    floor.wait(0.1)
    assert acts(floor, kept.recording) == ["pause", "resume"]
    floor.wait(30)
    agent.hangs_up()
    caller.hangs_up()
    (silence,) = finished(floor, kept.recording).silences
    assert silence.ended_at == began_at + timedelta(seconds=1 + KEY_LIMIT)
    assert len(caller.told(RecordingEnded)) == 1


def test_an_agent_answers_after_a_secret(floor: Floor) -> None:
    """Nothing of the talk is silent."""
    caller = asked_in_line(floor)
    caller.presses("1234")
    agent = floor.agent("200")
    agent.picks_up()
    assert (acts(floor), len(caller.told(RecordingStarted))) == ([], 1)


def test_a_talk_within_a_call_that_is_recorded(floor: Floor) -> None:
    """It is in that recording, and what the agent's leg has written is removed."""
    floor.open(floor.write({"start": [START, Queue(SALES, {})]}))
    agent = floor.agent()
    caller = floor.caller()
    runs(floor)
    agent.picks_up()
    (dialed,) = floor.done(DialLeg)
    assert acts(floor) == ["stop"]
    floor.settle()
    assert [c.recording for c in floor.done(DiscardRecording)] == [dialed.recording]
    agent.hangs_up()
    floor.settle()
    assert acts(floor) == ["stop"]
    caller.hangs_up()
    floor.settle()
    assert [(e.agent, e.failed) for e in caller.told(RecordingEnded)] == [("", False)]


def test_a_talk_after_the_flow_stopped_its_recording(floor: Floor) -> None:
    """It has a recording of its own."""
    floor.open(floor.write({"start": [START, STOP, Queue(SALES, {})]}))
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    assert [e.agent for e in caller.told(RecordingStarted)] == ["", "100"]


def test_what_the_flow_paused_before_the_talk_stays_paused(floor: Floor) -> None:
    """A pause is in force whenever a recording starts."""
    floor.open(floor.write({"start": [PAUSE, Queue(SALES, {})]}))
    agent = floor.agent()
    floor.caller()
    agent.picks_up()
    assert acts(floor) == ["pause"]


# --- a switch that does not do as told ----------------------------------------------------------


def test_a_pause_that_is_refused_stops_the_recording(floor: Floor) -> None:
    """And nothing is kept from then on, whatever is in the file."""
    caller = calls(floor, START, NAME, PIN)
    recording = runs(floor)
    floor.wait(5)
    caller.presses("5678")
    refused_at = floor.now
    floor.wait(1)
    floor.fails(PauseRecording, 0)
    snoop_leg = floor.done(RecordCall)[0].snoop_leg
    assert acts(floor) == ["pause", "stop"]
    assert [c.leg for c in floor.done(HangUpLeg)] == [snoop_leg]
    caller.presses("1234")
    floor.wait(30)
    assert acts(floor) == ["pause", "stop"]
    caller.hangs_up()
    silences = finished(floor, recording).silences
    assert Pause(REFUSED, refused_at, floor.now) in silences
    assert told(floor)[:2] == [("paused", SECRET), ("paused", REFUSED)]


def test_a_pause_that_is_refused_twice(floor: Floor) -> None:
    """It is stopped once; what is refused later is of no interest."""
    calls(floor, START, PIN)
    runs(floor)
    floor.fails(PauseRecording, 0)
    floor.fails(PauseRecording, 0)
    assert acts(floor) == ["pause", "stop"]


def test_a_recording_that_does_not_go_on(floor: Floor) -> None:
    """It is told again every second, until it does, or is to be silent again."""
    caller = calls(floor, START, PIN)
    runs(floor)
    caller.presses("1234")
    for number in range(1, 4):
        floor.fails(ResumeRecording, 0)
        floor.wait(1)
        assert acts(floor).count("resume") == number + 1
    floor.fails(ResumeRecording, 0)
    caller.hangs_up()
    floor.wait(5)
    assert acts(floor).count("resume") == 4


def test_we_were_away_while_it_was_to_be_silent(floor: Floor) -> None:
    """The last command may be lost: it is given again, in both directions."""
    caller = calls(floor, START, PIN)
    runs(floor)
    floor.take(CenterResumed())
    assert acts(floor) == ["pause", "pause"]
    caller.hears_out()
    caller.presses("1234")
    floor.take(CenterResumed())
    assert acts(floor)[2:] == ["resume", "resume"]


def test_we_were_away_while_a_file_was_finished(floor: Floor) -> None:
    """It is finished again, and told once."""
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    agent.hangs_up()
    floor.take(RecordingClosed(floor.switch.closed.pop(0)))
    floor.take(CenterResumed())
    assert len(floor.done(FinishRecording)) == 2
    floor.settle()
    assert len(caller.told(RecordingEnded)) == 1


# --- the ends ----------------------------------------------------------------------------------


def test_the_flow_stops_the_recording(floor: Floor) -> None:
    """It is told as ended while the call goes on, and another one may begin."""
    caller = calls(floor, START, STOP, START)
    first, second = (command.recording for command in floor.done(RecordCall))
    floor.settle()
    assert [e.recording for e in caller.told(RecordingEnded)] == [first]
    floor.take(RecordingBegan(first))
    assert acts(floor, second) == []


def test_a_queue_without_recordings_has_none(floor: Floor) -> None:
    """Whatever would pause one."""
    floor.open(None, QueueSettings(name=SALES, recording=False))
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    assert caller.told(RecordingStarted) == []


def test_states_move_one_way(floor: Floor) -> None:
    """A recording that is being finished neither runs nor closes again."""
    calls(floor, START)
    recording: Recording
    (recording,) = floor.center._calls.recordings._recordings.values()
    assert repr(recording).endswith(" of a call: starting>")
    recording.state = FINISHING
    assert MOVES[FINISHING] == ()
    with pytest.raises(IllegalMove):
        recording.move_to(OVER)
    recording.state = OVER
