"""Proof of what was heard: which prompt at what instant, and which party's tone.

It judges what phones heard and what the switch recorded. Its figures are from 0 to 1, do not
depend on loudness and survive G.711. The right prompt scores above 0.95 through mu-law, a wrong
one below 0.8 (`HEARD`).
"""

from datetime import timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from contactcenter_ari.speech.tone import FULL_SCALE, SAMPLE_RATE, Samples, sample_count

HEARD = 0.8
"""A prompt with at least this score was heard; no other prompt reaches it."""

TONE_WINDOW = timedelta(milliseconds=100)

_FAINT = 1e-4
"""Stretches with less than this share of the loudest stretch's energy hold no prompt."""


class Match(NamedTuple):
    """Where a prompt fits best: likeness from 0 to 1, and time from the recording's start."""

    score: float
    offset: timedelta


def find(prompt: Samples, recording: Samples) -> Match:
    """Where in the recording the prompt was heard, if at all.

    The score is the normalized cross-correlation, so loudness plays no part; a prompt cut
    short by barge-in has to be cut here too. Too short a recording scores 0.
    """
    pattern = _without_offset(prompt)
    signal = _without_offset(recording)
    energy = float(pattern @ pattern)
    if len(signal) < len(pattern) or energy == 0.0:
        return Match(0.0, timedelta())
    likeness = _correlate(pattern, signal) / np.sqrt(energy * _local_energy(signal, len(pattern)))
    best = int(np.argmax(likeness))
    score = min(max(float(likeness[best]), 0.0), 1.0)
    return Match(score, timedelta(seconds=best / SAMPLE_RATE))


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


def _without_offset(samples: Samples) -> NDArray[np.float64]:
    signal = samples.astype(np.float64)
    return signal - signal.mean() if len(signal) else signal


def _correlate(pattern: NDArray[np.float64], signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sliding product of pattern and signal, by FFT; one value per possible start."""
    size = 1 << (len(signal) + len(pattern) - 1).bit_length()
    spectrum = np.fft.rfft(signal, size) * np.conj(np.fft.rfft(pattern, size))
    starts = len(signal) - len(pattern) + 1
    return np.fft.irfft(spectrum, size)[:starts]


def _local_energy(signal: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """The energy of each stretch of that length, with a floor so that near-silence is no match."""
    total = np.concatenate(([0.0], np.cumsum(np.square(signal))))
    energy = total[length:] - total[:-length]
    floored: NDArray[np.float64] = np.maximum(energy, max(float(energy.max()) * _FAINT, 1.0))
    return floored
