"""Runs a call flow: the events of a run, and the reaction of the flow to each of them.

Every wait has a deadline. A fault never ends a call in silence: the caller hears an apology and is
sent to a person. The interpreter keeps no state; all of it is in the FlowRun.
"""

from collections.abc import Mapping
from datetime import timedelta

from contactcenter_ari.core.flow import flow_event
from contactcenter_ari.core.flow.dialog import Dialog
from contactcenter_ari.core.flow.handover import Handover, Leave
from contactcenter_ari.core.flow.language.declaration import Prompt
from contactcenter_ari.core.flow.language.destination import ON, Destination, Way
from contactcenter_ari.core.flow.language.flow import Flow, screening_flow
from contactcenter_ari.core.flow.observer import Observer
from contactcenter_ari.core.flow.position import FlowPosition
from contactcenter_ari.core.flow.question import NextQuestion
from contactcenter_ari.core.flow.run import Activity, FlowRun, Frame
from contactcenter_ari.core.flow.speaker import Flags, Speaker
from contactcenter_ari.core.flow.step_runner import StepRunner
from contactcenter_ari.core.flow.treatment import Treatment
from contactcenter_ari.core.flow.verb.agent import RingAgent
from contactcenter_ari.core.flow.verb.dial import DialOut
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.lookup import LookUpStep, Row
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.transfer import TransferOut
from contactcenter_ari.core.flow.verb.voicemail import MARGIN, Voicemail
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.command import AnswerLeg, StopMusic
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    LookUpId,
    PlaybackId,
    RecordingId,
    own_line,
)

TYPE_AHEAD_LIMIT = 32
EARLY = {Activity.PLAYING, Activity.PAUSED, Activity.LOOKING_UP}
"""The activities of a run in which a key comes early, before a question was asked."""
OUR_FAULT = "a fault of the center"
"""The reason of a failure when the flow itself did nothing wrong."""


class Interpreter:
    """Runs one version of one flow."""

    def __init__(
        self,
        flow: Flow,
        system_prompts: Mapping[str, Prompt],
        flags: Flags,
        observer: Observer | None = None,
    ) -> None:
        self.flow = flow
        self._prompts = system_prompts
        self._flags = flags
        self._speaker = flow_speaker(flow, system_prompts, flags)
        self._position = FlowPosition(flow)
        self._question = NextQuestion(flow.sections)
        self._dialog = Dialog(flow, self._position, self._speaker)
        self.treatment = Treatment(self._speaker)
        self._runner = StepRunner(
            self._position, self._speaker, self._dialog, self.treatment, observer=observer
        )

    def __repr__(self) -> str:
        return f"<Interpreter of {self.flow!r}>"

    def watch(self, observer: Observer | None) -> None:
        """Show each step to another observer from now on."""
        self._runner.observer = observer

    # The events of a run

    def start(self, run: FlowRun, turn: Turn) -> Handover | None:
        """Begin at the start section."""
        flow_event.section_entered(run, run.frames[0].section, turn)
        return self._runner.run_on(run, turn)

    def digit(self, run: FlowRun, digit: str, turn: Turn) -> Handover | None:
        """The caller pressed a key."""
        self._dialog.typed_on(run, turn)
        if self._dialog.ends_past_input(run, digit, turn):
            return None
        if run.activity is Activity.QUEUED:
            return self._key_in_line(run, digit, turn)
        if run.activity in {Activity.INVITING, Activity.RECORDING}:
            led = self._voicemail_verb(run).pressed(run, digit, self._speaker, turn)
            return self._runner.go(run, led, turn) if isinstance(led, Destination) else led
        if run.activity in {Activity.CONNECTED, Activity.ENDED}:
            return None
        run.holds_secret = run.holds_secret or self._is_ahead_of_secret(run)
        if len(run.typed_ahead) < TYPE_AHEAD_LIMIT:
            run.typed_ahead += digit
        verb = self._position.verb(run)
        if run.activity is Activity.PLAYING and isinstance(verb, Play) and verb.barge_in:
            self._speaker.stop(run, turn)
            return self._runner.go(run, ON, turn)
        if run.activity is Activity.LISTENING:
            return self._go_if(run, self._dialog.digit_heard(run, turn), turn)
        return None

    def typed_secret(self, run: FlowRun, digit: str) -> bool | None:
        """Whether a key is part of a secret and fits; see the dialog. None for another key."""
        fits = self._dialog.typed_secret(run, digit) if run.holds_secret else None
        is_late = run.late_terminator is not None and run.late_terminator.key == digit
        is_early = not is_late and self._is_ahead_of_secret(run)
        return False if fits is None and is_early else fits

    def _is_ahead_of_secret(self, run: FlowRun) -> bool:
        """Whether a key pressed now comes early for a sensitive gather."""
        takes_keys = isinstance(self._position.verb(run), Menu | Gather)
        return run.activity in EARLY and not takes_keys and self._question.is_secret(run.frames)

    def playback_finished(
        self, run: FlowRun, playback: PlaybackId, *, failed: bool, turn: Turn
    ) -> Handover | None:
        """A prompt ended; nothing happens after one that was cut short before."""
        if run.playback != playback:
            return None
        if failed:
            flow_event.flow_failed(run, "a prompt could not be played", turn)
        return self._prompt_ended(run, turn)

    def looked_up(
        self, run: FlowRun, look_up: LookUpId, row: Row | None, turn: Turn, *, failed: bool = False
    ) -> Handover | None:
        """A look-up gave an answer, or failed."""
        if run.look_up != look_up:
            return None
        step = self._look_up_verb(run)
        destination = (
            step.failed(run, turn) if failed else step.answered(run, row, self._speaker, turn)
        )
        return self._runner.go(run, destination, turn)

    def deadline_passed(self, run: FlowRun, turn: Turn) -> Handover | None:
        """The event that the run waited for did not come in time."""
        match run.activity:
            case Activity.PAUSED:
                return self._runner.go(run, ON, turn)
            case Activity.RECORDING:
                return self._message_overdue(run, turn)
            case Activity.LOOKING_UP:
                return self._runner.go(run, self._look_up_verb(run).failed(run, turn), turn)
            case Activity.LISTENING if run.playback is None:
                return self._go_if(run, self._dialog.too_late(run, turn), turn)
            case _:
                self._speaker.stop(run, turn)
                return self._prompt_ended(run, turn)

    # The queue

    def queue_step(self, run: FlowRun) -> Queue:
        """The queue step of a waiting run, also while the run follows a key; a customer for whom
        an agent was there first has not come to it and is led there.
        """
        self._position.end_detour(run)
        verb = self._position.verb(run)
        if isinstance(verb, RingAgent):
            return Queue(queue=own_line(AgentId(run.wanted_agent)), next=verb.next)
        return verb if isinstance(verb, Queue) else self._position.go_to_queue(run)

    def announce(self, run: FlowRun, turn: Turn) -> None:
        """Play the announcements that are due to a caller in line; a caller who follows a key is
        not disturbed.
        """
        if run.activity is Activity.QUEUED:
            self.treatment.announce(run, self.queue_step(run), turn)

    def connecting(self, run: FlowRun, turn: Turn) -> None:
        """An agent picked up: every prompt and question to the caller ends now."""
        self._dialog.interrupt(run, turn)
        run.look_up = None
        run.typed_ahead = ""
        run.offered = False
        turn.clockwork.forget(Wake.FLOW, run.call)
        self.treatment.end(run, turn)
        self.queue_step(run)

    def _key_in_line(self, run: FlowRun, digit: str, turn: Turn) -> Handover | None:
        """Run the steps of a key that was pressed while waiting; the position in line is kept."""
        destination = self.queue_step(run).keys.get(digit)
        if destination is None:
            return None
        self.treatment.end(run, turn)
        flow_event.key_pressed(run, "queue", digit, turn)
        return self._runner.detour(run, destination, turn)

    def resume(self, run: FlowRun, outcome: str, turn: Turn) -> Handover | None:
        """The stay in the queue is over; the outcome is `answered` after the talk."""
        if run.line_frame is not None:
            self.connecting(run, turn)
        run.line_frame = None
        self._position.end_detour(run)
        return self.handed_back(run, outcome, turn)

    def take_up(self, run: FlowRun, turn: Turn) -> Handover | None:
        """Begin the current step once more; waiting and talking callers are left alone."""
        if run.activity not in {Activity.PLAYING, Activity.LISTENING, Activity.LOOKING_UP}:
            return None
        if run.answered and not run.hung_up:
            turn.do(AnswerLeg(call=run.call, leg=run.leg))
        self._speaker.stop(run, turn)
        run.typed_ahead = ""
        return self._runner.go(run, Destination(Way.REPEAT), turn)

    def hung_up(self, run: FlowRun, turn: Turn) -> bool:
        """The caller is gone: run the last steps of the flow. Whether these wait for a look-up, or
        for a message to be measured.
        """
        if run.hung_up:
            self.end(run, turn)
            return False
        if run.activity is not Activity.RECORDING:
            return self._take_leave(run, turn) is None
        run.hung_up = True
        turn.clockwork.wake(Wake.FLOW, run.call, turn.now + MARGIN)
        return True

    def _take_leave(self, run: FlowRun, turn: Turn) -> Handover | None:
        """Run the last steps, those of the flow's `on_hangup`."""
        self.end(run, turn)
        if not self.flow.on_hangup:
            return Leave(failed=run.failing)
        run.hung_up = True
        run.steps_taken = 0
        run.line_frame = None
        run.frames = [Frame(self.flow.on_hangup)]
        return self._runner.run_on(run, turn)

    def fail(self, run: FlowRun, turn: Turn) -> Handover | None:
        """The center failed within a step: the caller is led on as after a fault of the flow."""
        if run.filler or (run.activity is Activity.QUEUED and run.playback is None):
            turn.do(StopMusic(call=run.call, leg=run.leg))
        self._speaker.stop(run, turn)
        run.filler = False
        run.listening = run.look_up = run.message = None
        run.typed_ahead = run.left_by = ""
        run.offered = False
        run.activity = Activity.RUNNING
        turn.clockwork.forget(Wake.FLOW, run.call)
        return self._runner.fault(run, OUR_FAULT, turn) or self._runner.run_on(run, turn)

    def end(self, run: FlowRun, turn: Turn) -> None:
        """The call is over, in any state of the run."""
        run.activity = Activity.ENDED
        run.playback = run.look_up = run.message = None
        run.secret, run.secret_lingers = False, None
        turn.clockwork.forget(Wake.SECRET, run.call)
        turn.clockwork.forget(Wake.FLOW, run.call)
        turn.clockwork.forget(Wake.ANNOUNCEMENT, run.call)

    # Messages

    def message_taken(
        self, run: FlowRun, message: RecordingId, turn: Turn, *, speech: timedelta | None
    ) -> Handover | None:
        """The caller has left a message, with this much speech in it, if that is known."""
        if run.message != message:
            return None
        destination = self._voicemail_verb(run).taken(run, turn, speech=speech)
        return (
            self._take_leave(run, turn) if run.hung_up else self._runner.go(run, destination, turn)
        )

    def _message_overdue(self, run: FlowRun, turn: Turn) -> Handover | None:
        assert run.message is not None, "a run records only a message"
        if not self._voicemail_verb(run).overdue(run, turn):
            return None
        return self.message_taken(run, run.message, turn, speech=None)

    # The outcome of a handover

    def handed_back(self, run: FlowRun, outcome: str, turn: Turn) -> Handover | None:
        """The action for which the step handed the call over is done: go on by the outcome, which
        is `answered` after the talk with an outside line.
        """
        verb = self._position.verb(run)
        assert verb is not None, "a run that handed the call over stands at a step"
        return self._runner.go(run, verb.after(outcome), turn)

    def goes_on_after_talk(self, run: FlowRun) -> bool:
        """Whether the flow goes on with the caller after the other party has left. A caller whose
        call ends next need not leave the bridge before.
        """
        verb = self._position.verb(run)
        if verb is None or "answered" not in verb.spec.outcome_names:
            return False
        return verb.after("answered").way is not Way.HANG_UP

    def after_talk(self, run: FlowRun, turn: Turn) -> Handover | None:
        """The other party has left."""
        if isinstance(self._position.verb(run), DialOut | TransferOut):
            return self.handed_back(run, "answered", turn)
        return self.resume(run, "answered", turn)

    def screener(self, prompt: str) -> "Interpreter":
        """A flow that asks a callee to take the call; `ACCEPTED` is entered when the callee takes
        it.
        """
        flow = screening_flow(self.flow, prompt)
        return Interpreter(flow, self._prompts, self._flags, self._runner.observer)

    # Prompts

    def _prompt_ended(self, run: FlowRun, turn: Turn) -> Handover | None:
        run.playback = None
        turn.clockwork.forget(Wake.FLOW, run.call)
        match run.activity:
            case Activity.PLAYING:
                return self._runner.go(run, ON, turn)
            case Activity.QUEUED:
                self.treatment.announced(run, turn)
                return None
            case Activity.LISTENING:
                return self._go_if(run, self._dialog.hear(run, turn), turn)
            case Activity.INVITING:
                return self._voicemail_verb(run).record(run, turn)
            case _:
                return None

    def _go_if(self, run: FlowRun, destination: Destination | None, turn: Turn) -> Handover | None:
        return self._runner.go(run, destination, turn) if destination else None

    # Types of the current step

    def _look_up_verb(self, run: FlowRun) -> LookUpStep:
        verb = self._position.verb(run)
        assert isinstance(verb, LookUpStep), verb
        return verb

    def _voicemail_verb(self, run: FlowRun) -> Voicemail:
        verb = self._position.verb(run)
        assert isinstance(verb, Voicemail), verb
        return verb


def flow_speaker(flow: Flow, system_prompts: Mapping[str, Prompt], flags: Flags) -> Speaker:
    """The speaker of a flow."""
    secret = flow.secret_variables()
    return Speaker(flow, system_prompts, flags, types=flow.value_types(), secret=secret)
