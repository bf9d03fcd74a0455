"""Recordings of talks, as they lie on the disk."""

import wave
from pathlib import Path

import numpy as np

from contactcenter_ari.speech.tone import SAMPLE_RATE, Samples


def channels_of(path: str | Path) -> list[Samples]:
    """The samples of each channel of a WAV file."""
    with wave.open(str(path), "rb") as sound:
        assert (sound.getframerate(), sound.getsampwidth()) == (SAMPLE_RATE, 2)
        samples = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")
        return list(samples.reshape(-1, sound.getnchannels()).T.astype(np.int16))


def sides_of(path: str | Path) -> tuple[Samples, Samples]:
    """What the agent said, and what the caller said."""
    left, right = channels_of(path)
    return left, right
