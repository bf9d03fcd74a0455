"""The position of a run in its flow, and the moves from one position to the next.

Only the frames, the history and the entry counts of a run are touched here.
"""

from enum import StrEnum

from contactcenter_ari.core.flow import flow_event
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.flow import Flow, fault_section
from contactcenter_ari.core.flow.language.step import Step
from contactcenter_ari.core.flow.run import FlowRun, Frame
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.turn import Turn

ENTRY_LIMIT = 20
"""The most times that a call may enter one section."""
FAULT = "(fault)"
"""The section for a call with a fault; no YAML key can have this name."""


class Arrival(StrEnum):
    """The result of a move."""

    THERE = "there"
    OVER = "over"
    """The flow is over."""
    LOOPING = "looping"
    """The section was entered too often."""


class FlowPosition:
    """The sections of one flow and the ways between them."""

    def __init__(self, flow: Flow) -> None:
        self._sections = {**flow.sections, FAULT: fault_section(flow)}

    def __repr__(self) -> str:
        return f"<FlowPosition in {len(self._sections)} sections>"

    def step(self, run: FlowRun) -> Step | None:
        """The current step of a run; None at the end of a section without steps after it. The end
        of an inline or called one leads on after the step that holds or called it.
        """
        while run.frames:
            frame = run.frames[-1]
            section = self._sections[frame.section]
            if frame.step < len(section.steps):
                return section.steps[frame.step]
            if not section.inline and not frame.called:
                return None
            run.frames.pop()
        return None

    def verb(self, run: FlowRun) -> Verb | None:
        """The verb of the current step."""
        step = self.step(run)
        return step.verb if step else None

    def follow(self, run: FlowRun, destination: Destination, turn: Turn) -> Arrival:
        """Move a run to a destination."""
        match destination.way:
            case Way.CONTINUE:
                run.frames[-1].step += 1
            case Way.INLINE:
                run.frames[-1].step += 1
                run.frames.append(Frame(destination.section))
            case Way.CALL:
                run.frames[-1].step += 1
                return self.call(run, destination.section, turn)
            case Way.RETURN:
                return self._return(run)
            case Way.SECTION:
                if run.frames[0].section != FAULT:
                    run.history.append(current_section(run))
                return self._enter(run, destination.section, turn)
            case Way.BACK:
                back = run.history.pop() if run.history else current_section(run)
                return self._enter(run, back, turn)
            case Way.HANG_UP:
                return Arrival.OVER
            case Way.REPEAT:
                pass
        return Arrival.THERE

    def call(self, run: FlowRun, section: str, turn: Turn) -> Arrival:
        """Run a section, then come back to the current step of the run."""
        run.frames.append(Frame(section, called=True))
        return self._count(run, section, turn)

    def detour(self, run: FlowRun, destination: Destination, turn: Turn) -> Arrival:
        """Follow a key pressed while waiting; the end of its steps leads back to the wait."""
        match destination.way:
            case Way.INLINE:
                run.frames.append(Frame(destination.section, called=True))
            case Way.SECTION | Way.CALL:
                return self.call(run, destination.section, turn)
            case Way.BACK if run.history:
                return self.call(run, run.history.pop(), turn)
            case Way.HANG_UP:
                return Arrival.OVER
            case Way.BACK | Way.CONTINUE | Way.REPEAT | Way.RETURN:
                pass
        return Arrival.THERE

    @staticmethod
    def end_detour(run: FlowRun) -> None:
        """Go back to the queue step."""
        if run.line_frame is not None:
            del run.frames[run.line_frame :]

    def go_to_queue(self, run: FlowRun) -> Queue:
        """Go to the first queue step, which the run has not come to by itself."""
        frame, verb = next(
            (Frame(name, number), step.verb)
            for name, section in self._sections.items()
            for number, step in enumerate(section.steps)
            if isinstance(step.verb, Queue)
        )
        run.frames = [frame]
        return verb

    def to_fault(self, run: FlowRun) -> None:
        """Go to the treatment of faults, with all limits reset."""
        run.entries.clear()
        run.frames = [Frame(FAULT)]

    def _return(self, run: FlowRun) -> Arrival:
        base = _base(run)
        if not run.frames[base].called:
            return Arrival.OVER
        del run.frames[base:]
        return Arrival.THERE

    def _enter(self, run: FlowRun, section: str, turn: Turn) -> Arrival:
        """Go to a section; inside a called one the calling section is still remembered."""
        base = _base(run)
        run.frames[base:] = [Frame(section, called=run.frames[base].called)]
        return self._count(run, section, turn)

    @staticmethod
    def _count(run: FlowRun, section: str, turn: Turn) -> Arrival:
        run.entries[section] = run.entries.get(section, 0) + 1
        if run.entries[section] > ENTRY_LIMIT:
            return Arrival.LOOPING
        flow_event.section_entered(run, section, turn)
        return Arrival.THERE


def _base(run: FlowRun) -> int:
    """The frame of the section the run is in: the last one called, or the first."""
    return max((i for i, frame in enumerate(run.frames) if frame.called), default=0)


def current_section(run: FlowRun) -> str:
    """The section of the run; steps in line belong to the section of their queue step."""
    return run.frames[_base(run)].section
