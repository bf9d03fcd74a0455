"""Secret keys are in no recording, and every talk is recorded around them.

A decoder of keys reads every recording. It finds the keys that are not secret, so it would find
the secret ones.
"""

from datetime import timedelta
from itertools import count

import pytest

from contactcenter_ari.core.vocabulary.pause import PauseReason
from contactcenter_ari.postgres.report_row import RecordingRow
from tests.e2e.acd.floor import AGENT
from tests.e2e.caller import Caller
from tests.e2e.polling import until
from tests.e2e.tone_keys import GatewayCaller, ToneCaller
from tests.e2e.world import World
from tests.hearing import tone_heard
from tests.key_tones import keys_in
from tests.recorded import channels_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

BEFORE, WAITING, TAPED_WAITING, ALOUD = (f"+312000000{number}" for number in range(91, 95))
CALLER = 440
TYPED = "7294"
KINDS = pytest.mark.parametrize(
    "kind", [Caller, ToneCaller, GatewayCaller], ids=["events", "tones", "both"]
)

_numbers = count(100)


async def calls(world: World, kind: type[Caller], number: str) -> Caller:
    """A caller whose phone sends keys in one of the two ways."""
    own = f"+31611000{next(_numbers)}"
    at = world.environment.addresses.sip
    caller = await kind.place(at, number, number=own, frequency=CALLER)
    world.callers.append(caller)
    return caller


async def is_asked(world: World, caller: Caller) -> None:
    """Wait until the question is over."""
    await caller.until_hears(await world.sound("Type it now."))


async def recording_of(world: World, caller: Caller) -> RecordingRow:
    """The only recording, once the caller has left."""
    caller.hang_up()
    (row,) = (await world.record(caller)).recordings
    assert not row.failed
    return row


def keys_recorded(row: RecordingRow) -> str:
    """The keys that the decoder reads in any channel of it."""
    return "".join(keys_in(channel) for channel in channels_of(row.path))


def voice(row: RecordingRow, frequency: float) -> timedelta:
    """The length for which a voice is heard in any channel."""
    return max(tone_heard(each, frequency, fraction=0.2) for each in channels_of(row.path))


def secret(row: RecordingRow) -> timedelta:
    """The length of its pauses for a secret."""
    pauses = [pause for pause in row.pauses if pause.reason is PauseReason.SECRET]
    return sum((pause.ended_at - pause.started_at for pause in pauses), timedelta())


async def test_keys_that_are_not_secret_are_found(world: World) -> None:
    """A recording without a pause has the keys, and the decoder finds them."""
    worker = await world.hire("vault", frequency=AGENT)
    caller = await calls(world, GatewayCaller, ALOUD)
    await is_asked(world, caller)
    await caller.press(TYPED)
    talk = await worker.phone.talks()
    await talk.until_hears_tone(CALLER, 0.5)
    row = await recording_of(world, caller)
    assert TYPED in keys_recorded(row), "a tone may be parted in two"
    assert row.pauses == ()


@KINDS
async def test_a_secret_before_the_talk(world: World, kind: type[Caller]) -> None:
    """A secret asked for in the instant in which a recording begins is not in it; the talk is."""
    worker = await world.hire("vault", frequency=AGENT)
    caller = await calls(world, kind, BEFORE)
    await is_asked(world, caller)
    await caller.press(TYPED)
    talk = await worker.phone.talks()
    await talk.until_hears_tone(CALLER, 1.0)
    await caller.until_hears_tone(AGENT, 1.0)
    row = await recording_of(world, caller)
    assert keys_recorded(row) == ""
    assert secret(row) > timedelta(seconds=0.5)
    assert min(voice(row, AGENT), voice(row, CALLER)) > timedelta(seconds=0.5)


@KINDS
@pytest.mark.parametrize("number", [WAITING, TAPED_WAITING], ids=["talk", "whole call"])
async def test_an_agent_answers_while_a_secret_is_typed(
    world: World, kind: type[Caller], number: str
) -> None:
    """No key before or after the answer is recorded; the rest of the talk is."""
    worker = await world.hire("vault", frequency=AGENT)
    await worker.pause()
    caller = await calls(world, kind, number)
    await world.until_waiting("vault", 1)
    await caller.press("1")
    await is_asked(world, caller)
    await caller.press(TYPED[:2])
    await worker.resume()
    talk = await worker.phone.talks()
    await talk.until_hears_tone(CALLER)
    await caller.press(TYPED[2:])
    recordings = world.service.driver.center._calls.recordings._recordings
    await until(
        lambda: all(PauseReason.SECRET not in each.since for each in recordings.values()),
        "the talk stays unrecorded",
    )
    before = len(talk.heard)
    await until(lambda: len(talk.heard) > before + 16_000, "the talk does not go on")
    row = await recording_of(world, caller)
    assert keys_recorded(row) in {"", "1"}, "the key that led to the question is no secret"
    assert secret(row) > timedelta(seconds=2)
    assert min(voice(row, AGENT), voice(row, CALLER)) > timedelta(seconds=1)
