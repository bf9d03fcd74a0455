"""CPU time of whole process trees, by the kernel's own clocks.

Counts a process, its living descendants, and those of its children that have ended. Nanoseconds
for what lives, hundredths of a second for what has ended.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

PER_SECOND = os.sysconf("SC_CLK_TCK")
AFTER_NAME = slice(13, 15)
"""cutime and cstime among the fields behind the name of a program, proc(5)."""
PARENT = 1
CPUCLOCK_SCHED = 2
"""The kind of a process's clock, clock_getcpuclockid(3)."""


def cpu_time(root: int) -> timedelta:
    """The CPU time a process and all its descendants have used so far."""
    return sum(map(_own_and_ended, _tree(root)), timedelta())


def parent_of(pid: int) -> int:
    """The parent of a process; raises OSError when the process is gone."""
    return int(_fields(pid)[PARENT])


def _tree(root: int) -> Iterator[int]:
    yield root
    with suppress(OSError):
        for thread in list(Path(f"/proc/{root}/task").iterdir()):
            for child in (thread / "children").read_text().split():
                yield from _tree(int(child))


def _own_and_ended(pid: int) -> timedelta:
    """Nothing for a process that ends while it is looked at: its parent has it."""
    try:
        own = time.clock_gettime_ns((~pid << 3) | CPUCLOCK_SCHED)
        ended = sum(map(int, _fields(pid)[AFTER_NAME])) / PER_SECOND
    except OSError:
        return timedelta()
    return timedelta(microseconds=own / 1000, seconds=ended)


def _fields(pid: int) -> list[str]:
    """The fields behind the name, which may hold anything."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
