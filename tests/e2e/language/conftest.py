"""The center of the tests of the flow language: flows of its own, and a way out."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest_asyncio

from tests.e2e.carrier import Carrier

SERVER = "@SERVER@"
"""The placeholder in the flow for the address of the web service."""


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A web service that hangs, fails, or gives words where a number should be."""
    request = (await reader.readuntil(b"\r\n\r\n")).decode()
    body = '{"balance": "many"}'
    with suppress(ConnectionError):
        if "/words" in request:
            answer = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}"
            writer.write(answer.encode())
        elif "/broken" in request:
            writer.write(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")
        else:
            await reader.read()  # until the other side has had enough
    writer.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def web_service() -> AsyncIterator[str]:
    """The address of the web service that look-ups ask."""
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    async with server:
        yield "{}:{}".format(*server.sockets[0].getsockname())


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def surroundings(data_folder: Path, exchange: Carrier, web_service: str) -> dict[str, str]:
    """The flows of `site`, and a way out."""
    site = data_folder / "site"
    shutil.copytree(Path(__file__).parent / "site", site)
    asking = site / "asking.yaml"
    text = asking.read_text(encoding="utf-8")
    asking.write_text(text.replace(SERVER, web_service), encoding="utf-8")
    return {"CC_SITE": str(site), "CC_CARRIER": str(exchange.address)}
