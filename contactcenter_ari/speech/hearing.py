"""The place of a prompt in a recording, and all that was heard, one thing after the other.

Its figures are from 0 to 1, do not depend on loudness and survive G.711. The right prompt scores
above 0.95 through mu-law, a wrong one below 0.8 (`HEARD`). Does no I/O.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from contactcenter_ari.speech.tone import SAMPLE_RATE, Samples, sample_count

HEARD = 0.8
"""A prompt with at least this score was heard; no other prompt reaches it."""
WINDOW = sample_count(timedelta(milliseconds=100))
BEGINNING = sample_count(timedelta(seconds=1))
"""A prompt is looked for by so much of it: a key may cut it short."""
SHORTEST = sample_count(timedelta(milliseconds=300))
"""Less of a sound says nothing."""
BLOCK = sample_count(timedelta(milliseconds=250))
QUIET = 30.0
"""The RMS below which nobody hears anything; the noise of G.711 is less."""
PURE = 0.9
"""A tone has at least this share of the energy of a window."""

_FAINT = 1e-4
"""Stretches with less than this share of the loudest stretch's energy hold no prompt."""


class Match(NamedTuple):
    """Where a prompt fits best: likeness from 0 to 1, and time from the recording's start."""

    score: float
    offset: timedelta


class Sound(StrEnum):
    """The kinds of what is heard."""

    PROMPT = "prompt"
    SILENCE = "silence"
    TONE = "tone"
    OTHER = "other"
    """Speech or music that is no prompt that is known."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch of a recording; `name` is that of the prompt, or the frequency of the tone.
    A prompt that is not `whole` was cut short.
    """

    at: timedelta
    length: timedelta
    sound: Sound
    name: str = ""
    whole: bool = True


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a prompt was found, in samples."""

    start: int
    length: int
    name: str
    whole: bool

    def is_mostly_in(self, other: "_Place") -> bool:
        """Whether most of the shorter one lies in the other: one prompt follows the other within
        less than a block.
        """
        end = min(self.start + self.length, other.start + other.length)
        shared = end - max(self.start, other.start)
        return shared > min(self.length, other.length) / 2


def all_heard(recording: Samples, prompts: Iterable[tuple[str, Samples]]) -> list[Heard]:
    """All that a recording has, in order; prompts by their names, whole or cut short."""
    places = _apart(
        [place for name, prompt in prompts for place in _places(name, prompt, recording)]
    )
    names = _sounds(recording)
    for place in places:
        first, last = place.start // WINDOW, (place.start + place.length) // WINDOW
        label = (Sound.PROMPT, place.start, place.name, place.whole)
        names[first : last + 1] = [label] * len(names[first : last + 1])
    return list(_stretches(names))


_Label = tuple[Sound, int, str, bool]


def _stretches(labels: list[_Label]) -> Iterator[Heard]:
    at = 0
    for (sound, _, name, whole), windows in groupby(labels):
        length = sum(1 for _ in windows) * WINDOW
        if sound is Sound.PROMPT or length >= SHORTEST:
            yield Heard(_duration(at), _duration(length), sound, name, whole)
        at += length


def _duration(samples: int) -> timedelta:
    return timedelta(seconds=samples / SAMPLE_RATE)


def _sounds(recording: Samples) -> list[_Label]:
    """The kind of each window, except for prompts."""
    windows = recording[: len(recording) // WINDOW * WINDOW].astype(np.float64)
    shaped = windows.reshape(-1, WINDOW)
    level = np.sqrt(np.mean(np.square(shaped), axis=1))
    power = np.abs(np.fft.rfft(shaped * np.hanning(WINDOW), axis=1)) ** 2
    peak = np.argmax(power, axis=1)
    labels: list[_Label] = []
    for number, at in enumerate(map(int, peak)):
        around = power[number, max(0, at - 2) : at + 3].sum()
        if level[number] < QUIET:
            labels.append((Sound.SILENCE, 0, "", True))
        elif around >= PURE * power[number].sum():
            hertz = round(at * SAMPLE_RATE / WINDOW)
            labels.append((Sound.TONE, 0, f"{hertz} Hz", True))
        else:
            labels.append((Sound.OTHER, 0, "", True))
    return labels


def _places(name: str, prompt: Samples, recording: Samples) -> Iterator[_Place]:
    """All places at which a prompt begins."""
    pattern, rest = prompt[:BEGINNING], recording.copy()
    while len(pattern) >= SHORTEST:
        match = find(pattern, rest)
        if match.score < HEARD:
            return
        start = sample_count(match.offset)
        length = _extent(prompt, recording[start:])
        yield _Place(start, length, name, whole=length >= 0.9 * len(prompt))
        rest[start : start + len(pattern)] = 0


def _extent(prompt: Samples, heard: Samples) -> int:
    """For how many samples a recording goes on like the prompt it begins with."""
    both = min(len(prompt), len(heard))
    for at in range(0, both, BLOCK):
        ours = prompt[at : min(at + BLOCK, both)].astype(np.float64)
        theirs = heard[at : min(at + BLOCK, both)].astype(np.float64)
        wanted, there = float(ours @ ours), float(theirs @ theirs)
        quiet = QUIET**2 * len(ours)
        loud = np.sqrt(wanted * there)
        if loud > quiet and ours @ theirs < HEARD * loud:
            return at
        if there > 4 * max(wanted, quiet):
            return at  # something else is heard where the prompt is silent
    return both


def _apart(places: list[_Place]) -> list[_Place]:
    """The longest of the places that are the same, in order: prompts may begin alike."""
    kept: list[_Place] = []
    for place in sorted(places, key=attrgetter("length"), reverse=True):
        if not any(place.is_mostly_in(other) for other in kept):
            kept.append(place)
    return sorted(kept, key=attrgetter("start"))


def find(prompt: Samples, recording: Samples) -> Match:
    """The place in the recording at which the prompt was heard, if at all.

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
