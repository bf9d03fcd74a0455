"""An agent's phone dies in a talk, without a word: the caller is kept, and talks again."""

import asyncio
from datetime import timedelta

import pytest

from contactcenter_ari.core.vocabulary.event import AgentState, EndReason, Party, SegmentKind
from tests.e2e.acd.floor import is_music
from tests.e2e.caller import Caller
from tests.e2e.polling import until, until_holds
from tests.e2e.wire.conftest import Dial, Hire
from tests.e2e.world import LEAST, LONGEST, World

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALLER, OTHER, NEW_PHONE = 440, 1000, 820
BUSY = timedelta(seconds=30)
"""The time that a busy machine may add to a limit."""
ENOUGH = 12_000
"""So many samples are listened to: a second and a half."""


async def until_hears_music(caller: Caller, limit: timedelta) -> None:
    """Wait until the caller has heard music for a while."""

    async def missing() -> str:
        heard = caller.heard
        played = len(heard) > ENOUGH and await is_music(heard[-ENOUGH:])
        return "" if played else "there is no music"

    await until_holds(missing, limit, timedelta(seconds=1))


async def test_the_agent_comes_back(world: World, dial: Dial, hire: Hire) -> None:
    """The phone was started anew: the same agent is rung again, and both hear each other. It is
    one talk, with a gap in it.
    """
    limit = world.place.settings.rtp_timeout + BUSY
    seat = await hire("longest")
    caller = await dial(LONGEST, own=b"+31600000101", frequency=CALLER)
    line = await seat.phone.rings()
    line.pick_up()
    await caller.until_hears_tone(line.frequency)
    line.vanish()
    seat.phone.frequency = NEW_PHONE
    again = await until(
        lambda: seat.phone.lines[1] if len(seat.phone.lines) > 1 else None,
        "the agent is not rung again",
        limit,
    )
    assert (caller.talking, seat.view.state) == (True, AgentState.ON_CALL)
    await until_hears_music(caller, BUSY)
    again.pick_up()
    await asyncio.gather(again.until_hears_tone(CALLER), caller.until_hears_tone(NEW_PHONE))
    caller.hang_up()
    await again.until_over()
    record = await world.record(caller)
    stretches = {each.kind: each for each in record.segments}
    gap, talk = stretches[SegmentKind.GAP], stretches[SegmentKind.TALK]
    assert (gap.result, gap.agent, talk.agent) == ("accepted", seat.agent, seat.agent)
    assert talk.started_at < gap.started_at < gap.ended_at < talk.ended_at
    assert [each.kind for each in record.segments].count(SegmentKind.TALK) == 1
    assert (record.interaction.reason, record.interaction.ended_by) == (
        EndReason.COMPLETED,
        Party.CALLER,
    )


async def test_the_agent_does_not_come_back(world: World, dial: Dial, hire: Hire) -> None:
    """The phone stays away: the next agent gets the caller, before one who came later."""
    limit = world.place.settings.rtp_timeout + BUSY
    dead = await hire("least")
    caller = await dial(LEAST, own=b"+31600000102", frequency=CALLER)
    line = await dead.phone.rings()
    line.pick_up()
    await caller.until_hears_tone(line.frequency)
    line.vanish()
    dead.phone.close()
    await until_hears_music(caller, limit)
    later = await dial(LEAST, own=b"+31600000103", frequency=OTHER)
    await later.until_answered()
    colleague = await hire("least", frequency=NEW_PHONE)
    answer = await colleague.phone.rings()
    answer.pick_up()
    await asyncio.gather(answer.until_hears_tone(CALLER), caller.until_hears_tone(NEW_PHONE))
    answer.hang_up()
    await caller.until_over()
    later.hang_up()
    record = await world.record(caller)
    (gap,) = (each for each in record.segments if each.kind is SegmentKind.GAP)
    talks = [each.agent for each in record.segments if each.kind is SegmentKind.TALK]
    assert (gap.result, gap.agent, talks) == ("failed", dead.agent, [dead.agent, colleague.agent])
    assert (record.interaction.reason, record.interaction.ended_by) == (
        EndReason.COMPLETED,
        Party.AGENT,
    )


async def test_a_caller_whose_phone_dies(world: World, dial: Dial, hire: Hire) -> None:
    """The call ends, and not by the caller."""
    limit = world.place.settings.rtp_timeout + BUSY
    seat = await hire("longest")
    caller = await dial(LONGEST, own=b"+31600000104")
    line = await seat.phone.rings()
    line.pick_up()
    await caller.until_hears_tone(line.frequency)
    caller.vanish()
    await line.until_over(limit)
    record = await world.record(caller)
    assert (record.interaction.reason, record.interaction.ended_by) == (
        EndReason.COMPLETED,
        Party.SYSTEM,
    )
