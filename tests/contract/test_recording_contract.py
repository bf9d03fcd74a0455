"""Recordings and messages on either switch; see `test_switch_contract`."""

import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from contactcenter_ari.core.vocabulary.command import (
    BridgeLegs,
    DialLeg,
    DiscardRecording,
    DissolveBridge,
    FinishRecording,
    HangUpLeg,
    PauseRecording,
    PlayPrompt,
    RecordCall,
    RecordLeg,
    ResumeRecording,
    StopMessage,
    StopPlayback,
    StopRecording,
    UnbridgeLeg,
)
from contactcenter_ari.core.vocabulary.ids import (
    BridgeId,
    LegId,
    PlaybackId,
    RecordingId,
)
from contactcenter_ari.core.vocabulary.signal import (
    CommandFailed,
    DigitPressed,
    LegAnswered,
    LegHungUp,
    LegRinging,
    LegsBridged,
    PlaybackFinished,
    RecordingBegan,
    RecordingClosed,
    RecordingFinished,
    Signal,
)
from tests.contract.floor import Floor, Manner, new_id
from tests.contract.telling import (
    AGENT_END_TOLD,
    BEEP,
    CALL,
    LONG,
    NOBODY,
    answered_caller,
    dial,
    leave,
    part,
    until,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2026, 3, 10, tzinfo=UTC)
TONE = timedelta(seconds=0.6)
"""The length of the tone before a message."""


async def recorded_talk(floor: Floor) -> tuple[LegId, DialLeg, BridgeId]:
    """A caller and an agent who hear each other, and what was commanded for the agent."""
    caller = await answered_caller(floor)
    command = dial(await floor.phone(Manner.ANSWERS), caller, recording=RecordingId(new_id()))
    floor.do(command)
    assert await until(floor, LegRinging) == LegRinging(command.leg)
    assert await until(floor, LegAnswered) == LegAnswered(command.leg)
    bridge = BridgeId(new_id())
    floor.do(BridgeLegs(CALL, bridge, (caller, command.leg)))
    assert await until(floor, LegsBridged) == LegsBridged(bridge)
    return caller, command, bridge


def finishing(recording: RecordingId, channels: int) -> FinishRecording:
    """Make a file whole, of which nothing is known."""
    return FinishRecording(CALL, recording, channels, NOW, None, ())


async def until_closed(floor: Floor, recording: RecordingId) -> list[Signal]:
    """The signals before a recording is closed."""
    before: list[Signal] = []
    while (signal := await floor.next()) != RecordingClosed(recording):
        before.append(signal)
    return before


async def test_a_talk_is_recorded(floor: Floor) -> None:
    """From the agent's leg on, until that ends; the file is closed once, and can be finished
    twice.
    """
    caller, command, bridge = await recorded_talk(floor)
    assert command.recording is not None
    await floor.press(caller, 3)
    assert await floor.next() == DigitPressed(caller, "3")
    floor.do(HangUpLeg(CALL, command.leg))
    ends = await until_closed(floor, command.recording)
    ends += [await floor.next() for _ in range(AGENT_END_TOLD - len(ends))]
    assert {end.leg for end in ends if isinstance(end, LegHungUp)} == {command.leg}
    assert len(ends) == AGENT_END_TOLD
    for _ in range(2):
        floor.do(finishing(command.recording, 2))
        done = await until(floor, RecordingFinished)
        assert (done.recording, done.cut) == (command.recording, False)
        assert re.search(rf"/{command.recording}\.(flac|wav)$", done.path) or done.failed
    floor.do(UnbridgeLeg(CALL, bridge, caller), DissolveBridge(CALL, bridge))
    assert await part(floor, caller) == [LegHungUp(caller)]


async def test_a_recording_is_paused_and_resumed(floor: Floor) -> None:
    """In silence; of a leg that is gone it fails."""
    caller, command, bridge = await recorded_talk(floor)
    assert command.recording is not None
    pause = PauseRecording(CALL, command.recording, command.leg)
    floor.do(pause, ResumeRecording(CALL, command.recording, command.leg))
    floor.do(StopRecording(CALL, command.recording, command.leg))
    assert await until_closed(floor, command.recording) == []
    lost = PauseRecording(CALL, RecordingId(new_id()), NOBODY)
    floor.do(lost)
    failed = await until(floor, CommandFailed)
    assert (failed.command, failed.status) == (lost, 0)
    await leave(floor, caller, command.leg)
    floor.do(DissolveBridge(CALL, bridge))
    assert await part(floor) == []


async def test_a_whole_call_is_recorded(floor: Floor) -> None:
    """It is reported when it runs, and ends with the caller."""
    caller = await answered_caller(floor)
    recording = RecordingId(new_id())
    snoop_leg = LegId(new_id())
    floor.do(RecordCall(CALL, caller, snoop_leg, recording))
    assert await until(floor, RecordingBegan) == RecordingBegan(recording)
    floor.do(
        PauseRecording(CALL, recording, snoop_leg), ResumeRecording(CALL, recording, snoop_leg)
    )
    floor.do(PlayPrompt(CALL, caller, PlaybackId(new_id()), BEEP))
    await until(floor, PlaybackFinished)
    await floor.hang_up(caller)
    before = await until_closed(floor, recording)
    while LegHungUp(caller) not in before:
        before.append(await floor.next())
    floor.do(finishing(recording, 1))
    while not isinstance(done := await floor.next(), RecordingFinished):
        assert done == LegHungUp(snoop_leg)
    assert (done.recording, done.failed) == (recording, False)
    assert [s for s in await part(floor) if s != LegHungUp(snoop_leg)] == []


async def test_a_recording_that_never_was(floor: Floor) -> None:
    """There is no file to be finished, nor to be discarded."""
    recording = RecordingId(new_id())
    floor.do(DiscardRecording(CALL, recording), finishing(recording, 1))
    assert await until(floor, RecordingFinished) == RecordingFinished(
        recording, "", 0, failed=True
    )


# Messages


async def message(
    floor: Floor, *, limit: float = 20, max_silence: float | None = None
) -> tuple[LegId, RecordingId]:
    """A caller whose message is recorded, once the tone is over."""
    caller = await answered_caller(floor)
    recording = RecordingId(new_id())
    silence = timedelta(seconds=max_silence) if max_silence is not None else None
    floor.do(RecordLeg(CALL, caller, recording, timedelta(seconds=limit), silence))
    await floor.listen(caller, TONE)
    return caller, recording


async def measured(floor: Floor, recording: RecordingId) -> float:
    """How much speech is in the message."""
    floor.do(msgspec.structs.replace(finishing(recording, 1), measures_speech=True))
    done = await until(floor, RecordingFinished)
    assert done.speech is not None
    return done.speech


async def test_a_key_ends_a_message(floor: Floor) -> None:
    """It is reported first; the speech up to then is measured."""
    caller, recording = await message(floor)
    await floor.speak(caller, timedelta(seconds=2))
    await floor.press(caller, 5)
    assert await floor.next() == DigitPressed(caller, "5")
    assert await floor.next() == RecordingClosed(recording)
    assert await measured(floor, recording) == pytest.approx(2, abs=0.2)
    assert await part(floor, caller) == [LegHungUp(caller)]


async def test_silence_ends_a_message(floor: Floor) -> None:
    """The silence lasts as long as in the command; there is no speech in it."""
    caller, recording = await message(floor, max_silence=1)
    await floor.listen(caller, timedelta(seconds=2))
    assert await floor.next() == RecordingClosed(recording)
    assert await measured(floor, recording) == 0
    assert await part(floor, caller) == [LegHungUp(caller)]


async def test_silence_after_speech_ends_a_message(floor: Floor) -> None:
    """The speech is kept."""
    caller, recording = await message(floor, max_silence=2)
    await floor.speak(caller, timedelta(seconds=2))
    await floor.listen(caller, timedelta(seconds=3))
    assert await floor.next() == RecordingClosed(recording)
    assert await measured(floor, recording) == pytest.approx(2, abs=0.2)
    assert await part(floor, caller) == [LegHungUp(caller)]


async def test_the_limit_ends_a_message(floor: Floor) -> None:
    """Without any key or hang-up."""
    caller, recording = await message(floor, limit=1)
    await floor.listen(caller, timedelta(seconds=1.5))
    assert await floor.next() == RecordingClosed(recording)
    assert await measured(floor, recording) == 0
    assert await part(floor, caller) == [LegHungUp(caller)]


@pytest.mark.parametrize("hangs_up", [True, False])
async def test_a_message_is_stopped(floor: Floor, *, hangs_up: bool) -> None:
    """By the caller's end, or by us; a second time is no harm."""
    caller, recording = await message(floor)
    await floor.speak(caller, timedelta(seconds=1))
    if hangs_up:
        await floor.hang_up(caller)
        told = [await floor.next(), await floor.next()]
        assert LegHungUp(caller) in told
        assert RecordingClosed(recording) in told
    else:
        floor.do(StopMessage(CALL, recording), StopMessage(CALL, recording))
        assert await until_closed(floor, recording) == []
    assert await measured(floor, recording) == pytest.approx(1, abs=0.2)
    if not hangs_up:
        assert await part(floor, caller) == [LegHungUp(caller)]


async def test_the_tone_is_heard_out(floor: Floor) -> None:
    """A key is reported and does not end the message, which has not begun; a command can."""
    caller = await answered_caller(floor)
    recording = RecordingId(new_id())
    await floor.listen(caller, TONE)  # so that Asterisk knows where the keys come from
    floor.do(RecordLeg(CALL, caller, recording, timedelta(seconds=20)))
    await floor.press(caller, 7, after=timedelta(milliseconds=100))
    assert await floor.next() == DigitPressed(caller, "7")
    await floor.listen(caller, TONE)
    await floor.speak(caller, timedelta(seconds=1))
    floor.do(StopMessage(CALL, recording))
    assert await until_closed(floor, recording) == []
    assert await measured(floor, recording) == pytest.approx(1, abs=0.2)
    assert await part(floor, caller) == [LegHungUp(caller)]


async def test_a_message_after_a_prompt_that_was_cut_short(floor: Floor) -> None:
    """The tone comes at once."""
    caller = await answered_caller(floor)
    playback, recording = PlaybackId(new_id()), RecordingId(new_id())
    floor.do(PlayPrompt(CALL, caller, playback, LONG))
    await floor.press(caller, 1)
    assert await floor.next() == DigitPressed(caller, "1")
    floor.do(
        StopPlayback(CALL, playback), RecordLeg(CALL, caller, recording, timedelta(seconds=20))
    )
    assert await floor.next() == PlaybackFinished(playback)
    await floor.listen(caller, TONE)
    await floor.speak(caller, timedelta(seconds=1))
    await floor.press(caller, 1)
    assert await floor.next() == DigitPressed(caller, "1")
    assert await floor.next() == RecordingClosed(recording)
    assert await measured(floor, recording) == pytest.approx(1, abs=0.2)
    assert await part(floor, caller) == [LegHungUp(caller)]
