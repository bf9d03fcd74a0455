"""The switch fails, or reports nothing, or late: the core decides, and never waits without end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.vocabulary.command import (
    BridgeLegs,
    DialLeg,
    DiscardRecording,
    FinishRecording,
    HangUpLeg,
    StopRecording,
)
from contactcenter_ari.core.vocabulary.event import RecordingEnded
from contactcenter_ari.core.vocabulary.ids import RecordingId
from contactcenter_ari.core.vocabulary.signal import (
    NO_ROOM,
    CommandFailed,
    LegHungUp,
    RecordingClosed,
    RecordingFinished,
    TimePassed,
)

if TYPE_CHECKING:
    from tests.core.conftest import Floor


# --- commands that fail --------------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 409, 500])
def test_dialing_fails(floor: Floor, status: int) -> None:
    """The phone cannot be reached: the next agent is rung, the first is NOT_READY."""
    agent, colleague = floor.agent("100"), floor.agent("200")
    caller = floor.caller()
    floor.fails(DialLeg, status)
    assert agent.state == ("not_ready", "unreachable")
    assert caller.offers == [("100", "failed")]
    colleague.picks_up()
    assert caller.exits == ["answered"]


def test_there_is_no_room_to_dial(floor: Floor) -> None:
    """Without a port for the audio no phone is rung: the caller waits on, and nobody is blamed."""
    agent = floor.agent("100")
    caller = floor.caller()
    floor.fails(DialLeg, NO_ROOM)
    assert agent.state[0] == "ready"
    assert caller.offers == [("100", "failed")]
    assert caller.exits == []


def test_dialing_without_a_reply_is_taken_back(floor: Floor) -> None:
    """No reply does not mean no phone rings: the leg is hung up to be sure."""
    floor.agent("100")
    floor.caller()
    leg = floor.done(DialLeg)[-1].leg
    outcome = floor.fails(DialLeg, 0)
    assert [leg] == [c.leg for c in outcome.commands if isinstance(c, HangUpLeg)]


@pytest.mark.parametrize("before_the_end", [True, False])
def test_recording_is_closed_before_or_after_the_end(
    floor: Floor, *, before_the_end: bool
) -> None:
    """A recording belongs to its interaction whenever the switch says it is closed."""
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    floor.wait(30)
    agent.hangs_up()
    (stopped,) = floor.done(StopRecording)
    floor.switch.closed.clear()
    if not before_the_end:
        caller.hangs_up()
    floor.take(RecordingClosed(stopped.recording))
    if before_the_end:
        caller.hangs_up()
    (finished,) = floor.done(FinishRecording)
    assert finished.ended_at == finished.started_at + timedelta(seconds=30)
    done = RecordingFinished(stopped.recording, "/talks/1.wav", 29.9, cut=True)
    floor.switch.finished.clear()
    floor.take(done)
    (told,) = caller.told(RecordingEnded)
    assert ("/talks/1.wav", timedelta(seconds=29.9), False, True) == (
        told.path,
        told.duration,
        told.failed,
        told.cut,
    )
    assert list(floor.take(done).events) == []


def test_recording_ends_by_itself(floor: Floor) -> None:
    """The switch closed a recording during the talk; the talk goes on, and is told at its end."""
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    (recording,) = floor.switch.recording
    floor.take(RecordingClosed(recording))
    floor.wait(20)
    assert agent.state == ("on_call", "")
    assert floor.done(FinishRecording) == []
    caller.hangs_up()
    floor.settle()
    assert len(caller.told(RecordingEnded)) == 1


def test_a_file_cannot_be_finished(floor: Floor) -> None:
    """The recording is told as failed, once."""
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    agent.hangs_up()
    floor.take(RecordingClosed(floor.switch.closed.pop(0)))
    floor.switch.finished.clear()
    floor.fails(FinishRecording, 0)
    assert [e.failed for e in caller.told(RecordingEnded)] == [True]


def test_a_leg_that_came_to_no_talk_leaves_no_file(floor: Floor) -> None:
    """A file that this center named and never used is removed; an unknown file is left alone."""
    floor.agent()
    floor.caller()
    (dialed,) = floor.done(DialLeg)
    assert dialed.recording is not None
    floor.take(RecordingClosed(dialed.recording))
    floor.take(RecordingClosed(RecordingId("n1-b0-7")))
    assert [c.recording for c in floor.done(DiscardRecording)] == [dialed.recording]


# --- a hang-up that is never confirmed -----------------------------------------------------


def test_hang_up_is_never_confirmed(floor: Floor) -> None:
    """Ten seconds after we hung up the call is over, with or without a report of the switch."""
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    floor.wait(30)
    agent.hangs_up()
    floor.switch.note(LegHungUp(caller.leg))  # gone, and nobody is told
    floor.wait(9.9, silent=True)
    assert floor.center.calls_in_progress() == 1
    floor.wait(0.1, silent=True)
    assert floor.center.calls_in_progress() == 0
    assert (caller.end.reason, caller.end.ended_by) == ("completed", "agent")
    late = caller.hangs_up()
    assert (late.commands, late.events) == ((), ())


def test_hang_up_is_confirmed_as_the_guard_passes(floor: Floor) -> None:
    """Confirmed in the last instant: still one end."""
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    agent.hangs_up()
    floor.now += timedelta(seconds=10)
    caller.hangs_up()
    floor.take(TimePassed())
    assert caller.end.ended_by == "agent"


def test_a_command_of_a_call_long_over_fails(floor: Floor) -> None:
    """A failure that is reported after the end is tolerated, whichever command it was."""
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    agent.hangs_up()
    floor.wait(60)
    assert caller.end.reason == "completed"
    told = len(floor.events)
    for command in list(floor.commands):
        for status in (404, 500, 0):
            copy = msgspec.convert(msgspec.to_builtins(command), type(command))
            floor.take(CommandFailed(copy, status, "late"))
    assert told == len(floor.events)


# --- the switch says nothing of the bridge --------------------------------------------------


def test_a_bridge_nobody_confirms_is_asked_for_again(floor: Floor) -> None:
    """After 20 s it is asked for once more; confirmed then, they talk."""
    agent = floor.agent()
    caller = floor.caller()
    agent.answers()
    floor.wait(19.9)
    assert len(floor.done(BridgeLegs)) == 1
    floor.wait(0.1)
    assert len(floor.done(BridgeLegs)) == 2
    agent.is_joined()
    assert (caller.exits, caller.offers) == (["answered"], [("100", "accepted")])
    floor.wait(60)
    assert agent.state == ("on_call", "")


def test_a_bridge_nobody_ever_confirms(floor: Floor) -> None:
    """After two tries the caller waits on, and the next agent is rung."""
    agent, colleague = floor.agent("100"), floor.agent("200")
    caller = floor.caller()
    agent.answers()
    floor.wait(40)
    assert caller.offers == [("100", "failed")]
    assert (agent.state, colleague.is_rung()) == (("ready", ""), True)
    colleague.picks_up()
    assert caller.exits == ["answered"]
