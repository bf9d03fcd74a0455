"""Outside lines, one agent, messages and recordings on a real Asterisk, proved by sound."""

from datetime import timedelta

import pytest

from contactcenter_ari.core.vocabulary.event import EndReason
from contactcenter_ari.core.vocabulary.request import EndWrapUp
from tests.e2e.caller import Caller
from tests.e2e.carrier import Carrier, Reply
from tests.e2e.language.flow_caller import (
    AGENT,
    AUDIBLE,
    BOX,
    CALLER,
    DIRECT,
    LINE,
    OUTSIDE,
    RATE,
    TAPED,
    events,
    hears_music,
    is_in,
    reached,
    told,
    without,
)
from tests.e2e.phone import Manner
from tests.e2e.polling import until
from tests.e2e.world import World
from tests.hearing import find, level_of, tone_heard
from tests.recorded import mono_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


# Outside lines


async def test_an_outside_line_answers(world: World, carrier: Carrier) -> None:
    """Both hear each other; when the line leaves, the caller goes on in the flow."""
    caller = await reached(world, OUTSIDE, "1")
    line = await carrier.called()
    assert line.dialed == "+31612345678"
    await line.until_hears_tone(CALLER)
    await caller.until_hears_tone(LINE)
    line.hang_up()
    record = await told(world, caller, "The talk with the line is over.")
    (ended,) = await events(world, record, "OutsideEnded")
    assert ended.data["outcome"] == "answered"
    assert record.interaction.reason is EndReason.COMPLETED


async def test_the_caller_leaves_an_outside_line(world: World, carrier: Carrier) -> None:
    """The outside line is hung up, too."""
    caller = await reached(world, OUTSIDE, "1")
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
        (Reply.HAS_MOVED, "That number cannot be reached.", "failed"),
        (Reply.RINGS, "There was no reply at home.", "no_answer"),
    ],
)
async def test_an_outside_line_does_not_answer(
    world: World, carrier: Carrier, reply: Reply, text: str, outcome: str
) -> None:
    """486, 603, 302 and ringing for too long lead to their exits; the caller hears music during
    the call. Neither Asterisk nor the center calls the address in a 302.
    """
    carrier.reply, since = reply, world.service.clock.now()
    caller = await reached(world, OUTSIDE, "1")
    line = await carrier.called()
    if reply is Reply.RINGS:
        await hears_music(caller)
    record = await told(world, caller, text)
    await line.until_over()
    (ended,) = await events(world, record, "OutsideEnded")
    assert ended.data["outcome"] == outcome
    assert len(carrier.lines) == 1
    assert len(await world.interactions(1, lambda _: True, since)) == 1


async def test_a_screened_call_is_taken(world: World, carrier: Carrier) -> None:
    """The called person hears the prompt alone and is joined after pressing 1."""
    caller = await reached(world, OUTSIDE, "2")
    line = await carrier.called()
    await line.until_hears(await world.sound("A caller from the clinic, press one."))
    assert tone_heard(line.heard, CALLER) == timedelta()
    assert tone_heard(caller.heard, LINE) == timedelta()
    await line.press("1")
    await line.until_hears_tone(CALLER)
    await caller.until_hears_tone(LINE)
    line.hang_up()
    await told(world, caller, "The talk with the line is over.")


async def test_a_screened_call_is_not_taken(world: World, carrier: Carrier) -> None:
    """A called person who hangs up has declined, and never heard the caller."""
    caller = await reached(world, OUTSIDE, "2")
    line = await carrier.called()
    await line.until_hears(await world.sound("A caller from the clinic, press one."))
    line.hang_up()
    await told(world, caller, "They do not want to talk.")
    assert tone_heard(line.heard, CALLER) == timedelta()


async def test_a_wrong_key_declines_a_screened_call(world: World, carrier: Carrier) -> None:
    """Only 1 takes the call; after two other keys the line is hung up."""
    caller = await reached(world, OUTSIDE, "2")
    line = await carrier.called()
    await line.until_hears(await world.sound("A caller from the clinic, press one."))
    await line.press("99")
    await told(world, caller, "They do not want to talk.")
    await line.until_over()
    assert line.center_hung_up


async def test_a_caller_leaves_before_the_talk(world: World, carrier: Carrier) -> None:
    """The caller hangs up while the line rings or is screened: the line is hung up."""
    carrier.reply = Reply.RINGS
    first = await reached(world, OUTSIDE, "1")
    line = await carrier.called()
    first.hang_up()
    await line.until_over()
    assert not line.status
    carrier.reset()
    second = await reached(world, OUTSIDE, "2")
    line = await carrier.called()
    await line.until_hears((await world.sound("A caller from the clinic, press one."))[:RATE])
    second.hang_up()
    await line.until_over()
    for caller in (first, second):
        (ended,) = await events(world, await world.record(caller), "OutsideEnded")
        assert ended.data["outcome"] == "given_up"


async def test_a_forbidden_number_is_not_dialed(world: World, carrier: Carrier) -> None:
    """A number that is not in dial_allow fails before anything is dialed."""
    caller = await reached(world, OUTSIDE, "3")
    await told(world, caller, "That number cannot be reached.")
    assert carrier.lines == []


async def test_a_caller_is_transferred(world: World, carrier: Carrier) -> None:
    """They talk; when the outside line hangs up the call is over."""
    caller = await reached(world, OUTSIDE, "4")
    line = await carrier.called()
    await line.until_hears_tone(CALLER)
    await caller.until_hears_tone(LINE)
    line.hang_up()
    await caller.until_over()
    assert caller.center_hung_up


# One agent


async def test_one_agent_is_called_directly(world: World) -> None:
    """They talk, a second caller hears that the agent is busy, and the first talk goes on."""
    worker = await world.hire(frequency=AGENT)
    caller = await reached(world, DIRECT, str(worker.id))
    talk = await worker.phone.talks()
    await talk.until_hears_tone(CALLER)
    await caller.until_hears_tone(AGENT)
    second = await reached(world, DIRECT, str(worker.id))
    await second.until_hears(await world.sound("Your colleague is in a talk."))
    await talk.hang_up()
    await caller.until_hears(await world.sound("Your colleague has left."))
    await world.service.driver.request(EndWrapUp(worker.id, "test"))
    record = await world.record(caller)
    assert record.interaction.agent == worker.id


async def test_one_agent_does_not_pick_up(world: World) -> None:
    """The ring limit of the step leads to no_answer; an agent who takes no calls leads to
    not_available.
    """
    worker = await world.hire(manner=Manner.RINGS)
    caller = await reached(world, DIRECT, str(worker.id))
    ringing = await worker.phone.rings()
    await told(world, caller, "Your colleague does not pick up.")
    await ringing.until_over()
    await worker.pause()
    second = await reached(world, DIRECT, str(worker.id))
    await told(world, second, "Your colleague is at home.")
    assert len(worker.phone.calls) == 1


async def test_one_agent_declines(world: World) -> None:
    """A phone that answers 486 leads to the exit busy."""
    worker = await world.hire(manner=Manner.IS_BUSY)
    caller = await reached(world, DIRECT, str(worker.id))
    await told(world, caller, "Your colleague is in a talk.")


# Messages


async def _speaks_after_the_tone(world: World) -> Caller:
    caller = await reached(world, BOX)
    begin = await caller.until_hears(await world.sound("Speak after the tone."))
    heard_at = round(begin.total_seconds() * RATE)
    await until(lambda: len(caller.heard) > heard_at + 4 * RATE, "no more was heard")
    return caller


async def test_a_message_is_taken(world: World) -> None:
    """After the prompt there is a tone, and the caller's voice is on disk up to the key."""
    caller = await _speaks_after_the_tone(world)
    spoken = await world.sound("Speak after the tone.")
    end = round(find(spoken, caller.heard).offset.total_seconds() * RATE) + len(spoken)
    assert level_of(caller.heard[end : end + 2 * RATE]) > AUDIBLE, "no tone after the prompt"
    await caller.press("#")
    record = await told(world, caller, "We have your message.")
    (row,) = record.recordings
    assert not row.failed
    assert record.interaction.tags == {"voicemail": "sales"}
    assert tone_heard(mono_of(row.path), CALLER) > timedelta(seconds=1)


async def test_no_message_is_left(world: World) -> None:
    """A key at once leaves no message: the other exit is taken, and there is no tag."""
    caller = await reached(world, BOX)
    await caller.until_hears(await world.sound("Speak after the tone."))
    await caller.press("######")  # a key during the tone does not count
    record = await told(world, caller, "You said nothing at all.")
    assert record.interaction.tags == {}


async def test_a_hang_up_ends_a_message(world: World) -> None:
    """The recording up to the hang-up is kept."""
    caller = await _speaks_after_the_tone(world)
    caller.hang_up()
    record = await world.record(caller)
    (row,) = record.recordings
    assert record.interaction.tags == {"voicemail": "sales"}
    assert tone_heard(mono_of(row.path), CALLER) > timedelta(seconds=1)


# Recordings


async def test_a_call_is_recorded_without_secrets(world: World) -> None:
    """One recording has caller, prompts and agent; it is silent while the secret is typed."""
    worker = await world.hire("taped", frequency=AGENT)
    await worker.pause()
    caller = await reached(world, TAPED)
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
    record = await told(world, caller, last)
    (row,) = record.recordings
    tape = mono_of(row.path)
    others = without(CALLER, tape)
    assert is_in(connecting, others)
    assert not is_in(ask, others)
    assert not is_in(await world.sound(last), others)
    assert tone_heard(tape, AGENT, fraction=0.2) > timedelta(seconds=0.4)
    assert tone_heard(tape, CALLER, fraction=0.2) > timedelta(seconds=1)
    (pause,) = row.pauses
    asked, typed = (
        int((at - row.started_at).total_seconds() * RATE)
        for at in (pause.started_at, pause.ended_at)
    )
    assert typed - asked > RATE + len(ask)
    assert not tape[asked:typed].any()
    assert row.ended_at - row.started_at - row.duration < timedelta(seconds=1), "it keeps time"


async def test_a_hang_up_ends_a_recording(world: World) -> None:
    """The recording is kept, even when it is paused at the hang-up."""
    caller = await reached(world, TAPED)
    await caller.until_hears((await world.sound("Now type your secret number."))[:RATE])
    await caller.press("12")
    caller.hang_up()
    record = await world.record(caller)
    (row,) = record.recordings
    assert not row.failed
    tape = mono_of(row.path)
    assert timedelta(seconds=0.5) < tone_heard(tape, CALLER) < timedelta(seconds=1.5)
