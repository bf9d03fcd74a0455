"""The center of the tests of waiting callers, offers and announcements."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest_asyncio

from contactcenter_ari.service.secret import administrator_token
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
    environment = world.environment
    token = administrator_token(environment.data)
    bearer = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(
        f"http://{environment.addresses.web}", headers=bearer
    ) as http:
        yield http
