"""The gate of a listening socket: a slow client keeps no other out, on both event loops."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import uvloop

from contactcenter_ari.runtime.gate import Gate, GateLimits
from contactcenter_ari.runtime.listener import listeners

Run = Callable[[Coroutine[Any, Any, None]], None]
PATIENCE = 30
SOON = timedelta(seconds=1)
LATE = timedelta(hours=1)


class Echo(asyncio.Protocol):
    """Answers each whole line: `big` with more than fits, `work` when it is told to."""

    def __init__(self, gate: Gate, desk: "Desk") -> None:
        self._gate = gate
        self._desk = desk
        self._transport: asyncio.Transport | None = None
        self._text = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        self._transport = transport  # type: ignore[assignment]  # a stream

    def data_received(self, data: bytes) -> None:
        """Answer, or let it wait."""
        self._text += data
        if not self._text.endswith(b"\n"):
            return
        text, self._text = self._text, b""
        self._gate.begin(self._transport)
        if text == b"work\n":
            self._desk.waiting.append(self.answer)
            self._desk.came.set()
        else:
            self.answer(text * (8_000_000 if text == b"big\n" else 1))

    def answer(self, text: bytes = b"done\n") -> None:
        """The request is answered."""
        assert self._transport is not None
        self._transport.write(text)
        self._gate.end(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it."""
        del exc
        self._desk.lost += 1


@dataclass
class Desk:
    """A listening gate."""

    gate: Gate
    port: int = 0
    waiting: list[Callable[[], None]] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    lost: int = 0
    clients: list[asyncio.StreamWriter] = field(default_factory=list)

    async def client(
        self, text: bytes = b"", *, address: str = "127.0.0.1"
    ) -> asyncio.StreamReader:
        """Connect and send something."""
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.port, local_addr=(address, 0), limit=1024
        )
        self.clients.append(writer)
        writer.write(text)
        return reader

    async def ask(self, text: bytes = b"hello\n", *, address: str = "127.0.0.1") -> bytes:
        """Connect, send a line, read the answer."""
        reader = await self.client(text, address=address)
        return await asyncio.wait_for(reader.readline(), PATIENCE)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for a state of the gate that it does not report."""
        async with asyncio.timeout(PATIENCE):
            while not holds():  # noqa: ASYNC110  # it tells nobody
                await asyncio.sleep(0.005)


@asynccontextmanager
async def desk(**limits: object) -> AsyncIterator[Desk]:
    """Ten connections in all, six from an address; no client is too slow unless the test says."""
    usual: dict[str, object] = {"connections": 10, "per_address": 6, "request": LATE}
    there = Desk(Gate(GateLimits(**{**usual, **limits})))  # type: ignore[arg-type]  # as given
    with listeners("127.0.0.1", 0, setting="X", remedy="none") as sockets:
        async with there.gate.open(sockets, lambda: Echo(there.gate, there)) as there.port:
            yield there
        for writer in there.clients:
            writer.close()
        await there.until(lambda: there.gate.connections == 0)


loops = pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])


@loops
def test_half_open_connections_keep_nobody_out(run: Run) -> None:
    """Connections of one address or of many are answered, and there are never too many."""

    async def story() -> None:
        async with desk() as there:
            for number in range(60):
                await there.client(b"hel", address=f"127.0.0.{number % 20 + 2}")
                assert there.gate.connections <= 10
            assert await there.ask() == b"hello\n"
            for _ in range(60):
                await there.client(b"hel")
            assert await there.ask() == b"hello\n"
            assert await there.ask(address="127.0.0.9") == b"hello\n"
            await there.until(lambda: there.gate.closed_early >= 100)

    run(story())


@loops
def test_who_is_being_answered_is_never_closed_for_another(run: Run) -> None:
    """When all are, the next one is refused in words; when one is done, its place is free."""

    async def story() -> None:
        async with desk() as there:
            working = [
                await there.client(b"work\n", address=f"127.0.0.{n + 2}") for n in range(10)
            ]
            await there.until(lambda: len(there.waiting) == 10)
            refused = await there.client(b"hello\n", address="127.0.0.50")
            answer = await asyncio.wait_for(refused.read(), PATIENCE)
            assert answer.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
            assert b'"code":"too_many_connections"' in answer
            there.waiting[0]()
            assert await asyncio.wait_for(working[0].readline(), PATIENCE) == b"done\n"
            assert await there.ask(address="127.0.0.50") == b"hello\n"
            for answered in there.waiting[1:]:
                answered()
            for reader in working[1:]:
                assert await asyncio.wait_for(reader.readline(), PATIENCE) == b"done\n"

    run(story())


@loops
def test_one_address_cannot_take_all_places(run: Run) -> None:
    """Not even with requests that are being answered."""

    async def story() -> None:
        async with desk() as there:
            for _ in range(6):
                await there.client(b"work\n")
            await there.until(lambda: len(there.waiting) == 6)
            assert (await there.ask()).startswith(b"HTTP/1.1 503")
            assert await there.ask(address="127.0.0.9") == b"hello\n"

    run(story())


@loops
def test_an_idle_connection_gives_way_to_a_new_one(run: Run) -> None:
    """But after the half-open ones."""

    async def story() -> None:
        async with desk() as there:
            idle = await there.client(b"hello\n")
            assert await idle.readline() == b"hello\n"
            for _ in range(5):
                await there.client(b"hel")
            await there.until(lambda: there.gate.connections == 6)
            assert await there.ask() == b"hello\n"
            there.clients[0].write(b"again\n")
            assert await asyncio.wait_for(idle.readline(), PATIENCE) == b"again\n"

    run(story())


@loops
def test_a_slow_request_is_ended_in_words(run: Run) -> None:
    """The first of a connection, or the next; a few bytes now and then do not help."""

    async def story() -> None:
        async with desk(request=SOON) as there:
            silent = await there.client()
            later = await there.client(b"hello\n")
            assert await asyncio.wait_for(later.readline(), PATIENCE) == b"hello\n"
            there.clients[-1].write(b"aga")
            for reader in (silent, later):
                answer = await asyncio.wait_for(reader.read(), PATIENCE)
                assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
                assert b'"code":"request_too_slow"' in answer
            await there.until(lambda: there.lost == 2)

    run(story())


@loops
def test_a_request_that_takes_long_to_answer_is_not_slow(run: Run) -> None:
    """The limit is for the client, not for us."""

    async def story() -> None:
        async with desk(request=SOON) as there:
            working = await there.client(b"work\n")
            await there.came.wait()
            slow = await there.client()
            assert (await asyncio.wait_for(slow.read(), PATIENCE)).startswith(b"HTTP/1.1 408")
            there.waiting[0]()
            assert await asyncio.wait_for(working.readline(), PATIENCE) == b"done\n"

    run(story())


@loops
def test_an_answer_that_nobody_reads_is_given_up(run: Run) -> None:
    """It holds memory and a place."""

    async def story() -> None:
        async with desk(unread=SOON) as there:
            await there.client(b"big\n")
            await there.until(lambda: there.lost == 1)
            assert there.gate.connections == 0

    run(story())
