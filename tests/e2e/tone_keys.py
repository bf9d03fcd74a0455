"""Callers whose keys can be heard: as tones alone, or as tones before each telephone-event.

Asterisk takes tones out of the audio of phones that know no telephone-events, where it listens for
them. A gateway that sends both leaves the tones in the audio, and in recordings.
"""

from datetime import timedelta

from contactcenter_ari.speech.tone import encode_ulaw
from tests.e2e.caller import FRAME, SILENCE, Caller, rtp_packet
from tests.e2e.polling import until
from tests.key_tones import key_tone

PRESSED = timedelta(milliseconds=120)
GAP_FRAMES = 6


class HeardKeys(Caller):
    """Sends each key as tones."""

    _frames: tuple[bytes, ...] = ()

    async def press(self, keys: str) -> None:
        """Wait until the last one is on its way."""
        for key in keys:
            tone = encode_ulaw(key_tone(key, PRESSED)).tobytes()
            heard = (tone[at : at + FRAME] for at in range(0, len(tone), FRAME))
            self._frames = (*heard, *(SILENCE,) * GAP_FRAMES)
            await until(lambda: not self._frames or self.over, "the keys were not sent")

    def _packet(self, sequence: int) -> bytes:
        if not self._frames:
            return super()._packet(sequence)
        frame, *rest = self._frames
        self._frames = tuple(rest)
        return rtp_packet(0, sequence, sequence * FRAME, frame)


class ToneCaller(HeardKeys):
    """Knows no telephone-events."""

    def _sdp(self) -> str:
        lines = [line for line in super()._sdp().split("\r\n") if "telephone-event" not in line]
        return "\r\n".join(lines).replace("RTP/AVP 0 101", "RTP/AVP 0")


class GatewayCaller(HeardKeys):
    """Sends tones, and after them the telephone-event of the same key."""

    async def press(self, keys: str) -> None:
        """Wait until the last one is on its way."""
        for key in keys:
            await super().press(key)
            await Caller.press(self, key)
