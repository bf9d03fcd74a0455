"""Replays an input log through the shipped core and compares what comes out."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.center.site import CenterStarted, SitePublished
from contactcenter_ari.core.errors import ContactCenterError, RequestRefused
from contactcenter_ari.core.vocabulary.turn import Outcome
from contactcenter_ari.runtime.input_log import Digest, Entry, read_input_log


class ReplayFailed(ContactCenterError):
    """The log is no input log, or the replay came to something else."""


class Replayed(msgspec.Struct, frozen=True):
    """What a replay went through, all of it the same as before."""

    inputs: int
    commands: int
    events: int
    digest: str


def replay(path: Path, watch: Callable[[Outcome], None] | None = None) -> Replayed:
    """Feed every input of the log to a new center; `watch` sees each outcome.

    Raises:
        ReplayFailed: a turn gave other commands or events than when it was recorded.
    """
    entries = iter(_entries(path))
    center = _start(next(entries, None), next(entries, None), path)
    digest, inputs, commands, events = Digest(), 2, 0, 0
    for number, entry in enumerate(entries, start=3):
        if entry.digest != digest.text:
            raise ReplayFailed(
                f"{path}:{number}: what happened up to here differs from the recording"
            )
        if entry.input is None:
            break
        inputs += 1
        outcome = turn(center, entry, digest)
        if outcome is not None:
            commands += len(outcome.commands)
            events += len(outcome.events)
            if watch is not None:
                watch(outcome)
    return Replayed(inputs, commands, events, digest.text)


def turn(center: Center, entry: Entry, digest: Digest) -> Outcome | None:
    """One turn as the driver takes it; None for a refused request or a fault of ours."""
    assert entry.input is not None, "the last line of a log has no input"
    try:
        outcome = center.handle(entry.input, entry.now)
    except RequestRefused as refusal:
        digest.add(f"refused {refusal.code}")
        return None
    except Exception:  # noqa: BLE001  # as in the driver, where it was logged
        digest.add("fault")
        return None
    digest.add(outcome)
    return outcome


def _entries(path: Path) -> list[Entry]:
    try:
        return list(read_input_log(path))
    except (OSError, msgspec.MsgspecError) as error:
        raise ReplayFailed(f"{path} is no input log: {error}") from error


def _start(first: Entry | None, second: Entry | None, path: Path) -> Center:
    started = first.input if first else None
    published = second.input if second else None
    if not isinstance(started, CenterStarted) or not isinstance(published, SitePublished):
        raise ReplayFailed(f"{path} does not begin with the start of a center")
    return Center(started, published.site)
