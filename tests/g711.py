"""G.711 read back: what the code words of a call sound like."""

import numpy as np

from contactcenter_ari.speech.hearing import decode_ulaw
from contactcenter_ari.speech.tone import CodeWords, Samples

__all__ = ["decode_alaw", "decode_ulaw"]


def decode_alaw(code_words: CodeWords) -> Samples:
    """Expand A-law code words."""
    code = code_words.astype(np.int32) ^ 0x55
    segment = (code >> 4) & 0x07
    step = ((code & 0x0F) << 4) + np.where(segment > 0, 0x108, 8)
    magnitude = step << np.maximum(segment - 1, 0)
    samples: Samples = np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)
    return samples
