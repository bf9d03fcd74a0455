"""How a center begins: empty, or as its last program left it.

Recovery is replay: the newest snapshot that can be read and the logs that go on from there,
through the same core, give the state of a program that was killed, however long ago. Calls that
went on in the switch meanwhile are found by the inventory.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.site.site import CenterStarted, Site, SitePublished
from contactcenter_ari.core.turn import Outcome
from contactcenter_ari.core.vocabulary.event import AgentState, Event
from contactcenter_ari.core.vocabulary.ids import AgentId
from contactcenter_ari.runtime.input_log import Digest, InputLog
from contactcenter_ari.runtime.keeper import UNWRITTEN, Keeper
from contactcenter_ari.runtime.log_folder import LOG, LogFolder
from contactcenter_ari.runtime.replay import Replayed, ReplayFailed, go_on, replay
from contactcenter_ari.runtime.snapshot import SUFFIX, SnapshotUnreadable, read_snapshot
from contactcenter_ari.runtime.vault import Vault

HOME_AFTER = timedelta(hours=1)
"""After so long without the program agents who are in no call have gone home."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Beginning:
    """A center ready to be driven. `resumed` when it was rebuilt; then `events` are those that
    may not have been written down, `latest` is the instant it had come to, and `gone_home` are
    the agents to be logged out.
    """

    center: Center
    digest: Digest
    input_log: InputLog
    keeper: Keeper
    resumed: bool = False
    events: tuple[Event, ...] = ()
    latest: datetime | None = None
    gone_home: tuple[AgentId, ...] = ()


def begin(
    folder: Path,
    *,
    node: str,
    site: Site,
    now: datetime,
    key: str,
    keep_all: bool = False,
    vault: Vault | None = None,
) -> Beginning:
    """Take up the newest snapshot and logs of the folder if they can be, else begin empty."""
    files = LogFolder(folder, keep_all=keep_all)
    boot = files.newest()
    if boot is not None:
        for number in [*reversed(files.numbers(boot, SUFFIX)), 0]:
            try:
                return _taken_up(files, boot, number, now, key=key, vault=vault)
            except (ReplayFailed, SnapshotUnreadable) as failure:
                log.warning("input_log.not_taken_up", reason=str(failure))
    return _anew(files, node, site, now, key=key, vault=vault)


def _anew(
    files: LogFolder, node: str, site: Site, now: datetime, *, key: str, vault: Vault | None
) -> Beginning:
    started = CenterStarted(node=node, boot=f"{int(now.timestamp() * 1000):x}")
    input_log, digest = InputLog(files.log(started.boot, 0)), Digest()
    files.forget_before(started.boot)
    for first in (started, SitePublished(site)):
        input_log.append(now, first, digest.text)
    keeper = Keeper(files, started.boot, 0, input_log, key=key, vault=vault)
    return Beginning(Center(started, site), digest, input_log, keeper)


def _taken_up(
    files: LogFolder, boot: str, number: int, now: datetime, *, key: str, vault: Vault | None
) -> Beginning:
    """The state of the nth snapshot, or of the start, and all logs since."""
    events: deque[Event] = deque(maxlen=UNWRITTEN)

    def watch(outcome: Outcome) -> None:
        events.extend(outcome.events)

    if number:
        saved = read_snapshot(files.snapshot(boot, number), key, vault)
        events.extend(saved.events)
        done = Replayed.of(saved)
        if number in files.numbers(boot, LOG):
            done = replay(files.log(boot, number), watch, saved=saved, vault=vault)
    else:
        done = replay(files.log(boot, 0), watch, vault=vault)
    last = number
    for last in [n for n in files.numbers(boot, LOG) if n > number]:  # used below
        done = go_on(done, files.log(boot, last), watch, vault)
    log.info("input_log.taken_up", inputs=done.inputs, snapshot=number)
    input_log = InputLog(files.log(boot, last))
    keeper = Keeper(files, boot, last, input_log, key=key, vault=vault)
    keeper.recent.extend(events)
    return Beginning(
        done.center,
        done.digest,
        input_log,
        keeper,
        resumed=True,
        events=tuple(events),
        latest=done.latest,
        gone_home=_gone_home(done, now),
    )


def _gone_home(done: Replayed, now: datetime) -> tuple[AgentId, ...]:
    if now - done.latest <= HOME_AFTER:
        return ()
    idle = {AgentState.READY, AgentState.NOT_READY}
    return tuple(view.agent for view in done.center.agents(now) if view.state in idle)
