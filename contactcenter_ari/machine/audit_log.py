"""The uses of tools that show or change what people do: by whom, when, for what; a line each.

The file is for the owner of the data folder alone. What cannot be noted is not done.
"""

import json
import os
import pwd
from pathlib import Path

from contactcenter_ari.machine.errors import MachineTrouble
from contactcenter_ari.machine.secret import OWNER_ONLY_FILE
from contactcenter_ari.runtime.clock import Clock

FILE = "audit.jsonl"


def note_use(data: Path, what: str, **facts: str) -> None:
    """Add a line; raises MachineTrouble."""
    line = {"at": Clock().now().isoformat(), "by": _person(), "what": what, **facts}
    path = data / FILE
    try:
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, OWNER_ONLY_FILE)
        with os.fdopen(file, "a", encoding="utf-8") as log:
            log.write(json.dumps(line, ensure_ascii=False) + "\n")
    except OSError as error:
        raise MachineTrouble(
            f"The use of {what} cannot be noted in {path}: {error.strerror}.",
            "Make room on the disk, or run this as the owner of the data folder.",
        ) from error


def _person() -> str:
    """The account that asks, also through sudo."""
    return os.environ.get("SUDO_USER") or pwd.getpwuid(os.getuid()).pw_name
