"""The collector of garbage: what it looks at, and when."""

import gc
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.runtime.garbage import (
    COUNT_EVERY,
    FULL_EVERY,
    MORE_BLOCKS,
    THRESHOLDS,
    TURNS,
    Collector,
)
from tests.runtime.world import SITE, STARTED, busy_hour

BLOCKS = 1_000_000


class Knot:
    """Refers to itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def memory() -> dict[str, int]:
    """The blocks of memory in use."""
    return {"blocks": BLOCKS}


@pytest.fixture
def collector(memory: dict[str, int]) -> Iterator[Collector]:
    """One at work, which sees that memory."""
    with Collector(blocks=lambda: memory["blocks"]) as collector:
        yield collector


def test_what_is_there_is_not_looked_at() -> None:
    """Even a whole collection leaves it alone; what comes later is collected, in the end all."""
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    knot = Knot()
    early = weakref.ref(knot)
    with Collector():
        assert gc.get_threshold() == THRESHOLDS
        assert gc.get_freeze_count() > frozen
        late = weakref.ref(Knot())
        del knot
        gc.collect()
        assert early() is not None
        assert late() is None
    gc.collect()
    assert early() is None
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_what_a_turn_leaves_is_collected_some_turns_later(collector: Collector) -> None:
    """However few objects there are; not after each turn."""
    left = weakref.ref(Knot())
    collector.after_turns(TURNS - 1)
    assert left() is not None
    collector.after_turns(1)
    assert left() is None


def test_what_is_left_without_a_turn_is_collected_within_a_second(collector: Collector) -> None:
    """Requests of people, too, leave something."""
    left = weakref.ref(Knot())
    collector.after_second(quiet=False)
    assert left() is None


def test_what_outlives_its_youth_is_collected_at_a_quiet_moment(collector: Collector) -> None:
    """Once an hour, and not while calls are going on."""
    left = _outlived(collector)
    _pass(collector, FULL_EVERY - 2, quiet=True)
    _pass(collector, 2, quiet=False)
    assert left() is not None
    _pass(collector, FULL_EVERY, quiet=True)
    assert left() is None
    assert collector.full == 1


def test_memory_is_bounded_where_it_is_never_quiet(
    collector: Collector, memory: dict[str, int]
) -> None:
    """With much more than was left by the last full collection there is another one."""
    left = _outlived(collector)
    memory["blocks"] = 2 * BLOCKS + MORE_BLOCKS
    _pass(collector, COUNT_EVERY, quiet=False)
    assert left() is not None
    memory["blocks"] += 1
    _pass(collector, 2 * COUNT_EVERY, quiet=False)
    assert left() is None
    assert collector.full == 1


def test_calls_leave_nothing_that_refers_to_itself() -> None:
    """So the memory of a call is free when it is over, however seldom garbage is collected."""
    center = Center(STARTED, SITE)
    inputs = busy_hour(seed=1)
    with _garbage_kept() as garbage:
        for now, input_ in inputs:
            with suppress(RequestRefused):
                center.handle(input_, now)
    assert garbage == []


@contextmanager
def _garbage_kept() -> Iterator[list[object]]:
    """All that is collected meanwhile, filled at the end."""
    found: list[object] = []
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        yield found
        gc.collect()
        found.extend(gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()


def _outlived(collector: Collector) -> weakref.ref[Knot]:
    """Garbage that was still in use when it was looked at."""
    knot = Knot()
    _pass(collector, 1, quiet=False)
    return weakref.ref(knot)


def _pass(collector: Collector, seconds: int, *, quiet: bool) -> None:
    for _ in range(seconds):
        collector.after_second(quiet=quiet)
