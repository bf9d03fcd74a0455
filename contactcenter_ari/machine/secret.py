"""Generated secrets: made once, kept in files that only the owner can read.

Promises: the same name gives the same secret for as long as its file lives, also to two
processes that ask at the same moment. Must not log a secret or put one on a command line.
"""

import os
import secrets
import tempfile
from pathlib import Path

OWNER_ONLY_FILE = 0o600
OWNER_ONLY_FOLDER = 0o700
SECRET_BYTES = 24


class SecretFolder:
    """The folder `<data_dir>/secrets`, one file per secret."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __repr__(self) -> str:
        return f"<SecretFolder {self._folder}>"

    def secret(self, name: str, *, prefix: str = "") -> str:
        """The secret of that name, generated on first use: a prefix that tells what it is for,
        and 32 URL-safe characters.
        """
        path = self._folder / name
        if not path.exists():
            self._create(path, prefix)
        return path.read_text("ascii").strip()

    def _create(self, path: Path, prefix: str) -> None:
        """Write aside and link: a reader never sees half a secret, a rival's secret stays."""
        self._folder.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        self._folder.chmod(OWNER_ONLY_FOLDER)
        handle, aside = tempfile.mkstemp(prefix=f".{path.name}-", dir=self._folder)  # mode 0600
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(prefix + secrets.token_urlsafe(SECRET_BYTES) + "\n")
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            Path(aside).unlink()
