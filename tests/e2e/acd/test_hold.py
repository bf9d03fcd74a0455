"""Hold, by the phone's own key: both parties hear the right audio, and the recording has the right
parts.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import msgspec
import numpy as np
import pytest

from contactcenter_ari.ari import operation
from contactcenter_ari.core.vocabulary.event import EndReason, Party, SegmentKind
from contactcenter_ari.core.vocabulary.pause import PauseReason
from contactcenter_ari.speech.tone import Samples
from tests.e2e.acd.floor import AGENT, FOURTH, THIRD, is_music
from tests.e2e.caller import Caller
from tests.e2e.desk_phone import DeskPhone
from tests.e2e.hold_phone import HoldingLine, HoldingPhone, HoldKey
from tests.e2e.polling import until
from tests.e2e.world import World
from tests.hearing import tone_heard
from tests.recorded import sides_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALLER = 440
RATE = 8000
ENOUGH = 3 * RATE // 2
MARGIN = timedelta(seconds=0.7)
SIMPLE = {"simple_bridge", "native_rtp"}


class Bridge(msgspec.Struct):
    """How a bridge is made."""

    technology: str


_callers = count(1)


@dataclass(slots=True)
class Pair:
    """A caller and an agent who talk, each with a hold key."""

    world: World
    caller: HoldKey
    agent: HoldingLine
    phone: DeskPhone

    def sides(self, holder: str) -> tuple[HoldKey, HoldKey]:
        """The party that holds, and the party on hold."""
        pair = (self.agent, self.caller)
        return pair if holder == "agent" else (self.caller, self.agent)


async def ringing(world: World, number: str, queue: str) -> Pair:
    """A caller for whom an agent's phone rings."""
    hired = await world.enlist(queue)
    at = world.environment.addresses.sip
    phone = await HoldingPhone.registered(hired, at, frequency=AGENT)
    await world.log_in(hired.profile.agent)
    own = f"+3161000009{next(_callers)}"
    caller = await HoldKey.place(at, number, number=own, frequency=CALLER)
    assert isinstance(caller, HoldKey)
    world.callers.append(caller)
    line = await phone.rings()
    assert isinstance(line, HoldingLine)
    return Pair(world, caller, line, phone)


async def talking(world: World, number: str, queue: str) -> Pair:
    """A caller and an agent who hear each other."""
    pair = await ringing(world, number, queue)
    pair.agent.pick_up()
    await asyncio.gather(pair.agent.until_hears_tone(CALLER), pair.caller.until_hears_tone(AGENT))
    return pair


async def hears_next(caller: Caller, samples: int = ENOUGH) -> Samples:
    """The samples out of the earpiece from now on."""
    before = len(caller.rtp.heard)
    await until(lambda: len(caller.rtp.heard) >= before + samples, "nothing comes any more")
    return caller.heard_since(before)


async def hears_music(caller: Caller) -> None:
    """Wait until the caller hears nothing but music for one piece of it."""
    while not await is_music(await hears_next(caller)):
        pass


async def hears_voice(caller: Caller, frequency: float) -> None:
    """Wait until the caller hears the other party again, and no music."""
    while tone_heard(heard := await hears_next(caller), frequency) < timedelta(seconds=1):
        pass
    assert not await is_music(heard)


async def bridges(world: World) -> set[str]:
    """The technologies of the bridges that there are."""
    reply = await world.service.http.send(operation.list_bridges())
    return {bridge.technology for bridge in reply.read(list[Bridge])}


def silence_in(side: Samples) -> timedelta:
    """The longest stretch of silence."""
    edges = np.flatnonzero(np.concatenate([[True], side != 0, [True]]))
    return timedelta(seconds=float(np.diff(edges).max()) / RATE)


@pytest.mark.parametrize("holder", ["agent", "caller"])
async def test_the_party_on_hold_hears_music(world: World, holder: str) -> None:
    """The party on hold hears music in a recorded talk; afterwards both hear each other again.
    Nothing is recorded during hold, and the file keeps its time.
    """
    pair = await talking(world, THIRD, "third")
    holding, held = pair.sides(holder)
    assert await bridges(world) == {"simple_bridge"}
    await holding.hold(held=True)
    await hears_music(held)
    await hears_music(held)
    await holding.hold(held=False)
    await asyncio.gather(
        hears_voice(held, holding.frequency), hears_voice(holding, held.frequency)
    )
    pair.caller.hang_up()
    record = await world.record(pair.caller)
    (row,) = record.recordings
    (hold,) = (segment for segment in record.segments if segment.kind is SegmentKind.HOLD)
    assert hold.ended_at - hold.started_at > timedelta(seconds=3)
    for side, frequency in zip(sides_of(row.path), (AGENT, CALLER), strict=True):
        assert tone_heard(side, frequency) > timedelta(seconds=1)
        assert tone_heard(side, frequency) + silence_in(side) > row.duration - MARGIN
        assert silence_in(side) > timedelta(seconds=2)
    assert [pause.reason for pause in row.pauses] == [PauseReason.HOLD]
    assert abs(row.ended_at - row.started_at - row.duration) < timedelta(seconds=1.5)
    assert not row.cut
    pair.phone.close()


async def test_both_are_on_hold(world: World) -> None:
    """A phone that holds is sent nothing. The party that comes back first hears music until the
    other one comes back, too.
    """
    pair = await talking(world, THIRD, "third")
    await pair.agent.hold(held=True)
    await hears_music(pair.caller)
    await pair.caller.hold(held=True)
    await pair.agent.hold(held=False)
    await hears_music(pair.agent)
    await pair.caller.hold(held=False)
    await asyncio.gather(hears_voice(pair.caller, AGENT), hears_voice(pair.agent, CALLER))
    pair.caller.hang_up()
    record = await world.record(pair.caller)
    assert [s.kind for s in record.segments].count(SegmentKind.HOLD) == 1
    pair.phone.close()


async def test_the_agent_leaves_a_caller_on_hold(world: World) -> None:
    """The call ends as always, with the time on hold in the records."""
    pair = await talking(world, FOURTH, "fourth")
    await pair.agent.hold(held=True)
    await hears_music(pair.caller)
    pair.agent.hang_up()
    await pair.caller.until_over()
    record = await world.record(pair.caller)
    row = record.interaction
    assert (row.reason, row.ended_by) == (EndReason.COMPLETED, Party.AGENT)
    assert [s.kind for s in record.segments].count(SegmentKind.HOLD) == 1
    (recording,) = record.recordings
    assert [pause.reason for pause in recording.pauses] == [PauseReason.HOLD]
    for side in sides_of(recording.path):
        assert silence_in(side) > timedelta(seconds=1)
    pair.phone.close()


async def test_an_agent_picks_up_on_hold(world: World) -> None:
    """The caller hears music from the first instant on, and the agent once the key is pressed."""
    pair = await ringing(world, THIRD, "third")
    pair.agent.pick_up_on_hold()
    await hears_music(pair.caller)
    await hears_music(pair.caller)
    await pair.agent.hold(held=False)
    await asyncio.gather(hears_voice(pair.caller, AGENT), hears_voice(pair.agent, CALLER))
    pair.caller.hang_up()
    record = await world.record(pair.caller)
    assert [segment.kind for segment in record.segments].count(SegmentKind.HOLD) == 1
    (recording,) = record.recordings
    assert [pause.reason for pause in recording.pauses] == [PauseReason.HOLD]
    pair.phone.close()
