"""The input log: every input of the core with its `now`, on disk before it is handled.

Each line also holds a digest of all outcomes before it, so that a replay can prove, line by
line, that it comes to the same commands and events. The file holds callers' numbers and
digits: it is readable by its owner alone, and a log that cannot be written never stops a call:
lines wait in memory until there is room, up to a limit; beyond it the log has ended, and only a
snapshot makes the state safe again. A log may go on where a snapshot was taken.
"""

import errno
import os
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

import msgspec
import structlog

from contactcenter_ari.core.flow.stand_in import masked
from contactcenter_ari.core.site.site import Input
from contactcenter_ari.core.turn import Outcome
from contactcenter_ari.core.vocabulary.command import Command, LookUp, PlayPrompt
from contactcenter_ari.core.vocabulary.prompt import PromptPart, SpokenText
from contactcenter_ari.runtime.regular_file import open_regular

HALF_LINE_LIMIT = 4_000_000
"""Bytes of the longest line: a whole site published."""

PENDING_LIMIT = 8_000_000
"""Bytes of lines that wait in memory while the disk is full."""
READ_LIMIT = 10_000_000_000
"""Bytes; no log is as long, whatever is given to be replayed."""

CLOSED = -1
"""No file; its number may soon be that of another."""

log = structlog.get_logger(__name__)


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the log. A line without an input is left where the log was closed, or begins
    one that goes on `after` the snapshot of that name. What a caller typed in secret is `sealed`
    under the key of the `call`; the input has a stand-in for it.
    """

    now: datetime
    digest: str
    input: Input | None
    after: str = ""
    call: str = ""
    sealed: str = ""


class Digest:
    """A running fingerprint of all outcomes so far."""

    def __init__(self, before: str = "") -> None:
        self._hash = blake2b(before.encode(), digest_size=8)

    def __repr__(self) -> str:
        """Show the fingerprint."""
        return f"<Digest {self.text}>"

    @property
    def text(self) -> str:
        """The fingerprint, 16 hexadecimal digits."""
        return self._hash.hexdigest()

    def begin_anew(self) -> None:
        """Go on from the text alone: a snapshot keeps no more of it."""
        self._hash = blake2b(self.text.encode(), digest_size=8)

    def add(self, outcome: Outcome | str) -> None:
        """Count in an outcome, or the word for a turn that gave none. What may hold a typed
        secret is masked, so that a replay with stand-ins comes to the same.
        """
        self._hash.update(_encoded(outcome if isinstance(outcome, str) else _masked(outcome)))


class InputLog:
    """Appends to one file, new or old; `failures` counts lines that could not be written when
    they came, `has_hole` whether some never will be.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.failures = 0
        self.has_hole = False
        self._pending: deque[bytes] = deque()
        self._pending_size = 0
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        _cut_half_line(self._file)
        self.size = os.fstat(self._file).st_size

    def __repr__(self) -> str:
        return f"<InputLog {self.path.name}: {self.size} bytes, {self.pending} lines wait>"

    @property
    def pending(self) -> int:
        """How many lines wait for room on the disk."""
        return len(self._pending)

    def append(
        self,
        now: datetime,
        input_: Input | None,
        digest: str,
        *,
        call: str = "",
        sealed: str = "",
    ) -> None:
        """Write one line; the kernel has it when this returns, unless the disk is full."""
        self._append(Entry(now, digest, input_, call=call, sealed=sealed))

    def flush(self) -> bool:
        """Write what waits; whether nothing does."""
        while self._pending:
            try:
                self._write(self._pending[0])
            except OSError:
                return False
            self._pending_size -= len(self._pending.popleft())
        return not self.has_hole

    def go_on_in(self, path: Path, now: datetime, before: str, digest: str) -> None:
        """Close this file at the digest `before`, and go on in a new one, which begins where the
        snapshot of its name is taken. Raises OSError, and then nothing has changed.
        """
        after = Entry(now, digest, None, path.with_suffix(".snapshot").name)
        line = _encoded(after) + b"\n"
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        try:
            _write_whole(file, line)
        except OSError:
            os.close(file)
            path.unlink()
            raise
        if self.flush():
            self._append(Entry(now, before, None))
        os.close(self._file)
        self._pending.clear()
        self._pending_size = 0
        self.has_hole = False
        self.path, self._file, self.size = path, file, len(line)

    def close(self, now: datetime, digest: str) -> None:
        """Write the last line and close the file."""
        self.append(now, None, digest)
        file, self._file = self._file, CLOSED
        os.close(file)

    def _append(self, entry: Entry) -> None:
        if self.has_hole:
            self.failures += 1
            return
        line = _encoded(entry) + b"\n"
        try:
            if self._pending and not self.flush():
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # noqa: TRY301
            self._write(line)
        except OSError as error:
            self._keep(line, error)

    def _write(self, line: bytes) -> None:
        _write_whole(self._file, line)
        self.size += len(line)

    def _keep(self, line: bytes, error: OSError) -> None:
        """Keep a line in memory; with more of them than the limit all are given up."""
        self.failures += 1
        self._pending.append(line)
        self._pending_size += len(line)
        if len(self._pending) == 1:
            log.error("input_log.write_failed", error=error.strerror, failures=self.failures)
        if self._pending_size > PENDING_LIMIT:
            self.has_hole = True
            self._pending.clear()
            self._pending_size = 0
            log.error("input_log.ended", failures=self.failures)


def _masked(outcome: Outcome) -> Outcome:
    if not any(isinstance(command, LookUp | PlayPrompt) for command in outcome.commands):
        return outcome
    return Outcome(tuple(map(_masked_command, outcome.commands)), outcome.events)


def _masked_command(command: Command) -> Command:
    match command:
        case LookUp(inputs=inputs):
            return msgspec.structs.replace(command, inputs=dict.fromkeys(inputs, ""))
        case PlayPrompt(parts=parts):
            return msgspec.structs.replace(command, parts=tuple(map(_masked_part, parts)))
        case _:
            return command


def _masked_part(part: PromptPart) -> PromptPart:
    return SpokenText(masked(part.text), part.language) if isinstance(part, SpokenText) else part


def _write_whole(file: int, line: bytes) -> None:
    """Write the line or nothing; raises OSError."""
    written = os.write(file, line)
    if written < len(line):
        os.ftruncate(file, os.fstat(file).st_size - written)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _encoded(value: Entry | Outcome | str) -> bytes:
    """JSON, with `?` for the halves of characters (lone surrogates), which UTF-8 has not."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return msgspec.json.encode(_mended(msgspec.to_builtins(value)))


def _mended(value: object) -> object:
    match value:
        case str():
            return value.encode(errors="replace").decode()
        case dict():
            return {_mended(key): _mended(item) for key, item in value.items()}
        case list() | tuple():
            return [_mended(item) for item in value]
        case _:
            return value


def _cut_half_line(file: int) -> None:
    """Drop what a crash left of the last line."""
    size = os.fstat(file).st_size
    tail = os.pread(file, HALF_LINE_LIMIT, max(0, size - HALF_LINE_LIMIT))
    if tail and not tail.endswith(b"\n"):
        os.ftruncate(file, size - len(tail) + tail.rfind(b"\n") + 1)


def read_input_log(path: Path) -> Iterator[Entry]:
    """The entries of a log; a half-written last line, after a crash, is left out."""
    decoder = msgspec.json.Decoder(Entry)
    with open_regular(path, READ_LIMIT) as file:
        for line in file:
            if line.endswith(b"\n"):
                yield decoder.decode(line)
