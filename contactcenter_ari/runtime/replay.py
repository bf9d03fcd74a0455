"""Replays an input log through the shipped core and compares what comes out.

A log that goes on after a snapshot needs that snapshot, which lies beside it.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.errors import ContactCenterError, RequestRefused
from contactcenter_ari.core.site.site import CenterStarted, SitePublished
from contactcenter_ari.core.turn import Outcome
from contactcenter_ari.runtime.input_log import Digest, Entry, read_input_log
from contactcenter_ari.runtime.log_folder import pieces_after
from contactcenter_ari.runtime.sealing import unsealed
from contactcenter_ari.runtime.snapshot import Saved, SnapshotUnreadable, read_snapshot
from contactcenter_ari.runtime.vault import Vault

FIRST_INPUTS = 2
"""The start of the center and its site: they make it, rather than being handled by it."""


class ReplayFailed(ContactCenterError):
    """The log is no input log, or the replay came to something else."""


class Replayed(msgspec.Struct, frozen=True):
    """The result of a replay, all of it the same as before, and the center it led to; `latest` is
    the instant of the last input.
    """

    inputs: int
    commands: int
    events: int
    digest: Digest
    center: Center
    latest: datetime

    @classmethod
    def of(cls, saved: Saved) -> "Replayed":
        """The center of a snapshot, of which nothing was replayed."""
        return cls(0, 0, 0, Digest(saved.before), saved.center, saved.latest)


def replay(
    path: Path,
    watch: Callable[[Outcome], None] | None = None,
    *,
    key: str = "",
    saved: Saved | None = None,
    vault: Vault | None = None,
) -> Replayed:
    """Feed every input of the log to a center: a new one, or that of the snapshot it goes on
    from, `saved` if it was read already, else one signed with `key`. `watch` sees each outcome.
    Secrets are opened by the `vault`; where their key is gone, stand-ins go the same way.

    Raises:
        ReplayFailed: a turn gave other commands or events than when it was recorded, or the
            snapshot cannot be read.
    """
    entries = _entries(path)
    after = entries[0].after if entries else ""
    if not after:
        return _from_start(path, entries, watch, vault)
    try:
        saved = saved or read_snapshot(path.with_name(after), key, vault)
    except SnapshotUnreadable as error:
        raise ReplayFailed(f"{path} needs the snapshot {after}: {error}") from error
    return _feed(Replayed.of(saved), path, entries, made=0, watch=watch, vault=vault)


def needed_snapshot(path: Path) -> str:
    """The name of the snapshot a log goes on from; empty when it holds the first input."""
    entries = _entries(path)
    return entries[0].after if entries else ""


def replay_onward(path: Path, *, key: str = "") -> Replayed:
    """Replay a log and all that go on from it; raises ReplayFailed."""
    done = replay(path, key=key)
    for later in pieces_after(path):
        done = go_on(done, later)
    return done


def go_on(
    before: Replayed,
    path: Path,
    watch: Callable[[Outcome], None] | None = None,
    vault: Vault | None = None,
) -> Replayed:
    """Feed the inputs of a log that begins where `before` has come to; raises ReplayFailed."""
    entries = _entries(path)
    if not entries or not entries[0].after:
        raise ReplayFailed(f"{path} does not go on from a snapshot")
    before.digest.begin_anew()
    return _feed(before, path, entries, made=0, watch=watch, vault=vault)


def _from_start(
    path: Path,
    entries: list[Entry],
    watch: Callable[[Outcome], None] | None,
    vault: Vault | None,
) -> Replayed:
    center, digest = _start(entries, path), Digest()
    before = Replayed(0, 0, 0, digest, center, entries[0].now)
    return _feed(before, path, entries, made=FIRST_INPUTS, watch=watch, vault=vault)


def _feed(
    before: Replayed,
    path: Path,
    entries: list[Entry],
    *,
    made: int,
    watch: Callable[[Outcome], None] | None,
    vault: Vault | None,
) -> Replayed:
    """Take the turns of a log except for the first inputs, which have `made` the center."""
    center, digest = before.center, before.digest
    inputs, commands, events = before.inputs, before.commands, before.events
    for number, entry in enumerate(entries, start=1):
        if entry.digest != digest.text:
            raise ReplayFailed(
                f"{path}:{number}: what happened up to here differs from the recording"
            )
        inputs += entry.input is not None
        outcome = turn(center, entry, digest, vault) if number > made else None
        if outcome is not None:
            commands += len(outcome.commands)
            events += len(outcome.events)
            if watch is not None:
                watch(outcome)
    return Replayed(inputs, commands, events, digest, center, entries[-1].now)


def turn(
    center: Center, entry: Entry, digest: Digest, vault: Vault | None = None
) -> Outcome | None:
    """One turn as the driver takes it; None for a closed log or a refused request."""
    input_ = unsealed(entry, vault)
    if input_ is None:
        return None
    try:
        outcome = center.take(input_, entry.now).outcome
    except RequestRefused as refusal:
        digest.add(f"refused {refusal.code}")
        return None
    except Exception:  # noqa: BLE001  # as in the driver, where it was logged
        digest.add("fault")
        return None
    digest.add(outcome)
    return outcome


def _entries(path: Path) -> list[Entry]:
    entries: list[Entry] = []
    try:
        entries.extend(read_input_log(path))
    except OSError as error:
        raise ReplayFailed(f"{path} cannot be read: {error.strerror}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        place = f"{path}:{len(entries) + 1}"
        raise ReplayFailed(f"{place}: this is no line of an input log: {error}") from error
    return entries


def _start(entries: list[Entry], path: Path) -> Center:
    match [entry.input for entry in entries[:FIRST_INPUTS]]:
        case [CenterStarted() as started, SitePublished(site=site)]:
            return Center(started, site)
        case _:
            raise ReplayFailed(f"{path} does not begin with the start of a center")
