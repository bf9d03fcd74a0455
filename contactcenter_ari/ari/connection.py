"""The socket: Asterisk connects to us, events come in and requests go out over it.

Asterisk keeps one outbound, persistent WebSocket to `SwitchSocket`; while it is down it queues
events and replays them. The reader parses a frame and hands it on, nothing else, because Asterisk
cuts off a slow reader. A new socket takes the place of the old one. Every request has a deadline,
and fails at once when its socket is lost. After `ApplicationReplaced` another program owns the
calls: nothing is sent any more, and no new socket is accepted.
"""

import asyncio
import hmac
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from socket import IPPROTO_TCP, TCP_QUICKACK, SocketType
from typing import Final, Protocol

import msgspec
import structlog
from aiohttp import WSMsgType, web

from contactcenter_ari.ari.errors import (
    SwitchError,
    SwitchReplaced,
    SwitchTooSlow,
    SwitchUnreachable,
)
from contactcenter_ari.ari.messages import (
    ApplicationReplaced,
    Event,
    Malformed,
    RESTResponse,
    Unknown,
    parse,
)
from contactcenter_ari.ari.operation import Operation
from contactcenter_ari.ari.reply import Reply
from contactcenter_ari.runtime.gate import Gate, GateLimits
from contactcenter_ari.runtime.listener import Listeners, listeners
from contactcenter_ari.runtime.log_limit import LogLimit

REPLY_LIMIT: Final = timedelta(seconds=5)
UNSENT_LIMIT: Final = 10_000
FAREWELL_LIMIT: Final = timedelta(seconds=1)
FRAME_LIMIT: Final = 64 * 1024 * 1024
KINDS_LIMIT: Final = 100
BOOTING: Final = 503
BOOTING_PAUSE: Final = 0.1
GREETING_LIMIT: Final = timedelta(seconds=1)
STRANGERS: Final = GateLimits(
    connections=64, per_address=64, request=timedelta(seconds=5), unread=None
)
"""A client that is not Asterisk is cut off soon, and does not hinder Asterisk. Asterisk itself may
be slow: its socket is not dropped for that.
"""

log: Final[structlog.typing.FilteringBoundLogger] = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and a generated password, which `repr` keeps out of logs."""

    user: str
    password: str

    def __repr__(self) -> str:
        return f"<Credentials of {self.user}>"

    @property
    def authorization(self) -> str:
        """The value of the Authorization header (RFC 7617)."""
        return "Basic " + b64encode(f"{self.user}:{self.password}".encode()).decode()


class Connected(msgspec.Struct, frozen=True):
    """Asterisk's socket is there and the event filter is set."""


class Disconnected(msgspec.Struct, frozen=True):
    """Asterisk's socket is gone; the calls in it go on."""


News = Event | Connected | Disconnected


class Inbox(Protocol):
    """The receiver of news from the switch; `put` returns at once."""

    def put(self, news: News, /) -> None:
        """Take one piece of news."""
        ...


class Tally:
    """The frames that went over the socket, by kind; of unknown kinds only some are remembered."""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.events: Counter[str] = Counter()
        self.malformed = 0
        self._told = LogLimit()
        self.unknown: Counter[str] = Counter()

    def __repr__(self) -> str:
        return f"<Tally {self.malformed} malformed, {self.unknown.total()} unknown>"

    def note(self, frame: Unknown | Malformed) -> None:
        """Count a frame; a kind is logged the first time only."""
        if isinstance(frame, Malformed):
            self.malformed += 1
            if times := self._told.take("malformed"):
                log.warning("frame.malformed", reason=frame.reason, times=times)
            return
        kind = frame.kind if len(self.unknown) < KINDS_LIMIT else "other"
        self.unknown[kind] += 1
        if self.unknown[kind] == 1:
            log.info("frame.unknown", kind=kind)


class _RESTRequest(msgspec.Struct, frozen=True, tag="RESTRequest", tag_field="type"):
    request_id: str
    method: str
    uri: str
    query_strings: list[dict[str, str]] | None = None
    content_type: str = "application/json"
    message_body: str = ""


_encode: Final = msgspec.json.Encoder().encode


class _Link:
    """One accepted socket with the requests that wait for their answers on it."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.BaseTransport | None,
        inbox: Inbox,
        tally: Tally,
    ) -> None:
        self._socket = socket
        self._transport = transport
        self._inbox = inbox
        self._tally = tally
        self._unsent: asyncio.Queue[bytes] = asyncio.Queue(UNSENT_LIMIT)
        self._pending: dict[str, tuple[asyncio.Future[Reply], asyncio.TimerHandle]] = {}
        self._last_id = 0
        self._spoke = asyncio.Event()
        self._lost: SwitchUnreachable | None = None

    def send(self, wanted: Operation, limit: timedelta) -> asyncio.Future[Reply]:
        """Queue a request; the future ends by the deadline, whatever happens."""
        loop = asyncio.get_running_loop()
        reply: asyncio.Future[Reply] = loop.create_future()
        self._last_id += 1
        key = str(self._last_id)
        if self._lost is not None:
            reply.set_exception(self._lost)
        elif self._unsent.full():
            reply.set_exception(SwitchUnreachable(f"{UNSENT_LIMIT} requests wait to be sent"))
        else:
            timer = loop.call_later(limit.total_seconds(), self._expire, key, wanted)
            self._pending[key] = reply, timer
            self._tally.requests[kind_of(wanted)] += 1
            self._unsent.put_nowait(_frame(key, wanted))
        return reply

    async def run(self, greeting: Sequence[Operation]) -> ApplicationReplaced | None:
        """Serve until the socket closes, or until another program takes our application."""
        async with asyncio.TaskGroup() as group:
            jobs = [group.create_task(self._write()), group.create_task(self._greet(greeting))]
            try:
                return await self._read()
            finally:
                self.fail(SwitchUnreachable("Asterisk's socket was lost"))
                for job in jobs:
                    job.cancel()

    def fail(self, error: SwitchUnreachable) -> None:
        """End all waiting requests, and every later one, with the error."""
        self._lost = self._lost or error
        pending, self._pending = self._pending, {}
        for reply, timer in pending.values():
            timer.cancel()
            if not reply.done():
                reply.set_exception(error)

    def close(self) -> None:
        """Drop the socket without a farewell; this ends `run`."""
        if isinstance(self._transport, asyncio.Transport):
            self._transport.abort()

    async def _greet(self, greeting: Sequence[Operation]) -> None:
        """Send the greeting of a new connection, then report the connection."""
        try:
            for wanted in greeting:
                reply = await self._booted(wanted)
                if not reply.succeeded:
                    log.warning("greeting.refused", status=reply.status, reason=reply.reason)
        except SwitchError as error:
            log.warning("greeting.failed", reason=str(error))
            self.close()
            return
        self._inbox.put(Connected())

    async def _booted(self, wanted: Operation) -> Reply:
        """Ask until Asterisk has loaded its modules: the socket comes earlier."""
        while True:
            reply = await self.send(wanted, REPLY_LIMIT)
            if reply.status != BOOTING:
                return reply
            await asyncio.sleep(BOOTING_PAUSE)

    async def _write(self) -> None:
        """Send what is queued, once Asterisk has spoken: Asterisk (22.10.1) leaves data that it
        reads together with the handshake unread until more comes. Its first frame always comes.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(GREETING_LIMIT.total_seconds()):
                await self._spoke.wait()
        try:
            while True:
                await self._socket.send_frame(await self._unsent.get(), WSMsgType.TEXT)
        except ConnectionError:
            return  # the reader ends too, and fails what waits

    async def _read(self) -> ApplicationReplaced | None:
        with self._wire() as wire:
            async for frame in self._socket:
                if frame.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
                    continue
                self._spoke.set()
                _acknowledge(wire)
                if (fence := self._take(frame.data)) is not None:
                    return fence
        return None

    def _wire(self) -> AbstractContextManager[SocketType | None]:
        """The operating system's socket, under a handle of our own."""
        peer = self._transport.get_extra_info("socket") if self._transport else None
        return nullcontext() if peer is None else peer.dup()

    def _take(self, frame: bytes) -> ApplicationReplaced | None:
        """Hand a frame on to its receiver; gives the frame that ends our work."""
        match parse(frame):
            case RESTResponse() as response:
                self._resolve(response)
            case Unknown() | Malformed() as useless:
                self._tally.note(useless)
            case ApplicationReplaced() as fence:
                return fence
            case event:
                kind = type(event).__name__
                self._tally.events[kind] += 1
                try:
                    self._inbox.put(event)
                except Exception:
                    log.exception("event.not_taken", kind=kind)  # a fault of ours costs one event
        return None

    def _resolve(self, response: RESTResponse) -> None:
        waiting = self._pending.pop(response.request_id, None)
        if waiting is None:
            log.info("reply.unexpected", status=response.status_code)
            return
        reply, timer = waiting
        timer.cancel()
        if not reply.done():
            reply.set_result(Reply(response.status_code, response.message_body))

    def _expire(self, key: str, wanted: Operation) -> None:
        reply, _ = self._pending.pop(key)
        if not reply.done():
            reply.set_exception(SwitchTooSlow(f"no reply to {wanted!r} in time"))


def listening(host: str, port: int) -> AbstractContextManager[Listeners]:
    """Listen meanwhile at the address where Asterisk connects; raises AddressUnavailable."""
    return listeners(
        host,
        port,
        setting="the application's address in addresses.json",
        remedy="remove that file from CC_DATA_DIR to have addresses chosen again",
    )


class SwitchSocket:
    """Accepts Asterisk's WebSocket and speaks to it.

    `inbox` gets every event, and `Connected` and `Disconnected`. `greeting` is sent on each
    new socket before `Connected` is reported; the event filter belongs there. `farewell` is
    sent before we drop the socket; it should stop the events.
    """

    def __init__(
        self,
        *,
        credentials: Credentials,
        inbox: Inbox,
        greeting: Sequence[Operation],
        farewell: Sequence[Operation] = (),
    ) -> None:
        self.tally = Tally()
        self._greeting = tuple(greeting)
        self._farewell = tuple(farewell)
        self._credentials = credentials
        self._gate = Gate(STRANGERS)
        self._refused = LogLimit()
        self._inbox = inbox
        self._link: _Link | None = None
        self._closing = False
        self._replaced = False

    def __repr__(self) -> str:
        state = "replaced" if self._replaced else "connected" if self.connected else "waiting"
        return f"<SwitchSocket: {state}>"

    @property
    def connected(self) -> bool:
        """Whether Asterisk's socket is there."""
        return self._link is not None

    @asynccontextmanager
    async def listening(self, host: str, port: int) -> AsyncIterator[int]:
        """Listen and accept meanwhile; gives the port, chosen when `port` is 0. Raises
        AddressUnavailable.
        """
        with listening(host, port) as sockets:
            async with self.accepting(sockets) as chosen:
                yield chosen

    @asynccontextmanager
    async def accepting(self, sockets: Listeners) -> AsyncIterator[int]:
        """Accept Asterisk's socket meanwhile on sockets that listen; gives the port."""
        application = web.Application()
        application.router.add_get("/ari", self._accept)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        manager = runner.server
        assert manager is not None, "the runner is set up"
        try:
            async with self._gate.open(sockets, manager) as chosen:
                yield chosen
        finally:
            self._closing = True
            await self.part()
            await runner.cleanup()

    def send(self, wanted: Operation, *, limit: timedelta = REPLY_LIMIT) -> asyncio.Future[Reply]:
        """Send an operation; the result of the future is the reply, with any status.

        The future raises SwitchUnreachable when there is or will be no socket, SwitchTooSlow after
        `limit`, SwitchReplaced when another program owns our calls.
        """
        if self._link is not None:
            return self._link.send(wanted, limit)
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        reply.set_exception(
            SwitchReplaced("another program serves our application")
            if self._replaced
            else SwitchUnreachable("Asterisk has not connected to us")
        )
        return reply

    async def part(self) -> None:
        """Drop the socket, but not in the middle of events.

        Asterisk 22.10.1 crashes, once in some thirty times, when it writes an event to a
        socket in the moment of its loss.
        """
        if self._link is None:
            return
        with suppress(SwitchError):
            for wanted in self._farewell:
                await self.send(wanted, limit=FAREWELL_LIMIT)
        if self._link is not None:
            self._link.close()

    async def _accept(self, request: web.Request) -> web.StreamResponse:
        """Check the credentials of the client, then serve the socket until it ends."""
        if not _authorized(request, self._credentials):
            if times := self._refused.take("socket"):
                log.warning("socket.refused", peer=request.remote, times=times)
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": 'Basic realm="ari"'})
        if self._replaced:
            raise web.HTTPServiceUnavailable(text="another program serves this application")
        socket = web.WebSocketResponse(
            protocols=("ari",),
            compress=False,
            max_msg_size=FRAME_LIMIT,
            timeout=0.5,
            decode_text=False,  # a caller's broken UTF-8 must not end the socket
        )
        self._gate.begin(request.transport)
        await socket.prepare(request)
        link = _Link(socket, request.transport, self._inbox, self.tally)
        self._take_over(link)
        log.info("socket.connected")
        fence: ApplicationReplaced | None = None
        try:
            fence = await link.run(self._greeting)
        finally:
            self._leave(link, fence)
        return socket

    def _take_over(self, link: _Link) -> None:
        old, self._link = self._link, link
        if old is not None:
            log.warning("socket.superseded")
            old.fail(SwitchUnreachable("Asterisk connected again"))
            old.close()

    def _leave(self, link: _Link, fence: ApplicationReplaced | None) -> None:
        if self._link is not link:
            return  # superseded: the new socket has taken over
        self._link = None
        if fence is not None:
            log.error("application.replaced")
            self._replaced = True
            self._inbox.put(fence)
        elif not self._closing:
            log.warning("socket.lost")
        self._inbox.put(Disconnected())


def _acknowledge(wire: SocketType | None) -> None:
    """Confirm at once what was received: Asterisk does not turn Nagle's algorithm off, so its
    next small frame would wait for our kernel to confirm this one, for up to 40 ms.
    """
    if wire is not None:
        with suppress(OSError):  # just closed: the reader will see
            wire.setsockopt(IPPROTO_TCP, TCP_QUICKACK, 1)


def kind_of(wanted: Operation) -> str:
    """The verb and its path without identifiers, as requests are counted."""
    return f"{wanted.method} {wanted.template}"


def _frame(key: str, wanted: Operation) -> bytes:
    """Put an operation into a RESTRequest frame."""
    query = [{"name": name, "value": value} for name, value in wanted.query.items()]
    body = "" if wanted.body is None else _encode(wanted.body).decode()
    return _encode(_RESTRequest(key, wanted.method, wanted.uri, query, message_body=body))


def _authorized(request: web.Request, credentials: Credentials) -> bool:
    """Compare in constant time, so that a password cannot be guessed from the duration."""
    given = request.headers.get("Authorization", "")
    return hmac.compare_digest(given.encode(errors="replace"), credentials.authorization.encode())
