"""A caller at the carrier, on the trunk's address, with the SIP and RTP that the tests need.

It speaks a tone of its own, presses keys (RFC 4733), keeps all it hears, and acts in the instant
that a test chooses, with malformed names and numbers where a test needs them.
"""

import asyncio
import re
import struct
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import numpy as np

from contactcenter_ari.runtime.address import Address
from contactcenter_ari.speech.tone import SAMPLE_RATE, Samples, encode_ulaw, sine
from tests.e2e.polling import LIMIT, until
from tests.e2e.tone_watch import ToneWatch
from tests.g711 import decode_ulaw
from tests.hearing import HEARD, find

TRUNK = "127.0.0.2"
KEYS = "0123456789*#"
FRAME = 160
FRAME_SECONDS = 0.02
SILENCE = b"\xff" * FRAME
EVENT_FRAMES = 6
END_FRAMES = 3
KEY_FRAMES = 14
"""A key and the silence after it, in frames."""
EVENT_PAYLOAD = 101
NEWS = 1600
"""With 200 ms more in the earpiece it is worth listening again."""
RETRY_SECONDS = 1.0
END_OF_EVENT = 0x80
VOLUME = 10

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Identity:
    """The caller's number and name, as bytes on the wire."""

    number: bytes
    name: bytes = b""


class Sip(asyncio.DatagramProtocol):
    """The socket for SIP; what comes in goes to the caller."""

    def __init__(self, caller: "Caller") -> None:
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
        if len(data) > 12:
            self.packets[data[1] & 0x7F] += 1
        if len(data) > 12 and data[1] & 0x7F == 0:
            self.begun_at = self.begun_at or asyncio.get_running_loop().time()
            self.heard += data[12 + 4 * (data[0] & 0x0F) :]


class Caller:
    """One call of one caller; make it with `place`, and `close` it after the test."""

    def __init__(self, center: Address, dialed: str, identity: Identity, frequency: float) -> None:
        self._center = center
        self._identity = identity
        self._call_id = f"story-{next(_numbers)}-{id(self):x}"
        self._uri = f"sip:{dialed}@{center}"
        self._target = self._uri
        self._to = f"<{self._uri}>"
        self.frequency = frequency
        self._voice = encode_ulaw(sine(frequency, timedelta(seconds=1))).tobytes()
        self.is_silent = False
        self._keys: deque[str] = deque()
        self._pressed = ""
        self._retries: dict[str, asyncio.TimerHandle] = {}
        self._loop = asyncio.get_running_loop()
        self._talking: asyncio.Task[None] | None = None
        self.rtp = Rtp()
        self.status = 0
        self.over = False
        self.vanished = False
        self._leaving = False
        self.center_hung_up = False
        self.farewells: list[str] = []
        self.heard_of: list[str] = []

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
    ) -> "Caller":
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
        return self.status == 200 and not self.over

    @property
    def heard(self) -> Samples:
        """All that came out of the earpiece so far."""
        return self.heard_since(0)

    def heard_since(self, start: int) -> Samples:
        """The samples out of the earpiece, from one of them on."""
        return decode_ulaw(np.frombuffer(bytes(self.rtp.heard[start:]), dtype=np.uint8))

    async def until_answered(self) -> None:
        """Wait for the 200."""
        await until(lambda: self.talking, lambda: f"the call is not answered: {self.status}")

    async def until_over(self, limit: timedelta = LIMIT) -> None:
        """Wait until the call is over, whichever party ended it."""
        await until(lambda: self.over, "the call did not end", limit)

    async def until_hears(self, prompt: Samples, limit: timedelta = LIMIT) -> timedelta:
        """Wait until the prompt was heard; gives when it began."""
        known = 0

        def hears() -> tuple[timedelta] | None:
            nonlocal known
            if not self._has_news(known, NEWS):
                return None
            start = max(0, known - len(prompt))  # what came before was looked through
            known = len(self.rtp.heard)
            match = find(prompt, self.heard_since(start))
            begun = match.offset + timedelta(seconds=start / SAMPLE_RATE)
            return (begun,) if match.score > HEARD else None

        def complaint() -> str:
            return f"the prompt was not heard: {find(prompt, self.heard)}"

        return (await until(hears, complaint, limit))[0]

    async def until_hears_tone(
        self,
        frequency: float,
        length: float = 0.3,
        *,
        progress: Callable[[], object] | None = None,
    ) -> None:
        """Wait until the tone was heard for so many seconds in all; the limit begins anew with
        each progress.
        """
        wanted, watch = timedelta(seconds=length), ToneWatch(self.heard_since, frequency)
        await until(
            lambda: watch.heard() >= wanted,
            lambda: f"{frequency:g} Hz was heard for {watch.heard()} in {len(self.heard)} samples",
            progress=progress,
        )

    def _has_news(self, known: int, enough: int) -> bool:
        """Whether enough more was heard, or anything more and nothing else will come."""
        more = len(self.rtp.heard) - known
        return more >= enough or (self.over and more > 0)

    async def press(self, keys: str) -> None:
        """Press keys and wait until the last one is on its way, or the call is over."""
        self._keys.extend(keys)
        await until(lambda: not self._keys or self.over, "the keys were not sent")

    def hang_up(self) -> None:
        """End the call: a BYE once it was answered, else a CANCEL; if that was too late, both."""
        self._leaving = True
        if self.talking:
            self._transact("BYE", 2)
        elif not self.over:
            self._transact("CANCEL", 1)

    def vanish(self) -> None:
        """Lose power: from now on nothing is sent, and nothing is heard."""
        self.over = self.vanished = True
        if self._talking is not None:
            self._talking.cancel()

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
        if self.vanished:
            return
        self.heard_of.append(text)
        if text.startswith("SIP/2.0 "):
            self._take_reply(text)
        else:
            self._take_request(text)

    def _take_reply(self, text: str) -> None:
        status, method = int(text[8:11]), header(text, "CSeq").split()[1]
        self._forget_retry(method)
        if method == "BYE" or (method == "INVITE" and status >= 300):
            self._end()
        if method != "INVITE" or status < 200:
            return
        self._to = header(text, "To")
        if status == 200:
            self._target = re.sub("^<|>.*$", "", header(text, "Contact"))
        self._send("ACK", 1, branch="" if status == 200 else "INVITE")
        if self.status != 200:
            self.status = status
            if status == 200:
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
            self.farewells.append(text)
            self.center_hung_up = not self.over
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
        assert found is not None, "an answer without audio"
        self._talking = self._loop.create_task(self._talk((self._center.host, int(found[1]))))

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
        return SILENCE if self.is_silent else self._voice[at : at + FRAME]

    def _packet(self, sequence: int) -> bytes:
        stamp = sequence * FRAME
        part = sequence % KEY_FRAMES
        if part == 0:
            self._pressed = self._keys[0] if self._keys else ""
        if not self._pressed or part >= EVENT_FRAMES + END_FRAMES:
            at = stamp % len(self._voice)
            return _packet(0, sequence, stamp, self._voice_at(at))
        if part == EVENT_FRAMES + END_FRAMES - 1:
            self._keys.popleft()
        event = _key_event(self._pressed, part)
        return _packet(EVENT_PAYLOAD, sequence, stamp - part * FRAME, event)


def _key_event(key: str, part: int) -> bytes:
    """The payload of the nth packet of a key (RFC 4733, 2.3)."""
    end = END_OF_EVENT if part >= EVENT_FRAMES else 0
    lasted = min(part + 1, EVENT_FRAMES) * FRAME
    return struct.pack(">BBH", KEYS.index(key), end | VOLUME, lasted)


def _packet(payload_type: int, sequence: int, stamp: int, payload: bytes) -> bytes:
    return struct.pack(">BBHII", 0x80, payload_type, sequence & 0xFFFF, stamp, 1) + payload


def header(text: str, name: str) -> str:
    """The value of the first header of that name."""
    found = re.search(rf"^{name}: *(.*?)\r$", text, re.MULTILINE | re.IGNORECASE)
    assert found is not None, f"a message without {name}"
    return found[1]
