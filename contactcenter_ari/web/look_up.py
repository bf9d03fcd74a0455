"""Look-ups over HTTP: a flow's question to a web service, answered in time or failed.

Promises: callers' values travel percent-encoded in the address and nowhere else, and never
change which path is asked for; nothing of one answer, not a cookie, goes into another question;
no redirect is followed; an answer is read to its end within the limit, or it is none. A service
on this machine or in a private network is asked only if the flow says that it may be.
"""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import quote

import msgspec
from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)
from yarl import URL

from contactcenter_ari.core.vocabulary.command import LookUp
from contactcenter_ari.core.vocabulary.signal import LookUpFailed, LookUpFinished
from contactcenter_ari.runtime.share import ShareFull, Shares

ANSWER_LIMIT = 64 * 1024
"""Bytes of an answer; a longer one is none."""
AT_ONCE = 10
"""Connections that one look-up may use."""
CONNECTIONS = 100
WAITING = 60
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}
"""A packed answer could be a thousand times as long as it looks."""

_NAT64 = ip_network("64:ff9b::/96")
_BLANK = re.compile(r"\{(\w+)\}")
AddressInfo = tuple[Any, ...]
"""The answers of `socket.getaddrinfo` for one address."""

Scalar = str | int | float | bool | None


class WebLookUpFailed(Exception):
    """There is no answer that can be used; the message says why, and quotes no value."""


class WebLookUps:
    """Answers look-ups that have an address; `opened` makes one."""

    def __init__(self, public: ClientSession, private: ClientSession) -> None:
        self._public = public
        self._private = private
        self._shares = Shares(at_once=AT_ONCE, waiting=WAITING)

    def __repr__(self) -> str:
        return "<WebLookUps>"

    @classmethod
    @asynccontextmanager
    async def opened(cls) -> AsyncIterator["WebLookUps"]:
        """Keep connections meanwhile."""
        async with _session(_public_socket) as public, _session(_any_socket) as private:
            yield cls(public, private)

    async def answer(self, look_up: LookUp) -> LookUpFinished | LookUpFailed:
        """The row, no row for 404, or why there is none; never later than the limit."""
        try:
            async with (
                asyncio.timeout(look_up.limit.total_seconds()),
                self._shares.taken(f"{look_up.name} {look_up.url}"),
            ):
                row = await self._row(look_up)
        except (WebLookUpFailed, ShareFull) as error:
            return LookUpFailed(look_up.look_up, f"{look_up.name}: {error}")
        except (ClientError, OSError, LookupError, ValueError, RecursionError) as error:
            return LookUpFailed(look_up.look_up, f"{look_up.name}: {type(error).__name__}")
        return LookUpFinished(look_up.look_up, row)

    async def _row(self, look_up: LookUp) -> dict[str, str | None] | None:
        session = self._private if look_up.private else self._public
        address = _filled_in(look_up.url, look_up.inputs)
        async with session.get(address, allow_redirects=False) as response:
            if response.status == HTTPStatus.NOT_FOUND:
                return None
            if response.status != HTTPStatus.OK:
                raise WebLookUpFailed(f"the service answered {response.status}")
            return _row(await _whole(response), look_up.returns)


def _session(make_socket: Callable[[AddressInfo], socket.socket]) -> ClientSession:
    connector = TCPConnector(limit=CONNECTIONS, socket_factory=make_socket)
    return ClientSession(
        connector=connector,
        cookie_jar=DummyCookieJar(),
        headers=HEADERS,
        timeout=ClientTimeout(),
        auto_decompress=False,
    )


def _any_socket(info: AddressInfo) -> socket.socket:
    return socket.socket(*info[:3])


def _public_socket(info: AddressInfo) -> socket.socket:
    """A socket for an address of the public internet, whatever name led to it."""
    if not is_public(str(info[4][0])):
        raise WebLookUpFailed(
            "the service has a private or loopback address; list its host under"
            " lookup_hosts in site.yaml"
        )
    return _any_socket(info)


def is_public(address: str) -> bool:
    """Whether an address of a socket is one of the public internet."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found in _NAT64:
            found = IPv4Address(int(found) & 0xFFFFFFFF)
        else:
            found = found.ipv4_mapped or found.sixtofour or found
    return found.is_global and not found.is_multicast


def _filled_in(address: str, inputs: dict[str, str]) -> URL:
    """The address with the inputs in their places; none of them may change the path."""
    path, mark, query = address.partition("?")

    def encoded(blank: re.Match[str]) -> str:
        return quote(inputs[blank[1]], safe="", errors="replace")

    segments = path.split("/")
    filled = [_BLANK.sub(encoded, segment) for segment in segments]
    for before, after in zip(segments, filled, strict=True):
        if after in {".", ".."} or (before and not after):
            raise WebLookUpFailed("an input leads to another path: it is empty or made of dots")
    return URL(f"{'/'.join(filled)}{mark}{_BLANK.sub(encoded, query)}", encoded=True)


async def _whole(response: ClientResponse) -> bytes:
    """The answer to its end."""
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise WebLookUpFailed("the answer is packed")
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > ANSWER_LIMIT:
            raise WebLookUpFailed(f"the answer is longer than {ANSWER_LIMIT} bytes")
    return bytes(body)


def _row(body: bytes, returns: tuple[str, ...]) -> dict[str, str | None]:
    """The declared fields of a JSON object as text; raises ValueError when one is missing."""
    found = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    return {name: _text(found[name]) if name in found else None for name in returns}


def _text(raw: msgspec.Raw) -> str | None:
    value = msgspec.json.decode(raw, type=Scalar)
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case _:
            return bytes(raw).decode()
