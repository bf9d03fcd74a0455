"""Events become signals and commands become operations, cleaned on both ways."""

from datetime import timedelta

import pytest

from contactcenter_ari.ari.messages import (
    CallerID,
    Channel,
    ChannelDestroyed,
    ChannelHold,
    ChannelUnhold,
    Dial,
    DialplanCEP,
    Endpoint,
    Event,
    LiveRecording,
    PeerStatusChange,
    RecordingFailed,
    RecordingFinished,
    StasisEnd,
    StasisStart,
)
from contactcenter_ari.ari.translate import operations_of, signal_of
from contactcenter_ari.core.vocabulary.command import BridgeLegs, DialLeg, LookUp
from contactcenter_ari.core.vocabulary.ids import (
    BridgeId,
    CallId,
    LegId,
    LookUpId,
    PhoneId,
    RecordingId,
)
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    LegAnswered,
    LegHeld,
    LegHungUp,
    LegRinging,
    LegUnheld,
    PhoneDialed,
    PhoneReachable,
    PhoneUnreachable,
    RecordingBegan,
    RecordingClosed,
    Signal,
)

LEG = LegId("node1-1.7")


def channel(state: str = "Up", name: str = "Bob", number: str = "0612345678") -> Channel:
    """A leg of a caller."""
    dialplan = DialplanCEP("from-trunk", "100")
    return Channel(LEG, "PJSIP/trunk-1", state, CallerID(name, number), dialplan)


@pytest.mark.parametrize(
    ("event", "signal"),
    [
        (
            StasisStart(("caller", "+31 (0)20"), channel()),
            CallArrived(LEG, "+31020", "0612345678", "Bob"),
        ),
        (
            StasisStart(("caller", ""), channel(name="A\x00\r\nB\u202e", number="anonymous")),
            CallArrived(LEG, "", "", "AB"),
        ),
        (
            StasisStart(("phone", "d-81", "*11"), channel()),
            PhoneDialed(LEG, PhoneId("d-81"), "*11"),
        ),
        (
            StasisStart(("caller", "+3120", "late-offer"), channel()),
            CallArrived(LEG, "+3120", "0612345678", "Bob"),
        ),
        (
            StasisStart(("caller", "020", "NL"), channel()),
            CallArrived(LEG, "020", "0612345678", "Bob", "NL"),
        ),
        (
            StasisStart(
                ("caller", "020", "NL", "main", "late-offer"), channel(number="tel:06;npdi=1")
            ),
            CallArrived(LEG, "020", "06", "Bob", "NL", "main"),
        ),
        (
            StasisStart(("caller", "020", "", "main"), channel()),
            CallArrived(LEG, "020", "0612345678", "Bob", "", "main"),
        ),
        (
            StasisStart(("phone", "d-81", "*11", "late-offer"), channel()),
            PhoneDialed(LEG, PhoneId("d-81"), "*11"),
        ),
        (StasisStart(("agent",), channel()), LegAnswered(LEG)),
        (StasisStart((), channel(), replace_channel=channel()), None),
        (StasisStart(("caller",), channel()), None),
        (StasisEnd(channel()), LegHungUp(LEG)),
        (ChannelDestroyed(17, "User busy", channel()), LegHungUp(LEG, 17)),
        (Dial(channel("Ringing"), "RINGING"), LegRinging(LEG)),
        (Dial(channel("Down"), ""), None),
        (Dial(channel("Down"), "PROGRESS"), None),
        (Dial(channel("Up"), "ANSWER"), None),
        (
            PeerStatusChange(Endpoint("PJSIP", "d-81", "online")),
            PhoneReachable(PhoneId("d-81")),
        ),
        (
            PeerStatusChange(Endpoint("PJSIP", "d-81", "offline")),
            PhoneUnreachable(PhoneId("d-81")),
        ),
        (RecordingFinished(LiveRecording("r1")), RecordingClosed(RecordingId("r1"))),
        (RecordingFailed(LiveRecording("r1", "disk full")), RecordingClosed(RecordingId("r1"))),
        (StasisStart(("snoop", "r1"), channel()), RecordingBegan(RecordingId("r1"))),
        (StasisStart(("record", "agent-leg", "r1"), channel()), None),
        (ChannelHold(channel()), LegHeld(LEG)),
        (ChannelUnhold(channel()), LegUnheld(LEG)),
    ],
)
def test_what_an_event_tells_the_core(event: Event, signal: Signal | None) -> None:
    """Or that it tells nothing."""
    assert signal_of(event) == signal


def test_a_long_name_is_cut() -> None:
    """It goes into a SIP header and a screen later on."""
    signal = signal_of(StasisStart(("caller", "1" * 500), channel(name="x" * 500)))
    assert isinstance(signal, CallArrived)
    assert (len(signal.called_number), len(signal.caller_name)) == (32, 80)


def dial(phone: str, name: str) -> DialLeg:
    """A command to ring a phone."""
    return DialLeg(
        call=CallId("i1"),
        leg=LegId("l2"),
        phone=PhoneId(phone),
        caller_number="+31;x=612\r\n",
        caller_name=name,
        originator=LEG,
        ring_limit=timedelta(seconds=20),
    )


def test_a_phone_is_dialed_with_a_margin() -> None:
    """The core keeps the ring limit; Asterisk only ends what was forgotten."""
    (wanted,) = operations_of(dial("d-81", "Bob"), app="cc")
    assert wanted.uri == "channels/l2"
    assert wanted.query == {
        "endpoint": "PJSIP/d-81",
        "app": "cc",
        "appArgs": "agent",
        "callerId": '"Bob" <+31612>',
        "timeout": "25",
        "originator": LEG,
    }


def test_a_name_cannot_leave_its_quotes() -> None:
    """A caller's text there must not become a header of the center."""
    (wanted,) = operations_of(dial("d-81", 'x" <sip:evil@h>\r\nRoute: \\'), app="cc")
    assert wanted.query["callerId"] == '"x sip:evil@hRoute: " <+31612>'


@pytest.mark.parametrize("phone", ["", "a/b", "x@host", "x;y", "PJSIP/x"])
def test_only_names_of_phones_are_dialed(phone: str) -> None:
    """An endpoint string comes from our own ids alone."""
    with pytest.raises(ValueError, match="phone"):
        operations_of(dial(phone, ""), app="cc")


def test_a_bridge_is_made_then_filled_in_one_request() -> None:
    """Filling blocks, so it goes over HTTP."""
    command = BridgeLegs(CallId("i1"), BridgeId("b1"), (LegId("l1"), LegId("l2")))
    made, filled = operations_of(command, app="cc")
    assert (made.uri, made.query["type"], made.blocking) == (
        "bridges/b1",
        "mixing",
        False,
    )
    assert (filled.query, filled.blocking) == ({"channel": "l1,l2"}, True)


def test_a_look_up_is_a_mistake_of_ours() -> None:
    """The driver sends it elsewhere."""
    command = LookUp(CallId("i1"), LookUpId("u1"), "x", "SELECT 1", {}, (), timedelta(seconds=1))
    with pytest.raises(AssertionError):
        operations_of(command, app="cc")
