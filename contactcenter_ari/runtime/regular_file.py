"""Files that somebody else may have put there: read only if they are files, and not too long.

A pipe would make the reader wait without end, a device give without end, and a huge file fill the
memory. All of that is an `OSError` whose `strerror` says what was found, as for a file that is
not there.
"""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
JSON_LIMIT = 20_000_000
"""Bytes of the longest file of ours that is one JSON value: a whole site."""

Kind = TypeVar("Kind")


def read_regular(path: Path, limit: int) -> bytes:
    """The content of a regular file, or of what a link leads to; raises OSError."""
    with open_regular(path, limit) as opened:
        content = opened.read(limit + 1)
    if len(content) > limit:
        raise _too_long(limit)
    return content


@contextmanager
def open_regular(path: Path, limit: int) -> Iterator[BinaryIO]:
    """A regular file, to be read in parts; raises OSError."""
    try:
        _check(os.stat(path), limit)  # noqa: PTH116  # as os.open below
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except ValueError as error:
        raise OSError(errno.EINVAL, "its name holds a NUL") from error
    with os.fdopen(file, "rb") as opened:
        _check(os.fstat(file), limit)  # it may be another by now
        yield opened


def read_json(path: Path, kind: type[Kind]) -> Kind:
    """A file of ours as a value; raises OSError and msgspec.MsgspecError."""
    try:
        return msgspec.json.decode(read_regular(path, JSON_LIMIT), type=kind)
    except RecursionError as error:
        raise msgspec.DecodeError("it is nested too deeply") from error


def is_regular(path: Path) -> bool:
    """Whether there is a file; a name that no file can have is none."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def real_path(path: Path) -> Path:
    """The path without links; raises OSError, also for links that lead round in a circle."""
    return Path(os.path.realpath(path, strict=True))


def _check(about: os.stat_result, limit: int) -> None:
    if stat.S_ISDIR(about.st_mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    for is_kind, name in KINDS:
        if is_kind(about.st_mode):
            raise OSError(errno.EINVAL, f"it is {name}, no file")
    if about.st_size > limit:
        raise _too_long(limit)


def _too_long(limit: int) -> OSError:
    return OSError(errno.EFBIG, f"the file is larger than {limit} bytes")
