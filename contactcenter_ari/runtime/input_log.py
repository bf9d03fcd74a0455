"""The input log: every input of the core with its `now`, on disk before it is handled.

Each line also holds a digest of all outcomes before it, so that a replay can prove, line by
line, that it comes to the same commands and events. The file holds callers' numbers and
digits: it is readable by its owner alone, and a log that cannot be written never stops a call.
"""

import errno
import os
from collections.abc import Iterator
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

import msgspec
import structlog

from contactcenter_ari.core.center.site import Input
from contactcenter_ari.core.vocabulary.turn import Outcome

HALF_LINE_LIMIT = 4_000_000
"""Bytes of the longest line: a whole site published."""

CLOSED = -1
"""No file; its number may soon be that of another."""

log = structlog.get_logger(__name__)


class Entry(msgspec.Struct, frozen=True):
    """One line of the log. A line without an input is left where the log was closed."""

    now: datetime
    digest: str
    input: Input | None


class Digest:
    """A running fingerprint of all outcomes so far."""

    def __init__(self) -> None:
        self._hash = blake2b(digest_size=8)

    def __repr__(self) -> str:
        """Show the fingerprint."""
        return f"<Digest {self.text}>"

    @property
    def text(self) -> str:
        """The fingerprint, 16 hexadecimal digits."""
        return self._hash.hexdigest()

    def add(self, outcome: Outcome | str) -> None:
        """Count in an outcome, or the word for a turn that gave none."""
        self._hash.update(_encoded(outcome))


class InputLog:
    """Appends to one file, new or old; `failures` counts what could not be written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.failures = 0
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        _cut_half_line(self._file)

    def __repr__(self) -> str:
        """Tell where it is."""
        return f"<InputLog {self.path.name}>"

    def append(self, now: datetime, input_: Input | None, digest: str) -> None:
        """Write one line; the kernel has it when this returns."""
        line = _encoded(Entry(now, digest, input_)) + b"\n"
        try:
            _write_whole(self._file, line)
        except OSError as error:
            self.failures += 1
            log.error("input_log.write_failed", error=error.strerror, failures=self.failures)

    def close(self, now: datetime, digest: str) -> None:
        """Write the last line and close the file."""
        self.append(now, None, digest)
        file, self._file = self._file, CLOSED
        os.close(file)


def _write_whole(file: int, line: bytes) -> None:
    """Write the line or nothing; raises OSError."""
    written = os.write(file, line)
    if written < len(line):
        os.ftruncate(file, os.fstat(file).st_size - written)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _encoded(value: Entry | Outcome | str) -> bytes:
    """JSON, with `?` for the halves of characters (lone surrogates), which UTF-8 has not."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return msgspec.json.encode(_mended(msgspec.to_builtins(value)))


def _mended(value: object) -> object:
    match value:
        case str():
            return value.encode(errors="replace").decode()
        case dict():
            return {_mended(key): _mended(item) for key, item in value.items()}
        case list() | tuple():
            return [_mended(item) for item in value]
        case _:
            return value


def _cut_half_line(file: int) -> None:
    """Drop what a crash left of the last line."""
    size = os.fstat(file).st_size
    tail = os.pread(file, HALF_LINE_LIMIT, max(0, size - HALF_LINE_LIMIT))
    if tail and not tail.endswith(b"\n"):
        os.ftruncate(file, size - len(tail) + tail.rfind(b"\n") + 1)


def read_input_log(path: Path) -> Iterator[Entry]:
    """The entries of a log; a half-written last line, after a crash, is left out."""
    decoder = msgspec.json.Decoder(Entry)
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield decoder.decode(line)
