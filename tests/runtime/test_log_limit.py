"""Lines that a stranger can cause: few, and each has the number of those it stands for."""

from datetime import timedelta

from contactcenter_ari.runtime.log_limit import MOST_KINDS, LogLimit


async def test_one_line_of_a_kind_in_a_span() -> None:
    """The others are counted, and kinds do not hide one another."""
    told = LogLimit(timedelta(hours=1))
    assert [told.take("a") for _ in range(3)] == [1, 0, 0]
    assert told.take("b") == 1


async def test_the_next_line_stands_for_those_left_out() -> None:
    """Once the span is over."""
    told = LogLimit(timedelta(hours=1))
    assert [told.take("a") for _ in range(5)] == [1, 0, 0, 0, 0]
    told._span = 0
    assert told.take("a") == 5
    assert told.take("a") == 1


async def test_the_kinds_are_bounded() -> None:
    """Beyond a limit they share one line."""
    told = LogLimit(timedelta(hours=1))
    assert sum(told.take(f"kind {number}") for number in range(10 * MOST_KINDS)) == MOST_KINDS + 1
