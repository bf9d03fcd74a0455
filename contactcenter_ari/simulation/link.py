"""Between the core and the switch: faithful, or losing, doubling, delaying, refusing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Protocol

from contactcenter_ari.core.vocabulary.command import Command
from contactcenter_ari.core.vocabulary.signal import CommandFailed, Signal


class Link(Protocol):
    """The fate of a message that is sent."""

    def deliveries(self, signal: Signal) -> Sequence[timedelta]:
        """After how long the signal arrives, once for each time it does."""
        ...

    def refusal(self, command: Command) -> CommandFailed | None:
        """A failure that comes instead of the command being carried out, or None."""
        ...


class FaithfulLink:
    """Everything arrives once, at once."""

    def deliveries(self, signal: Signal) -> Sequence[timedelta]:
        """At once."""
        del signal
        return (timedelta(),)

    def refusal(self, command: Command) -> CommandFailed | None:
        """Never."""
        del command
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Faults by probability (0-1): commands refused; signals doubled, late, lost. `lateness`
    is the mean of an exponential delay, so that a late signal may be overtaken.
    """

    fails: float = 0.0
    doubles: float = 0.0
    delays: float = 0.0
    loses: float = 0.0
    lateness: timedelta = timedelta(seconds=2)


class FaultyLink:
    """A link with faults until it is mended."""

    def __init__(self, random: Random, faults: Faults) -> None:
        self._random = random
        self._faults = faults

    def __repr__(self) -> str:
        return f"<FaultyLink {self._faults}>"

    def mend(self) -> None:
        """No fault happens from now on."""
        self._faults = Faults()

    def deliveries(self, signal: Signal) -> Sequence[timedelta]:
        """Once at once, mostly."""
        del signal
        if self._happens(self._faults.loses):
            return ()
        return [self._delay() for _ in range(2 if self._happens(self._faults.doubles) else 1)]

    def refusal(self, command: Command) -> CommandFailed | None:
        """Now and then, with one of the statuses a switch gives, or none at all."""
        if not self._happens(self._faults.fails):
            return None
        status = self._random.choice((0, 400, 404, 409, 422, 500, 503))
        return CommandFailed(command, status, "injected")

    def _delay(self) -> timedelta:
        late = self._happens(self._faults.delays)
        return self._faults.lateness * self._random.expovariate(1.0) if late else timedelta()

    def _happens(self, probability: float) -> bool:
        return self._random.random() < probability
