"""The carrier of outside lines: it answers calls over the trunk as a test chooses.

A line that is picked up speaks a tone, presses keys, and keeps all it hears, like a caller.
"""

import asyncio
from enum import Enum, auto
from itertools import count

from contactcenter_ari.runtime.address import Address
from tests.e2e.caller import TRUNK, Caller, Identity, header
from tests.e2e.polling import until

_tags = count(1)


class Reply(Enum):
    """The answer of an outside line to a call."""

    ANSWERS = auto()
    RINGS = auto()
    IS_BUSY = auto()
    DECLINES = auto()
    IS_AWAY = auto()
    HAS_MOVED = auto()


class Line(Caller):
    """One call to an outside line."""

    def __init__(self, center: Address, invite: str, frequency: float) -> None:
        sender, self.dialed = (_user(header(invite, name)) for name in ("From", "To"))
        super().__init__(center, self.dialed, Identity(sender.encode()), frequency)
        tag = f"\r\nTo: {header(invite, 'To')};tag=line-{next(_tags)}"
        self._invite = invite.replace(f"\r\nTo: {header(invite, 'To')}", tag, 1)
        self._call_id = header(invite, "Call-ID")
        self._uri = self._target = header(invite, "Contact").partition("<")[2].partition(">")[0]

    @classmethod
    async def rung(
        cls, center: Address, invite: str, frequency: float, address: str = TRUNK
    ) -> "Line":
        """The ringing line of an INVITE."""
        line = cls(center, invite, frequency)
        await line._open(address)
        line._reply(line._invite, "", "180 Ringing")
        return line

    def pick_up(self) -> None:
        """Answer."""
        self._reply(self._invite, self._sdp())
        self.status = 200
        self._start_talking(self._invite)

    def turn_down(self, status: str) -> None:
        """Refuse the call with a SIP status."""
        self._reply(self._invite, "", status)
        self._end()

    def cancelled(self, request: str) -> None:
        """The center gave up; a BYE follows if that came too late."""
        self.farewells.append(request)
        self._reply(request, "")
        if not self.over and self.status != 200:
            self.turn_down("487 Request Terminated")

    def hang_up(self) -> None:
        """End the call, if it was answered and goes on."""
        if self.talking:
            self._transact("BYE", 1)

    def _addresses(self) -> tuple[bytes, str]:
        """The party that ends the call, and the other party."""
        return header(self._invite, "To").encode("latin-1"), header(self._invite, "From")


class Carrier(asyncio.DatagramProtocol):
    """The carrier's socket: each call of the center gets a line."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.reply = Reply.ANSWERS
        self.frequency = 1000.0
        self._by_id: dict[str, Line | None] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    async def opened(cls) -> "Carrier":
        """A carrier that listens."""
        carrier = cls()
        await carrier._open()
        return carrier

    @property
    def address(self) -> Address:
        """The address that the center dials."""
        return Address(*self._transport.get_extra_info("sockname"))

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        """Take an INVITE, or what belongs to one."""
        text = data.decode("latin-1")
        method, call_id = text.split(maxsplit=1)[0], header(text, "Call-ID")
        line = self._by_id.get(call_id)
        if method == "CANCEL" and line is not None:
            line.cancelled(text)
        elif method == "INVITE" and call_id not in self._by_id:
            self._by_id[call_id] = None
            task = asyncio.get_running_loop().create_task(self._take(text, Address(*address)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def called(self) -> Line:
        """Wait for the next call since `reset`."""
        await until(lambda: self.lines, "no outside line was called")
        return self.lines[-1]

    def reset(self) -> None:
        """End all calls; the next one is answered."""
        for line in self.lines:
            line.hang_up()
        self.lines.clear()
        self.reply = Reply.ANSWERS

    def close(self) -> None:
        """Put everything away."""
        for line in self._by_id.values():
            if line is not None:
                line.close()
        self._transport.abort()

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, (TRUNK, 0))

    async def _take(self, invite: str, center: Address) -> None:
        line = await self._line(invite, center)
        self._by_id[header(invite, "Call-ID")] = line
        self.lines.append(line)
        match self.reply:
            case Reply.ANSWERS:
                line.pick_up()
            case Reply.RINGS:
                pass
            case Reply.IS_BUSY:
                line.turn_down("486 Busy Here")
            case Reply.DECLINES:
                line.turn_down("603 Decline")
            case Reply.IS_AWAY:
                line.turn_down("480 Temporarily Unavailable")
            case Reply.HAS_MOVED:
                line.turn_down("302 Moved Temporarily\r\nContact: <sip:+31699999999@127.0.0.9>")

    async def _line(self, invite: str, center: Address) -> Line:
        return await Line.rung(center, invite, self.frequency)


def _user(party: str) -> str:
    """The user of an address in a header."""
    return party.partition("sip:")[2].partition("@")[0]
