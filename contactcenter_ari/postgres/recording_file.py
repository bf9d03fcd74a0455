"""The facts about an audio file that the database keeps besides its path."""

import hashlib
import wave
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """Both are None when the file could not be read: missing, or no audio we know."""

    sha256: str | None
    channels: int | None


def audio_facts(path: Path) -> AudioFacts:
    """Read the whole file: blocks, so call it in a thread."""
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return AudioFacts(sha256=None, channels=None)
    return AudioFacts(sha256=sha256, channels=_channels(path))


def _channels(path: Path) -> int | None:
    try:
        with wave.open(str(path), "rb") as audio:
            return audio.getnchannels()
    except (OSError, EOFError, wave.Error):
        return None
