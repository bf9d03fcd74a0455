"""The observers of running flows: traces and flow tests. A center in service has none."""

from typing import Protocol

from contactcenter_ari.core.flow.language.step import Step
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.turn import Turn


class Observer(Protocol):
    """Sees the steps of runs and changes nothing."""

    def step_reached(self, run: FlowRun, step: Step, turn: Turn, *, taken: bool) -> None:
        """A run has come to a step, which is `taken` if its `when` holds."""
        ...
