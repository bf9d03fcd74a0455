"""Frames become types, with any content from a caller or a newer Asterisk."""

import json

import pytest

from contactcenter_ari.ari.messages import (
    ChannelDestroyed,
    Malformed,
    RESTResponse,
    StasisStart,
    Unknown,
    parse,
)

CHANNEL = {
    "id": "node1-1.7",
    "name": "PJSIP/trunk-00000001",
    "state": "Ring",
    "caller": {"name": "Bob", "number": "0612345678"},
    "dialplan": {"context": "from-trunk", "exten": "100", "priority": 3, "app_name": "Stasis"},
    "creationtime": "2026-03-01T10:00:00.000+0000",
    "new_in_asterisk_23": {"deep": [1]},
}


def arrival(name: bytes) -> bytes:
    """A StasisStart frame whose caller's name has the given bytes in it."""
    frame = {"type": "StasisStart", "args": ["caller", "100"], "channel": CHANNEL}
    return json.dumps(frame).encode().replace(b"Bob", name)


def test_a_frame_is_parsed_by_its_kind() -> None:
    """Unknown fields are skipped."""
    frame = parse(arrival(b"Bob"))
    assert isinstance(frame, StasisStart)
    assert frame.args == ("caller", "100")
    assert frame.channel.caller.name == "Bob"
    assert frame.replace_channel is None


@pytest.mark.parametrize(
    ("name", "read"),
    [
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"\xe2\x82", "\ufffd"),
        (b"x" * 500, "x" * 500),
        (b"'; DROP TABLE call; --", "'; DROP TABLE call; --"),
        (b'<script>\\u0000\\"', '<script>\x00"'),
        ("Зоя".encode(), "Зоя"),
    ],
)
def test_a_callers_name_may_hold_anything(name: bytes, read: str) -> None:
    """Broken UTF-8 is replaced, and the call is not lost."""
    frame = parse(arrival(name))
    assert isinstance(frame, StasisStart)
    assert read == frame.channel.caller.name


def test_an_event_kind_without_use_is_unknown() -> None:
    """The kind is kept for the count, shortened."""
    assert Unknown("ChannelVarset") == parse(b'{"type":"ChannelVarset","channel":{}}')
    assert Unknown("K" * 60) == parse(json.dumps({"type": "K" * 500}))


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"type":3}',
        b"\xff",
        b'{"type":"X","y":' + b"[" * 100_000,
        b'{"type":"StasisEnd"}',
        b'{"type":"ChannelDestroyed","cause":"16","cause_txt":"","channel":{}}',
    ],
)
def test_a_broken_frame_is_malformed(frame: bytes) -> None:
    """No frame raises an error."""
    assert isinstance(parse(frame), Malformed)


def test_the_reason_of_a_malformed_frame_quotes_nothing_personal() -> None:
    """A log of it may be shown to anyone."""
    frame = parse(arrival(b"Bob").replace(b'"state": "Ring"', b'"state": 0'))
    assert Malformed("StasisStart: ValidationError") == frame


def test_replies_and_causes_are_read() -> None:
    """A 204 has no body; a cause is a number."""
    reply = parse('{"type":"RESTResponse","request_id":"7","status_code":204}')
    assert RESTResponse(request_id="7", status_code=204) == reply
    gone = {"type": "ChannelDestroyed", "cause": 17, "cause_txt": "User busy", "channel": CHANNEL}
    frame = parse(json.dumps(gone))
    assert isinstance(frame, ChannelDestroyed)
    assert frame.cause == 17
