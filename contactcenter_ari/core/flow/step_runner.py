"""Runs the steps of a flow one after the other, until one must wait.

A step whose condition does not hold is passed over. Too many steps, and sections entered too
often, are faults of the flow: the caller is led on to a person, and hears an apology.
"""

from contactcenter_ari.core.flow import flow_event
from contactcenter_ari.core.flow.dialog import Dialog
from contactcenter_ari.core.flow.handover import Handover, Leave
from contactcenter_ari.core.flow.language.destination import ON, Destination
from contactcenter_ari.core.flow.language.expression import truth
from contactcenter_ari.core.flow.language.step import Step
from contactcenter_ari.core.flow.observer import Observer
from contactcenter_ari.core.flow.position import ENTRY_LIMIT, Arrival, FlowPosition
from contactcenter_ari.core.flow.run import Activity, FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.treatment import Treatment
from contactcenter_ari.core.flow.verb.spec import Stay
from contactcenter_ari.core.turn import Turn, Wake

STEP_LIMIT = 500
"""How many steps a call may take."""


class StepRunner:
    """Runs the steps of one flow."""

    def __init__(
        self,
        position: FlowPosition,
        speaker: Speaker,
        dialog: Dialog,
        treatment: Treatment,
        *,
        observer: Observer | None,
    ) -> None:
        self._position = position
        self._speaker = speaker
        self._dialog = dialog
        self._treatment = treatment
        self.observer = observer

    def __repr__(self) -> str:
        return f"<StepRunner of {self._speaker.flow!r}>"

    def run_on(self, run: FlowRun, turn: Turn) -> Handover | None:
        """Enter steps until one waits or hands the call over, or the flow is over."""
        while (step := self._position.step(run)) is not None:
            if _is_back_in_line(run):
                self._treatment.go_on(run, turn)
                return None
            run.steps_taken += 1
            if run.steps_taken > STEP_LIMIT:
                if leave := self.fault(run, f"more than {STEP_LIMIT} steps", turn):
                    return leave
                continue
            entered = self._enter(run, step, turn)
            if entered is None or isinstance(entered, Handover):
                return entered
            if (handover := self._follow(run, entered, turn)) is not None:
                return handover
        return Leave(failed=run.failing)

    def go(self, run: FlowRun, destination: Destination, turn: Turn) -> Handover | None:
        """Leave the current step of the run for a destination."""
        turn.clockwork.forget(Wake.FLOW, run.call)
        run.activity = Activity.RUNNING
        return self._follow(run, destination, turn) or self.run_on(run, turn)

    def detour(self, run: FlowRun, destination: Destination, turn: Turn) -> Handover | None:
        """Run the steps of a key pressed in line; the position in line is kept."""
        run.activity = Activity.RUNNING
        arrival = self._position.detour(run, destination, turn)
        return self._arrived(run, arrival, turn) or self.run_on(run, turn)

    def fault(self, run: FlowRun, reason: str, turn: Turn) -> Handover | None:
        """Lead the caller on after a fault of the center; a second one ends the call."""
        flow_event.flow_failed(run, reason, turn)
        if run.line_frame is not None:  # a caller with a position in line goes on waiting
            self._position.end_detour(run)
            return None
        if run.failing or run.hung_up:
            return Leave(failed=True)
        run.failing = True
        run.steps_taken = 0
        self._position.to_fault(run)
        return None

    def _enter(self, run: FlowRun, step: Step, turn: Turn) -> Destination | Handover | None:
        """Run a step: its destination or its handover; None while the run waits."""
        taken = step.when is None or truth(self._speaker.evaluate(run, step.when, turn))
        if self.observer is not None:
            self.observer.step_reached(run, step, turn, taken=taken)
        if not taken:
            return ON
        run.secret = False  # whatever ended the step before
        match step.verb.enter(run, self._speaker, turn):
            case Stay.WAIT:
                return None
            case Stay.ASK:
                return self._dialog.begin(run, turn)
            case entered:
                return entered

    def _follow(self, run: FlowRun, destination: Destination, turn: Turn) -> Handover | None:
        return self._arrived(run, self._position.follow(run, destination, turn), turn)

    def _arrived(self, run: FlowRun, arrival: Arrival, turn: Turn) -> Handover | None:
        match arrival:
            case Arrival.THERE:
                return None
            case Arrival.OVER:
                return Leave(failed=run.failing)
            case Arrival.LOOPING:
                section = run.frames[-1].section
                return self.fault(run, f"entered {section} more than {ENTRY_LIMIT} times", turn)


def _is_back_in_line(run: FlowRun) -> bool:
    return run.line_frame is not None and len(run.frames) <= run.line_frame
