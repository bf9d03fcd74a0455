"""A bare socket: it sends bytes, and requests that belong to no call."""

import asyncio
from collections.abc import Sequence
from itertools import count

from contactcenter_ari.runtime.address import Address
from tests.e2e.polling import until

LOOKS_PER_TRY = 100
"""The number of looks for an answer before a request is sent again: about a second."""

_numbers = count(1)


class RawSocket(asyncio.DatagramProtocol):
    """A socket; `heard` has all messages that came in."""

    def __init__(self, center: Address) -> None:
        self.heard: list[str] = []
        self._center = center

    @classmethod
    async def opened(cls, host: str, center: Address) -> "RawSocket":
        """A socket at an address."""
        raw, loop = cls(center), asyncio.get_running_loop()
        raw._transport, _ = await loop.create_datagram_endpoint(lambda: raw, (host, 0))
        raw._at = "{}:{}".format(*raw._transport.get_extra_info("sockname"))
        return raw

    _transport: asyncio.DatagramTransport
    _at: str

    def datagram_received(self, data: bytes, _address: object) -> None:
        """Keep a message."""
        self.heard.append(data.decode("latin-1"))

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self._transport.sendto(data, (self._center.host, self._center.port))

    def request(
        self, method: str, uri: str, *, user: str, headers: Sequence[str] = (), call_id: str = ""
    ) -> str:
        """A request that belongs to no call."""
        number = next(_numbers)
        lines = (
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {self._at};rport;branch=z9hG4bKraw{id(self):x}{number}",
            "Max-Forwards: 70",
            f"From: <sip:{user}@{self._center}>;tag=a",
            f"To: <sip:{user}@{self._center}>",
            f"Call-ID: {call_id or f'raw-{id(self):x}-{number}'}",
            f"CSeq: 1 {method}",
            f"Contact: <sip:{user}@{self._at}>",
            "Event: presence",
            *headers,
            "Content-Length: 0",
        )
        return "\r\n".join((*lines, "", ""))

    async def asked(self, method: str, *, user: str = "x", headers: Sequence[str] = ()) -> str:
        """The final answer to a request; it is sent again until there is one."""
        call_id = f"asked-{id(self):x}-{next(_numbers)}"
        request = self.request(
            method, f"sip:{self._center}", user=user, headers=headers, call_id=call_id
        )

        looks = count()

        def answer() -> str | None:
            if next(looks) % LOOKS_PER_TRY == 0:
                self.send(request.encode())
            return next(
                (
                    text
                    for text in self.heard
                    if text.startswith("SIP/2.0 ") and text[8] != "1" and call_id in text
                ),
                None,
            )

        reply = await until(answer, f"no answer to {method}")
        if method == "INVITE":
            self.send(_acknowledged(request, reply).encode())
        return reply

    def close(self) -> None:
        """Close the socket."""
        self._transport.abort()


def _acknowledged(request: str, reply: str) -> str:
    """The ACK of a refused INVITE."""
    to = next(line for line in reply.split("\r\n") if line.startswith("To:"))
    lines = [to if line.startswith("To:") else line for line in request.split("\r\n")]
    return "\r\n".join(lines).replace("INVITE sip:", "ACK sip:", 1).replace("1 INVITE", "1 ACK")
