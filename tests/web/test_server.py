"""Listening on the address of CC_HTTP, and the message when that is impossible."""

import asyncio
import socket

import pytest
from aiohttp import ClientSession, web
from structlog.testing import capture_logs

from contactcenter_ari.runtime.listener import AddressUnavailable
from contactcenter_ari.web.server import serving


async def test_a_free_port_is_found_and_given_back() -> None:
    """Port 0 asks for any; after the block no server listens there."""
    async with (
        serving(web.Application(), "127.0.0.1", 0) as port,
        ClientSession() as client,
        client.get(f"http://127.0.0.1:{port}/") as answer,
    ):
        assert answer.status == 404
    async with serving(web.Application(), "127.0.0.1", port) as again:
        assert again == port


async def test_a_taken_port_is_named_with_its_setting() -> None:
    """The message says what to do."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(AddressUnavailable, match="another program has the port") as refusal:
            async with serving(web.Application(), "127.0.0.1", port):
                pass
    assert f"CC_HTTP: cannot listen on 127.0.0.1:{port}" in str(refusal.value)


@pytest.mark.parametrize("host", ["192.0.2.1", "a" * 64 + ".invalid"])
async def test_an_address_of_another_machine_is_refused(host: str) -> None:
    """Whether it is a number or no name at all."""
    with pytest.raises(AddressUnavailable, match="CC_HTTP"):
        async with serving(web.Application(), host, 8080):
            pass


async def test_what_is_no_http_is_refused_and_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The log has that it happened, and nothing of what was sent: it may hold a token."""
    with capture_logs() as lines:
        async with serving(web.Application(), "127.0.0.1", 0) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nAuthorization cc_secret\r\n\r\n")
            answer = await asyncio.wait_for(reader.read(), 5)
            writer.close()
            await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.0 400")
    assert [line["event"] for line in lines] == ["web.connection_failed"]
    assert "cc_secret" not in f"{lines}{caplog.text}"
