"""A few kept connections to one HTTP server, for small requests that are answered as a whole.

It speaks the part of HTTP/1.1 (RFC 9112) that Asterisk's server speaks: one request after the
other on each connection, bodies with a Content-Length. A reply without one is taken without its
body, and its connection is used no more. The same holds after any trouble, and after a caller that
waits no longer.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

from contactcenter_ari.ari.reply import Reply

HEAD_LIMIT: Final = 64 * 1024
END_OF_HEAD: Final = b"\r\n\r\n"


class _Unanswered(ConnectionError):
    """The server closed a connection before the first byte of a reply."""


@dataclass(frozen=True, slots=True)
class _Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def is_open(self) -> bool:
        """The server has not closed it, as far as is known."""
        return not (self.reader.at_eof() or self.writer.is_closing())

    async def ask(self, request: bytes) -> tuple[Reply, bool]:
        """The reply, and whether the connection may be used again."""
        self.writer.write(request)
        try:
            head = await self.reader.readuntil(END_OF_HEAD)
        except asyncio.IncompleteReadError as error:
            if error.partial:
                raise
            raise _Unanswered("closed without a reply") from None
        except ConnectionError as error:
            raise _Unanswered(str(error)) from error
        status, fields = _parsed(head)
        if (length := fields.get(b"content-length")) is None:
            return Reply(status), False
        body = await self.reader.readexactly(int(length))
        return Reply(status, body), fields.get(b"connection", b"").lower() != b"close"


class HttpPool:
    """Connections to `host` and `port`, up to a limit; requests beyond it wait."""

    def __init__(self, host: str, port: int, *, most: int) -> None:
        self._host = host
        self._port = port
        self._room = asyncio.Semaphore(most)
        self._idle: list[_Connection] = []

    def __repr__(self) -> str:
        return f"<HttpPool {self._host}:{self._port}: {len(self._idle)} idle>"

    async def ask(self, request: bytes, *, again: bool) -> Reply:
        """Send a whole request and give its reply; `again` when it may be sent twice, for the
        server may have closed a kept connection. Raises OSError, EOFError, ValueError.
        """
        async with self._room:
            while (kept := self._kept()) is not None:
                try:
                    return await self._ask(kept, request)
                except _Unanswered:
                    if not again:
                        raise
            return await self._ask(await self._opened(), request)

    def close(self) -> None:
        """Drop the idle connections; the others end with their requests."""
        while self._idle:
            self._idle.pop().writer.close()

    async def _ask(self, connection: _Connection, request: bytes) -> Reply:
        keeps = False
        try:
            reply, keeps = await connection.ask(request)
        finally:
            if keeps:
                self._idle.append(connection)
            else:
                connection.writer.close()
        return reply

    def _kept(self) -> _Connection | None:
        """The connection that was used last and is still open."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                return connection
            connection.writer.close()
        return None

    async def _opened(self) -> _Connection:
        return _Connection(
            *await asyncio.open_connection(self._host, self._port, limit=HEAD_LIMIT)
        )


def _parsed(head: bytes) -> tuple[int, dict[bytes, bytes]]:
    """The status and the fields of a reply, their names in lower case; raises ValueError."""
    first, *lines = head.removesuffix(END_OF_HEAD).split(b"\r\n")
    protocol, _, rest = first.partition(b" ")
    if not protocol.startswith(b"HTTP/1."):
        raise ValueError("no HTTP")
    pairs = (line.partition(b":") for line in lines)
    return int(rest[:3]), {name.strip().lower(): value.strip() for name, _, value in pairs}
