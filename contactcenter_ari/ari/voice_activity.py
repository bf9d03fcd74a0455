"""The amount of speech in a recording: voice activity by level, 20 ms at a time.

Speech stands out from the noise of its own line; a line's noise alone, or the comfort noise of a
phone that is silent (RFC 3389), is none. This module does no I/O.
"""

from datetime import timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]
"""8 kHz mono, 16-bit linear."""
Levels = NDArray[np.float32]
Active = NDArray[np.bool_]

FRAME: Final = 160
FRAME_LENGTH: Final = timedelta(milliseconds=20)
BLOCK: Final = 5000
"""Frames that are looked at together, so that an hour needs little memory."""
QUIETEST: Final = 32768 * 10 ** (-50 / 20)
"""A level below -50 dBFS is silence on any line."""
LOUDEST: Final = 32768 * 10 ** (-36 / 20)
"""A level above -36 dBFS is a sound on any line: comfort noise is far below."""
ABOVE_NOISE: Final = 10 ** (10 / 20)
"""Between the two, a sound stands out by 10 dB."""
NOISE: Final = 10
"""The noise is as loud as this percentile of all that is not digital silence."""
SHORTEST_SOUND: Final = 3
"""Frames; a shorter sound is a click."""
LONGEST_PAUSE: Final = 15
"""Frames; a pause between two words is part of the speech."""


def speech_in(samples: Samples) -> timedelta:
    """The duration of speech, short pauses included."""
    levels = _levels(samples)
    sounds = _without_short(levels > _threshold(levels), SHORTEST_SOUND)
    if not sounds.any():
        return timedelta()
    begin, end = np.flatnonzero(sounds)[[0, -1]]
    spoken = ~_without_short(~sounds[begin : end + 1], LONGEST_PAUSE + 1)
    return FRAME_LENGTH * int(np.count_nonzero(spoken))


def _levels(samples: Samples) -> Levels:
    """The level of each frame about its mean, for a line may carry a direct current."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    blocks = range(0, len(frames), BLOCK)
    levels = [frames[at : at + BLOCK].astype(np.float32).std(axis=1) for at in blocks]
    return np.concatenate([np.zeros(0, dtype=np.float32), *levels])


def _threshold(levels: Levels) -> float:
    sounding = levels[levels > 0]
    noise = float(np.percentile(sounding, NOISE)) if len(sounding) else 0.0
    return min(max(noise * ABOVE_NOISE, QUIETEST), LOUDEST)


def _without_short(active: Active, shortest: int) -> Active:
    """The same without stretches of fewer frames."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], active, [False]]).astype(np.int8)))
    kept = active.copy()
    for begin, end in edges.reshape(-1, 2):
        if end - begin < shortest:
            kept[begin:end] = False
    return kept
