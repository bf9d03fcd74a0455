"""Agents' phones: real ones (baresip), with a voice, in this process.

Each registers with its secret and does with a call what its `manner` says. One runtime serves
all phones of all tests.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta
from enum import Enum, auto
from statistics import median

import numpy as np
from baresip import Account, Call, CallState, Runtime, UserAgent
from baresip.errors import AudioNotActive, AudioRestarted, StaleHandleError

from contactcenter_ari.loadtest.agent import Phone
from contactcenter_ari.runtime.address import Address
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.speech.tone import SAMPLE_RATE, Samples, sine
from tests.e2e.polling import LIMIT, until
from tests.e2e.tone_watch import ToneWatch
from tests.hearing import HEARD, find

FRAME_SECONDS = 0.02
AHEAD_BYTES = 2 * 8 * 200
"""200 ms of speech are written ahead."""
READ_BYTES = 32_000
NEWS_BYTES = 3200
"""With 200 ms more in the earpiece it is worth listening again."""
PIECE = 1200
"""150 ms of a prompt, in samples."""
STRAY_SECONDS = 0.15
MOST = 0.5
"""A prompt was heard when this share of its pieces was; of a wrong one a fifth is."""


class Manner(Enum):
    """The reaction of the phone to a call."""

    ANSWERS = auto()
    RINGS = auto()
    IS_BUSY = auto()


class Conversation:
    """One call of an agent's phone: speaks the phone's tone, keeps what it hears."""

    def __init__(self, call: Call, frequency: float) -> None:
        self.call = call
        self.began_at = Clock().now()
        self._voice = sine(frequency, timedelta(seconds=1)).tobytes()
        self._spoken = 0
        self._heard = bytearray()
        self._pump = asyncio.get_running_loop().create_task(self._speak_and_listen())

    @property
    def over(self) -> bool:
        """Whether the call has ended."""
        return self.call.state is CallState.CLOSED

    @property
    def heard(self) -> Samples:
        """All that came out of the earpiece so far."""
        return self.heard_since(0)

    def heard_since(self, start: int) -> Samples:
        """The samples out of the earpiece, from one of them on."""
        whole = len(self._heard) // 2 * 2
        return np.frombuffer(bytes(self._heard[2 * start : whole]), dtype=np.int16)

    async def answer(self) -> None:
        """Pick up; too late is not an error."""
        with suppress(StaleHandleError):
            await self.call.answer()

    async def hang_up(self) -> None:
        """End the call, if it has not ended yet."""
        with suppress(StaleHandleError):
            await self.call.hangup()
        await self.until_over()

    async def until_talking(self) -> None:
        """Wait until the call is established."""
        await until(
            lambda: self.call.state is CallState.ESTABLISHED, lambda: f"no talk: {self.call!r}"
        )

    async def until_over(self) -> None:
        """Wait until the call has ended."""
        await until(lambda: self.over, lambda: f"did not end: {self.call!r}")

    async def until_hears(self, prompt: Samples) -> None:
        """Wait until the prompt was heard."""
        known = 0

        def hears() -> bool:
            nonlocal known
            more = len(self._heard) - known
            if more < NEWS_BYTES and not (self.over and more > 0):
                return False
            known = len(self._heard)
            return self.has_heard(prompt)

        await until(hears, lambda: f"heard {share_heard(prompt, self.heard):.0%} of the prompt")

    def has_heard(self, prompt: Samples) -> bool:
        """Whether most of the prompt was heard."""
        return share_heard(prompt, self.heard) >= MOST

    async def until_hears_tone(self, frequency: float, length: float = 0.3) -> None:
        """Wait until the tone was heard for so many seconds in all."""
        wanted, watch = timedelta(seconds=length), ToneWatch(self.heard_since, frequency)
        await until(
            lambda: watch.heard() >= wanted,
            lambda: f"the agent did not hear {frequency:g} Hz in {len(self.heard)} samples",
        )

    def close(self) -> None:
        """Stop speaking."""
        self._pump.cancel()

    async def _speak_and_listen(self) -> None:
        while not self.over:
            with suppress(AudioNotActive, AudioRestarted):
                self._heard += self.call.audio.read(READ_BYTES)
                info = self.call.audio.info()
                if info.tx_ready and info.tx_buffered < AHEAD_BYTES:
                    begin = self._spoken % len(self._voice)
                    self._spoken += self.call.audio.write(self._voice[begin : begin + 640])
            await asyncio.sleep(FRAME_SECONDS)


def share_heard(prompt: Samples, heard: Samples) -> float:
    """The share of the prompt that was heard, in order. A real phone drops a frame here and there
    when the machine is busy, so each piece of the prompt is searched for near its place.
    """
    starts = range(0, len(prompt) - PIECE + 1, PIECE)
    matches = [(start, find(prompt[start : start + PIECE], heard)) for start in starts]
    begins = [
        match.offset.total_seconds() - start / SAMPLE_RATE
        for start, match in matches
        if match.score > HEARD
    ]
    if not begins:
        return 0.0
    together = [begin for begin in begins if abs(begin - median(begins)) < STRAY_SECONDS]
    return len(together) / len(matches)


class AgentPhone:
    """A registered phone; `calls` has all its calls, the last one last."""

    def __init__(self, agent: UserAgent, center: Address, frequency: float) -> None:
        self._agent = agent
        self._center = center
        self.frequency = frequency
        self.manner = Manner.ANSWERS
        self.calls: list[Conversation] = []
        self._tasks: set[asyncio.Task[None]] = set()
        agent.on_incoming(self._called)

    @classmethod
    async def registered(
        cls, runtime: Runtime, phone: Phone, center: Address, *, frequency: float
    ) -> "AgentPhone":
        """A phone that has proved its secret."""
        account = Account(
            user=phone.phone_id,
            domain=str(center),
            password=phone.secret,
            audio_codecs=("pcmu",),
            extra_params=("video_codecs=",),  # else each answered call sends a re-INVITE
        )
        agent = await UserAgent.create(runtime, account)
        made = cls(agent, center, frequency)
        await agent.register(timeout=LIMIT.total_seconds())
        return made

    async def rings(self, calls: int = 1) -> Conversation:
        """Wait until it was called so often; gives the last call."""
        await until(lambda: len(self.calls) >= calls, "the phone did not ring")
        return self.calls[-1]

    async def talks(self, calls: int = 1) -> Conversation:
        """Wait until it was called so often and talks; gives the talk."""
        talk = await self.rings(calls)
        await talk.until_talking()
        return talk

    async def dial(self, code: str) -> Conversation:
        """Dial something."""
        call = await self._agent.dial(f"sip:{code}@{self._center}")
        talk = Conversation(call, self.frequency)
        self.calls.append(talk)
        return talk

    async def unregister(self) -> None:
        """Unregister the phone."""
        await self._agent.unregister(timeout=LIMIT.total_seconds())

    async def register(self) -> None:
        """Register the phone again."""
        await self._agent.register(timeout=LIMIT.total_seconds())

    async def close(self) -> None:
        """End all calls."""
        for talk in self.calls:
            if not talk.over:
                with suppress(StaleHandleError):
                    await talk.call.hangup()
            talk.close()
        for task in self._tasks:
            task.cancel()

    def _called(self, call: Call) -> None:
        talk = Conversation(call, self.frequency)
        self.calls.append(talk)
        task = asyncio.get_running_loop().create_task(self._react(talk))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _react(self, talk: Conversation) -> None:
        match self.manner:
            case Manner.ANSWERS:
                await talk.answer()
            case Manner.RINGS:
                pass
            case Manner.IS_BUSY:
                await talk.call.reject()
