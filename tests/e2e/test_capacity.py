"""Capacity: a call for which there is no room is refused before it is answered, counted, and
announced by an alarm before.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

import aiohttp
import pytest
import pytest_asyncio

from contactcenter_ari.machine.port import calls_in, free_rtp_block
from contactcenter_ari.runtime.address import Address
from contactcenter_ari.service.secret import administrator_token
from tests.e2e.acd.conftest import SITE
from tests.e2e.acd.floor import CROWD, FIRST
from tests.e2e.desk_phone import DeskPhone
from tests.e2e.polling import until_holds
from tests.e2e.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")

PORTS = 22
"""Enough for five calls of two legs each, and a spare leg."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def surroundings() -> dict[str, str]:
    """Few ports, and as few connections as possible."""
    ports = free_rtp_block(PORTS)
    return {
        "CC_RTP_PORTS": f"{ports.first}-{ports.last}",
        "CC_ASTERISK_HTTP_SESSIONS": "20",
        "CC_SITE": str(SITE),
    }


async def seen(world: World, path: str) -> str:
    """The answer of the API to its administrator."""
    environment = world.environment
    token = administrator_token(environment.data)
    bearer = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(f"http://{environment.addresses.web}", headers=bearer) as http,
        http.get(path) as answer,
    ):
        return await answer.text()


async def test_more_calls_than_there_is_room_for(world: World) -> None:
    """The sixth call is refused, after an alarm; all five waiting callers can still be joined with
    an agent.
    """
    room = calls_in(world.environment.addresses.rtp)
    worker = await world.hire("first")
    await worker.pause()
    callers = []
    for number in range(1, room + 1):
        callers.append(await world.call(FIRST))
        await world.until_waiting("first", number)
        told = '"capacity":{"condition":"degraded"' in await seen(world, "/healthz")
        assert told == (number >= room - 1)
    await refused(world)
    await worker.resume()
    for talks, caller in enumerate(callers, 1):
        talk = await worker.phone.talks(talks)
        await talk.until_hears_tone(caller.frequency)
        caller.hang_up()
        await talk.until_over()
    assert '"capacity":{"condition":"ok"' in await seen(world, "/healthz")


async def test_ringing_phones_take_room_as_well(world: World) -> None:
    """Nine phones ring for one caller, and there is no port for another caller."""
    phones = []
    for _ in range(2 * calls_in(world.environment.addresses.rtp) - 1):
        agent = await world.enlist("crowd")
        phones.append(
            await DeskPhone.registered(agent, world.environment.addresses.sip, frequency=620)
        )
        await world.log_in(agent.profile.agent)
    caller = await world.call(CROWD)
    lines = [await phone.rings() for phone in phones]
    await refused(world)
    lines[0].pick_up()
    await caller.until_hears_tone(620)
    caller.hang_up()
    for phone in phones:
        phone.close()


async def refused(world: World) -> None:
    """One more caller is refused before the answer, and counted."""
    before = world.service.switch.capacity.refused
    late = await world.call(FIRST)
    await late.until_over()
    assert late.status == 503

    async def not_counted() -> str:
        wanted = f"contactcenter_calls_refused_total {before + 1}.0"
        return "" if wanted in await seen(world, "/metrics") else "not counted"

    await until_holds(not_counted)


async def test_the_ports_are_taken_by_others(world: World) -> None:
    """A call is refused at once without a port for audio, and taken when there is one again."""
    address, ports = world.environment.addresses.sip.host, world.environment.addresses.rtp
    with ExitStack() as taken:
        for port in range(ports.first, ports.last + 1):
            held = taken.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            held.bind((address, port))
        caller = await world.call(FIRST)
        await caller.until_over()
        assert caller.status >= 400
    after = await world.call(FIRST)
    await after.until_answered()


@asynccontextmanager
async def others_connected(address: Address, count: int) -> AsyncIterator[None]:
    """This many connections of others during the block. Asterisk takes them slowly, and the
    application runs in this process: it must not wait for them, or callers would hear the apology.
    """
    opened = await asyncio.gather(
        *(asyncio.open_connection(address.host, address.port) for _ in range(count))
    )
    try:
        yield
    finally:
        for _, writer in opened:
            writer.transport.abort()


async def test_no_connection_is_left_for_us(world: World) -> None:
    """Others hold all connections to Asterisk's HTTP server: as many calls as there is room for
    are answered at once, and one is joined.
    """
    async with others_connected(world.environment.addresses.asterisk_http, 60):
        worker = await world.hire("first")
        callers = [
            await world.call(FIRST) for _ in range(calls_in(world.environment.addresses.rtp))
        ]
        for caller in callers:
            await caller.until_answered()
        talk = await worker.phone.talks()
        await talk.until_hears_tone(callers[0].frequency)
