"""Log lines that a stranger can cause: one of a kind in a span, and how many it stands for."""

import asyncio
from datetime import timedelta

SPAN = timedelta(seconds=10)
MOST_KINDS = 100


class LogLimit:
    """Counts the lines of each kind; kinds beyond a hundred share one."""

    def __init__(self, span: timedelta = SPAN) -> None:
        self._span = span.total_seconds()
        self._kinds: dict[str, tuple[float, int]] = {}

    def __repr__(self) -> str:
        return f"<LogLimit of {len(self._kinds)} kinds>"

    def take(self, kind: str) -> int:
        """How many lines this one stands for, those left out before it among them; 0: leave it
        out.
        """
        if kind not in self._kinds and len(self._kinds) >= MOST_KINDS:
            kind = "other"
        now = asyncio.get_running_loop().time()
        told_at, left_out = self._kinds.get(kind, (float("-inf"), 0))
        if now - told_at < self._span:
            self._kinds[kind] = (told_at, left_out + 1)
            return 0
        self._kinds[kind] = (now, 0)
        return left_out + 1
