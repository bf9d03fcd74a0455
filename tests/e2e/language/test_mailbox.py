"""Keys and silence at a mailbox, on a real Asterisk, proved by sound."""

from datetime import timedelta

import pytest

from tests.e2e.caller import Caller
from tests.e2e.language.flow_caller import (
    AUDIBLE,
    CALLER,
    MAILBOX,
    RATE,
    events,
    is_in,
    reached,
    said,
    told,
)
from tests.e2e.polling import until
from tests.e2e.world import World
from tests.hearing import level_of, tone_heard
from tests.recorded import mono_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

GREETING = (
    "Please leave a message after the tone. To talk to a person instead, press zero at any time."
)
SAVED, MORE, EMPTY = (
    "We will listen to it.",
    "For one more thing, press one.",
    "You said nothing at all.",
)


async def _cuts_the_greeting_short(world: World, caller: Caller, key: str) -> int:
    """Press a key a second into the greeting; gives the number of samples heard by then."""
    greeting = await world.sound(GREETING)
    assert len(greeting) > 3 * RATE
    await caller.until_hears(greeting[:RATE])
    await caller.press(key)
    return len(caller.heard)


async def _hears(caller: Caller, seconds: float) -> None:
    """Wait until this many more samples were heard."""
    wanted = len(caller.heard) + seconds * RATE
    await until(lambda: len(caller.heard) > wanted, "no more was heard")


async def test_a_greeting_is_cut_short_by_a_key(world: World) -> None:
    """The tone follows at once, the caller speaks, and the key does not choose in a later menu."""
    caller = await reached(world, MAILBOX)
    at = await _cuts_the_greeting_short(world, caller, "1")
    await _hears(caller, 3)
    greeting = await world.sound(GREETING)
    assert not is_in(greeting[-2 * RATE :], caller.heard), "the greeting was heard to its end"
    assert level_of(caller.heard[at : at + 2 * RATE]) > AUDIBLE, "no tone"
    assert level_of(caller.heard[at + 2 * RATE :]) < AUDIBLE, "something after the tone"
    await caller.press("#")
    await caller.until_hears(await world.sound(SAVED))
    record = await told(world, caller, MORE)
    assert await said(world, record) == ["leave", "saved", "more"]
    assert await events(world, record, "MenuChosen") == []
    assert record.interaction.tags == {"voicemail": "sales"}
    (row,) = record.recordings
    assert tone_heard(mono_of(row.path), CALLER) > timedelta(seconds=1)


async def test_the_menu_after_a_message_takes_keys(world: World) -> None:
    """The menu takes the keys that are pressed during it."""
    caller = await reached(world, MAILBOX)
    await _cuts_the_greeting_short(world, caller, "#")
    await _hears(caller, 3)
    await caller.press("5")
    await caller.until_hears(await world.sound(MORE))
    await caller.press("1")
    record = await told(world, caller, "One more thing it is.")
    (chosen,) = await events(world, record, "MenuChosen")
    assert chosen.data["key"] == "1"


async def test_silence_is_no_message(world: World) -> None:
    """Silence ends the recording, and no message is reported."""
    caller = await reached(world, MAILBOX)
    caller.is_silent = True
    await _cuts_the_greeting_short(world, caller, "1")
    record = await told(world, caller, EMPTY)
    assert record.interaction.tags == {}
    (row,) = record.recordings
    assert row.duration < timedelta(seconds=10)
    (ended,) = await events(world, record, "RecordingEnded")
    assert ended.data["speech"] == "P0D"


async def test_a_silent_caller_hangs_up(world: World) -> None:
    """There is no message, although the call ended during the recording."""
    caller = await reached(world, MAILBOX)
    caller.is_silent = True
    await _cuts_the_greeting_short(world, caller, "1")
    await _hears(caller, 2)
    caller.hang_up()
    record = await world.record(caller)
    assert record.interaction.tags == {}


async def test_a_key_leads_out_of_the_greeting(world: World) -> None:
    """The key leads to a person, and nothing is recorded."""
    caller = await reached(world, MAILBOX)
    await _cuts_the_greeting_short(world, caller, "0")
    record = await told(world, caller, "A person is on the way.")
    assert not record.recordings


async def test_a_key_leads_out_of_the_message(world: World) -> None:
    """The recording up to the key is kept."""
    caller = await reached(world, MAILBOX)
    await _cuts_the_greeting_short(world, caller, "1")
    await _hears(caller, 3)
    await caller.press("0")
    record = await told(world, caller, "A person is on the way.")
    assert record.interaction.tags == {"voicemail": "sales"}
    (chosen,) = await events(world, record, "MenuChosen")
    assert (chosen.data["menu"], chosen.data["key"]) == ("voicemail", "0")


async def test_a_key_leads_out_of_the_tone(world: World) -> None:
    """The key counts although Asterisk does not report it during the tone."""
    caller = await reached(world, MAILBOX)
    await _cuts_the_greeting_short(world, caller, "10")
    await told(world, caller, "A person is on the way.")
