"""Operations over HTTP, and the messages to an engineer when Asterisk cannot be used."""

import asyncio
import socket
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress
from datetime import timedelta

import pytest
from aiohttp import web

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.connection import Credentials
from contactcenter_ari.ari.errors import SwitchTooSlow, SwitchUnreachable, SwitchUnsuitable
from contactcenter_ari.ari.http import CONNECTIONS, SwitchHttp

LOGIN = Credentials("cc", "secret")
LIMIT = 5
SOON = timedelta(milliseconds=200)
DONE = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
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


@asynccontextmanager
async def scripted(*answers: bytes) -> AsyncIterator[tuple[SwitchHttp, list[list[str]]]]:
    """A client of a server that gives these answers and closes after an empty one; and the
    methods it was asked with, connection by connection.
    """
    left, asked = deque(answers), list[list[str]]()
    tasks = set[asyncio.Task[None] | None]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())
        methods = list[str]()
        asked.append(methods)
        with closing(writer), suppress(EOFError, ConnectionError):
            while left:
                head = await reader.readuntil(b"\r\n\r\n")
                methods.append(head.split(maxsplit=1)[0].decode())
                if not (answer := left.popleft()):
                    return
                writer.write(answer)
            await reader.read()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server, asyncio.timeout(LIMIT):
        address = "{}:{}".format(*server.sockets[0].getsockname())
        async with SwitchHttp.opened(address, LOGIN) as client:
            yield client, asked
        await asyncio.gather(*filter(None, tasks))


def version(text: str) -> Answer:
    """An Asterisk of this version."""

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({"system": {"version": text, "entity_id": "x"}})

    return answer


async def test_a_ping_waits_behind_nothing() -> None:
    """All connections wait for channels that play; the server is asked anyway."""
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


async def test_a_connection_is_used_again() -> None:
    """Also after a reply without a body, which Asterisk sends with its length of 0."""
    async with scripted(OK, DONE, OK) as (client, asked):
        replies = [await client.send(operation.answer("c1")) for _ in range(3)]
    assert [(reply.status, reply.body) for reply in replies] == [
        (200, b"{}"),
        (204, b""),
        (200, b"{}"),
    ]
    assert asked == [["POST", "POST", "POST"]]


@pytest.mark.parametrize(
    "last",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
async def test_a_connection_that_cannot_be_used_again(last: bytes) -> None:
    """The server will close it, or where its reply ends is not known: another one is opened."""
    async with scripted(last, OK) as (client, asked):
        assert (await client.send(operation.answer("c1"))).succeeded
        assert (await client.send(operation.answer("c2"))).succeeded
    assert asked == [["POST"], ["POST"]]


async def test_a_kept_connection_that_was_closed() -> None:
    """A request that may be sent twice is sent again on another one. An order may have been
    carried out: the caller of the client decides whether it is given again.
    """
    async with scripted(OK, b"", OK) as (client, asked):
        await client.send(operation.ping())
        assert (await client.send(operation.ping())).succeeded
    assert asked == [["GET", "GET"], ["GET"]]
    async with scripted(OK, b"", OK) as (client, asked):
        await client.send(operation.answer("c1"))
        with pytest.raises(SwitchUnreachable):
            await client.send(operation.answer("c2"))
    assert asked[0] == ["POST", "POST"]


@pytest.mark.parametrize("answer", [b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 2", b"HTTP/1.1 x\r\n\r\n"])
async def test_a_server_that_speaks_otherwise(answer: bytes) -> None:
    """Such a server counts as out of reach."""
    async with scripted(answer) as (client, _):
        with pytest.raises((SwitchUnreachable, SwitchTooSlow)):
            await client.send(operation.ping(), limit=SOON)


async def test_a_late_answer_is_no_answer_to_what_comes_after() -> None:
    """The connection of a request that was given up is used no more."""
    late = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        if request.path.endswith("/slow/answer"):
            await late.wait()
        return web.json_response({"message": request.path}, status=404)

    async with answering(answer) as client:
        with pytest.raises(SwitchTooSlow):
            await client.send(operation.answer("slow"), limit=SOON)
        late.set()
        reply = await client.send(operation.answer("quick"))
    assert reply.reason == "/ari/channels/quick/answer"


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
    """A wrong password and a foreign web server have different messages."""

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
