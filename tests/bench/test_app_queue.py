"""The average of `Queue()`, step by step as its source has it."""

from datetime import UTC, datetime, timedelta

from contactcenter_ari.bench.app_queue import HoldTime

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def left_of(hold_time: HoldTime, waited: float = 0) -> float:
    """The rest of the average after so many seconds."""
    return hold_time.remaining(NOW, NOW + waited * SECOND) / SECOND


def test_a_wait_counts_a_quarter() -> None:
    """Three quarters stay, in whole seconds, rounded down."""
    hold_time = HoldTime()
    hold_time.answered(NOW, NOW + 100 * SECOND)
    hold_time.call_over()
    averages = []
    for waited in (50, 0, 201):
        hold_time.answered(NOW, NOW + waited * SECOND)
        averages.append(left_of(hold_time))
    assert averages == [87, 65, 99]


def test_until_a_call_is_over_the_last_wait_stands_alone() -> None:
    """Also one that was abandoned is over."""
    hold_time = HoldTime()
    for waited in (100, 40):
        hold_time.answered(NOW, NOW + waited * SECOND)
        assert left_of(hold_time) == waited
    hold_time.call_over()
    hold_time.answered(NOW, NOW + 80 * SECOND)
    assert left_of(hold_time) == 50


def test_the_clock_of_queue_has_whole_seconds() -> None:
    """A wait from 0.9 s to 2.1 s is one of 2 s."""
    hold_time = HoldTime()
    hold_time.answered(NOW + 0.9 * SECOND, NOW + 2.1 * SECOND)
    assert left_of(hold_time) == 2


def test_what_was_waited_is_taken_off() -> None:
    """And nothing is left of a wait longer than the average."""
    hold_time = HoldTime()
    hold_time.answered(NOW, NOW + 30 * SECOND)
    assert left_of(hold_time, 7) == 23
    assert left_of(hold_time, 40) == 0
