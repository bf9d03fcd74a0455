"""The program is to end, and calls go on and on: the limit ends them, and the program."""

from pathlib import Path

import pytest
from baresip import Runtime

from contactcenter_ari.core.vocabulary.event import EndReason, Party
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.runtime.replay import replay_onward
from tests.e2e.scene import Hand, staged
from tests.e2e.world import DESK, LONGEST

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUEUE, EXTENSION = "longest", "401"
AGENT = 620
"""Hertz."""
MENU = "Press one for help, three for your balance, four for visits."
APOLOGY = "We are sorry, our service is away."


async def test_the_limit_ends_what_goes_on(
    data_folder: Path, tools: Tools, runtime: Runtime
) -> None:
    """Who talks is hung up; who waits or is in a menu hears an apology first. Each has a row."""
    hands = (Hand(EXTENSION, (QUEUE,), frequency=AGENT),)
    limit = {"CC_DRAIN_LIMIT": "1s"}
    async with staged(data_folder / "data", tools, runtime, hands, limit) as scene:
        await scene.program.until_reachable(EXTENSION)
        await scene.program.change_state(EXTENSION, "logged_in")
        talker = await scene.call("talker", LONGEST)
        talk = await scene.phones[EXTENSION].talks()
        await talker.until_hears_tone(AGENT)
        waiter = await scene.call("waiter", LONGEST)
        await scene.program.until_waiting(QUEUE, 1)
        chooser = await scene.call("chooser", DESK)
        await chooser.until_hears(await scene.sound(MENU))
        assert await scene.program.stop() == 0
        for caller in (talker, waiter, chooser):
            await caller.until_over()
            assert caller.center_hung_up
        await talk.until_over()
        for told in (waiter, chooser):
            await told.until_hears(await scene.sound(APOLOGY))
        rows = await scene.rows()
        assert {who: (row.reason, row.ended_by) for who, row in rows.items()} == {
            "talker": (EndReason.COMPLETED, Party.SYSTEM),
            "waiter": (EndReason.SYSTEM_ERROR, Party.SYSTEM),
            "chooser": (EndReason.SYSTEM_ERROR, Party.SYSTEM),
        }
        logs = (scene.environment.data / "input").glob("*.jsonl")
        (start,) = (log for log in logs if "." not in log.stem)
        assert replay_onward(start).center.calls_in_progress() == 0
