"""The folder of input logs and snapshots: what belongs together, and what may go.

A boot begins with `BOOT.jsonl`; its nth snapshot is `BOOT.00000n.snapshot`, and the log that
goes on from there `BOOT.00000n.jsonl`. Of the boot that runs the last two snapshots are kept
with all logs since the older one; of earlier ones a bounded number of files and bytes.
"""

from dataclasses import dataclass
from pathlib import Path

from contactcenter_ari.runtime.snapshot import SUFFIX

LOG = ".jsonl"
LOGS_KEPT = 20
"""Files of earlier boots."""
BYTES_KEPT = 200_000_000
"""And how large they may be together."""
SNAPSHOTS_KEPT = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """One log, or one snapshot."""

    path: Path
    boot: str
    number: int

    @classmethod
    def of(cls, path: Path) -> "Piece | None":
        """The kind of a file, if it is one of ours."""
        boot, _, number = path.stem.partition(".")
        if path.suffix not in {LOG, SUFFIX} or not (number == "" or number.isdecimal()):
            return None
        return cls(path, boot, int(number or 0))


class LogFolder:
    """The files of one folder; with `keep_all` none is ever removed."""

    def __init__(self, folder: Path, *, keep_all: bool = False) -> None:
        self.folder = folder
        self.keep_all = keep_all

    def __repr__(self) -> str:
        return f"<LogFolder {self.folder}>"

    def log(self, boot: str, number: int) -> Path:
        """The path of the nth log of a boot."""
        return self.folder / (f"{boot}.{number:06}{LOG}" if number else f"{boot}{LOG}")

    def snapshot(self, boot: str, number: int) -> Path:
        """The path of the nth snapshot of a boot, from 1."""
        return self.log(boot, number).with_suffix(SUFFIX)

    def newest(self) -> str | None:
        """The boot that was written last; names follow the clock, which may be set."""
        logs = sorted(
            (piece for piece in self._pieces() if piece.path.suffix == LOG),
            key=lambda piece: (piece.path.stat().st_mtime_ns, piece.path),
        )
        return logs[-1].boot if logs else None

    def numbers(self, boot: str, suffix: str) -> list[int]:
        """Which logs or snapshots of a boot there are, in order."""
        pieces = [piece for piece in self._pieces() if piece.boot == boot]
        return sorted(piece.number for piece in pieces if piece.path.suffix == suffix)

    def forget_before(self, boot: str) -> None:
        """Remove the oldest files of earlier boots, and what a crash left half written."""
        if self.keep_all:
            return
        for aside in self.folder.glob(f".*{SUFFIX}-*"):
            aside.unlink(missing_ok=True)
        earlier = [piece.path for piece in self._pieces() if piece.boot != boot]
        newest_first = sorted(earlier, key=lambda p: (p.stat().st_mtime_ns, p), reverse=True)
        size = 0
        for count, path in enumerate(newest_first, start=1):
            size += path.stat().st_size
            if count >= LOGS_KEPT or size > BYTES_KEPT:
                path.unlink(missing_ok=True)

    def forget_pieces(self, boot: str) -> None:
        """Remove what the last snapshots of a boot have made needless."""
        kept = self.numbers(boot, SUFFIX)[-SNAPSHOTS_KEPT:]
        if self.keep_all or len(kept) < SNAPSHOTS_KEPT:
            return
        for piece in self._pieces():
            if piece.boot == boot and piece.number < kept[0]:
                piece.path.unlink(missing_ok=True)

    def _pieces(self) -> list[Piece]:
        files = [] if not self.folder.is_dir() else list(self.folder.iterdir())
        return [piece for path in files if (piece := Piece.of(path)) is not None]


def pieces_after(path: Path) -> list[Path]:
    """The logs that go on from one, in order."""
    piece = Piece.of(path)
    if piece is None:
        return []
    folder = LogFolder(path.parent)
    numbers = folder.numbers(piece.boot, LOG)
    return [folder.log(piece.boot, number) for number in numbers if number > piece.number]
