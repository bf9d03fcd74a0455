"""One server per data folder: hold the folder, and clear up what a killed process left.

Must not: signal a process that is not the server of this very cluster.
"""

import asyncio
import fcntl
import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from contactcenter_ari.machine.errors import DatabaseStartFailed

STOP_LIMIT = timedelta(seconds=10)


@contextmanager
def claim_folder(data_dir: Path) -> Iterator[None]:
    """Hold the data folder; the kernel lets go of it when this process ends."""
    with (data_dir / "postgres.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as trouble:
            raise DatabaseStartFailed(
                f"Another copy runs on {data_dir}.",
                "Stop it, or set CC_DATA_DIR to another folder.",
            ) from trouble
        yield


async def stop_orphan(cluster: Path) -> None:
    """Stop a server that a killed process left on this cluster; we hold the lock."""
    lock_file = cluster / "postmaster.pid"
    try:
        pid = int(lock_file.read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return  # Postgres clears its own file
    try:
        if not _serves(pid, cluster):
            lock_file.unlink()  # the number belongs to some other process by now
            return
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            signal.pidfd_send_signal(handle, number)
            limit = STOP_LIMIT.total_seconds()
            gone, _, _ = await asyncio.to_thread(select.select, [handle], [], [], limit)
            if gone:
                return
    finally:
        os.close(handle)


def _serves(pid: int, cluster: Path) -> bool:
    """Whether the process is a Postgres whose working folder, as always, is this cluster."""
    try:
        name = Path(f"/proc/{pid}/comm").read_text().strip()
        return name == "postgres" and Path(f"/proc/{pid}/cwd").samefile(cluster)
    except OSError:
        return False
