"""One suite, two switches: what holds on a real Asterisk holds on the fake one, too.

The simulations and property tests are worth as much as the fake switch is honest; these
sentences keep it so. Each is run against both.
"""

from datetime import timedelta

import msgspec
import pytest

from contactcenter_ari.core.vocabulary.command import (
    AnswerLeg,
    BridgeLegs,
    Command,
    DissolveBridge,
    HangUpLeg,
    PlayPrompt,
    StartMusic,
    StopMusic,
    StopPlayback,
    UnbridgeLeg,
)
from contactcenter_ari.core.vocabulary.ids import (
    BridgeId,
    PlaybackId,
)
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
)
from tests.contract.floor import MISSING, Floor, Manner, new_id
from tests.contract.telling import (
    AGENT_END_TOLD,
    BEEP,
    CALL,
    LONG,
    NOBODY,
    answered_agent,
    answered_caller,
    dial,
    joined,
    leave,
    legs_gone,
    part,
    until,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

A_MOMENT = timedelta(milliseconds=300)


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


async def test_a_caller_who_leaves_during_a_prompt(floor: Floor) -> None:
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


async def test_an_agent_who_leaves_during_a_prompt(floor: Floor) -> None:
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


async def test_we_hang_up_during_a_prompt(floor: Floor) -> None:
    """A prompt that the center ended itself has not failed."""
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
    """It is reported once; the leg is there until the center hangs it up."""
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
    """It can be used only when it is answered."""
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
    """It rings on beyond the limit of the command, but not without end: the switch gives it up."""
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
    """A command that begins an action fails as gone; one that ends an action has its effect."""
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
    """All legs are listed, those in a bridge and the one that is alone; the bridge has its caller,
    and the phone of the agent.
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
    """It is a leg like any other, although it is not answered."""
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
    """A second request, made because no report came, gets the report again."""
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
    """The agent's end is reported; out of the bridge the caller can be played to."""
    caller, agent, bridge = await joined(floor)
    await floor.hang_up(agent)
    assert {(await until(floor, LegHungUp)).leg for _ in range(AGENT_END_TOLD)} == {agent}
    playback = PlaybackId(new_id())
    floor.do(UnbridgeLeg(CALL, bridge, caller), DissolveBridge(CALL, bridge))
    floor.do(PlayPrompt(CALL, caller, playback, BEEP))
    assert await floor.next() == PlaybackFinished(playback)
    assert await part(floor, caller) == [LegHungUp(caller)]


async def test_hold_is_told(floor: Floor) -> None:
    """Hold by either side is signaled, and its end."""
    caller, agent, bridge = await joined(floor)
    await floor.hold(caller, held=True)
    assert await until(floor, LegHeld) == LegHeld(caller)
    await floor.hold(caller, held=False)
    assert await until(floor, LegUnheld) == LegUnheld(caller)
    await leave(floor, caller, agent)
    floor.do(DissolveBridge(CALL, bridge))
    assert await part(floor) == []
