"""The adapter on a real Asterisk: the signals to the core about actions of phones and callers."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest
import pytest_asyncio
from rich.console import Console

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.ami import Ami
from contactcenter_ari.ari.capacity import Capacity, Room
from contactcenter_ari.ari.connection import Credentials
from contactcenter_ari.ari.http import OLDEST_VERSION, SwitchHttp
from contactcenter_ari.ari.inventory import Sweep, take_inventory
from contactcenter_ari.ari.phone import remove_phone
from contactcenter_ari.ari.recorder import Recorder
from contactcenter_ari.ari.recording_encoder import Encoder
from contactcenter_ari.ari.switch import AriSwitch
from contactcenter_ari.core.vocabulary.command import (
    AnswerLeg,
    BridgeLegs,
    Command,
    DialLeg,
    DissolveBridge,
    HangUpLeg,
    HangUpReason,
    PlayPrompt,
    StartMusic,
    StopMusic,
    StopPlayback,
)
from contactcenter_ari.core.vocabulary.ids import (
    BridgeId,
    CallId,
    LegId,
    PhoneId,
    PlaybackId,
)
from contactcenter_ari.core.vocabulary.prompt import SoundFile
from contactcenter_ari.core.vocabulary.recording_file import RecordingFormat
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    CommandFailed,
    DigitPressed,
    LegAnswered,
    LegHungUp,
    LegRinging,
    LegsBridged,
    PhoneReachable,
    PhoneUnreachable,
    PlaybackFinished,
    Signal,
    SwitchReconciled,
)
from contactcenter_ari.machine.asterisk_config import AsteriskSite, Login
from contactcenter_ari.machine.asterisk_process import AsteriskProcess
from contactcenter_ari.machine.port import Protocol, free_port, free_rtp_block
from contactcenter_ari.machine.tool_root import ensure_tools
from contactcenter_ari.runtime.address import Address
from tests.contract.asterisk_floor import Sounds, running

if TYPE_CHECKING:
    from tests.contract.conftest import SipPhone

pytestmark = pytest.mark.asyncio(loop_scope="module")

REPOSITORY = Path(__file__).parents[2]
LIMIT = 10
ARI = Login("cc", "ari-secret")
OURS = Login("asterisk", "socket-secret")
TRUNK = "127.0.0.2"
CALL = CallId("n1-0-1")

Kind = TypeVar("Kind", bound=Signal)
Other = TypeVar("Other", bound=Signal)
numbers = count(1)


class FakeInbox:
    """Keeps the signals in order; of inventories the first of each connection."""

    accepts_calls = True
    switch: AriSwitch
    keeps_up = True

    def __init__(self) -> None:
        self._signals: asyncio.Queue[Signal] = asyncio.Queue()
        self._connections = 0

    def put(self, signal: Signal, /) -> None:
        """Take one signal."""
        if isinstance(signal, SwitchReconciled):
            if self._connections == self.switch.connections:
                return
            self._connections = self.switch.connections
        self._signals.put_nowait(signal)

    async def find(self, kind: type[Kind]) -> Kind:
        """The next signal of a kind; those before it are dropped."""
        async with asyncio.timeout(LIMIT):
            while not isinstance(signal := await self._signals.get(), kind):
                pass
        return signal

    async def both(self, one: type[Kind], other: type[Other]) -> tuple[Kind, Other]:
        """The next signals of two kinds, whichever comes first."""
        seen: dict[object, Signal] = {}
        wanted: set[object] = {one, other}
        async with asyncio.timeout(LIMIT):
            while not wanted <= set(seen):
                signal = await self._signals.get()
                seen.setdefault(type(signal), signal)
        first, second = seen[one], seen[other]
        assert isinstance(first, one)
        assert isinstance(second, other)
        return first, second

    async def until(self, last: Signal) -> list[Signal]:
        """All signals up to and without the given one."""
        seen: list[Signal] = []
        async with asyncio.timeout(LIMIT):
            while (signal := await self._signals.get()) != last:
                seen.append(signal)
        return seen


@dataclass
class Center:
    """A running Asterisk, our switch on it, and the phones of the test."""

    process: AsteriskProcess
    site: AsteriskSite
    switch: AriSwitch
    inbox: FakeInbox
    http: SwitchHttp
    sip_phone: type["SipPhone"]
    first: SwitchReconciled

    def do(self, *commands: Command) -> None:
        """Carry out commands."""
        for command in commands:
            self.switch.submit(command)

    async def push_phone(self, name: str, contact: str = "") -> None:
        """Make an endpoint, with a fixed address or to register by itself."""
        where = {"contact": f"sip:{name}@{contact}"} if contact else {"max_contacts": "1"}
        login = {"auth_type": "userpass", "username": name, "password": "secret"}
        ways = {"context": "from-phone", "aors": name, "auth": name, "allow": "!all,ulaw"}
        for kind, attributes in (("aor", where), ("auth", login), ("endpoint", ways)):
            reply = await self.http.send(operation.put_object(kind, name, attributes))
            assert reply.succeeded

    @asynccontextmanager
    async def phone(self, *answers: str, host: str = "127.0.0.1") -> AsyncIterator["SipPhone"]:
        """A phone that is up, with an endpoint of its own when it can be rung."""
        phone = self.sip_phone(host, answers)
        await phone.start(self.site.sip.host, self.site.sip.port)
        try:
            if answers:
                await self.push_phone(name_of(phone), phone.at)
            yield phone
        finally:
            phone.stop()

    @asynccontextmanager
    async def caller(self) -> AsyncIterator[tuple["SipPhone", LegId]]:
        """A caller whose leg has arrived, not yet answered."""
        async with self.phone(host=TRUNK) as phone:
            phone.call("100")
            arrived = await self.inbox.find(CallArrived)
            yield phone, arrived.leg

    async def leftovers(self) -> tuple[list[object], list[object]]:
        """Channels and bridges that live in Asterisk."""
        channels = await self.http.send(operation.list_channels())
        bridges = await self.http.send(operation.list_bridges())
        return channels.read(list[object]), bridges.read(list[object])

    async def settled(self, channels: int, bridges: int = 0) -> None:
        """Wait until this many are left; requests over the socket may still be on their way."""
        async with asyncio.timeout(LIMIT):
            while True:
                left = await self.leftovers()
                if (len(left[0]), len(left[1])) == (channels, bridges):
                    return
                await asyncio.sleep(0.01)


def name_of(phone: "SipPhone") -> str:
    """The endpoint of a phone with a fixed address."""
    return "phone" + phone.at.split(":")[1]


def dial(leg: LegId, phone: str, originator: str = "") -> DialLeg:
    """Ring a phone, 1 second and the margin."""
    return DialLeg(
        call=CALL,
        leg=leg,
        phone=PhoneId(phone),
        caller_number="+31612345678",
        caller_name='Bob "<x>"',
        originator=LegId(originator),
        ring_limit=timedelta(seconds=1),
    )


def new_leg() -> LegId:
    """An id as the core mints them."""
    return LegId(f"n1-0-leg{next(numbers)}")


def _site(folder: Path, port: int) -> AsteriskSite:
    (folder / "music").mkdir()
    (folder / "music/calm.ulaw").write_bytes(b"\x7f" * 80_000)
    return AsteriskSite(
        sip=Address("127.0.0.1", free_port(Protocol.UDP)),
        http=Address("127.0.0.1", free_port(Protocol.TCP)),
        application_at=Address("127.0.0.1", port),
        rtp=free_rtp_block(400),
        ari=ARI,
        application_login=OURS,
        ami=Login("recorder", "secret"),
        ami_port=free_port(Protocol.TCP),
        music=folder / "music",
        templates=REPOSITORY / "asterisk-conf",
        dialplan=REPOSITORY / "dialplan",
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def center(
    tmp_path_factory: pytest.TempPathFactory, sip_phone: type["SipPhone"]
) -> AsyncIterator[Center]:
    """One Asterisk for all tests of this file."""
    folder = tmp_path_factory.mktemp("switch")
    inbox = FakeInbox()
    async with AsyncExitStack() as stack:
        port = free_port(Protocol.TCP)
        site = _site(folder, port)
        tools = ensure_tools(Console(), os.environ)
        http = await stack.enter_async_context(
            SwitchHttp.opened(str(site.http), Credentials(ARI.user, ARI.secret))
        )
        process = AsteriskProcess(tools, site, folder / "run")
        ami = Ami("127.0.0.1", site.ami_port, Credentials(site.ami.user, site.ami.secret))
        switch = AriSwitch(
            node=site.node,
            app=site.application,
            credentials=Credentials(OURS.user, OURS.secret),
            http=http,
            prompts=Sounds(),
            inbox=inbox,
            recorder=Recorder(
                manager=ami,
                folder=process.folders.recordings,
                inbox=inbox,
                encoder=Encoder(RecordingFormat.FLAC),
            ),
            now=lambda: datetime.now(UTC),  # noqa: TID251 - the clock of the test
            capacity=Capacity(Room(calls=100, legs=200)),
        )
        inbox.switch = switch
        await stack.enter_async_context(switch.listening("127.0.0.1", port))
        await stack.enter_async_context(running(switch, ami))
        await process.start()
        stack.push_async_callback(process.stop)
        first = await inbox.find(SwitchReconciled)
        center = Center(process, site, switch, inbox, http, sip_phone, first)
        yield center
        await center.settled(channels=0)


async def test_the_core_is_told_what_is_there(center: Center) -> None:
    """A fresh Asterisk: no legs, no phones, and it is new enough."""
    assert center.first.legs == ()
    assert center.first.phones == ()
    assert center.first.node == center.site.node
    version = await center.http.check()
    assert tuple(int(figure) for figure in re.findall(r"\d+", version)[:3]) >= OLDEST_VERSION


async def test_a_phone_that_registers_can_be_rung(center: Center) -> None:
    """And cannot when it has left."""
    await center.push_phone("desk1")
    async with center.phone() as phone:
        await phone.register("desk1", "secret", 60)
        while (await center.inbox.find(PhoneReachable)).phone != "desk1":
            pass
        await phone.register("desk1", "secret", 0)
        while (await center.inbox.find(PhoneUnreachable)).phone != "desk1":
            pass


async def test_a_phone_that_is_removed_and_added_again_is_still_watched(center: Center) -> None:
    """Asterisk ends a subscription to one phone with the phone."""
    for _ in range(2):
        await center.push_phone("desk3")
        async with center.phone() as phone:
            await phone.register("desk3", "secret", 60)
            while (await center.inbox.find(PhoneReachable)).phone != "desk3":
                pass
            await phone.register("desk3", "secret", 0)
            while (await center.inbox.find(PhoneUnreachable)).phone != "desk3":
                pass
        await remove_phone(center.http, "desk3")


async def test_a_caller_hears_a_prompt_and_presses_a_key(center: Center) -> None:
    """Answer, prompt, key, hang-up: each is one signal, the key too."""
    prompt = (SoundFile("beep"),)
    async with center.caller() as (phone, leg):
        center.do(
            AnswerLeg(CALL, leg),
            PlayPrompt(CALL, leg, PlaybackId("n1-0-p1"), prompt),
        )
        port = await phone.answered()
        finished = await center.inbox.find(PlaybackFinished)
        assert finished == PlaybackFinished(PlaybackId("n1-0-p1"))
        phone.press(5, port)
        assert await center.inbox.find(DigitPressed) == DigitPressed(leg, "5")
        center.do(HangUpLeg(CALL, leg))
        assert await center.inbox.until(LegHungUp(leg)) == []
        await phone.hear("BYE")


async def test_a_prompt_is_cut_and_a_missing_one_fails(center: Center) -> None:
    """Both end in PlaybackFinished; stopping twice is no failure."""
    async with center.caller() as (phone, leg):
        stopped, missing = PlaybackId("n1-0-p2"), PlaybackId("n1-0-p3")
        center.do(AnswerLeg(CALL, leg))
        center.do(PlayPrompt(CALL, leg, stopped, (SoundFile("vm-intro"),)))
        await phone.answered()
        center.do(StopPlayback(CALL, stopped), StopPlayback(CALL, stopped))
        assert await center.inbox.find(PlaybackFinished) == PlaybackFinished(stopped)
        center.do(PlayPrompt(CALL, leg, missing, (SoundFile("no/such/file"),)))
        assert await center.inbox.find(PlaybackFinished) == PlaybackFinished(missing, failed=True)
        phone.hang_up()
        assert await center.inbox.until(LegHungUp(leg)) == []


@pytest.mark.parametrize(
    ("answers", "cause"),
    [(("180 Ringing", "486 Busy Here"), 17), (("180 Ringing", "603 Decline"), 21)],
)
async def test_a_phone_that_refuses(center: Center, answers: tuple[str, ...], cause: int) -> None:
    """It rings, then the leg ends with the cause."""
    async with center.phone(*answers) as phone:
        leg = new_leg()
        center.do(dial(leg, name_of(phone)))
        await center.inbox.find(LegRinging)
        assert await center.inbox.find(LegHungUp) == LegHungUp(leg, cause)


async def test_an_agent_leg_that_is_given_up(center: Center) -> None:
    """The phone gets the reason, and the leg's end is reported."""
    async with center.phone("180 Ringing") as phone:
        leg = new_leg()
        center.do(dial(leg, name_of(phone)))
        invitation = await phone.hear("INVITE")
        assert '"Bob x" <sip:+31612345678@' in phone.header(invitation, "From")
        assert await center.inbox.find(LegRinging) == LegRinging(leg)
        center.do(HangUpLeg(CALL, leg, HangUpReason.ANSWERED_ELSEWHERE))
        await phone.hear("CANCEL")
        phone.reply(invitation, "487 Request Terminated", "")
        assert await center.inbox.find(LegHungUp) == LegHungUp(leg, 26)


async def test_a_phone_that_is_not_registered_fails_at_once(center: Center) -> None:
    """There is no leg, so there is no hang-up either: the command failed."""
    await center.push_phone("desk2")
    command = dial(new_leg(), "desk2")
    center.do(command)
    failed = await center.inbox.find(CommandFailed)
    assert (command, 500) == (failed.command, failed.status)


async def test_a_caller_who_gives_up_unanswered(center: Center) -> None:
    """A CANCEL is a hang-up like any other; later commands do no harm."""
    async with center.caller() as (phone, leg):
        phone.cancel()
        assert await center.inbox.until(LegHungUp(leg)) == []
        late = AnswerLeg(CALL, leg)
        center.do(late, HangUpLeg(CALL, leg))
        failed = await center.inbox.find(CommandFailed)
        assert failed.command == late
        assert failed.status in {404, 409, 500}  # gone, or about to be


async def test_caller_and_agent_talk(center: Center) -> None:
    """Music until the agent is there, then one bridge of two."""
    bridge = BridgeId("n1-0-b1")
    async with center.caller() as (caller, leg), center.phone("180 Ringing", "200 OK") as agent:
        center.do(AnswerLeg(CALL, leg), StartMusic(CALL, leg, "default"))
        await caller.answered()
        agent_leg = new_leg()
        center.do(dial(agent_leg, name_of(agent), originator=leg))
        assert await center.inbox.find(LegAnswered) == LegAnswered(agent_leg)
        center.do(StopMusic(CALL, leg), BridgeLegs(CALL, bridge, (leg, agent_leg)))
        assert await center.inbox.find(LegsBridged) == LegsBridged(bridge)
        caller.hang_up()
        await center.inbox.find(LegHungUp)
        center.do(HangUpLeg(CALL, agent_leg), DissolveBridge(CALL, bridge))
        await agent.hear("BYE")


async def test_a_bridge_for_a_leg_that_left_fails_and_leaves_nothing(center: Center) -> None:
    """The other leg stays with us, no bridge does."""
    async with center.caller() as (caller, leg):
        center.do(AnswerLeg(CALL, leg))
        await caller.answered()
        command = BridgeLegs(CALL, BridgeId("n1-0-b2"), (leg, LegId("gone")))
        center.do(command)
        failed = await center.inbox.find(CommandFailed)
        assert (failed.command, failed.status) == (command, 400)
        await center.settled(channels=1)
        caller.hang_up()
        await center.inbox.find(LegHungUp)


async def test_nothing_is_lost_with_the_socket(center: Center) -> None:
    """Calls that came meanwhile are announced, and the core gets all legs, ringing ones too."""
    async with (
        center.caller() as (_, first),
        center.phone("180 Ringing") as agent,
        center.phone(host=TRUNK) as second,
    ):
        ringing = new_leg()
        center.do(dial(ringing, name_of(agent)))
        await center.inbox.find(LegRinging)
        await center.switch._socket.part()
        second.call("200")
        arrived, reconciled = await center.inbox.both(CallArrived, SwitchReconciled)
        assert arrived.called_number == "200"
        everyone = {first, ringing, arrived.leg}
        # the second caller may be younger than the inventory
        assert {first, ringing} <= set(reconciled.legs) <= everyone
        center.do(*[HangUpLeg(CALL, leg) for leg in everyone])
        invitation = await agent.hear("INVITE")
        await agent.hear("CANCEL")
        agent.reply(invitation, "487 Request Terminated")
        gone = {(await center.inbox.find(LegHungUp)).leg for _ in everyone}
        assert gone == everyone


async def test_a_bridge_nobody_is_in_is_swept(center: Center) -> None:
    """At the second look, not while it is being filled."""
    sweep = Sweep()
    await center.http.send(operation.create_bridge("n1-0-forgotten"))
    empty = (await take_inventory(center.http, center.site.application)).empty
    assert await sweep.run(center.http, empty, joining=empty) == 0
    assert await sweep.run(center.http, empty) == 0
    assert await sweep.run(center.http, empty) == 1
    await center.settled(channels=0)


async def test_the_dialplan_knows_that_we_live(center: Center) -> None:
    """Without a beat it would apologise to callers instead of sending them to us."""
    said = await center.process.rx("dialplan show globals")
    beat = re.findall(r"CC_BEAT=(\d+)", said)
    assert abs(int(beat[0]) - datetime.now(UTC).timestamp()) < 6  # noqa: TID251 - as above


async def test_what_callers_put_into_a_name_does_no_harm(center: Center) -> None:
    """Broken UTF-8, quotes and markup arrive as one clean, short line."""
    async with center.phone(host=TRUNK) as phone:
        phone.call("100", name="\\\"' <b>&amp; \udcff\udcfe" + "x" * 500)
        arrived = await center.inbox.find(CallArrived)
        assert arrived.caller_name.startswith("\\\"' <b>&amp; ")
        assert len(arrived.caller_name) <= 80
        assert arrived.caller_name.isprintable()
        center.do(HangUpLeg(CALL, arrived.leg))
        await center.inbox.find(LegHungUp)
    assert center.switch.tally.malformed == 0
