"""A caller whose headers and bodies the test chooses: as real carriers send them, and worse.

It answers the center's requests as `requests` says, and speaks unless it is `mute`.
"""

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import numpy as np

from contactcenter_ari.runtime.address import Address
from contactcenter_ari.speech.tone import encode_ulaw, sine
from tests.e2e.caller import FRAME, TRUNK, Caller, Identity, Rtp, header
from tests.e2e.polling import LIMIT, until

TONES = {
    "1": (697, 1209), "2": (697, 1336), "3": (697, 1477), "4": (770, 1209), "5": (770, 1336),
    "6": (770, 1477), "7": (852, 1209), "8": (852, 1336), "9": (852, 1477), "*": (941, 1209),
    "0": (941, 1336), "#": (941, 1477),
}  # fmt: skip
"""The two tones of each key (ITU-T Q.23)."""
SDP = "application/sdp"
BESIDE = ("Refer-To: <sip:9@127.0.0.9>", "Event: presence", "Expires: 60")
"""Headers that requests of some methods must have."""
TONE_FRAMES = 6
GAP_FRAMES = 8

_branches = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteParts:
    """The unusual parts of an INVITE: more headers, another From (as bytes), another Call-ID,
    another body, another method; `uri` is the user part and the text after it before the host,
    `parameters` follow the host. The first `lost` responses 200 to it get lost.
    """

    headers: Sequence[str] = ()
    sender: bytes = b""
    call_id: bytes = b""
    sdp: str | None = None
    uri: bytes = b""
    parameters: bytes = b""
    method: str = "INVITE"
    lost: int = 0


USUAL = InviteParts()


@dataclass(slots=True)
class Asked:
    """A request of ours and the replies to it."""

    method: str
    replies: list[str] = field(default_factory=list)

    @property
    def final(self) -> str | None:
        """The final reply."""
        return next((text for text in self.replies if int(text[8:11]) >= 200), None)


class RawCaller(Caller):
    """One call; `asked` are our requests within it by CSeq. It speaks in packets of `ptime` ms."""

    def __init__(
        self,
        center: Address,
        dialed: str,
        identity: Identity,
        frequency: float,
        *,
        invite: InviteParts = USUAL,
    ) -> None:
        super().__init__(center, dialed, identity, frequency)
        self.invite = invite
        self.asked: dict[int, Asked] = {}
        self.mute = False
        self.ptime = 20
        self._to_lose = invite.lost
        self._spoken = self._sent = 0
        self.requests = {"INVITE": "200 OK", "UPDATE": "200 OK", "OPTIONS": "200 OK"}
        self._sequence = 1
        self._sounds: list[bytes] = []
        self._id = invite.call_id or self._call_id.encode()

    @classmethod
    async def dials(
        cls,
        center: Address,
        dialed: str,
        *,
        number: bytes = b"+31600000000",
        name: bytes = b"",
        frequency: float = 440,
        invite: InviteParts = USUAL,
        mute: bool = False,
    ) -> "RawCaller":
        """Dial; gives the caller at once."""
        caller = cls(center, dialed, Identity(number, name), frequency, invite=invite)
        caller.mute = mute
        await caller._open(TRUNK)
        if invite.method == "INVITE":
            caller._transact("INVITE", 1, caller._sdp())
        else:
            caller.asked[1] = Asked(invite.method)
            text = invite.sdp or ""
            caller.write(invite.method, 1, text, headers=BESIDE, kind="text/plain")
        return caller

    async def until_answered_beside(self) -> str:
        """Wait for the final reply to a first request that is no INVITE."""
        return await until(lambda: self.asked[1].final, "no reply")

    async def ask(
        self,
        method: str,
        *,
        body: str = "",
        headers: Sequence[str] = (),
        kind: str = SDP,
        limit: timedelta = LIMIT,
    ) -> str:
        """Send a request within the dialog; gives the final reply."""
        asked = self.begin(method, body=body, headers=headers, kind=kind)
        return await until(lambda: asked.final, f"no reply to {method}", limit)

    def begin(
        self, method: str, *, body: str = "", headers: Sequence[str] = (), kind: str = SDP
    ) -> Asked:
        """Send a request within the dialog, and wait for nothing."""
        self._sequence += 1
        asked = self.asked[self._sequence] = Asked(method)
        self.write(method, self._sequence, body, headers=headers, kind=kind)
        return asked

    def write(
        self,
        method: str,
        number: int,
        body: str = "",
        *,
        headers: Sequence[str] = (),
        kind: str = SDP,
        branch: str = "",
    ) -> None:
        """Send a request of any kind."""
        mark = branch or f"n{next(_branches)}"
        self.send(self._request(method, number, mark, headers, body=body, kind=kind))

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self._sip_transport.sendto(data, (self._center.host, self._center.port))

    def sound(self, keys: str) -> None:
        """Press keys as tones in the audio."""
        silence = encode_ulaw(np.zeros(FRAME, np.int16)).tobytes()
        for key in keys:
            low, high = (sine(tone, timedelta(seconds=0.02 * TONE_FRAMES)) for tone in TONES[key])
            tones = encode_ulaw(((low.astype(int) + high) // 2).astype(np.int16)).tobytes()
            self._sounds += [tones[i : i + FRAME] for i in range(0, len(tones), FRAME)]
            self._sounds += [silence] * GAP_FRAMES

    async def move(self) -> None:
        """Use another port for audio from now on."""
        self.rtp = Rtp()
        old, loop = self._rtp_transport, self._loop
        self._rtp_transport, _ = await loop.create_datagram_endpoint(lambda: self.rtp, (TRUNK, 0))
        old.abort()

    def offer(self, *, direction: str = "sendrecv", port: int | None = None) -> str:
        """A body like the first one, except for the changes given here."""
        body = self._plain_sdp()
        if port is not None:
            body = re.sub(r"m=audio \d+", f"m=audio {port}", body)
        return body + f"a={direction}\r\n"

    # Hooks of Caller

    def _take_reply(self, text: str) -> None:
        if text.startswith("SIP/2.0 200") and self._to_lose:
            self._to_lose -= 1
            return
        super()._take_reply(text)

    def _sdp(self) -> str:
        return self._plain_sdp() if self.invite.sdp is None else self.filled(self.invite.sdp)

    def _plain_sdp(self) -> str:
        return super()._sdp()

    def filled(self, body: str) -> str:
        """A body with our address for HOST and PORT."""
        host, port = self._rtp_transport.get_extra_info("sockname")
        return body.replace("HOST", host).replace("PORT", str(port)).replace("\n", "\r\n")

    def _send(self, method: str, number: int, body: str = "", *, branch: str = "") -> None:
        if method == "ACK" and self.invite.sdp == "" and not branch:
            body = self._plain_sdp()  # the answer to the offer in the 200
        extra = self.invite.headers if method == "INVITE" else ()
        mark = branch or method
        self.send(self._request(method, number, mark, extra, body=body, kind=SDP))

    def _request(
        self,
        method: str,
        number: int,
        branch: str,
        headers: Sequence[str],
        *,
        body: str,
        kind: str,
    ) -> bytes:
        uri = self._target.encode()
        if self.invite.uri and not self.status:
            uri = b"sip:" + self.invite.uri + f"@{self._center}".encode()
            uri += b";" + self.invite.parameters if self.invite.parameters else b""
        sender, to = self._addresses()
        mark = f"z9hG4bK{id(self):x}-{branch}"
        told = f"Content-Type: {kind}\r\n" if body else ""
        return b"".join(
            (
                f"{method} ".encode() + uri + b" SIP/2.0\r\n",
                f"Via: SIP/2.0/UDP {self._at};rport;branch={mark}\r\n".encode(),
                b"Max-Forwards: 70\r\nFrom: " + sender + b"\r\n",
                b"To: " + to.encode("latin-1") + b"\r\nCall-ID: " + self._id + b"\r\n",
                f"CSeq: {number} {method}\r\nContact: <sip:caller@{self._at}>\r\n".encode(),
                b"".join(line.encode("utf-8", "surrogateescape") + b"\r\n" for line in headers),
                f"{told}Content-Length: {len(body.encode())}\r\n\r\n{body}".encode(),
            )
        )

    def _addresses(self) -> tuple[bytes, str]:
        sender, to = super()._addresses()
        return (self.invite.sender + b";tag=a") if self.invite.sender else sender, to

    def receive(self, text: str) -> None:
        """Keep a message, and take it."""
        if self.vanished:
            return
        self.heard_of.append(text)
        if not text.startswith("SIP/2.0 "):
            self._take_request(text)
            return
        number = int(header(text, "CSeq").split()[0])
        if number not in self.asked:
            self._take_reply(text)
            return
        asked = self.asked[number]
        asked.replies.append(text)
        if asked.method == "INVITE" and int(text[8:11]) >= 200:
            self.write("ACK", number)

    def _take_request(self, text: str) -> None:
        method = text.split(maxsplit=1)[0]
        reply = self.requests.get(method)
        if reply is None:
            super()._take_request(text)
        else:
            self._reply(text, self._plain_sdp() if "m=audio" in text else "", reply)

    def _transact(self, method: str, number: int, body: str = "") -> None:
        if method == "BYE" and method not in self._retries:  # else it is sent again
            self._sequence += 1
            number = self._sequence
        super()._transact(method, number, body)

    def _speak(self, sequence: int, center: tuple[str, int]) -> None:
        if self.mute:
            return
        if self.ptime == FRAME // 8:
            super()._speak(sequence, center)
            return
        length = self.ptime * 8
        self._spoken += FRAME
        while self._spoken >= (self._sent + 1) * length:
            at = self._sent * length % len(self._voice)
            voice = (self._voice + self._voice)[at : at + length]
            stamp = self._sent * length
            head = struct.pack(">BBHII", 0x80, 0, self._sent & 0xFFFF, stamp, 2)
            self._rtp_transport.sendto(head + voice, center)
            self._sent += 1

    def _voice_at(self, at: int) -> bytes:
        return self._sounds.pop(0) if self._sounds else super()._voice_at(at)
