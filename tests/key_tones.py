"""Keys as tones in the audio (ITU-T Q.23): made, and found again by Goertzel's filter."""

from datetime import timedelta

import numpy as np
import numpy.typing as npt

from contactcenter_ari.speech.tone import SAMPLE_RATE, Samples, sine

ROWS, COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
KEYS = "123A456B789C*0#D"
WINDOW, STEP = 205, 80
"""Samples: 205 part all eight frequencies (39 Hz), a new look every 10 ms."""
LEVEL = 60.0
"""Amplitude of the weaker tone; the quietest that a phone may send is louder (Q.24: -27 dBm0)."""
TWIST = 6.0
"""The louder tone has at most so many times the amplitude of the other."""
PURITY = 0.6
"""The least share of all power that is in the two tones."""
LOOKS = 2
"""A key is there in so many looks in a row: 36 ms at least."""
RELEASE = 5
"""A key is let go when it is missing in so many: a lost packet does not part it in two."""


def key_tone(key: str, length: timedelta) -> Samples:
    """The two tones of a key."""
    row, column = divmod(KEYS.index(key), 4)
    pair = (sine(frequency, length) / 2.0 for frequency in (ROWS[row], COLUMNS[column]))
    return sum(pair, np.zeros(1)).astype(np.int16)


def keys_in(samples: Samples) -> str:
    """The keys that can be read off a recording."""
    if len(samples) < WINDOW:
        return ""
    starts = np.arange(0, len(samples) - WINDOW + 1, STEP)
    looks = samples[starts[:, None] + np.arange(WINDOW)].astype(np.float64)
    amplitudes = np.abs(looks @ _filters()) * 2 / WINDOW
    found = [_key(look, tones) for look, tones in zip(looks, amplitudes, strict=True)]
    return _settled(found)


def _filters() -> npt.NDArray[np.complex128]:
    turns: npt.NDArray[np.float64] = np.outer(np.arange(WINDOW), (*ROWS, *COLUMNS)) / SAMPLE_RATE
    waves: npt.NDArray[np.complex128] = np.exp(-2j * np.pi * turns)
    return waves


def _key(look: npt.NDArray[np.float64], tones: npt.NDArray[np.float64]) -> str:
    """The key that one look shows, if any."""
    row, column = int(np.argmax(tones[:4])), int(np.argmax(tones[4:]))
    weak, loud = sorted((float(tones[row]), float(tones[4 + column])))
    power = float(np.mean(look**2))
    pure = (weak**2 + loud**2) / 2 >= PURITY * power
    return KEYS[4 * row + column] if weak >= LEVEL and loud <= TWIST * weak and pure else ""


def _settled(looks: list[str]) -> str:
    """Keys that were seen often enough in a row, each once until it is let go for a while."""
    keys, held, run, gone, last = "", "", 0, 0, ""
    for key in looks:
        run = run + 1 if key == last else 1
        last = key
        gone = 0 if key == held else gone + 1
        if gone >= RELEASE:
            held = ""
        if key and key != held and run == LOOKS:
            keys, held, gone = keys + key, key, 0
    return keys
