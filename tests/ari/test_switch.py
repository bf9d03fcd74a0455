"""The switch and its news: it passes them on, drops repetitions, obeys the fence."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from contactcenter_ari.ari import switch as ari_switch
from contactcenter_ari.ari.ami import Ami
from contactcenter_ari.ari.capacity import Capacity, Room
from contactcenter_ari.ari.connection import REPLY_LIMIT, Connected, Credentials, Disconnected
from contactcenter_ari.ari.errors import SwitchReplaced
from contactcenter_ari.ari.messages import (
    ApplicationReplaced,
    CallerID,
    Channel,
    ChannelDestroyed,
    ChannelHangupRequest,
    Dial,
    DialplanCEP,
    Endpoint,
    PeerStatusChange,
    StasisEnd,
    StasisStart,
)
from contactcenter_ari.ari.operation import Operation
from contactcenter_ari.ari.reconnection import Reconnection
from contactcenter_ari.ari.recorder import Recorder
from contactcenter_ari.ari.recording_encoder import Encoder
from contactcenter_ari.ari.reply import Reply
from contactcenter_ari.ari.switch import BEAT_VARIABLE, AriSwitch
from contactcenter_ari.core.vocabulary.command import (
    AnswerLeg,
    HangUpLeg,
    PlayPrompt,
    StartMusic,
)
from contactcenter_ari.core.vocabulary.ids import CallId, LegId, PhoneId, PlaybackId
from contactcenter_ari.core.vocabulary.prompt import PromptPart
from contactcenter_ari.core.vocabulary.recording_file import RecordingFormat
from contactcenter_ari.core.vocabulary.signal import (
    LEG_GONE,
    CallArrived,
    CommandFailed,
    LegAnswered,
    LegHungUp,
    LegLost,
    PhoneReachable,
    PhoneUnreachable,
    Signal,
)
from tests.idle import until_idle

LIMIT = 5
CHANNEL = Channel("l1", "PJSIP/trunk-1", "Up", CallerID(), DialplanCEP("from-trunk", "100"))


class FakeInbox:
    """Keeps the signals in order."""

    accepts_calls = True
    keeps_up = True

    def __init__(self) -> None:
        self.signals: list[Signal] = []
        self.arrived = asyncio.Event()

    def put(self, signal: Signal, /) -> None:
        """Take one signal."""
        self.signals.append(signal)
        self.arrived.set()


class FakeHttp:
    """An Asterisk whose channels never answer."""

    async def send(self, wanted: Operation, *, limit: timedelta = REPLY_LIMIT) -> Reply:
        """Wait without end."""
        await asyncio.Event().wait()
        raise AssertionError(wanted, limit)

    async def ping(self) -> Reply:
        """Answer nothing."""
        await asyncio.Event().wait()
        raise AssertionError


class FakePrompts:
    """No prompts."""

    async def media(self, parts: Sequence[PromptPart], /) -> Sequence[str]:
        """Nothing."""
        assert parts
        return []


@pytest.fixture
def inbox() -> FakeInbox:
    """An empty inbox."""
    return FakeInbox()


@pytest.fixture
def switch(inbox: FakeInbox, tmp_path: Path) -> AriSwitch:
    """A switch that Asterisk has not connected to."""
    return AriSwitch(
        node="n1",
        app="cc",
        credentials=Credentials("a", "b"),
        http=FakeHttp(),
        prompts=FakePrompts(),
        inbox=inbox,
        recorder=Recorder(
            manager=Ami("127.0.0.1", 0, Credentials("c", "d")),
            folder=tmp_path,
            inbox=inbox,
            encoder=Encoder(RecordingFormat.FLAC),
        ),
        now=lambda: datetime(2026, 3, 10, tzinfo=UTC),
        capacity=Capacity(Room(calls=100, legs=200)),
    )


def test_an_event_becomes_a_signal(switch: AriSwitch, inbox: FakeInbox) -> None:
    """At once, within `put`."""
    switch.put(StasisEnd(CHANNEL))
    assert inbox.signals == [LegHungUp(LegId("l1"))]


@pytest.mark.parametrize("cause", [0, 23])
def test_a_phone_that_sends_its_calls_elsewhere(
    switch: AriSwitch, inbox: FakeInbox, cause: int
) -> None:
    """Asterisk may hang up before it knows why, but it has told where the call was to go."""
    switch.put(Dial(CHANNEL, ""))
    switch.put(Dial(CHANNEL, "CANCEL", "+31699999999"))
    switch.put(ChannelDestroyed(cause, "", CHANNEL))
    switch.put(ChannelDestroyed(17, "User busy", CHANNEL))
    assert inbox.signals == [LegHungUp(LegId("l1"), 23), LegHungUp(LegId("l1"), 17)]


def test_a_phone_that_came_during_the_inventory(switch: AriSwitch) -> None:
    """It was made and has registered since the phones were listed: it is there, and a listed
    phone is as was heard last.
    """
    listed = [Endpoint("PJSIP", "d1", "online"), Endpoint("PJSIP", "d2", "online")]
    switch.put(PeerStatusChange(Endpoint("PJSIP", "d2", "offline")))
    switch.put(PeerStatusChange(Endpoint("PJSIP", "d3", "online")))
    switch._note_phones(listed)
    assert switch._phones == {"d1": True, "d2": False, "d3": True}


def test_only_a_change_of_a_phone_is_a_signal(switch: AriSwitch, inbox: FakeInbox) -> None:
    """Asterisk may repeat the state, and has three of them."""
    for state in ("online", "online", "offline", "unknown", "online"):
        switch.put(PeerStatusChange(Endpoint("PJSIP", "d1", state)))
    phone = PhoneId("d1")
    assert inbox.signals == [PhoneReachable(phone), PhoneUnreachable(phone), PhoneReachable(phone)]


async def test_a_channel_nobody_expects_is_no_signal(switch: AriSwitch, inbox: FakeInbox) -> None:
    """It is hung up, as far as there is a socket."""
    switch.put(StasisStart(("what",), CHANNEL))
    assert inbox.signals == []


async def test_a_command_without_a_socket_fails(switch: AriSwitch, inbox: FakeInbox) -> None:
    """The core gets the failure, and the switch goes on."""
    command = HangUpLeg(CallId("i1"), LegId("l1"))
    async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
        run = group.create_task(switch.run())
        await until_idle()
        switch.submit(command)
        await inbox.arrived.wait()
        run.cancel()
    assert inbox.signals == [CommandFailed(command, 0, "Asterisk has not connected to us")]


async def test_a_switch_that_is_connected_and_does_not_answer(
    switch: AriSwitch, inbox: FakeInbox
) -> None:
    """It is asked, not only connected: silence is reported as trouble."""
    switch.put(Connected())
    async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
        run = group.create_task(switch.run())
        await until_idle()
        run.cancel()
    assert "has not answered over its socket" in switch.trouble
    assert inbox.signals == []


async def test_the_beat_begins_with_each_connection(
    switch: AriSwitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Callers of the first instant are taken: none waits for the next beat."""
    beats: asyncio.Queue[Operation] = asyncio.Queue()

    def send(wanted: Operation, *, limit: timedelta = REPLY_LIMIT) -> asyncio.Future[Reply]:
        assert limit
        if wanted.query.get("variable") == BEAT_VARIABLE:
            beats.put_nowait(wanted)
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        reply.set_result(Reply(204))
        return reply

    monkeypatch.setattr(switch._socket, "send", send)
    monkeypatch.setattr(ari_switch, "EVERY", timedelta(hours=1))
    async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
        run = group.create_task(switch.run())
        for _ in range(3):
            switch.put(Connected())
            assert (await beats.get()).query["value"] == "1773100800.000"
            switch.put(Disconnected())
        run.cancel()


REFUSED = [
    CommandFailed(command, status, "Channel not found")
    for command in (
        AnswerLeg(CallId("i1"), LegId("l1")),
        StartMusic(CallId("i1"), LegId("l1"), "calm"),
        PlayPrompt(CallId("i1"), LegId("l1"), PlaybackId("p1"), ()),
    )
    for status in LEG_GONE
]


@pytest.mark.parametrize("refused", REFUSED)
def test_a_refusal_before_the_inventory_tells_nothing_of_a_caller(
    inbox: FakeInbox, refused: CommandFailed
) -> None:
    """Asterisk may have been started anew: the inventory tells who is gone, and that it was not
    the caller who hung up. After it a refusal counts, until the next loss.
    """
    reconnection = Reconnection(inbox, lambda: datetime(2026, 3, 10, tzinfo=UTC))
    reconnection.put(refused)
    assert inbox.signals == []
    reconnection.settled()
    reconnection.put(refused)
    assert inbox.signals == [refused]
    reconnection.lost()
    reconnection.put(refused)
    other = CommandFailed(HangUpLeg(CallId("i1"), LegId("l1")), 500, "what")
    reconnection.put(other)
    assert inbox.signals == [refused, other]


def test_an_asterisk_that_ends_tells_no_hang_up(inbox: FakeInbox) -> None:
    """It hangs up all channels before: the inventory of the next one tells who was cut off, and
    since when. A hang-up after that counts.
    """
    hour = datetime(2026, 3, 10, tzinfo=UTC)
    instants = iter(hour + timedelta(seconds=n) for n in range(9))
    reconnection = Reconnection(inbox, lambda: next(instants))
    gone = LegHungUp(LegId("l1"))
    reconnection.settled()
    reconnection.ending()
    reconnection.ending()
    reconnection.put(gone)
    reconnection.lost()
    assert (inbox.signals, reconnection.lost_at) == ([], hour + timedelta(seconds=1))
    reconnection.settled()
    reconnection.put(gone)
    assert inbox.signals == [gone]


@pytest.mark.parametrize(
    ("cause", "soft", "passed_on"), [(4, True, False), (4, False, True), (32, True, True)]
)
async def test_only_the_hang_up_of_a_shutdown_is_no_hang_up(
    switch: AriSwitch, inbox: FakeInbox, *, cause: int, soft: bool, passed_on: bool
) -> None:
    """A caller hangs up with a cause of Q.850, and we do by a soft request, too."""
    switch.put(StasisStart(("agent",), CHANNEL))
    switch.put(ChannelHangupRequest(CHANNEL, cause, soft))
    switch.put(StasisEnd(CHANNEL))
    assert inbox.signals == [LegAnswered(LegId("l1")), *[LegHungUp(LegId("l1"))] * passed_on]


@pytest.mark.parametrize(
    ("state", "cause", "soft", "end"),
    [
        ("Up", 18, False, LegLost),
        ("Up", 127, False, LegLost),
        ("Up", 16, False, LegHungUp),
        ("Up", 32, True, LegHungUp),
        ("Ringing", 18, False, LegHungUp),
    ],
)
async def test_a_leg_whose_party_is_gone_is_lost(
    switch: AriSwitch,
    inbox: FakeInbox,
    *,
    state: str,
    cause: int,
    soft: bool,
    end: type[LegHungUp | LegLost],
) -> None:
    """Asterisk has asked it within the call, and ends it with the cause. A phone that was not
    picked up may end so, too, and is not lost.
    """
    channel = msgspec.structs.replace(CHANNEL, state=state)
    switch.put(StasisStart(("agent",), channel))
    switch.put(ChannelHangupRequest(channel, cause, soft))
    switch.put(StasisEnd(channel))
    switch.put(ChannelDestroyed(cause, "", channel))
    assert inbox.signals[1:] == [end(LegId("l1")), LegHungUp(LegId("l1"), cause)]


async def test_a_leg_that_is_recorded_leaves_us_for_a_moment(
    switch: AriSwitch, inbox: FakeInbox
) -> None:
    """It is sent into the dialplan, which begins the recording, and is told when it is back; that
    it left is no hang-up, its end is.
    """
    switch.put(StasisStart(("record", "agent-leg", "n1-b1-7"), CHANNEL))
    switch.put(StasisEnd(CHANNEL))
    assert inbox.signals == []
    switch.put(StasisStart(("agent",), CHANNEL))
    switch.put(StasisEnd(CHANNEL))
    assert inbox.signals == [LegAnswered(LegId("l1")), LegHungUp(LegId("l1"))]


async def test_all_work_stops_when_another_program_takes_over(
    switch: AriSwitch, inbox: FakeInbox
) -> None:
    """Waiting commands are dropped, later ones are refused, and `run` gives its reason to end."""
    waiting = AnswerLeg(CallId("i1"), LegId("l1"))
    async with asyncio.timeout(LIMIT):
        run = asyncio.ensure_future(switch.run())
        await until_idle()
        switch.submit(waiting)
        await until_idle()
        switch.put(ApplicationReplaced("cc"))
        switch.submit(waiting)
        with pytest.raises(SwitchReplaced):
            await run
    assert inbox.signals == [CommandFailed(waiting, 0, "another program owns the call")]


def arrival(at: str) -> StasisStart:
    """A caller who came at an instant."""
    return StasisStart(("caller", "100"), CHANNEL, timestamp=at)


@pytest.mark.parametrize(
    "at", ["2026-03-10T00:00:00.000+0000", "2026-03-09T23:59:59.600+0000", ""]
)
def test_a_fresh_arrival_is_told_at_once(switch: AriSwitch, inbox: FakeInbox, at: str) -> None:
    """So is one that was found by the inventory, and has no instant."""
    switch.put(arrival(at))
    assert [type(signal) for signal in inbox.signals] == [CallArrived]


async def test_who_left_before_the_arrival_was_read_is_not_told(
    switch: AriSwitch, inbox: FakeInbox
) -> None:
    """We hung meanwhile; the caller heard the fall-back, which has a record of the call."""
    switch.put(arrival("2026-03-09T23:59:50.000+0000"))
    switch.put(StasisEnd(CHANNEL))
    assert inbox.signals == []
    switch.put(StasisEnd(CHANNEL))
    assert inbox.signals == [LegHungUp(LegId("l1"))]
