"""A traced message keeps its length and loses what is nobody's business."""

import struct
from ipaddress import ip_address

import pytest

from contactcenter_ari.cli.sip import Wanted
from contactcenter_ari.cli.sip_ladder import Ladder
from contactcenter_ari.machine.sip_message import SipMessage, masked, read_records
from contactcenter_ari.runtime.address import Address

ASTERISK, CARRIER, PHONE = (Address(f"127.0.0.{n}", 5060 + n) for n in (1, 2, 3))
NOWHERE = Address("0.0.0.0", 0)  # noqa: S104  # as the logger writes it
INVITE = (
    b"INVITE sip:+31201234567@127.0.0.1:5061 SIP/2.0\r\nFrom: <sip:0612345678@x>;tag=a\r\n"
    b"To: <sip:+31201234567@x>\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\n\r\nv=0\r\nm=audio 4000 RTP\r\n"
)
RINGING = b"SIP/2.0 180 Ringing\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\n\r\n"
OTHER = b"BYE sip:x SIP/2.0\r\nFrom: <sip:101@x>\r\nCall-ID: c2\r\nCSeq: 2 BYE\r\n\r\n"
INFO = b"INFO sip:x SIP/2.0\r\nCall-ID: c1\r\nContent-Type: application/dtmf-relay\r\n\r\n"


def record(payload: bytes, source: Address, target: Address) -> bytes:
    """A packet as Asterisk's logger writes it."""
    addresses = b"".join(ip_address(each.host).packed for each in (source, target))
    packet = (
        bytes(12) + b"\x08\x00" + bytes(12) + addresses
        + struct.pack(">HHHH", source.port, target.port, 8 + len(payload), 0) + payload
    )  # fmt: skip
    return struct.pack("=IIII", 1_800_000_000, 250_000, len(packet), len(packet)) + packet


def messages(*packets: tuple[bytes, Address, Address]) -> list[SipMessage]:
    """The messages of a file with these packets."""
    return list(read_records(b"".join(record(*packet) for packet in packets)))


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b"Signal=5\r\nDuration=160\r\n", b"Signal=*\r\nDuration=160\r\n"),
        (b"Signal= #\r\nDuration= 160", b"Signal= *\r\nDuration= 160"),
        (b"7", b"*"),
        (b"Signal=D", b"Signal=*"),
    ],
)
def test_keys_in_info_are_masked(body: bytes, kept: bytes) -> None:
    """However a phone writes them; a length tells nothing."""
    assert masked(INFO + body) == INFO + kept


def test_an_answer_to_a_challenge_is_masked() -> None:
    """It could be tried against passwords; the rest of the header stays."""
    line = b'Authorization: Digest username="p1", nonce="abc", response="0123456789", uri="sip:x"'
    text = masked(b"REGISTER sip:x SIP/2.0\r\n" + line + b"\r\n\r\n")
    assert b'response="xxxxxxxxxx", uri="sip:x"' in text
    assert b'nonce="abc"' in text


def test_a_number_in_another_message_stays() -> None:
    """It is what people look for."""
    assert masked(INVITE) == INVITE


def test_what_is_no_sip_is_left_out() -> None:
    """Such as the empty packets that keep a way through a router open."""
    found = messages((b"\r\n\r\n", PHONE, NOWHERE), (INVITE, CARRIER, NOWHERE))
    assert [message.title for message in found] == ["INVITE"]
    assert found[0].raw.endswith(INVITE)
    assert (found[0].call_id, found[0].has_audio) == ("c1", True)


def test_half_a_packet_at_the_end_is_left_out() -> None:
    """The disk was full."""
    whole = record(INVITE, CARRIER, NOWHERE)
    assert len(list(read_records(whole + whole[:-9]))) == 2
    assert len(list(read_records(whole + whole[:12]))) == 1


@pytest.mark.parametrize("number", ["0612345678", "+31612345678", "0031612345678", "+31201234567"])
def test_a_call_is_found_by_a_number(number: str) -> None:
    """However it is written, of either side; with all that follows in that call."""
    wanted = Wanted(number)
    found = messages(
        (OTHER, PHONE, NOWHERE), (INVITE, CARRIER, NOWHERE), (RINGING, ASTERISK, CARRIER)
    )
    assert [wanted.has(message) for message in found] == [False, True, True]


def test_a_short_number_is_another_one_than_its_end() -> None:
    """101 is not 0612345101."""
    (invite,) = messages((INVITE.replace(b"0612345678", b"0612345101"), CARRIER, NOWHERE))
    assert not Wanted("101").has(invite)
    assert Wanted("101").has(*messages((OTHER, PHONE, NOWHERE)))


def test_without_a_number_all_is_wanted() -> None:
    """A scan, say, is of no call of ours."""
    assert Wanted("").has(*messages((OTHER, PHONE, NOWHERE)))


def test_carriers_are_on_the_left_and_phones_on_the_right() -> None:
    """Arrows go to whom the message went; calls have letters."""
    ladder = Ladder(ASTERISK, ("127.0.0.2/32",))
    lines = [
        ladder.line(message)[13:]
        for message in messages(
            (INVITE, CARRIER, NOWHERE),
            (RINGING, ASTERISK, CARRIER),
            (OTHER, PHONE, NOWHERE),
            (OTHER.replace(b"c2", b"c3"), ASTERISK, PHONE),
        )
    ]
    assert [" ".join(line.split()) for line in lines] == [
        "127.0.0.2:5062 -------- INVITE +SDP --------> Asterisk a",
        "127.0.0.2:5062 <-------- 180 Ringing -------- Asterisk a",
        "Asterisk <------------ BYE ------------ 127.0.0.3:5063 b",
        "Asterisk ------------ BYE ------------> 127.0.0.3:5063 c",
    ]
    assert len({line.index("Asterisk") for line in [*lines, ladder.head()[13:]]}) == 1
