"""The base of the contract tests: both switches, and a SIP phone that sends what they need."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from itertools import count

import pytest
import pytest_asyncio

from tests.contract.asterisk_floor import asterisk_floor
from tests.contract.fake_floor import FakeFloor
from tests.contract.floor import Floor

LIMIT = 10

numbers = count(1)


class SipPhone(asyncio.DatagramProtocol):
    """Speaks as much SIP as these tests need; `answers` are its replies to an INVITE."""

    def __init__(self, host: str, answers: Sequence[str] = ()) -> None:
        self.host = host
        self.answers = answers
        self.heard: asyncio.Queue[str] = asyncio.Queue()
        self.to = ""
        self.keys = 0
        self.sounded = 1000
        self.order = 1

    async def start(self, host: str, port: int) -> None:
        """Take ports for SIP and RTP; Asterisk is at `host` and `port`."""
        loop = asyncio.get_running_loop()
        self.switch = host, port
        self.sip, _ = await loop.create_datagram_endpoint(lambda: self, (self.host, 0))
        self.rtp, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, (self.host, 0))
        self.at = f"{self.host}:{self.sip.get_extra_info('sockname')[1]}"
        self.rtp_port = self.rtp.get_extra_info("sockname")[1]

    def stop(self) -> None:
        """Close both ports."""
        self.sip.abort()
        self.rtp.abort()

    @property
    def domain(self) -> str:
        """Asterisk's address as it stands in a URI."""
        return "{}:{}".format(*self.switch)

    def datagram_received(self, data: bytes, _address: object) -> None:
        """Answer requests, keep replies."""
        text = data.decode(errors="replace")
        method = text.split(maxsplit=1)[0]
        if method == "INVITE":
            for answer in self.answers:
                self.reply(text, answer, self._sdp() if answer.startswith("200") else "")
        elif method not in {"ACK", "SIP/2.0"}:
            self.reply(text, "200 OK", "")
        self.heard.put_nowait(text)

    async def hear(self, start: str) -> str:
        """The next message that starts like this."""
        async with asyncio.timeout(LIMIT):
            while not (text := await self.heard.get()).startswith(start):
                pass
        return text

    def call(self, dialed: str, name: str = "Bob") -> None:
        """Send an INVITE."""
        self.uri = f"sip:{dialed}@{self.domain}"
        self.id = f"call-{next(numbers)}"
        self.sender = f'"{name}" <sip:0612345678@{self.host}>;tag=a'
        self._send("INVITE", 1, self._sdp())

    async def answered(self) -> int:
        """Wait for the 200 and acknowledge it; gives Asterisk's RTP port."""
        text = await self.hear("SIP/2.0 200")
        self.to = self.header(text, "To")
        self._send("ACK", 1)
        return int(re.findall(r"m=audio (\d+)", text)[0])

    def cancel(self) -> None:
        """Give up while it rings."""
        self._send("CANCEL", 1)

    def hang_up(self) -> None:
        """Send a BYE."""
        self.order += 1
        self._send("BYE", self.order)

    async def hold(self, *, held: bool) -> None:
        """Put the other side on hold by a re-INVITE (RFC 3264, section 8.4), or take it back."""
        self.order += 1
        self._send("INVITE", self.order, self._sdp() + ("a=sendonly\r\n" if held else ""))
        while f"CSeq: {self.order} INVITE" not in await self.hear("SIP/2.0 200"):
            pass
        self._send("ACK", self.order)

    def press(self, digit: int, rtp_port: int) -> None:
        """One key by RFC 4733: begin, and end sent three times; each key has its own time."""
        began_at = (160 + self.keys * 8000).to_bytes(4, "big")
        self.keys += 1
        for number, end in enumerate((0, 0, 0x80, 0x80, 0x80)):
            marker = 0x80 if number == 0 else 0
            order = (self.keys * 5 + number).to_bytes(2, "big")
            head = bytes([0x80, 101 | marker]) + order + began_at + b"cctr"
            event = bytes([digit, end | 10]) + (160 * min(number + 1, 3)).to_bytes(2, "big")
            self.rtp.sendto(head + event, ("127.0.0.1", rtp_port))

    async def sound(self, samples: bytes, rtp_port: int) -> None:
        """Send mu-law, a packet every 20 ms."""
        begun_at = asyncio.get_running_loop().time()
        for number, at in enumerate(range(0, len(samples), 160)):
            order, stamp = (self.sounded & 0xFFFF).to_bytes(2, "big"), self.sounded * 160
            head = bytes([0x80, 0]) + order + stamp.to_bytes(4, "big") + b"cctr"
            self.rtp.sendto(head + samples[at : at + 160], ("127.0.0.1", rtp_port))
            self.sounded += 1
            due_at = begun_at + (number + 1) * 0.02
            await asyncio.sleep(max(0.0, due_at - asyncio.get_running_loop().time()))

    async def register(self, name: str, secret: str, expires: int) -> None:
        """Register with digest authentication (RFC 2617, MD5)."""
        self.uri, self.sender = f"sip:{self.domain}", f"<sip:{name}@{self.domain}>;tag=a"
        self.to, self.id = f"<sip:{name}@{self.domain}>", f"call-{next(numbers)}"
        expiry = f"Expires: {expires}\r\n"
        self._send("REGISTER", 1, extra=expiry)
        challenge = await self.hear("SIP/2.0 401")
        given = dict(re.findall(r'(realm|nonce|opaque)="(.*?)"', challenge))
        first = _md5(f"{name}:{given['realm']}:{secret}")
        second = _md5(f"REGISTER:{self.uri}")
        proof = _md5(f"{first}:{given['nonce']}:00000001:c:auth:{second}")
        login = "".join(f', {key}="{value}"' for key, value in given.items())
        self._send(
            "REGISTER",
            2,
            extra=f'{expiry}Authorization: Digest username="{name}", uri="{self.uri}", '
            f'response="{proof}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c"{login}\r\n',
        )
        await self.hear("SIP/2.0 200")

    @staticmethod
    def header(text: str, name: str) -> str:
        """The first header of that name."""
        found = re.search(rf"^{name}: *(.*?)\r$", text, re.MULTILINE | re.IGNORECASE)
        assert found is not None
        return found[1]

    def _sdp(self) -> str:
        return (
            f"v=0\r\no=- 1 1 IN IP4 {self.host}\r\ns=-\r\nc=IN IP4 {self.host}\r\nt=0 0\r\n"
            f"m=audio {self.rtp_port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n"
            "a=rtpmap:101 telephone-event/8000\r\n"
        )

    def _send(self, method: str, number: int, body: str = "", extra: str = "") -> None:
        branch = f"z9hG4bK{self.id}-{number}" + ("-ack" if method == "ACK" else "")
        text = (
            f"{method} {self.uri} SIP/2.0\r\nVia: SIP/2.0/UDP {self.at};branch={branch};rport\r\n"
            f"Max-Forwards: 70\r\nFrom: {self.sender}\r\nTo: {self.to or f'<{self.uri}>'}\r\n"
            f"Call-ID: {self.id}\r\nCSeq: {number} {method}\r\nContact: <sip:x@{self.at}>\r\n"
            f"{extra}Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )
        data = text.encode(errors="surrogateescape")
        self.sip.sendto(data, self.switch)

    def reply(self, request: str, status: str, body: str = "") -> None:
        """Answer a request."""
        kept = "".join(
            f"{line}\r\n"
            for line in request.split("\r\n")
            if line.startswith(("Via:", "From:", "Call-ID:", "CSeq:"))
        )
        text = (
            f"SIP/2.0 {status}\r\n{kept}To: {self.header(request, 'To').split(';')[0]};tag=b\r\n"
            f"Contact: <sip:x@{self.at}>\r\nContent-Type: application/sdp\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        )
        self.sip.sendto(text.encode(), self.switch)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324 - SIP digest has no better one


@pytest.fixture(scope="session")
def sip_phone() -> type[SipPhone]:
    """The class: a conftest cannot be imported from."""
    return SipPhone


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["fake", "asterisk"])
async def floor(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    sip_phone: type[SipPhone],
) -> AsyncIterator[Floor]:
    """Both switches, one after the other."""
    if request.param == "fake":
        yield FakeFloor()
    else:
        folder = tmp_path_factory.mktemp("floor")
        async with asterisk_floor(folder, sip_phone) as real:
            yield real
