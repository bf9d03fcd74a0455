"""Operations over HTTP, and what an engineer is told when Asterisk cannot be used."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import web

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.connection import Credentials
from contactcenter_ari.ari.errors import SwitchTooSlow, SwitchUnreachable, SwitchUnsuitable
from contactcenter_ari.ari.http import CONNECTIONS, SwitchHttp

LOGIN = Credentials("cc", "secret")
LIMIT = 5
Answer = Callable[[web.Request], Awaitable[web.Response]]


@asynccontextmanager
async def answering(answer: Answer) -> AsyncIterator[SwitchHttp]:
    """A client of a server that answers everything this way."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        address = f"127.0.0.1:{runner.addresses[0][1]}"
        async with SwitchHttp.opened(address, LOGIN) as client:
            yield client
    finally:
        await runner.cleanup()


def version(text: str) -> Answer:
    """An Asterisk of this version."""

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({"system": {"version": text, "entity_id": "x"}})

    return answer


async def test_a_ping_waits_behind_nothing() -> None:
    """All connections wait for channels that play; the server is asked all the same."""
    full, busy, waiting = asyncio.Event(), asyncio.Event(), 0

    async def answer(request: web.Request) -> web.Response:
        nonlocal waiting
        if request.path != "/ari/asterisk/ping":
            waiting += 1
            if waiting == CONNECTIONS:
                full.set()
            await busy.wait()
        return web.json_response({})

    async with answering(answer) as client, asyncio.TaskGroup() as group:
        for number in range(CONNECTIONS + 1):
            group.create_task(client.send(operation.answer(f"c{number}")))
        async with asyncio.timeout(LIMIT):
            await full.wait()
            assert (await client.ping()).succeeded
        busy.set()
    assert waiting == CONNECTIONS + 1


async def test_an_operation_arrives_as_it_was_meant() -> None:
    """Method, path, query, password; the reply's status is no exception."""
    seen: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request)
        return web.json_response({"message": "Bridge not found"}, status=404)

    async with answering(answer) as client:
        reply = await client.send(operation.add_channels("b 1", ["c1", "c2"]))
    assert reply.gone
    assert reply.reason == "Bridge not found"
    (request,) = seen
    assert request.method == "POST"
    assert request.raw_path == "/ari/bridges/b%201/addChannel?channel=c1,c2"
    assert request.headers["Authorization"].startswith("Basic ")


async def test_a_closed_port_is_explained() -> None:
    """The message names the server, the file and the setting."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        async with SwitchHttp.opened(f"127.0.0.1:{port}", LOGIN) as client:
            with pytest.raises(SwitchUnreachable) as refusal:
                await client.check()
    message = str(refusal.value)
    assert f"127.0.0.1:{port}" in message
    assert "http.conf" in message
    assert "CC_ASTERISK_HTTP" in message


async def test_a_slow_answer_ends_at_the_deadline() -> None:
    """A channel that plays a prompt would hold the request for as long."""
    forever = asyncio.Event()

    async def hang(_request: web.Request) -> web.Response:
        await forever.wait()
        return web.Response()

    async with answering(hang) as client:
        with pytest.raises(SwitchTooSlow):
            await client.send(operation.answer("c1"), limit=timedelta(milliseconds=50))


@pytest.mark.parametrize("text", ["22.10.1", "22.10.1+dfsg-1", "22.11.0", "23.4.0"])
async def test_a_new_enough_asterisk_is_accepted(text: str) -> None:
    """Distributions decorate the version."""
    async with answering(version(text)) as client:
        assert await client.check() == text


@pytest.mark.parametrize("text", ["22.10.0", "20.18.2", "22.9.9", "unknown"])
async def test_an_older_asterisk_is_refused(text: str) -> None:
    """It has known holes in ARI, or no REST over the socket."""
    async with answering(version(text)) as client:
        with pytest.raises(SwitchUnsuitable, match=r"22\.10\.1 or newer"):
            await client.check()


@pytest.mark.parametrize(("status", "hint"), [(401, "password"), (404, "is it Asterisk")])
async def test_a_server_that_is_not_ours_is_explained(status: int, hint: str) -> None:
    """A wrong password and a foreign web server are told apart."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status)

    async with answering(answer) as client:
        with pytest.raises(SwitchUnsuitable, match=hint):
            await client.check()


async def test_a_booting_asterisk_is_waited_for() -> None:
    """It answers 503 until its modules are loaded."""
    answers = [web.Response(status=503)]

    async def answer(request: web.Request) -> web.Response:
        return answers.pop() if answers else await version("22.10.1")(request)

    async with answering(answer) as client:
        assert await client.check() == "22.10.1"
