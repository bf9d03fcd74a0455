"""Commands of one call keep their order, calls do not wait for each other, failures tell."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from contactcenter_ari.ari import lane
from contactcenter_ari.ari.connection import REPLY_LIMIT
from contactcenter_ari.ari.errors import SwitchError, SwitchTooSlow, SwitchUnreachable
from contactcenter_ari.ari.lane import LANE_LIMIT, Lanes
from contactcenter_ari.ari.operation import Operation, audio_address
from contactcenter_ari.ari.reply import Reply
from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.vocabulary.command import (
    AnswerLeg,
    BridgeLegs,
    Command,
    DialLeg,
    DissolveBridge,
    HangUpLeg,
    PlayPrompt,
    StartMusic,
    StopMessage,
    StopMusic,
    StopPlayback,
    UnbridgeLeg,
)
from contactcenter_ari.core.vocabulary.ids import (
    BridgeId,
    CallId,
    LegId,
    PhoneId,
    PlaybackId,
    RecordingId,
)
from contactcenter_ari.core.vocabulary.prompt import PromptPart, SpokenText
from contactcenter_ari.core.vocabulary.signal import (
    CommandFailed,
    LegsBridged,
    PlaybackFinished,
    Signal,
)
from tests.idle import until_idle

CALL, OTHER = CallId("i1"), CallId("i2")
LEG, AGENT = LegId("l1"), LegId("l2")
BRIDGE, PLAYBACK = BridgeId("b1"), PlaybackId("p1")
LIMIT = 5


@dataclass
class Sent:
    """A request that waits for the test to answer it."""

    wanted: Operation
    over: str
    future: asyncio.Future[Reply]

    def answer(self, status: int = 204, body: str = "") -> None:
        """Reply as Asterisk would."""
        self.future.set_result(Reply(status, body))


class FakeWire:
    """Both ways to Asterisk; the test answers."""

    def __init__(self) -> None:
        self.sent: asyncio.Queue[Sent] = asyncio.Queue()

    def send(self, wanted: Operation, *, limit: timedelta = REPLY_LIMIT) -> asyncio.Future[Reply]:
        """Over the socket."""
        return self._send(wanted, "socket", limit)

    def _send(self, wanted: Operation, over: str, limit: timedelta) -> asyncio.Future[Reply]:
        assert limit == REPLY_LIMIT
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self.sent.put_nowait(Sent(wanted, over, future))
        return future

    async def next(self) -> Sent:
        """The next request."""
        async with asyncio.timeout(LIMIT):
            return await self.sent.get()

    async def idle(self) -> bool:
        """Whether nothing more is sent before the test answers."""
        await until_idle()
        return self.sent.empty()


class FakeHttp:
    """The HTTP side of the wire."""

    def __init__(self, wire: FakeWire) -> None:
        self._wire = wire

    async def send(self, wanted: Operation, *, limit: timedelta = REPLY_LIMIT) -> Reply:
        """Over HTTP."""
        return await self._wire._send(wanted, "http", limit)


class NotMade(ContactCenterError):
    """A prompt that cannot be made."""


@dataclass
class FakePrompts:
    """Prompts that the test makes."""

    made: asyncio.Queue[Sequence[str] | NotMade] = field(default_factory=asyncio.Queue)

    async def media(self, parts: Sequence[PromptPart], /) -> Sequence[str]:
        """Wait for the test."""
        assert parts
        result = await self.made.get()
        if isinstance(result, NotMade):
            raise result
        return result


@dataclass
class FakeInbox:
    """Keeps the signals in order."""

    signals: asyncio.Queue[Signal] = field(default_factory=asyncio.Queue)

    def put(self, signal: Signal, /) -> None:
        """Take one signal."""
        self.signals.put_nowait(signal)

    async def next(self) -> Signal:
        """The next signal."""
        async with asyncio.timeout(LIMIT):
            return await self.signals.get()


@dataclass
class Bench:
    """Lanes between a fake core and a fake wire."""

    group: asyncio.TaskGroup
    wire: FakeWire = field(default_factory=FakeWire)
    prompts: FakePrompts = field(default_factory=FakePrompts)
    inbox: FakeInbox = field(default_factory=FakeInbox)

    def __post_init__(self) -> None:
        """Make the lanes."""
        self.lanes = Lanes(
            app="cc",
            socket=self.wire,
            http=FakeHttp(self.wire),
            prompts=self.prompts,
            inbox=self.inbox,
        )

    def do(self, *commands: Command) -> None:
        """Carry out commands."""
        for command in commands:
            self.lanes.carry_out(command, self.group)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """Lanes with nothing in them, and nothing left in them."""
    async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
        bench = Bench(group)
        yield bench
        bench.lanes.stop()
    assert repr(bench.lanes) == "<Lanes 0 calls wait>"


def play() -> PlayPrompt:
    """Say something."""
    return PlayPrompt(CALL, LEG, PLAYBACK, (SpokenText("Hello.", "en"),))


def dial() -> DialLeg:
    """Ring an agent."""
    return DialLeg(CALL, AGENT, PhoneId("d1"), "", "", LEG, timedelta(seconds=20))


async def test_verbs_that_return_at_once_do_not_wait(bench: Bench) -> None:
    """Asterisk answers a socket in order, so order is kept anyway."""
    bench.do(StopMusic(CALL, LEG), StartMusic(CALL, LEG, "calm"), HangUpLeg(CALL, LEG))
    sent = [await bench.wire.next() for _ in range(3)]
    assert [s.wanted.method for s in sent] == ["DELETE", "POST", "DELETE"]
    assert {s.over for s in sent} == {"socket"}


async def test_what_follows_a_blocking_verb_waits_for_it(bench: Bench) -> None:
    """In that call; another call goes on."""
    bench.do(AnswerLeg(CALL, LEG), StartMusic(CALL, LEG, "calm"), HangUpLeg(OTHER, AGENT))
    other, answer = await bench.wire.next(), await bench.wire.next()
    assert (other.wanted.uri, answer.over) == ("channels/l2", "http")
    assert await bench.wire.idle()
    answer.answer()
    assert (await bench.wire.next()).wanted.uri == "channels/l1/moh"


async def test_a_blocking_verb_waits_for_what_was_sent_before(bench: Bench) -> None:
    """It takes another way to Asterisk and could overtake."""
    bench.do(StopPlayback(CALL, PLAYBACK), UnbridgeLeg(CALL, BRIDGE, LEG))
    stop = await bench.wire.next()
    assert await bench.wire.idle()
    stop.answer(404)
    assert (await bench.wire.next()).over == "http"


async def test_a_bridge_is_confirmed_once_the_legs_are_in_it(bench: Bench) -> None:
    """Made over the socket, filled over HTTP."""
    bench.do(BridgeLegs(CALL, BRIDGE, (LEG, AGENT)))
    made = await bench.wire.next()
    assert made.over == "socket"
    made.answer(200)
    filled = await bench.wire.next()
    assert (filled.over, filled.wanted.uri) == ("http", "bridges/b1/addChannel")
    filled.answer()
    assert await bench.inbox.next() == LegsBridged(BRIDGE)


async def test_a_bridge_that_cannot_be_filled_is_removed(bench: Bench) -> None:
    """A leg left in the meantime."""
    command = BridgeLegs(CALL, BRIDGE, (LEG, AGENT))
    bench.do(command)
    (await bench.wire.next()).answer(200)
    (await bench.wire.next()).answer(400, '{"message":"Channel not found"}')
    assert await bench.inbox.next() == CommandFailed(command, 400, "Channel not found")
    removed = await bench.wire.next()
    assert (removed.wanted.method, removed.wanted.uri) == ("DELETE", "bridges/b1")
    removed.answer()


async def test_a_prompt_is_made_then_played(bench: Bench) -> None:
    """The commands after it wait, but an offer does not."""
    bench.do(play(), StartMusic(CALL, LEG, "calm"), dial())
    assert (await bench.wire.next()).wanted.uri == "channels/l2"
    assert await bench.wire.idle()
    bench.prompts.made.put_nowait(["sound:a", "sound:b"])
    played = await bench.wire.next()
    assert played.wanted.uri == "channels/l1/play/p1"
    assert played.wanted.query == {"media": "sound:a,sound:b"}
    assert (await bench.wire.next()).wanted.uri == "channels/l1/moh"


async def test_a_prompt_stopped_while_it_is_made_is_never_played(bench: Bench) -> None:
    """The core hears that it ended, and the lane goes on."""
    bench.do(play())
    assert await bench.wire.idle()
    bench.do(StopPlayback(CALL, PLAYBACK), AnswerLeg(CALL, LEG))
    assert await bench.inbox.next() == PlaybackFinished(PLAYBACK)
    stop = await bench.wire.next()
    assert stop.wanted.uri == "playbacks/p1"
    stop.answer(404)
    assert (await bench.wire.next()).wanted.uri == "channels/l1/answer"


async def test_a_prompt_that_has_only_just_begun_is_stopped_in_a_moment(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asterisk answers 500 as long as the prompt cannot be stopped yet."""
    monkeypatch.setattr(lane, "STOP_AGAIN_AFTER", timedelta())
    bench.do(StopPlayback(CALL, PLAYBACK))
    for status in (500, 500, 204):
        stop = await bench.wire.next()
        assert stop.wanted.uri == "playbacks/p1"
        stop.answer(status)
    assert await bench.wire.idle()


async def test_a_prompt_that_can_never_be_stopped_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tries have an end."""
    monkeypatch.setattr(lane, "STOP_TRIES", 2)
    bench.do(StopPlayback(CALL, PLAYBACK))
    for _ in range(3):
        (await bench.wire.next()).answer(500, "")
    assert await bench.inbox.next() == CommandFailed(StopPlayback(CALL, PLAYBACK), 500, "")


async def test_a_prompt_that_cannot_be_made_fails(bench: Bench) -> None:
    """And what follows it is carried out."""
    bench.do(play(), StartMusic(CALL, LEG, "calm"))
    bench.prompts.made.put_nowait(NotMade("no voice for xx"))
    assert await bench.inbox.next() == CommandFailed(play(), 0, "no voice for xx")
    assert (await bench.wire.next()).wanted.uri == "channels/l1/moh"


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (HangUpLeg(CALL, LEG), 404),
        (StopPlayback(CALL, PLAYBACK), 404),
        (StopMessage(CALL, RecordingId("r1")), 404),
        (StopMessage(CALL, RecordingId("r1")), 409),
        (DissolveBridge(CALL, BRIDGE), 404),
        (StopMusic(CALL, LEG), 409),
        (UnbridgeLeg(CALL, BRIDGE, LEG), 422),
    ],
)
async def test_ending_what_is_gone_is_a_success(
    bench: Bench, command: Command, status: int
) -> None:
    """The core gets no signal."""
    bench.do(command)
    (await bench.wire.next()).answer(status)
    assert await bench.wire.idle()
    assert bench.inbox.signals.empty()


async def test_a_refusal_comes_back_with_its_status(bench: Bench) -> None:
    """The core decides what to do about it."""
    bench.do(dial(), AnswerLeg(CALL, LEG))
    (await bench.wire.next()).answer(500, '{"error":"Allocation failed"}')
    assert await bench.inbox.next() == CommandFailed(dial(), 500, "Allocation failed")
    (await bench.wire.next()).answer(404, '{"message":"Channel not found"}')
    assert await bench.inbox.next() == CommandFailed(
        AnswerLeg(CALL, LEG), 404, "Channel not found"
    )


async def test_the_first_prompt_after_the_answer_is_timed(bench: Bench) -> None:
    """Once for each leg that is answered, and only when Asterisk plays it."""
    times = bench.lanes.meter.answer_to_prompt
    bench.prompts.made.put_nowait(["sound:a"])
    bench.prompts.made.put_nowait(["sound:b"])
    bench.do(AnswerLeg(CALL, LEG), play(), play())
    for counted in (0, 1, 1):
        (await bench.wire.next()).answer(201)
        await until_idle()
        assert repr(times).startswith(f"<Histogram {counted} durations")


async def test_a_leg_that_left_before_its_first_prompt_is_not_timed(bench: Bench) -> None:
    """A leg whose prompt Asterisk refused is not timed, either; refusals are counted by kind."""
    bench.do(AnswerLeg(CALL, LEG))
    (await bench.wire.next()).answer(204)
    bench.lanes.forget(LEG)
    for status in (404, 201):
        bench.prompts.made.put_nowait(["sound:a"])
        bench.do(play())
        (await bench.wire.next()).answer(status)
        assert await bench.wire.idle()
    assert repr(bench.lanes.meter) == (
        "<SwitchMeter 1 failures, <Histogram 0 durations, 0.000 s in all>>"
    )
    assert bench.lanes.meter.failures == {("PlayPrompt", 404): 1}
    await bench.inbox.next()


@pytest.mark.parametrize("error", [SwitchUnreachable("lost"), SwitchTooSlow("late")])
async def test_no_reply_is_status_0(bench: Bench, error: SwitchError) -> None:
    """Over the socket and over HTTP alike."""
    for command in (StartMusic(CALL, LEG, "calm"), AnswerLeg(CALL, LEG)):
        bench.do(command)
        sent = await bench.wire.next()
        sent.future.set_exception(error)
        if sent.over == "http" and isinstance(error, SwitchUnreachable):
            (await bench.wire.next()).future.set_exception(error)
        assert await bench.inbox.next() == CommandFailed(command, 0, str(error))


async def test_without_an_http_connection_the_socket_serves(bench: Bench) -> None:
    """Others may hold all connections to Asterisk's HTTP server: the call is answered all the
    same.
    """
    bench.do(AnswerLeg(CALL, LEG), StartMusic(CALL, LEG, "calm"))
    refused = await bench.wire.next()
    refused.future.set_exception(SwitchUnreachable("no connection"))
    again = await bench.wire.next()
    assert (again.over, again.wanted) == ("socket", refused.wanted)
    again.answer()
    assert (await bench.wire.next()).wanted.template == "channels/{channelId}/moh"


@pytest.mark.parametrize("last", [200, 404])
async def test_nothing_is_played_before_audio_can_flow(bench: Bench, last: int) -> None:
    """The INVITE offered none: what follows the answer waits until Asterisk knows where audio
    goes, or the leg is gone.
    """
    bench.lanes.unoffered.add(LEG)
    bench.do(AnswerLeg(CALL, LEG), StartMusic(CALL, LEG, "calm"))
    (await bench.wire.next()).answer()
    for status in (500, 500, last):
        asked = await bench.wire.next()
        assert (asked.over, asked.wanted) == ("socket", audio_address(LEG))
        asked.answer(status)
    assert (await bench.wire.next()).wanted.uri == "channels/l1/moh"


async def test_audio_that_never_flows_is_not_waited_for_for_ever(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ACK does not come: the call goes on."""
    monkeypatch.setattr(lane, "ACK_LIMIT", timedelta(seconds=0.1))
    bench.lanes.unoffered.add(LEG)
    bench.do(AnswerLeg(CALL, LEG), StartMusic(CALL, LEG, "calm"))
    (await bench.wire.next()).answer()
    while (sent := await bench.wire.next()).wanted == audio_address(LEG):
        sent.answer(500)
    assert sent.wanted.uri == "channels/l1/moh"


async def test_a_phone_with_a_strange_name_is_not_dialed(bench: Bench) -> None:
    """Nothing is sent for it."""
    strange = DialLeg(CALL, AGENT, PhoneId("a/b"), "", "", LEG, timedelta(seconds=20))
    bench.do(strange)
    assert await bench.inbox.next() == CommandFailed(strange, 0, "not the name of a phone")
    assert await bench.wire.idle()


async def test_a_lane_has_a_limit(bench: Bench) -> None:
    """The core gets an error for a call that floods its lane."""
    hang_up = HangUpLeg(CALL, LEG)
    bench.do(AnswerLeg(CALL, LEG), *[hang_up] * (LANE_LIMIT - 1))
    assert await bench.wire.idle() is False
    bench.do(*[hang_up] * 2)
    assert await bench.inbox.next() == CommandFailed(hang_up, 0, "too many commands wait")
