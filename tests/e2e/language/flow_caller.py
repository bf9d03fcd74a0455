"""Common parts of the tests of the flow language: callers, the sounds they hear, the rows of their
calls.
"""

import numpy as np

from contactcenter_ari.postgres.report import Report
from contactcenter_ari.postgres.report_row import EventRow
from contactcenter_ari.speech.tone import Samples
from tests.e2e.caller import Caller
from tests.e2e.polling import until
from tests.e2e.world import Record, World
from tests.hearing import HEARD, find, level_of

OUTSIDE, DIRECT, BOX, TAPED, WAITING, ASKED, ASKING, RULES, MAILBOX = (
    f"+312000000{number}" for number in range(21, 30)
)
"""The numbers of the flows in `site`."""
CALLER, AGENT, LINE = 440, 620, 1000
"""The voices, in hertz."""
AUDIBLE = -50
"""Louder than silence, in dBFS."""
RATE = 8000
NOTCH = 20
"""The band around a tone that is removed with it, in hertz to each side."""


async def reached(world: World, number: str, keys: str = "", voice: float = CALLER) -> Caller:
    """A caller who was answered and has pressed these keys."""
    caller = await world.call(number, frequency=voice)
    await caller.until_answered()
    if keys:
        await caller.press(keys)
    return caller


async def hears_music(caller: Caller) -> None:
    """Wait until the caller hears something that is not silence."""
    before = len(caller.heard)

    def plays() -> bool:
        new = caller.heard[before:]
        return len(new) > RATE // 2 and level_of(new[-2000:]) > AUDIBLE

    await until(plays, "no music")


async def told(world: World, caller: Caller, text: str) -> Record:
    """Wait until the caller has heard this and the call is over; gives its rows."""
    await caller.until_hears(await world.sound(text))
    await caller.until_over()
    return await world.record(caller)


async def events(world: World, record: Record, kind: str) -> list[EventRow]:
    """The events of one kind in the database."""
    rows = await Report(world.service.database).events(record.interaction.interaction)
    return [row for row in rows if row.kind == kind]


async def said(world: World, record: Record) -> list[object]:
    """The names of all prompts that were begun."""
    return [row.data["prompt"] for row in await events(world, record, "PromptPlayed")]


def is_in(sound: Samples, recording: Samples) -> bool:
    """Whether a recording holds the sound."""
    return find(sound, recording).score > HEARD


def without(frequency: float, recording: Samples) -> Samples:
    """A recording without one voice that spoke all the time."""
    spectrum = np.fft.rfft(recording)
    pitch = np.fft.rfftfreq(len(recording), 1 / RATE)
    spectrum[np.abs(pitch - frequency) < NOTCH] = 0
    return np.fft.irfft(spectrum, len(recording)).astype(np.int16)
