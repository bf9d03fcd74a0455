"""The data folder of an installation: whatever is in it is for its owner alone.

Promises: nobody else can read a name or a byte below it. Must not: change the permissions of a
folder that is not ours, such as a home folder that was given by mistake. Light to import.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.machine.secret import FOLDER, OWNER_ONLY_FOLDER

PASSABLE_FOLDER = 0o711
"""The mode of root's data folder: Postgres runs as another account and must reach its own folder
inside.
"""
OTHERS = 0o077
PASSING = 0o011
"""The mode of a folder of root for others: they may pass through it, to what they may open."""


class DataFolderUnusable(ContactCenterError):
    """There can be no files in the data folder; the message says why and what to set."""


def close_folder(data: Path) -> None:
    """Make the data folder if it is not there, and close it and what is in it to others.

    Raises:
        DataFolderUnusable: it cannot be made or written to.
    """
    try:
        data.mkdir(mode=_mode(), parents=True, exist_ok=True)
        everybodys = data.stat().st_mode & stat.S_ISVTX  # such as /tmp
        # one that holds secrets is an installation's, and an empty one will be
        if not everybodys and ((data / FOLDER).is_dir() or not any(data.iterdir())):
            data.chmod(_mode())  # the umask may have taken the way through
            for entry in data.iterdir():
                _close(entry)
    except OSError as error:
        raise DataFolderUnusable(
            f"{data} cannot be used: {error.strerror};"
            " set CC_DATA_DIR to a folder you may write to"
        ) from error
    if not os.access(data, os.W_OK | os.X_OK):
        raise DataFolderUnusable(
            f"{data} cannot be written to; set CC_DATA_DIR to a folder you may write to"
        )


@contextmanager
def private_files() -> Iterator[None]:
    """Let this process, and all it starts, make files for their owner alone meanwhile."""
    before = os.umask(OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def shown(path: Path) -> Path:
    """The path as a person in the current folder would type it."""
    try:
        return path.absolute().relative_to(Path.cwd())
    except (ValueError, OSError):
        return path


def _mode() -> int:
    return OWNER_ONLY_FOLDER if os.geteuid() else PASSABLE_FOLDER


def _close(entry: Path) -> None:
    """Take what others may do with an entry; a link, or what is gone meanwhile, is left alone."""
    with suppress(FileNotFoundError):
        about = entry.lstat()
        mode = stat.S_IMODE(about.st_mode)
        taken = OTHERS & mode
        if stat.S_ISDIR(about.st_mode) and not os.geteuid():
            taken &= ~PASSING  # a run of its own may be in there, with its Postgres
        if taken and about.st_uid == os.geteuid() and not stat.S_ISLNK(about.st_mode):
            entry.chmod(mode & ~taken)
