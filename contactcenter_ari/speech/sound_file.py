"""Sound files as Asterisk plays and writes them, and as SIPp streams them.

Promises: a file is whole or absent, for it is written aside and renamed. Reads only
what a telephone line can carry (8 kHz, mono); anything else is `SoundUnreadable`.
"""

import wave
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np

from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.speech.tone import (
    SAMPLE_RATE,
    Samples,
    decode_ulaw,
    encode_alaw,
    encode_ulaw,
)


class SoundUnreadable(ContactCenterError):
    """A file is no 8 kHz mono sound; the message names the file."""


def read_wav(path: Path) -> Samples:
    """The samples of an 8 kHz mono 16-bit WAV file, such as a recording by Asterisk."""
    try:
        with wave.open(str(path), "rb") as sound:
            form = (sound.getframerate(), sound.getnchannels(), sound.getsampwidth())
            frames = sound.readframes(sound.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise SoundUnreadable(f"{path}: cannot be read as WAV: {error}") from error
    if form != (SAMPLE_RATE, 1, 2):
        raise SoundUnreadable(
            f"{path}: is {form[0]} Hz, {form[1]} channel(s), {8 * form[2]} bits;"
            " expected 8000 Hz, 1 channel, 16 bits"
        )
    return np.frombuffer(frames[: len(frames) // 2 * 2], dtype="<i2").astype(np.int16)


def read_ulaw(path: Path) -> Samples:
    """The samples of a headerless mu-law file."""
    try:
        code_words = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    except OSError as error:
        raise SoundUnreadable(f"{path}: {error.strerror}") from error
    return decode_ulaw(code_words)


def write_wav(path: Path, samples: Samples) -> None:
    """Write an 8 kHz mono 16-bit WAV file."""
    content = BytesIO()
    with wave.open(content, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(SAMPLE_RATE)
        sound.writeframes(samples.astype("<i2").tobytes())
    _write_whole(path, content.getvalue())


def write_linear(path: Path, samples: Samples) -> None:
    """Write headerless 16-bit samples, what Asterisk calls `sln`."""
    _write_whole(path, samples.astype("<i2").tobytes())


def write_ulaw(path: Path, samples: Samples) -> None:
    """Write a headerless mu-law file: Asterisk's `ulaw`, SIPp's `rtp_stream` with payload 0."""
    _write_whole(path, encode_ulaw(samples).tobytes())


def write_alaw(path: Path, samples: Samples) -> None:
    """Write a headerless A-law file: Asterisk's `alaw`, SIPp's `rtp_stream` with payload 8."""
    _write_whole(path, encode_alaw(samples).tobytes())


def _write_whole(path: Path, content: bytes) -> None:
    """Write aside, then rename: no one ever sees half a file, and nobody else sees any."""
    with NamedTemporaryFile(dir=path.parent, prefix=".part-", delete=False) as file:
        part = Path(file.name)
        try:
            file.write(content)
            file.flush()
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
