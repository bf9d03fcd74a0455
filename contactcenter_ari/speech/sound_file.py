"""Sound files as Asterisk plays them and as SIPp streams them.

Promises: a file is whole or absent, for it is written aside and renamed.
"""

import wave
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile

from contactcenter_ari.speech.tone import (
    SAMPLE_RATE,
    Samples,
    encode_alaw,
    encode_ulaw,
)


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
