"""The wait that Asterisk's `Queue()` tells: a moving average of past waits.

Source: `recalc_holdtime` and `say_position` in apps/app_queue.c of Asterisk 22.
"""

from datetime import datetime, timedelta


class HoldTime:
    """The average `queue-holdtime` of one queue, in whole seconds like its clock."""

    def __init__(self) -> None:
        self._average = 0
        self._calls_over = 0

    def __repr__(self) -> str:
        return f"<HoldTime {self._average} s>"

    def answered(self, joined_at: datetime, now: datetime) -> None:
        """A wait counts a quarter, all before it three; as long as no call is over, it counts
        alone. Callers who gave up do not count.
        """
        waited = _seconds(now) - _seconds(joined_at)
        if self._calls_over == 0:
            self._average = waited
        else:
            self._average = (3 * self._average + waited) >> 2

    def call_over(self) -> None:
        """A call was completed or abandoned."""
        self._calls_over += 1

    def remaining(self, joined_at: datetime, now: datetime) -> timedelta:
        """The rest of the average for a caller. `say_position` says this in whole minutes, and
        says nothing below one; here it keeps its seconds, which is to its advantage.
        """
        waited = _seconds(now) - _seconds(joined_at)
        return timedelta(seconds=max(self._average - waited, 0))


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())
