"""A few HTTP connections to Asterisk for the verbs that block a channel.

On the socket such a verb would stall every other request until the channel answers. The pool
is small: Asterisk limits its HTTP sessions. `check` is the start-up test with a message that
names what to change.
"""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final
from urllib.parse import quote, urlencode

import msgspec

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.connection import (
    BOOTING,
    BOOTING_PAUSE,
    REPLY_LIMIT,
    Credentials,
    kind_of,
)
from contactcenter_ari.ari.errors import SwitchTooSlow, SwitchUnreachable, SwitchUnsuitable
from contactcenter_ari.ari.http_pool import HttpPool
from contactcenter_ari.ari.messages import AsteriskInfo
from contactcenter_ari.ari.operation import Operation
from contactcenter_ari.ari.reply import Reply

CONNECTIONS: Final = 6
OLDEST_VERSION: Final = (22, 10, 1)
UNAUTHORIZED: Final = 401
BOOTING_LIMIT: Final = timedelta(seconds=30)

_body: Final = msgspec.json.Encoder()


class SwitchHttp:
    """Sends operations over HTTP, at most `CONNECTIONS` at a time; `opened` makes one.

    `requests` counts them by kind. A ping has a connection of its own: it must not wait behind
    verbs that wait for their channels.
    """

    def __init__(self, address: str, credentials: Credentials) -> None:
        self.requests: Counter[str] = Counter()
        self._address = address
        self._fields = (
            f"Host: {address}\r\nAuthorization: {credentials.authorization}\r\n"
            "Content-Type: application/json\r\n"
        )
        host, _, port = address.rpartition(":")
        self._pool = HttpPool(host.strip("[]"), int(port), most=CONNECTIONS)
        self._pings = HttpPool(host.strip("[]"), int(port), most=1)

    def __repr__(self) -> str:
        return f"<SwitchHttp {self._address}>"

    @classmethod
    @asynccontextmanager
    async def opened(cls, address: str, credentials: Credentials) -> AsyncIterator["SwitchHttp"]:
        """A client for Asterisk's HTTP server at `address` (host:port), closed at the end."""
        client = cls(address, credentials)
        try:
            yield client
        finally:
            client._pool.close()  # its own
            client._pings.close()

    async def send(self, wanted: Operation, *, limit: timedelta = REPLY_LIMIT) -> Reply:
        """Send an operation and give its reply, whatever its status.

        Raises SwitchUnreachable without a connection, SwitchTooSlow after `limit`.
        """
        self.requests[kind_of(wanted)] += 1
        return await self._send(self._pool, wanted, limit)

    async def ping(self) -> Reply:
        """Check that the server answers; raises as `send` does."""
        return await self._send(self._pings, operation.ping(), REPLY_LIMIT)

    async def _send(self, pool: HttpPool, wanted: Operation, limit: timedelta) -> Reply:
        try:
            async with asyncio.timeout(limit.total_seconds()):
                return await pool.ask(self._request(wanted), again=wanted.method != "POST")
        except TimeoutError as error:
            raise SwitchTooSlow(f"no reply to {wanted!r} in time") from error
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
            raise SwitchUnreachable(self._refused(error)) from error

    def _request(self, wanted: Operation) -> bytes:
        """An operation in the form of HTTP/1.1; nothing in it can end a line."""
        query = urlencode(wanted.query, safe=",", quote_via=quote)
        body = b"" if wanted.body is None else _body.encode(wanted.body)
        head = (
            f"{wanted.method} /ari/{wanted.uri}{query and '?'}{query} HTTP/1.1\r\n"
            f"{self._fields}Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    async def check(self) -> str:
        """Give Asterisk's version; raises, with advice what to change, when it cannot be used."""
        try:
            reply = await self._booted()
        except TimeoutError as error:
            raise SwitchTooSlow(
                f"Asterisk at {self._address} has been starting for {BOOTING_LIMIT}"
            ) from error
        if reply.status == UNAUTHORIZED:
            raise SwitchUnsuitable(
                f"Asterisk at {self._address} refuses our ARI password; is it the one in "
                "ari.conf (setting CC_ASTERISK_HTTP)?"
            )
        if not reply.succeeded:
            raise SwitchUnsuitable(
                f"the server at {self._address} answers {reply.status} to ARI; is it Asterisk, "
                "with res_ari_asterisk.so loaded (setting CC_ASTERISK_HTTP)?"
            )
        system = reply.read(AsteriskInfo).system
        version = system.version if system else "of unknown version"
        if _number(version) < OLDEST_VERSION:
            oldest = ".".join(map(str, OLDEST_VERSION))
            raise SwitchUnsuitable(
                f"Asterisk {version} at {self._address} is too old: {oldest} or newer is "
                "needed (security fixes of ARI, REST over WebSocket)"
            )
        return version

    async def _booted(self) -> Reply:
        """Ask for Asterisk's version, and ask again while it is still loading its modules."""
        async with asyncio.timeout(BOOTING_LIMIT.total_seconds()):
            while True:
                reply = await self.send(operation.asterisk_info())
                if reply.status != BOOTING:
                    return reply
                await asyncio.sleep(BOOTING_PAUSE)

    def _refused(self, error: Exception) -> str:
        return (
            f"Asterisk's HTTP server at {self._address} cannot be reached "
            f"({type(error).__name__}); is Asterisk running, and is `enabled = yes` in its "
            "http.conf (setting CC_ASTERISK_HTTP)?"
        )


def _number(version: str) -> tuple[int, ...]:
    """The figures of `22.10.1~dfsg` or `certified-22.8-cert1`; empty when there are none."""
    found = re.search(r"\d+(?:\.\d+)*", version)
    return tuple(int(part) for part in found.group().split(".")) if found else ()
