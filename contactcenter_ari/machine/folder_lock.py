"""Locks on a data folder: what must not run twice on it is refused at once.

The kernel keeps a lock for the open file (`flock`): it ends with its process, however that ends,
so no lock is ever stale. The line in the file only tells people who holds it. No child holds a
lock by accident: a started program does not inherit the file, a forked copy closes it.
Light to import: a program tries its locks before it loads anything else.
"""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from time import sleep

from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.machine.data_folder import close_folder, private_files, shown
from contactcenter_ari.machine.secret import OWNER_ONLY_FILE
from contactcenter_ari.runtime.clock import Clock

READS = 20
READ_PAUSE = timedelta(milliseconds=10)
"""How long a holder may take from its lock to its line in the file."""
LINE_LIMIT = 500

_held: set[int] = set()
"""Our open locks, for a forked copy of this process to close."""


class ProgramRole(StrEnum):
    """A part in an installation that only one process can have."""

    APPLICATION = "application"
    SWITCH = "switch"


class AlreadyRuns(ContactCenterError):
    """Another process has a role that this one needs; the message names it."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds a lock, by its own account."""

    pid: int
    since: datetime
    program: str

    def __str__(self) -> str:
        since, today = self.since.astimezone(), Clock().now().astimezone().date()
        form = "%H:%M:%S" if since.date() == today else "%Y-%m-%d %H:%M:%S"
        return f"pid {self.pid}, since {since:{form}}"


class Locked(Exception):
    """Another process holds the lock; `holder` is None when it does not say who it is."""

    def __init__(self, holder: Holder | None) -> None:
        super().__init__(f"held by {holder or 'another process'}")
        self.holder = holder


@contextmanager
def roles_held(data: Path, program: str, *roles: ProgramRole) -> Iterator[None]:
    """Hold roles on a data folder meanwhile; the folder is made if it is not there, and all that
    this process writes is private.

    Raises:
        AlreadyRuns: another process has one of the roles.
        DataFolderUnusable: there can be no files in the folder.
    """
    close_folder(data)
    with ExitStack() as held:
        held.enter_context(private_files())
        for role in roles:
            try:
                held.enter_context(file_locked(data / f"{role}.lock", program))
            except Locked as locked:
                raise _already_runs(locked.holder, data) from locked
        yield


def role_is_held(data: Path, role: ProgramRole) -> bool:
    """Whether a process has a role on a data folder now; does not touch its lock."""
    try:
        inode = (data / f"{role}.lock").stat().st_ino
        locks = Path("/proc/locks").read_text()
    except OSError:
        return False
    return any(
        words[1] == "FLOCK" and words[5].rpartition(":")[2] == str(inode)
        for words in map(str.split, locks.splitlines())
    )


def _already_runs(holder: Holder | None, data: Path) -> AlreadyRuns:
    program = holder.program if holder else "another program"
    told = f" ({holder})" if holder else ""
    return AlreadyRuns(f"{program} already runs on {shown(data)}{told}; stop it first")


def own_name() -> str:
    """The name that people use for this process."""
    name = Path(sys.argv[0]).name
    return "contactcenter" if name == "__main__.py" else name or "python"


@contextmanager
def file_locked(path: Path, program: str) -> Iterator[None]:
    """Hold the lock of a file meanwhile; raises Locked, OSError."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, OWNER_ONLY_FILE)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Locked(_holder(file)) from None
        line = f"{os.getpid()} {Clock().now().isoformat()} {program}\n".encode()
        os.ftruncate(file, 0)
        os.pwrite(file, line[:LINE_LIMIT], 0)
        with closed_in_copies(file):
            yield
    finally:
        os.close(file)


@contextmanager
def closed_in_copies(file: int) -> Iterator[None]:
    """Let no forked copy of this process hold an open file meanwhile."""
    _held.add(file)
    try:
        yield
    finally:
        _held.discard(file)


def _holder(file: int) -> Holder | None:
    """The process that says it holds the lock. A line may be an earlier one's, of a process that
    is gone: the holder is about to write its own.
    """
    for _ in range(READS):
        with suppress(ValueError, OverflowError):
            pid, since, program = os.pread(file, LINE_LIMIT, 0).decode().strip().split(" ", 2)
            if Path(f"/proc/{int(pid)}").exists():
                return Holder(int(pid), datetime.fromisoformat(since), program)
        sleep(READ_PAUSE.total_seconds())
    return None


def _close_in_copy() -> None:
    """Put nothing in their place: the copy, too, may come to where they are closed, and must not
    close what else has got the number.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    for file in _held:
        os.dup2(nothing, file, inheritable=False)
    os.close(nothing)
    _held.clear()


os.register_at_fork(after_in_child=_close_in_copy)
