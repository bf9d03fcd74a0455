"""Recordings of talks, as they lie on the disk."""

from pathlib import Path

import soundfile

from contactcenter_ari.speech.tone import SAMPLE_RATE, Samples


def channels_of(path: str | Path) -> list[Samples]:
    """The samples of each channel of a file, in whatever format it is kept."""
    samples, rate = soundfile.read(path, dtype="int16", always_2d=True)
    assert rate == SAMPLE_RATE
    return list(samples.T)


def mono_of(path: str | Path) -> Samples:
    """The samples of a message, or of a whole call."""
    (samples,) = channels_of(path)
    return samples


def sides_of(path: str | Path) -> tuple[Samples, Samples]:
    """The samples of the agent, and those of the caller."""
    left, right = channels_of(path)
    return left, right
