"""A-law read back: what its code words sound like; the program needs only mu-law."""

import numpy as np

from contactcenter_ari.speech.tone import CodeWords, Samples


def decode_alaw(code_words: CodeWords) -> Samples:
    """Expand A-law code words."""
    code = code_words.astype(np.int32) ^ 0x55
    segment = (code >> 4) & 0x07
    step = ((code & 0x0F) << 4) + np.where(segment > 0, 0x108, 8)
    magnitude = step << np.maximum(segment - 1, 0)
    samples: Samples = np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)
    return samples
