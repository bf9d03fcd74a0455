"""How busy an agent has been lately, with older time counting less.

busy = ringing + talk + hold + wrap-up, ready = waiting for a call; a pause is neither. Both
are seconds weighted by exp(-age / window), so in a steady shift they add up to the window.
"""

from datetime import datetime, timedelta
from math import exp

from contactcenter_ari.core.vocabulary.event import AgentState

EVIDENCE_NEEDED = timedelta(minutes=3)
"""With less time of his own an agent is taken to be as busy as his colleagues."""

_BUSY = (AgentState.OFFERED, AgentState.ON_CALL, AgentState.WRAP_UP)


class Occupancy:
    """One agent's weighted busy and ready seconds."""

    def __init__(self, window: timedelta, now: datetime) -> None:
        self.window = window
        self._at = now
        self._busy = 0.0
        self._ready = 0.0
        self._evidence = timedelta()

    def __repr__(self) -> str:
        """Tell the share and what it rests on."""
        return f"<Occupancy {self.share(self._at, AgentState.LOGGED_OUT):.0%} of {self._evidence}>"

    def start_at(self, share: float, now: datetime) -> None:
        """Begin as if the whole window had been spent at this share."""
        weight = self.window.total_seconds()
        self._at = now
        self._busy = weight * share
        self._ready = weight * (1 - share)
        self._evidence = timedelta()

    def advance(self, now: datetime, state: AgentState) -> None:
        """Count the time since the last call of this as spent in `state`."""
        self._busy, self._ready = self._at_instant(now, state)
        if state is AgentState.READY or state in _BUSY:
            self._evidence += now - self._at
        self._at = now

    def share(self, now: datetime, state: AgentState) -> float:
        """Busy / (busy + ready), 0 to 1, if the agent has been in `state` since."""
        busy, ready = self._at_instant(now, state)
        return busy / (busy + ready) if busy + ready else 0.0

    def is_thin(self, now: datetime, state: AgentState) -> bool:
        """Whether there is too little evidence to go by."""
        counted = state is AgentState.READY or state in _BUSY
        return self._evidence + (now - self._at if counted else timedelta()) < EVIDENCE_NEEDED

    def _at_instant(self, now: datetime, state: AgentState) -> tuple[float, float]:
        fade = exp(-(now - self._at) / self.window)
        gained = self.window.total_seconds() * (1 - fade)
        busy = self._busy * fade + (gained if state in _BUSY else 0.0)
        ready = self._ready * fade + (gained if state is AgentState.READY else 0.0)
        return busy, ready
