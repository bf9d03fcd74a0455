"""What each verb does when a run comes to it.

A step leads to a destination, hands the call over, or has the run wait. Nothing here moves a run
from its step: that is for the interpreter, which learns what came of it.
"""

from datetime import timedelta

from contactcenter_ari.core.flow import flow_event
from contactcenter_ari.core.flow.dialog import Dialog
from contactcenter_ari.core.flow.language.expression import Expression, truth
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.step import (
    ON,
    Answer,
    BookCallback,
    Destination,
    DialOut,
    Gather,
    Goto,
    HangUp,
    If,
    Language,
    LookUpStep,
    Menu,
    Play,
    Queue,
    Record,
    RingAgent,
    SetVariables,
    Split,
    Step,
    Switch,
    Tag,
    TransferOut,
    Voicemail,
    Wait,
    Way,
)
from contactcenter_ari.core.flow.look_up import FlowLookUp
from contactcenter_ari.core.flow.mailbox import Mailbox
from contactcenter_ari.core.flow.observer import Observer
from contactcenter_ari.core.flow.run import (
    DEFAULT_PRIORITY,
    Activity,
    ControlRecording,
    Dial,
    EnterQueue,
    FlowRun,
    Handover,
    RequestCallback,
    RingOneAgent,
)
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.split import pick
from contactcenter_ari.core.flow.tag import note
from contactcenter_ari.core.number import e164
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.ids import AgentId

HANG_UP = Destination(Way.HANG_UP)


class Stay:
    """The step waits for something."""


STAY = Stay()
Entered = Destination | Handover | Stay


class Entrance:
    """Enters the steps of one flow."""

    def __init__(
        self,
        flow: Flow,
        speaker: Speaker,
        dialog: Dialog,
        inquiry: FlowLookUp,
        mailbox: Mailbox,
        *,
        watcher: Observer | None,
    ) -> None:
        self._flow = flow
        self._speaker = speaker
        self._dialog = dialog
        self._inquiry = inquiry
        self._mailbox = mailbox
        self._watcher = watcher

    def __repr__(self) -> str:
        """Tell of which flow."""
        return f"<Entrance of {self._flow!r}>"

    def watch(self, watcher: Observer | None) -> None:
        """Show each step to somebody else from now on."""
        self._watcher = watcher

    def enter(  # noqa: C901, PLR0912  # one arm a verb
        self, run: FlowRun, step: Step, turn: Turn
    ) -> Entered:
        """Do what a step says, up to where it leads, or what the run waits for."""
        if not self._takes(run, step, turn):
            return ON
        run.secret = False  # whatever ended the step before
        match step.verb:
            case Answer():
                self._speaker.answer(run, turn)
                return ON
            case HangUp():
                return HANG_UP
            case Goto(destination=destination):
                return destination
            case If() as choice:
                holds = truth(self._speaker.evaluate(run, choice.condition, turn))
                return choice.then if holds else choice.otherwise
            case SetVariables() | Tag() | Language() as verb:
                note(run, verb, self._speaker, turn)
                return ON
            case Wait(duration=duration):
                run.activity = Activity.PAUSED
                turn.clockwork.wake(Wake.FLOW, run.call, turn.now + duration)
                return STAY
            case Play() as play:
                return self._play(run, play, turn)
            case Menu() | Gather() as verb:
                return self._dialog.begin(run, verb, turn) or STAY
            case LookUpStep() as look_up:
                self._inquiry.ask(run, look_up, turn)
                return STAY
            case Switch() as switch:
                value = self._speaker.text(run, switch.value, turn)
                return switch.cases.get(value, switch.default)
            case Split(shares=shares):
                return pick(shares, run.call)
            case Queue() as queue:
                return self._enter_queue(run, queue, turn)
            case RingAgent() as direct:
                run.wanted_agent = self._speaker.text(run, direct.agent, turn)
                self._speaker.answer(run, turn)
                return RingOneAgent(AgentId(run.wanted_agent), direct.ring)
            case DialOut() | TransferOut() as verb:
                return self._dial(run, verb, turn)
            case Voicemail() as voicemail:
                return self._mailbox.greet(run, voicemail, turn) or STAY
            case BookCallback() as booking:
                number = self._number(run, booking.number, turn) or run.caller_number
                if not self._flow.outside.permits(number):
                    return booking.next.get("refused", ON)
                return RequestCallback(booking, number)
            case Record(act=act):
                return ControlRecording(act)

    def _takes(self, run: FlowRun, step: Step, turn: Turn) -> bool:
        """Whether the condition of a step holds; whoever watches is shown the step."""
        taken = step.when is None or truth(self._speaker.evaluate(run, step.when, turn))
        if self._watcher is not None:
            self._watcher.step_reached(run, step, turn, taken=taken)
        return taken

    def _play(self, run: FlowRun, play: Play, turn: Turn) -> Entered:
        if play.barge_in and run.typed_ahead:
            return ON
        run.activity = Activity.PLAYING
        self._speaker.say(run, (play.prompt,), turn)
        return ON if run.playback is None else STAY

    def _enter_queue(self, run: FlowRun, step: Queue, turn: Turn) -> EnterQueue:
        self._speaker.answer(run, turn)
        run.music = step.music or ""
        priority = self._speaker.evaluate(run, step.priority, turn)
        head_start = self._speaker.evaluate(run, step.head_start, turn)
        return EnterQueue(
            step,
            priority if isinstance(priority, int) else DEFAULT_PRIORITY,
            head_start if isinstance(head_start, timedelta) else timedelta(),
            AgentId(self._speaker.text(run, step.prefer, turn)),
        )

    def _dial(self, run: FlowRun, verb: DialOut | TransferOut, turn: Turn) -> Entered:
        number = self._number(run, verb.number, turn)
        if refusal := self._flow.outside.refusal(number):
            flow_event.flow_failed(run, refusal, turn)
            return after_dial(verb, "failed")
        self._speaker.answer(run, turn)
        run.typed_ahead = ""  # it would be of another time once the line has left
        run.activity = Activity.CONNECTED
        if isinstance(verb, TransferOut):
            return Dial(number, verb.ring, run.called_number)
        own = self._number(run, verb.caller_id, turn) or run.called_number
        return Dial(number, verb.ring, own, verb.screen)

    def _number(self, run: FlowRun, expression: Expression | None, turn: Turn) -> str:
        """A phone number, however look-ups and texts write it."""
        return e164(self._speaker.text(run, expression, turn), self._flow.country_code)


def after_dial(verb: DialOut | TransferOut, outcome: str) -> Destination:
    """Where a flow goes on once it is known what came of an outside line."""
    otherwise = HANG_UP if outcome == "answered" else ON
    return verb.next.get(outcome, otherwise) if isinstance(verb, DialOut) else otherwise
