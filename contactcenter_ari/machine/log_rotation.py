"""Logs of programs we run, kept small: each is cut by size, and few old ones are kept.

Asterisk and Postgres write for as long as somebody gives them reason to, a scan for passwords
for one; neither bounds what it writes.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import structlog

from contactcenter_ari.machine.secret import OWNER_ONLY_FILE

SIZE_LIMIT = 20_000_000
"""Bytes. A scan at a thousand attempts a second writes this in less than half a minute."""
KEPT = 4
"""How many older logs are kept of each, as `.1` (the latest) to `.4`."""
LOOK_EVERY = timedelta(seconds=5)

log = structlog.get_logger(__name__)


def is_long(path: Path, limit: int = SIZE_LIMIT) -> bool:
    """Whether a log is over its limit."""
    try:
        return path.stat().st_size > limit
    except OSError:
        return False


def set_aside(path: Path) -> None:
    """Make room for a new log: the present one is the latest of the old ones. Raises OSError."""
    _shift(path)
    with suppress(FileNotFoundError):
        path.replace(_old(path, 1))


@contextmanager
def new_log(path: Path) -> Iterator[int]:
    """The file of a new log, to be appended to; the present one is set aside. Raises OSError."""
    set_aside(path)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, OWNER_ONLY_FILE)
    try:
        yield file
    finally:
        os.close(file)


def cut(path: Path) -> None:
    """The same for a log that its writer keeps open, and appends to: what is written between
    the copy and the cut is lost. Raises OSError.
    """
    _shift(path)
    with path.open("rb") as whole, os.fdopen(_private(_old(path, 1)), "wb") as copy:
        shutil.copyfileobj(whole, copy)
    os.truncate(path, 0)


@asynccontextmanager
async def kept_small(rotate: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Call `rotate` every few seconds meanwhile; where it fails it is tried again."""
    watch = asyncio.ensure_future(_watched(rotate))
    try:
        yield
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch


async def _watched(rotate: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY.total_seconds())
        try:
            await rotate()
        except OSError as error:
            log.error("log.not_rotated", error=error.strerror)


def _shift(path: Path) -> None:
    for number in range(KEPT - 1, 0, -1):
        with suppress(FileNotFoundError):
            _old(path, number).replace(_old(path, number + 1))


def _old(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")


def _private(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY_FILE)
