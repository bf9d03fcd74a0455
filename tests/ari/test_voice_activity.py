"""How much of a recording is speech, on quiet and on noisy lines."""

from datetime import timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from contactcenter_ari.ari.voice_activity import speech_in

RATE = 8000
Audio = NDArray[np.int16]


def noise(level: float, seconds: float) -> Audio:
    """The noise of a line, or the comfort noise of a phone; the level in dBFS."""
    deviation = 32768 * 10 ** (level / 20)
    made = np.random.default_rng(7).normal(0, deviation, round(seconds * RATE))
    samples: Audio = np.rint(made.clip(-32768, 32767)).astype(np.int16)
    return samples


def voice(level: float, seconds: float) -> Audio:
    """A sound as loud as a voice."""
    at = np.arange(round(seconds * RATE)) / RATE
    amplitude = 32768 * 10 ** (level / 20) * np.sqrt(2)
    samples: Audio = np.rint(amplitude * np.sin(2 * np.pi * 440 * at)).astype(np.int16)
    return samples


def quiet(seconds: float) -> Audio:
    """Digital silence."""
    return np.zeros(round(seconds * RATE), dtype=np.int16)


def seconds_of(*parts: Audio) -> float:
    """How much speech there is in these sounds one after the other."""
    return speech_in(np.concatenate(parts)).total_seconds()


@pytest.mark.parametrize("level", [-75, -60, -50, -45, -40, -38])
@pytest.mark.parametrize("length", [0.5, 10])
def test_the_noise_of_a_line_is_no_speech(level: float, length: float) -> None:
    """Comfort noise lies between -70 and -40 dBFS (RFC 3389, section 3.1, names its level)."""
    assert seconds_of(noise(level, length)) == 0


def test_silence_is_no_speech() -> None:
    """An empty file, a hum of direct current and half a frame are no speech, either."""
    assert seconds_of(quiet(10)) == 0
    assert speech_in(quiet(0)) == timedelta()
    assert seconds_of(quiet(10) + 900) == 0
    assert speech_in(voice(-20, 1)[:159]) == timedelta()


@pytest.mark.parametrize("line", [-75, -60, -50, -45])
@pytest.mark.parametrize("level", [-35, -25, -15])
def test_a_voice_stands_out(line: float, level: float) -> None:
    """Two seconds of it on a line that is noisy all the time."""
    spoken = voice(level, 2) + noise(line, 2)
    assert seconds_of(noise(line, 4), spoken, noise(line, 4)) == pytest.approx(2, abs=0.04)


def test_a_low_voice_on_a_quiet_line() -> None:
    """A sound that would be noise elsewhere is a voice here."""
    assert seconds_of(noise(-62, 4), voice(-44, 2), noise(-62, 4)) == pytest.approx(2, abs=0.04)


def test_pauses_between_words_are_speech() -> None:
    """Long ones are not."""
    words = [part for _ in range(4) for part in (voice(-25, 0.4), quiet(0.2))]
    assert seconds_of(*words) == pytest.approx(4 * 0.4 + 3 * 0.2, abs=0.04)
    assert seconds_of(voice(-25, 1), quiet(5), voice(-25, 1)) == pytest.approx(2, abs=0.04)


def test_a_click_is_no_speech() -> None:
    """A receiver put down, or the end of a key."""
    clicks = [part for _ in range(50) for part in (voice(-10, 0.03), quiet(0.4))]
    assert seconds_of(*clicks) == 0


def test_a_whole_line_of_voice() -> None:
    """A caller who never draws breath."""
    assert seconds_of(voice(-20, 5)) == 5


def test_an_hour() -> None:
    """The parts it is looked at in fit together."""
    assert seconds_of(noise(-60, 1800), voice(-25, 300), noise(-60, 60)) == pytest.approx(300)
