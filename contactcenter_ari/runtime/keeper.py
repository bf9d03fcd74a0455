"""Keeps the state of a running core safe: takes a snapshot where the log has grown or ended.

The log goes on in a new file, and a forked child writes the state as it was at that instant: it
pickles, writes, renames and ends, and touches nothing else; the program waits for none of it. A
child that does not end is ended. At an orderly stop the snapshot is written by the program.
"""

import os
import signal
import warnings
from collections import deque
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.site.site import Input, SitePublished
from contactcenter_ari.core.turn import Outcome
from contactcenter_ari.core.vocabulary.event import Event
from contactcenter_ari.core.vocabulary.ids import CallId
from contactcenter_ari.runtime.input_log import Digest, InputLog
from contactcenter_ari.runtime.log_folder import LogFolder
from contactcenter_ari.runtime.secret_state import seal_secrets
from contactcenter_ari.runtime.snapshot import Saved, write_snapshot
from contactcenter_ari.runtime.vault import Vault

SIZE_LIMIT = 2_000_000
"""Bytes of a log, after which a snapshot is taken: half a second of replay."""
CHILD_LIMIT = timedelta(seconds=30)
RETRY_AFTER = timedelta(seconds=30)
KEYS_EVERY = timedelta(seconds=2)
"""The pause between snapshots for the keys of ended calls, however many calls end."""
ROOM = 20_000_000
"""Bytes that must be free on the disk before the log goes on after it was full."""
SCARCE = 200_000_000
"""With fewer bytes free than this the disk is told to be nearly full."""
UNWRITTEN = 5_000
"""How many of the last events are kept: some may not have been written down."""

log = structlog.get_logger(__name__)


class Keeper:
    """Takes the snapshots of one boot; `number` is that of the log in use, `key` signs them."""

    def __init__(
        self,
        folder: LogFolder,
        boot: str,
        number: int,
        input_log: InputLog,
        *,
        key: str,
        vault: Vault | None = None,
    ) -> None:
        self.input_log = input_log
        self.taken = 0
        self.failures = 0
        self.recent: deque[Event] = deque(maxlen=UNWRITTEN)
        self._folder = folder
        self._boot = boot
        self._number = number
        self._key = key
        self._vault = vault
        self._over: list[str] = []
        self._child = 0
        self._child_since: datetime | None = None
        self._not_before: datetime | None = None
        self._wanted = False
        self._cut_at: datetime | None = None

    def __repr__(self) -> str:
        return f"<Keeper {self.taken} snapshots, {self.failures} failures, {self.input_log!r}>"

    @property
    def snapshot_overdue(self) -> bool:
        """Whether the last snapshot that was to be taken could not be."""
        return self._not_before is not None

    def note(self, input_: Input, outcome: Outcome) -> None:
        """See what came of a turn; what was published is kept at once."""
        self.recent.extend(outcome.events)
        self._wanted = self._wanted or isinstance(input_, SitePublished)

    def free_bytes(self) -> int:
        """How much room is left on the disk."""
        about = os.statvfs(self._folder.folder)
        return about.f_bavail * about.f_frsize

    def tend(self, center: Center, digest: Digest, now: datetime) -> None:
        """Between two turns: take a snapshot if it is time, and see what became of the last."""
        self._look_after_child(now)
        # The key of a call goes with the first snapshot after its end.
        self._wanted = self._wanted or (
            self._keys_are_due(now) and bool(self._ended_with_key(center))
        )
        if not self._is_due(now):
            return
        before = digest.text
        if self._cut(digest, now):
            self._write_apart(self._saved(center, before, now), now)

    def finish(self, center: Center, digest: Digest, now: datetime) -> None:
        """At an orderly stop: the last snapshot, written before the program ends."""
        before = digest.text
        if self._cut(digest, now):
            self._write_here(self._saved(center, before, now))

    def _saved(self, center: Center, before: str, now: datetime) -> Saved:
        """The state as it is now, in which the calls that are over have no secret any more."""
        self._over = self._ended_with_key(center)
        sealed = seal_secrets(center, self._vault)
        return Saved(center, before, now, tuple(self.recent), sealed)

    def _ended_with_key(self, center: Center) -> list[str]:
        calls = self._vault.calls() if self._vault is not None else []
        return [call for call in calls if not center.secrets.has(CallId(call))]

    def _keys_are_due(self, now: datetime) -> bool:
        return not self._child and (self._cut_at is None or now - self._cut_at >= KEYS_EVERY)

    def _done(self) -> None:
        """A snapshot is whole: what came before it is not needed, nor the keys to it."""
        self.taken += 1
        self._not_before = None
        self._folder.forget_pieces(self._boot)
        if self._vault is not None and self._over:
            self._vault.forget(self._over)

    def _is_due(self, now: datetime) -> bool:
        """Whether a snapshot is to be taken now: one that failed once more, and one after each
        time in which the disk was full, once there is room.
        """
        is_behind = bool(self.input_log.pending) or self.input_log.has_hole
        self._wanted = self._wanted or is_behind
        if self._child or (self._not_before is not None and now < self._not_before):
            return False
        if is_behind:
            return self.free_bytes() > ROOM
        return self._wanted or self.input_log.size >= SIZE_LIMIT

    def _cut(self, digest: Digest, now: datetime) -> bool:
        """Go on in a new log; whether that could be made."""
        before = digest.text
        path = self._folder.log(self._boot, self._number + 1)
        try:
            self.input_log.go_on_in(path, now, before, Digest(before).text)
        except OSError as error:
            self._failed(now, error.strerror or str(error))
            return False
        self._wanted = False
        self._cut_at = now
        self._number += 1
        digest.begin_anew()
        return True

    def _write_apart(self, saved: Saved, now: datetime) -> None:
        with warnings.catch_warnings():
            # The child uses none of the threads' locks: it pickles, writes and ends.
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                child = os.fork()
            except OSError as error:
                self._failed(now, error.strerror or str(error))
                return
        if child == 0:
            self._be_child(saved)
        self._child, self._child_since = child, now

    def _be_child(self, saved: Saved) -> None:
        status = 1
        try:
            os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # the parent's sockets and locks
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            os.nice(5)
            write_snapshot(self._folder.snapshot(self._boot, self._number), saved, self._key)
            status = 0
        except Exception as error:  # noqa: BLE001  # told by the status; why, where it can be read
            os.write(2, f"snapshot.failed {type(error).__name__}\n".encode())
        finally:
            os._exit(status)  # nothing of the parent's is undone here

    def _write_here(self, saved: Saved) -> None:
        path = self._folder.snapshot(self._boot, self._number)
        try:
            write_snapshot(path, saved, self._key)
        except OSError as error:
            log.error("snapshot.failed", reason=error.strerror)
            return
        self._done()

    def _look_after_child(self, now: datetime) -> None:
        if not self._child:
            return
        assert self._child_since is not None, "it was begun"
        ended, status = 0, 0
        with suppress(ChildProcessError):
            ended, status = os.waitpid(self._child, os.WNOHANG)
        if ended:
            self._child = 0
            if status:
                self._failed(now, f"its process ended with status {status}")
            else:
                self._done()
        elif now - self._child_since > CHILD_LIMIT:
            with suppress(ProcessLookupError):
                os.kill(self._child, signal.SIGKILL)

    def _failed(self, now: datetime, reason: str) -> None:
        self.failures += 1
        self._wanted = True
        self._not_before = now + RETRY_AFTER
        log.error("snapshot.failed", reason=reason, failures=self.failures)

    def close(self) -> None:
        """Wait for a child that is still writing, for a moment; then end it."""
        if not self._child:
            return
        with suppress(ChildProcessError, ProcessLookupError):
            os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)
        self._child = 0
