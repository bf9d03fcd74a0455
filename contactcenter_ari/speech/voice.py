"""Text to samples: the voice port, and adapters for two free programs, espeak-ng and flite.

Promises: 8 kHz mono at a modest, even loudness without trailing silence. The text is only
ever read as words: it goes in over stdin, without control characters and markup. A program
has a deadline, few run at once, and none outlives the request that started it.
"""

import asyncio
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import numpy as np
import soxr
from numpy.typing import NDArray

from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.speech.tone import FULL_SCALE, SAMPLE_RATE, Samples, to_samples

LEVEL = -20.0
"""RMS level of speech in dBFS, like a recorded announcement."""
PEAK = 0.9
"""No sample above this share of full scale."""
TEXT_LIMIT = 2000
"""Characters of one text; a longer one is refused, no prompt is that long."""
DEADLINE = timedelta(seconds=20)
"""For one text, on a busy machine."""
AT_ONCE = 2
"""Programs running at the same time for one voice."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")
# Espeak obeys [[phonemes]], both obey tags and control characters; none of them is a word.
_NOT_WORDS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff\[\]<>{}|\\`~^]+")
_TAIL = SAMPLE_RATE // 20
_FRAME = SAMPLE_RATE // 100
_INAUDIBLE = FULL_SCALE * 10 ** (-50 / 20)


class SpeechFailed(ContactCenterError):
    """A text could not be spoken; the message says which and why."""


class Voice(Protocol):
    """A program or person that speaks texts; `name` tells voices apart (a changed voice, a changed
    name).
    """

    @property
    def name(self) -> str:
        """The name of the voice, part of the key under which speech is kept."""

    async def speak(self, text: str, language: str) -> Samples:
        """The text as 8 kHz mono samples; raises SpeechFailed."""


class EspeakVoice:
    """Espeak-ng: over a hundred languages, robotic, about 30 ms a sentence."""

    name = "espeak-ng/1"

    def __init__(self, command: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self._program = _Program(command, environment)

    async def speak(self, text: str, language: str) -> Samples:
        """The text as 8 kHz mono samples; raises SpeechFailed, also for an unknown language."""
        tag = _language_tag(language)
        accent = "en-us" if tag == "en" else tag
        arguments = ("--stdin", "--stdout", "-b", "1", "-s", "155", "-v", accent)
        return _as_prompt(await self._program.run(_words(text), arguments), text)


class FliteVoice:
    """Flite: English only, a little more human than espeak-ng."""

    name = "flite-slt/1"

    def __init__(self, command: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self._program = _Program(command, environment)

    async def speak(self, text: str, language: str) -> Samples:
        """The text as 8 kHz mono samples; raises SpeechFailed, also when it is not English."""
        if _language_tag(language).partition("-")[0] != "en":
            raise SpeechFailed(f"flite speaks English alone, not {language!r}")
        with TemporaryDirectory(prefix="contactcenter-flite-") as folder:  # it seeks in its output
            sound = Path(folder) / "speech.wav"
            arguments = ("-voice", "slt", "-f", "-", "-o", str(sound))
            await self._program.run(_words(text), arguments)
            return _as_prompt(sound.read_bytes() if sound.exists() else b"", text)


class _Program:
    """A native program that reads text on stdin and makes WAV of it."""

    def __init__(self, command: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self._command = command
        self._name = Path(command[-1]).name
        self._environment = dict(environment)
        self._places = asyncio.Semaphore(AT_ONCE)

    async def run(self, text: str, arguments: tuple[str, ...]) -> bytes:
        """The output of the program on stdout; raises SpeechFailed."""
        try:
            async with self._places, asyncio.timeout(DEADLINE.total_seconds()):
                return await self._run(text, arguments)
        except TimeoutError as error:
            limit = DEADLINE.total_seconds()
            raise SpeechFailed(f"{self._name}: not done after {limit:.0f} s") from error
        except OSError as error:
            raise SpeechFailed(f"{self._name}: cannot be run: {error.strerror}") from error

    async def _run(self, text: str, arguments: tuple[str, ...]) -> bytes:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._environment,
        )
        try:
            output, complaint = await process.communicate(text.encode())
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            reason = complaint.decode(errors="replace").strip() or "failed without a reason"
            raise SpeechFailed(f"{self._name}: {reason[:200]}")
        return output


def _language_tag(language: str) -> str:
    if not _LANGUAGE.fullmatch(language):
        raise SpeechFailed(f"{language!r} is no language; expected a tag such as en or nl")
    return language.lower().replace("_", "-")


def _words(text: str) -> str:
    words = " ".join(_NOT_WORDS.sub(" ", text).encode(errors="replace").decode().split())
    if not words:
        raise SpeechFailed("there are no words to speak")
    if len(words) > TEXT_LIMIT:
        raise SpeechFailed(f"{len(words)} characters; at most {TEXT_LIMIT} can be spoken")
    return words + "\n"


def _as_prompt(sound: bytes, text: str) -> Samples:
    """Turn a program's WAV into 8 kHz samples at our loudness."""
    rate, samples = _parse(sound)
    if not samples.any():
        raise SpeechFailed(f"nothing audible came of {text[:60]!r}")
    signal = soxr.resample(samples.astype(np.float64), rate, SAMPLE_RATE)
    return to_samples(_at_level(_trimmed(_at_level(signal))))


def _parse(sound: bytes) -> tuple[int, NDArray[np.int16]]:
    """Rate and samples of a streamed mono WAV, whose header cannot know the length."""
    if sound[:4] != b"RIFF" or sound[8:16] != b"WAVEfmt ":
        raise SpeechFailed("the speech program wrote something that is no WAV")
    channels = int.from_bytes(sound[22:24], "little")
    rate = int.from_bytes(sound[24:28], "little")
    bits = int.from_bytes(sound[34:36], "little")
    data = sound.find(b"data", 36)
    if (channels, bits) != (1, 16) or rate == 0 or data < 0:
        raise SpeechFailed(f"the speech program wrote {channels} channel(s) of {bits} bits")
    body = sound[data + 8 :]
    return rate, np.frombuffer(body[: len(body) // 2 * 2], dtype="<i2").astype(np.int16)


def _at_level(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring speech to LEVEL, or as near as PEAK allows."""
    rms = np.sqrt(np.mean(np.square(signal)))
    gain = FULL_SCALE * 10 ** (LEVEL / 20) / rms
    ceiling = FULL_SCALE * PEAK / np.max(np.abs(signal))
    leveled: NDArray[np.float64] = signal * min(gain, ceiling)
    return leveled


def _trimmed(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cut trailing silence down to a breath, so that digits of a queue position do not drag."""
    frames = signal[: len(signal) // _FRAME * _FRAME].reshape(-1, _FRAME)
    audible = np.flatnonzero(np.max(np.abs(frames), axis=1, initial=0.0) > _INAUDIBLE)
    end = (audible[-1] + 1) * _FRAME + _TAIL if len(audible) else len(signal)
    return signal[:end]
