"""How a center begins: anew, or as its last input log left it.

Recovery is replay: the log of a program that was killed a moment ago, through the same core,
gives the state it had. Calls that went on in the switch meanwhile are found by the inventory.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.center.site import CenterStarted, Site, SitePublished
from contactcenter_ari.core.vocabulary.event import Event
from contactcenter_ari.core.vocabulary.turn import Outcome
from contactcenter_ari.runtime.input_log import Digest, InputLog
from contactcenter_ari.runtime.replay import ReplayFailed, replay

AGE_LIMIT = timedelta(hours=1)
"""An older log is history: its agents have gone home."""
SIZE_LIMIT = 20_000_000
"""Bytes; a longer log takes more than some seconds to replay."""
LOGS_KEPT = 20
UNWRITTEN = 5_000
"""How many of the last events are told again: some may not have been written down."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Beginning:
    """A center ready to be driven. `resumed` when it was rebuilt; then `events` are those that
    may not have been written down, and `latest` is the instant it had come to.
    """

    center: Center
    digest: Digest
    input_log: InputLog
    resumed: bool = False
    events: tuple[Event, ...] = ()
    latest: datetime | None = None


def begin(folder: Path, *, node: str, site: Site, now: datetime) -> Beginning:
    """Take up the newest log of the folder if it can be, else begin anew."""
    for newest in _logs(folder)[-1:]:
        try:
            _check_worth(newest, now)
            return _taken_up(newest)
        except ReplayFailed as failure:
            log.warning("input_log.not_taken_up", reason=str(failure))
    return _anew(folder, node, site, now)


def _anew(folder: Path, node: str, site: Site, now: datetime) -> Beginning:
    for old in _logs(folder)[: -(LOGS_KEPT - 1)]:
        old.unlink(missing_ok=True)
    started = CenterStarted(node=node, boot=f"{int(now.timestamp() * 1000):x}")
    input_log, digest = InputLog(folder / f"{started.boot}.jsonl"), Digest()
    for first in (started, SitePublished(site)):
        input_log.append(now, first, digest.text)
    return Beginning(Center(started, site), digest, input_log)


def _taken_up(path: Path) -> Beginning:
    events: deque[Event] = deque(maxlen=UNWRITTEN)

    def watch(outcome: Outcome) -> None:
        events.extend(outcome.events)

    done = replay(path, watch)
    log.info("input_log.taken_up", inputs=done.inputs)
    return Beginning(
        done.center,
        done.digest,
        InputLog(path),
        resumed=True,
        events=tuple(events),
        latest=done.latest,
    )


def _logs(folder: Path) -> list[Path]:
    """The logs, the one written last as the last: names follow the clock, which may be set."""
    return sorted(folder.glob("*.jsonl"), key=lambda path: (path.stat().st_mtime_ns, path))


def _check_worth(path: Path, now: datetime) -> None:
    about = path.stat()
    if now.timestamp() - about.st_mtime > AGE_LIMIT.total_seconds():
        raise ReplayFailed(f"{path} is too old")
    if about.st_size > SIZE_LIMIT:
        raise ReplayFailed(f"{path} is too long: {about.st_size} bytes")
