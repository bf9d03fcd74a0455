"""Replay: the same commands and events, or the line where they begin to differ."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.site.site import CenterStarted
from contactcenter_ari.core.turn import Outcome
from contactcenter_ari.core.vocabulary.ids import LegId
from contactcenter_ari.core.vocabulary.request import GoNotReady, LogIn, PutAgent
from contactcenter_ari.core.vocabulary.signal import LegHungUp, PhoneReachable
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.runtime.input_log import InputLog
from contactcenter_ari.runtime.replay import ReplayFailed, replay
from tests.runtime.world import ANNA, MORNING, World, quiet, running

Line = Callable[[bytes], bytes]


@pytest.fixture
async def world(tmp_path: Path) -> World:
    """A short day: an agent, a call, a refused request, a fault, a hang-up."""
    world = World(tmp_path / "1.jsonl")
    with capture_logs():
        async with world.running():
            await world.driver.request(PutAgent(ANNA))
            world.driver.put(PhoneReachable(ANNA.phone))
            await world.driver.request(LogIn(ANNA.agent, "me"))
            world.call(1, name="Berta")
            with pytest.raises(RequestRefused):
                await world.driver.request(GoNotReady(ANNA.agent, "golf", "me"))
            world.driver.put(CenterStarted("n1", "twice"))  # type: ignore[arg-type]  # a fault
            world.call(2)
            world.driver.put(LegHungUp(LegId("leg-2"), 16))
            await quiet(world.driver)
    return world


def change(path: Path, line: int, edit: Line) -> None:
    """Forge a line, counted from 1."""
    lines = path.read_bytes().splitlines(keepends=True)
    lines[line - 1] = edit(lines[line - 1])
    path.write_bytes(b"".join(lines))


def fails_at(path: Path, line: int) -> None:
    """The replay must name this line."""
    with pytest.raises(ReplayFailed, match=rf"^{re.escape(str(path))}:{line}: "):
        replay(path)


async def test_the_same_comes_of_it(world: World) -> None:
    """Commands, events, digest and the center's state; refusals and faults as well."""
    seen: list[Outcome] = []
    done = replay(world.log.path, seen.append)
    assert (done.inputs, done.commands) == (10, len(world.switch.commands))
    assert [event for outcome in seen for event in outcome.events] == world.journal.events
    assert done.events == len(world.journal.events)
    assert done.digest.text == world.driver.digest.text
    assert done.center.agents(MORNING) == world.driver.center.agents(MORNING)
    assert done.latest == MORNING


async def test_a_log_that_was_closed(world: World) -> None:
    """The end proves the last turn, and the log may go on behind it."""
    world.log.close(MORNING, world.driver.digest.text)
    done = replay(world.log.path)
    assert (done.inputs, done.digest.text) == (10, world.driver.digest.text)
    driver = Driver(
        center=done.center,
        digest=done.digest,
        clock=world.clock,
        journal=world.journal,
        input_log=InputLog(world.log.path),
    )
    async with running(driver):
        driver.put(LegHungUp(LegId("leg-1"), 16))
        await quiet(driver)
    again = replay(world.log.path)
    assert (again.inputs, again.digest.text) == (11, driver.digest.text)
    assert again.center.calls_in_progress() == 0


@pytest.mark.parametrize(
    ("line", "edit", "told"),
    [
        (3, lambda line: line.replace(b"100", b"200"), 6),  # nobody asks for 100 before
        (5, lambda line: line.replace(b"LogIn", b"LogOut"), 6),
        (6, lambda line: line.replace(b"Berta", b"Carla"), 7),
        (6, lambda line: line.replace(b"09:00:00", b"09:00:01"), 7),
        (7, lambda line: line.replace(b"golf", b"lunch"), 8),
        (8, lambda line: line.replace(b'"digest":"', b'"digest":"x'), 8),
        (9, lambda _: b"", 9),
        (9, lambda line: line + line, 10),
        (10, lambda line: line.replace(b"leg-2", b"leg-1"), 11),
    ],
)  # fmt: skip
async def test_a_changed_line(world: World, line: int, edit: Line, told: int) -> None:
    """The difference is reported at the first line whose digest does not fit."""
    world.log.close(MORNING, world.driver.digest.text)
    replay(world.log.path)
    change(world.log.path, line, edit)
    fails_at(world.log.path, told)


async def test_a_core_that_does_otherwise(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version offers calls to no agent: the line after the offer shows it."""
    monkeypatch.setattr(
        "contactcenter_ari.core.acd.distribution.Distribution.distribute", lambda *_: []
    )
    fails_at(world.log.path, 7)


@pytest.mark.parametrize(
    "edit",
    [
        lambda _: b"nonsense\n",
        lambda _: b"\xff\xfe\n",
        lambda _: b"\n",
        lambda line: line.replace(b'"type":"LogIn"', b'"type":"Dance"'),
        lambda line: line.replace(b'"agent"', b'"clerk"'),
        lambda line: line[:-9] + b"\n",
    ],
)
async def test_a_line_that_cannot_be_read(world: World, edit: Line) -> None:
    """It is named; this may be the log of another version."""
    change(world.log.path, 5, edit)
    fails_at(world.log.path, 5)


async def test_half_a_last_line_is_left_out(world: World) -> None:
    """It was not handled, or at least that is unknown."""
    change(world.log.path, 10, lambda line: line[:-9])
    assert replay(world.log.path).inputs == 9


async def test_the_instant_it_came_to(world: World) -> None:
    """The last line's."""
    world.log.close(MORNING + timedelta(minutes=1), world.driver.digest.text)
    assert replay(world.log.path).latest == MORNING + timedelta(minutes=1)


@pytest.mark.parametrize("lines", [0, 1])
async def test_a_log_without_a_beginning(world: World, lines: int) -> None:
    """The center and its site are missing."""
    whole = world.log.path.read_bytes().splitlines(keepends=True)
    world.log.path.write_bytes(b"".join(whole[:lines]))
    with pytest.raises(ReplayFailed, match="does not begin with the start of a center"):
        replay(world.log.path)
    world.log.path.write_bytes(b"".join(whole[1:]))
    with pytest.raises(ReplayFailed, match="does not begin with the start of a center"):
        replay(world.log.path)


def test_no_log_at_all(tmp_path: Path) -> None:
    """The error has the reason."""
    with pytest.raises(ReplayFailed, match="No such file"):
        replay(tmp_path / "1.jsonl")
