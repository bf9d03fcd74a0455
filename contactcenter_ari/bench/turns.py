"""How long a turn of the core takes: the input log of a busy run, replayed with a stopwatch."""

import tempfile
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from contactcenter_ari.bench.figures import Figures, TurnCost
from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.site.site import CenterStarted, SitePublished
from contactcenter_ari.runtime.input_log import Entry, InputLog, read_input_log


def measure_turns(log: Path) -> TurnCost:
    """The core's turns, and the writing of the inputs, of a log that a center has written."""
    entries = [entry for entry in read_input_log(log) if entry.input is not None]
    return TurnCost(turns=Figures.of(_turns(entries)), log_writes=Figures.of(_writes(entries)))


def _turns(entries: list[Entry]) -> list[timedelta]:
    first, second, *rest = entries
    assert isinstance(first.input, CenterStarted), "a log begins with the start of a center"
    assert isinstance(second.input, SitePublished), "a log goes on with its site"
    center = Center(first.input, second.input.site)
    return [_turn(center, entry) for entry in rest]


def _turn(center: Center, entry: Entry) -> timedelta:
    assert entry.input is not None, "left out above"
    started = time.perf_counter_ns()
    with suppress(RequestRefused):  # a refusal is a turn, too
        center.handle(entry.input, entry.now)
    return timedelta(microseconds=(time.perf_counter_ns() - started) / 1000)


def _writes(entries: list[Entry]) -> list[timedelta]:
    with tempfile.TemporaryDirectory(prefix="cc-bench-") as folder:
        log = InputLog(Path(folder) / "input.jsonl")
        durations = [_write(log, entry) for entry in entries[2:]]
        log.close(entries[-1].now, "")
    return durations


def _write(log: InputLog, entry: Entry) -> timedelta:
    started = time.perf_counter_ns()
    log.append(entry.now, entry.input, entry.digest)
    return timedelta(microseconds=(time.perf_counter_ns() - started) / 1000)
