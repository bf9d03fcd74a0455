"""A SIP message as Asterisk's packet logger writes it, and its text without secrets.

Digits in INFO are what a caller types, and the answer to a challenge can be tried against
passwords: each of their characters is masked, so that all lengths stay.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address

from contactcenter_ari.runtime.address import Address

HEADER_LENGTH = 24
"""The length of the header of a file of libpcap."""
RECORD = struct.Struct("=IIII")
"""Seconds, microseconds, length kept, length on the wire."""
ETHERNET, UDP = 14, 8
IPV4, IPV6 = 20, 40
IPV6_TYPE = b"\x86\xdd"
_INFO = re.compile(rb"INFO ")
_KEY = re.compile(rb"[0-9A-Da-d*#]")
_RESPONSE = re.compile(rb'(?im)^((?:proxy-)?authorization:.*?\bresponse=")([^"]*)')
_USER = re.compile(r"sips?:([^@;>]+)@|tel:([^;>]+)")


@dataclass(frozen=True, slots=True)
class SipMessage:
    """One message; `raw` is the record of the file, with the text masked."""

    at: datetime
    source: Address
    target: Address
    text: str
    raw: bytes

    @property
    def title(self) -> str:
        """`INVITE`, or `180 Ringing`."""
        line = self.text.split("\r\n", 1)[0]
        return line.removeprefix("SIP/2.0 ") if self.is_reply else line.split(" ", 1)[0]

    @property
    def is_reply(self) -> bool:
        """Whether it answers a request."""
        return self.text.startswith("SIP/2.0 ")

    @property
    def has_audio(self) -> bool:
        """Whether it offers audio, or answers an offer."""
        return "\nm=audio " in self.text

    def header(self, *names: str) -> str:
        """The first header of one of these names; empty when there is none."""
        found = re.search(rf"(?im)^(?:{'|'.join(names)})\s*:\s*(.*?)\r?$", self.text)
        return found[1] if found else ""

    @property
    def call_id(self) -> str:
        """The id of its call."""
        return self.header("Call-ID", "i")

    @property
    def numbers(self) -> set[str]:
        """The numbers and names that it is from, to, and about."""
        line = self.text.split("\r\n", 1)[0]
        named = (
            line,
            self.header("From", "f"),
            self.header("To", "t"),
            self.header("P-Asserted-Identity"),
            self.header("Contact", "m"),
        )
        return {user or tel for text in named for user, tel in _USER.findall(text)}


def read_records(data: bytes) -> Iterator[SipMessage]:
    """The SIP messages of a file, which is given without its header."""
    at = 0
    while len(data) - at >= RECORD.size:
        seconds, micros, kept, _ = RECORD.unpack_from(data, at)
        head, at = data[at : at + RECORD.size], at + RECORD.size
        instant = datetime.fromtimestamp(seconds + micros / 1e6, UTC)
        if (message := _message(instant, head, data[at : at + kept])) is not None:
            yield message
        at += kept


def _message(at: datetime, head: bytes, packet: bytes) -> SipMessage | None:
    is_ipv6 = packet[12:14] == IPV6_TYPE
    start = ETHERNET + (IPV6 if is_ipv6 else IPV4)
    from_, to = (slice(22, 38), slice(38, 54)) if is_ipv6 else (slice(26, 30), slice(30, 34))
    if len(packet) <= start + UDP:
        return None
    source, target = struct.unpack_from(">HH", packet, start)
    payload = masked(packet[start + UDP :])
    if b"SIP/2.0" not in payload.split(b"\r\n", 1)[0]:
        return None
    return SipMessage(
        at,
        Address(str(ip_address(packet[from_])), source),
        Address(str(ip_address(packet[to])), target),
        payload.decode("utf-8", "replace"),
        head + packet[: start + UDP] + payload,
    )


def masked(payload: bytes) -> bytes:
    """A message without what a caller typed and without answers to challenges; as long as it
    was.
    """
    payload = _RESPONSE.sub(lambda found: found[1] + b"x" * len(found[2]), payload)
    if not _INFO.match(payload):
        return payload
    head, gap, body = payload.partition(b"\r\n\r\n")
    return head + gap + b"\r\n".join(_without_keys(line) for line in body.split(b"\r\n"))


def _without_keys(line: bytes) -> bytes:
    """A line of an INFO: `Signal=5`, or a digit alone; a duration says nothing."""
    name, sign, value = line.rpartition(b"=")
    if name.strip().lower() == b"duration":
        return line
    return name + sign + _KEY.sub(b"*", value)
