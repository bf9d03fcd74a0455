"""The center of the stories about who waits, who is asked and what is told meanwhile."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest_asyncio

from contactcenter_ari.bootstrap.service import ADMINISTRATOR_FILE
from contactcenter_ari.machine.secret import SecretFolder
from contactcenter_ari.postgres.token import PREFIX
from tests.e2e.carrier import Carrier
from tests.e2e.world import World

SITE = Path(__file__).parent / "site"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def surroundings(exchange: Carrier) -> dict[str, str]:
    """The flows and queues of `site`, and a way out."""
    return {"CC_SITE": str(SITE), "CC_CARRIER": str(exchange.address)}


@pytest_asyncio.fixture(loop_scope="session")
async def api(world: World) -> AsyncIterator[aiohttp.ClientSession]:
    """The center's API, as its administrator."""
    ground = world.ground
    token = SecretFolder(ground.data / "secrets").secret(ADMINISTRATOR_FILE, prefix=PREFIX)
    bearer = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(f"http://{ground.addresses.web}", headers=bearer) as http:
        yield http
