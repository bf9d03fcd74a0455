"""Who looks on while flows run: traces and rehearsals. A center in service has nobody."""

from typing import Protocol

from contactcenter_ari.core.flow.language.step import Step
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.turn import Turn


class Observer(Protocol):
    """Is shown things and changes nothing."""

    def step_reached(self, run: FlowRun, step: Step, turn: Turn, *, taken: bool) -> None:
        """A run has come to a step, which is `taken` if its `when` holds."""
        ...
