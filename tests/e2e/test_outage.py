"""The application, then the database, goes away while people talk, and comes back."""

import asyncio
import os
import re
import signal
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import psycopg
import pytest
from baresip import Runtime

from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.vocabulary.event import AgentState, EndReason
from contactcenter_ari.core.vocabulary.prompt import SpokenText
from contactcenter_ari.machine.port import Protocol, free_port
from contactcenter_ari.machine.postgres_process import EmbeddedPostgres
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.customer import Customer, put_customers
from contactcenter_ari.postgres.directory import Directory
from contactcenter_ari.postgres.report import Report
from contactcenter_ari.runtime.replay import replay_onward
from contactcenter_ari.service.secret import administrator_token, snapshot_key
from contactcenter_ari.web.port import Condition
from tests.e2e.caller import Caller
from tests.e2e.phone import Conversation
from tests.e2e.polling import until, until_holds
from tests.e2e.program import Program
from tests.e2e.world import DESK, LONGEST, SITE, Place, World, founded, working
from tests.hearing import tone_heard
from tests.recorded import mono_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALLER, AGENT = 440, 620
LONG_AGO, YOUNG = "0", "9999999999"
"""Times of the application's last beat: the length of a restart is not left to the machine."""
APOLOGY = "We are sorry, our service is away."
MENU = "Press one for help, three for your balance, four for visits."
CLOSED = "Our door is closed today."
READY_WITHIN = timedelta(seconds=3)
ROWS_WITHIN = timedelta(seconds=2)
KNOWN = Customer("Known", ("+31677000009",), "20000009", Decimal("1.00"))


async def test_the_application_stops_and_starts_again(
    data_folder: Path, tools: Tools, runtime: Runtime
) -> None:
    """Talks go on without the application; new callers hear an apology. The application takes up
    the talk and the new callers, and its log replays to the same.
    """
    async with founded(data_folder / "stopped", tools, runtime) as place:
        async with working(place) as before:
            worker = await before.hire("longest", frequency=AGENT)
            caller = await before.call(LONGEST, frequency=CALLER)
            talk = await worker.phone.talks()
            await caller.until_hears_tone(AGENT)
        _replays_to_the_same(before)
        await _set_beat(place, LONG_AGO)
        late = await before.call(DESK)
        sound = await before.sound(APOLOGY)
        middle = sound[len(sound) // 4 : len(sound) * 3 // 4]  # its ends may be cut off
        await late.until_hears(middle)
        await late.until_over()
        await _set_beat(place, YOUNG)
        early = await before.call(LONGEST, frequency=1000)
        await _talk_goes_on(caller, talk)
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
            assert (await after.record(late)).interaction.reason is EndReason.APOLOGIZED
            for served in (caller, early):
                record = await after.record(served)
                assert record.interaction.reason is EndReason.COMPLETED
                assert [recording.failed for recording in record.recordings] == [False]
            await after.clean_up()


async def test_asterisk_keeps_looking_for_the_application(world: World) -> None:
    """Asterisk connects again and again, at once and without end."""
    assert world.environment.asterisk is not None
    etc = world.environment.asterisk.folders.etc
    client = (etc / "websocket_client.conf").read_text()
    assert re.search(r"^connection_type = persistent$", client, re.MULTILINE)
    assert re.search(r"^reconnect_interval = 500$", client, re.MULTILINE)


async def test_the_database_is_killed_and_comes_back(
    data_folder: Path, tools: Tools, runtime: Runtime
) -> None:
    """Calls go on without the database, a look-up takes its error exit, and no row is lost."""
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


async def test_the_program_starts_while_the_database_is_away(
    data_folder: Path, tools: Tools, runtime: Runtime
) -> None:
    """The program takes calls within seconds and reports that it has no database. Soon after there
    is one all rows are in it, and the agents are known.
    """
    loop = asyncio.get_running_loop()
    server = EmbeddedPostgres(data_folder / "late", fsync=False)
    server.choose_port()
    data = data_folder / "early"
    async with founded(data, tools, runtime, database_url=server.dsn) as place:
        where = place.environment.addresses
        environ = {
            **os.environ,
            "CC_DATA_DIR": str(data),
            "CC_SITE": str(SITE),
            "CC_DATABASE_URL": server.dsn,
            "CC_ASTERISK_HTTP": str(where.asterisk_http),
        }
        token = administrator_token(data)
        output = data / "program.log"
        async with Program.of(environ, output=output, web=str(where.web), token=token) as program:
            began = loop.time()
            await program.start()
            assert loop.time() - began < _on_this_machine(READY_WITHIN)
            health = await program.health()
            assert health.parts["database"].condition is Condition.DEGRADED
            caller = await _visits_are_told(place)
            assert (await program.health()).condition is Condition.DEGRADED
            async with server, Database(server.dsn) as database:
                began = loop.time()
                await until_holds(partial(_row_is_missing, database, caller.number))
                assert loop.time() - began < _on_this_machine(ROWS_WITHIN)
                await until_holds(partial(_is_unwell, program))
                await Directory(database).add_agent("201", "Ann", ["longest"])
                await until_holds(partial(_is_unknown, program, "201"))
                assert await program.stop() == 0
        assert "Traceback" not in output.read_text()


def _on_this_machine(limit: timedelta) -> float:
    """A time in seconds, longer when more programs want to run than there are processors."""
    return limit.total_seconds() * max(1.0, os.getloadavg()[0])


async def _visits_are_told(place: Place) -> Caller:
    """A call through a flow without look-ups."""
    caller = await Caller.place(place.environment.addresses.sip, DESK, number="+31677000010")
    try:
        await caller.until_answered()
        for text, keys in ((MENU, "4"), (CLOSED, "")):
            (media,) = await place.environment.prompts.media((SpokenText(text, "en"),))
            sound = mono_of(Path(media.removeprefix("sound:")).with_suffix(".wav"))[:-2000]
            await caller.until_hears(sound)
            await caller.press(keys)
        await caller.until_over()
    finally:
        caller.close()
    return caller


async def _row_is_missing(database: Database, number: str) -> str:
    try:
        rows = await Report(database).interactions(datetime(2026, 1, 1, tzinfo=UTC))
    except (ContactCenterError, psycopg.Error) as error:
        return str(error)
    return "" if [row.caller_number for row in rows] == [number] else f"{len(rows)} rows"


async def _is_unwell(program: Program) -> str:
    health = await program.health()
    return "" if health.condition is Condition.OK else repr(health.parts)


async def _is_unknown(program: Program, agent: str) -> str:
    return "" if agent in await program.agents() else f"{agent} is not known"


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
    """Both hear each other for half a second more."""
    more = 0.5
    so_far = tone_heard(talk.heard, CALLER), tone_heard(caller.heard, AGENT)
    await talk.until_hears_tone(CALLER, so_far[0].total_seconds() + more)
    await caller.until_hears_tone(AGENT, so_far[1].total_seconds() + more)


async def _set_beat(place: Place, at: str) -> None:
    """Write that the application was alive then, for the dialplan and the watch."""
    assert place.environment.asterisk is not None
    for name in ("CC_ALIVE", "CC_BEAT"):
        await place.environment.asterisk.rx(f"dialplan set global {name} {at}")


def _replays_to_the_same(world: World) -> None:
    key = snapshot_key(world.environment.data)
    done = replay_onward(world.service.input_log, key=key)
    assert done.digest.text == world.service.driver.digest.text
    assert done.commands > 0
    assert done.events > 0


def _take_over(after: World, before: World) -> None:
    """The center with another application; people and calls stay."""
    after.since = before.since
    after.callers, after.workers, after.agents = before.callers, before.workers, before.agents
    for worker in after.workers:
        worker.world = after
