"""A caller with as much SIP and RTP as a call needs, on an address of this machine.

It speaks a tone of its own, presses keys (RFC 4733), and keeps all it hears. Names and numbers go
out as they are given, however malformed.
"""

import asyncio
import re
import struct
from collections import Counter, deque
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Self

from contactcenter_ari.loadtest.audio import mu_law, tone
from contactcenter_ari.runtime.address import Address

TRUNK = "127.0.0.2"
KEYS = "0123456789*#"
FRAME = 160
FRAME_SECONDS = 0.02
EVENT_FRAMES = 6
END_FRAMES = 3
KEY_FRAMES = 14
"""A key and the silence after it, in frames."""
EVENT_PAYLOAD = 101
RETRY_SECONDS = 1.0
END_OF_EVENT = 0x80
RTP_HEADER = 12
OK, REDIRECTED = 200, 300
"""Replies of SIP from here on: answered; not answered."""
VOLUME = 10
LEVEL = 0.14
"""The amplitude of the voice: -20 dBFS."""

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Identity:
    """The caller's number and name, as bytes on the wire."""

    number: bytes
    name: bytes = b""


class Sip(asyncio.DatagramProtocol):
    """The socket for SIP; what comes in goes to the caller."""

    def __init__(self, caller: "SipCaller") -> None:
        self._caller = caller

    def datagram_received(self, data: bytes, _address: object) -> None:
        """Hand on a message."""
        self._caller.receive(data.decode("latin-1"))


class Rtp(asyncio.DatagramProtocol):
    """The socket for RTP: keeps the mu-law that comes in, and counts packets by payload type."""

    def __init__(self) -> None:
        self.heard = bytearray()
        self.begun_at = 0.0
        self.packets: Counter[int] = Counter()

    def datagram_received(self, data: bytes, _address: object) -> None:
        """Keep the payload of a packet of mu-law."""
        if len(data) > RTP_HEADER:
            self.packets[data[1] & 0x7F] += 1
        if len(data) > RTP_HEADER and data[1] & 0x7F == 0:
            self.begun_at = self.begun_at or asyncio.get_running_loop().time()
            self.heard += data[RTP_HEADER + 4 * (data[0] & 0x0F) :]


class SipCaller:
    """One call of one caller; make it with `place`, and `close` it in the end. `rtp` has what was
    heard, as mu-law.
    """

    def __init__(self, center: Address, dialed: str, identity: Identity, frequency: float) -> None:
        self._center = center
        self._identity = identity
        self._call_id = f"call-{next(_numbers)}-{id(self):x}"
        self._uri = f"sip:{dialed}@{center}"
        self._target = self._uri
        self._to = f"<{self._uri}>"
        self.frequency = frequency
        self._voice = mu_law(tone(frequency, timedelta(seconds=1), LEVEL))
        self._keys: deque[str] = deque()
        self._pressed = ""
        self._retries: dict[str, asyncio.TimerHandle] = {}
        self._loop = asyncio.get_running_loop()
        self._talking: asyncio.Task[None] | None = None
        self.rtp = Rtp()
        self.status = 0
        self._final = ""
        self.over = False
        self._leaving = False

    @classmethod
    async def place(
        cls,
        center: Address,
        dialed: str,
        *,
        number: str | bytes = b"",
        name: bytes = b"",
        frequency: float = 440,
        address: str = TRUNK,
    ) -> Self:
        """Dial; gives the caller while it is ringing or earlier."""
        given = number if isinstance(number, bytes) else number.encode()
        caller = cls(center, dialed, Identity(given or b"+31600000000", name), frequency)
        await caller._open(address)
        caller._transact("INVITE", 1, caller._sdp())
        return caller

    @property
    def number(self) -> str:
        """The number it calls from."""
        return self._identity.number.decode("latin-1")

    @property
    def talking(self) -> bool:
        """Whether the call was answered and goes on."""
        return self.status == OK and not self.over

    @property
    def reason(self) -> str:
        """The words of the final reply, such as `Not Found`."""
        return self._final.partition("\r\n")[0][12:]

    @property
    def keys_left(self) -> int:
        """How many keys are still to be pressed."""
        return len(self._keys)

    def dial(self, keys: str) -> None:
        """Press keys, one after the other."""
        self._keys.extend(keys)

    def hang_up(self) -> None:
        """End the call: a BYE once it was answered, else a CANCEL; if that was too late, both."""
        self._leaving = True
        if self.talking:
            self._transact("BYE", 2)
        elif not self.over:
            self._transact("CANCEL", 1)

    def close(self) -> None:
        """Put the phone away."""
        for retry in self._retries.values():
            retry.cancel()
        if self._talking is not None:
            self._talking.cancel()
        self._sip_transport.abort()
        self._rtp_transport.abort()

    async def _open(self, address: str) -> None:
        loop = self._loop
        self._sip_transport, _ = await loop.create_datagram_endpoint(
            lambda: Sip(self), (address, 0)
        )
        self._rtp_transport, _ = await loop.create_datagram_endpoint(
            lambda: self.rtp, (address, 0)
        )
        self._at = "{}:{}".format(*self._sip_transport.get_extra_info("sockname"))

    # SIP

    def receive(self, text: str) -> None:
        """Take a message of the center."""
        if text.startswith("SIP/2.0 "):
            self._take_reply(text)
        else:
            self._take_request(text)

    def _take_reply(self, text: str) -> None:
        status, method = int(text[8:11]), header(text, "CSeq").split()[1]
        self._forget_retry(method)
        if method == "BYE" or (method == "INVITE" and status >= REDIRECTED):
            self._end()
        if method != "INVITE" or status < OK:
            return
        self._to = header(text, "To")
        if status == OK:
            self._target = re.sub("^<|>.*$", "", header(text, "Contact"))
        self._send("ACK", 1, branch="" if status == OK else "INVITE")
        if self.status != OK:
            self.status, self._final = status, text
            if status == OK:
                self._start_talking(text)
            if self._leaving and self.talking:
                self.hang_up()

    def _take_request(self, text: str) -> None:
        method = text.split(maxsplit=1)[0]
        if method == "ACK":
            return
        body = self._sdp() if method == "INVITE" else ""
        self._reply(text, body)
        if method == "BYE":
            self._end()

    def _end(self) -> None:
        self.over = True
        if self._talking is not None:
            self._talking.cancel()

    def _transact(self, method: str, number: int, body: str = "") -> None:
        """Send a request, again every second until there is a reply."""
        branch = "INVITE" if method == "CANCEL" else method
        self._forget_retry(method)
        self._send(method, number, body, branch=branch)
        self._retries[method] = self._loop.call_later(
            RETRY_SECONDS, self._transact, method, number, body
        )

    def _forget_retry(self, method: str) -> None:
        """Cancel the timer of an earlier one: asked again there would be two timers, and only one
        would end with the reply.
        """
        if (retry := self._retries.pop(method, None)) is not None:
            retry.cancel()

    def _send(self, method: str, number: int, body: str = "", *, branch: str = "") -> None:
        sender, to = self._addresses()
        uri = self._target
        mark = f"z9hG4bK{self._call_id}-{branch or method}"
        head = (
            f"{method} {uri} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {self._at};rport;branch={mark}\r\n"
            f"Max-Forwards: 70\r\nTo: {to}\r\nCall-ID: {self._call_id}\r\n"
            f"CSeq: {number} {method}\r\nContact: <sip:caller@{self._at}>\r\n"
        )
        tail = f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        data = head.encode("latin-1") + b"From: " + sender + b"\r\n" + tail.encode()
        self._sip_transport.sendto(data, (self._center.host, self._center.port))

    def _addresses(self) -> tuple[bytes, str]:
        """The headers From and To of a request of ours."""
        told = b'"' + self._identity.name + b'" ' if self._identity.name else b""
        sender = b"<sip:" + self._identity.number + f"@{self._at}>;tag=a".encode()
        return told + sender, self._to

    def _reply(self, request: str, body: str, status: str = "200 OK") -> None:
        kept = "".join(
            f"{line}\r\n"
            for line in request.split("\r\n")
            if line.startswith(("Via:", "From:", "To:", "Call-ID:", "CSeq:", "Record-Route:"))
        )
        text = (
            f"SIP/2.0 {status}\r\n{kept}Contact: <sip:caller@{self._at}>\r\n"
            f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )
        self._sip_transport.sendto(text.encode("latin-1"), (self._center.host, self._center.port))

    def _sdp(self) -> str:
        host, port = self._rtp_transport.get_extra_info("sockname")
        return (
            f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 0 {EVENT_PAYLOAD}\r\na=rtpmap:0 PCMU/8000\r\n"
            f"a=rtpmap:{EVENT_PAYLOAD} telephone-event/8000\r\na=ptime:20\r\n"
        )

    # RTP

    def _start_talking(self, answer: str) -> None:
        found = re.search(r"^m=audio (\d+)", answer, re.MULTILINE)
        host = re.search(r"^c=IN IP4 (\S+)", answer, re.MULTILINE)
        assert found is not None, "an answer without audio"
        there = (host[1] if host else self._center.host, int(found[1]))
        self._talking = self._loop.create_task(self._talk(there))

    async def _talk(self, center: tuple[str, int]) -> None:
        """A packet every 20 ms: the tone, or the key that is being pressed."""
        begun_at = self._loop.time()
        for sequence in count():
            self._speak(sequence, center)
            due_at = begun_at + (sequence + 1) * FRAME_SECONDS
            await asyncio.sleep(max(0.0, due_at - self._loop.time()))

    def _speak(self, sequence: int, center: tuple[str, int]) -> None:
        """Send the nth packet."""
        self._rtp_transport.sendto(self._packet(sequence), center)

    def _voice_at(self, at: int) -> bytes:
        """20 ms of the voice."""
        return self._voice[at : at + FRAME]

    def _packet(self, sequence: int) -> bytes:
        stamp = sequence * FRAME
        part = sequence % KEY_FRAMES
        if part == 0:
            self._pressed = self._keys[0] if self._keys else ""
        if not self._pressed or part >= EVENT_FRAMES + END_FRAMES:
            at = stamp % len(self._voice)
            return rtp_packet(0, sequence, stamp, self._voice_at(at))
        if part == EVENT_FRAMES + END_FRAMES - 1:
            self._keys.popleft()
        event = _key_event(self._pressed, part)
        return rtp_packet(EVENT_PAYLOAD, sequence, stamp - part * FRAME, event)


def _key_event(key: str, part: int) -> bytes:
    """The payload of the nth packet of a key (RFC 4733, 2.3)."""
    end = END_OF_EVENT if part >= EVENT_FRAMES else 0
    lasted = min(part + 1, EVENT_FRAMES) * FRAME
    return struct.pack(">BBH", KEYS.index(key), end | VOLUME, lasted)


def rtp_packet(payload_type: int, sequence: int, stamp: int, payload: bytes) -> bytes:
    """A packet of RTP (RFC 3550, 5.1)."""
    return struct.pack(">BBHII", 0x80, payload_type, sequence & 0xFFFF, stamp, 1) + payload


def header(text: str, name: str) -> str:
    """The value of the first header of that name."""
    found = re.search(rf"^{name}: *(.*?)\r$", text, re.MULTILINE | re.IGNORECASE)
    assert found is not None, f"a message without {name}"
    return found[1]
