"""The end of a program that serves calls: bounded in time, whatever happens.

The first signal drains: no new calls are taken, those in progress go on, up to a limit; who is
left then is told, and hung up. A second signal ends it at once. Then everything is closed in
order; if that hangs, the process ends anyway, and one more signal does not wait for it.
"""

import asyncio
import os
import signal
import sys
import threading
from contextlib import suppress
from datetime import timedelta
from typing import Protocol

from rich.console import Console

LOOK_EVERY = timedelta(milliseconds=250)
TELL_EVERY = timedelta(seconds=5)
FAREWELL_LIMIT = timedelta(seconds=15)
"""For an apology in any language, and the end of the call."""
CLOSING_LIMIT = timedelta(seconds=60)
"""More than all parts together allow themselves to close in order."""
HUNG = 70
"""Exit status of a program whose end hung: EX_SOFTWARE of sysexits(3)."""
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Draining(Protocol):
    """A driver that takes calls, and can be asked to take no more."""

    def drain(self) -> None:
        """Take no new calls."""

    def end_calls(self) -> None:
        """Hang up the callers who are left, after an apology."""

    def calls_in_progress(self) -> int:
        """How many calls go on."""


async def until_drained(calls: Draining, console: Console, *, limit: timedelta) -> None:
    """Wait for Ctrl-C, then for the calls in progress, for the limit, or for another Ctrl-C."""
    pressed: asyncio.Queue[None] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, pressed.put_nowait, None)
    try:
        await pressed.get()
        calls.drain()
        again = asyncio.ensure_future(pressed.get())
        if not await _none_is_left(calls, again, console, limit):
            _tell(console, "The limit has passed: the calls that are left are ended.")
            calls.end_calls()
            await _none_is_left(calls, again, console, FAREWELL_LIMIT)
        again.cancel()
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)


async def _none_is_left(
    calls: Draining, again: asyncio.Future[None], console: Console, limit: timedelta
) -> bool:
    """Wait until no call is left, telling how many are; false when the limit passed first."""
    loop = asyncio.get_running_loop()
    ends_at, tell_at = loop.time() + limit.total_seconds(), loop.time()
    while (count := calls.calls_in_progress()) and not again.done():
        left = ends_at - loop.time()
        if left <= 0:
            return False
        if loop.time() >= tell_at:
            tell_at += TELL_EVERY.total_seconds()
            told = f"{count} calls in progress, for {left:.0f} s at the most"
            _tell(console, f"{told}; Ctrl-C again ends them.")
        await asyncio.wait({again}, timeout=min(left, LOOK_EVERY.total_seconds()))
    return True


def _tell(console: Console, text: str) -> None:
    """Print a line for the operator; a full disk or a closed pipe must not end the calls."""
    with suppress(OSError):
        console.print(text)


def end_within(limit: timedelta = CLOSING_LIMIT) -> None:
    """From now on this process ends by itself when it has not ended in time."""
    timer = threading.Timer(limit.total_seconds(), _end_at_once, [limit])
    timer.daemon = True
    timer.start()


def _end_at_once(limit: timedelta) -> None:
    told = f"error: the end took more than {limit.total_seconds():.0f} s; not waiting any longer"
    os.write(sys.stderr.fileno(), f"{told}\n".encode())
    os._exit(HUNG)
