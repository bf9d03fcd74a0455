"""Soft music for callers on hold: our own composition, made by arithmetic.

Promises: a minute that loops without a seam, at -25 dBFS, the same samples every time, and one
file per codec of the telephone network, so that Asterisk need not transcode.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from contactcenter_ari.speech.sound_file import write_alaw, write_linear, write_ulaw
from contactcenter_ari.speech.tone import FULL_SCALE, SAMPLE_RATE, Samples, to_samples

LEVEL = -25.0
"""RMS level in dBFS: quieter than the announcements over it."""

_CHORD_SECONDS = 3.75
_STEPS = 6
"""Plucked notes in each chord."""

# Sixteen chords of four voices, as MIDI note numbers in the telephone band (220 Hz and up).
_CHORDS = (
    (57, 60, 65, 69), (55, 60, 64, 67), (57, 62, 65, 69), (57, 60, 64, 69),
    (58, 62, 65, 69), (57, 60, 65, 72), (58, 62, 67, 70), (60, 65, 67, 72),
    (57, 60, 65, 69), (57, 61, 64, 67), (57, 62, 65, 74), (58, 62, 67, 70),
    (58, 61, 65, 70), (57, 60, 65, 69), (58, 62, 67, 74), (58, 60, 64, 67),
)  # fmt: skip
# The voice each plucked note takes; an octave up, silence where there is none.
_FIGURES = (
    (0, 2, 1, 3, 2, None),
    (3, 1, 2, 0, None, 2),
    (0, 1, 3, None, 2, 1),
    (2, 3, 1, 0, 2, 3),
)

Signal = NDArray[np.float64]


def compose() -> Samples:
    """One minute of hold music whose end runs into its beginning."""
    chord_length = round(_CHORD_SECONDS * SAMPLE_RATE)
    loop = np.zeros(chord_length * len(_CHORDS))
    for number, chord in enumerate(_CHORDS):
        start = number * chord_length
        for note in chord:
            _add(loop, start, 0.5 * _held(note, chord_length))
        for step, voice in enumerate(_FIGURES[number % len(_FIGURES)]):
            if voice is not None:
                note = chord[voice] + 12
                _add(loop, start + step * chord_length // _STEPS, 0.7 * _plucked(note))
    rms = np.sqrt(np.mean(np.square(loop)))
    return to_samples(loop * (FULL_SCALE * 10 ** (LEVEL / 20) / rms))


def write_music(folder: Path, name: str = "calm") -> None:
    """Write the music into the folder as `name.ulaw`, `.alaw` and `.sln`; whole files are kept."""
    writers = {".ulaw": write_ulaw, ".alaw": write_alaw, ".sln": write_linear}
    missing = [ending for ending in writers if not (folder / (name + ending)).exists()]
    if not missing:
        return
    folder.mkdir(parents=True, exist_ok=True)
    music = compose()
    for ending in missing:
        writers[ending](folder / (name + ending), music)


def _add(loop: Signal, start: int, sound: Signal) -> None:
    """Mix a sound in; what passes the end goes on at the beginning, so the loop has no seam."""
    places = (start + np.arange(len(sound))) % len(loop)
    np.add.at(loop, places, sound)


def _held(note: int, length: int) -> Signal:
    """A pad: swells in, overlaps the next chord, fades."""
    swell = length // 3
    sound = _wave(note, length + swell, overtones=(1.0, 0.35, 0.12))
    envelope = np.ones(length + swell)
    envelope[:swell] = np.sin(np.linspace(0, np.pi / 2, swell)) ** 2
    envelope[-swell:] = np.cos(np.linspace(0, np.pi / 2, swell)) ** 2
    shaped: Signal = sound * envelope
    return shaped


def _plucked(note: int) -> Signal:
    """A soft bell: quick start, long decay."""
    length = 2 * SAMPLE_RATE
    seconds = np.arange(length) / SAMPLE_RATE
    envelope = np.minimum(seconds / 0.02, 1.0) * np.exp(-seconds / 0.45)
    envelope *= np.minimum((seconds[-1] - seconds) / 0.1, 1.0)
    shaped: Signal = _wave(note, length, overtones=(1.0, 0.2, 0.08)) * envelope
    return shaped


def _wave(note: int, length: int, *, overtones: tuple[float, ...]) -> Signal:
    frequency = 440.0 * 2 ** ((note - 69) / 12)
    phase = 2 * np.pi * frequency / SAMPLE_RATE * np.arange(length)
    sound = np.zeros(length)
    for number, strength in enumerate(overtones, start=1):
        sound += strength * np.sin(number * phase)
    return sound
