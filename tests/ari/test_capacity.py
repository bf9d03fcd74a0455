"""The room for calls: what is in use, when it is about to end, and who was refused."""

from datetime import timedelta

from contactcenter_ari.ari.capacity import Capacity, CountingInbox, Room
from contactcenter_ari.core.vocabulary.command import DialLeg
from contactcenter_ari.core.vocabulary.ids import CallId, LegId, PhoneId
from contactcenter_ari.core.vocabulary.signal import NO_ROOM, CommandFailed, Signal


def capacity() -> Capacity:
    """Room for five calls of two legs."""
    return Capacity(Room(calls=5, legs=10))


def test_the_alarm_comes_before_the_end() -> None:
    """Four of five calls, or eight of ten legs, are an alarm; then all are in use."""
    room = capacity()
    for number in range(3):
        room.arrived(f"call-{number}", call=True)
    assert room.trouble == ""
    room.arrived("call-3", call=True)
    assert room.trouble == "4 of the 5 calls that there are audio ports for"
    room.arrived("call-4", call=True)
    assert room.trouble == "all audio ports are in use or kept for the calls in progress (5)"
    for number in range(2):
        room.left(f"call-{number}")
    for number in range(5):
        room.arrived(f"phone-{number}", call=False)
    assert (room.trouble, room.full) == ("8 of the 10 legs that there are audio ports for", False)
    for number in range(5, 7):
        room.arrived(f"phone-{number}", call=False)
    assert room.full


def test_what_is_gone_takes_no_room() -> None:
    """Legs that ended unheard are dropped at an inventory, and a dial that failed at once."""
    room, heard = capacity(), list[Signal]()

    class Inbox:
        """Keeps what it is told."""

        def put(self, signal: Signal, /) -> None:
            """Keep it."""
            heard.append(signal)

    room.arrived("call", call=True)
    room.arrived("ghost", call=True)
    room.keep(["call"])
    assert (room.calls, room.legs) == (1, 1)
    dial = DialLeg(
        call=CallId("c"),
        leg=LegId("phone"),
        phone=PhoneId("desk"),
        caller_number="",
        caller_name="",
        originator=LegId("call"),
        ring_limit=timedelta(seconds=5),
    )
    room.arrived("phone", call=False)
    failed = CommandFailed(dial, NO_ROOM, "no port")
    CountingInbox(Inbox(), room).put(failed)
    assert (room.legs, heard) == (1, [failed])


def test_asterisk_counts_from_its_own_start() -> None:
    """After Asterisk was started again, its count begins again, and that of the center goes on."""
    room = capacity()
    for read in (2, 2, 5, 1, 1):
        room._count(read)
    assert room.refused == 6
