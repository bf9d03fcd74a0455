"""The end of a program that serves calls, by signals that are really sent."""

import asyncio
import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import TextIO, cast

import pytest
from rich.console import Console

from contactcenter_ari.cli import draining
from contactcenter_ari.cli.draining import HUNG, until_drained
from contactcenter_ari.cli.log import UnfailingStream
from tests.idle import until_idle

LIMIT = 20
SOON, LATE = timedelta(milliseconds=300), timedelta(hours=1)
HANGS = """
from datetime import timedelta
from threading import Event
from contactcenter_ari.cli.draining import end_within

end_within(timedelta(milliseconds=100))
Event().wait()
"""


class Calls:
    """Some calls, of which none ends by itself."""

    def __init__(self, count: int, *, stubborn: int = 0) -> None:
        self.count = count
        self.stubborn = stubborn
        self.ended = False
        self.draining = asyncio.Event()

    def drain(self) -> None:
        """Take no new calls."""
        self.draining.set()

    def end_calls(self) -> None:
        """Each hears an apology, except for those that hang."""
        self.ended = True
        self.count = self.stubborn

    def calls_in_progress(self) -> int:
        """How many there are."""
        return self.count


async def _ends(
    calls: Calls, limit: timedelta, then: Callable[[], None], number: int = signal.SIGTERM
) -> str:
    """The lines between the first signal and the end."""
    console = Console(file=StringIO(), record=True)
    draining = asyncio.ensure_future(until_drained(calls, console, limit=limit))
    await until_idle()  # it listens for signals now
    os.kill(os.getpid(), number)
    await calls.draining.wait()
    then()
    await asyncio.wait_for(draining, LIMIT)
    return console.export_text()


async def test_the_limit_ends_it() -> None:
    """Calls that go on and on do not keep the program."""
    calls = Calls(2)
    told = await _ends(calls, SOON, lambda: None)
    assert "2 calls in progress, for 0 s at the most; Ctrl-C again ends them." in told
    assert "The limit has passed: the calls that are left are ended." in told
    assert calls.ended


async def test_a_call_that_cannot_be_ended_does_not_keep_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The farewell has a limit of its own."""
    monkeypatch.setattr(draining, "FAREWELL_LIMIT", SOON)
    told = await _ends(Calls(2, stubborn=1), SOON, lambda: None)
    assert "1 calls in progress" in told


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_second_signal_ends_it_at_once(number: int) -> None:
    """Long before the limit."""
    calls = Calls(2)
    told = await _ends(calls, LATE, lambda: os.kill(os.getpid(), number), number)
    assert "for 3600 s at the most" in told
    assert not calls.ended


async def test_the_last_call_ends_it() -> None:
    """Nobody is waited for then, and nothing is told where nobody was in a call."""
    calls = Calls(1)
    assert "1 calls" in await _ends(calls, LATE, lambda: setattr(calls, "count", 0))
    assert not await _ends(Calls(0), LATE, lambda: None)


class FullDisk(StringIO):
    """A file that cannot grow."""

    def write(self, _: str, /) -> int:
        """Refuse."""
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


async def test_nothing_can_be_told() -> None:
    """The output is a file on a full disk: calls go on to the limit anyway."""
    calls, console = Calls(1), Console(file=FullDisk())
    ends = asyncio.ensure_future(until_drained(calls, console, limit=SOON))
    await until_idle()
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(ends, LIMIT)
    assert calls.ended


def test_nothing_can_be_logged() -> None:
    """A line of the log costs nothing, either."""
    stream = UnfailingStream(FullDisk())
    print("what happened", file=cast("TextIO", stream), flush=True)


def test_an_end_that_hangs_is_ended() -> None:
    """With a sentence and a status of its own."""
    done = subprocess.run(
        [sys.executable, "-c", HANGS], capture_output=True, text=True, check=False, timeout=LIMIT
    )
    assert (done.returncode, done.stdout) == (HUNG, "")
    assert "error: the end took more than 0 s" in done.stderr
