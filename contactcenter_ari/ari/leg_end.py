"""How legs end, as far as Asterisk says so before: what a leg's end means for the core.

The event that a leg has left us has no cause. A request to hang up comes before it, and so does
the word that a phone sends its calls elsewhere; both are kept up to the end of the leg.
"""

from collections.abc import Container
from typing import Final

from contactcenter_ari.ari.messages import ChannelHangupRequest, Dial, Playback
from contactcenter_ari.ari.translate import is_loss
from contactcenter_ari.core.vocabulary.signal import LegHungUp, LegLost

REDIRECTED: Final = 23
"""Cause of ITU-T Q.850: the phone sends its calls elsewhere (SIP 302)."""


class LegEnds:
    """The legs that are about to end."""

    def __init__(self) -> None:
        self._asked: dict[str, ChannelHangupRequest] = {}
        self._forwarded: set[str] = set()

    def __repr__(self) -> str:
        return f"<LegEnds of {len(self._asked)} legs>"

    @property
    def legs(self) -> frozenset[str]:
        """The legs that were asked to end."""
        return frozenset(self._asked)

    def note_dial(self, event: Dial) -> None:
        """A phone may say where it wants the call to go."""
        if event.forward:
            self._forwarded.add(event.peer.id)

    def note_request(self, event: ChannelHangupRequest) -> None:
        """A leg was asked to end."""
        self._asked[event.channel.id] = event

    def has_cut(self, playback: Playback) -> bool:
        """Whether a hang-up cut a prompt short: Asterisk reports that as a failure, too."""
        return playback.target_uri.removeprefix("channel:") in self._asked

    def end(self, signal: LegHungUp) -> LegHungUp | LegLost:
        """The end of a leg, for its reason. That it sends calls elsewhere Asterisk may know only
        after it has hung up.
        """
        asked = self._asked.pop(signal.leg, None)
        if signal.leg in self._forwarded:
            self._forwarded.discard(signal.leg)
            return LegHungUp(signal.leg, REDIRECTED)
        return LegLost(signal.leg) if asked is not None and is_loss(asked) else signal

    def forget(self, legs: Container[str]) -> None:
        """These legs are gone."""
        self._asked = {leg: asked for leg, asked in self._asked.items() if leg not in legs}
