"""The program is killed again and again with calls in progress: no caller is lost, and the order
is kept.

Every start publishes, so the logs are cut by snapshots.
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
from tests.e2e.separate_program import AgentEntry, SeparateProgram, separate_program
from tests.e2e.world import DESK, LONGEST, SITE

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUEUE = "longest"
AGENT, CALLER = 620, 440
TALKS = "201"
STAFF = (AgentEntry(TALKS, (QUEUE,), frequency=AGENT),)
MUCH = 50_000_000
"""Bytes of inputs: seven hours of a hundred agents and more."""
EDITION = 300_000
READY_WITHIN = timedelta(seconds=6)
"""Seconds from the start of the process until it is ready, on a busy machine."""


@asynccontextmanager
async def busy(
    data: Path, tools: Tools, runtime: Runtime, waiting: int, choosing: int
) -> AsyncIterator[tuple[SeparateProgram, Conversation]]:
    """One caller talks, some wait in this order, some are in a menu."""
    patient = {"CC_SITE": str(_patient_site(data.parent / "site"))}
    async with separate_program(data, tools, runtime, STAFF, patient) as center:
        program = center.program
        await program.until_reachable(TALKS)
        await program.change_state(TALKS, "logged_in")
        talker = await center.call("talker", LONGEST, CALLER)
        talk = await center.phones[TALKS].talks()
        await talker.until_hears_tone(AGENT)
        for number in range(waiting):
            await center.call(f"waiter {number}", LONGEST, CALLER)
            await program.until_waiting(QUEUE, number + 1)
        for number in range(choosing):
            await center.call(f"chooser {number}", DESK)
        yield center, talk


def _patient_site(folder: Path) -> Path:
    """The site of these tests, whose callers may wait through all kills."""
    shutil.copytree(SITE, folder)
    queues = folder / "queues.yaml"
    text = queues.read_text("utf-8")
    assert "max_wait: 1m" in text
    queues.write_text(text.replace("max_wait: 1m", "max_wait: 2h"), "utf-8")
    return folder


async def _killed(center: SeparateProgram, talk: Conversation, waiting: int) -> float:
    """Kill the program, start it, and check that all callers are where they were; gives the length
    of the start.
    """
    talker = center.callers["talker"]
    await center.program.kill()
    talker.rtp.heard.clear()
    await talker.until_hears_tone(AGENT, 0.5)
    begun = time.perf_counter()
    await center.program.start()
    took = time.perf_counter() - begun
    await center.program.until_waiting(QUEUE, waiting)
    assert not talk.over
    await talker.until_hears_tone(AGENT, 0.5)
    assert (await center.program.agents())[TALKS].state.value == "on_call"
    return took


async def _killed_often(
    center: SeparateProgram, talk: Conversation, kills: int, waiting: int
) -> None:
    took = [await _killed(center, talk, waiting) for _ in range(kills)]
    assert median(took) < READY_WITHIN.total_seconds(), took
    snapshots = list((center.environment.data / "input").glob("*.snapshot"))
    assert 0 < len(snapshots) <= 3
    center.callers["talker"].hang_up()
    await talk.until_over()
    for number in range(waiting):  # each is offered to the agent when it is their turn
        served = await center.phones[TALKS].talks(number + 2)
        waiter = center.callers[f"waiter {number}"]
        await waiter.until_hears_tone(AGENT)
        waiter.hang_up()
        await served.until_over()
    for who, caller in center.callers.items():
        if who.startswith("chooser") and not caller.over:
            caller.hang_up()
    await center.until_nothing_is_left()
    await _all_is_written(center)


async def _all_is_written(center: SeparateProgram) -> None:
    """One row a caller, and the offers in the order in which they came."""
    rows = await center.rows()
    assert len(rows) == len(center.callers)
    for who, row in rows.items():  # one who chooses nothing for long is led out of the menu
        assert who.startswith("chooser") or row.reason is EndReason.COMPLETED, (who, row)
    offers = await Report(center.database).offers(center.since)
    made = {offer.interaction: offer.made_at for offer in offers}
    served = [row.interaction for who, row in rows.items() if not who.startswith("chooser")]
    assert len(offers) == len(made) == len(served)
    called = sorted(rows.items(), key=lambda item: list(center.callers).index(item[0]))
    order = [row.interaction for who, row in called if not who.startswith("chooser")]
    assert sorted(made, key=lambda interaction: made[interaction]) == order
    assert await center.program.stop() == 0


async def test_killed_three_times(data_folder: Path, tools: Tools, runtime: Runtime) -> None:
    """The short form."""
    async with busy(data_folder / "data", tools, runtime, 3, 2) as (center, talk):
        await _killed_often(center, talk, 3, 3)


@pytest.mark.chaos
async def test_killed_forty_times(data_folder: Path, tools: Tools, runtime: Runtime) -> None:
    """The long form, with thirty calls up."""
    async with busy(data_folder / "data", tools, runtime, 20, 9) as (center, talk):
        await _killed_often(center, talk, 40, 20)


@pytest.mark.chaos
async def test_killed_after_fifty_megabytes(
    data_folder: Path, tools: Tools, runtime: Runtime
) -> None:
    """The start takes no longer after fifty megabytes of inputs, with thirty calls."""
    async with busy(data_folder / "data", tools, runtime, 29, 0) as (center, talk):
        await _write_much(center, data_folder / "site" / "desk.yaml")
        await _killed_often(center, talk, 3, 29)


async def _write_much(center: SeparateProgram, flow: Path) -> None:
    """Publish long versions of a flow: each is in the input log."""
    text = await asyncio.to_thread(flow.read_text, "utf-8")
    for edition in range(MUCH // EDITION):
        long = f'{{en: "{edition} {{caller.number | digits}} {"x" * EDITION}"}}'
        changed = text.replace("prompts:\n", f"prompts:\n  long: {long}\n")
        await asyncio.to_thread(flow.write_text, changed, "utf-8")
        await center.program.publish()
        logs = (center.environment.data / "input").glob("*.jsonl")
        assert max(log.stat().st_size for log in logs) > EDITION
