"""Figures of the switch for metrics: commands that failed, and how soon callers hear something."""

from collections import Counter
from time import perf_counter

from contactcenter_ari.core.vocabulary.command import Command
from contactcenter_ari.runtime.histogram import Histogram

BOUNDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds."""
LEGS_LIMIT = 10_000
"""More legs than that are not being answered: their ends were missed."""


class SwitchMeter:
    """`failures` counts commands by kind and HTTP status (0: no reply); `answer_to_prompt` has the
    times from the command to answer a leg to Asterisk's word that its first prompt is played.
    """

    def __init__(self) -> None:
        self.failures: Counter[tuple[str, int]] = Counter()
        self.answer_to_prompt = Histogram(BOUNDS)
        self._answered_at: dict[str, float] = {}

    def __repr__(self) -> str:
        return f"<SwitchMeter {self.failures.total()} failures, {self.answer_to_prompt!r}>"

    def answering(self, leg: str) -> None:
        """A leg is being answered."""
        if len(self._answered_at) >= LEGS_LIMIT:
            self._answered_at.clear()
        self._answered_at[leg] = perf_counter()

    def playing(self, leg: str) -> None:
        """A prompt is played to a leg; the first one after the answer counts."""
        if (answered_at := self._answered_at.pop(leg, None)) is not None:
            self.answer_to_prompt.add(perf_counter() - answered_at)

    def forget(self, leg: str) -> None:
        """The leg is gone, or was not answered."""
        self._answered_at.pop(leg, None)

    def failed(self, command: Command, status: int) -> None:
        """A command failed."""
        self.failures[type(command).__name__, status] += 1
