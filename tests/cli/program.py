"""The `contactcenter` program as a process of its own, without Asterisk and Postgres."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LIMIT = 60

HOLDER = """
import os, sys
from pathlib import Path
from contactcenter_ari.machine.folder_lock import ProgramRole, roles_held

with roles_held(Path(sys.argv[1]), "contactcenter up", *map(ProgramRole, sys.argv[3:])):
    children = {
        "": lambda: None,
        "program": lambda: __import__("subprocess").Popen(["sleep", "600"]).pid,
        "copy": lambda: sys.stdin.read() if os.fork() else os.getpid(),
    }
    print(children[sys.argv[2]](), flush=True)
    sys.stdin.read()
"""


def contactcenter(data: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("CC_")}
    return subprocess.run(
        [sys.executable, "-m", "contactcenter_ari", *words],
        env={**inherited, "CC_DATA_DIR": str(data), **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT,
    )


@contextmanager
def holder(data: Path, *roles: str, child: str = "") -> Iterator[tuple[int, int | None]]:
    """A process that holds roles of a folder; gives its number and its child's, if it has one.
    In the end it is killed.
    """
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data), child, *roles],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None, "it is a pipe"
            said = process.stdout.readline().strip()
            yield process.pid, int(said) if said.isdecimal() else None
        finally:
            process.kill()
