"""A caller at the carrier, on the trunk's address, as the tests need one.

It speaks a tone of its own, presses keys (RFC 4733), keeps all it hears, and acts in the instant
that a test chooses, with malformed names and numbers where a test needs them.
"""

from collections.abc import Callable
from datetime import timedelta

import numpy as np

from contactcenter_ari.loadtest.sip_caller import (
    FRAME,
    TRUNK,
    Identity,
    Rtp,
    SipCaller,
    header,
    rtp_packet,
)
from contactcenter_ari.runtime.address import Address
from contactcenter_ari.speech.hearing import HEARD, find
from contactcenter_ari.speech.tone import SAMPLE_RATE, Samples, decode_ulaw
from tests.e2e.polling import LIMIT, until
from tests.e2e.tone_watch import ToneWatch

SILENCE = b"\xff" * FRAME
NEWS = 1600
"""With 200 ms more in the earpiece it is worth listening again."""

__all__ = ["FRAME", "SILENCE", "TRUNK", "Caller", "Identity", "Rtp", "header", "rtp_packet"]


class Caller(SipCaller):
    """One call of one caller; make it with `place`, and `close` it after the test. `heard_of` are
    the messages of the center, and `farewells` those by which it hangs up.
    """

    def __init__(self, center: Address, dialed: str, identity: Identity, frequency: float) -> None:
        super().__init__(center, dialed, identity, frequency)
        self.is_silent = False
        self.vanished = False
        self.center_hung_up = False
        self.farewells: list[str] = []
        self.heard_of: list[str] = []

    def vanish(self) -> None:
        """Lose power: from now on nothing is sent, and nothing is heard."""
        self.vanished = True
        self._end()

    def receive(self, text: str) -> None:
        """Keep a message of the center, and take it."""
        if not self.vanished:
            self.heard_of.append(text)
            super().receive(text)

    def _take_request(self, text: str) -> None:
        if text.startswith("BYE "):
            self.farewells.append(text)
            self.center_hung_up = not self.over
        super()._take_request(text)

    def _voice_at(self, at: int) -> bytes:
        return SILENCE if self.is_silent else super()._voice_at(at)

    @property
    def heard(self) -> Samples:
        """All that came out of the earpiece so far."""
        return self.heard_since(0)

    def heard_since(self, start: int) -> Samples:
        """The samples out of the earpiece, from one of them on."""
        return decode_ulaw(np.frombuffer(bytes(self.rtp.heard[start:]), dtype=np.uint8))

    async def until_answered(self) -> None:
        """Wait for the 200."""
        await until(lambda: self.talking, lambda: f"the call is not answered: {self.status}")

    async def until_over(self, limit: timedelta = LIMIT) -> None:
        """Wait until the call is over, whichever party ended it."""
        await until(lambda: self.over, "the call did not end", limit)

    async def until_hears(self, prompt: Samples, limit: timedelta = LIMIT) -> timedelta:
        """Wait until the prompt was heard; gives when it began."""
        known = 0

        def hears() -> tuple[timedelta] | None:
            nonlocal known
            if not self._has_news(known, NEWS):
                return None
            start = max(0, known - len(prompt))  # what came before was looked through
            known = len(self.rtp.heard)
            match = find(prompt, self.heard_since(start))
            begun = match.offset + timedelta(seconds=start / SAMPLE_RATE)
            return (begun,) if match.score > HEARD else None

        def complaint() -> str:
            return f"the prompt was not heard: {find(prompt, self.heard)}"

        return (await until(hears, complaint, limit))[0]

    async def until_hears_tone(
        self,
        frequency: float,
        length: float = 0.3,
        *,
        progress: Callable[[], object] | None = None,
    ) -> None:
        """Wait until the tone was heard for so many seconds in all; the limit begins again with
        each progress.
        """
        wanted, watch = timedelta(seconds=length), ToneWatch(self.heard_since, frequency)
        await until(
            lambda: watch.heard() >= wanted,
            lambda: f"{frequency:g} Hz was heard for {watch.heard()} in {len(self.heard)} samples",
            progress=progress,
        )

    def _has_news(self, known: int, enough: int) -> bool:
        """Whether enough more was heard, or anything more and nothing else will come."""
        more = len(self.rtp.heard) - known
        return more >= enough or (self.over and more > 0)

    async def press(self, keys: str) -> None:
        """Press keys and wait until the last one is on its way, or the call is over."""
        self.dial(keys)
        await until(lambda: not self.keys_left or self.over, "the keys were not sent")
