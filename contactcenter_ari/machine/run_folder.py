"""Data folders of short runs, such as a demonstration: each run has a fresh one, few are kept.

Must not: remove the folder of a run that goes on.
"""

import os
import shutil
from pathlib import Path

from contactcenter_ari.machine.data_folder import close_folder
from contactcenter_ari.machine.folder_lock import AlreadyRuns, ProgramRole, roles_held
from contactcenter_ari.machine.postgres_place import spare_place
from contactcenter_ari.runtime.clock import Clock


def fresh_folder(runs: Path, *, kept: int) -> Path:
    """The path of a new folder below `runs`; the oldest ones make room, so that `kept` are left
    with it.
    """
    close_folder(runs.parent)
    close_folder(runs)
    over = sorted(folder for folder in runs.glob("2*") if folder.is_dir())
    for old in over[: max(0, len(over) - kept + 1)]:
        remove_run(old)
    return runs / f"{Clock().now():%Y%m%d-%H%M%S}-{os.getpid()}"


def remove_run(folder: Path) -> None:
    """Remove the folder of a run and what it keeps elsewhere, unless the run goes on."""
    try:
        with roles_held(folder, "a run that is removed", *ProgramRole):
            shutil.rmtree(spare_place(folder), ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)
    except AlreadyRuns:
        return
