"""Closed recordings in the format they are kept in: FLAC, WAV or Opus.

A finished WAV is encoded off the event loop, a few at once, and with less priority than calls
unless a call waits for it. Nothing is lost, at any end of the program: the encoded file is written
aside, read back, brought to the disk and renamed, and only then the WAV is removed. If that fails
the WAV is kept.
"""

import asyncio
import hashlib
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from pathlib import Path
from threading import Event, get_native_id
from typing import Final, NamedTuple

import soundfile
import structlog

from contactcenter_ari.core.vocabulary.recording_file import AudioFacts, RecordingFormat

AT_ONCE: Final = 2
"""Recordings that are encoded at the same time, and one message more that a call waits for."""
NICENESS: Final = 10
BLOCK: Final = 1 << 16
"""Samples of each channel that are read and written at a time."""
READ_BACK: Final = 8000
"""Samples at the end of a file that must be readable."""
OWNER_ONLY: Final = 0o600
ENCODING: Final = ".encoding"
FASTEST: Final = 0.0
"""Level of FLAC: a higher one costs up to twice the CPU and saves nothing of speech at 8 kHz."""

_CODECS: Final[Mapping[RecordingFormat, Mapping[str, object]]] = {
    RecordingFormat.FLAC: {
        "format": "FLAC",
        "subtype": "PCM_16",
        "compression_level": FASTEST,
    },
    RecordingFormat.OPUS: {"format": "OGG", "subtype": "OPUS"},
}
FORMATS: Final = {f".{each}": each for each in RecordingFormat}
"""The format of a file, by the ending of its name."""

log: Final[structlog.typing.FilteringBoundLogger] = structlog.get_logger()


class EncodingFailed(Exception):
    """The encoded file is not the same recording."""


class EncoderClosed(Exception):
    """The program ends: the recording is unchanged, and will be finished again."""


class Kept(NamedTuple):
    """The file in which a recording is kept, and what is known of it."""

    path: Path
    facts: AudioFacts


class Encoder:
    """Keeps recordings in one format; `first` are those that a call waits for."""

    def __init__(self, wanted: RecordingFormat) -> None:
        self.wanted = wanted
        self._closing = Event()
        self._threads = {
            False: ThreadPoolExecutor(AT_ONCE, "encoder", _give_way),
            True: ThreadPoolExecutor(1, "message-encoder"),
        }

    def __repr__(self) -> str:
        return f"<Encoder {self.wanted}>"

    async def keep(self, path: Path, channels: int, *, first: bool = False) -> Kept:
        """The file in which a finished one is kept from now on; a WAV is encoded. Raises OSError
        when the file cannot be read.
        """
        loop, told = asyncio.get_running_loop(), copy_context()  # the log names the interaction
        work = partial(told.run, keep, path, channels, self.wanted, self._closing.is_set)
        return await loop.run_in_executor(self._threads[first], work)

    def close(self) -> None:
        """Encode no more: a job in progress ends within a moment, and nobody may wait for it."""
        self._closing.set()
        for threads in self._threads.values():
            threads.shutdown(wait=False, cancel_futures=True)


def keep(
    path: Path,
    channels: int,
    wanted: RecordingFormat,
    is_closing: Callable[[], bool] = lambda: False,
) -> Kept:
    """Encode a whole WAV, unless it is wanted as it is; another file is kept as it is. Blocks."""
    if FORMATS.get(path.suffix) is RecordingFormat.WAV and wanted in _CODECS:
        path = _encoded(path, wanted, is_closing)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Kept(path, AudioFacts(FORMATS.get(path.suffix), channels, sha256))


def encoded(wav: Path) -> Path | None:
    """The file into which a WAV was encoded earlier, even if the program ended before it removed
    the WAV; None when there is none.
    """
    files = (wav.with_suffix(f".{each}") for each in _CODECS)
    done = next((file for file in files if file.exists()), None)
    if done is not None:
        wav.unlink(missing_ok=True)
    return done


def _encoded(wav: Path, wanted: RecordingFormat, is_closing: Callable[[], bool]) -> Path:
    """The file into which a WAV is encoded now, or the WAV when that fails."""
    aside, target = wav.with_suffix(ENCODING), wav.with_suffix(f".{wanted}")
    try:
        aside.touch(mode=OWNER_ONLY)
        _encode(wav, aside, wanted, is_closing)
        _check(wav, aside)
        _bring_to_disk(aside)
        aside.replace(target)
    except (OSError, EncodingFailed, soundfile.SoundFileError, AssertionError) as error:
        # soundfile asserts that the number of samples written is the number given
        aside.unlink(missing_ok=True)
        log.warning("recording.left_wav", recording=wav.stem, reason=str(error))
        return wav
    except EncoderClosed:
        aside.unlink(missing_ok=True)
        raise
    try:
        _bring_to_disk(target.parent)
        wav.unlink()
    except OSError as error:
        log.warning("recording.wav_not_removed", recording=wav.stem, reason=str(error))
    return target


def _encode(
    wav: Path, aside: Path, wanted: RecordingFormat, is_closing: Callable[[], bool]
) -> None:
    with (
        soundfile.SoundFile(wav) as source,
        soundfile.SoundFile(
            aside, "w", source.samplerate, source.channels, **_CODECS[wanted]
        ) as target,
    ):
        for block in source.blocks(BLOCK, dtype="int16"):
            if is_closing():
                raise EncoderClosed
            target.write(block)


def _check(wav: Path, aside: Path) -> None:
    """Raises EncodingFailed unless the length is the same and the end can be read."""
    with soundfile.SoundFile(wav) as source, soundfile.SoundFile(aside) as copy:
        wanted = (source.frames, source.channels, source.samplerate)
        if (copy.frames, copy.channels, copy.samplerate) != wanted:
            raise EncodingFailed("its length is not that of the recording")
        last = min(READ_BACK, copy.frames)
        copy.seek(copy.frames - last)
        if len(copy.read(last, dtype="int16")) != last:
            raise EncodingFailed("its end is missing")


def _bring_to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _give_way() -> None:
    """Give calls priority: this thread gets the CPU that they leave."""
    os.setpriority(os.PRIO_PROCESS, get_native_id(), NICENESS)
