"""Asterisk dies or freezes, or all knowledge of its calls is lost; the program and all people on
the phone go on.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from baresip import Runtime

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.connection import Connected, Credentials, News
from contactcenter_ari.ari.http import SwitchHttp
from contactcenter_ari.ari.reply import Reply
from contactcenter_ari.core.vocabulary.command import Command, StartMusic
from contactcenter_ari.core.vocabulary.event import EndReason, Party
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.postgres.report import Report
from contactcenter_ari.postgres.report_row import InteractionRow, RecordingRow
from tests.e2e.phone import Conversation
from tests.e2e.polling import until_holds
from tests.e2e.separate_program import AgentEntry, SeparateProgram, separate_program
from tests.e2e.world import DESK, LONGEST, World
from tests.hearing import tone_heard
from tests.recorded import sides_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUEUE = "longest"
AGENT, TALKER, WAITER = 620, 440, 500
TALKS, IDLE, AWAY = "301", "302", "303"
STAFF = (
    AgentEntry(TALKS, (QUEUE,), frequency=AGENT),
    AgentEntry(IDLE, ("least",), frequency=700),
    AgentEntry(AWAY, ("least",), frequency=800),
)
WAITING = 10
MENU = "Press one for help, three for your balance, four for visits."
NOTICED_WITHIN = 4.0
REACHABLE_WITHIN = 2.0
ENDS_WITHIN = 1.0
NO_GHOSTS_AFTER = timedelta(seconds=15)
SLACK = 3.0
"""Seconds more on a machine that is busy with other things."""


@dataclass(frozen=True, slots=True)
class FunctionInbox:
    """An inbox that calls a function."""

    put: Callable[[News], None]


def asterisk(center: SeparateProgram) -> int:
    """The process id of the switch."""
    assert center.environment.asterisk is not None
    assert center.environment.asterisk.pid is not None
    return center.environment.asterisk.pid


def now() -> float:
    """The loop's clock."""
    return asyncio.get_running_loop().time()


async def begin_talk(center: SeparateProgram) -> Conversation:
    """An agent logs in and talks to a caller."""
    await center.program.until_reachable(TALKS, IDLE, AWAY)
    await center.program.change_state(TALKS, "logged_in")
    talker = await center.call("talker", LONGEST, TALKER)
    talk = await center.phones[TALKS].talks()
    await talker.until_hears_tone(AGENT)
    return talk


async def talk_goes_on(center: SeparateProgram) -> None:
    """The caller hears more of the agent."""
    talker = center.callers["talker"]
    talker.rtp.heard.clear()
    await talker.until_hears_tone(AGENT, 0.5)


async def bridges(center: SeparateProgram) -> int:
    """How many bridges there are."""
    login, address = center.environment.ari, str(center.environment.addresses.asterisk_http)
    async with SwitchHttp.opened(address, Credentials(login.user, login.secret)) as http:
        return len((await http.send(operation.list_bridges())).read(list[object]))


async def recording_is_salvaged(center: SeparateProgram, row: InteractionRow) -> None:
    """Both voices are in it up to the crash, and its row says that it is cut."""
    found: list[RecordingRow] = []

    async def missing() -> str:
        rows = await Report(center.database).recordings(center.since)
        found[:] = [each for each in rows if each.interaction == row.interaction]
        return "" if found else "the recording of the talk is not written"

    await until_holds(missing)
    (recording,) = found
    assert (recording.failed, recording.cut) == (False, True)
    for frequency, side in zip((AGENT, TALKER), sides_of(recording.path), strict=True):
        assert tone_heard(side, frequency) > timedelta(seconds=0.5)


async def test_asterisk_is_killed(data_folder: Path, tools: Tools, runtime: Runtime) -> None:
    """All callers who waited, talked or were in a menu are tasks. Phones can be called at once, no
    agent is on a call that is gone, new calls are served, and the program still ends.
    """
    async with separate_program(data_folder / "killed", tools, runtime, STAFF) as center:
        program = center.program
        await begin_talk(center)
        menu = await center.sound(MENU)
        for place in range(1, WAITING + 1):
            await center.call(f"waiter {place}", LONGEST, WAITER)
            await program.until_waiting(QUEUE, place)
        chooser = await center.call("chooser", DESK)
        await chooser.until_hears(menu)
        os.kill(asterisk(center), signal.SIGKILL)
        await program.until_ready(ready=False)
        await program.until_ready()
        back_at = now()
        await program.until_reachable(TALKS, IDLE, AWAY)
        reachable_in = now() - back_at

        async def ghosts() -> str:
            count = await program.metric("contactcenter_calls_in_progress")
            state = (await program.agents())[TALKS].state.value
            gone = not count and state in {"ready", "wrap_up"}
            return "" if gone else f"{count} calls, and the agent is {state}"

        await until_holds(ghosts, NO_GHOSTS_AFTER)
        lost = len(center.callers)
        assert lost == WAITING + 2
        assert await program.metric("contactcenter_lost_calls_open") == lost
        rows = await center.rows()
        assert {(row.reason, row.ended_by) for row in rows.values()} == {
            (EndReason.SYSTEM_ERROR, Party.SYSTEM)
        }
        await program.until_agent(TALKS, "ready")
        late = await center.call("late", LONGEST, TALKER)
        talk = await center.phones[TALKS].talks(2)
        await late.until_hears_tone(AGENT)
        late.hang_up()
        await talk.until_over()
        await recording_is_salvaged(center, rows["talker"])
        assert await program.stop() == 0
        assert reachable_in < REACHABLE_WITHIN + SLACK, f"{reachable_in:.1f} s"


async def test_a_command_before_the_inventory_of_a_new_asterisk(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new Asterisk does not know the leg of a caller in a menu: the caller did not hang up, so
    they are a task.
    """
    service, refusals = world.service, []
    chooser = await world.call(DESK)
    await chooser.until_hears(await world.sound(MENU))
    (call,) = service.driver.center._calls
    music = StartMusic(call.run.call, call.run.leg, "default")
    announce, settle = service.switch.put, service.switch._lanes._judge

    def put(news: News, /) -> None:
        announce(news)
        if isinstance(news, Connected):
            service.switch.submit(music)

    def judge(command: Command, reply: Reply) -> None:
        refusals.extend([reply.status] if command is music else [])
        settle(command, reply)

    monkeypatch.setattr(service.switch._socket, "_inbox", FunctionInbox(put))
    monkeypatch.setattr(service.switch._lanes, "_judge", judge)
    assert world.environment.asterisk is not None
    assert world.environment.asterisk.pid is not None
    os.kill(world.environment.asterisk.pid, signal.SIGKILL)
    record = await world.record(chooser)
    assert refusals == [404]
    assert record.interaction.reason is EndReason.SYSTEM_ERROR
    assert record.interaction.ended_by is Party.SYSTEM
    assert service.driver.center.open_lost_calls() == 1


async def test_asterisk_is_frozen(data_folder: Path, tools: Tools, runtime: Runtime) -> None:
    """Asterisk keeps its socket and does not respond: it is noticed and reported, and over when
    Asterisk goes on. The talk is whole, and the waiting caller is served.
    """
    async with separate_program(data_folder / "frozen", tools, runtime, STAFF) as center:
        program = center.program
        talk = await begin_talk(center)
        waiter = await center.call("waiter", LONGEST, WAITER)
        await program.until_waiting(QUEUE, 1)
        os.kill(asterisk(center), signal.SIGSTOP)
        try:
            frozen_at = now()
            await program.until_ready(ready=False)
            noticed_in = now() - frozen_at
            assert "has not answered" in await program.why_not_ready()
            assert await program.metric('contactcenter_part_ok{part="switch"}') == 0
        finally:
            os.kill(asterisk(center), signal.SIGCONT)
        await program.until_ready()
        await talk_goes_on(center)
        assert (await program.agents())[TALKS].state.value == "on_call"
        center.callers["talker"].hang_up()
        await talk.until_over()
        served = await center.phones[TALKS].talks(2)
        await waiter.until_hears_tone(AGENT)
        waiter.hang_up()
        await served.until_over()
        await center.until_nothing_is_left()
        rows = await center.rows()
        assert {row.reason for row in rows.values()} == {EndReason.COMPLETED}
        assert noticed_in < NOTICED_WITHIN + SLACK, f"{noticed_in:.1f} s"


def poison(center: SeparateProgram) -> None:
    """Spoil all files that the program has written for its own recovery."""
    files = [path for path in (center.environment.data / "input").iterdir() if path.is_file()]
    assert files
    for path in files:
        path.write_bytes(b"\xff poison \x00" * 100)


@pytest.mark.parametrize("first", ["caller", "agent"])
async def test_all_records_are_unreadable(
    data_folder: Path, tools: Tools, runtime: Runtime, first: str
) -> None:
    """The talk goes on and its agent is not called; when either party hangs up both are free
    within a second. Waiting callers begin again; no bridge stays; each caller has one row.
    """
    async with separate_program(
        data_folder / f"poisoned-{first}", tools, runtime, STAFF
    ) as center:
        program = center.program
        talk = await begin_talk(center)
        talker = center.callers["talker"]
        await center.call("waiter", LONGEST, WAITER)
        await program.until_waiting(QUEUE, 1)
        await program.kill()
        poison(center)
        await program.start()
        await talk_goes_on(center)
        await program.until_reachable(TALKS)
        await program.change_state(TALKS, "logged_in")
        await center.call("second", LONGEST, WAITER)
        await program.until_waiting(QUEUE, 1)  # the first was told that nobody is at work
        view = (await program.agents())[TALKS]
        assert (view.state.value, view.non_acd_calls) == ("ready", 1)
        assert len(center.phones[TALKS].calls) == 1
        await talk_goes_on(center)
        ended_at = now()
        if first == "caller":
            talker.hang_up()
            await talk.until_over()
        else:
            await talk.hang_up()
            await talker.until_over()
        ended_in = now() - ended_at
        served = await center.phones[TALKS].talks(2)
        await center.callers["second"].until_hears_tone(AGENT)
        center.callers["second"].hang_up()
        await served.until_over()
        await center.callers["waiter"].until_over()
        await until_holds(lambda: _no_bridge(center), timedelta(seconds=10))
        await center.until_nothing_is_left()
        rows = await center.rows()
        by = Party.CALLER if first == "caller" else Party.AGENT
        assert (rows["talker"].reason, rows["talker"].ended_by) == (EndReason.ORPHANED, by)
        assert rows["talker"].agent == TALKS
        assert rows["second"].reason is EndReason.COMPLETED
        assert ended_in < ENDS_WITHIN + SLACK, f"{ended_in:.1f} s"


async def _no_bridge(center: SeparateProgram) -> str:
    count = await bridges(center)
    return f"{count} bridges" if count else ""
