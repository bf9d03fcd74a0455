"""The application is away: the prompts that callers hear, the numbers and messages that they can
leave, and the records of them.

Asterisk and its script are real; the application is started when a test needs it.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from baresip import Runtime

from contactcenter_ari.core.vocabulary.prompt import SpokenText
from contactcenter_ari.fallback.plan import (
    CONFIRM_NUMBER,
    MESSAGE_KEPT,
    NUMBER_KEPT,
    OFFER_MESSAGE,
    SPEAK,
    TYPE_NUMBER,
)
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.service.fall_back_plan import spool_folder
from contactcenter_ari.service.fall_back_text import TEXTS
from contactcenter_ari.speech.tone import Samples
from tests.e2e.caller import Caller
from tests.e2e.polling import until, until_holds
from tests.e2e.wire.raw_caller import InviteParts, RawCaller
from tests.e2e.world import DESK, Place, founded
from tests.hearing import tone_heard
from tests.recorded import mono_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

APOLOGY = "We are sorry, our service is away."
OWN, TYPED = "+31612345678", "0611112222"
VOICE = 440
"""The voice of callers, in hertz."""


@dataclass(slots=True)
class Away:
    """An installation whose application does not run."""

    place: Place
    callers: list[Caller] = field(default_factory=list)

    @property
    def spool(self) -> Path:
        """The folder that the script writes to."""
        return spool_folder(self.place.environment.data)

    async def sound(self, text: str) -> Samples:
        """A prompt as callers hear it, except for its very end."""
        (media,) = await self.place.environment.prompts.media((SpokenText(text, "en"),))
        return mono_of(Path(media.removeprefix("sound:")).with_suffix(".wav"))[:-2400]

    async def call(self, number: str) -> Caller:
        """A caller who hears the apology."""
        caller = await Caller.place(self.place.environment.addresses.sip, DESK, number=number)
        self.callers.append(caller)
        await caller.until_hears(await self.sound(APOLOGY))
        return caller

    async def hears(self, caller: Caller, name: str) -> None:
        """Wait until a prompt of the fall-back was heard."""
        await caller.until_hears(await self.sound(TEXTS[name]["en"]))

    async def written(self, calls: int) -> dict[str, dict[str, object]]:
        """The records of the script, by caller, once all of them are there."""
        found: dict[str, dict[str, object]] = {}

        async def missing() -> str:
            entries = [json.loads(file.read_text()) for file in self.spool.glob("*.json")]
            found.update({entry["caller"]: entry for entry in entries})
            return "" if len(entries) == calls else f"{[f.name for f in self.spool.iterdir()]}"

        await until_holds(missing)
        return found


@pytest_asyncio.fixture(loop_scope="session")
async def away(data_folder: Path, tools: Tools, runtime: Runtime) -> AsyncIterator[Away]:
    """An Asterisk without the application, in a folder with spaces and brackets in its name."""
    async with founded(data_folder / "no one (1) here", tools, runtime) as place:
        scene = Away(place)
        try:
            yield scene
        finally:
            for caller in scene.callers:
                caller.close()


async def test_leaves_a_number_or_a_message(away: Away) -> None:
    """1 and a confirmation leave the caller's own number or a typed one, 2 leaves a message, no
    key leaves nothing.
    """
    own, typing, speaking, silent = (OWN, *(f"+3160000000{n}" for n in range(3)))
    await asyncio.gather(
        leaves_own_number(away, own),
        types_a_number(away, typing),
        leaves_a_message(away, speaking),
        presses_nothing(away, silent),
    )
    found = await away.written(4)
    assert {caller: entry["number"] for caller, entry in found.items()} == {
        own: own,
        typing: TYPED,
        speaking: "",
        silent: "",
    }
    audio = away.spool / f"{found[speaking]['id']}.message.wav"
    assert tone_heard(mono_of(audio), VOICE).total_seconds() > 1
    assert audio.stat().st_mode & 0o077 == 0


async def leaves_own_number(away: Away, number: str) -> None:
    """Press 1, and 1 again after the number was read back."""
    caller = await away.call(number)
    await caller.press("1")
    await away.hears(caller, CONFIRM_NUMBER)
    await caller.press("1")
    await away.hears(caller, NUMBER_KEPT)
    await caller.until_over()


async def types_a_number(away: Away, number: str) -> None:
    """Press 1 for another number, type it, and press 1."""
    caller = await away.call(number)
    await away.hears(caller, OFFER_MESSAGE)
    await caller.press("1")
    await away.hears(caller, CONFIRM_NUMBER)
    await caller.press("2")
    await away.hears(caller, TYPE_NUMBER)
    caller.rtp.heard.clear()
    await caller.press(f"{TYPED}#")
    await away.hears(caller, CONFIRM_NUMBER)
    await caller.press("1")
    await caller.until_over()


async def leaves_a_message(away: Away, number: str) -> None:
    """Press 2, speak for a second and a half, and press #."""
    caller = await away.call(number)
    await caller.press("2")
    await away.hears(caller, SPEAK)
    heard = len(caller.rtp.heard)
    await until(lambda: len(caller.rtp.heard) > heard + 20_000, "nothing more is sent")
    await caller.press("#")
    await away.hears(caller, MESSAGE_KEPT)
    await caller.until_over()


async def presses_nothing(away: Away, number: str) -> None:
    """Hear the apology, the offers, and the end."""
    caller = await away.call(number)
    await caller.until_over()
    assert caller.center_hung_up


async def test_audio_whose_address_comes_late(away: Away) -> None:
    """The INVITE offers no audio, and three of our 200 responses get lost: the caller hears the
    whole apology.
    """
    sip, invite = away.place.environment.addresses.sip, InviteParts(sdp="", lost=3)
    caller = await RawCaller.dials(sip, DESK, invite=invite)
    away.callers.append(caller)
    await caller.until_hears(await away.sound(APOLOGY))
