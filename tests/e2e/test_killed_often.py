"""The program is killed again and again amid calls: nobody is lost, and the order is kept.

Every start publishes, so that the logs are cut by snapshots in between.
"""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

import pytest
from baresip import Runtime

from contactcenter_ari.core.vocabulary.event import EndReason
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.postgres.report import Report
from tests.e2e.phone import Conversation
from tests.e2e.scene import Hand, Scene, staged
from tests.e2e.world import DESK, LONGEST, SITE

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUEUE = "longest"
AGENT, CALLER = 620, 440
TALKS = "201"
HANDS = (Hand(TALKS, (QUEUE,), frequency=AGENT),)
MUCH = 50_000_000
"""Bytes of inputs: seven hours of a hundred agents and more."""
EDITION = 300_000
READY_WITHIN = timedelta(seconds=6)
"""From the start of the process to ready, on a machine that does a lot else besides."""


@asynccontextmanager
async def busy(
    data: Path, tools: Tools, runtime: Runtime, waiting: int, choosing: int
) -> AsyncIterator[tuple[Scene, Conversation]]:
    """One caller talks, some wait in this order, some stand in a menu."""
    patient = {"CC_SITE": str(_patient_site(data.parent / "site"))}
    async with staged(data, tools, runtime, HANDS, patient) as scene:
        program = scene.program
        await program.until_reachable(TALKS)
        await program.change_state(TALKS, "logged_in")
        talker = await scene.call("talker", LONGEST, CALLER)
        talk = await scene.phones[TALKS].talks()
        await talker.until_hears_tone(AGENT)
        for number in range(waiting):
            await scene.call(f"waiter {number}", LONGEST, CALLER)
            await program.until_waiting(QUEUE, number + 1)
        for number in range(choosing):
            await scene.call(f"chooser {number}", DESK)
        yield scene, talk


def _patient_site(folder: Path) -> Path:
    """The site of these tests, whose callers may wait as long as the kills take."""
    shutil.copytree(SITE, folder)
    queues = folder / "queues.yaml"
    text = queues.read_text("utf-8")
    assert "max_wait: 1m" in text
    queues.write_text(text.replace("max_wait: 1m", "max_wait: 2h"), "utf-8")
    return folder


async def _killed(scene: Scene, talk: Conversation, waiting: int) -> float:
    """Kill the program, start it, and see that everybody is where they were; gives how long the
    start took.
    """
    talker = scene.callers["talker"]
    await scene.program.kill()
    talker.rtp.heard.clear()
    await talker.until_hears_tone(AGENT, 0.5)
    begun = time.perf_counter()
    await scene.program.start()
    took = time.perf_counter() - begun
    await scene.program.until_waiting(QUEUE, waiting)
    assert not talk.over
    await talker.until_hears_tone(AGENT, 0.5)
    assert (await scene.program.agents())[TALKS].state.value == "on_call"
    return took


async def _killed_often(scene: Scene, talk: Conversation, kills: int, waiting: int) -> None:
    took = [await _killed(scene, talk, waiting) for _ in range(kills)]
    assert median(took) < READY_WITHIN.total_seconds(), took
    snapshots = list((scene.environment.data / "input").glob("*.snapshot"))
    assert 0 < len(snapshots) <= 3
    scene.callers["talker"].hang_up()
    await talk.until_over()
    for number in range(waiting):  # each is offered to the agent when it is their turn
        served = await scene.phones[TALKS].talks(number + 2)
        waiter = scene.callers[f"waiter {number}"]
        await waiter.until_hears_tone(AGENT)
        waiter.hang_up()
        await served.until_over()
    for who, caller in scene.callers.items():
        if who.startswith("chooser") and not caller.over:
            caller.hang_up()
    await scene.until_nothing_is_left()
    await _all_is_written(scene)


async def _all_is_written(scene: Scene) -> None:
    """One row a caller, and the offers in the order in which they came."""
    rows = await scene.rows()
    assert len(rows) == len(scene.callers)
    for who, row in rows.items():  # one who chooses nothing for long is led out of the menu
        assert who.startswith("chooser") or row.reason is EndReason.COMPLETED, (who, row)
    offers = await Report(scene.database).offers(scene.since)
    made = {offer.interaction: offer.made_at for offer in offers}
    served = [row.interaction for who, row in rows.items() if not who.startswith("chooser")]
    assert len(offers) == len(made) == len(served)
    called = sorted(rows.items(), key=lambda item: list(scene.callers).index(item[0]))
    order = [row.interaction for who, row in called if not who.startswith("chooser")]
    assert sorted(made, key=lambda interaction: made[interaction]) == order
    assert await scene.program.stop() == 0


async def test_killed_three_times(data_folder: Path, tools: Tools, runtime: Runtime) -> None:
    """The short form."""
    async with busy(data_folder / "data", tools, runtime, 3, 2) as (scene, talk):
        await _killed_often(scene, talk, 3, 3)


@pytest.mark.chaos
async def test_killed_forty_times(data_folder: Path, tools: Tools, runtime: Runtime) -> None:
    """The long form, with thirty calls up."""
    async with busy(data_folder / "data", tools, runtime, 20, 9) as (scene, talk):
        await _killed_often(scene, talk, 40, 20)


@pytest.mark.chaos
async def test_killed_after_fifty_megabytes(
    data_folder: Path, tools: Tools, runtime: Runtime
) -> None:
    """However much was written since the start, thirty calls are taken up as quickly."""
    async with busy(data_folder / "data", tools, runtime, 29, 0) as (scene, talk):
        await _write_much(scene, data_folder / "site" / "desk.yaml")
        await _killed_often(scene, talk, 3, 29)


async def _write_much(scene: Scene, flow: Path) -> None:
    """Publish one long edition of a flow after another: each stands in the input log."""
    text = await asyncio.to_thread(flow.read_text, "utf-8")
    for edition in range(MUCH // EDITION):
        long = f'{{en: "{edition} {{caller.number | digits}} {"x" * EDITION}"}}'
        changed = text.replace("prompts:\n", f"prompts:\n  long: {long}\n")
        await asyncio.to_thread(flow.write_text, changed, "utf-8")
        await scene.program.publish()
        logs = (scene.environment.data / "input").glob("*.jsonl")
        assert max(log.stat().st_size for log in logs) > EDITION
