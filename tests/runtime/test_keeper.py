"""The log is cut by snapshots while the center works; a broken part leaves enough of the rest."""

import asyncio
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from resource import RLIMIT_FSIZE, getrlimit, setrlimit
from signal import SIG_IGN, SIGXFSZ, signal

import msgspec
import pytest
from structlog.testing import capture_logs

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.vocabulary.ids import AgentId, LegId, PhoneId
from contactcenter_ari.core.vocabulary.request import AgentProfile, LogIn, PutAgent, SetFlag
from contactcenter_ari.core.vocabulary.signal import CallArrived, LegHungUp, PhoneReachable
from contactcenter_ari.runtime import keeper as keeping
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.runtime.input_log import Digest, InputLog
from contactcenter_ari.runtime.keeper import Keeper
from contactcenter_ari.runtime.log_folder import LogFolder, Piece
from contactcenter_ari.runtime.recovery import Beginning, begin
from contactcenter_ari.runtime.replay import ReplayFailed, needed_snapshot, replay, replay_onward
from contactcenter_ari.service.health import disk_health
from contactcenter_ari.simulation.sample import DIRECT
from contactcenter_ari.web.port import Condition
from tests.runtime.world import (
    LIMIT,
    MORNING,
    SALES,
    SITE,
    STARTED,
    Journal,
    Moment,
    SetClock,
    Switch,
    busy_hour,
    quiet,
    running,
)

KEY = "k" * 32
DEGRADED = Condition.DEGRADED


def begun(folder: Path, *, keep_all: bool = False) -> Beginning:
    """The beginning in a folder."""
    with capture_logs():
        return begin(folder, node="n1", site=SITE, now=MORNING, key=KEY, keep_all=keep_all)


def driven(begun: Beginning, clock: SetClock) -> Driver:
    """A driver of it."""
    return Driver(
        center=begun.center,
        digest=begun.digest,
        clock=clock,
        journal=Journal(),
        input_log=begun.input_log,
        keeper=begun.keeper,
    )


async def written(driver: Driver) -> None:
    """Wait until the child has ended."""
    assert driver.keeper is not None
    async with asyncio.timeout(LIMIT):
        while driver.keeper._child:
            driver._tend()
            await asyncio.sleep(0.001)


async def live(driver: Driver, clock: SetClock, moments: list[Moment], cuts: int = 0) -> None:
    """Take inputs at their instants, with this many snapshots in between."""
    every = len(moments) // (cuts + 1)
    async with running(driver, Switch()):
        driver.hold_timers()
        for number, (at, input_) in enumerate(moments, start=1):
            clock.instant = max(clock.instant, at)
            driver.put(input_)  # type: ignore[arg-type]  # any input, as it was kept
            await quiet(driver)
            await written(driver)
            if cuts and number % every == 0 and number // every <= cuts:
                assert driver.keeper is not None
                driver.keeper._wanted = True
                driver._tend()
                await written(driver)


def files(folder: Path, suffix: str) -> list[Path]:
    """The logs or snapshots there are, the oldest first."""
    pieces = [Piece.of(path) for path in folder.glob(f"*{suffix}")]
    numbered = sorted((piece.number, piece.path) for piece in pieces if piece is not None)
    return [path for _, path in numbered]


def state_of(center: Center) -> tuple[object, ...]:
    """All that can be seen."""
    at = MORNING + timedelta(days=1)
    views = (center.agents(at), center.queues(at), center.calls(), center.callbacks())
    return (*views, center.next_deadline())


@pytest.mark.parametrize("cuts", [1, 3])
async def test_taken_up_from_a_snapshot(tmp_path: Path, cuts: int) -> None:
    """The state is that of the program that was killed; few files are left."""
    clock = SetClock()
    first = begun(tmp_path)
    driver = driven(first, clock)
    await live(driver, clock, busy_hour(2, minutes=10), cuts)
    assert first.keeper.taken == cuts
    again = begun(tmp_path)
    assert (again.resumed, again.digest.text) == (True, driver.digest.text)
    assert state_of(again.center) == state_of(driver.center)
    assert again.input_log.path == driver.keeper.input_log.path  # type: ignore[union-attr]
    assert len(files(tmp_path, ".snapshot")) == min(cuts, 2)
    assert len(files(tmp_path, ".jsonl")) == (2 if cuts == 1 else 2 if cuts > 2 else 3)


@pytest.mark.parametrize("broken", [1, 2])
async def test_a_broken_snapshot(tmp_path: Path, broken: int) -> None:
    """The one before, with its logs, gives the same; without any the whole log does."""
    clock = SetClock()
    driver = driven(begun(tmp_path, keep_all=True), clock)
    await live(driver, clock, busy_hour(3, minutes=10), 2)
    for path in files(tmp_path, ".snapshot")[-broken:]:
        path.write_bytes(path.read_bytes()[:-9])
    again = begun(tmp_path)
    assert (again.resumed, again.digest.text) == (True, driver.digest.text)
    assert state_of(again.center) == state_of(driver.center)


async def test_all_logs_are_kept_if_wanted(tmp_path: Path) -> None:
    """From the first input on; each piece replays with its snapshot, and all of them at once."""
    clock = SetClock()
    first = begun(tmp_path, keep_all=True)
    start = first.input_log.path
    driver = driven(first, clock)
    await live(driver, clock, busy_hour(4, minutes=10), 4)
    driver.finish()
    logs = files(tmp_path, ".jsonl")
    assert (len(logs), logs[0]) == (6, start)
    assert replay_onward(start).digest.text == driver.digest.text
    assert needed_snapshot(logs[0]) == ""
    for path in logs[1:]:
        assert needed_snapshot(path) == path.with_suffix(".snapshot").name
        replay(path, key=KEY)
    with pytest.raises(ReplayFailed, match=r"needs the snapshot .*000001\.snapshot"):
        replay(logs[1], key="another")


async def test_a_log_is_missing(tmp_path: Path) -> None:
    """Nothing is replayed over the gap."""
    clock = SetClock()
    driver = driven(begun(tmp_path, keep_all=True), clock)
    await live(driver, clock, busy_hour(4, minutes=10), 2)
    for path in files(tmp_path, ".snapshot"):
        path.unlink()
    files(tmp_path, ".jsonl")[1].unlink()
    assert not begun(tmp_path).resumed


async def test_the_size_of_a_log_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A snapshot is taken by size, and what is needless goes."""
    monkeypatch.setattr(keeping, "SIZE_LIMIT", 20_000)
    clock = SetClock()
    driver = driven(begun(tmp_path), clock)
    await live(driver, clock, busy_hour(5, minutes=20))
    await written(driver)
    assert driver.keeper is not None
    assert driver.keeper.taken > 2
    assert sum(path.stat().st_size for path in files(tmp_path, ".jsonl")) < 200_000
    assert begun(tmp_path).digest.text == driver.digest.text


async def test_at_a_publish(tmp_path: Path) -> None:
    """A published flow is in a snapshot at once."""
    clock = SetClock()
    driver = driven(begun(tmp_path), clock)
    async with running(driver, Switch()):
        driver.publish(msgspec.structs.replace(SITE, flows=()))
        await quiet(driver)
        driver._tend()
        await written(driver)
    assert driver.keeper is not None
    assert driver.keeper.taken == 1


async def test_an_orderly_stop(tmp_path: Path) -> None:
    """The state is in a snapshot, and nothing is left to replay; flags are kept, too."""
    clock = SetClock()
    flows = tuple(msgspec.structs.replace(flow, flags={"busy": "off"}) for flow in SITE.flows)
    site = msgspec.structs.replace(SITE, flows=flows)
    first = begun(tmp_path)
    driver = driven(first, clock)
    async with running(driver, Switch()):
        driver.publish(site)
        await driver.request(SetFlag(flows[0].name, "busy", "on", "me"))
        driver.put(CallArrived(LegId("a"), DIRECT, "+31612345678", ""))
        await quiet(driver)
    driver.finish()
    first.input_log.close(clock.now(), driver.digest.text)
    newest = files(tmp_path, ".jsonl")[-1]
    assert replay(newest, key=KEY).inputs == 0
    again = begun(tmp_path)
    assert again.center._flags == {(flows[0].name, "busy"): "on"}
    assert state_of(again.center) == state_of(driver.center)


async def test_a_child_that_cannot_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is reported and tried again later; the logs alone are enough meanwhile."""
    clock = SetClock()
    first = begun(tmp_path)
    driver = driven(first, clock)

    def failing(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keeping, "write_snapshot", failing)
    with capture_logs() as lines:
        await live(driver, clock, busy_hour(2, minutes=10), 1)
    told = [line["event"] for line in lines]
    assert told == ["snapshot.failed"] * first.keeper.failures
    assert (first.keeper.failures > 1, first.keeper.snapshot_overdue) == (True, True)
    again = begun(tmp_path)
    assert again.digest.text == driver.digest.text
    monkeypatch.undo()
    clock.instant += keeping.RETRY_AFTER
    driver._switch = Switch()
    driver._tend()
    await written(driver)
    assert (first.keeper.taken, first.keeper.snapshot_overdue) == (1, False)


# A full disk


@pytest.fixture
def small_files() -> Iterator[None]:
    """A file that grows beyond a limit cannot, as on a disk that is full; for any user."""
    before = getrlimit(RLIMIT_FSIZE)
    handler = signal(SIGXFSZ, SIG_IGN)
    yield
    setrlimit(RLIMIT_FSIZE, before)
    signal(SIGXFSZ, handler)


def full_at(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file may be larger from now on, and no room is left for others."""
    monkeypatch.setattr(Keeper, "free_bytes", lambda _: 0)
    setrlimit(RLIMIT_FSIZE, (size, getrlimit(RLIMIT_FSIZE)[1]))


@pytest.mark.usefixtures("small_files")
async def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines wait in memory and are written in order once there is room, and a snapshot is taken:
    no call is lost by a kill after it.
    """
    clock = SetClock()
    first = begun(tmp_path)
    driver = driven(first, clock)
    hard = getrlimit(RLIMIT_FSIZE)[1]
    with capture_logs():
        async with running(driver, Switch()):
            full_at(first.input_log.size + 100, monkeypatch)
            for number in range(50):
                driver.put(CallArrived(LegId(f"leg-{number}"), DIRECT, "", ""))
            await quiet(driver)
            assert first.input_log.pending > 40
            assert first.input_log.failures >= first.input_log.pending
            assert not first.input_log.has_hole
            told = disk_health(first.keeper)
            assert (told.condition, "the disk is full" in told.why) == (DEGRADED, True)
            monkeypatch.undo()
            setrlimit(RLIMIT_FSIZE, (hard, hard))
            driver.put(LegHungUp(LegId("leg-0"), 16))
            await quiet(driver)
            driver._tend()
            await written(driver)
    assert first.input_log.pending == 0
    assert disk_health(first.keeper).condition is not Condition.FAILED
    again = begun(tmp_path)
    assert again.digest.text == driver.digest.text
    assert again.center.calls_in_progress() == driver.center.calls_in_progress() == 49


@pytest.mark.usefixtures("small_files")
async def test_a_disk_that_is_full_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More lines than the memory holds make a hole: it is never replayed over, and a snapshot
    makes the state safe again once there is room.
    """
    monkeypatch.setattr("contactcenter_ari.runtime.input_log.PENDING_LIMIT", 2_000)
    clock = SetClock()
    first = begun(tmp_path)
    driver = driven(first, clock)
    hard = getrlimit(RLIMIT_FSIZE)[1]
    with capture_logs():
        async with running(driver, Switch()):
            full_at(first.input_log.size + 100, monkeypatch)
            for number in range(50):
                driver.put(CallArrived(LegId(f"leg-{number}"), DIRECT, "", ""))
            await quiet(driver)
            hole = first.input_log.has_hole
            assert hole
            assert disk_health(first.keeper).condition is Condition.FAILED
            monkeypatch.undo()
            setrlimit(RLIMIT_FSIZE, (hard, hard))
            driver._tend()
            await written(driver)
            driver.put(LegHungUp(LegId("leg-0"), 16))
            await quiet(driver)
    assert not first.input_log.has_hole
    again = begun(tmp_path)
    assert again.digest.text == driver.digest.text
    newest = files(tmp_path, ".snapshot")[-1]
    newest.unlink()
    assert not begun(tmp_path).resumed, "nothing is replayed over the hole"


@pytest.mark.usefixtures("small_files")
async def test_lines_that_were_written_before_the_next_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There was room again before the next look: no line is missing, and a snapshot follows."""
    first = begun(tmp_path)
    driver = driven(first, SetClock())
    hard = getrlimit(RLIMIT_FSIZE)[1]
    with capture_logs():
        async with running(driver, Switch()):
            full_at(first.input_log.size, monkeypatch)
            driver.put(CallArrived(LegId("leg-0"), DIRECT, "", ""))
            await quiet(driver)
            assert first.input_log.pending > 0
            monkeypatch.undo()
            setrlimit(RLIMIT_FSIZE, (hard, hard))
            assert first.input_log.flush()
            driver._tend()
            await written(driver)
    assert first.keeper.taken == 1


async def test_scarce_room_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the disk is full."""
    keeper = begun(tmp_path).keeper
    monkeypatch.setattr(Keeper, "free_bytes", lambda _: keeping.SCARCE)
    assert disk_health(keeper).condition is Condition.OK
    monkeypatch.setattr(Keeper, "free_bytes", lambda _: keeping.SCARCE - 1)
    assert disk_health(keeper).condition is DEGRADED


# What it costs


def large_center() -> Center:
    """Two thousand agents are logged in, and two hundred callers wait."""
    center = Center(STARTED, SITE)
    for number in range(2_000):
        agent, phone = AgentId(f"{number:05}"), PhoneId(f"p{number:05}")
        profile = AgentProfile(agent=agent, name="A", phone=phone, queues=(SALES,))
        center.take(PutAgent(profile), MORNING)
        if number < 1_700:
            center.take(PhoneReachable(phone), MORNING)
        center.take(LogIn(agent, "me"), MORNING)
    for number in range(1_900):
        leg = LegId(f"leg-{number}")
        center.take(CallArrived(leg, DIRECT, f"+3161234{number:04}", ""), MORNING)
    return center


def test_no_turn_is_delayed(tmp_path: Path) -> None:
    """With so many people a snapshot costs the program less than ten milliseconds, of its own
    time. Twice that is allowed here: to copy the tables of a large test process takes longer.
    """
    center = large_center()
    assert center.queues(MORNING)[0].waiting > 199
    input_log = InputLog(tmp_path / "b1.jsonl")
    keeper = Keeper(LogFolder(tmp_path), "b1", 0, input_log, key=KEY)
    spent = []
    for _ in range(8):
        keeper._wanted = True
        started = time.thread_time()
        keeper.tend(center, Digest(), MORNING)
        spent.append(time.thread_time() - started)
        os.waitpid(keeper._child, 0)
        keeper._child = 0
    assert len(files(tmp_path, ".snapshot")) == 8
    assert min(spent) < 0.020, spent
