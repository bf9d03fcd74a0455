"""What all stories about the language need: callers, what they hear, what is written of them."""

import numpy as np

from contactcenter_ari.postgres.report import Report
from contactcenter_ari.postgres.report_row import EventRow
from contactcenter_ari.speech.tone import Samples
from tests.e2e.caller import Caller
from tests.e2e.patience import until
from tests.e2e.world import Record, World
from tests.hearing import HEARD, find, level_of

OUTSIDE, DIRECT, BOX, TAPED, WAITING, ASKED, ASKING, RULES, MAILBOX = (
    f"+312000000{number}" for number in range(21, 30)
)
"""The numbers of the flows in `site`."""
CALLER, AGENT, LINE = 440, 620, 1000
"""The voices, in hertz."""
AUDIBLE = -50
"""Decibels that are no silence."""
RATE = 8000
NOTCH = 20
"""Hertz to each side of a tone that are taken out with it."""


async def reached(world: World, number: str, keys: str = "", voice: float = CALLER) -> Caller:
    """A caller who was answered and has pressed keys."""
    caller = await world.call(number, frequency=voice)
    await caller.until_answered()
    if keys:
        await caller.press(keys)
    return caller


async def hears_music(caller: Caller) -> None:
    """From now on something is heard that is no silence."""
    before = len(caller.heard)

    def plays() -> bool:
        new = caller.heard[before:]
        return len(new) > RATE // 2 and level_of(new[-2000:]) > AUDIBLE

    await until(plays, "no music")


async def told(world: World, caller: Caller, text: str) -> Record:
    """The caller is told this in the end, and the call is over; gives its rows."""
    await caller.until_hears(await world.sound(text))
    await caller.until_over()
    return await world.record(caller)


async def events(world: World, record: Record, kind: str) -> list[EventRow]:
    """What is written of one kind."""
    rows = await Report(world.service.database).events(record.interaction.interaction)
    return [row for row in rows if row.kind == kind]


async def said(world: World, record: Record) -> list[object]:
    """The names of all prompts that were begun."""
    return [row.data["prompt"] for row in await events(world, record, "PromptPlayed")]


def is_in(sound: Samples, recording: Samples) -> bool:
    """Whether a recording holds the sound."""
    return find(sound, recording).score > HEARD


def without(frequency: float, recording: Samples) -> Samples:
    """A recording without the one voice that spoke all the time."""
    spectrum = np.fft.rfft(recording)
    pitch = np.fft.rfftfreq(len(recording), 1 / RATE)
    spectrum[np.abs(pitch - frequency) < NOTCH] = 0
    return np.fft.irfft(spectrum, len(recording)).astype(np.int16)
