"""How a center begins: as the last log left it, or empty, which is reported."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from contactcenter_ari.core.site.site import CenterStarted, SitePublished
from contactcenter_ari.core.vocabulary.event import InteractionStarted
from contactcenter_ari.core.vocabulary.ids import LegId
from contactcenter_ari.core.vocabulary.request import LogIn, PutAgent
from contactcenter_ari.core.vocabulary.signal import LegHungUp
from contactcenter_ari.runtime import recovery
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.runtime.input_log import read_input_log
from contactcenter_ari.runtime.log_folder import LOGS_KEPT
from contactcenter_ari.runtime.recovery import HOME_AFTER, Beginning, begin
from contactcenter_ari.runtime.replay import replay
from tests.runtime.world import (
    ANNA,
    MORNING,
    SITE,
    Journal,
    SetClock,
    Switch,
    World,
    quiet,
    running,
)

NOW = MORNING + timedelta(seconds=3)


@pytest.fixture
async def killed(tmp_path: Path) -> World:
    """A center that was killed a moment ago: an agent is logged in, two callers wait."""
    world = World(tmp_path / "input" / "18f.jsonl")
    async with world.running():
        await world.driver.request(PutAgent(ANNA))
        await world.driver.request(LogIn(ANNA.agent, "me"))
        world.call(1)
        world.call(2)
        await quiet(world.driver)
    age(world, timedelta())
    return world


def age(world: World, time: timedelta) -> None:
    """The log was last written this long ago."""
    written = (NOW - time).timestamp()
    os.utime(world.log.path, (written, written))


def begun(world: World, now: datetime = NOW) -> tuple[Beginning, list[EventDict]]:
    """The beginning in the folder of a world, and its log messages."""
    with capture_logs() as lines:
        beginning = begin(world.log.path.parent, node="n1", site=SITE, now=now, key="k")
    return beginning, [*lines]


def is_new(world: World, beginning: Beginning) -> bool:
    """Whether no call is known, and the old log is as it was."""
    return (
        not beginning.resumed
        and beginning.events == ()
        and beginning.latest is None
        and beginning.input_log.path != world.log.path
        and beginning.center.agents(NOW) == ()
    )


def test_the_first_time(tmp_path: Path) -> None:
    """There is no log yet: one begins with the center and its site, named by the instant."""
    with capture_logs() as lines:
        beginning = begin(tmp_path / "a" / "input", node="n7", site=SITE, now=MORNING, key="k")
    assert (beginning.resumed, lines) == (False, [])
    entries = [*read_input_log(beginning.input_log.path)]
    boot = f"{int(MORNING.timestamp() * 1000):x}"
    assert beginning.input_log.path == tmp_path / "a" / "input" / f"{boot}.jsonl"
    assert [entry.input for entry in entries] == [CenterStarted("n7", boot), SitePublished(SITE)]
    assert replay(beginning.input_log.path).digest.text == beginning.digest.text


async def test_taken_up(killed: World) -> None:
    """All calls are in the state they had, and the log goes on in the same file."""
    beginning, lines = begun(killed)
    assert beginning.resumed
    assert beginning.latest == MORNING
    assert beginning.input_log.path == killed.log.path
    assert beginning.digest.text == killed.driver.digest.text
    assert beginning.center.agents(NOW) == killed.driver.center.agents(NOW)
    assert beginning.center.queues(NOW) == killed.driver.center.queues(NOW)
    assert beginning.center.calls_in_progress() == 2
    assert beginning.center.next_deadline() == killed.driver.center.next_deadline()
    assert [(line["event"], line["log_level"]) for line in lines] == [
        ("input_log.taken_up", "info")
    ]


async def test_it_goes_on(killed: World) -> None:
    """The next events go on with the numbers, and the whole log replays."""
    beginning, _ = begun(killed)
    journal = Journal()
    driver = Driver(
        center=beginning.center,
        digest=beginning.digest,
        clock=SetClock(NOW),
        journal=journal,
        input_log=beginning.input_log,
    )
    driver.hold_timers()
    driver.publish(SITE)
    async with running(driver, switch := Switch()):
        driver.resume()
        driver.put(LegHungUp(LegId("leg-1"), 16))
        await quiet(driver)
    assert next(event.number for event in journal.events) == len(killed.journal.events) + 1
    minted = {repr(command) for command in killed.switch.commands}
    assert minted.isdisjoint(repr(command) for command in switch.commands)
    assert replay(beginning.input_log.path).digest.text == driver.digest.text


async def test_taken_up_twice(killed: World) -> None:
    """Killed again at once it comes to the same."""
    first, second = begun(killed)[0], begun(killed)[0]
    assert first.digest.text == second.digest.text
    assert first.events == second.events


async def test_events_are_told_again(killed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them, or the last of many: some may not have been written down."""
    events = tuple(killed.journal.events)
    assert len(events) > 3
    assert begun(killed)[0].events == events
    monkeypatch.setattr(recovery, "UNWRITTEN", 3)
    assert begun(killed)[0].events == events[-3:]


async def test_half_a_line_is_cut(killed: World) -> None:
    """Killed while it wrote: that input was not handled."""
    whole = killed.log.path.read_bytes()
    killed.driver.digest.add("fault")
    killed.log.append(NOW, LegHungUp(LegId("leg-1"), 16), killed.driver.digest.text)
    killed.log.path.write_bytes(killed.log.path.read_bytes()[:-5])
    age(killed, timedelta())
    beginning, _ = begun(killed)
    assert beginning.resumed
    assert beginning.center.calls_in_progress() == 2
    assert killed.log.path.read_bytes() == whole


async def test_a_program_that_ended_well(killed: World) -> None:
    """Its log was closed; agents are still logged in after a restart."""
    killed.log.close(NOW, killed.driver.digest.text)
    age(killed, timedelta())
    beginning, _ = begun(killed)
    assert (beginning.resumed, beginning.latest) == (True, NOW)
    assert beginning.center.agents(NOW) == killed.driver.center.agents(NOW)


async def test_an_old_log(killed: World) -> None:
    """It is taken up however old: calls may live. Agents in no call have gone home."""
    agent = ANNA.agent
    assert begun(killed, MORNING + HOME_AFTER)[0].gone_home == ()
    beginning, _ = begun(killed, MORNING + HOME_AFTER + timedelta(seconds=1))
    assert beginning.resumed
    assert beginning.center.calls_in_progress() == 2
    assert [view.agent for view in beginning.center.agents(NOW)] == [agent]
    assert beginning.gone_home == (agent,)


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (lambda _: b"", "does not begin"),
        (lambda _: b"\0" * 4096 + b"\n", ":1: this is no line of an input log"),
        (lambda log: b"\xff" + log, ":1: this is no line of an input log"),
        (lambda log: log.replace(b'"LogIn"', b'"Dance"'), ":4: this is no line of an input log"),
        (lambda log: log.replace(b'"LogIn"', b'"LogOut"'), ":5: what happened"),
        (lambda log: log.replace(b'"queues":{', b'"lines":{', 1), ":2: this is no line"),
    ],
)
async def test_a_log_of_another_version(
    killed: World, edit: Callable[[bytes], bytes], why: str
) -> None:
    """A log that cannot be read, or has another result, is left as it is, with a warning."""
    killed.log.path.write_bytes(edit(killed.log.path.read_bytes()))
    age(killed, timedelta())
    before = killed.log.path.read_bytes()
    beginning, lines = begun(killed)
    assert is_new(killed, beginning)
    assert killed.log.path.read_bytes() == before
    _warns(lines, why)


async def test_a_log_with_a_hole(killed: World) -> None:
    """The disk was full for a while: what came after cannot be trusted."""
    lines = killed.log.path.read_bytes().splitlines(keepends=True)
    killed.log.path.write_bytes(b"".join(lines[:3] + lines[4:]))
    age(killed, timedelta())
    beginning, warned = begun(killed)
    assert is_new(killed, beginning)
    _warns(warned, ":4: what happened")


async def test_after_one_that_was_not_taken_up(killed: World) -> None:
    """The next program takes up the newer log."""
    killed.log.path.write_bytes(b"nonsense\n")
    age(killed, timedelta())
    first, _ = begun(killed)
    later = NOW.timestamp() + 1
    os.utime(first.input_log.path, (later, later))
    second, _ = begun(killed, NOW + timedelta(seconds=2))
    assert (second.resumed, second.input_log.path) == (True, first.input_log.path)


async def test_after_the_clock_was_set_back(killed: World) -> None:
    """The log that was written last is taken up, also if another has a later name."""
    future = killed.log.path.with_name("fff.jsonl")
    killed.log.path.rename(future)
    future.write_bytes(b"nonsense\n")
    os.utime(future, (NOW.timestamp(), NOW.timestamp()))
    past = datetime(1970, 1, 1, second=1, tzinfo=UTC)
    first, _ = begun(killed, past)
    later = NOW.timestamp() + 1
    os.utime(first.input_log.path, (later, later))
    second, _ = begun(killed, NOW + timedelta(seconds=2))
    assert (second.resumed, second.input_log.path) == (True, first.input_log.path)


def test_few_logs_are_kept(tmp_path: Path) -> None:
    """The oldest are removed; other files are left alone."""
    other = tmp_path / "notes.txt"
    other.write_text("mine")
    for hour in range(LOGS_KEPT + 3):
        now = MORNING + timedelta(hours=2 * hour)
        with capture_logs():
            log = begin(tmp_path, node="n1", site=SITE, now=now, key="k").input_log.path
        log.write_bytes(b"nonsense\n")
        os.utime(log, (now.timestamp(), now.timestamp()))
    logs = sorted(tmp_path.glob("*.jsonl"))
    assert (len(logs), logs[-1]) == (LOGS_KEPT, log)
    assert other.exists()


async def test_the_clock_never_goes_back(killed: World) -> None:
    """The system's clock was set back meanwhile: time goes on from the last input."""
    beginning, _ = begun(killed)
    clock = Clock()
    ahead = max(clock.now(), NOW) + timedelta(hours=1)
    beginning.input_log.close(ahead, beginning.digest.text)
    age(killed, timedelta())
    again, _ = begun(killed)
    assert again.latest == ahead
    clock.reach(again.latest)
    journal = Journal()
    driver = Driver(
        center=again.center,
        digest=again.digest,
        clock=clock,
        journal=journal,
        input_log=again.input_log,
    )
    killed.driver = driver
    async with running(driver):
        killed.call(3)
        await quiet(driver)
    (started,) = [event for event in journal.events if isinstance(event, InteractionStarted)]
    assert started.at >= ahead
    nows = [entry.now for entry in read_input_log(again.input_log.path)]
    assert nows == sorted(nows)


def _warns(lines: list[EventDict], why: str) -> None:
    (line,) = lines
    assert (line["event"], line["log_level"]) == ("input_log.not_taken_up", "warning")
    assert why in line["reason"]
