"""One suite, two switches: what holds on a real Asterisk holds on the fake one, too.

The simulations and property tests are worth as much as the fake switch is honest; these
sentences keep it so. Each is run against both.
"""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import msgspec
import pytest
import pytest_asyncio

from contactcenter_ari.core.vocabulary.command import (
    AnswerLeg,
    BridgeLegs,
    Command,
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
    StartMusic,
    StopMessage,
    StopMusic,
    StopPlayback,
    StopRecording,
    UnbridgeLeg,
)
from contactcenter_ari.core.vocabulary.ids import (
    BridgeId,
    CallId,
    LegId,
    PhoneId,
    PlaybackId,
    RecordingId,
)
from contactcenter_ari.core.vocabulary.prompt import SoundFile
from contactcenter_ari.core.vocabulary.signal import (
    LEG_GONE,
    CommandFailed,
    DigitPressed,
    LegAnswered,
    LegHeld,
    LegHungUp,
    LegRinging,
    LegsBridged,
    LegUnheld,
    PhoneSilent,
    PlaybackFinished,
    RecordingBegan,
    RecordingClosed,
    RecordingFinished,
    Signal,
)
from tests.contract.asterisk_floor import asterisk_floor
from tests.contract.fake_floor import FakeFloor
from tests.contract.floor import MISSING, Floor, Manner, new_id

if TYPE_CHECKING:
    from tests.contract.conftest import SipPhone

pytestmark = pytest.mark.asyncio(loop_scope="module")

CALL = CallId("n1-0-1")
BEEP, LONG = (SoundFile("beep"),), (SoundFile("vm-intro"),)
NOBODY = LegId("n1-0-nobody")
NOW = datetime(2026, 3, 10, tzinfo=UTC)
TONE = timedelta(seconds=0.6)
"""The tone before a message takes so long."""
A_MOMENT = timedelta(milliseconds=300)
AGENT_END_TOLD = 2
"""A dialed leg that was answered leaves the application, and ends: both are told."""

Kind = TypeVar("Kind", bound=Signal)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["fake", "asterisk"])
async def floor(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    sip_phone: type["SipPhone"],
) -> AsyncIterator[Floor]:
    """Both switches, one after the other."""
    if request.param == "fake":
        yield FakeFloor()
    else:
        folder = tmp_path_factory.mktemp("floor")
        async with asterisk_floor(folder, sip_phone) as real:
            yield real


# How the sentences below are told


async def until(floor: Floor, kind: type[Kind]) -> Kind:
    """The next signal, which must be of this kind."""
    signal = await floor.next()
    assert isinstance(signal, kind), signal
    return signal


async def rest(floor: Floor) -> list[Signal]:
    """All signals that are still to come, when whatever was asked for is done."""
    marker = PlayPrompt(CALL, NOBODY, PlaybackId(new_id()), BEEP)
    floor.do(marker)
    signals: list[Signal] = []
    while True:
        signal = await floor.next()
        if isinstance(signal, CommandFailed) and signal.command == marker:
            return signals
        signals.append(signal)


async def answered_caller(floor: Floor) -> LegId:
    """A caller whose leg is answered."""
    leg = await floor.caller()
    floor.do(AnswerLeg(CALL, leg))
    await floor.greet(leg)
    return leg


def dial(
    phone: PhoneId,
    originator: LegId,
    ring_limit: timedelta = timedelta(seconds=20),
    recording: RecordingId | None = None,
) -> DialLeg:
    """Ring a phone."""
    return DialLeg(
        call=CALL,
        leg=LegId(new_id()),
        phone=phone,
        caller_number="+31612345678",
        caller_name="Bob",
        originator=originator,
        ring_limit=ring_limit,
        recording=recording,
    )


async def answered_agent(floor: Floor, caller: LegId) -> LegId:
    """An agent whose phone was picked up."""
    command = dial(await floor.phone(Manner.ANSWERS), caller)
    floor.do(command)
    while await floor.next() != LegAnswered(command.leg):
        pass
    return command.leg


async def joined(floor: Floor) -> tuple[LegId, LegId, BridgeId]:
    """A caller and an agent who hear each other."""
    caller = await answered_caller(floor)
    agent = await answered_agent(floor, caller)
    bridge = BridgeId(new_id())
    floor.do(BridgeLegs(CALL, bridge, (caller, agent)))
    assert await floor.next() == LegsBridged(bridge)
    return caller, agent, bridge


async def part(floor: Floor, *legs: LegId) -> list[Signal]:
    """Hang up legs and see that nothing is left; gives what was told meanwhile."""
    floor.do(*[HangUpLeg(CALL, leg) for leg in legs])
    await floor.assert_nothing_left()
    return await rest(floor)


async def leave(floor: Floor, caller: LegId, agent: LegId) -> None:
    """End a talk, and hear of each end as often as it is told."""
    floor.do(HangUpLeg(CALL, caller), HangUpLeg(CALL, agent))
    told = [(await until(floor, LegHungUp)).leg for _ in range(1 + AGENT_END_TOLD)]
    assert sorted(told) == sorted((caller, *[agent] * AGENT_END_TOLD))


def legs_gone(signals: Sequence[Signal]) -> set[LegId]:
    """The legs that ended."""
    return {signal.leg for signal in signals if isinstance(signal, LegHungUp)}


# The sentences


async def test_a_prompt_ends_in_playback_finished(floor: Floor) -> None:
    """Answer a caller, play to him: one signal at the end of the prompt."""
    leg = await answered_caller(floor)
    playback = PlaybackId(new_id())
    floor.do(PlayPrompt(CALL, leg, playback, BEEP))
    assert await floor.next() == PlaybackFinished(playback)
    assert await part(floor, leg) == [LegHungUp(leg)]


async def test_a_stopped_prompt_ends_at_once(floor: Floor) -> None:
    """Stopping it once more is no failure."""
    leg = await answered_caller(floor)
    playback = PlaybackId(new_id())
    floor.do(PlayPrompt(CALL, leg, playback, LONG))
    floor.do(StopPlayback(CALL, playback), StopPlayback(CALL, playback))
    assert await floor.next() == PlaybackFinished(playback)
    assert await part(floor, leg) == [LegHungUp(leg)]


async def test_prompts_are_played_one_after_the_other(floor: Floor) -> None:
    """A second prompt waits for the first."""
    leg = await answered_caller(floor)
    first, second = PlaybackId(new_id()), PlaybackId(new_id())
    floor.do(PlayPrompt(CALL, leg, first, BEEP), PlayPrompt(CALL, leg, second, BEEP))
    assert await floor.next() == PlaybackFinished(first)
    assert await floor.next() == PlaybackFinished(second)
    assert await part(floor, leg) == [LegHungUp(leg)]


async def test_a_missing_file_fails(floor: Floor) -> None:
    """The prompt ends as failed."""
    leg = await answered_caller(floor)
    playback = PlaybackId(new_id())
    floor.do(PlayPrompt(CALL, leg, playback, MISSING))
    assert await floor.next() == PlaybackFinished(playback, failed=True)
    assert await part(floor, leg) == [LegHungUp(leg)]


async def test_a_caller_who_leaves_amid_a_prompt(floor: Floor) -> None:
    """The prompt ends, and did not fail; the leg ends; each told once."""
    leg = await answered_caller(floor)
    first, playback = PlaybackId(new_id()), PlaybackId(new_id())
    floor.do(PlayPrompt(CALL, leg, first, BEEP), PlayPrompt(CALL, leg, playback, LONG))
    assert await floor.next() == PlaybackFinished(first)
    await floor.hang_up(leg)
    told = [await floor.next(), await floor.next()]
    assert PlaybackFinished(playback) in told
    assert LegHungUp(leg) in told
    assert await part(floor) == []


async def test_an_agent_who_leaves_amid_a_prompt(floor: Floor) -> None:
    """As above, and the prompt that was still to come has not failed either."""
    caller = await answered_caller(floor)
    agent = await answered_agent(floor, caller)
    playing, next_one = PlaybackId(new_id()), PlaybackId(new_id())
    floor.do(PlayPrompt(CALL, agent, playing, LONG), PlayPrompt(CALL, agent, next_one, BEEP))
    await floor.press(caller, 5)
    assert await floor.next() == DigitPressed(caller, "5")
    await floor.hang_up(agent)
    told = [await floor.next() for _ in range(2 + AGENT_END_TOLD)]
    ended = {s.playback: s.failed for s in told if isinstance(s, PlaybackFinished)}
    assert ended == {playing: False, next_one: False}
    assert legs_gone(told) == {agent}
    assert await part(floor, caller) == [LegHungUp(caller)]


async def test_we_hang_up_amid_a_prompt(floor: Floor) -> None:
    """A prompt that we ended ourselves has not failed."""
    leg = await answered_caller(floor)
    playback = PlaybackId(new_id())
    floor.do(PlayPrompt(CALL, leg, playback, LONG))
    await floor.press(leg, 5)
    assert await floor.next() == DigitPressed(leg, "5")
    told = await part(floor, leg)
    assert PlaybackFinished(playback) in told
    assert legs_gone(told) == {leg}


async def test_keys_come_in_order(floor: Floor) -> None:
    """Each key is one signal; in a talk that is not recorded it goes from phone to phone."""
    caller = await answered_caller(floor)
    for digit in (4, 7, 1):
        await floor.press(caller, digit)
        assert await floor.next() == DigitPressed(caller, str(digit))
    agent = await answered_agent(floor, caller)
    bridge = BridgeId(new_id())
    floor.do(BridgeLegs(CALL, bridge, (caller, agent)))
    await until(floor, LegsBridged)
    await floor.press(caller, 5)
    await floor.hold(caller, held=True)
    assert await until(floor, LegHeld) == LegHeld(caller)
    await leave(floor, caller, agent)
    floor.do(DissolveBridge(CALL, bridge))
    assert await part(floor) == []


async def test_a_dialed_phone_rings_and_answers(floor: Floor) -> None:
    """First it rings, then it is answered."""
    caller = await answered_caller(floor)
    command = dial(await floor.phone(Manner.ANSWERS), caller)
    floor.do(command)
    assert await floor.next() == LegRinging(command.leg)
    assert await floor.next() == LegAnswered(command.leg)
    assert legs_gone(await part(floor, caller, command.leg)) == {caller, command.leg}


@pytest.mark.parametrize(("manner", "cause"), [(Manner.IS_BUSY, 17), (Manner.DECLINES, 21)])
async def test_a_phone_that_refuses(floor: Floor, manner: Manner, cause: int) -> None:
    """The leg ends with the cause, told once."""
    caller = await answered_caller(floor)
    command = dial(await floor.phone(manner), caller)
    floor.do(command)
    assert await floor.next() == LegRinging(command.leg)
    assert await floor.next() == LegHungUp(command.leg, cause)
    assert await part(floor, caller) == [LegHungUp(caller)]


async def test_a_registered_phone_that_says_nothing(floor: Floor) -> None:
    """It is told once; the leg is there until we hang it up."""
    caller = await answered_caller(floor)
    phone = await floor.phone(Manner.SAYS_NOTHING)
    command = msgspec.structs.replace(dial(phone, caller), unreachable_after=A_MOMENT)
    floor.do(command)
    assert await floor.next() == PhoneSilent(command.leg)
    floor.do(HangUpLeg(CALL, command.leg))
    await floor.stop_ringing(command.leg)
    assert (await until(floor, LegHungUp)).leg == command.leg
    assert await part(floor, caller) == [LegHungUp(caller)]


async def test_a_phone_that_is_not_there(floor: Floor) -> None:
    """The command fails; there is no leg and so no end of one."""
    caller = await answered_caller(floor)
    command = dial(await floor.phone(Manner.IS_NOT_THERE), caller)
    floor.do(command)
    failed = await until(floor, CommandFailed)
    assert (failed.command, failed.status) == (command, 500)
    assert await part(floor, caller) == [LegHungUp(caller)]


async def test_a_leg_for_a_caller_who_has_left(floor: Floor) -> None:
    """The command fails: an offer that crossed a hang-up rings nowhere."""
    caller = await answered_caller(floor)
    await floor.hang_up(caller)
    await until(floor, LegHungUp)
    await floor.assert_nothing_left()
    command = dial(await floor.phone(Manner.ANSWERS), caller)
    floor.do(command)
    failed = await until(floor, CommandFailed)
    assert (failed.command, failed.status) == (command, 400)
    assert await part(floor) == []


async def test_a_leg_that_rings_cannot_be_played_to(floor: Floor) -> None:
    """It is ours only when it is answered."""
    caller = await answered_caller(floor)
    command = dial(await floor.phone(Manner.RINGS_ON), caller)
    floor.do(command)
    assert await floor.next() == LegRinging(command.leg)
    play = PlayPrompt(CALL, command.leg, PlaybackId(new_id()), BEEP)
    floor.do(play)
    failed = await until(floor, CommandFailed)
    assert failed.command == play
    assert failed.status in LEG_GONE
    floor.do(HangUpLeg(CALL, command.leg))
    await floor.stop_ringing(command.leg)
    assert (await until(floor, LegHungUp)).leg == command.leg
    assert await part(floor, caller) == [LegHungUp(caller)]


async def test_a_phone_that_the_core_forgot(floor: Floor) -> None:
    """It rings on beyond the limit of the command, but not for ever: the switch gives it up."""
    caller = await answered_caller(floor)
    command = dial(await floor.phone(Manner.RINGS_ON), caller, ring_limit=timedelta())
    floor.do(command)
    assert await floor.next() == LegRinging(command.leg)
    await floor.stop_ringing(command.leg)
    assert (await until(floor, LegHungUp)).leg == command.leg
    assert await part(floor, caller) == [LegHungUp(caller)]


async def test_a_caller_who_hangs_up_is_told_once(floor: Floor) -> None:
    """Exactly one end, and hanging up what is gone is a success."""
    leg = await answered_caller(floor)
    await floor.hang_up(leg)
    assert await floor.next() == LegHungUp(leg)
    assert await part(floor, leg) == []


async def test_commands_for_a_leg_that_is_gone(floor: Floor) -> None:
    """What should begin fails as gone, what should end has ended."""
    leg = await answered_caller(floor)
    await floor.hang_up(leg)
    assert await floor.next() == LegHungUp(leg)
    await floor.assert_nothing_left()
    begin: list[Command] = [
        AnswerLeg(CALL, leg),
        PlayPrompt(CALL, leg, PlaybackId(new_id()), BEEP),
        StartMusic(CALL, leg, "default"),
    ]
    floor.do(*begin, StopMusic(CALL, leg), HangUpLeg(CALL, leg))
    failed = [await until(floor, CommandFailed) for _ in begin]
    assert [failure.command for failure in failed] == begin
    assert {failure.status for failure in failed} <= set(LEG_GONE)
    assert await part(floor) == []


async def test_an_inventory_tells_who_is_in_a_bridge(floor: Floor) -> None:
    """All legs are listed, those in a bridge and the one that is alone; of the bridge is told
    who called in it, and at which phone the agent is.
    """
    waiting = await answered_caller(floor)
    caller = await answered_caller(floor)
    command = dial(await floor.phone(Manner.ANSWERS), caller)
    floor.do(command)
    while await floor.next() != LegAnswered(command.leg):
        pass
    bridge = BridgeId(new_id())
    floor.do(BridgeLegs(CALL, bridge, (caller, command.leg)))
    assert await floor.next() == LegsBridged(bridge)
    legs, (live,) = await floor.inventory()
    assert legs == {waiting, caller, command.leg}
    assert (live.bridge, set(live.legs)) == (bridge, {caller, command.leg})
    assert live.phones == {command.leg: command.phone}
    (arrived,) = live.callers
    assert (arrived.leg, arrived.called_number) == (caller, "100")
    await leave(floor, caller, command.leg)
    assert await floor.inventory() == ({waiting}, [])
    floor.do(DissolveBridge(CALL, bridge))
    assert await part(floor, waiting) == [LegHungUp(waiting)]


async def test_an_inventory_tells_of_a_phone_that_rings(floor: Floor) -> None:
    """It is a leg like any other, though nobody has picked up."""
    caller = await answered_caller(floor)
    command = dial(await floor.phone(Manner.RINGS_ON), caller)
    floor.do(command)
    assert await floor.next() == LegRinging(command.leg)
    legs, _ = await floor.inventory()
    assert legs == {caller, command.leg}
    floor.do(HangUpLeg(CALL, command.leg))
    await floor.stop_ringing(command.leg)
    assert (await until(floor, LegHungUp)).leg == command.leg
    assert await part(floor, caller) == [LegHungUp(caller)]


async def test_joining_twice_is_no_harm(floor: Floor) -> None:
    """Who asks again because nothing was heard is told again."""
    caller, agent, bridge = await joined(floor)
    floor.do(BridgeLegs(CALL, bridge, (caller, agent)))
    assert await floor.next() == LegsBridged(bridge)
    await leave(floor, caller, agent)
    floor.do(DissolveBridge(CALL, bridge), DissolveBridge(CALL, bridge))
    assert await part(floor) == []


async def test_a_bridge_for_a_leg_that_left(floor: Floor) -> None:
    """The command fails, no bridge stays, the other leg does."""
    caller = await answered_caller(floor)
    command = BridgeLegs(CALL, BridgeId(new_id()), (caller, NOBODY))
    floor.do(command)
    failed = await until(floor, CommandFailed)
    assert (failed.command, failed.status) == (command, 400)
    assert await part(floor, caller) == [LegHungUp(caller)]


async def test_the_agent_leaves_and_the_caller_hears_more(floor: Floor) -> None:
    """The agent's end is told; out of the bridge the caller can be played to."""
    caller, agent, bridge = await joined(floor)
    await floor.hang_up(agent)
    assert {(await until(floor, LegHungUp)).leg for _ in range(AGENT_END_TOLD)} == {agent}
    playback = PlaybackId(new_id())
    floor.do(UnbridgeLeg(CALL, bridge, caller), DissolveBridge(CALL, bridge))
    floor.do(PlayPrompt(CALL, caller, playback, BEEP))
    assert await floor.next() == PlaybackFinished(playback)
    assert await part(floor, caller) == [LegHungUp(caller)]


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
    """What is told before a recording is closed."""
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
        assert re.search(rf"/{command.recording}\.wav$", done.path) or done.failed
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
    """It is told when it runs, and ends with the caller."""
    caller = await answered_caller(floor)
    recording = RecordingId(new_id())
    ear = LegId(new_id())
    floor.do(RecordCall(CALL, caller, ear, recording))
    assert await until(floor, RecordingBegan) == RecordingBegan(recording)
    floor.do(PauseRecording(CALL, recording, ear), ResumeRecording(CALL, recording, ear))
    floor.do(PlayPrompt(CALL, caller, PlaybackId(new_id()), BEEP))
    await until(floor, PlaybackFinished)
    await floor.hang_up(caller)
    before = await until_closed(floor, recording)
    while LegHungUp(caller) not in before:
        before.append(await floor.next())
    floor.do(finishing(recording, 1))
    while not isinstance(done := await floor.next(), RecordingFinished):
        assert done == LegHungUp(ear)
    assert (done.recording, done.failed) == (recording, False)
    assert [s for s in await part(floor) if s != LegHungUp(ear)] == []


async def test_a_recording_that_never_was(floor: Floor) -> None:
    """There is no file to be finished, nor to be discarded."""
    recording = RecordingId(new_id())
    floor.do(DiscardRecording(CALL, recording), finishing(recording, 1))
    assert await until(floor, RecordingFinished) == RecordingFinished(
        recording, "", 0, failed=True
    )


# Messages


async def message(
    floor: Floor, *, limit: float = 20, max_silence: float | None = None, after: timedelta = TONE
) -> tuple[LegId, RecordingId]:
    """A caller whose message is recorded, so long after the tone began."""
    caller = await answered_caller(floor)
    recording = RecordingId(new_id())
    silence = timedelta(seconds=max_silence) if max_silence is not None else None
    floor.do(RecordLeg(CALL, caller, recording, timedelta(seconds=limit), silence))
    await floor.listen(caller, after)
    return caller, recording


async def measured(floor: Floor, recording: RecordingId) -> float:
    """How much speech is in the message."""
    floor.do(msgspec.structs.replace(finishing(recording, 1), measures_speech=True))
    done = await until(floor, RecordingFinished)
    assert done.speech is not None
    return done.speech


async def test_a_key_ends_a_message(floor: Floor) -> None:
    """It is told first; what was spoken by then is measured."""
    caller, recording = await message(floor)
    await floor.speak(caller, timedelta(seconds=2))
    await floor.press(caller, 5)
    assert await floor.next() == DigitPressed(caller, "5")
    assert await floor.next() == RecordingClosed(recording)
    assert await measured(floor, recording) == pytest.approx(2, abs=0.2)
    assert await part(floor, caller) == [LegHungUp(caller)]


async def test_silence_ends_a_message(floor: Floor) -> None:
    """Once it lasts as long as is said; there is no speech in it."""
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
    """Though nobody does anything."""
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
    """A key is told and does not end the message, for it has not begun; we can end it later."""
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


async def test_hold_is_told(floor: Floor) -> None:
    """Of either side, and its end."""
    caller, agent, bridge = await joined(floor)
    await floor.hold(caller, held=True)
    assert await until(floor, LegHeld) == LegHeld(caller)
    await floor.hold(caller, held=False)
    assert await until(floor, LegUnheld) == LegUnheld(caller)
    await leave(floor, caller, agent)
    floor.do(DissolveBridge(CALL, bridge))
    assert await part(floor) == []
