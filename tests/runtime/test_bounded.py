"""A program that runs for long: its logs, its snapshots and its memory stay small."""

import os
import time
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.site.site import Input, SitePublished
from contactcenter_ari.core.turn import Outcome
from contactcenter_ari.runtime import keeper as keeping
from contactcenter_ari.runtime.input_log import Digest, InputLog
from contactcenter_ari.runtime.keeper import Keeper
from contactcenter_ari.runtime.log_folder import LOG, LogFolder
from contactcenter_ari.runtime.recovery import begin
from contactcenter_ari.runtime.snapshot import SUFFIX
from contactcenter_ari.simulation.people import Habits
from contactcenter_ari.simulation.population import Population
from contactcenter_ari.simulation.sample import DIRECT, MENU
from tests.runtime.world import CLAIMS, MORNING, SALES, SITE, STARTED

KEY = "k" * 32
PER_HOUR = 300
MOST_A_CALL = 500
"""Bytes of a snapshot that may stay of a call: its number is remembered for a while."""


class _Logged:
    """A center that is kept as a driver keeps it; its snapshots are waited for."""

    def __init__(self, folder: Path) -> None:
        self.center = Center(STARTED, SITE)
        self.digest = Digest()
        self.input_log = InputLog(folder / f"b1{LOG}")
        self.keeper = Keeper(LogFolder(folder), "b1", 0, self.input_log, key=KEY)
        self.sizes: list[int] = []
        self.largest = 0
        self._folder = folder
        for first in (STARTED, SitePublished(SITE)):
            self.input_log.append(MORNING, first, self.digest.text)

    def next_deadline(self) -> datetime | None:
        """When the center is to be woken."""
        return self.center.next_deadline()

    def handle(self, input_: Input, now: datetime) -> Outcome:
        """Log the input, take it, and take a snapshot if it is time."""
        self.input_log.append(now, input_, self.digest.text)
        outcome = self._taken(input_, now)
        self.keeper.note(input_, outcome)
        self.keeper.tend(self.center, self.digest, now)
        if self.keeper._child:
            _, status = os.waitpid(self.keeper._child, 0)
            assert not status
            self.keeper._child = 0
            self.keeper._done()
            self._look()
        return outcome

    def _taken(self, input_: Input, now: datetime) -> Outcome:
        try:
            outcome = self.center.handle(input_, now)
        except RequestRefused as refusal:
            self.digest.add(f"refused {refusal.code}")
            raise
        self.digest.add(outcome)
        return outcome

    def _look(self) -> None:
        files = [path for path in self._folder.iterdir() if path.is_file()]
        newest = max((p for p in files if p.suffix == SUFFIX), key=lambda p: p.name)
        self.sizes.append(newest.stat().st_size)
        self.largest = max(self.largest, sum(path.stat().st_size for path in files))


def lived(folder: Path, calls: int) -> _Logged:
    """This many calls, one after the other and at once."""
    population = Population(SITE, MORNING, Random(7))  # noqa: S311  # a simulation must be repeatable
    simulation = population.simulation
    simulation._checked = False
    center = _Logged(folder)
    simulation.center = center  # type: ignore[assignment]  # it does what the simulation asks
    habits = Habits(refuses=0.05, ignores=0.05, hangs_up=timedelta(minutes=3))
    for queues in ([SALES], [CLAIMS], [SALES, CLAIMS]):
        population.staff(6, queues, habits)
    population.all_dial("*11", within=timedelta(minutes=1))
    until = MORNING
    while len(population.callers) < calls:
        until += timedelta(hours=1)
        minds = [("", "1"), ("", "2", "", "5"), ("", "9", "1"), ()]
        population.expect_calls(
            MENU, minds=minds, per_hour=lambda _: PER_HOUR, peak=PER_HOUR, until=until
        )
        population.expect_calls(DIRECT, minds=[()], per_hour=lambda _: 20, peak=20, until=until)
        population.all_dial("*11", within=timedelta(minutes=30))  # who was thrown out comes back
        simulation.run_until(until)
        simulation.events.clear()
    return center


def _stays_small(folder: Path, calls: int) -> None:
    center = lived(folder, calls)
    first, last = center.sizes[1], center.sizes[-1]
    assert len(center.sizes) > 4
    assert last - first < calls * MOST_A_CALL, center.sizes
    assert center.largest < 4 * keeping.SIZE_LIMIT + 4 * max(center.sizes)
    again = begin(folder, node="n1", site=SITE, now=MORNING, key=KEY)
    assert again.digest.text == center.digest.text


def test_logs_and_snapshots_stay_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The short form, with a small limit."""
    monkeypatch.setattr(keeping, "SIZE_LIMIT", 200_000)
    _stays_small(tmp_path, 600)


def test_taken_up_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much was written since the start, at most one snapshot and the log up to its limit
    are read: that takes less than a second and a half of this process's own time.
    """
    longest = keeping.SIZE_LIMIT
    monkeypatch.setattr(keeping, "SIZE_LIMIT", 100 * longest)  # no snapshot: all is replayed
    center = lived(tmp_path, 600)
    size = center.input_log.size
    assert size > longest / 4
    started = time.thread_time()
    again = begin(tmp_path, node="n1", site=SITE, now=MORNING, key=KEY)
    spent = time.thread_time() - started
    assert again.digest.text == center.digest.text
    assert spent / size * longest < 1.5


@pytest.mark.chaos
def test_thirty_thousand_calls(tmp_path: Path) -> None:
    """The long form, with the limits as they are; the process itself does not grow either."""
    lived(tmp_path / "before", 1_000)
    before = _memory()
    _stays_small(tmp_path / "after", 30_000)
    assert _memory() - before < 60_000_000


def _memory() -> int:
    """Bytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
