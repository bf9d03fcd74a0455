"""The decoder of keys that proves secrets to be absent: it must find what is there."""

from datetime import timedelta

import numpy as np
import pytest

from contactcenter_ari.speech.music import compose
from contactcenter_ari.speech.tone import decode_ulaw, encode_ulaw, sine
from tests.key_tones import KEYS, key_tone, keys_in

SHORT, GAP = timedelta(milliseconds=60), np.zeros(800, dtype=np.int16)


@pytest.mark.parametrize("amplitude", [1.0, 0.1])
def test_every_key_is_found(amplitude: float) -> None:
    """In the order pressed, loud or low, after a telephone line's coding."""
    tones = [part for key in KEYS for part in (key_tone(key, SHORT), GAP)]
    heard = (np.concatenate(tones) * amplitude).astype(np.int16)
    assert keys_in(decode_ulaw(encode_ulaw(heard))) == KEYS


def test_a_key_pressed_twice() -> None:
    """With a gap between them they are two."""
    five = key_tone("5", SHORT)
    assert keys_in(np.concatenate([five, GAP, five])) == "55"


def test_a_packet_lost_within_a_key() -> None:
    """It is one key anyway."""
    five = key_tone("5", timedelta(milliseconds=120))
    five[400:560] = 0
    assert keys_in(five) == "5"


def test_a_key_is_found_in_noise() -> None:
    """A hundredth of the power is no obstacle."""
    noise = np.random.default_rng(1).normal(0, 600, 4000)
    heard = noise.copy()
    heard[1000:1800] += key_tone("8", timedelta(milliseconds=100))
    assert keys_in(heard.astype(np.int16)) == "8"
    assert keys_in(noise.astype(np.int16)) == ""


def test_nothing_else_is_a_key() -> None:
    """Neither silence, nor voices of callers and agents, nor music, nor one tone of two."""
    second = timedelta(seconds=1)
    for sound in (GAP, *(sine(f, second) for f in (440, 620, 697, 1000, 1209)), compose()):
        assert keys_in(sound) == ""
