"""The disk of a running program is full while people talk: health reports it, nothing that
recovery needs is lost, and calls go on.

The kernel lets no file of the program grow, and of no other program. It is the same for any user.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from resource import RLIMIT_FSIZE, prlimit

import pytest
from baresip import Runtime

from contactcenter_ari.core.vocabulary.event import EndReason
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.runtime.replay import replay_onward
from contactcenter_ari.web.port import Condition, PartHealth
from tests.e2e.polling import until_holds
from tests.e2e.separate_program import AgentEntry, SeparateProgram, separate_program
from tests.e2e.world import DESK, LONGEST

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUEUE = "longest"
AGENT, TALKER, WAITER = 620, 440, 500
TALKS = "401"
STAFF = (AgentEntry(TALKS, (QUEUE,), frequency=AGENT),)
MENU = "Press one for help, three for your balance, four for visits."
CLOSED = "Our door is closed today."
TOLD_WITHIN = timedelta(seconds=2)
PENDING = "contactcenter_input_log_pending"
FAR = timedelta(seconds=90)
"""A snapshot that failed is tried again after half a minute."""


@contextmanager
def full_disk(program: int) -> Iterator[None]:
    """No file of the program may grow during the block."""
    before = prlimit(program, RLIMIT_FSIZE)
    prlimit(program, RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        prlimit(program, RLIMIT_FSIZE, before)


async def disk(center: SeparateProgram) -> PartHealth:
    """The health of the disk."""
    return (await center.program.health()).parts["disk"]


async def disk_is_not(center: SeparateProgram, condition: Condition) -> str:
    """A complaint when the health of the disk is not this."""
    found = await disk(center)
    return "" if found.condition is condition else f"the disk is {found}"


def snapshots(center: SeparateProgram) -> set[str]:
    """The names of the snapshots there are."""
    return {path.name for path in (center.environment.data / "input").glob("*.snapshot")}


async def visits_are_told(center: SeparateProgram, who: str) -> None:
    """A whole call, from the greeting to the end."""
    caller = await center.call(who, DESK)
    await caller.until_hears(await center.sound(MENU))
    await caller.press("4")
    await caller.until_hears(await center.sound(CLOSED))
    await caller.until_over()


async def test_the_disk_is_full(data_folder: Path, tools: Tools, runtime: Runtime) -> None:
    """Health reports it within two seconds of the first line that could not be written; a talk
    goes on, a whole call is served, a caller begins to wait. With room again all lines are written
    and a snapshot is taken. A program that is killed then knows all callers and agents; its log
    replays.
    """
    loop = asyncio.get_running_loop()
    async with separate_program(
        data_folder / "full", tools, runtime, STAFF, {"CC_WHOLE_LOGS": "on"}
    ) as center:
        program = center.program
        await program.until_reachable(TALKS)
        await program.change_state(TALKS, "logged_in")
        await visits_are_told(center, "before")
        talker = await center.call("talker", LONGEST, TALKER)
        talk = await center.phones[TALKS].talks()
        await talker.until_hears_tone(AGENT)
        known = snapshots(center)
        with full_disk(program.pid):
            waiter = await center.call("waiter", LONGEST, WAITER)
            full_at = loop.time()
            await until_holds(partial(disk_is_not, center, Condition.DEGRADED))
            told_in = loop.time() - full_at
            assert "inputs wait in memory" in (await disk(center)).why
            await program.until_waiting(QUEUE, 1)
            await visits_are_told(center, "meanwhile")
            talker.rtp.heard.clear()
            await talker.until_hears_tone(AGENT)
            assert await program.metric(PENDING) > 0
            assert await program.metric("contactcenter_calls_in_progress") == 2
        await until_holds(partial(disk_is_not, center, Condition.OK), FAR)
        assert await program.metric(PENDING) == 0
        assert snapshots(center) - known
        await program.kill()
        await program.start()
        assert (await program.agents())[TALKS].state.value == "on_call"
        assert (await program.queue(QUEUE)).waiting == 1
        talker.hang_up()
        await talk.until_over()
        served = await center.phones[TALKS].talks(2)
        await waiter.until_hears_tone(AGENT)
        waiter.hang_up()
        await served.until_over()
        await center.until_nothing_is_left()
        rows = await center.rows()
        assert rows.keys() == {"before", "talker", "waiter", "meanwhile"}
        assert rows["meanwhile"].reason is EndReason.CONTAINED
        assert rows["talker"].reason is rows["waiter"].reason is EndReason.COMPLETED
        assert await program.stop() == 0
        logs = (center.environment.data / "input").glob("*.jsonl")
        (start,) = (log for log in logs if "." not in log.stem)
        assert replay_onward(start).center.calls_in_progress() == 0
    assert told_in < TOLD_WITHIN.total_seconds(), f"{told_in:.1f} s"
