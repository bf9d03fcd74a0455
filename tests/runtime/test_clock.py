"""The clock shows UTC and never goes back."""

from datetime import UTC, timedelta
from itertools import pairwise

from contactcenter_ari.runtime.clock import Clock


def test_it_never_goes_back() -> None:
    """Each instant is aware, and no earlier than the one before."""
    clock = Clock()
    instants = [clock.now() for _ in range(1000)]
    assert all(earlier <= later for earlier, later in pairwise(instants))
    assert instants[0].tzinfo is UTC


def test_it_goes_on_from_an_instant_to_come() -> None:
    """A program before us had a later clock: its last instant is not undercut."""
    clock = Clock()
    later = clock.now() + timedelta(hours=1)
    clock.reach(later)
    assert later <= clock.now() < later + timedelta(minutes=1)


def test_it_stays_where_it_is_for_an_instant_that_has_been() -> None:
    """Nothing is undercut: the time is right."""
    clock = Clock()
    before = clock.now()
    clock.reach(before - timedelta(hours=1))
    assert before <= clock.now() < before + timedelta(minutes=1)
