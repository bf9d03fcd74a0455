"""The files of a site as they lie on disk: whether their content is still what it was.

Only what can change the site counts: the YAML files by their content, the recorded prompts
by their names. A file that was merely touched is the same.
"""

import hashlib
from pathlib import Path

from contactcenter_ari.config.document import SIZE_LIMIT
from contactcenter_ari.config.site import prompts_folder
from contactcenter_ari.runtime.regular_file import read_regular

Stamp = tuple[int, int, int]
"""Time of change in nanoseconds, size, inode: while these stand, so does the content."""


class SiteFolder:
    """Watches one folder; `content` reads the disk, so call it off the event loop."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: dict[Path, tuple[Stamp, str]] = {}

    def __repr__(self) -> str:
        return f"<SiteFolder {self.path}>"

    def content(self) -> str:
        """A text that changes when the content does; raises OSError."""
        whole = hashlib.sha256()
        for file in sorted([*self.path.rglob("*.yaml"), *self.path.rglob("*.yml")]):
            name = file.relative_to(self.path)
            if not any(part.startswith(".") for part in name.parts):
                whole.update(f"{name}\0{self._digest(file)}\0".encode(errors="replace"))
        prompts = prompts_folder(self.path)
        for file in sorted(prompts.rglob("*")):
            whole.update(f"{file.relative_to(prompts)}\0".encode(errors="replace"))
        return whole.hexdigest()

    def _digest(self, file: Path) -> str:
        try:
            about = file.stat()
            stamp = (about.st_mtime_ns, about.st_size, about.st_ino)
            known = self._known.get(file)
            if known is None or known[0] != stamp:
                content = read_regular(file, SIZE_LIMIT)
                known = (stamp, hashlib.sha256(content).hexdigest())
                self._known[file] = known
        except OSError as error:  # gone since it was listed, or no file that a site can have
            return error.strerror or "unreadable"
        return known[1]
