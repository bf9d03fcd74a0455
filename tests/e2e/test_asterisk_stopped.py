"""Asterisk is stopped in order, as by an operator or a service manager, with calls in it."""

import os
import signal
from pathlib import Path

import pytest
from baresip import Runtime

from contactcenter_ari.core.vocabulary.event import EndReason, Party
from contactcenter_ari.machine.tool import Tools
from tests.e2e.separate_program import separate_program
from tests.e2e.test_asterisk_failure import MENU, QUEUE, STAFF, WAITER, asterisk, begin_talk
from tests.e2e.world import DESK, LONGEST

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_callers_are_tasks_after_a_stop(
    data_folder: Path, tools: Tools, runtime: Runtime
) -> None:
    """Asterisk hangs up all channels before it ends: callers who waited, talked or were in a menu
    were cut off by us, and are tasks.
    """
    async with separate_program(data_folder / "stopped", tools, runtime, STAFF) as center:
        program = center.program
        await begin_talk(center)
        menu = await center.sound(MENU)
        await center.call("waiter", LONGEST, WAITER)
        await program.until_waiting(QUEUE, 1)
        chooser = await center.call("chooser", DESK)
        await chooser.until_hears(menu)
        os.kill(asterisk(center), signal.SIGTERM)
        await program.until_ready(ready=False)
        await program.until_ready()
        rows = await center.rows()
        assert {who: (row.reason, row.ended_by) for who, row in rows.items()} == dict.fromkeys(
            ("talker", "waiter", "chooser"), (EndReason.SYSTEM_ERROR, Party.SYSTEM)
        )
        assert await program.metric("contactcenter_lost_calls_open") == len(center.callers)
