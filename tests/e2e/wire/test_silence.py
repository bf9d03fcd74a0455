"""Silent legs: a dead one is given up within the limit for silence, a muted one stays."""

from datetime import timedelta

import pytest

from contactcenter_ari.core.vocabulary.event import AgentState
from tests.e2e.polling import until
from tests.e2e.wire.conftest import Dial, Hire
from tests.e2e.wire.raw_caller import RawCaller
from tests.e2e.world import LEAST, LONGEST, World

pytestmark = pytest.mark.asyncio(loop_scope="session")

LONG_SILENCE = timedelta(seconds=120)
BUSY = timedelta(seconds=30)
"""The time that a busy machine may add to a limit."""


def times_asked(caller: RawCaller) -> int:
    """The number of times that a caller was asked whether they are alive."""
    return sum(text.startswith("UPDATE ") for text in caller.heard_of)


async def test_a_dead_leg_ends_and_a_muted_one_stays(world: World, dial: Dial, hire: Hire) -> None:
    """Callers that vanish free the agent within the limit, and an agent whose phone vanishes is
    rung again. A muted caller stays in line, also one whose phone only answers that it is
    there, and one on hold.
    """
    limit = world.place.settings.rtp_timeout + BUSY
    left, leaves = await hire("longest"), await hire("least", frequency=700)
    dead, orphan = await dial(LONGEST), await dial(LEAST)
    at_left, leaving = [await seat.phone.rings() for seat in (left, leaves)]
    for line, caller in ((at_left, dead), (leaving, orphan)):
        line.pick_up()
        await caller.until_hears_tone(line.frequency)
    muted, refusing, held = [await dial(LONGEST, mute=True) for _ in range(3)]
    refusing.requests["UPDATE"] = "405 Method Not Allowed"
    for caller in (muted, refusing, held):
        await caller.until_answered()
    await held.ask("INVITE", body=held.offer(direction="sendonly"))
    dead.vanish()
    leaving.vanish()
    await at_left.until_over(limit)
    rung_again = await until(lambda: leaves.phone.lines[1:], "the agent is not rung again", limit)
    assert orphan.talking
    rung_again[0].turn_down("603 Decline")
    await leaves.until(AgentState.READY)
    assert [times_asked(caller) > 1 for caller in (muted, refusing, held)] == [True, True, False]
    assert [caller.talking for caller in (muted, refusing, held)] == [True] * 3


@pytest.mark.chaos
async def test_two_minutes_of_silence(dial: Dial, hire: Hire) -> None:
    """A caller with silence suppression sends nothing for 120 s and is still in the talk."""
    seat = await hire("longest")
    caller = await dial(LONGEST)
    line = await seat.phone.rings()
    line.pick_up()
    await caller.until_hears_tone(line.frequency)
    caller.mute = True
    spoken = len(caller.rtp.heard)
    wanted = spoken + int(LONG_SILENCE.total_seconds()) * 8000
    await until(
        lambda: len(caller.rtp.heard) >= wanted or caller.over,
        lambda: f"heard {len(caller.rtp.heard)} of {wanted} samples of the agent",
        LONG_SILENCE + BUSY,
    )
    assert (caller.talking, seat.view.state) == (True, AgentState.ON_CALL)
    caller.mute = False
    before = len(line.rtp.heard)
    await until(lambda: len(line.rtp.heard) > before, "the agent does not hear the caller")
    assert times_asked(caller) > 1
