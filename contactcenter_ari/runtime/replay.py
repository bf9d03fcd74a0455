"""Replays an input log through the shipped core and compares what comes out."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.center.site import CenterStarted, SitePublished
from contactcenter_ari.core.errors import ContactCenterError, RequestRefused
from contactcenter_ari.core.vocabulary.turn import Outcome
from contactcenter_ari.runtime.input_log import Digest, Entry, read_input_log

FIRST_INPUTS = 2
"""The start of the center and its site: they make it, rather than being handled by it."""


class ReplayFailed(ContactCenterError):
    """The log is no input log, or the replay came to something else."""


class Replayed(msgspec.Struct, frozen=True):
    """What a replay went through, all of it the same as before, and the center it led to;
    `latest` is the instant of the last input.
    """

    inputs: int
    commands: int
    events: int
    digest: Digest
    center: Center
    latest: datetime


def replay(path: Path, watch: Callable[[Outcome], None] | None = None) -> Replayed:
    """Feed every input of the log to a new center; `watch` sees each outcome.

    Raises:
        ReplayFailed: a turn gave other commands or events than when it was recorded.
    """
    entries = _entries(path)
    center, digest = _start(entries, path), Digest()
    inputs = commands = events = 0
    for number, entry in enumerate(entries, start=1):
        if entry.digest != digest.text:
            raise ReplayFailed(
                f"{path}:{number}: what happened up to here differs from the recording"
            )
        inputs += entry.input is not None
        outcome = turn(center, entry, digest) if number > FIRST_INPUTS else None
        if outcome is not None:
            commands += len(outcome.commands)
            events += len(outcome.events)
            if watch is not None:
                watch(outcome)
    return Replayed(inputs, commands, events, digest, center, entries[-1].now)


def turn(center: Center, entry: Entry, digest: Digest) -> Outcome | None:
    """One turn as the driver takes it; None for a closed log or a refused request."""
    if entry.input is None:
        return None
    try:
        outcome = center.take(entry.input, entry.now).outcome
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
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        place = f"{path}:{len(entries) + 1}"
        raise ReplayFailed(f"{place}: this is no line of an input log: {error}") from error
    return entries


def _start(entries: list[Entry], path: Path) -> Center:
    match [entry.input for entry in entries[:FIRST_INPUTS]]:
        case [CenterStarted() as started, SitePublished(site=site)]:
            return Center(started, site)
        case _:
            raise ReplayFailed(f"{path} does not begin with the start of a center")
