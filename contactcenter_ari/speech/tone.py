"""Samples of a telephone line: sine tones, silence, and G.711 in both laws.

Promises: bit-exact G.711 (ITU-T G.711 tables 1 and 2, checked against known code words) on
whole arrays at once. Does no I/O; files are `sound_file`'s business.
"""

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 8000
"""Samples a second of everything in this package (hertz)."""

FULL_SCALE = 32768.0

Samples = NDArray[np.int16]
"""8 kHz mono, 16-bit linear."""
CodeWords = NDArray[np.uint8]
"""8 kHz mono G.711, one byte a sample."""

_ULAW_BIAS = 33
_ULAW_CLIP = 8158


def sample_count(duration: timedelta) -> int:
    """The number of samples that last as long as the duration."""
    return round(duration.total_seconds() * SAMPLE_RATE)


def silence(duration: timedelta) -> Samples:
    """Digital silence."""
    return np.zeros(sample_count(duration), dtype=np.int16)


def sine(frequency: float, duration: timedelta, *, level: float = -20.0) -> Samples:
    """A pure tone; the frequency in hertz, the RMS level in dBFS (at most -3.1)."""
    amplitude = FULL_SCALE * np.sqrt(2.0) * 10 ** (level / 20)
    if not 0 < frequency < SAMPLE_RATE / 2 or amplitude >= FULL_SCALE:
        raise ValueError(f"no tone of {frequency} Hz at {level} dBFS fits on an 8 kHz line")
    phase = 2 * np.pi * frequency / SAMPLE_RATE * np.arange(sample_count(duration))
    return to_samples(amplitude * np.sin(phase))


def to_samples(signal: NDArray[np.float64]) -> Samples:
    """Round to 16 bits; what does not fit is clipped."""
    return np.clip(np.rint(signal), -32768, 32767).astype(np.int16)


def encode_ulaw(samples: Samples) -> CodeWords:
    """Compress by the mu-law (North America, Japan; RTP payload type 0)."""
    linear = samples.astype(np.int32)
    magnitude = np.where(linear < 0, ~linear, linear) >> 2  # the standard's input has 14 bits
    magnitude = np.minimum(magnitude, _ULAW_CLIP) + _ULAW_BIAS
    segment = _highest_bit(magnitude) - 5
    code = (segment << 4) | ((magnitude >> (segment + 1)) & 0x0F)
    sign = np.where(linear < 0, 0x80, 0)
    code_words: CodeWords = (~(sign | code) & 0xFF).astype(np.uint8)
    return code_words


def decode_ulaw(code_words: CodeWords) -> Samples:
    """Expand mu-law code words."""
    code = ~code_words.astype(np.int32) & 0xFF
    segment = (code >> 4) & 0x07
    magnitude = ((((code & 0x0F) << 1) + _ULAW_BIAS) << segment) - _ULAW_BIAS
    return (np.where(code & 0x80, -magnitude, magnitude) << 2).astype(np.int16)


def encode_alaw(samples: Samples) -> CodeWords:
    """Compress by the A-law (Europe and international; RTP payload type 8)."""
    linear = samples.astype(np.int32) >> 3
    positive = linear >= 0
    magnitude = np.where(positive, linear, ~linear)
    segment = np.maximum(_highest_bit(np.maximum(magnitude, 1)) - 4, 0)
    shift = np.maximum(segment, 1)
    code = (segment << 4) | ((magnitude >> shift) & 0x0F)
    code_words: CodeWords = (code ^ np.where(positive, 0xD5, 0x55)).astype(np.uint8)
    return code_words


def _highest_bit(magnitude: NDArray[np.int32]) -> NDArray[np.int32]:
    """The position of the highest bit that is set, from 0; the magnitudes are positive."""
    _, exponent = np.frexp(magnitude.astype(np.float64))
    return exponent.astype(np.int32) - 1
