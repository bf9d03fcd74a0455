"""Proof of what was heard: which prompt at what instant, and which party's tone.

It judges what phones heard and what the switch recorded. Its figures are from 0 to 1, do not
depend on loudness and survive G.711. The right prompt scores above 0.95 through mu-law, a wrong
one below 0.8 (`HEARD`).
"""

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from contactcenter_ari.speech.hearing import HEARD, Match, find
from contactcenter_ari.speech.tone import FULL_SCALE, SAMPLE_RATE, Samples, sample_count

__all__ = [
    "HEARD",
    "TONE_WINDOW",
    "Match",
    "duration_of",
    "find",
    "level_of",
    "tone_heard",
    "tone_level",
]

TONE_WINDOW = timedelta(milliseconds=100)


def tone_level(
    recording: Samples, frequency: float, window: timedelta = TONE_WINDOW
) -> NDArray[np.float64]:
    """The fraction of energy at a frequency (hertz) in each consecutive window: 1 is a pure tone.

    Goertzel's sum for all windows at once; silence has no tone, so 0. An incomplete last
    window is left out.
    """
    size = sample_count(window)
    signal = recording[: len(recording) // size * size].astype(np.float64).reshape(-1, size)
    turn = np.exp(-2j * np.pi * frequency / SAMPLE_RATE * np.arange(size))
    at_frequency = 2 / size * np.abs(signal @ turn) ** 2
    energy = np.sum(np.square(signal), axis=1)
    audible = energy > size  # more than the rounding noise of G.711's silence
    levels = np.divide(at_frequency, energy, out=np.zeros_like(energy), where=audible)
    fractions: NDArray[np.float64] = np.minimum(levels, 1.0)
    return fractions


def tone_heard(recording: Samples, frequency: float, *, fraction: float = 0.5) -> timedelta:
    """For how long in all the tone carried at least that fraction of the energy."""
    windows = int(np.count_nonzero(tone_level(recording, frequency) >= fraction))
    return windows * TONE_WINDOW


def level_of(samples: Samples) -> float:
    """The RMS level in dBFS; minus infinity for digital silence or nothing at all."""
    if not samples.any():
        return -np.inf
    rms = np.sqrt(np.mean(np.square(samples.astype(np.float64))))
    return float(20 * np.log10(rms / FULL_SCALE))


def duration_of(samples: Samples) -> timedelta:
    """How long the samples sound."""
    return timedelta(seconds=len(samples) / SAMPLE_RATE)
