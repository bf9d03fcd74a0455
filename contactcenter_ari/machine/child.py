"""Child processes that cannot outlive us, and that may run as another account.

`setpriv` (util-linux, on every Debian and Ubuntu) does both right before it becomes the program,
so the process id stays the same and no code of ours runs between fork and exec.
"""

import os
import pwd
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Account:
    """An account of this machine, other than the one we run as."""

    uid: int
    gid: int

    def reaches(self, path: Path) -> bool:
        """Whether the account may pass through every folder above `path`."""
        return all(self._passes(folder) for folder in path.resolve().parents)

    def _passes(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        if status.st_gid == self.gid:
            return bool(status.st_mode & 0o010)
        return bool(status.st_mode & 0o001)


def account_named(name: str) -> Account:
    """Look an account up; raises KeyError if the machine has none of that name."""
    entry = pwd.getpwnam(name)
    return Account(entry.pw_uid, entry.pw_gid)


def owner_of(path: Path) -> Account:
    """The account a file belongs to."""
    status = path.stat()
    return Account(status.st_uid, status.st_gid)


def bound_command(
    command: Sequence[str | os.PathLike[str]], death_signal: str, account: Account | None = None
) -> list[str]:
    """The command so that it gets `death_signal` (such as "INT") when its parent thread dies.

    With an account (we must be root then) it runs as that account, without further groups.
    """
    options = ["--pdeathsig", death_signal]
    if account is not None:
        options += [f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups"]
    return ["setpriv", *options, "--", *[os.fspath(part) for part in command]]
