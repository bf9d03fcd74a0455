"""Listening for a tone while a call goes on.

Each look costs as much as the new samples. A look at all samples so far would cost more the longer
a caller waits, until the phones of a busy machine had no time left to speak.
"""

from collections.abc import Callable
from datetime import timedelta

from contactcenter_ari.speech.tone import Samples, sample_count
from tests.hearing import TONE_WINDOW, tone_heard

WINDOW = sample_count(TONE_WINDOW)


class ToneWatch:
    """The length for which a tone was heard; `since` gives the samples from one of them on."""

    def __init__(self, since: Callable[[int], Samples], frequency: float) -> None:
        self._since = since
        self._frequency = frequency
        self._known = 0
        self._heard = timedelta()

    def __repr__(self) -> str:
        return f"<ToneWatch {self._frequency:g} Hz: {self._heard} in {self._known} samples>"

    def heard(self) -> timedelta:
        """The length for which the tone was heard so far, in whole windows."""
        new = self._since(self._known)
        whole = len(new) // WINDOW * WINDOW
        if whole:
            self._heard += tone_heard(new[:whole], self._frequency)
            self._known += whole
        return self._heard
