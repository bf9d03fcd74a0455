"""Asterisk dies, or freezes, or all that was known of its calls is lost; the program and everybody
on the phone go on.
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
from tests.e2e.patience import until_holds
from tests.e2e.phone import Conversation
from tests.e2e.scene import Hand, Scene, staged
from tests.e2e.world import DESK, LONGEST, World
from tests.hearing import tone_heard
from tests.recorded import sides_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUEUE = "longest"
AGENT, TALKER, WAITER = 620, 440, 500
TALKS, IDLE, AWAY = "301", "302", "303"
HANDS = (
    Hand(TALKS, (QUEUE,), frequency=AGENT),
    Hand(IDLE, ("least",), frequency=700),
    Hand(AWAY, ("least",), frequency=800),
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
class Putting:
    """An inbox for news that is a function."""

    put: Callable[[News], None]


def asterisk(scene: Scene) -> int:
    """The process id of the switch."""
    assert scene.environment.asterisk is not None
    assert scene.environment.asterisk.pid is not None
    return scene.environment.asterisk.pid


def now() -> float:
    """The loop's clock."""
    return asyncio.get_running_loop().time()


async def begin_talk(scene: Scene) -> Conversation:
    """An agent logs in and talks to a caller."""
    await scene.program.until_reachable(TALKS, IDLE, AWAY)
    await scene.program.change_state(TALKS, "logged_in")
    talker = await scene.call("talker", LONGEST, TALKER)
    talk = await scene.phones[TALKS].talks()
    await talker.until_hears_tone(AGENT)
    return talk


async def talk_goes_on(scene: Scene) -> None:
    """The caller hears more of the agent."""
    talker = scene.callers["talker"]
    talker.rtp.heard.clear()
    await talker.until_hears_tone(AGENT, 0.5)


async def bridges(scene: Scene) -> int:
    """How many bridges there are."""
    login, address = scene.environment.ari, str(scene.environment.addresses.asterisk_http)
    async with SwitchHttp.opened(address, Credentials(login.user, login.secret)) as http:
        return len((await http.send(operation.list_bridges())).read(list[object]))


async def recording_is_salvaged(scene: Scene, row: InteractionRow) -> None:
    """Both voices up to the crash are there, and told to be cut."""
    found: list[RecordingRow] = []

    async def missing() -> str:
        rows = await Report(scene.database).recordings(scene.since)
        found[:] = [each for each in rows if each.interaction == row.interaction]
        return "" if found else "the recording of the talk is not written"

    await until_holds(missing)
    (recording,) = found
    assert (recording.failed, recording.cut) == (False, True)
    for frequency, side in zip((AGENT, TALKER), sides_of(recording.path), strict=True):
        assert tone_heard(side, frequency) > timedelta(seconds=0.5)


async def test_asterisk_is_killed(data_folder: Path, tools: Tools, runtime: Runtime) -> None:
    """Everybody who waited, talked or was in a menu is a task; phones can be rung at once, nobody
    is on a call that is not there, new calls are served, and the program still ends.
    """
    async with staged(data_folder / "killed", tools, runtime, HANDS) as scene:
        program = scene.program
        await begin_talk(scene)
        menu = await scene.sound(MENU)
        for place in range(1, WAITING + 1):
            await scene.call(f"waiter {place}", LONGEST, WAITER)
            await program.until_waiting(QUEUE, place)
        chooser = await scene.call("chooser", DESK)
        await chooser.until_hears(menu)
        os.kill(asterisk(scene), signal.SIGKILL)
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
        lost = len(scene.callers)
        assert lost == WAITING + 2
        assert await program.metric("contactcenter_lost_calls_open") == lost
        rows = await scene.rows()
        assert {(row.reason, row.ended_by) for row in rows.values()} == {
            (EndReason.SYSTEM_ERROR, Party.SYSTEM)
        }
        await program.until_agent(TALKS, "ready")
        late = await scene.call("late", LONGEST, TALKER)
        talk = await scene.phones[TALKS].talks(2)
        await late.until_hears_tone(AGENT)
        late.hang_up()
        await talk.until_over()
        await recording_is_salvaged(scene, rows["talker"])
        assert await program.stop() == 0
        assert reachable_in < REACHABLE_WITHIN + SLACK, f"{reachable_in:.1f} s"


async def test_a_command_before_the_inventory_of_a_new_asterisk(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new Asterisk does not know the leg of a caller in a menu: it was not the caller who hung
    up, so they are a task.
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

    monkeypatch.setattr(service.switch._socket, "_inbox", Putting(put))
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
    """It keeps its socket and says nothing: noticed and told, and over by itself when it goes on;
    the talk is whole, and who waited is served.
    """
    async with staged(data_folder / "frozen", tools, runtime, HANDS) as scene:
        program = scene.program
        talk = await begin_talk(scene)
        waiter = await scene.call("waiter", LONGEST, WAITER)
        await program.until_waiting(QUEUE, 1)
        os.kill(asterisk(scene), signal.SIGSTOP)
        try:
            frozen_at = now()
            await program.until_ready(ready=False)
            noticed_in = now() - frozen_at
            assert "has not answered" in await program.why_not_ready()
            assert await program.metric('contactcenter_part_ok{part="switch"}') == 0
        finally:
            os.kill(asterisk(scene), signal.SIGCONT)
        await program.until_ready()
        await talk_goes_on(scene)
        assert (await program.agents())[TALKS].state.value == "on_call"
        scene.callers["talker"].hang_up()
        await talk.until_over()
        served = await scene.phones[TALKS].talks(2)
        await waiter.until_hears_tone(AGENT)
        waiter.hang_up()
        await served.until_over()
        await scene.until_nothing_is_left()
        rows = await scene.rows()
        assert {row.reason for row in rows.values()} == {EndReason.COMPLETED}
        assert noticed_in < NOTICED_WITHIN + SLACK, f"{noticed_in:.1f} s"


def poison(scene: Scene) -> None:
    """Nothing of what the program has written for its own recovery can be read."""
    files = [path for path in (scene.environment.data / "input").iterdir() if path.is_file()]
    assert files
    for path in files:
        path.write_bytes(b"\xff poison \x00" * 100)


@pytest.mark.parametrize("first", ["caller", "agent"])
async def test_nothing_is_known_any_more(
    data_folder: Path, tools: Tools, runtime: Runtime, first: str
) -> None:
    """The talk goes on and its agent is not rung; when either hangs up both are free within a
    second; who waited begins again; no bridge stays; each caller has one row.
    """
    async with staged(data_folder / f"poisoned-{first}", tools, runtime, HANDS) as scene:
        program = scene.program
        talk = await begin_talk(scene)
        talker = scene.callers["talker"]
        await scene.call("waiter", LONGEST, WAITER)
        await program.until_waiting(QUEUE, 1)
        await program.kill()
        poison(scene)
        await program.start()
        await talk_goes_on(scene)
        await program.until_reachable(TALKS)
        await program.change_state(TALKS, "logged_in")
        await scene.call("second", LONGEST, WAITER)
        await program.until_waiting(QUEUE, 1)  # the first was told that nobody is at work
        view = (await program.agents())[TALKS]
        assert (view.state.value, view.non_acd_calls) == ("ready", 1)
        assert len(scene.phones[TALKS].calls) == 1
        await talk_goes_on(scene)
        ended_at = now()
        if first == "caller":
            talker.hang_up()
            await talk.until_over()
        else:
            await talk.hang_up()
            await talker.until_over()
        ended_in = now() - ended_at
        served = await scene.phones[TALKS].talks(2)
        await scene.callers["second"].until_hears_tone(AGENT)
        scene.callers["second"].hang_up()
        await served.until_over()
        await scene.callers["waiter"].until_over()
        await until_holds(lambda: _no_bridge(scene), timedelta(seconds=10))
        await scene.until_nothing_is_left()
        rows = await scene.rows()
        by = Party.CALLER if first == "caller" else Party.AGENT
        assert (rows["talker"].reason, rows["talker"].ended_by) == (EndReason.ORPHANED, by)
        assert rows["talker"].agent == TALKS
        assert rows["second"].reason is EndReason.COMPLETED
        assert ended_in < ENDS_WITHIN + SLACK, f"{ended_in:.1f} s"


async def _no_bridge(scene: Scene) -> str:
    count = await bridges(scene)
    return f"{count} bridges" if count else ""
