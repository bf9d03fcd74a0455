"""Generated secrets: made once, kept in files that only the owner can read.

Promises: the same name gives the same secret for as long as its file lives, also to two
processes that ask at the same moment. Must not log a secret or put one on a command line.
"""

import os
import secrets
import tempfile
from pathlib import Path

from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.runtime.regular_file import read_regular

FOLDER = "secrets"
"""The folder of secrets, below the data folder."""
OWNER_ONLY_FILE = 0o600
OWNER_ONLY_FOLDER = 0o700
SECRET_BYTES = 24
SECRET_LIMIT = 4_096


class SecretUnreadable(ContactCenterError):
    """A kept secret is not there to be read, or is none; the message names its file."""


class SecretFolder:
    """The secrets below a data folder, one file per secret."""

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER

    def __repr__(self) -> str:
        return f"<SecretFolder {self._folder}>"

    def path(self, name: str) -> Path:
        """The file of a secret."""
        return self._folder / name

    def kept(self, name: str) -> str:
        """A secret that somebody has put there; empty without one. Raises SecretUnreadable."""
        return self.secret(name) if self.path(name).exists() else ""

    def secret(self, name: str, *, prefix: str = "") -> str:
        """The secret of that name, generated on first use: a prefix that tells what it is for,
        and 32 URL-safe characters. Raises SecretUnreadable.
        """
        path = self.path(name)
        try:
            if not path.exists():
                self._create(path, prefix)
            text = read_regular(path, SECRET_LIMIT).decode("ascii").strip()
        except OSError as error:
            raise SecretUnreadable(
                f"The secret {path} cannot be read: {error.strerror}"
            ) from error
        except UnicodeDecodeError as error:
            raise SecretUnreadable(f"The secret {path} is not ASCII text") from error
        if not text.isprintable() or not text or " " in text:
            raise SecretUnreadable(
                f"The secret {path} is not one word; remove it to have one made again"
            )
        return text

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
