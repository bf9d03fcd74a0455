"""The one place that reads the time.

The clock shows UTC, starts from the system's time and then follows the monotonic clock, so
it never goes back when somebody sets the system's time.
"""

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Gives aware UTC instants that never go back."""

    def __init__(self) -> None:
        self._started = time.monotonic()  # noqa: TID251  # this is runtime/clock.py
        self._origin = datetime.now(UTC)  # noqa: TID251  # this is runtime/clock.py

    def reach(self, instant: datetime) -> None:
        """Go on from `instant` if it has not come yet: no clock before us shall be undercut."""
        self._origin += max(instant - self.now(), timedelta())

    def __repr__(self) -> str:
        return f"<Clock {self.now():%H:%M:%S}>"

    def now(self) -> datetime:
        """The present instant."""
        passed = time.monotonic() - self._started  # noqa: TID251  # this is runtime/clock.py
        return self._origin + timedelta(seconds=passed)
