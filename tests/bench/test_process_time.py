"""CPU time of process trees."""

import os
import subprocess
import sys
import time
from datetime import timedelta

from contactcenter_ari.bench.process_time import cpu_time, parent_of

WORK = "import time\nwhile time.process_time() < 0.2: pass\nprint(flush=True)\ninput()"
"""Works for so many seconds of CPU, says so, and waits."""
TWO_TICKS = timedelta(seconds=0.02)
"""User and system time of what has ended are told in whole ticks."""


def test_a_process_counts_itself_its_children_and_those_that_have_ended() -> None:
    """The time of a child counts while it lives, and after it."""
    before = cpu_time(os.getpid())
    with subprocess.Popen(
        [sys.executable, "-c", WORK], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert parent_of(child.pid) == os.getpid()
        assert cpu_time(child.pid) >= timedelta(seconds=0.2)
        assert cpu_time(os.getpid()) - before >= timedelta(seconds=0.2)
        child.communicate(b"\n")
    assert cpu_time(os.getpid()) - before >= timedelta(seconds=0.2) - TWO_TICKS


def test_own_time_is_that_of_the_clock_of_the_process() -> None:
    """To the nanosecond, except for children."""
    before = cpu_time(os.getpid())
    started = time.process_time_ns()
    while time.process_time_ns() - started < 20_000_000:
        pass
    assert cpu_time(os.getpid()) - before >= timedelta(milliseconds=20)


def test_a_process_that_is_gone_has_used_nothing() -> None:
    """Its parent has what it used."""
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    assert cpu_time(child.pid) == timedelta()
