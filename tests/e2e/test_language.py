"""The call-flow language on a real Asterisk: outside lines, messages, recordings, keys while
waiting, look-ups that go wrong, and the rules of input, each proved by what is heard.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from contactcenter_ari.core.vocabulary.event import EndReason
from contactcenter_ari.core.vocabulary.request import EndWrapUp, SetFlag
from contactcenter_ari.postgres.report import Report
from contactcenter_ari.postgres.report_row import EventRow
from contactcenter_ari.speech.hearing import HEARD, find, tone_heard
from contactcenter_ari.speech.sound_file import read_wav
from contactcenter_ari.speech.tone import Samples, level_of
from tests.e2e.caller import Caller
from tests.e2e.carrier import Carrier, Reply
from tests.e2e.patience import until, until_holds
from tests.e2e.phone import Manner
from tests.e2e.world import Record, World

pytestmark = pytest.mark.asyncio(loop_scope="session")

OUTSIDE, DIRECT, BOX, TAPED, WAITING, ASKED, ASKING, RULES = (
    f"+312000000{number}" for number in range(21, 29)
)
CALLER, AGENT, LINE = 440, 620, 1000
MUSIC_LEVEL = -50
SERVER = "@SERVER@"
RATE = 8000
NOTCH = 20
"""Hertz to each side of a tone that are taken out with it."""


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A web service that hangs, fails, or gives words where a number should be."""
    request = (await reader.readuntil(b"\r\n\r\n")).decode()
    body = '{"balance": "many"}'
    with suppress(ConnectionError):
        if "/words" in request:
            answer = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}"
            writer.write(answer.encode())
        elif "/broken" in request:
            writer.write(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")
        else:
            await reader.read()  # until the other side has had enough
    writer.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def web_service() -> AsyncIterator[str]:
    """The address of the web service that look-ups ask."""
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    async with server:
        yield "{}:{}".format(*server.sockets[0].getsockname())


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def exchange() -> AsyncIterator[Carrier]:
    """The carrier of outside lines."""
    carrier = await Carrier.opened()
    yield carrier
    carrier.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def surroundings(data_folder: Path, exchange: Carrier, web_service: str) -> dict[str, str]:
    """The flows of `language`, and a way out."""
    site = data_folder / "site"
    shutil.copytree(Path(__file__).parent / "language", site)
    asking = site / "asking.yaml"
    text = asking.read_text(encoding="utf-8")
    asking.write_text(text.replace(SERVER, web_service), encoding="utf-8")
    return {"CC_SITE": str(site), "CC_CARRIER": str(exchange.address)}


@pytest.fixture
def carrier(world: World, exchange: Carrier) -> Iterator[Carrier]:
    """The carrier, for one story; the story's lines end before the world is looked over."""
    assert world is not None
    yield exchange
    exchange.reset()


async def _reached(world: World, number: str, keys: str = "", voice: float = CALLER) -> Caller:
    """A caller who was answered and has pressed keys."""
    caller = await world.call(number, frequency=voice)
    await caller.until_answered()
    if keys:
        await caller.press(keys)
    return caller


async def _hears_music(caller: Caller) -> None:
    """From now on something is heard that is no silence."""
    before = len(caller.heard)

    def plays() -> bool:
        new = caller.heard[before:]
        return len(new) > RATE // 2 and level_of(new[-2000:]) > MUSIC_LEVEL

    await until(plays, "no music")


async def _told(world: World, caller: Caller, text: str) -> Record:
    """The caller is told this in the end, and the call is over; gives its rows."""
    await caller.until_hears(await world.sound(text))
    await caller.until_over()
    return await world.record(caller)


async def _events(world: World, record: Record, kind: str) -> list[EventRow]:
    rows = await Report(world.service.database).events(record.interaction.interaction)
    return [row for row in rows if row.kind == kind]


async def _said(world: World, record: Record) -> list[object]:
    return [row.data["prompt"] for row in await _events(world, record, "PromptPlayed")]


def _heard(sound: Samples, recording: Samples) -> bool:
    return find(sound, recording).score > HEARD


def _without(frequency: float, recording: Samples) -> Samples:
    """A recording without the one voice that spoke all the time."""
    spectrum = np.fft.rfft(recording)
    pitch = np.fft.rfftfreq(len(recording), 1 / RATE)
    spectrum[np.abs(pitch - frequency) < NOTCH] = 0
    return np.fft.irfft(spectrum, len(recording)).astype(np.int16)


# Outside lines


async def test_an_outside_line_answers(world: World, carrier: Carrier) -> None:
    """Both hear each other; when the line leaves, the caller goes on in the flow."""
    caller = await _reached(world, OUTSIDE, "1")
    line = await carrier.called()
    assert line.dialed == "+31612345678"
    await line.until_hears_tone(CALLER)
    await caller.until_hears_tone(LINE)
    line.hang_up()
    record = await _told(world, caller, "The talk with the line is over.")
    (ended,) = await _events(world, record, "OutsideEnded")
    assert ended.data["outcome"] == "answered"
    assert record.interaction.reason is EndReason.COMPLETED


async def test_the_caller_leaves_an_outside_line(world: World, carrier: Carrier) -> None:
    """The line is hung up, too."""
    caller = await _reached(world, OUTSIDE, "1")
    line = await carrier.called()
    await line.until_hears_tone(CALLER)
    caller.hang_up()
    await line.until_over()
    assert line.center_hung_up


@pytest.mark.parametrize(
    ("reply", "text", "outcome"),
    [
        (Reply.IS_BUSY, "The line is occupied.", "busy"),
        (Reply.DECLINES, "They do not want to talk.", "declined"),
        (Reply.RINGS, "There was no reply at home.", "no_answer"),
    ],
)
async def test_an_outside_line_does_not_answer(
    world: World, carrier: Carrier, reply: Reply, text: str, outcome: str
) -> None:
    """486, 603 and ringing for too long lead to their exits; music is heard meanwhile."""
    carrier.reply = reply
    caller = await _reached(world, OUTSIDE, "1")
    line = await carrier.called()
    if reply is Reply.RINGS:
        await _hears_music(caller)
    record = await _told(world, caller, text)
    await line.until_over()
    (ended,) = await _events(world, record, "OutsideEnded")
    assert ended.data["outcome"] == outcome


async def test_a_screened_call_is_taken(world: World, carrier: Carrier) -> None:
    """The callee is told first, alone, and is joined after pressing 1."""
    caller = await _reached(world, OUTSIDE, "2")
    line = await carrier.called()
    await line.until_hears(await world.sound("A caller from the clinic, press one."))
    assert tone_heard(line.heard, CALLER) == timedelta()
    assert tone_heard(caller.heard, LINE) == timedelta()
    await line.press("1")
    await line.until_hears_tone(CALLER)
    await caller.until_hears_tone(LINE)
    line.hang_up()
    await _told(world, caller, "The talk with the line is over.")


async def test_a_screened_call_is_not_taken(world: World, carrier: Carrier) -> None:
    """A callee who hangs up instead has declined, and never heard the caller."""
    caller = await _reached(world, OUTSIDE, "2")
    line = await carrier.called()
    await line.until_hears(await world.sound("A caller from the clinic, press one."))
    line.hang_up()
    await _told(world, caller, "They do not want to talk.")
    assert tone_heard(line.heard, CALLER) == timedelta()


async def test_a_forbidden_number_is_not_dialed(world: World, carrier: Carrier) -> None:
    """What is not in dial_allow is a failure before anything is dialed."""
    caller = await _reached(world, OUTSIDE, "3")
    await _told(world, caller, "That number cannot be reached.")
    assert carrier.lines == []


async def test_a_caller_is_transferred(world: World, carrier: Carrier) -> None:
    """They talk; when the line leaves, the call is over."""
    caller = await _reached(world, OUTSIDE, "4")
    line = await carrier.called()
    await line.until_hears_tone(CALLER)
    await caller.until_hears_tone(LINE)
    line.hang_up()
    await caller.until_over()
    assert caller.center_hung_up


# One agent


async def test_one_agent_is_rung_straight(world: World) -> None:
    """They talk, a second caller hears that the agent is busy, and the first one goes on."""
    worker = await world.hire(frequency=AGENT)
    caller = await _reached(world, DIRECT, str(worker.id))
    talk = await worker.phone.talks()
    await talk.until_hears_tone(CALLER)
    await caller.until_hears_tone(AGENT)
    second = await _reached(world, DIRECT, str(worker.id))
    await second.until_hears(await world.sound("Your colleague is in a talk."))
    await talk.hang_up()
    await caller.until_hears(await world.sound("Your colleague has left."))
    await world.service.driver.request(EndWrapUp(worker.id, "test"))
    record = await world.record(caller)
    assert record.interaction.agent == worker.id


async def test_one_agent_does_not_pick_up(world: World) -> None:
    """The ring limit of the step leads to no_answer; who takes no calls is not available."""
    worker = await world.hire(manner=Manner.RINGS)
    caller = await _reached(world, DIRECT, str(worker.id))
    ringing = await worker.phone.rings()
    await _told(world, caller, "Your colleague does not pick up.")
    await ringing.until_over()
    await worker.pause()
    second = await _reached(world, DIRECT, str(worker.id))
    await _told(world, second, "Your colleague is at home.")
    assert len(worker.phone.calls) == 1


# Messages


async def _speaks_after_the_tone(world: World) -> Caller:
    caller = await _reached(world, BOX)
    begin = await caller.until_hears(await world.sound("Speak after the tone."))
    heard_at = round(begin.total_seconds() * RATE)
    await until(lambda: len(caller.heard) > heard_at + 4 * RATE, "no more was heard")
    return caller


async def test_a_message_is_taken(world: World) -> None:
    """After the prompt there is a tone, and the caller's voice is on disk until the key."""
    caller = await _speaks_after_the_tone(world)
    spoken = await world.sound("Speak after the tone.")
    end = round(find(spoken, caller.heard).offset.total_seconds() * RATE) + len(spoken)
    assert level_of(caller.heard[end : end + 2 * RATE]) > MUSIC_LEVEL, "no tone after the prompt"
    await caller.press("#")
    record = await _told(world, caller, "We have your message.")
    (row,) = record.recordings
    assert not row.failed
    assert record.interaction.tags == {"voicemail": "sales"}
    assert tone_heard(read_wav(Path(row.path)), CALLER) > timedelta(seconds=1)


async def test_no_message_is_left(world: World) -> None:
    """A key at once leaves nothing: the other exit, and no tag."""
    caller = await _reached(world, BOX)
    await caller.until_hears(await world.sound("Speak after the tone."))
    await caller.press("######")  # a key during the tone does not count
    record = await _told(world, caller, "You said nothing at all.")
    assert record.interaction.tags == {}


async def test_a_hang_up_ends_a_message(world: World) -> None:
    """What was said until then is kept."""
    caller = await _speaks_after_the_tone(world)
    caller.hang_up()
    record = await world.record(caller)
    (row,) = record.recordings
    assert record.interaction.tags == {"voicemail": "sales"}
    assert tone_heard(read_wav(Path(row.path)), CALLER) > timedelta(seconds=1)


# Recordings


async def test_a_call_is_recorded_without_secrets(world: World) -> None:
    """One recording of caller, prompts and agent; the typing of a secret is cut out."""
    worker = await world.hire("taped", frequency=AGENT)
    await worker.pause()
    caller = await _reached(world, TAPED)
    ask = await world.sound("Now type your secret number.")
    await caller.until_hears(ask)
    await caller.press("1234")
    connecting = await world.sound("We connect you.")
    await caller.until_hears(connecting)
    await worker.resume()
    talk = await worker.phone.talks()
    await talk.until_hears_tone(CALLER, 1.0)
    await caller.until_hears_tone(AGENT, 1.0)
    await talk.hang_up()
    last = "This is not on the tape any more."
    record = await _told(world, caller, last)
    (row,) = record.recordings
    tape = read_wav(Path(row.path))
    told = _without(CALLER, tape)
    assert _heard(connecting, told)
    assert not _heard(ask, told)
    assert not _heard(await world.sound(last), told)
    assert tone_heard(tape, AGENT, fraction=0.2) > timedelta(seconds=0.4)
    assert tone_heard(tape, CALLER, fraction=0.2) > timedelta(seconds=1)
    whole = record.interaction.ended_at - row.started_at
    silent = timedelta(seconds=1 + len(ask) / RATE)  # the question and the typing
    assert timedelta(seconds=len(tape) / RATE) < whole - silent


# Keys while waiting


async def test_a_key_while_waiting_keeps_the_place(world: World) -> None:
    """A prompt, music again, and the caller is still first in line."""
    worker = await world.hire("patient", frequency=AGENT)
    await worker.pause()
    first = await _reached(world, WAITING)
    await world.until_waiting("patient", 1)
    second = await _reached(world, WAITING, voice=1700)
    await world.until_waiting("patient", 2)
    await first.press("1")
    hint = "Our office has moved to the other side of the street, next to the station."
    await first.until_hears(await world.sound(hint))
    await _hears_music(first)
    await worker.resume()
    talk = await worker.phone.talks()
    await talk.until_hears_tone(CALLER)
    await first.until_hears_tone(AGENT)
    first.hang_up()
    await worker.phone.talks(2)
    await second.until_hears_tone(AGENT)


async def test_an_agent_answers_during_the_prompt(world: World) -> None:
    """The prompt a key led to ends at once when somebody picks up."""
    worker = await world.hire("patient", frequency=AGENT, manner=Manner.RINGS)
    caller = await _reached(world, WAITING)
    ringing = await worker.phone.rings()
    before = len(caller.heard)
    await caller.press("1")
    await until(lambda: len(caller.heard) > before + RATE, "nothing heard")
    await ringing.answer()
    await caller.until_hears_tone(AGENT)
    await ringing.until_hears_tone(CALLER)
    hint = "Our office has moved to the other side of the street, next to the station."
    assert not _heard(await world.sound(hint), caller.heard)
    caller.hang_up()
    record = await world.record(caller)
    assert record.interaction.reason is EndReason.COMPLETED
    assert "hint" in await _said(world, record)


async def test_a_call_back_is_promised(world: World) -> None:
    """The promise is written down, and the stay in the queue ended with it."""
    worker = await world.hire("patient")
    await worker.pause()
    caller = await _reached(world, WAITING)
    await world.until_waiting("patient", 1)
    await caller.press("2")
    record = await _told(world, caller, "We shall call you back.")
    (booked,) = await _events(world, record, "CallbackBooked")
    assert (booked.data["dialed"], booked.data["queue"]) == (caller.number, "patient")
    assert "callback_taken" in [segment.result for segment in record.segments]
    assert world.waiting("patient") == 0


# Digits, flags, and what is done after the hang-up


async def test_digits_are_confirmed(world: World) -> None:
    """Refused once, right the second time; a flag switched meanwhile counts; tags follow."""
    await world.service.driver.request(SetFlag("asked", "storm", "off", "test"))
    caller = await _reached(world, ASKED, "123")
    await caller.until_hears(await world.sound("You typed 1 2 3. Is that right?"))
    await caller.press("2")
    await until_holds(lambda: _asked_again(world, caller))
    await caller.press("456")
    await caller.until_hears(await world.sound("You typed 4 5 6. Is that right?"))
    await world.service.driver.request(SetFlag("asked", "storm", "on", "test"))
    await caller.press("1")
    await caller.until_hears(await world.sound("Order 4 5 6 is on its way."))
    await caller.until_hears(await world.sound("There is a storm, we are late."))
    caller.hang_up()
    record = await world.record(caller)
    assert record.interaction.tags == {"district": "north", "order": "456"}
    assert record.interaction.reason is EndReason.LEFT_FLOW


async def _asked_again(world: World, caller: Caller) -> str:
    """Whether the question was heard, at last."""
    question = await world.sound("Type your order.")
    return "" if _heard(question, caller.heard) else "the question was not heard"


# Look-ups that go wrong


@pytest.mark.parametrize("key", ["1", "2"])
async def test_a_look_up_hangs(world: World, key: str) -> None:
    """Music is heard meanwhile, and after its two seconds the error exit is taken."""
    caller = await _reached(world, ASKING, key)
    await _hears_music(caller)
    record = await _told(world, caller, "The answer does not come.")
    (done,) = await _events(world, record, "LookUpDone")
    assert done.data["outcome"] == "error"
    (chosen,) = await _events(world, record, "MenuChosen")
    assert timedelta(seconds=1.8) < done.at - chosen.at < timedelta(seconds=3.2)


@pytest.mark.parametrize("key", ["3", "4", "5"])
async def test_a_look_up_fails(world: World, key: str) -> None:
    """Another type, a web service or a query that fails: the error exit, at once."""
    caller = await _reached(world, ASKING, key)
    record = await _told(world, caller, "The answer does not come.")
    (done,) = await _events(world, record, "LookUpDone")
    (chosen,) = await _events(world, record, "MenuChosen")
    assert done.data["outcome"] == "error"
    assert done.at - chosen.at < timedelta(seconds=1.8)


# The rules of input

FIRM = "This is heard to its end."
MENU = "This sentence may be cut short by a key."


async def test_keys_typed_ahead_wait_for_a_firm_prompt(world: World) -> None:
    """It is heard whole, the key then chooses, and the menu is not read out. A terminator
    ends the digits and is none of them.
    """
    caller = await _reached(world, RULES, "1")
    await caller.until_hears(await world.sound(FIRM))
    await caller.until_hears(await world.sound("Type some digits."))
    assert not _heard(await world.sound(MENU), caller.heard)
    await caller.press("12#")
    record = await _told(world, caller, "You typed 1 2.")
    assert "menu" not in await _said(world, record)
    (gathered,) = await _events(world, record, "InputGathered")
    assert gathered.data["value"] == "12"


async def test_a_key_cuts_a_prompt_short(world: World) -> None:
    """The menu is heard in part; then digits end when no further one comes."""
    caller = await _reached(world, RULES)
    menu = await world.sound(MENU)
    begun = menu[: RATE * 3 // 4]
    await caller.until_hears(begun)
    await caller.press("1")
    await caller.until_hears(await world.sound("Type some digits."))
    assert not _heard(menu, caller.heard)
    await caller.press("123")
    pressed_at = world.service.clock.now()
    record = await _told(world, caller, "You typed 1 2 3.")
    (gathered,) = await _events(world, record, "InputGathered")
    assert timedelta(seconds=0.7) < gathered.at - pressed_at < timedelta(seconds=2)


async def test_two_tries_are_given(world: World) -> None:
    """Silence and a wrong key cost a try each and say so; after the last one it is over."""
    caller = await _reached(world, RULES)
    await caller.until_hears(await world.sound("Nothing was pressed."))
    await caller.press("9")
    record = await _told(world, caller, "That was the last try.")
    failures = [row.data["outcome"] for row in await _events(world, record, "InputFailed")]
    assert failures == ["no_input", "no_match"]
    said = await _said(world, record)
    assert said == ["firm", "menu", "no_input", "menu", "failed"]
