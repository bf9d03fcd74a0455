"""A real Asterisk with the smallest application that can be: it notes events and sends verbs."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import aiohttp
import msgspec
import pytest
import pytest_asyncio
from aiohttp import web
from rich.console import Console

from contactcenter_ari.loadtest.audio import mu_law, tone, write_audio
from contactcenter_ari.loadtest.sipp import Sipp
from contactcenter_ari.machine.asterisk_config import AsteriskSite, Login
from contactcenter_ari.machine.asterisk_process import AsteriskProcess
from contactcenter_ari.machine.port import LOOPBACK, Protocol, free_port, free_rtp_block
from contactcenter_ari.machine.tool_root import ensure_tools
from contactcenter_ari.runtime.address import Address

CHECKOUT: Final = Path(__file__).parents[2]
FAR_AHEAD: Final = 9e9
LIMIT: Final = timedelta(seconds=15)


class Party(msgspec.Struct):
    """The caller."""

    number: str = ""


class Channel(msgspec.Struct):
    """As much of a channel as the tests look at."""

    id: str = ""
    state: str = ""
    caller: Party = msgspec.field(default_factory=Party)


class Endpoint(msgspec.Struct):
    """A phone."""

    resource: str = ""
    state: str = "unknown"


class Event(msgspec.Struct):
    """As much of an event as the tests look at."""

    type: str
    args: list[str] = []
    digit: str = ""
    cause: int = 0
    channel: Channel = msgspec.field(default_factory=Channel)
    endpoint: Endpoint = msgspec.field(default_factory=Endpoint)


class TinyApplication:
    """Serves Asterisk's socket, notes each event, answers callers, sends verbs over HTTP."""

    def __init__(self, site: AsteriskSite) -> None:
        self.site = site
        self.events: list[Event] = []
        self._news = asyncio.Condition()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Listen meanwhile."""
        server = web.Application()
        server.router.add_get("/ari", self._listen)
        runner = web.AppRunner(server, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, LOOPBACK, self.site.application_at.port).start()
        login = aiohttp.encode_basic_auth(self.site.ari.user, self.site.ari.secret)
        base, headers = f"http://{self.site.http}/ari/", {"Authorization": login}
        try:
            async with aiohttp.ClientSession(base_url=base, headers=headers) as self._http:
                yield
        finally:
            await runner.cleanup()

    async def _listen(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=("ari",))
        await socket.prepare(request)
        async for message in socket:
            event = msgspec.json.decode(message.data, type=Event)
            self.events.append(event)
            if event.type == "StasisStart" and event.args[0] in {"caller", "phone"}:
                await self.send("POST", f"channels/{event.channel.id}/answer")
            async with self._news:
                self._news.notify_all()
        return socket

    async def send(self, method: str, path: str, **body: object) -> None:
        """Send a verb, which must succeed."""
        async with self._http.request(method, path, json=body) as reply:
            assert reply.ok, (method, path, reply.status, await reply.text())

    async def beat(self, at: float) -> None:
        """Write the heartbeat of a moment (seconds since 1970)."""
        await self.send("POST", f"asterisk/variable?variable=CC_BEAT&value={int(at)}")

    async def event(self, wanted: Callable[[Event], bool]) -> Event:
        """The first event noted so far, or to come, that is wanted."""
        await self.until(lambda: any(wanted(event) for event in self.events))
        return next(event for event in self.events if wanted(event))

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for the events that make it hold."""
        async with asyncio.timeout(LIMIT.total_seconds()), self._news:
            await self._news.wait_for(holds)

    async def push_phone(self, phone: str, secret: str) -> None:
        """Let a phone register, in the order Asterisk needs."""
        objects = {
            "aor": {"max_contacts": "1", "remove_existing": "yes"},
            "auth": {"auth_type": "digest", "username": phone, "password": secret},
            "endpoint": {
                "aors": phone, "auth": phone, "context": "from-phone",
                "identify_by": "username", "acl": "phones", "disallow": "all", "allow": "ulaw",
                "direct_media": "no", "rtp_symmetric": "yes", "allow_transfer": "no",
            },
        }  # fmt: skip
        for kind, attributes in objects.items():
            fields = [{"attribute": key, "value": value} for key, value in attributes.items()]
            path = f"asterisk/config/dynamic/res_pjsip/{kind}/{phone}"
            await self.send("PUT", path, fields=fields)

    async def reaches(self, phone: str, state: str) -> None:
        """Wait until Asterisk says the phone is `online` or `offline`."""
        await self.event(
            lambda event: (
                event.type == "PeerStatusChange"
                and (event.endpoint.resource, event.endpoint.state) == (phone, state)
            )
        )


class Bench:
    """The needs of a test of SIPp: the application, SIPp, Asterisk, a folder with sounds."""

    def __init__(
        self, application: TinyApplication, asterisk: AsteriskProcess, sipp: Sipp, audio: Path
    ) -> None:
        self.application = application
        self.asterisk = asterisk
        self.sipp = sipp
        self.audio = audio

    async def keys_of(self, caller: str, *, count: int) -> str:
        """All keys that arrived from a caller once that many are there."""
        await self.application.until(lambda: len(self._keys_of(caller)) >= count)
        return self._keys_of(caller)

    def _keys_of(self, caller: str) -> str:
        return "".join(
            event.digit
            for event in self.application.events
            if event.channel.caller.number == caller
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    """A running Asterisk with the tiny application connected and its heart beating."""
    folder = tmp_path_factory.mktemp("center")
    tools = ensure_tools(Console(stderr=True), os.environ)
    site = _site(folder)
    write_audio(folder / "audio")
    application = TinyApplication(site)
    asterisk = AsteriskProcess(tools, site, folder / "asterisk")
    sipp = Sipp(tools.sipp, str(site.sip), tools.environment)
    async with application.serving():
        await asterisk.start()
        try:
            await application.event(lambda event: event.type == "ApplicationRegistered")
            await application.beat(FAR_AHEAD)
            source = f"applications/{site.application}/subscription?eventSource=endpoint:"
            await application.send("POST", source)
            yield Bench(application, asterisk, sipp, folder / "audio")
        finally:
            await asterisk.stop()


def _site(folder: Path) -> AsteriskSite:
    apology = folder / "apology"
    apology.with_suffix(".ulaw").write_bytes(mu_law(tone(300, timedelta(seconds=0.5))))
    music = folder / "music"
    music.mkdir()
    (music / "tone.ulaw").write_bytes(mu_law(tone(200, timedelta(seconds=1))))
    return AsteriskSite(
        sip=Address(LOOPBACK, free_port(Protocol.UDP)),
        http=Address(LOOPBACK, free_port(Protocol.TCP)),
        application_at=Address(LOOPBACK, free_port(Protocol.TCP)),
        rtp=free_rtp_block(400),
        ari=Login("contactcenter", "ari-secret"),
        application_login=Login("asterisk", "application-secret"),
        ami=Login("recorder", "ami-secret"),
        ami_port=free_port(Protocol.TCP),
        music=music,
        apology=str(apology),
        templates=CHECKOUT / "asterisk-conf",
        dialplan=CHECKOUT / "dialplan",
    )
