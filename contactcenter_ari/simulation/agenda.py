"""The virtual clock: what happens when, in order; nothing waits for real time."""

import heapq
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

Action = Callable[[], object]


class Due:
    """An action that is to come, unless it is called off."""

    __slots__ = ("action",)

    def __init__(self, action: Action) -> None:
        self.action: Action | None = action

    def call_off(self) -> None:
        """Let it not happen; one that has happened is no harm."""
        self.action = None

    def run(self) -> None:
        """Do it now."""
        if self.action is not None:
            self.action()


class Agenda:
    """Actions by the instant they are due; equal ones in the order they were written down."""

    def __init__(self, start: datetime) -> None:
        self.now = start
        self._written = 0
        self._heap: list[tuple[datetime, int, Due]] = []
        self._at_once: deque[Due] = deque()

    def __repr__(self) -> str:
        return f"<Agenda {self.now:%H:%M:%S}: {len(self._heap) + len(self._at_once)} to come>"

    def after(self, delay: timedelta, action: Action) -> Due:
        """Do something `delay` from now."""
        return self.at(self.now + delay, action) if delay else self._at_present(action)

    def at(self, instant: datetime, action: Action) -> Due:
        """Do something at an instant, or now if that has passed."""
        if instant <= self.now:
            return self._at_present(action)
        self._written += 1
        due = Due(action)
        heapq.heappush(self._heap, (instant, self._written, due))
        return due

    def _at_present(self, action: Action) -> Due:
        due = Due(action)
        self._at_once.append(due)
        return due

    @property
    def is_busy(self) -> bool:
        """Whether something is to be done at once."""
        return bool(self._at_once)

    def next_at(self) -> datetime | None:
        """When the next action is due, or None."""
        if self._at_once:
            return self.now
        while self._heap and self._heap[0][2].action is None:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def run_next(self) -> None:
        """Go to the next action and do it. What was written down before for this instant comes
        before what is to be done at once.
        """
        if self._at_once and not (self._heap and self._heap[0][0] <= self.now):
            self._at_once.popleft().run()
            return
        self.now, _, due = heapq.heappop(self._heap)
        due.run()

    def wait_until(self, instant: datetime) -> None:
        """Let time pass; the caller sees to it that nothing is due before."""
        self.now = max(self.now, instant)
