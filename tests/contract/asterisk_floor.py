"""A real Asterisk under the switch contract: the shipped adapter, and SIP phones."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.ami import Ami
from contactcenter_ari.ari.capacity import Capacity, Room
from contactcenter_ari.ari.connection import Credentials
from contactcenter_ari.ari.http import SwitchHttp
from contactcenter_ari.ari.inventory import take_inventory
from contactcenter_ari.ari.recorder import Recorder
from contactcenter_ari.ari.recording_encoder import Encoder
from contactcenter_ari.ari.switch import AriSwitch
from contactcenter_ari.core.vocabulary.command import Command, DialLeg
from contactcenter_ari.core.vocabulary.ids import LegId, PhoneId
from contactcenter_ari.core.vocabulary.prompt import PromptPart, SoundFile
from contactcenter_ari.core.vocabulary.recording_file import RecordingFormat
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    LiveBridge,
    Signal,
    SwitchReconciled,
)
from contactcenter_ari.machine.asterisk_config import AsteriskSite, Login
from contactcenter_ari.machine.asterisk_process import AsteriskProcess
from contactcenter_ari.machine.port import Protocol, free_port, free_rtp_block
from contactcenter_ari.machine.tool_root import ensure_tools
from contactcenter_ari.runtime.address import Address
from tests.contract.floor import KEY_PRESS, UNASKED_SIGNALS, Manner, new_id

if TYPE_CHECKING:
    from tests.contract.conftest import SipPhone

REPOSITORY = Path(__file__).parents[2]
TRUNK, DESKS = "127.0.0.2", "127.0.0.1"
LIMIT = 10
FRAME = timedelta(milliseconds=20)
SILENCE, VOICE = b"\xff" * 160, bytes.fromhex("9e0b1e8b") * 40
"""20 ms in mu-law: nothing, and 2000 hertz."""


class Sounds:
    """Every part is a sound that Asterisk ships, or not."""

    async def media(self, parts: Sequence[PromptPart], /) -> Sequence[str]:
        """The URIs."""
        return [f"sound:{part.path}" for part in parts if isinstance(part, SoundFile)]


class AsteriskFloor:
    """A real Asterisk behind the shipped adapter, with SIP phones."""

    accepts_calls = True
    keeps_up = True

    def __init__(self, http: SwitchHttp, site: AsteriskSite, phones: type["SipPhone"]) -> None:
        self.switch: AriSwitch | None = None
        self.ami: Ami | None = None
        self._http = http
        self._site = site
        self._phones = phones
        self.reconciled = asyncio.Event()
        self._signals: asyncio.Queue[Signal] = asyncio.Queue()
        self._at: dict[LegId, SipPhone] = {}
        self._desks: dict[PhoneId, SipPhone] = {}
        self._rtp: dict[LegId, int] = {}

    def put(self, signal: Signal, /) -> None:
        """Take a signal."""
        if isinstance(signal, SwitchReconciled):
            self.reconciled.set()
        if not isinstance(signal, UNASKED_SIGNALS):
            self._signals.put_nowait(signal)

    def do(self, *commands: Command) -> None:
        """Give commands."""
        assert self.switch is not None
        for command in commands:
            if isinstance(command, DialLeg) and command.phone in self._desks:
                self._at[command.leg] = self._desks[command.phone]
            self.switch.submit(command)

    async def next(self) -> Signal:
        """Wait for one."""
        async with asyncio.timeout(LIMIT):
            return await self._signals.get()

    async def caller(self) -> LegId:
        """A caller calls in over the trunk."""
        phone = self._phones(TRUNK)
        await phone.start(self._site.sip.host, self._site.sip.port)
        phone.call("100")
        while not isinstance(arrived := await self.next(), CallArrived):
            pass
        self._at[arrived.leg] = phone
        return arrived.leg

    async def greet(self, leg: LegId) -> None:
        """Acknowledge the answer."""
        self._rtp[leg] = await self._at[leg].answered()

    async def phone(self, manner: Manner) -> PhoneId:
        """An endpoint; with a phone at a fixed address unless it is not there."""
        phone = PhoneId(new_id())
        where = {"max_contacts": "1"}
        if manner is not Manner.IS_NOT_THERE:
            desk = self._desks[phone] = self._phones(DESKS, manner.value)
            await desk.start(self._site.sip.host, self._site.sip.port)
            where = {"contact": f"sip:{phone}@{desk.at}"}
        ways = {"context": "from-phone", "aors": phone, "allow": "!all,ulaw"}
        for kind, attributes in (("aor", where), ("endpoint", ways)):
            assert (await self._http.send(operation.put_object(kind, phone, attributes))).succeeded
        return phone

    async def hang_up(self, leg: LegId) -> None:
        """Send a BYE, as the called party where Asterisk called."""
        phone = self._at[leg]
        if phone in self._desks.values():
            invitation = await phone.hear("INVITE")
            phone.uri = phone.header(invitation, "Contact").strip("<>")
            phone.to = phone.header(invitation, "From")
            phone.sender = phone.header(invitation, "To").split(";")[0] + ";tag=b"
            phone.id = phone.header(invitation, "Call-ID")
        phone.hang_up()

    async def stop_ringing(self, leg: LegId) -> None:
        """Confirm the CANCEL."""
        invitation = await self._at[leg].hear("INVITE")
        await self._at[leg].hear("CANCEL")
        self._at[leg].reply(invitation, "487 Request Terminated")

    async def press(self, leg: LegId, digit: int, after: timedelta = KEY_PRESS) -> None:
        """Send the key by RFC 4733, after silence of that length."""
        await self.listen(leg, after)
        self._at[leg].press(digit, self._rtp[leg])

    async def listen(self, leg: LegId, duration: timedelta) -> None:
        """Send the silence of a phone whose owner listens."""
        await self._at[leg].sound(SILENCE * _frames(duration), self._rtp[leg])

    async def speak(self, leg: LegId, duration: timedelta) -> None:
        """Send a tone."""
        await self._at[leg].sound(VOICE * _frames(duration), self._rtp[leg])

    async def hold(self, leg: LegId, *, held: bool) -> None:
        """Send a re-INVITE, as the hold key of a phone does."""
        await self._at[leg].hold(held=held)

    async def inventory(self) -> tuple[set[LegId], list[LiveBridge]]:
        """Ask over HTTP."""
        found = await take_inventory(self._http, self._site.application)
        return {LegId(leg) for leg in found.legs}, list(found.bridges)

    async def assert_nothing_left(self) -> None:
        """Look until nothing is left; requests may still be on their way."""
        async with asyncio.timeout(LIMIT):
            while await self._leftovers():  # noqa: ASYNC110 - Asterisk gives no signal of it
                await asyncio.sleep(0.01)

    async def _leftovers(self) -> list[object]:
        channels = await self._http.send(operation.list_channels())
        bridges = await self._http.send(operation.list_bridges())
        return [*channels.read(list[object]), *bridges.read(list[object])]

    def stop(self) -> None:
        """Unplug all phones."""
        for phone in (*self._at.values(), *self._desks.values()):
            phone.stop()


def _frames(duration: timedelta) -> int:
    return round(duration / FRAME)


def _site(folder: Path, port: int) -> AsteriskSite:
    (folder / "music").mkdir()
    (folder / "music/calm.ulaw").write_bytes(b"\x7f" * 80_000)
    return AsteriskSite(
        sip=Address("127.0.0.1", free_port(Protocol.UDP)),
        http=Address("127.0.0.1", free_port(Protocol.TCP)),
        application_at=Address("127.0.0.1", port),
        rtp=free_rtp_block(400),
        ari=Login("cc", new_id()),
        application_login=Login("asterisk", new_id()),
        ami=Login("recorder", new_id()),
        ami_port=free_port(Protocol.TCP),
        music=folder / "music",
        templates=REPOSITORY / "asterisk-conf",
        dialplan=REPOSITORY / "dialplan",
    )


@asynccontextmanager
async def running(switch: AriSwitch, ami: Ami) -> AsyncIterator[None]:
    """The switch and the manager interface work meanwhile."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(switch.run()), group.create_task(ami.run())]
        yield
        for task in tasks:
            task.cancel()


@asynccontextmanager
async def asterisk_floor(folder: Path, phones: type["SipPhone"]) -> AsyncIterator[AsteriskFloor]:
    """One Asterisk, up and connected."""
    async with AsyncExitStack() as stack:
        site = _site(folder, free_port(Protocol.TCP))
        credentials = Credentials(site.ari.user, site.ari.secret)
        http = await stack.enter_async_context(SwitchHttp.opened(str(site.http), credentials))
        process = AsteriskProcess(ensure_tools(Console(), os.environ), site, folder / "run")
        floor = AsteriskFloor(http, site, phones)
        stack.callback(floor.stop)
        floor.ami = Ami("127.0.0.1", site.ami_port, Credentials(site.ami.user, site.ami.secret))
        encoder = Encoder(RecordingFormat.FLAC)
        stack.callback(encoder.close)
        floor.switch = AriSwitch(
            node=site.node,
            app=site.application,
            credentials=Credentials(site.application_login.user, site.application_login.secret),
            http=http,
            prompts=Sounds(),
            inbox=floor,
            recorder=Recorder(
                manager=floor.ami,
                folder=process.folders.recordings,
                inbox=floor,
                encoder=encoder,
            ),
            now=lambda: datetime.now(UTC),  # noqa: TID251 - the clock of the test
            capacity=Capacity(Room(calls=100, legs=200)),
        )
        port = site.application_at.port
        await stack.enter_async_context(floor.switch.listening("127.0.0.1", port))
        await stack.enter_async_context(running(floor.switch, floor.ami))
        await process.start()
        stack.push_async_callback(process.stop)
        async with asyncio.timeout(LIMIT):
            await floor.reconciled.wait()
        await floor.ami.until_connected()
        yield floor
