"""The garbage collector of a program that keeps much and makes little that refers to itself.

A collection looks at all objects of an age, and nothing else is done meanwhile: with 10,000 agents
up to 290 ms. So new objects are looked at in small parts. What outlives that is looked at in a
full collection alone: at a quiet moment once an hour, else when there is twice as much of it.
What the start leaves is not looked at any more. Memory is freed by counting references all the
same.
"""

import gc
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Self

NEVER = 1_000_000_000
THRESHOLDS = (10_000, NEVER, NEVER)
"""New objects, less those that are gone, until the new ones are looked at by anybody."""
TURNS = 50
"""The number of turns until the new ones are looked at: as many old ones may be gone by then."""
FULL_EVERY = 3_600
"""Seconds until the next full collection, and longer while it is not quiet."""
COUNT_EVERY = 60
"""Seconds until blocks of memory are counted, which takes 2 ms with 10,000 agents."""
MORE_BLOCKS = 2_000_000
"""200 MB: a full collection is not waited for with so many more than twice as many blocks as
after the last one.
"""


class Collector:
    """Collects garbage meanwhile, as a context manager; it is told of turns and of each second."""

    def __init__(self, *, blocks: Callable[[], int] = sys.getallocatedblocks) -> None:
        self.full = 0
        self._blocks = blocks
        self._turns = 0
        self._before = gc.get_threshold()
        self._rest()

    def __repr__(self) -> str:
        return f"<Collector after {self.full} full collections>"

    def __enter__(self) -> Self:
        """All that is there now is kept from being looked at."""
        self._before = gc.get_threshold()
        gc.collect()
        gc.freeze()
        gc.set_threshold(*THRESHOLDS)
        self._rest()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """As it was before."""
        gc.set_threshold(*self._before)
        gc.unfreeze()

    def after_turns(self, turns: int) -> None:
        """Count this many more turns."""
        self._turns += turns
        if self._turns >= TURNS:
            self._collect_new()

    def after_second(self, *, quiet: bool) -> None:
        """A second more has passed; if it was `quiet`, a full collection disturbs nobody."""
        self._seconds += 1
        self._collect_new()
        if (quiet and self._seconds >= FULL_EVERY) or self._has_grown():
            gc.collect()
            self.full += 1
            self._rest()

    def _collect_new(self) -> None:
        self._turns = 0
        gc.collect(0)

    def _has_grown(self) -> bool:
        is_counted = self._seconds % COUNT_EVERY == 0
        return is_counted and self._blocks() > 2 * self._left + MORE_BLOCKS

    def _rest(self) -> None:
        """A full collection was just done."""
        self._seconds = 0
        self._left = self._blocks()
