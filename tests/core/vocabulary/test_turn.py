"""The clockwork counts ids and events and keeps one deadline for each thing."""

from datetime import UTC, datetime, timedelta

from contactcenter_ari.core.turn import Clockwork, Wake
from contactcenter_ari.core.vocabulary.ids import CallId, LookUpId, PlaybackId, owner_of

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def clockwork() -> Clockwork:
    """A new one."""
    return Clockwork(node="n1", boot="b1")


def after(seconds: float) -> datetime:
    """The instant this many seconds from now."""
    return NOW + timedelta(seconds=seconds)


def test_ids() -> None:
    """Unique, and what belongs to a call can be traced to it."""
    clock = clockwork()
    call = CallId(clock.mint())
    playback, look_up = PlaybackId(clock.mint_for(call)), LookUpId(clock.mint_for(call))
    assert (call, playback, look_up) == ("n1-b1-1", "n1-b1-1.2", "n1-b1-1.3")
    assert owner_of(playback) == owner_of(look_up) == call


def test_deadlines_come_in_order() -> None:
    """The earliest first, those of one instant in the order they were set."""
    clock = clockwork()
    clock.wake(Wake.RING, "b", after(5))
    clock.wake(Wake.WAIT, "a", after(9))
    clock.wake(Wake.FLOW, "c", after(5))
    assert clock.next_deadline() == after(5)
    assert clock.pop_due(after(4.9)) is None
    assert clock.pop_due(after(9)) == (Wake.RING, "b")
    assert clock.pop_due(after(9)) == (Wake.FLOW, "c")
    assert clock.pop_due(after(9)) == (Wake.WAIT, "a")
    assert (clock.pop_due(after(9)), clock.next_deadline()) == (None, None)


def test_a_deadline_is_moved() -> None:
    """Setting it again replaces it, to later or to earlier."""
    clock = clockwork()
    clock.wake(Wake.RING, "a", after(5))
    clock.wake(Wake.RING, "a", after(9))
    assert clock.next_deadline() == after(9)
    clock.wake(Wake.RING, "a", after(2))
    assert clock.pop_due(after(100)) == (Wake.RING, "a")
    assert clock.pop_due(after(100)) is None


def test_a_deadline_is_forgotten() -> None:
    """It never comes; one that was not set is fine; another for the same owner stays."""
    clock = clockwork()
    clock.wake(Wake.RING, "a", after(5))
    clock.wake(Wake.WAIT, "a", after(6))
    clock.forget(Wake.RING, "a")
    clock.forget(Wake.RING, "a")
    clock.forget(Wake.FLOW, "nobody")
    assert clock.next_deadline() == after(6)
