"""A busy hour, killed at any byte of its log and taken up: it is the same as one that was never
killed.
"""

import asyncio
import os
import tempfile
from bisect import bisect
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.center.view import AgentView, QueueView
from contactcenter_ari.core.site.site import CenterStarted
from contactcenter_ari.core.vocabulary.event import Event
from contactcenter_ari.core.vocabulary.request import GoNotReady
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.runtime.input_log import read_input_log
from contactcenter_ari.runtime.recovery import Beginning, begin
from contactcenter_ari.runtime.replay import replay
from contactcenter_ari.runtime.sealing import plain
from tests.runtime.world import (
    ANNA,
    MORNING,
    SITE,
    Journal,
    Moment,
    SetClock,
    Switch,
    busy_hour,
    quiet,
    running,
)

SEEDS = 4
MINUTES = 20
EVENING = MORNING + timedelta(days=1)
REFUSED, FAULT = GoNotReady(ANNA.agent, "golf", "me"), CenterStarted("n1", "twice")
"""Inputs that change nothing, of which there are some in every hour."""
View = tuple[tuple[AgentView, ...], tuple[QueueView, ...], int, str, object]


@cache
def hour(seed: int) -> Sequence[Moment]:
    """A busy hour with refused requests and faults."""
    moments = list(busy_hour(seed, minutes=MINUTES))
    for place in range(30, len(moments), 50):
        now, _ = moments[place]
        moments[place:place] = [(now, REFUSED), (now, FAULT)]
    return moments


@cache
def uncut(seed: int) -> tuple[bytes, tuple[View, ...], tuple[Event, ...]]:
    """The log of an hour without a kill, the state after each line, the events."""
    with tempfile.TemporaryDirectory() as folder:
        beginning = begin(Path(folder), node="n1", site=SITE, now=MORNING, key="k")
        begun = as_of_the_hour(beginning)
        views, journal = lived(begun, hour(seed))
        return begun.input_log.path.read_bytes(), tuple(views), tuple(journal.events)


def as_of_the_hour(beginning: Beginning) -> Beginning:
    """Begin as the center of `busy_hour` did, whose inputs name ids that it minted."""
    path = beginning.input_log.path
    path.write_bytes(path.read_bytes().replace(path.stem.encode(), b"b1", 1))
    os.utime(path, (MORNING.timestamp(), MORNING.timestamp()))
    return begin(path.parent, node="n1", site=SITE, now=MORNING, key="k")


def lived(begun: Beginning, moments: Sequence[Moment]) -> tuple[list[View], Journal]:
    """Drive a center through inputs at their instants; gives the state before and after each."""
    journal = Journal()

    async def live() -> list[View]:
        clock = SetClock()
        driver = Driver(
            center=begun.center,
            digest=begun.digest,
            clock=clock,
            journal=journal,
            input_log=begun.input_log,
        )
        driver.hold_timers()
        views = [view(begun.center, begun.digest.text)]
        async with running(driver, Switch()):
            for clock.instant, input_ in moments:
                driver.put(input_)  # type: ignore[arg-type]  # any input, as it was kept
                await quiet(driver)
                views.append(view(begun.center, begun.digest.text))
        return views

    with capture_logs():
        return asyncio.run(live()), journal


def view(center: Center, digest: str) -> View:
    """All that can be seen of a center."""
    return (
        center.agents(EVENING),
        center.queues(EVENING),
        center.calls_in_progress(),
        digest,
        center.next_deadline(),
    )


def inputs_in(log: bytes, size: int) -> int:
    """How many whole lines follow the center's start and site in the first bytes of a log."""
    ends = [place + 1 for place, byte in enumerate(log) if byte == ord("\n")]
    return bisect(ends, size) - 2


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, SEEDS - 1), share=st.floats(0, 1))
def test_killed_any_time(seed: int, share: float) -> None:
    """Killed while it wrote any byte, taken up and told the rest: the same state, at once and
    in the end, the same events, and byte for byte the same log.
    """
    log, views, events = uncut(seed)
    start = len(b"".join(log.splitlines(keepends=True)[:2]))
    size = start + round(share * (len(log) - start))
    done = inputs_in(log, size)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "b1.jsonl"
        path.write_bytes(log[:size])
        os.utime(path, (MORNING.timestamp(), MORNING.timestamp()))
        begun = begin(Path(folder), node="n1", site=SITE, now=MORNING, key="k")
        assert begun.resumed
        assert view(begun.center, begun.digest.text) == views[done]
        seen, journal = lived(begun, hour(seed)[done:])
        assert seen == list(views[done:])
        assert (*begun.events, *journal.events) == events
        assert path.read_bytes() == log
        assert replay(path).digest.text == begun.digest.text


def test_the_hours_are_busy() -> None:
    """There is enough in them to be taken up."""
    for seed in range(SEEDS):
        log, views, events = uncut(seed)
        assert len(views) == len(hour(seed)) + 1 > 300
        assert max(calls for _, _, calls, _, _ in views) > 3
        assert len({type(event) for event in events}) > 12
        assert log.count(b"GoNotReady") == log.count(b"twice") > 5


def test_what_is_logged_is_what_happened(tmp_path: Path) -> None:
    """The log holds each input with its instant, but nothing of what was asked or said."""
    path = tmp_path / "1.jsonl"
    path.write_bytes(uncut(0)[0])
    logged = [(entry.now, entry.input) for entry in read_input_log(path)][2:]
    assert logged == [(at, plain(input_)) for at, input_ in hour(0)]
