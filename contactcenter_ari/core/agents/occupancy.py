"""The share of time that an agent has been busy lately, with older time counting less.

busy = ringing + talk + hold + wrap-up, and calls outside the queues while READY; ready = waiting
for a call. Both are seconds weighted by exp(-age / window), where age is counted in working time:
a clock that stands still while the agent pauses, so that a pause neither helps nor hurts. The two
always add up to the window, for an agent begins as if they had spent a whole one at some share:
that of the colleagues. This mean is the prior; three minutes of the agent's own time weigh 6 %
against it in a window of 45.

While agents are READY all their shares fall at the same rate, so the order among them never
changes with time: see `order_key`.
"""

from datetime import UTC, datetime, timedelta
from math import exp, inf, log

from contactcenter_ari.core.vocabulary.event import BUSY, AgentState

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Occupancy:
    """One agent's share of busy time, begun at 0."""

    def __init__(self, window: timedelta, now: datetime) -> None:
        self.window = window
        self._at = now
        self._share = 0.0

    def __repr__(self) -> str:
        return f"<Occupancy {self._share:.0%} at {self._at:%H:%M:%S}>"

    def start_at(self, share: float, now: datetime) -> None:
        """Begin as if the whole window had been spent at this share (0 to 1)."""
        self._share = share
        self._at = now

    def advance(self, now: datetime, state: AgentState) -> None:
        """Count the time since the last call of this as spent in `state`."""
        self._share = self.share(now, state)
        self._at = now

    def share(self, now: datetime, state: AgentState) -> float:
        """Busy / (busy + ready), 0 to 1, if the agent has been in `state` since."""
        if state is AgentState.READY:
            return self._share * exp((self._at - now) / self.window)
        if state in BUSY:
            return 1 - (1 - self._share) * exp((self._at - now) / self.window)
        return self._share

    def order_key(self) -> float:
        """Orders READY agents by share, the smallest first, at any instant: the same number
        as long as the agent stays READY, ln(share) with the falling taken out; -inf for 0.
        """
        if self._share == 0:
            return -inf
        return log(self._share) + (self._at - _EPOCH) / self.window
