"""The requests of a bad client: each is refused in words, none hangs, and others are served."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from contactcenter_ari.runtime.gate import GateLimits
from contactcenter_ari.web import message
from contactcenter_ari.web.message import HEADERS
from contactcenter_ari.web.problem import CONTENT_TYPE
from contactcenter_ari.web.server import serving
from tests.web.conftest import Answer, token

if TYPE_CHECKING:
    from tests.web.conftest import Api

PATIENCE = 60
FLOOR = f"Authorization: Bearer {token('floor')}\r\n".encode()
JSON = b"Content-Type: application/json\r\n"
STATE = b"/api/v1/agents/100/state"


async def said(port: int, raw: bytes) -> Answer:
    """Send bytes, and read the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024 * 1024)
    writer.write(raw)
    try:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        status, *fields = head.decode().splitlines()
        headers = {name: value for name, _, value in (field.partition(": ") for field in fields)}
        body = await reader.readexactly(int(headers.get("Content-Length", "0")))
    finally:
        writer.close()
    return Answer(int(status.split()[1]), headers, body)


def request(method: bytes, path: bytes, *headers: bytes, body: bytes = b"") -> bytes:
    """A request of HTTP/1.1 in bytes."""
    return method + b" " + path + b" HTTP/1.1\r\nHost: x\r\n" + b"".join(headers) + b"\r\n" + body


LENGTH = b"Content-Length: 18\r\n"
LONG = b"Content-Length: 70000\r\n"
GZIP = b"Content-Encoding: gzip\r\n"
GOOD = b'{"state": "ready"}'


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"GET\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (b"BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (request(b"GET", b"/" + b"a" * 20_000), 400),
        (request(b"GET", b"/\x00"), 400),
        (request(b"GET", b"/healthz", b"X: " + b"a" * 20_000 + b"\r\n"), 400),
        (request(b"GET", b"/healthz", *[b"X%d: a\r\n" % n for n in range(500)]), 400),
        (request(b"GET", b"/healthz", b"no colon\r\n"), 400),
        (request(b"GET", b"/healthz", b"A: b\x00c\r\n"), 400),
        (request(b"PUT", STATE, FLOOR, JSON, LENGTH, b"Content-Length: 3\r\n", body=GOOD), 400),
        (request(b"PUT", STATE, FLOOR, JSON, b"Content-Length: -1\r\n"), 400),
        (request(b"PUT", STATE, FLOOR, JSON, b"Content-Length: 1e3\r\n"), 400),
        (
            request(b"PUT", STATE, FLOOR, JSON, LENGTH, b"Transfer-Encoding: chunked\r\n"),
            400,
        ),
        (
            request(b"PUT", STATE, FLOOR, JSON, b"Transfer-Encoding: chunked\r\n", body=b"zz\r\n"),
            400,
        ),
        (
            request(b"PUT", STATE, FLOOR, JSON, LONG, body=b"[" * 70_000),
            413,
        ),
        (request(b"PUT", STATE, FLOOR, JSON, JSON, LENGTH, body=GOOD), 400),
        (request(b"PUT", STATE, FLOOR, LENGTH, body=GOOD), 415),
        (
            request(
                b"PUT",
                STATE,
                FLOOR,
                LENGTH,
                b"Content-Type: application/json; charset=utf-16\r\n",
                body=GOOD,
            ),
            415,
        ),
        (
            request(b"PUT", STATE, FLOOR, JSON, LENGTH, GZIP, body=GOOD),
            415,
        ),
        (request(b"PUT", STATE, FLOOR, JSON, LENGTH, b"Expect: wonders\r\n", body=GOOD), 417),
        (request(b"GET", b"/api/v1/queues", FLOOR, FLOOR), 400),
        (request(b"OPTIONS", b"/api/v1/queues", FLOOR), 405),
        (request(b"OPTIONS", b"*", FLOOR), 404),
        (request(b"TRACE", b"/api/v1/queues", FLOOR), 405),
        (request(b"PROPFIND", b"/api/v1/queues", FLOOR), 405),
        (request(b"CONNECT", b"example.org:443", FLOOR), 404),
        (request(b"GET", b"http://example.org/api/v1/queues"), 401),
        (request(b"GET", b"/api/v1/../../etc/passwd", FLOOR), 404),
        (request(b"GET", b"/api/v1/agents/%ff%00", FLOOR), 404),
        (request(b"GET", b"/api/v1/queues?" + b"a=b&" * 1_000), 401),
    ],
)
async def test_what_cannot_be_understood_is_refused_in_words(
    api: "Api", raw: bytes, status: int
) -> None:
    """A problem with the headers of every answer, which quotes nothing; other clients are not
    affected.
    """
    answer = await said(api.port, raw)
    assert answer.status == status
    assert answer.code
    assert all(answer.headers[name] == value for name, value in HEADERS.items())
    assert b"xxx" not in answer.body, "no token"
    assert (await api.ask("GET", "/api/v1/queues", "floor")).status == 200


async def test_a_head_is_a_get_without_its_body(api: "Api") -> None:
    """With the rights of the GET."""
    for who, status in (("floor", 200), ("anna", 403)):
        answer = await api.ask("HEAD", "/api/v1/calls", who)
        assert (answer.status, answer.body) == (status, b"")


async def test_a_body_that_does_not_come_is_not_waited_for(
    api: "Api", monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither of one who may send it, nor of one who may not."""
    monkeypatch.setattr(message, "BODY_DEADLINE", timedelta(seconds=0.2))
    slow = request(b"PUT", STATE, FLOOR, JSON, b"Content-Length: 1000\r\n", body=b"{")
    answer = await said(api.port, slow)
    assert (answer.status, answer.code) == (408, "body_too_slow")
    stranger = request(b"PUT", STATE, JSON, b"Content-Length: 1000\r\n", body=b"{")
    assert (await said(api.port, stranger)).status == 401


@pytest.mark.parametrize("depth", [1_000, 30_000])
@pytest.mark.parametrize("opening", [b"[", b'{"state":', b'{"a":['])
async def test_deep_json_is_refused(api: "Api", opening: bytes, depth: int) -> None:
    """At any depth, in any form."""
    raw = opening * (depth if len(opening) == 1 else min(depth, 6_000))
    headers = {"Content-Type": "application/json"}
    answer = await api.ask("PUT", "/api/v1/agents/100/state", "floor", raw=raw, headers=headers)
    assert answer.status in {400, 422}
    assert answer.code in {"bad_json", "bad_field"}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/api/v1/agents/100/state", {"state": "not_ready", "reason": "a\x00b"}),
        ("PUT", "/api/v1/do-not-call/+31201234567", {"reason": "a\x00b"}),
        ("POST", "/api/v1/flows/flags", {"flow": "desk", "flag": "a\x00b", "value": "on"}),
        ("POST", "/api/v1/flows/rollback", {"version": "\x00"}),
        ("POST", "/api/v1/interactions/i-1/move", {"queue": "\x00"}),
        ("POST", "/api/v1/agents/100/disposition", {"disposition": "\x00"}),
    ],
)
async def test_a_text_with_nul_is_refused(
    api: "Api", method: str, path: str, body: dict[str, str]
) -> None:
    """No database or switch keeps one."""
    answer = await api.ask(method, path, "root", body=body)
    assert (answer.status, answer.code) == (422, "bad_field")
    assert "NUL" in answer.detail


@dataclass
class Small:
    """A server with few places."""

    port: int
    client: aiohttp.ClientSession


@pytest.fixture
async def small() -> AsyncIterator[Small]:
    """Nothing to see, behind a gate of twenty connections."""
    limits = GateLimits(connections=20, per_address=20, request=timedelta(seconds=1))
    async with (
        serving(web.Application(), "127.0.0.1", 0, limits) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client,
    ):
        yield Small(port, client)


async def test_half_open_connections_lock_nobody_out(small: Small) -> None:
    """A hundred of them, ten times as many as there are places: others are answered."""
    writers = []
    for _ in range(200):
        _, writer = await asyncio.open_connection("127.0.0.1", small.port)
        writer.write(b"GET /healthz HTTP/1.1\r\nX-Slow: ")
        writers.append(writer)
        async with small.client.get("/", headers={"Connection": "close"}) as answer:
            assert answer.status == 404
    for writer in writers:
        writer.close()


async def test_a_head_that_does_not_come_is_ended(small: Small) -> None:
    """With a problem, and the connection with it."""
    answer = await said(small.port, b"GET /healthz HTTP/1.1\r\n")
    assert (answer.status, answer.code) == (408, "request_too_slow")
    assert answer.headers["Content-Type"] == CONTENT_TYPE


async def test_rubbish_does_not_fill_the_log(api: "Api") -> None:
    """A hundred bad requests are a line or two, and nothing of them is in it."""
    with capture_logs() as lines:
        for _ in range(100):
            raw = b"GET /healthz HTTP/1.1\r\nAuthorization cc_secret\r\n\r\n"
            assert (await said(api.port, raw)).status == 400
    assert 1 <= len(lines) <= 3
    assert "cc_secret" not in str(lines)


async def test_our_own_fault_does_not_fill_the_log(api: "Api") -> None:
    """A client that finds one can ask as often as it likes."""
    api.tokens.error = RuntimeError("inside")
    with capture_logs() as lines:
        for _ in range(30):
            assert (await api.ask("GET", "/api/v1/queues", "root")).status == 500
    assert 1 <= len(lines) <= 3
    assert lines[0]["times"] == 1
