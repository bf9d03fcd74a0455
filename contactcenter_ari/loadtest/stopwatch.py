"""A SIP phone that measures how long it stays free: from its BYE to the next INVITE.

It answers at once, talks for a random time and hangs up. The time is the same for all callers, so
two queues can be held against each other. The kernel stamps each packet as it arrives: how busy
this program is does not count. Must not register: Asterisk is told where it is (`contact`).
"""

import asyncio
import random
import re
import socket
import struct
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from contactcenter_ari.loadtest.agent import LOOPBACK

SO_TIMESTAMPNS = 35  # socket(7); not in Python's socket module
TIMESPEC = struct.Struct("@ll")
LARGEST = 65_535
COPIED = ("Via", "From", "Call-ID", "CSeq", "Record-Route")
"""The headers that a reply repeats of its request (RFC 3261, 8.2.6); To gets our tag."""


@dataclass(slots=True)
class _Talk:
    """The one call of a phone: what Asterisk said in its INVITE."""

    call_id: str
    invite: str
    answered: bool = False


class StopwatchPhone:
    """One phone; `gaps` are the times it was free, `surprises` what it did not expect.

    A talk lasts from `shortest` to `longest`, all lengths being equally likely.
    """

    def __init__(
        self,
        name: str,
        *,
        shortest: timedelta,
        longest: timedelta,
        dice: random.Random,
        address: str = LOOPBACK,
    ) -> None:
        self.name = name
        self.gaps: list[timedelta] = []
        self.surprises: Counter[str] = Counter()
        self._shortest = shortest
        self._longest = longest
        self._dice = dice
        self._address = address
        self._talk: _Talk | None = None
        self._free_at: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    def __repr__(self) -> str:
        return f"<StopwatchPhone {self.name}: {len(self.gaps)} gaps>"

    @contextmanager
    def switched_on(self) -> Iterator[None]:
        """Take calls meanwhile; needs a running event loop."""
        loop = asyncio.get_running_loop()
        with _bound(self._address) as self._sip, _bound(self._address) as self._rtp:
            self._sip.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            loop.add_reader(self._sip, self._read)
            try:
                yield
            finally:
                loop.remove_reader(self._sip)
                if self._timer is not None:
                    self._timer.cancel()

    @property
    def contact(self) -> str:
        """The address of the phone, as Asterisk must be told."""
        return f"sip:{self.name}@{self._at}"

    @property
    def _at(self) -> str:
        return f"{self._address}:{self._sip.getsockname()[1]}"

    def _read(self) -> None:
        """Take all packets that have come, each with the instant of its arrival."""
        while True:
            try:
                data, extra, _, source = self._sip.recvmsg(LARGEST, 64)
            except BlockingIOError:
                return
            seconds, nanoseconds = TIMESPEC.unpack(extra[0][2])
            self._take(data.decode(errors="replace"), source, seconds + nanoseconds / 1e9)

    def _take(self, text: str, source: tuple[str, int], arrived_at: float) -> None:
        method = text.split(maxsplit=1)[0]
        if method == "INVITE":
            self._ring(text, source, arrived_at)
        elif method == "ACK":
            self._begin_talk(text, source)
        elif method == "BYE":
            self._reply(text, source, "200 OK")
            self._end_talk(text, arrived_at)
        elif method == "OPTIONS":  # Asterisk looks whether the phone is there
            self._reply(text, source, "200 OK")
        elif method == "SIP/2.0":
            if not text.startswith("SIP/2.0 200"):
                self.surprises[text.split("\r\n", 1)[0]] += 1
        else:
            self.surprises[method] += 1
            self._reply(text, source, "200 OK")

    def _ring(self, text: str, source: tuple[str, int], arrived_at: float) -> None:
        if self._talk is not None:
            if self._talk.call_id != _header(text, "Call-ID"):
                self.surprises["INVITE during a talk"] += 1
                self._reply(text, source, "486 Busy Here")
            return  # Asterisk repeats itself
        if self._free_at is not None:
            self.gaps.append(timedelta(seconds=arrived_at - self._free_at))
        self._free_at = None
        self._talk = _Talk(_header(text, "Call-ID"), text)
        self._reply(text, source, "180 Ringing")
        self._reply(text, source, "200 OK", self._sdp())

    def _begin_talk(self, text: str, source: tuple[str, int]) -> None:
        talk = self._talk
        if talk is None or talk.answered or talk.call_id != _header(text, "Call-ID"):
            return
        talk.answered = True
        least, most = self._shortest.total_seconds(), self._longest.total_seconds()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._dice.uniform(least, most), self._hang_up, source)

    def _hang_up(self, switch: tuple[str, int]) -> None:
        assert self._talk is not None, "the timer runs during a talk only"
        invite = self._talk.invite
        contact = re.search(r"<(.*?)>", _header(invite, "Contact"))
        self._talk = None
        request = (
            f"BYE {contact[1] if contact else 'sip:asterisk'} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {self._at};branch=z9hG4bK-bye-{_header(invite, 'Call-ID')}\r\n"
            f"Max-Forwards: 70\r\nFrom: {_header(invite, 'To')};tag=phone\r\n"
            f"To: {_header(invite, 'From')}\r\nCall-ID: {_header(invite, 'Call-ID')}\r\n"
            "CSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n"
        )
        self._free_at = time.time()  # noqa: TID251  # the clock of the kernel's stamps
        self._sip.sendto(request.encode(), switch)

    def _end_talk(self, text: str, arrived_at: float) -> None:
        """The other side hung up."""
        if self._talk is None or self._talk.call_id != _header(text, "Call-ID"):
            return
        self._talk = None
        self._free_at = arrived_at
        if self._timer is not None:
            self._timer.cancel()

    def _reply(self, request: str, to: tuple[str, int], status: str, body: str = "") -> None:
        kept = [line for line in request.split("\r\n") if line.split(":", 1)[0] in COPIED]
        ours = _header(request, "To")
        head = [
            f"SIP/2.0 {status}",
            *kept,
            f"To: {ours}" if ";tag=" in ours else f"To: {ours};tag=phone",
            f"Contact: <{self.contact}>",
            "Content-Type: application/sdp",
            f"Content-Length: {len(body)}",
        ]
        self._sip.sendto(("\r\n".join(head) + "\r\n\r\n" + body).encode(), to)

    def _sdp(self) -> str:
        """Mu-law to a port that nobody reads: the kernel drops what comes."""
        port = self._rtp.getsockname()[1]
        return (
            f"v=0\r\no=phone 1 1 IN IP4 {self._address}\r\ns=-\r\nc=IN IP4 {self._address}\r\n"
            f"t=0 0\r\nm=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
        )


def _bound(address: str) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    bound.bind((address, 0))
    return bound


def _header(text: str, name: str) -> str:
    """The first header of that name; Asterisk writes the long names."""
    found = re.search(rf"^{name}: *(.*?)\r$", text, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""
