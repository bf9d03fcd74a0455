"""One center for all tests of SIP messages: a call that goes wrong must not hurt the next one."""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from baresip import Runtime

from contactcenter_ari.machine.tool import Tools
from tests.e2e.carrier import Carrier
from tests.e2e.conftest import center_running
from tests.e2e.desk_phone import DeskPhone
from tests.e2e.wire.raw_caller import USUAL, InviteParts, RawCaller
from tests.e2e.wire.seat import Seat
from tests.e2e.world import DESK, World

ANYBODY = b"+31600000000"
Dial = Callable[..., Awaitable[RawCaller]]
Hire = Callable[..., Awaitable[Seat]]


@pytest.fixture(scope="package")
def data_folder() -> Iterator[Path]:
    """The data folder of the center, one for the whole package."""
    with tempfile.TemporaryDirectory(prefix="contactcenter-wire-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def exchange() -> AsyncIterator[Carrier]:
    """The carrier of outside lines."""
    carrier = await Carrier.opened()
    yield carrier
    carrier.close()


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def center(
    data_folder: Path, tools: Tools, runtime: Runtime, exchange: Carrier
) -> AsyncIterator[World]:
    """The center, with a way out, and with the shortest patience for silence."""
    more = {"CC_CARRIER": str(exchange.address), "CC_RTP_TIMEOUT": "40s"}
    async with center_running(data_folder / "data", tools, runtime, more) as world:
        yield world


@pytest.fixture
def dial(world: World) -> Dial:
    """Place a call whose headers and body the test chooses."""

    async def dialed(
        number: str = DESK,
        *,
        own: bytes = ANYBODY,
        invite: InviteParts = USUAL,
        mute: bool = False,
        frequency: float = 440,
    ) -> RawCaller:
        caller = await RawCaller.dials(
            world.environment.addresses.sip,
            number,
            number=own,
            invite=invite,
            mute=mute,
            frequency=frequency,
        )
        world.callers.append(caller)
        return caller

    return dialed


@pytest_asyncio.fixture(loop_scope="session")
async def hire(world: World) -> AsyncIterator[Hire]:
    """Add an agent whose phone the test controls."""
    seats: list[Seat] = []

    async def hired(queue: str, *, frequency: float = 620) -> Seat:
        agent = await world.enlist(queue)
        sip = world.environment.addresses.sip
        phone = await DeskPhone.registered(agent, sip, frequency=frequency)
        await world.log_in(agent.profile.agent)
        seats.append(Seat(agent, phone, world))
        return seats[-1]

    yield hired
    for seat in seats:
        seat.phone.close()
