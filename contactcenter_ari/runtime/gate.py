"""The gate of a listening socket: how many connections there may be, and how long each may take.

Promises: a connection that asks nothing, or asks slowly, keeps nobody out. When there are too
many, the oldest of those that wait is closed for the new one: first of the half-open ones, whose
request is not complete, then of the idle ones; of the same address, or of the address that has the
most. One whose request is being answered is never closed for another. A request that is not
complete in time, and an answer that is not read in time, end their connection.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from socket import socket
from typing import cast

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLimits:
    """How many connections, in all and from one address; how long a request may take to come in
    (its head, or the next request's first bytes), and an answer to be read (None: without end).
    """

    connections: int = 500
    per_address: int = 200
    request: timedelta = timedelta(seconds=10)
    unread: timedelta | None = timedelta(seconds=30)


class Gate:
    """Lets connections in and keeps their number and their time within limits."""

    def __init__(self, limits: GateLimits | None = None) -> None:
        self.limits = limits or GateLimits()
        self.closed_early = 0
        self._visits: dict[asyncio.BaseTransport, Visit] = {}
        self._by_address: dict[str, _Address] = {}

    def __repr__(self) -> str:
        return f"<Gate {len(self._visits)} of {self.limits.connections} connections>"

    @property
    def connections(self) -> int:
        """How many there are."""
        return len(self._visits)

    @asynccontextmanager
    async def open(
        self, sockets: Sequence[socket], server: Callable[[], asyncio.Protocol]
    ) -> AsyncIterator[int]:
        """Let connections in meanwhile, each to be served by what `server` makes; gives the port
        of the first socket.
        """
        loop = asyncio.get_running_loop()
        listening = [
            await loop.create_server(lambda: Visit(self, server), sock=one) for one in sockets
        ]
        try:
            yield sockets[0].getsockname()[1]
        finally:
            for each in listening:
                each.close()

    def begin(self, transport: asyncio.BaseTransport | None) -> None:
        """A whole request came in over it and is being answered."""
        if transport is not None and (visit := self._visits.get(transport)):
            visit.begin()

    def end(self, transport: asyncio.BaseTransport | None) -> None:
        """The answer is made."""
        if transport is not None and (visit := self._visits.get(transport)):
            visit.end()

    def admit(self, visit: "Visit", transport: asyncio.BaseTransport) -> bool:
        """Whether there is room for one more, if need be in the place of another."""
        crowded = self._crowded(visit.address)
        if crowded:
            waiting = [one for one in crowded if one.oldest() is not None]
            victim = max(waiting, key=len).oldest() if waiting else None
            if victim is None:
                return False
            self.closed_early += 1
            victim.drop()
        self._visits[transport] = visit
        self._by_address.setdefault(visit.address, _Address()).half_open[visit] = None
        return True

    def _crowded(self, address: str) -> "list[_Address]":
        """The addresses of which one must give a connection up before another comes in."""
        own = self._by_address.get(address)
        if own is not None and len(own) >= self.limits.per_address:
            return [own]
        return (
            list(self._by_address.values()) if self.connections >= self.limits.connections else []
        )

    def moved(self, visit: "Visit", state: str) -> None:
        """The connection is `half_open`, `idle` or `busy` from now on."""
        self._by_address[visit.address].move(visit, state)

    def leave(self, visit: "Visit", transport: asyncio.BaseTransport) -> None:
        """The connection is over."""
        if self._visits.pop(transport, None) is not None:
            address = self._by_address[visit.address]
            address.remove(visit)
            if not len(address):
                del self._by_address[visit.address]


class _Address:
    """The connections of one address by state, in each the oldest first."""

    def __init__(self) -> None:
        self.half_open: dict[Visit, None] = {}
        self.idle: dict[Visit, None] = {}
        self.busy: dict[Visit, None] = {}

    def __len__(self) -> int:
        return len(self.half_open) + len(self.idle) + len(self.busy)

    def oldest(self) -> "Visit | None":
        """Which one goes first, if one may go."""
        return next(iter(self.half_open or self.idle), None)

    def move(self, visit: "Visit", state: str) -> None:
        self.remove(visit)
        getattr(self, state)[visit] = None

    def remove(self, visit: "Visit") -> None:
        for some in (self.half_open, self.idle, self.busy):
            some.pop(visit, None)


class Visit(asyncio.Protocol):
    """One connection: passes everything on to the server's protocol, and watches the time."""

    def __init__(self, gate: Gate, server: Callable[[], asyncio.Protocol]) -> None:
        self.address = "unknown"
        self._gate = gate
        self._server = server
        self._inner: asyncio.Protocol | None = None
        self._transport: asyncio.Transport | None = None
        self._idle = False
        self._deadline: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let it in or refuse it."""
        transport = cast("asyncio.Transport", transport)  # that of uvloop is none by type
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if peer else "unknown"
        self._transport = transport
        if not self._gate.admit(self, transport):
            self._refuse(503, "Service Unavailable", "too_many_connections")
            return
        self._await_request()
        self._inner = self._server()
        self._inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Pass it on; the first bytes after an answer begin the next request."""
        if self._inner is None:
            return
        if self._idle:
            self._idle = False
            self._gate.moved(self, "half_open")
            self._await_request()
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """Pass it on."""
        return self._inner.eof_received() if self._inner is not None else None

    def pause_writing(self) -> None:
        """The client does not read what it asked for."""
        limit = self._gate.limits.unread
        if limit is not None:
            loop = asyncio.get_running_loop()
            self._unread = loop.call_later(limit.total_seconds(), self.drop)
        if self._inner is not None:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        """It reads again."""
        if self._unread is not None:
            self._unread.cancel()
        if self._inner is not None:
            self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        for timer in (self._deadline, self._unread):
            if timer is not None:
                timer.cancel()
        transport, self._transport = self._transport, None
        if transport is not None:
            self._gate.leave(self, transport)
        inner, self._inner = self._inner, None
        if inner is not None:
            inner.connection_lost(exc)

    def begin(self) -> None:
        """The request is complete."""
        self._idle = False
        self._gate.moved(self, "busy")
        if self._deadline is not None:
            self._deadline.cancel()

    def end(self) -> None:
        """The request is answered."""
        self._idle = True
        self._gate.moved(self, "idle")

    def drop(self) -> None:
        """Close the connection at once; its place is free from now on."""
        if self._transport is not None:
            self._gate.leave(self, self._transport)
            self._transport.abort()

    def _await_request(self) -> None:
        limit = self._gate.limits.request.total_seconds()
        self._deadline = asyncio.get_running_loop().call_later(limit, self._too_slow)

    def _too_slow(self) -> None:
        self._refuse(408, "Request Timeout", "request_too_slow")

    def _refuse(self, status: int, title: str, code: str) -> None:
        """Answer with the reason (RFC 9457), and close."""
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(_refusal(status, title, code))
        self._transport.close()


def _refusal(status: int, title: str, code: str) -> bytes:
    detail = {
        "too_many_connections": "there are too many connections; close those not needed",
        "request_too_slow": "the request took too long to come in",
    }[code]
    fields = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    body = msgspec.json.encode({**fields, "code": code})
    head = (
        f"HTTP/1.1 {status} {title}\r\n"
        "Content-Type: application/problem+json\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body
