"""The socket to Asterisk: replies, deadlines, loss, take-over, and what is sent in error."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import pytest
from aiohttp import (
    ClientSession,
    ClientWebSocketResponse,
    WSMsgType,
    WSServerHandshakeError,
)
from structlog.testing import capture_logs

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.connection import (
    Connected,
    Credentials,
    Disconnected,
    News,
    SwitchSocket,
)
from contactcenter_ari.ari.errors import SwitchReplaced, SwitchTooSlow, SwitchUnreachable
from contactcenter_ari.ari.messages import (
    EVENT_KINDS,
    ApplicationRegistered,
    ApplicationReplaced,
    StasisStart,
)

if TYPE_CHECKING:
    from contactcenter_ari.ari.reply import Reply

CHANNEL = {
    "id": "node1-1.7",
    "name": "PJSIP/trunk-00000001",
    "state": "Ring",
    "caller": {"name": "x", "number": ""},
    "dialplan": {"context": "from-trunk", "exten": "100"},
}
APP = "contactcenter"
GREETING = [operation.filter_events(APP, [*EVENT_KINDS, "RESTResponse"])]
LOGIN = Credentials("asterisk", "secret-é")
LIMIT = 5

Kind = TypeVar("Kind")


class FakeInbox:
    """Keeps the news in order."""

    def __init__(self) -> None:
        self._news: asyncio.Queue[News] = asyncio.Queue()

    def put(self, news: News, /) -> None:
        """Take one piece of news."""
        self._news.put_nowait(news)

    async def next(self) -> News:
        """The next piece of news, or TimeoutError."""
        async with asyncio.timeout(LIMIT):
            return await self._news.get()

    async def find(self, kind: type[Kind]) -> Kind:
        """The next piece of news of a kind, what lies before it is dropped."""
        while not isinstance(news := await self.next(), kind):
            pass
        return news


@dataclass
class FakeAsterisk:
    """The other end of the socket; answers nothing by itself but the event filter."""

    socket: ClientWebSocketResponse
    filters: list[dict[str, list[dict[str, str]]]] = field(default_factory=list)

    async def request(self) -> dict[str, object]:
        """The next request sent to Asterisk."""
        frame = await self.socket.receive_json(timeout=LIMIT)
        assert isinstance(frame, dict)
        assert frame["type"] == "RESTRequest"
        return frame

    async def reply(self, request: dict[str, object], status: int, body: str = "") -> None:
        """Answer a request."""
        await self.say(
            type="RESTResponse",
            request_id=request["request_id"],
            status_code=status,
            message_body=body,
        )

    async def say(self, **fields: object) -> None:
        """Send an event."""
        await self.socket.send_str(json.dumps(fields))

    async def greet(self) -> None:
        """Do what Asterisk does on a new connection: speak first, then take the filter."""
        await self.say(type="ApplicationRegistered", application=APP)
        request = await self.request()
        self.filters.append(json.loads(str(request["message_body"])))
        assert request["uri"] == f"applications/{APP}/eventFilter"
        await self.reply(request, 200)

    async def dropped(self) -> bool:
        """Whether our side closed the socket."""
        frame = await self.socket.receive(timeout=LIMIT)
        return frame.type in {WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.CLOSING}


@dataclass
class Bench:
    """A listening socket, its inbox, and means to connect to it."""

    socket: SwitchSocket
    inbox: FakeInbox
    session: ClientSession
    url: str
    opened: list[FakeAsterisk] = field(default_factory=list)

    async def connect(self, login: Credentials = LOGIN) -> FakeAsterisk:
        """Connect as Asterisk does, without a message yet."""
        socket = await self.session.ws_connect(
            self.url, protocols=("ari",), headers={"Authorization": login.authorization}
        )
        self.opened.append(FakeAsterisk(socket))
        return self.opened[-1]

    async def greeted(self) -> FakeAsterisk:
        """A connection that is ready for use."""
        asterisk = await self.connect()
        await asterisk.greet()
        await self.inbox.find(Connected)
        return asterisk


@pytest.fixture
def inbox() -> FakeInbox:
    """An empty inbox."""
    return FakeInbox()


@pytest.fixture
async def bench(inbox: FakeInbox) -> AsyncIterator[Bench]:
    """A listening socket without a connection."""
    socket = SwitchSocket(credentials=LOGIN, inbox=inbox, greeting=GREETING)
    async with socket.listening("127.0.0.1", 0) as port, ClientSession() as session:
        bench = Bench(socket, inbox, session, f"http://127.0.0.1:{port}/ari")
        yield bench
        for asterisk in bench.opened:
            await asterisk.socket.close()


async def test_the_event_filter_is_set_first(bench: Bench) -> None:
    """It names the known events and RESTResponse, or no reply would ever arrive."""
    asterisk = await bench.connect()
    await asterisk.greet()
    assert await bench.inbox.next() == ApplicationRegistered("contactcenter")
    assert await bench.inbox.next() == Connected()
    kinds = [entry["type"] for entry in asterisk.filters[0]["allowed"]]
    assert [*EVENT_KINDS, "RESTResponse"] == kinds


async def test_a_booting_asterisk_is_asked_again(bench: Bench) -> None:
    """The socket opens before Asterisk serves requests; `Connected` waits for that."""
    asterisk = await bench.connect()
    await asterisk.say(type="ApplicationRegistered", application="contactcenter")
    await asterisk.reply(await asterisk.request(), 503, '{"message":"Asterisk not booted"}')
    await asterisk.reply(await asterisk.request(), 200)
    await bench.inbox.find(Connected)


async def test_replies_find_their_requests(bench: Bench) -> None:
    """Answers may come in any order."""
    asterisk = await bench.greeted()
    first = bench.socket.send(operation.start_music("c1", music="calm"))
    second = bench.socket.send(operation.hang_up("c/2"))
    requests = [await asterisk.request(), await asterisk.request()]
    assert [r["uri"] for r in requests] == ["channels/c1/moh", "channels/c%2F2"]
    assert requests[0]["query_strings"] == [{"name": "mohClass", "value": "calm"}]
    await asterisk.reply(requests[1], 404, '{"message":"Channel not found"}')
    await asterisk.reply(requests[0], 204)
    assert (await first).succeeded
    reply: Reply = await second
    assert reply.gone
    assert reply.reason == "Channel not found"


async def test_a_request_without_reply_fails_at_its_deadline(bench: Bench) -> None:
    """A late reply is ignored, the socket stays in use."""
    asterisk = await bench.greeted()
    late = bench.socket.send(operation.list_channels(), limit=timedelta(milliseconds=20))
    request = await asterisk.request()
    with pytest.raises(SwitchTooSlow):
        await late
    await asterisk.reply(request, 200)
    prompt = bench.socket.send(operation.list_bridges())
    await asterisk.reply(await asterisk.request(), 200, "[]")
    assert (await prompt).succeeded


async def test_waiting_requests_fail_when_the_socket_is_lost(bench: Bench) -> None:
    """At once, not at their deadlines; so do later ones until Asterisk is back."""
    asterisk = await bench.greeted()
    waiting = bench.socket.send(operation.list_channels())
    await asterisk.request()
    await asterisk.socket.close()
    with pytest.raises(SwitchUnreachable, match="lost"):
        await waiting
    assert await bench.inbox.next() == Disconnected()
    assert not bench.socket.connected
    with pytest.raises(SwitchUnreachable, match="not connected"):
        await bench.socket.send(operation.list_channels())
    await bench.greeted()
    assert bench.socket.connected


async def test_a_new_socket_takes_the_place_of_the_old(bench: Bench) -> None:
    """Asterisk may come back before the center noticed that it was gone."""
    old = await bench.greeted()
    waiting = bench.socket.send(operation.list_channels())
    await old.request()
    new = await bench.greeted()
    with pytest.raises(SwitchUnreachable, match="again"):
        await waiting
    assert await old.dropped()
    reply = bench.socket.send(operation.list_channels())
    await new.reply(await new.request(), 200, "[]")
    assert (await reply).read(list[str]) == []


async def test_nothing_is_sent_after_the_application_was_replaced(bench: Bench) -> None:
    """The fence: another program owns the calls, and no new socket is taken."""
    asterisk = await bench.greeted()
    waiting = bench.socket.send(operation.list_channels())
    await asterisk.request()
    await asterisk.say(type="ApplicationReplaced", application="contactcenter")
    with pytest.raises(SwitchUnreachable):
        await waiting
    assert await bench.inbox.next() == ApplicationReplaced("contactcenter")
    assert await bench.inbox.next() == Disconnected()
    with pytest.raises(SwitchReplaced):
        await bench.socket.send(operation.hang_up("c1"))
    with pytest.raises(WSServerHandshakeError, match="503"):
        await bench.connect()


async def test_useless_frames_are_counted_and_do_no_harm(bench: Bench) -> None:
    """Unknown kinds, broken JSON, broken UTF-8 and long names: the socket goes on."""
    asterisk = await bench.greeted()
    await asterisk.say(type="ChannelVarset", value="x")
    await asterisk.say(type="ChannelVarset", value="y")
    await asterisk.socket.send_str("{")
    await asterisk.socket.send_bytes(b"\xff\xfe")
    await asterisk.say(type="RESTResponse", request_id="999", status_code=200)
    channel = CHANNEL | {"caller": {"name": "\U0001f4a9" * 500, "number": ""}}
    await asterisk.say(type="StasisStart", args=[], channel=channel)
    arrived = await bench.inbox.find(StasisStart)
    assert len(arrived.channel.caller.name) == 500
    assert bench.socket.tally.unknown == {"ChannelVarset": 2}
    assert bench.socket.tally.malformed == 2


async def test_broken_utf8_in_a_text_frame_does_not_end_the_socket(bench: Bench) -> None:
    """RFC 6455 would have us fail the connection; a caller's name must not be able to."""
    asterisk = await bench.greeted()
    frame = b'{"type":"ApplicationRegistered","application":"\xff"}'
    await asterisk.socket._writer.send_frame(frame, 1)
    assert await bench.inbox.next() == ApplicationRegistered("\ufffd")


@pytest.mark.parametrize("login", [Credentials("asterisk", "wrong"), Credentials("", "secret-é")])
async def test_a_wrong_password_is_refused(bench: Bench, login: Credentials) -> None:
    """A client that could connect here would control every call."""
    with pytest.raises(WSServerHandshakeError, match="401"):
        await bench.connect(login)
    assert not bench.socket.connected


async def test_asterisk_is_told_before_we_leave(inbox: FakeInbox) -> None:
    """It must not write an event to a socket that is just being lost."""
    farewell = [operation.filter_events(APP, ["RESTResponse"])]
    socket = SwitchSocket(credentials=LOGIN, inbox=inbox, greeting=GREETING, farewell=farewell)
    async with (
        asyncio.timeout(LIMIT),
        ClientSession() as session,
        socket.listening("127.0.0.1", 0) as port,
    ):
        asterisk = await Bench(socket, inbox, session, f"http://127.0.0.1:{port}/ari").greeted()
        leaving = asyncio.ensure_future(socket.part())
        request = await asterisk.request()
        assert json.loads(str(request["message_body"])) == {"allowed": [{"type": "RESTResponse"}]}
        assert socket.connected
        await asterisk.reply(request, 200)
        await leaving
        assert await asterisk.dropped()


async def test_the_listener_ends_with_a_socket_open(inbox: FakeInbox) -> None:
    """Stopping does not hang on Asterisk."""
    socket = SwitchSocket(credentials=LOGIN, inbox=inbox, greeting=GREETING)
    async with asyncio.timeout(LIMIT), ClientSession() as session:
        async with socket.listening("127.0.0.1", 0) as port:
            bench = Bench(socket, inbox, session, f"http://127.0.0.1:{port}/ari")
            asterisk = await bench.greeted()
        assert await inbox.next() == Disconnected()
        assert await asterisk.dropped()


async def test_strangers_do_not_keep_asterisk_out(bench: Bench) -> None:
    """Neither half-open connections nor wrong passwords, before it comes or while it is there."""
    port = int(bench.url.rpartition(":")[2].partition("/")[0])
    strangers = [await asyncio.open_connection("127.0.0.1", port) for _ in range(200)]
    for _ in range(100):
        with pytest.raises(WSServerHandshakeError):
            await bench.connect(Credentials("x", "y"))
    asterisk = await bench.greeted()
    strangers += [await asyncio.open_connection("127.0.0.1", port) for _ in range(200)]
    reply = bench.socket.send(operation.ping())
    await asterisk.reply(await asterisk.request(), 200)
    assert (await reply).succeeded
    for _, writer in strangers:
        writer.close()


async def test_many_wrong_passwords_are_one_line(bench: Bench) -> None:
    """A stranger cannot fill the disk with log lines."""
    with capture_logs() as lines:
        for _ in range(50):
            with pytest.raises(WSServerHandshakeError):
                await bench.connect(Credentials("x", "y"))
    assert [line["event"] for line in lines] == ["socket.refused"]
