"""The driver: inputs in order, one turn at a time, also after a fault in one."""

import asyncio
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.flow.language.declaration import SqlLookUp
from contactcenter_ari.core.flow.language.step import Section, Step
from contactcenter_ari.core.flow.verb.lookup import LookUpStep
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.site.site import CenterResumed, CenterStarted, SitePublished
from contactcenter_ari.core.vocabulary.command import AnswerLeg, HangUpLeg, PlayPrompt
from contactcenter_ari.core.vocabulary.event import InteractionStarted
from contactcenter_ari.core.vocabulary.ids import AgentId, CallId, LegId, PlaybackId
from contactcenter_ari.core.vocabulary.request import GoNotReady, LogIn, PutAgent
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    CommandFailed,
    LegHungUp,
    LookUpFinished,
    PlaybackFinished,
    TimePassed,
)
from contactcenter_ari.runtime import driver
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.runtime.driver import INBOX_LIMIT, TURNS_AT_ONCE
from contactcenter_ari.runtime.input_log import read_input_log
from contactcenter_ari.runtime.replay import replay
from contactcenter_ari.simulation.sample import DIRECT
from tests.runtime.world import ANNA, LIMIT, MORNING, SALES, SITE, SetClock, World, quiet

SOON = timedelta(milliseconds=30)
A_FAULT = CenterStarted("n1", "twice")
"""An input that is never sent: the core raises, as it would for a fault of its own."""


@pytest.fixture
async def world(tmp_path: Path) -> World:
    """A world whose clock stands still."""
    return World(tmp_path / "1.jsonl")


def impatient(path: Path, wait: timedelta = SOON) -> World:
    """A world in real time, where callers may wait for a moment, and then are hung up."""
    queues = {SALES: QueueSettings(name=SALES, max_wait=wait, join_empty=True)}
    site = msgspec.structs.replace(SITE, queues=SITE.queues | queues)
    return World(path, clock=Clock(), site=SitePublished(site))


def curious(path: Path) -> World:
    """A world whose flow asks a look-up and then speaks."""
    flow, *others = SITE.flows
    asks, says = LookUpStep("customer", {}, "who", {}), Play("welcome")
    flow = msgspec.structs.replace(
        flow,
        sections={"start": Section((Step(asks, line=1), Step(says, line=2)))},
        prompts=others[0].prompts,
        look_ups={"customer": SqlLookUp("SELECT 1", {}, {})},
    )
    return World(path, site=SitePublished(msgspec.structs.replace(SITE, flows=(flow, *others))))


# Order


async def test_inputs_are_handled_in_order(world: World) -> None:
    """Each is in the log before it is handled, and what comes of it goes on in order."""
    async with world.running():
        world.call(1)
        world.call(2)
        world.driver.put(LegHungUp(LegId("leg-1"), 16))
        await quiet(world.driver)
    started, published, *logged = [entry.input for entry in read_input_log(world.log.path)]
    assert (started, published) == (CenterStarted("n1", "b1"), SitePublished(SITE))
    assert logged == [
        CallArrived(LegId("leg-1"), DIRECT, "+31612345678", ""),
        CallArrived(LegId("leg-2"), DIRECT, "+31612345678", ""),
        LegHungUp(LegId("leg-1"), 16),
    ]
    numbers = [event.number for event in world.journal.events]
    assert numbers == list(range(1, len(numbers) + 1))
    assert [answer.leg for answer in world.switch.done(AnswerLeg)] == ["leg-1", "leg-2"]


async def test_what_comes_of_a_turn_waits_for_its_turn(world: World) -> None:
    """A signal that the switch gives during a command is handled afterwards."""
    submit, inside = world.switch.submit, []

    def answering(command: object) -> None:
        inside.append(world.driver.turns)
        if isinstance(command, AnswerLeg):
            world.driver.put(LegHungUp(command.leg, 16))
            assert world.driver.backlog == 1
        submit(command)  # type: ignore[arg-type]  # any command

    world.switch.submit = answering  # type: ignore[method-assign]  # a switch that talks back
    async with world.running():
        world.call()
        await quiet(world.driver)
    assert inside == sorted(inside)
    assert world.driver.turns == 2
    assert world.driver.center.calls_in_progress() == 0


async def test_inputs_before_run_are_kept(world: World) -> None:
    """They gather, and are handled first."""
    world.call(1)
    asked = asyncio.ensure_future(world.driver.request(PutAgent(ANNA)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (world.driver.turns, world.driver.backlog) == (0, 2)
    async with world.running():
        world.call(2)
        await quiet(world.driver)
        await asked
    assert [answer.leg for answer in world.switch.done(AnswerLeg)] == ["leg-1", "leg-2"]


async def test_other_tasks_get_their_chance(world: World) -> None:
    """A long inbox is handled in portions."""
    for _ in range(2 * TURNS_AT_ONCE + 1):
        world.driver.put(TimePassed())
    async with world.running():
        assert world.driver.turns == TURNS_AT_ONCE
        await asyncio.sleep(0)
        assert world.driver.turns == 2 * TURNS_AT_ONCE
        await quiet(world.driver)
    assert world.driver.turns == 2 * TURNS_AT_ONCE + 1


async def test_a_new_site(world: World) -> None:
    """It is an input like others: logged, and in force for the next call."""
    away = msgspec.structs.replace(SITE, flows=())
    async with world.running():
        world.driver.publish(away)
        world.call()
        await quiet(world.driver)
    logged = [entry.input for entry in read_input_log(world.log.path)]
    assert logged[2] == SitePublished(away)
    assert len(world.switch.done(PlayPrompt)) == 1, "that the number is not in use"


# Requests


async def test_a_refused_request_changes_nothing(world: World) -> None:
    """The task that made the request gets the reason; no other sees it."""
    async with world.running():
        await world.driver.request(PutAgent(ANNA))
        before = world.driver.center.agents(MORNING)
        with pytest.raises(RequestRefused) as refusal:
            await world.driver.request(GoNotReady(ANNA.agent, "golf", "me"))
    assert refusal.value.code == "unknown_reason"
    assert world.driver.center.agents(MORNING) == before
    assert world.journal.events == []
    assert world.driver.faults == 0


async def test_who_asked_and_went_away(world: World) -> None:
    """The request is handled anyway."""
    async with world.running():
        asked = asyncio.ensure_future(world.driver.request(PutAgent(ANNA)))
        await asyncio.sleep(0)
        asked.cancel()
        await asyncio.wait([asked])
        await quiet(world.driver)
        await world.driver.request(LogIn(ANNA.agent, "me"))
    assert world.driver.faults == 0


async def test_nobody_waits_for_a_driver_that_has_ended(world: World) -> None:
    """Requests it did not come to are cancelled, and later signals do nothing."""
    async with world.running():
        for _ in range(4 * TURNS_AT_ONCE):
            world.driver.put(TimePassed())
        asked = asyncio.ensure_future(world.driver.request(PutAgent(ANNA)))
        await asyncio.sleep(0)
    await asyncio.wait([asked], timeout=LIMIT)
    assert asked.cancelled()
    turns = world.driver.turns
    world.call()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert world.driver.turns == turns


# Faults


async def test_a_line_about_a_fault_names_its_call(world: World) -> None:
    """By the interaction, and by all else that the input is about."""
    gone = CommandFailed(
        PlayPrompt(CallId("n1-b-7"), LegId("l1"), PlaybackId("n1-b-7.3"), ()), 0, ""
    )
    for fault, ids in (
        (PlaybackFinished(PlaybackId("n1-b-7.3")), {"playback": "n1-b-7.3"}),
        (gone, {"leg": "l1", "playback": "n1-b-7.3"}),
    ):
        with capture_logs() as lines:
            world.driver._note(AssertionError("ours"), fault)
        (line,) = lines
        assert line["interaction"] == "n1-b-7"
        assert {name: line[name] for name in ids} == ids


async def test_a_fault_in_a_turn(world: World) -> None:
    """It is logged with its traceback, counted, and the next input is handled."""
    with capture_logs() as lines:
        async with world.running():
            world.driver.put(A_FAULT)  # type: ignore[arg-type]  # as nobody should
            world.call()
            await quiet(world.driver)
    (line,) = lines
    assert (line["event"], line["input"], line["turn"]) == ("turn.failed", "CenterStarted", 1)
    assert isinstance(line["exc_info"], AssertionError)
    assert world.driver.faults == 1
    assert len(world.switch.done(AnswerLeg)) == 1


async def test_a_fault_of_a_request(world: World) -> None:
    """The task that made the request gets the fault."""
    with capture_logs():
        async with world.running():
            with pytest.raises(AssertionError):
                await world.driver.request(A_FAULT)  # type: ignore[arg-type]  # as above
    assert world.driver.faults == 1


async def test_a_broken_switch(world: World) -> None:
    """The other commands are carried out, the events written down, the next input taken."""
    world.switch.broken = (AnswerLeg,)
    with capture_logs():
        async with world.running():
            world.call(1)
            world.call(2)
            await quiet(world.driver)
    assert world.driver.faults == 2
    assert len({command.call for command in world.switch.commands}) == 2
    assert len([e for e in world.journal.events if isinstance(e, InteractionStarted)]) == 2
    assert replay(world.log.path).digest.text == world.driver.digest.text


async def test_a_broken_journal(world: World) -> None:
    """Calls go on."""
    world.journal.broken = True
    with capture_logs():
        async with world.running():
            world.call()
            await quiet(world.driver)
    assert world.driver.faults == 1
    assert len(world.switch.done(AnswerLeg)) == 1


async def test_a_name_that_cannot_be_written(world: World) -> None:
    """Half a character in a caller's name stops neither the call nor the replay."""
    async with world.running():
        world.call(1, name="\ud83d")
        world.call(2, name="\0")
        await quiet(world.driver)
    assert (world.driver.faults, world.log.failures) == (0, 0)
    assert replay(world.log.path).digest.text == world.driver.digest.text


async def test_a_log_that_cannot_be_written(world: World) -> None:
    """Calls go on without it."""
    with capture_logs():
        world.log.close(MORNING, world.driver.digest.text)
        async with world.running():
            world.call()
            await quiet(world.driver)
    assert (world.driver.faults, world.log.failures) == (0, 1)
    assert len(world.switch.done(AnswerLeg)) == 1


# Time


async def test_time_passes(tmp_path: Path) -> None:
    """A caller who waited long enough is hung up, by a turn of its own."""
    world = impatient(tmp_path / "1.jsonl")
    async with world.running():
        world.call()
        assert (await world.switch.until(HangUpLeg)).leg == "leg-1"
    assert [e.input for e in read_input_log(world.log.path)][-1] == TimePassed()


async def test_the_timer_follows_the_earliest_deadline(tmp_path: Path) -> None:
    """An earlier deadline comes first, and the later one is not forgotten."""
    world = impatient(tmp_path / "1.jsonl", wait=10 * SOON)
    sooner = {SALES: msgspec.structs.replace(SITE.queues[SALES], max_wait=SOON)}
    async with world.running():
        world.call(1)
        await quiet(world.driver)
        world.driver.publish(msgspec.structs.replace(SITE, queues=SITE.queues | sooner))
        world.call(2)
        legs = [(await world.switch.until(HangUpLeg, number)).leg for number in (1, 2)]
    assert legs == ["leg-2", "leg-1"]


async def test_a_deadline_that_is_gone(tmp_path: Path) -> None:
    """No turn is taken for it."""
    world = impatient(tmp_path / "1.jsonl")
    async with world.running():
        world.call()
        world.driver.put(LegHungUp(LegId("leg-1"), 16))
        await quiet(world.driver)
        turns = world.driver.turns
        await elapsed(2 * SOON)
        assert world.driver.turns == turns


@pytest.mark.parametrize("running_already", [True, False])
async def test_held_timers(tmp_path: Path, *, running_already: bool) -> None:
    """No deadline passes until `resume`, however late; signals are handled meanwhile."""
    world = impatient(tmp_path / "1.jsonl")
    if not running_already:
        world.driver.hold_timers()
    world.call(1)
    async with world.running():
        world.driver.hold_timers()
        await elapsed(2 * SOON)
        world.call(2)
        await quiet(world.driver)
        assert len(world.switch.done(AnswerLeg)) == 2
        assert world.switch.done(HangUpLeg) == []
        world.driver.resume()
        await world.switch.until(HangUpLeg, 2)
    logged = [entry.input for entry in read_input_log(world.log.path)]
    assert logged.count(CenterResumed()) == 1
    assert logged.index(CenterResumed()) < logged.index(TimePassed())


async def elapsed(time: timedelta) -> None:
    """Be called by the loop so much later: earlier timers have rung before."""
    loop = asyncio.get_running_loop()
    rung = loop.create_future()
    loop.call_later(time.total_seconds(), rung.set_result, None)
    await rung


async def test_no_timer_outlives_the_driver(tmp_path: Path) -> None:
    """Once it has ended no turn is taken."""
    world = impatient(tmp_path / "1.jsonl")
    async with world.running():
        world.call()
        await quiet(world.driver)
    turns = world.driver.turns
    await elapsed(2 * SOON)
    assert world.driver.turns == turns


# Look-ups


async def test_look_ups_are_answered(tmp_path: Path) -> None:
    """The answer comes as a signal; others are served meanwhile."""
    world = curious(tmp_path / "1.jsonl")
    async with world.running():
        world.call(1)
        world.call(2)
        await quiet(world.driver)
        assert world.switch.done(PlayPrompt) == []
        for _ in range(2):
            world.look_ups.rows.put_nowait({})
        await world.switch.until(PlayPrompt, 2)
    assert len(world.look_ups.asked) == 2
    answers = [e.input for e in read_input_log(world.log.path)][-2:]
    assert {type(answer) for answer in answers} == {LookUpFinished}


async def test_questions_end_with_the_driver(tmp_path: Path) -> None:
    """No task is left that would answer after the end."""
    world = curious(tmp_path / "1.jsonl")
    async with world.running():
        world.call()
        await quiet(world.driver)
        await asyncio.sleep(0)
    assert world.look_ups.given_up == world.look_ups.asked != []


# New calls


async def test_a_long_inbox_takes_no_calls(world: World) -> None:
    """Until it is handled, new calls are for the fall-back."""
    for _ in range(INBOX_LIMIT - 1):
        world.driver.put(TimePassed())
    assert world.driver.accepts_calls
    world.driver.put(TimePassed())
    assert (world.driver.accepts_calls, world.driver.backlog) == (False, INBOX_LIMIT)
    async with world.running():
        await quiet(world.driver)
        assert world.driver.accepts_calls


async def test_a_driver_that_hangs_does_not_keep_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inputs wait and no turn is taken: no report may say that the center is alive."""
    monkeypatch.setattr(driver, "HUNG_AFTER", timedelta())
    seen = [world.driver.keeps_up]
    world.driver.put(TimePassed())
    seen.append(world.driver.keeps_up)
    async with world.running():
        await quiet(world.driver)
        seen.append(world.driver.keeps_up)
    assert seen == [True, False, True]


async def test_draining(world: World) -> None:
    """No new calls are asked for; those in progress go on."""
    async with world.running():
        world.call()
        world.driver.drain()
        assert not world.driver.accepts_calls
        world.driver.put(LegHungUp(LegId("leg-1"), 16))
        await quiet(world.driver)
    assert world.driver.center.calls_in_progress() == 0


async def test_each_turn_has_its_instant(world: World) -> None:
    """The clock is read once a turn, when it begins."""
    assert isinstance(world.clock, SetClock)
    async with world.running():
        world.call(1)
        await quiet(world.driver)
        world.clock.instant += timedelta(seconds=5)
        world.call(2)
        await quiet(world.driver)
    nows = [entry.now for entry in read_input_log(world.log.path)]
    assert nows == [MORNING] * 3 + [MORNING + timedelta(seconds=5)]
    started = [e.at for e in world.journal.events if isinstance(e, InteractionStarted)]
    assert started == [MORNING, MORNING + timedelta(seconds=5)]


async def test_how_it_is_shown(world: World) -> None:
    """It shows how busy it is."""
    world.call()
    assert repr(world.driver) == "<Driver 0 turns, 1 waiting, 0 faults>"
    with pytest.raises(RequestRefused):
        async with world.running():
            await world.driver.request(LogIn(AgentId("nobody"), "me"))
    assert repr(world.driver) == "<Driver 2 turns, 0 waiting, 0 faults>"
