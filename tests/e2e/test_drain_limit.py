"""The program is to end while calls go on: the limit ends the calls, and then the program."""

from pathlib import Path

import pytest
from baresip import Runtime

from contactcenter_ari.core.vocabulary.event import EndReason, Party
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.runtime.replay import replay_onward
from tests.e2e.separate_program import AgentEntry, separate_program
from tests.e2e.world import DESK, LONGEST

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUEUE, EXTENSION = "longest", "401"
AGENT = 620
"""Hertz."""
MENU = "Press one for help, three for your balance, four for visits."
APOLOGY = "We are sorry, our service is away."


async def test_the_limit_ends_all_calls(data_folder: Path, tools: Tools, runtime: Runtime) -> None:
    """The talk is hung up; callers who wait or are in a menu hear an apology first. Each has a
    row.
    """
    staff = (AgentEntry(EXTENSION, (QUEUE,), frequency=AGENT),)
    limit = {"CC_DRAIN_LIMIT": "1s"}
    async with separate_program(data_folder / "data", tools, runtime, staff, limit) as center:
        await center.program.until_reachable(EXTENSION)
        await center.program.change_state(EXTENSION, "logged_in")
        talker = await center.call("talker", LONGEST)
        talk = await center.phones[EXTENSION].talks()
        await talker.until_hears_tone(AGENT)
        waiter = await center.call("waiter", LONGEST)
        await center.program.until_waiting(QUEUE, 1)
        chooser = await center.call("chooser", DESK)
        await chooser.until_hears(await center.sound(MENU))
        assert await center.program.stop() == 0
        for caller in (talker, waiter, chooser):
            await caller.until_over()
            assert caller.center_hung_up
        await talk.until_over()
        for told in (waiter, chooser):
            await told.until_hears(await center.sound(APOLOGY))
        rows = await center.rows()
        assert {who: (row.reason, row.ended_by) for who, row in rows.items()} == {
            "talker": (EndReason.COMPLETED, Party.SYSTEM),
            "waiter": (EndReason.SYSTEM_ERROR, Party.SYSTEM),
            "chooser": (EndReason.SYSTEM_ERROR, Party.SYSTEM),
        }
        logs = (center.environment.data / "input").glob("*.jsonl")
        (start,) = (log for log in logs if "." not in log.stem)
        assert replay_onward(start).center.calls_in_progress() == 0
