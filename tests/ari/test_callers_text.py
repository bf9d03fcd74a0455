"""The names and numbers that callers send are clean before they come into the core."""

import msgspec
import pytest

from contactcenter_ari.ari.messages import CallerID, Channel, DialplanCEP, StasisStart
from contactcenter_ari.ari.translate import signal_of
from contactcenter_ari.core.vocabulary.signal import CallArrived


@pytest.mark.parametrize(
    ("text", "name", "number"),
    [
        ("O'Brien", "O'Brien", ""),
        ("a\0b1", "ab1", "1"),
        ("\ud83d1", "1", "1"),
        ("a\r\nVia: x", "aVia: x", ""),
        ("\u202eevil\u200b2", "evil2", "2"),
        ("\U0001f600 Ж", "\U0001f600 Ж", ""),
        ("1" * 500, "1" * 80, "1" * 32),
    ],
)
def test_names_and_numbers(text: str, name: str, number: str) -> None:
    """Only what prints is left, on one line, no longer than the limit; and it can be logged."""
    caller = CallerID(name=text, number=text)
    channel = Channel("leg", "PJSIP/trunk-1", "Ring", caller, DialplanCEP("incoming", "s"))
    signal = signal_of(StasisStart(("caller", text), channel))
    assert isinstance(signal, CallArrived)
    assert (signal.caller_name, signal.caller_number) == (name, number)
    assert signal.called_number == number
    assert msgspec.json.decode(msgspec.json.encode(signal), type=CallArrived) == signal
