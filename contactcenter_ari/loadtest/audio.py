"""The audio of a simulated phone: a tone of its own, and keys as RFC 4733 packets.

The files are what SIPp's `rtp_stream` wants: no header, packets back to back. Must not touch a
network: SIPp sends them.
"""

from datetime import timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 8000
KEYS = {**{str(digit): digit for digit in range(10)}, "*": 10, "#": 11}
FILE_NAMES = {"*": "star", "#": "pound"}

PACKET_BYTES = 50  # what SIPp sends for a stream it calls iLBC, every 30 ms
PACKET_TICKS = 240  # 30 ms on the clock of RFC 4733
PACKETS = 5
END_OF_EVENT = 0x80
VOLUME = 10  # -10 dBm0

MU_LAW_BIAS = 0x84
MU_LAW_CLIP = 32_635


def write_audio(folder: Path, frequency: float = 440.0) -> None:
    """Put `tone.ulaw` (one second, to be repeated) and `digit-*.event` into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tone.ulaw").write_bytes(mu_law(tone(frequency, timedelta(seconds=1))))
    for key in KEYS:
        (folder / f"digit-{FILE_NAMES.get(key, key)}.event").write_bytes(key_event(key))


def key_event(key: str) -> bytes:
    """The payloads of one key, 150 ms long, padded to SIPp's packet size (RFC 4733, 2.3)."""
    packets = []
    for number in range(1, PACKETS + 1):
        end = END_OF_EVENT if number == PACKETS else 0
        payload = bytes([KEYS[key], end | VOLUME]) + (number * PACKET_TICKS).to_bytes(2, "big")
        packets.append(payload.ljust(PACKET_BYTES, b"\0"))
    return b"".join(packets)


def tone(frequency: float, length: timedelta, level: float = 0.3) -> NDArray[np.int16]:
    """A sine at 8 kHz; whole hertz repeat without a click after whole seconds."""
    samples = int(length.total_seconds() * SAMPLE_RATE)
    phase = 2 * np.pi * frequency * np.arange(samples) / SAMPLE_RATE
    return (np.sin(phase) * level * 32_767).astype(np.int16)


def mu_law(samples: NDArray[np.int16]) -> bytes:
    """G.711 mu-law of 16-bit samples."""
    wide = samples.astype(np.int32)
    sign = np.where(wide < 0, 0x80, 0)
    biased = np.minimum(np.abs(wide), MU_LAW_CLIP) + MU_LAW_BIAS
    exponent = np.floor(np.log2(biased)).astype(np.int32) - 7
    mantissa = (biased >> (exponent + 3)) & 0x0F
    codes: NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)
    return codes.tobytes()
