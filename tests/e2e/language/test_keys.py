"""Keys while waiting, digits, failing look-ups and the rules of input on a real Asterisk, proved
by the sound that callers hear.
"""

from datetime import timedelta

import pytest

from contactcenter_ari.core.vocabulary.event import AgentState, EndReason, OfferResult
from contactcenter_ari.core.vocabulary.ids import CallbackId
from contactcenter_ari.core.vocabulary.request import CancelCallback, LogOut, SetFlag
from tests.e2e.caller import Caller
from tests.e2e.language.flow_caller import (
    AGENT,
    ASKED,
    ASKING,
    CALLER,
    RATE,
    RULES,
    WAITING,
    events,
    hears_music,
    is_in,
    reached,
    said,
    told,
)
from tests.e2e.phone import Manner
from tests.e2e.polling import until, until_holds
from tests.e2e.world import TEST, World

pytestmark = pytest.mark.asyncio(loop_scope="session")


# Keys while waiting


async def test_a_key_while_waiting_keeps_the_place(world: World) -> None:
    """The caller hears a prompt, then music again, and is still first in line."""
    worker = await world.hire("patient", frequency=AGENT)
    await worker.pause()
    first = await reached(world, WAITING)
    await world.until_waiting("patient", 1)
    second = await reached(world, WAITING, voice=1700)
    await world.until_waiting("patient", 2)
    await first.press("1")
    hint = "Our office has moved to the other side of the street, next to the station."
    await first.until_hears(await world.sound(hint))
    await hears_music(first)
    await worker.resume()
    talk = await worker.phone.talks()
    await talk.until_hears_tone(CALLER)
    await first.until_hears_tone(AGENT)
    first.hang_up()
    await worker.phone.talks(2)
    await second.until_hears_tone(AGENT)


async def test_an_agent_answers_during_the_prompt(world: World) -> None:
    """The prompt that a key led to ends at once when an agent picks up."""
    worker = await world.hire("patient", frequency=AGENT, manner=Manner.RINGS)
    caller = await reached(world, WAITING)
    ringing = await worker.phone.rings()
    before = len(caller.heard)
    await caller.press("1")
    await until(lambda: len(caller.heard) > before + RATE, "nothing heard")
    await ringing.answer()
    await caller.until_hears_tone(AGENT)
    await ringing.until_hears_tone(CALLER)
    hint = "Our office has moved to the other side of the street, next to the station."
    assert not is_in(await world.sound(hint), caller.heard)
    caller.hang_up()
    record = await world.record(caller)
    assert record.interaction.reason is EndReason.COMPLETED
    assert "hint" in await said(world, record)


async def test_a_caller_leaves_while_told_something(world: World) -> None:
    """A caller who hangs up during the prompt that a key led to has abandoned the queue; the phone
    stops ringing.
    """
    worker = await world.hire("patient", manner=Manner.RINGS)
    caller = await reached(world, WAITING)
    ringing = await worker.phone.rings()
    before = len(caller.heard)
    await caller.press("1")
    await until(lambda: len(caller.heard) > before + RATE // 2, "nothing heard")
    caller.hang_up()
    await ringing.until_over()
    await worker.until(AgentState.READY)
    record = await world.record(caller)
    assert record.interaction.reason is EndReason.ABANDONED
    assert [offer.result for offer in record.offers] == [OfferResult.WITHDRAWN]


async def test_a_callback_is_written(world: World) -> None:
    """The callback is written down and ends the stay in the queue; no agent is logged in to keep
    it.
    """
    worker = await world.hire("patient")
    await worker.pause()
    caller = await reached(world, WAITING)
    await world.until_waiting("patient", 1)
    await world.service.driver.request(LogOut(worker.id, TEST))
    await caller.press("2")
    record = await told(world, caller, "We shall call you back.")
    (booked,) = await events(world, record, "CallbackBooked")
    assert (booked.data["dialed"], booked.data["queue"]) == (caller.number, "patient")
    assert "callback_taken" in [segment.result for segment in record.segments]
    assert world.waiting("patient") == 0
    callback = CallbackId(str(booked.data["callback"]))
    await world.service.driver.request(CancelCallback(callback, TEST))


# Digits, flags, and what is done after the hang-up


async def test_digits_are_confirmed(world: World) -> None:
    """The caller refuses the digits once and accepts them the second time; a flag that was
    switched in between counts; tags follow.
    """
    await world.service.driver.request(SetFlag("asked", "storm", "off", "test"))
    caller = await reached(world, ASKED, "12")
    await caller.until_hears(await world.sound("1 2, is that right?"))
    await caller.press("2")
    await until_holds(lambda: _asked_again(world, caller))
    await caller.press("45")
    await caller.until_hears(await world.sound("4 5, is that right?"))
    await world.service.driver.request(SetFlag("asked", "storm", "on", "test"))
    await caller.press("1")
    await caller.until_hears(await world.sound("Order 4 5 is coming."))
    await caller.until_hears(await world.sound("There is a storm."))
    caller.hang_up()
    record = await world.record(caller)
    assert record.interaction.tags == {"district": "north", "order": "45"}
    assert record.interaction.reason is EndReason.LEFT_FLOW


async def _asked_again(world: World, caller: Caller) -> str:
    """Whether the question is heard at the end."""
    question = await world.sound("Type your order.")
    return "" if is_in(question, caller.heard) else "the question was not heard"


# Look-ups that go wrong


@pytest.mark.parametrize("key", ["1", "2"])
async def test_a_look_up_hangs(world: World, key: str) -> None:
    """The caller hears music for two seconds; then the error exit is taken."""
    caller = await reached(world, ASKING, key)
    await hears_music(caller)
    record = await told(world, caller, "The answer does not come.")
    (done,) = await events(world, record, "LookUpDone")
    assert done.data["outcome"] == "error"
    (chosen,) = await events(world, record, "MenuChosen")
    assert timedelta(seconds=1.8) < done.at - chosen.at < timedelta(seconds=3.2)


async def test_a_caller_leaves_during_a_look_up(world: World) -> None:
    """The music stops, and nothing waits for the answer."""
    caller = await reached(world, ASKING, "1")
    await hears_music(caller)
    caller.hang_up()
    record = await world.record(caller)
    assert record.interaction.reason is EndReason.LEFT_FLOW
    assert await events(world, record, "LookUpDone") == []


@pytest.mark.parametrize("key", ["3", "4", "5"])
async def test_a_look_up_fails(world: World, key: str) -> None:
    """A result of another type, a failing web service or a failing query takes the error exit at
    once.
    """
    caller = await reached(world, ASKING, key)
    record = await told(world, caller, "The answer does not come.")
    (done,) = await events(world, record, "LookUpDone")
    (chosen,) = await events(world, record, "MenuChosen")
    assert done.data["outcome"] == "error"
    assert done.at - chosen.at < timedelta(seconds=1.8)


# The rules of input

FIRM = "This is heard to its end."
MENU = "This sentence may be cut short by a key."


async def test_keys_typed_ahead_wait_for_a_firm_prompt(world: World) -> None:
    """The prompt is heard whole; then the key chooses, and the menu is not read out. A terminator
    ends the digits and is not a digit.
    """
    caller = await reached(world, RULES, "1")
    await caller.until_hears(await world.sound(FIRM))
    await caller.until_hears(await world.sound("Type some digits."))
    assert not is_in(await world.sound(MENU), caller.heard)
    await caller.press("12#")
    record = await told(world, caller, "You typed 1 2.")
    assert "menu" not in await said(world, record)
    (gathered,) = await events(world, record, "InputGathered")
    assert gathered.data["value"] == "12"


async def test_a_key_cuts_a_prompt_short(world: World) -> None:
    """The menu is heard in part; then the digits end because no further one comes."""
    caller = await reached(world, RULES)
    menu = await world.sound(MENU)
    begun = menu[: RATE * 3 // 4]
    await caller.until_hears(begun)
    await caller.press("1")
    await caller.until_hears(await world.sound("Type some digits."))
    assert not is_in(menu, caller.heard)
    await caller.press("123")
    pressed_at = world.service.clock.now()
    record = await told(world, caller, "You typed 1 2 3.")
    (gathered,) = await events(world, record, "InputGathered")
    assert timedelta(seconds=0.7) < gathered.at - pressed_at < timedelta(seconds=2)


async def test_two_tries_are_given(world: World) -> None:
    """Silence and a wrong key use up a try each, with a prompt; the last try ends the call."""
    caller = await reached(world, RULES)
    await caller.until_hears(await world.sound("Nothing was pressed."))
    await caller.press("9")
    record = await told(world, caller, "That was the last try.")
    failures = [row.data["outcome"] for row in await events(world, record, "InputFailed")]
    assert failures == ["no_input", "no_match"]
    assert await said(world, record) == ["firm", "menu", "no_input", "menu", "failed"]
