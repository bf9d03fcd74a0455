"""The spool of the fall-back: one file for each call that was apologized to.

While the call lasts its file is `ID.open` and locked, so that a script that was killed can be
told from one at work: the kernel drops the lock. When the call is over the file is `ID.json`.
A file is whole at any time and for its owner alone. A recorded message lies beside it.
"""

import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

OPEN, OVER, MESSAGE = ".open", ".json", ".message"
AUDIO = "wav"
MOST_ENTRIES = 10_000
"""More calls than this are apologized to, but not written down."""
MOST_MESSAGES = 250
"""The number of messages, of 2 MB each at most."""
FREE_BYTES = 200_000_000
"""With less room on the disk no message is taken."""
LONGEST_ENTRY = 4_096
"""Bytes; what is longer was not written by the script."""
OWNER_ONLY = 0o600

CALLER, PHONE = "caller", "phone"
"""The kind of caller: somebody from outside, or an agent's phone."""


@dataclass
class Entry:
    """One apologized call: instants are seconds since 1970, `number` is the one to call back,
    `message_seconds` the length of a message, `country` the trunk's if it has one.
    """

    id: str
    role: str
    called: str
    caller: str
    started_at: float
    ended_at: float
    language: str = ""
    number: str = ""
    message_seconds: float = 0.0
    country: str = ""


class SpoolFull(Exception):
    """There are as many files as there may be."""


class SpoolFile:
    """The file of one call, from its beginning to its end."""

    def __init__(self, spool: Path, entry: Entry) -> None:
        if not is_id(entry.id):
            raise ValueError("not the id of a call")
        self.entry = entry
        self._spool = spool
        self._handle = -1

    def __repr__(self) -> str:
        return f"<SpoolFile {self.entry.id}>"

    @property
    def message(self) -> Path:
        """The path of the recorded message, without its ending."""
        return self._spool / f"{self.entry.id}{MESSAGE}"

    def begin(self) -> None:
        """Write it for the first time; raises OSError, SpoolFull."""
        if entries_in(self._spool) >= MOST_ENTRIES:
            raise SpoolFull
        self.keep()

    def keep(self) -> None:
        """Write what is known by now; raises OSError."""
        aside = self._spool / f".{self.entry.id}.new"
        aside.unlink(missing_ok=True)
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            os.write(handle, json.dumps(asdict(self.entry)).encode())
            os.fsync(handle)
            aside.replace(self._file(OPEN))
        except OSError:
            os.close(handle)
            raise
        self._release()
        self._handle = handle

    def end(self) -> None:
        """The call is over; raises OSError."""
        self.keep()
        self._file(OPEN).replace(self._file(OVER))
        self._release()

    def _release(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _file(self, ending: str) -> Path:
        return self._spool / f"{self.entry.id}{ending}"


def is_id(text: str) -> bool:
    """Whether a text can be the id of a call, and so part of a file's name."""
    return re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}", text) is not None


def entries_in(spool: Path) -> int:
    """How many calls are written down."""
    return sum(1 for name in os.listdir(spool) if name.endswith((OPEN, OVER)))  # noqa: PTH208


def takes_messages(spool: Path) -> bool:
    """Whether there is room for one more message."""
    room = os.statvfs(spool)
    kept = sum(1 for name in os.listdir(spool) if name.endswith(f"{MESSAGE}.{AUDIO}"))  # noqa: PTH208
    return room.f_bavail * room.f_frsize >= FREE_BYTES and kept < MOST_MESSAGES


def finished(spool: Path) -> Iterator[Path]:
    """The files of calls that are over, and of those whose script was killed, oldest first."""
    with suppress(FileNotFoundError):
        for file in sorted(spool.iterdir()):
            if file.name.endswith(OVER) or (file.name.endswith(OPEN) and not _is_locked(file)):
                yield file


def _is_locked(file: Path) -> bool:
    """Whether its script is at work."""
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
