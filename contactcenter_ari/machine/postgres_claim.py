"""One server per data folder: hold the folder, and clear up what a killed process left.

Must not: signal a process that is not the server of this very cluster.
"""

import asyncio
import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from contactcenter_ari.machine.data_folder import shown
from contactcenter_ari.machine.errors import DatabaseClaimed
from contactcenter_ari.machine.folder_lock import Locked, file_locked, own_name

LOCK_FILE = "postgres.lock"
STOP_LIMIT = timedelta(seconds=10)


@contextmanager
def claim_folder(data_dir: Path) -> Iterator[None]:
    """Hold the data folder's database; the kernel lets go of it when this process ends.

    Raises:
        DatabaseClaimed: another process holds it.
    """
    try:
        with file_locked(data_dir / LOCK_FILE, own_name()):
            yield
    except Locked as locked:
        told = f" ({locked.holder})" if locked.holder else ""
        raise DatabaseClaimed(
            f"Another program{told} has the database of {shown(data_dir)}.",
            "Stop it, or set CC_DATA_DIR to another folder.",
        ) from locked


async def stop_orphan(cluster: Path) -> None:
    """Stop what a killed process left running on this cluster; we hold the folder.

    Not only the server itself: a backend that outlived it could still write to the data.
    """
    lock_file = cluster / "postmaster.pid"
    try:
        pid = int(lock_file.read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return
    if _serves(pid, cluster):
        await _stop(pid)
    for backend in _serving(cluster):
        await _stop(backend)
    lock_file.unlink(missing_ok=True)  # its number may belong to some other process by now


async def _stop(pid: int) -> None:
    """Ask for a fast stop, then insist."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            signal.pidfd_send_signal(handle, number)
            limit = STOP_LIMIT.total_seconds()
            gone, _, _ = await asyncio.to_thread(select.select, [handle], [], [], limit)
            if gone:
                return
    except ProcessLookupError:
        return
    finally:
        os.close(handle)


def _serving(cluster: Path) -> list[int]:
    """All processes of Postgres on this cluster."""
    numbers = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]
    return [pid for pid in numbers if _serves(pid, cluster)]


def _serves(pid: int, cluster: Path) -> bool:
    """Whether the process is a Postgres whose working folder, as always, is this cluster."""
    try:
        name = Path(f"/proc/{pid}/comm").read_text().strip()
        return name == "postgres" and Path(f"/proc/{pid}/cwd").samefile(cluster)
    except OSError:
        return False
