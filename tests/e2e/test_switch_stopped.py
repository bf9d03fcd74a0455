"""Asterisk is stopped in order, as an operator or a service manager does it, with calls in it."""

import os
import signal
from pathlib import Path

import pytest
from baresip import Runtime

from contactcenter_ari.core.vocabulary.event import EndReason, Party
from contactcenter_ari.machine.tool import Tools
from tests.e2e.scene import staged
from tests.e2e.test_switch_trouble import HANDS, MENU, QUEUE, WAITER, asterisk, begin_talk
from tests.e2e.world import DESK, LONGEST

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_stop_of_ours_is_no_hang_up_of_callers(
    data_folder: Path, tools: Tools, runtime: Runtime
) -> None:
    """Asterisk hangs all channels up before it ends: who waited, talked or was in a menu was cut
    off by us, and is a task.
    """
    async with staged(data_folder / "stopped", tools, runtime, HANDS) as scene:
        program = scene.program
        await begin_talk(scene)
        menu = await scene.sound(MENU)
        await scene.call("waiter", LONGEST, WAITER)
        await program.until_waiting(QUEUE, 1)
        chooser = await scene.call("chooser", DESK)
        await chooser.until_hears(menu)
        os.kill(asterisk(scene), signal.SIGTERM)
        await program.until_ready(ready=False)
        await program.until_ready()
        rows = await scene.rows()
        assert {who: (row.reason, row.ended_by) for who, row in rows.items()} == dict.fromkeys(
            ("talker", "waiter", "chooser"), (EndReason.SYSTEM_ERROR, Party.SYSTEM)
        )
        assert await program.metric("contactcenter_lost_calls_open") == len(scene.callers)
