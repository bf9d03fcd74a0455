"""The steps in which the sentences of the switch contract are written."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from contactcenter_ari.core.vocabulary.command import (
    AnswerLeg,
    BridgeLegs,
    DialLeg,
    HangUpLeg,
    PlayPrompt,
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
    CommandFailed,
    LegAnswered,
    LegHungUp,
    LegsBridged,
    Signal,
)
from tests.contract.floor import Floor, Manner, new_id

CALL = CallId("n1-0-1")
BEEP, LONG = (SoundFile("beep"),), (SoundFile("vm-intro"),)
NOBODY = LegId("n1-0-nobody")
AGENT_END_TOLD = 2
"""A dialed leg that was answered leaves the application, and ends: both are reported."""

Kind = TypeVar("Kind", bound=Signal)


async def until(floor: Floor, kind: type[Kind]) -> Kind:
    """The next signal, which must be of this kind."""
    signal = await floor.next()
    assert isinstance(signal, kind), signal
    return signal


async def rest(floor: Floor) -> list[Signal]:
    """All signals that are still to come after the commands are done."""
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
    """Hang up legs and check that none is left; gives the signals meanwhile."""
    floor.do(*[HangUpLeg(CALL, leg) for leg in legs])
    await floor.assert_nothing_left()
    return await rest(floor)


async def leave(floor: Floor, caller: LegId, agent: LegId) -> None:
    """End a talk, and await each end as often as it is reported."""
    floor.do(HangUpLeg(CALL, caller), HangUpLeg(CALL, agent))
    told = [(await until(floor, LegHungUp)).leg for _ in range(1 + AGENT_END_TOLD)]
    assert sorted(told) == sorted((caller, *[agent] * AGENT_END_TOLD))


def legs_gone(signals: Sequence[Signal]) -> set[LegId]:
    """The legs that ended."""
    return {signal.leg for signal in signals if isinstance(signal, LegHungUp)}
