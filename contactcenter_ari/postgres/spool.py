"""The events that wait on disk while Postgres is away: a bounded file of JSON lines, in order.

Promises: what `append` kept is there after a crash of the program, and is given out again
until it is `forgotten`; a torn or foreign line is skipped and counted, never fatal. The file
is readable by its owner alone, for it holds callers' numbers.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from io import FileIO
from pathlib import Path

import msgspec

from contactcenter_ari.core.vocabulary.event import Event
from contactcenter_ari.postgres.stored_event import read_event
from contactcenter_ari.postgres.text import event_line

_DECODER = msgspec.json.Decoder(dict[str, object])
DEFAULT_LIMIT = 256 * 1024 * 1024


class Spool:
    """One open spool file; `limit` is its greatest size in bytes."""

    def __init__(self, path: Path, *, limit: int = DEFAULT_LIMIT) -> None:
        self.path = path
        self.limit = limit
        self.unreadable = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = FileIO(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+")
        self._read_at = 0
        self._next_read_at = 0
        self._next_count = 0
        self._size, self.events = self._take_stock()

    def __repr__(self) -> str:
        return f"<Spool {self.path.name}: {self.events} events, {self._size} bytes>"

    def _take_stock(self) -> tuple[int, int]:
        size = lines = 0
        last = b"\n"
        while chunk := self._file.read(1 << 20):
            size += len(chunk)
            lines += chunk.count(b"\n")
            last = chunk[-1:]
        if last != b"\n":  # the last line was torn by a crash: close it, reading will skip it
            size += self._file.write(b"\n")
            lines += 1
        return size, lines

    def append(self, events: Sequence[Event]) -> int:
        """Add the events and return how many of them were kept: all, unless it or the disk
        is full.
        """
        lines: list[bytes] = []
        room = self.limit - self._size
        for event in events:
            line = event_line(event) + b"\n"
            room -= len(line)
            if room < 0:
                break
            lines.append(line)
        if not lines or not self._wrote(b"".join(lines)):
            return 0
        self.events += len(lines)
        return len(lines)

    def _wrote(self, text: bytes) -> bool:
        try:
            self._file.seek(self._size)
            complete = self._file.write(text) == len(text)
        except OSError:
            complete = False
        if complete:
            self._size += len(text)
        else:
            with suppress(OSError):
                self._file.truncate(self._size)
        return complete

    def oldest(self, count: int) -> list[Event]:
        """At most `count` of the events that wait longest; the same ones until `forget`."""
        self._next_read_at = self._read_at
        self._next_count = 0
        events: list[Event] = []
        for line in self._lines(count):
            self._next_read_at += len(line)
            self._next_count += 1
            try:
                events.append(read_event(_DECODER.decode(line)))
            except (msgspec.MsgspecError, UnicodeDecodeError):
                self.unreadable += 1
        return events

    def _lines(self, count: int) -> list[bytes]:
        self._file.seek(self._read_at)
        text = b""
        while text.count(b"\n") < count and (chunk := self._file.read(1 << 18)):
            text += chunk
        return [line + b"\n" for line in text.split(b"\n")[:-1]][:count]

    def forget(self) -> None:
        """The events last given out are safe elsewhere; with none left the file is emptied."""
        self._read_at = self._next_read_at
        self.events -= self._next_count
        self._next_count = 0
        if self._read_at >= self._size:
            self._file.truncate(0)
            self._read_at = self._next_read_at = self._size = self.events = 0

    def close(self) -> None:
        """Let go of the file; what is in it stays for the next start."""
        self._file.close()
