"""Look-ups over HTTP: a flow's question to a web service, answered in time or failed.

Callers' values travel percent-encoded in the address and nowhere else; a redirect is not
followed, and an answer is read up to a limit.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from urllib.parse import quote

import msgspec
from aiohttp import ClientError, ClientSession, ClientTimeout

from contactcenter_ari.core.vocabulary.command import LookUp
from contactcenter_ari.core.vocabulary.signal import LookUpFailed, LookUpFinished

ANSWER_LIMIT = 64 * 1024
"""Bytes of an answer that are read."""

Scalar = str | int | float | bool | None


class WebLookUps:
    """Answers look-ups that have an address; `opened` makes one."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session

    def __repr__(self) -> str:
        """Tell nothing of the services."""
        return "<WebLookUps>"

    @classmethod
    @asynccontextmanager
    async def opened(cls) -> AsyncIterator["WebLookUps"]:
        """Keep connections meanwhile."""
        async with ClientSession() as session:
            yield cls(session)

    async def answer(self, look_up: LookUp) -> LookUpFinished | LookUpFailed:
        """The row, no row for 404, or why there is none; never later than the limit."""
        address = look_up.url
        for name, value in look_up.inputs.items():
            address = address.replace(f"{{{name}}}", quote(value, safe=""))
        limit = ClientTimeout(total=look_up.limit.total_seconds())
        try:
            async with self._session.get(
                address, timeout=limit, allow_redirects=False
            ) as response:
                if response.status == HTTPStatus.NOT_FOUND:
                    return LookUpFinished(look_up.look_up, None)
                if response.status != HTTPStatus.OK:
                    reason = f"{look_up.name}: the service answered {response.status}"
                    return LookUpFailed(look_up.look_up, reason)
                body = await response.content.read(ANSWER_LIMIT)
            return LookUpFinished(look_up.look_up, _row(body, look_up.returns))
        except (ClientError, TimeoutError, ValueError) as error:
            return LookUpFailed(look_up.look_up, f"{look_up.name}: {type(error).__name__}")


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
