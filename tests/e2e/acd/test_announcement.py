"""Announcements to waiting callers: they never delay an agent, no told wait rises, and numbers
agree with their nouns. The callers' own recordings prove each of these.
"""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby
from typing import TypeVar

import msgspec
import pytest

from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.turn import Outcome
from contactcenter_ari.core.vocabulary.command import PlayPrompt
from contactcenter_ari.core.vocabulary.event import AgentState, EndReason
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.prompt import SpokenText
from contactcenter_ari.core.vocabulary.request import HandleTime, LearnHandleTimes, LogOut
from contactcenter_ari.runtime.replay import replay
from tests.e2e.acd.floor import (
    AGENT,
    HONEST,
    LITHUANIAN,
    ROMANIAN,
    RUSSIAN,
    TALKATIVE,
    is_music,
    joined,
    stay,
)
from tests.e2e.caller import Caller
from tests.e2e.language.flow_caller import RATE, events, is_in
from tests.e2e.phone import Manner
from tests.e2e.polling import until
from tests.e2e.world import TEST, Record, Worker, World
from tests.hearing import HEARD, find, tone_heard

pytestmark = pytest.mark.asyncio(loop_scope="session")

T = TypeVar("T")

SOME_HALF_HOUR = 0
"""The half hour of the day; one that is learned stands for all others of the queue."""
CONTACTS = 50
"""Enough contacts that the few short talks of a test change nothing."""
MINUTE = timedelta(minutes=1)

LONG = (
    "Our office has moved to the other side of the street, next to the station. You find us on "
    "the second floor, above the bakery, every day but Sunday, and you may leave your car in the "
    "yard behind the house, where a place is kept for everybody who has come to see us."
)


async def test_an_offer_cuts_an_announcement_off(world: World) -> None:
    """When a phone rings the announcement ends at once and the caller hears music again."""
    worker = await world.hire("talkative", frequency=AGENT, manner=Manner.RINGS)
    await worker.pause()
    caller = await joined(world, TALKATIVE, "talkative")
    announcement = await world.sound(LONG)
    begun = await caller.until_hears(announcement[: 2 * RATE])
    await worker.resume()
    ringing = await worker.phone.rings()
    cut = len(caller.heard)
    await until(lambda: len(caller.heard) > cut + 2 * RATE, "the caller hears nothing")
    answered = len(caller.heard)
    await ringing.answer()
    await caller.until_hears_tone(AGENT)
    caller.hang_up()
    said = cut - round(begun.total_seconds() * RATE)
    assert said < len(announcement) - 4 * RATE, "the announcement was too short for this story"
    assert is_in(announcement[: said - RATE // 2], caller.heard)
    assert not is_in(announcement[said + RATE // 2 : said + RATE * 3 // 2], caller.heard)
    assert await is_music(caller.heard[cut + RATE // 2 : answered])
    assert tone_heard(caller.heard[:answered], AGENT) == timedelta()
    record = await world.record(caller)
    assert record.interaction.reason is EndReason.COMPLETED
    (offer,) = record.offers
    (played,) = await events(world, record, "PromptPlayed")
    assert played.at < offer.made_at < stay(record).ended_at


# The wait


async def test_a_wait_that_was_told_never_rises(world: World) -> None:
    """Three callers wait for two agents; one agent logs out, and the waits grow. No caller hears a
    longer wait. All hear that it takes longer than expected, until the estimate is no worse than
    the told wait.
    """
    await _learn(world, MINUTE, "honest")
    stays, leaves = [await _talking(world, HONEST, "honest") for _ in range(2)]
    waiting = [await joined(world, HONEST, "honest") for _ in range(3)]
    told = [await world.sound(f"It takes about {n} minute{'s' * (n > 1)}.") for n in (1, 2, 3)]
    longer = await world.sound("It takes longer than we expected, please stay with us.")
    await asyncio.gather(*map(Caller.until_hears, waiting, told))
    await world.service.driver.request(LogOut(leaves.worker.id, TEST))
    await asyncio.gather(*(caller.until_hears(longer) for caller in waiting))
    stays.caller.hang_up()
    await waiting[0].until_hears_tone(AGENT)
    waiting[0].hang_up()
    await waiting[1].until_hears_tone(AGENT)
    await waiting[2].until_hears(told[1])
    waiting[1].hang_up()
    await waiting[2].until_hears_tone(AGENT)
    for caller in (waiting[2], leaves.caller):
        caller.hang_up()
    await leaves.worker.until(AgentState.LOGGED_OUT)
    for caller in waiting:
        waits = await _waits(world, await world.record(caller))
        assert waits[0] is not None
        assert None in waits
        known = [wait for wait in waits if wait is not None]
        assert known == sorted(known, reverse=True)
    assert waits[0] == 3 * MINUTE
    assert known[-1] == 2 * MINUTE
    first, then, finally_ = (find(sound, waiting[2].heard) for sound in (told[2], longer, told[1]))
    assert first.offset < then.offset < finally_.offset


class _Talk(msgspec.Struct):
    worker: Worker
    caller: Caller


async def _talking(world: World, number: str, queue: str) -> _Talk:
    """An agent of the queue in a talk."""
    worker = await world.hire(queue, frequency=AGENT)
    caller = await world.call(number)
    await worker.until(AgentState.ON_CALL)
    return _Talk(worker, caller)


async def _learn(world: World, mean: timedelta, *queues: str) -> None:
    """Set the handle time that the queues know from earlier contacts."""
    times = [HandleTime(QueueName(queue), SOME_HALF_HOUR, mean, CONTACTS) for queue in queues]
    await world.service.driver.request(LearnHandleTimes(tuple(times)))


async def _waits(world: World, record: Record) -> list[timedelta | None]:
    """The waits that were told, as the database has them; None is "longer than expected"."""
    rows = await events(world, record, "WaitTold")
    return [msgspec.convert(row.data["told"], timedelta | None) for row in rows]


# Languages

WAITS = [
    timedelta(hours=2), timedelta(minutes=75), *(n * MINUTE for n in (25, 15, 10, 5, 2, 1)),
]  # fmt: skip
"""The waits that are told, each less than the one before."""
QUEUES = {LITHUANIAN: "lithuanian", RUSSIAN: "russian", ROMANIAN: "romanian"}
SPOKEN = {
    "lt": (
        "Dar {}.",
        "dvi valandos", "viena valanda ir 15 minučių", "dvidešimt penkios minutės",
        "15 minučių", "10 minučių", "penkios minutės", "dvi minutės", "viena minutė",
    ),
    "ru": (
        "Ещё {}.",
        "2 часа", "1 час 15 минут", "25 минут",
        "15 минут", "10 минут", "5 минут", "две минуты", "одна минута",
    ),
    "ro": (
        "Încă {}.",
        "două ore", "o oră și 15 minute", "25 de minute",
        "15 minute", "10 minute", "5 minute", "două minute", "un minut",
    ),
}  # fmt: skip


async def test_waits_agree_with_their_nouns(world: World) -> None:
    """In Lithuanian, Russian and Romanian one caller each is told eight waits: the voice gets
    these words, and the caller hears each of them in turn.
    """
    told = await asyncio.gather(*(_told_all(world, *line) for line in QUEUES.items()))
    wanted = [
        [SpokenText(frame.format(word), language) for word in words]
        for language, (frame, *words) in SPOKEN.items()
    ]
    for (caller, talk), texts in zip(told, wanted, strict=True):
        await _heard_in_turn(world, caller, texts)
        caller.hang_up()
        talk.caller.hang_up()
    for (caller, _), texts in zip(told, wanted, strict=True):
        record = await world.record(caller)
        assert record.interaction.language == texts[0].language
        assert _without_repeats(await _waits(world, record)) == WAITS
        assert _without_repeats(_handed_to_the_voice(world, record)) == texts


async def _told_all(world: World, number: str, queue: str) -> tuple[Caller, _Talk]:
    """A caller who is told one wait after the other, because contacts become shorter: with one
    agent, who is in a talk, the told wait is twice the handle time, rounded up.
    """
    talk = await _talking(world, number, queue)
    caller: Caller | None = None
    for wait in WAITS:
        await _learn(world, wait / 2 - timedelta(seconds=5), queue)
        caller = caller or await joined(world, number, queue)
        run = _run(world, caller)
        await until(lambda: run.wait_told == wait, lambda: f"not {wait} but {run.wait_told}")  # noqa: B023  # called before the next wait
    assert caller is not None
    return caller, talk


def _without_repeats(told: Iterable[T]) -> list[T]:
    """The told waits, a repeated one once: the last one is told until all callers have heard
    theirs.
    """
    return [each for each, _ in groupby(told)]


def _run(world: World, caller: Caller) -> FlowRun:
    runs = (call.run for call in world.service.driver.center._calls)
    return next(run for run in runs if run.caller_number == caller.number)


async def _heard_in_turn(world: World, caller: Caller, texts: list[SpokenText]) -> None:
    """Each text is heard best in its own turn, so no text was mistaken for another."""
    sounds = [await world.sound(each.text, each.language) for each in texts]
    await caller.until_hears(sounds[-1])
    found = [find(sound, caller.heard) for sound in sounds]
    assert min(match.score for match in found) > HEARD
    offsets = [match.offset for match in found]
    assert offsets == sorted(offsets)


def _handed_to_the_voice(world: World, record: Record) -> list[SpokenText]:
    """All texts for one caller, read from the commands of a replay."""
    spoken: list[SpokenText] = []

    def watch(outcome: Outcome) -> None:
        for command in outcome.commands:
            if isinstance(command, PlayPrompt) and command.call == record.interaction.interaction:
                spoken.extend(part for part in command.parts if isinstance(part, SpokenText))

    replay(world.service.input_log, watch)
    return spoken
