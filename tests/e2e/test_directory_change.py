"""Agents and tokens change while the center runs: it follows at once and drops no call."""

import asyncio
from http import HTTPStatus

import aiohttp
import pytest

from contactcenter_ari.core.vocabulary.event import AgentState
from contactcenter_ari.core.vocabulary.role import Role
from contactcenter_ari.postgres.token import ApiTokens
from tests.contract.conftest import SipPhone
from tests.e2e.polling import until, until_holds
from tests.e2e.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUEUES = "/api/v1/queues"
REGISTERED_FOR = 60


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_an_agent_is_edited_at_work(world: World) -> None:
    """Name and queues change without a new phone, and the agent stays ready."""
    worker = await world.hire("longest")
    await world.service.directory.edit_agent(worker.id, name="Anna", queues=["least"])
    await until(lambda: worker.view.name == "Anna", "the center did not follow")
    assert worker.view.queues == ("least",)
    assert worker.view.reachable
    assert worker.view.state is AgentState.READY


class LoggingPhone(SipPhone):
    """A phone that keeps all responses it got."""

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self.told: list[str] = []

    def datagram_received(self, data: bytes, address: object) -> None:
        """Note it, and go on."""
        self.told.append(data.decode(errors="replace").split("\r\n")[0])
        super().datagram_received(data, address)

    async def answered_twice(self) -> None:
        """Wait for the challenge and the final response."""
        await until(lambda: self.count("200") + self.count("401") >= 2, lambda: str(self.told))

    def count(self, status: str) -> int:
        """How often a status came."""
        return sum(line.startswith(f"SIP/2.0 {status}") for line in self.told)


async def test_a_phone_gets_another_secret(world: World) -> None:
    """The new secret registers the phone, by the same user; the old one does not any more."""
    hired = await world.enlist("longest")
    where = world.environment.addresses.sip
    renewed = await world.service.directory.renew_secret(hired.profile.agent)
    assert renewed.phone == hired.credential.phone
    await world.service.phones.refresh()
    for secret, accepted in ((renewed.secret, True), (hired.credential.secret, False)):
        phone = LoggingPhone(where.host)
        await phone.start(where.host, where.port)
        registering = asyncio.ensure_future(phone.register(renewed.phone, secret, REGISTERED_FOR))
        await phone.answered_twice()
        assert (phone.count("200") == 1) == accepted
        registering.cancel()
        phone.stop()


async def test_tokens_come_and_go(world: World) -> None:
    """A new token works at once, a revoked one for seconds at most, and floods change nothing."""
    tokens = ApiTokens(world.service.database)
    made = await tokens.add("report", Role.SUPERVISOR)
    async with aiohttp.ClientSession(f"http://{world.environment.addresses.web}") as http:

        async def ask(token: str) -> int:
            async with http.get(QUEUES, headers=_bearer(token)) as answer:
                return answer.status

        assert await ask(made) == HTTPStatus.OK
        guesses = [ask(f"cc_{number:043}") for number in range(1_000)]
        flood = asyncio.gather(*guesses)
        answered = 0
        while not flood.done():
            assert await ask(made) == HTTPStatus.OK
            answered += 1
        assert answered > 0
        refused = {HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS}
        assert set(await flood) <= refused
        await tokens.revoke("report")

        async def works() -> str:
            return "it still works" if await ask(made) == HTTPStatus.OK else ""

        await until_holds(works)
