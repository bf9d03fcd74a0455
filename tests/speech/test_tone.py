"""Tones have the frequency and loudness asked for; G.711 is exact."""

from datetime import timedelta

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from contactcenter_ari.speech.tone import decode_ulaw, encode_alaw, encode_ulaw, silence, sine
from tests.g711 import decode_alaw
from tests.hearing import duration_of, level_of

EVERY_BYTE = np.arange(256).astype(np.uint8)
EVERY_SAMPLE = np.arange(-32768, 32768).astype(np.int16)
SECOND = timedelta(seconds=1)


def test_a_tone_has_the_level_and_length_asked_for() -> None:
    """A tone of a second at -20 dBFS lasts a second and is that loud."""
    tone = sine(440, SECOND, level=-20)
    assert duration_of(tone) == SECOND
    assert level_of(tone) == pytest.approx(-20, abs=0.01)
    assert level_of(silence(SECOND)) == -np.inf


@pytest.mark.parametrize(("frequency", "level"), [(4000.0, -20.0), (0.0, -20.0), (440.0, 0.0)])
def test_a_tone_a_line_cannot_carry_is_refused(frequency: float, level: float) -> None:
    """Above half the sample rate, or too loud for a sine, there is no tone."""
    with pytest.raises(ValueError, match="no tone"):
        sine(frequency, SECOND, level=level)


@pytest.mark.parametrize(
    ("sample", "ulaw", "alaw"),
    [
        (0, 0xFF, 0xD5),
        (-1, 0x7F, 0x55),
        (8, 0xFE, 0xD5),
        (1000, 0xCE, 0xFA),
        (-1000, 0x4E, 0x7A),
        (32767, 0x80, 0xAA),
        (-32768, 0x00, 0x2A),
    ],
)
def test_known_code_words(sample: int, ulaw: int, alaw: int) -> None:
    """Samples become the code words of the tables of ITU-T G.711."""
    samples = np.array([sample], dtype=np.int16)
    assert (ulaw, alaw) == (encode_ulaw(samples)[0], encode_alaw(samples)[0])


def test_every_code_word_survives_a_round_trip() -> None:
    """Decoding and encoding again gives the same byte, except for mu-law's negative zero."""
    assert_array_equal(encode_alaw(decode_alaw(EVERY_BYTE)), EVERY_BYTE)
    mu_law = encode_ulaw(decode_ulaw(EVERY_BYTE))
    assert_array_equal(np.flatnonzero(mu_law != EVERY_BYTE), [0x7F])


@pytest.mark.parametrize("law", ["ulaw", "alaw"])
def test_the_error_of_a_round_trip_is_a_fraction_of_the_sample(law: str) -> None:
    """Each sample comes back within a twentieth of itself, or within the finest step."""
    encode, decode = {"ulaw": (encode_ulaw, decode_ulaw), "alaw": (encode_alaw, decode_alaw)}[law]
    heard = decode(encode(EVERY_SAMPLE)).astype(np.float64)
    error = np.abs(heard - EVERY_SAMPLE)
    assert np.all(error <= np.maximum(np.abs(EVERY_SAMPLE.astype(np.float64)) / 20, 16))
