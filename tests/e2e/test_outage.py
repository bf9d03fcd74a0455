"""Parts go away while people talk: the application, then the database; and come back."""

import os
import re
import signal
from decimal import Decimal
from pathlib import Path

import pytest
from baresip import Runtime

from contactcenter_ari.core.vocabulary.event import AgentState, EndReason
from contactcenter_ari.machine.port import Protocol, free_port
from contactcenter_ari.machine.postgres_process import EmbeddedPostgres
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.postgres.customer import Customer, put_customers
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.runtime.replay import replay
from contactcenter_ari.speech.hearing import tone_heard
from tests.e2e.caller import Caller
from tests.e2e.patience import until, until_holds
from tests.e2e.phone import Conversation
from tests.e2e.world import DESK, LONGEST, Place, World, founded, working

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALLER, AGENT = 440, 620
HEARTBEAT_LIMIT = 6
"""The dialplan takes the fall-back when the beat is older, in seconds."""
APOLOGY = "We are sorry, our service is away."
KNOWN = Customer("Known", ("+31677000009",), "20000009", Decimal("1.00"))


async def test_the_application_stops_and_starts_again(
    data_folder: Path, tools: Tools, runtime: Runtime
) -> None:
    """Talks go on without it; new callers hear an apology instead of silence; it takes up the
    talk where it was, and who came in between; its log gives the same again.
    """
    async with founded(data_folder / "stopped", tools, runtime) as place:
        async with working(place) as before:
            worker = await before.hire("longest", frequency=AGENT)
            caller = await before.call(LONGEST, frequency=CALLER)
            talk = await worker.phone.talks()
            await caller.until_hears_tone(AGENT)
        _replays_to_the_same(before)
        early = await before.call(LONGEST, frequency=1000)
        await _talk_goes_on(caller, talk)
        await until_holds(lambda: _beat_is_young(place))
        late = await before.call(DESK)
        sound = await before.sound(APOLOGY)
        middle = sound[len(sound) // 4 : len(sound) * 3 // 4]  # its ends may be cut off
        await late.until_hears(middle)
        await late.until_over()
        assert caller.talking
        assert early.status == 0
        async with working(place) as after:
            _take_over(after, before)
            assert after.service.resumed
            await _talk_goes_on(caller, talk)
            assert after.agent(worker.id).state is AgentState.ON_CALL
            caller.hang_up()
            await talk.until_over()
            later = await worker.phone.talks(2)
            await later.until_hears_tone(1000)
            early.hang_up()
            for served in (caller, early):
                record = await after.record(served)
                assert record.interaction.reason is EndReason.COMPLETED
                assert [recording.failed for recording in record.recordings] == [False]
            await after.clean_up()


async def test_asterisk_keeps_looking_for_the_application(world: World) -> None:
    """The connection is made by Asterisk, again and again, at once and for ever."""
    assert world.ground.asterisk is not None
    etc = world.ground.asterisk.folders.etc
    client = (etc / "websocket_client.conf").read_text()
    assert re.search(r"^connection_type = persistent$", client, re.MULTILINE)
    assert re.search(r"^reconnect_interval = 500$", client, re.MULTILINE)


async def test_the_database_is_killed_and_comes_back(
    data_folder: Path, tools: Tools, runtime: Runtime
) -> None:
    """Calls go on without it, a look-up takes its error exit, and nothing is lost."""
    port = free_port(Protocol.TCP)
    async with (
        EmbeddedPostgres(data_folder / "killed", port=port) as server,
        founded(data_folder / "customer", tools, runtime, database_url=server.dsn) as place,
        working(place) as world,
    ):
        await put_customers(world.service.database, [KNOWN])
        worker = await world.hire("longest", frequency=AGENT)
        first = await world.call(LONGEST, frequency=CALLER)
        talk = await worker.phone.talks()
        await talk.until_hears_tone(CALLER)
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        await server.wait()
        second = await _balance_is_unknown(world)
        await _talk_goes_on(first, talk)
        first.hang_up()
        third = await world.call(LONGEST, frequency=1000)
        later = await worker.phone.talks(2)
        await later.until_hears_tone(1000)
        third.hang_up()
        await until(lambda: world.service.journal.degraded, "nobody noticed")
        await server.stop()
        await server.start()
        for caller, reason in (
            (first, EndReason.COMPLETED),
            (second, EndReason.CONTAINED),
            (third, EndReason.COMPLETED),
        ):
            assert (await world.record(caller)).interaction.reason is reason
        assert not world.service.journal.degraded
        assert (world.service.journal.lost, world.service.journal.refused) == (0, 0)
        await world.clean_up()


async def _balance_is_unknown(world: World) -> Caller:
    caller = await world.call(DESK)
    await caller.until_answered()
    await caller.press("3")
    await caller.until_hears(await world.sound("Enter eight digits."))
    await caller.press(KNOWN.policy_number)
    await caller.until_hears(await world.sound("The accounts cannot be read now."))
    await caller.until_over()
    return caller


async def _talk_goes_on(caller: Caller, talk: Conversation) -> None:
    """Both hear half a second more of each other."""
    more = 0.5
    so_far = tone_heard(talk.heard, CALLER), tone_heard(caller.heard, AGENT)
    await talk.until_hears_tone(CALLER, so_far[0].total_seconds() + more)
    await caller.until_hears_tone(AGENT, so_far[1].total_seconds() + more)


async def _beat_is_young(place: Place) -> str:
    """Whether the dialplan still believes in the application."""
    assert place.ground.asterisk is not None
    told = await place.ground.asterisk.rx("dialplan show globals")
    beat = re.search(r"CC_BEAT=(\d+)", told)
    assert beat is not None
    age = Clock().now().timestamp() - int(beat[1])
    return "" if age > HEARTBEAT_LIMIT + 1 else f"the last beat is {age:.1f} s old"


def _replays_to_the_same(world: World) -> None:
    done = replay(world.service.input_log)
    assert done.digest.text == world.service.driver.digest.text
    assert done.commands > 0
    assert done.events > 0


def _take_over(after: World, before: World) -> None:
    """The people stay; only the application is another one."""
    after.since = before.since
    after.callers, after.workers, after.agents = before.callers, before.workers, before.agents
    for worker in after.workers:
        worker.world = after
