"""Runs a call flow: enters steps until one must wait for the caller, a look-up or an agent.

Every wait has a deadline. A fault never ends a call in silence: the caller hears an apology
and is sent to a person. The interpreter keeps no state; all of it is in the FlowRun.
"""

from collections.abc import Mapping
from datetime import timedelta

from contactcenter_ari.core.flow import narration
from contactcenter_ari.core.flow.expression import Expression, evaluate, truth
from contactcenter_ari.core.flow.flow import Flow, Prompt, fault_section
from contactcenter_ari.core.flow.listening import (
    Judgment,
    Verdict,
    judge_choice,
    judge_digits,
    judge_late_choice,
    judge_late_digits,
    nth,
)
from contactcenter_ari.core.flow.run import (
    DEFAULT_PRIORITY,
    Activity,
    EnterQueue,
    FlowRun,
    Frame,
    Handover,
    Leave,
    Listening,
)
from contactcenter_ari.core.flow.speaking import Speaker
from contactcenter_ari.core.flow.step import (
    Answer,
    Destination,
    Gather,
    Goto,
    HangUp,
    If,
    InputRules,
    Language,
    LookUpStep,
    Menu,
    Play,
    Queue,
    SetVariables,
    Step,
    Tag,
    Verb,
    Wait,
    Way,
)
from contactcenter_ari.core.flow.treatment import Treatment
from contactcenter_ari.core.flow.value import Value, read_value, write_value
from contactcenter_ari.core.vocabulary.command import AnswerLeg, LookUp
from contactcenter_ari.core.vocabulary.ids import LookUpId, PlaybackId
from contactcenter_ari.core.vocabulary.turn import Turn, Wake

STEP_LIMIT = 500
ENTRY_LIMIT = 20
"""How many steps a call may take, and how often it may enter one section."""
TYPE_AHEAD_LIMIT = 32
LOOK_UP_MARGIN = timedelta(seconds=1)
FAULT = "(fault)"
"""The section a faulty call goes to; no YAML key can have this name."""
ON = Destination(Way.CONTINUE)
HANG_UP = Destination(Way.HANG_UP)


class _Stay:
    """The step waits for something."""


_STAY = _Stay()
_Entered = Destination | Handover | _Stay


class Interpreter:
    """Runs one version of one flow."""

    def __init__(self, flow: Flow, system_prompts: Mapping[str, Prompt]) -> None:
        self.flow = flow
        self._speaker = Speaker(flow, system_prompts)
        self.treatment = Treatment(self._speaker)
        self._sections = {**flow.sections, FAULT: fault_section(flow)}

    def __repr__(self) -> str:
        """Tell which flow."""
        return f"<Interpreter of {self.flow!r}>"

    # What happens to a run

    def start(self, run: FlowRun, turn: Turn) -> Handover | None:
        """Begin at the start section."""
        narration.section_entered(run, run.frames[0].section, turn)
        return self._run_on(run, turn)

    def digit(self, run: FlowRun, digit: str, turn: Turn) -> Handover | None:
        """The caller pressed a key."""
        if run.activity in {Activity.QUEUED, Activity.CONNECTED, Activity.ENDED}:
            return None
        if len(run.typed_ahead) < TYPE_AHEAD_LIMIT:
            run.typed_ahead += digit
        verb = self._verb(run)
        if run.activity is Activity.PLAYING and isinstance(verb, Play) and verb.barge_in:
            self._speaker.stop(run, turn)
            return self._go(run, ON, turn)
        if run.activity is Activity.LISTENING and isinstance(verb, Menu | Gather):
            return self._digit_heard(run, verb, turn)
        return None

    def playback_finished(
        self, run: FlowRun, playback: PlaybackId, *, failed: bool, turn: Turn
    ) -> Handover | None:
        """A prompt ended; one that was cut short already is nothing new."""
        if run.playback != playback:
            return None
        if failed:
            narration.flow_failed(run, "a prompt could not be played", turn)
        return self._prompt_ended(run, turn)

    def looked_up(
        self, run: FlowRun, look_up: LookUpId, row: dict[str, str | None] | None, turn: Turn
    ) -> Handover | None:
        """A look-up answered; an answer of another type than declared is an error."""
        if run.look_up != look_up:
            return None
        verb = self._look_up_verb(run)
        if row is None:
            return self._look_up_ended(run, verb, None, "not_found", turn)
        fields = {name: text for name, text in row.items() if text is not None}
        outcome = "found" if self._fits(verb, fields) else "error"
        return self._look_up_ended(
            run, verb, fields if outcome == "found" else None, outcome, turn
        )

    def look_up_failed(self, run: FlowRun, look_up: LookUpId, turn: Turn) -> Handover | None:
        """A look-up gave no answer."""
        if run.look_up != look_up:
            return None
        return self._look_up_ended(run, self._look_up_verb(run), None, "error", turn)

    def deadline_passed(self, run: FlowRun, turn: Turn) -> Handover | None:
        """What the run waited for did not come in time."""
        match run.activity:
            case Activity.PAUSED:
                return self._go(run, ON, turn)
            case Activity.LOOKING_UP:
                return self._look_up_ended(run, self._look_up_verb(run), None, "error", turn)
            case Activity.LISTENING if run.playback is None:
                return self._judge_late(run, turn)
            case _:
                self._speaker.stop(run, turn)
                return self._prompt_ended(run, turn)

    # The queue

    def queue_step(self, run: FlowRun) -> Queue:
        """The queue step a waiting run stands at."""
        verb = self._verb(run)
        assert isinstance(verb, Queue), verb
        return verb

    def resume(self, run: FlowRun, outcome: str, turn: Turn) -> Handover | None:
        """The stay in the queue is over; `answered` after the talk."""
        if run.activity is Activity.QUEUED:
            self.treatment.end(run, turn)
        step = self.queue_step(run)
        otherwise = HANG_UP if outcome == "answered" else ON
        return self._go(run, step.next.get(outcome, otherwise), turn)

    def take_up(self, run: FlowRun, turn: Turn) -> Handover | None:
        """Begin the present step once more; waiting and talking callers are left alone."""
        if run.activity not in {Activity.PLAYING, Activity.LISTENING, Activity.LOOKING_UP}:
            return None
        if run.answered:
            turn.do(AnswerLeg(call=run.call, leg=run.leg))
        self._speaker.stop(run, turn)
        run.typed_ahead = ""
        return self._go(run, Destination(Way.REPEAT), turn)

    def end(self, run: FlowRun, turn: Turn) -> None:
        """The call is over, whatever it was waiting for."""
        run.activity = Activity.ENDED
        run.playback = run.look_up = None
        turn.clockwork.forget(Wake.FLOW, run.call)
        turn.clockwork.forget(Wake.ANNOUNCEMENT, run.call)

    # Walking

    def _run_on(self, run: FlowRun, turn: Turn) -> Handover | None:
        while (step := self._step(run)) is not None:
            run.steps_taken += 1
            if run.steps_taken > STEP_LIMIT:
                if leave := self._fault(run, f"more than {STEP_LIMIT} steps", turn):
                    return leave
                continue
            entered = self._enter(run, step, turn)
            if isinstance(entered, _Stay):
                return None
            if not isinstance(entered, Destination):
                return entered
            if (handover := self._follow(run, entered, turn)) is not None:
                return handover
        return Leave(failed=run.failing)

    def _go(self, run: FlowRun, destination: Destination, turn: Turn) -> Handover | None:
        turn.clockwork.forget(Wake.FLOW, run.call)
        run.activity = Activity.RUNNING
        return self._follow(run, destination, turn) or self._run_on(run, turn)

    def _follow(self, run: FlowRun, destination: Destination, turn: Turn) -> Handover | None:
        match destination.way:
            case Way.CONTINUE:
                run.frames[-1].step += 1
            case Way.INLINE:
                run.frames[-1].step += 1
                run.frames.append(Frame(destination.section))
            case Way.SECTION:
                if run.frames[0].section != FAULT:
                    run.history.append(run.frames[0].section)
                return self._enter_section(run, destination.section, turn)
            case Way.BACK:
                back = run.history.pop() if run.history else run.frames[0].section
                return self._enter_section(run, back, turn)
            case Way.HANG_UP:
                return Leave(failed=run.failing)
            case Way.REPEAT:
                pass
        return None

    def _enter_section(self, run: FlowRun, section: str, turn: Turn) -> Handover | None:
        run.frames = [Frame(section)]
        run.entries[section] = run.entries.get(section, 0) + 1
        if run.entries[section] > ENTRY_LIMIT:
            return self._fault(run, f"entered {section} more than {ENTRY_LIMIT} times", turn)
        narration.section_entered(run, section, turn)
        return None

    def _step(self, run: FlowRun) -> Step | None:
        while run.frames:
            frame = run.frames[-1]
            section = self._sections[frame.section]
            if frame.step < len(section.steps):
                return section.steps[frame.step]
            if not section.inline:
                return None
            run.frames.pop()
        return None

    def _verb(self, run: FlowRun) -> Verb | None:
        step = self._step(run)
        return step.verb if step else None

    def _fault(self, run: FlowRun, reason: str, turn: Turn) -> Handover | None:
        """Lead the caller on after a fault of ours; a second one ends the call."""
        narration.flow_failed(run, reason, turn)
        if run.failing:
            return Leave(failed=True)
        run.failing = True
        run.steps_taken = 0
        run.entries.clear()
        run.frames = [Frame(FAULT)]
        return None

    # Entering steps

    def _enter(self, run: FlowRun, step: Step, turn: Turn) -> _Entered:
        if step.when is not None and not truth(self._evaluate(run, step.when, turn)):
            return ON
        match step.verb:
            case Answer():
                self._speaker.answer(run, turn)
                return ON
            case HangUp():
                return HANG_UP
            case Goto(destination=destination):
                return destination
            case If() as choice:
                holds = truth(self._evaluate(run, choice.condition, turn))
                return choice.then if holds else choice.otherwise
            case SetVariables() | Tag() | Language() as verb:
                self._note(run, verb, turn)
                return ON
            case Wait(duration=duration):
                return self._wait(run, Activity.PAUSED, duration, turn)
            case Play() as play:
                return self._play(run, play, turn)
            case Menu() | Gather() as verb:
                return self._listen(run, verb, turn)
            case LookUpStep() as look_up:
                return self._look_up(run, look_up, turn)
            case Queue() as queue:
                return self._enter_queue(run, queue, turn)

    def _note(self, run: FlowRun, verb: SetVariables | Tag | Language, turn: Turn) -> None:
        match verb:
            case SetVariables(assignments=assignments):
                for name, expression in assignments:
                    self._assign(run, name, self._text(run, expression, turn), turn)
            case Tag(tags=tags):
                for key, expression in tags:
                    run.tags[key] = self._text(run, expression, turn)
                    narration.tagged(run, key, run.tags[key], turn)
            case Language(language=expression):
                language = self._text(run, expression, turn)
                if language in self.flow.languages:
                    run.language = language

    def _assign(self, run: FlowRun, name: str, text: str, turn: Turn) -> None:
        if name != "caller.status":
            run.variables[name] = text
            return
        run.caller_status = text
        narration.status_set(run, turn)

    def _wait(self, run: FlowRun, activity: Activity, limit: timedelta, turn: Turn) -> _Stay:
        run.activity = activity
        turn.clockwork.wake(Wake.FLOW, run.call, turn.now + limit)
        return _STAY

    def _play(self, run: FlowRun, play: Play, turn: Turn) -> _Entered:
        if play.barge_in and run.typed_ahead:
            return ON
        run.activity = Activity.PLAYING
        self._speaker.say(run, (play.prompt,), turn)
        return ON if run.playback is None else _STAY

    def _enter_queue(self, run: FlowRun, step: Queue, turn: Turn) -> EnterQueue:
        self._speaker.answer(run, turn)
        run.music = step.music or ""
        priority = self._evaluate(run, step.priority, turn) if step.priority else None
        head_start = self._evaluate(run, step.head_start, turn) if step.head_start else None
        return EnterQueue(
            step,
            priority if isinstance(priority, int) else DEFAULT_PRIORITY,
            head_start if isinstance(head_start, timedelta) else timedelta(),
        )

    # Prompts

    def _prompt_ended(self, run: FlowRun, turn: Turn) -> Handover | None:
        run.playback = None
        turn.clockwork.forget(Wake.FLOW, run.call)
        match run.activity:
            case Activity.PLAYING:
                return self._go(run, ON, turn)
            case Activity.QUEUED:
                self.treatment.announced(run, turn)
                return None
            case Activity.LISTENING:
                return self._hear(run, turn)
            case _:
                return None

    # Input

    def _listen(self, run: FlowRun, verb: Menu | Gather, turn: Turn) -> _Entered:
        if isinstance(verb, Gather) and verb.sensitive:
            run.typed_ahead = ""
        run.listening = Listening()
        return self._begin_try(run, nth(verb.rules.prompts, 1), turn) or _STAY

    def _begin_try(self, run: FlowRun, prompts: tuple[str, ...], turn: Turn) -> Destination | None:
        verb = self._input_verb(run)
        run.activity = Activity.LISTENING
        self._listening(run).digits = ""
        self._speaker.answer(run, turn)
        if not (run.typed_ahead and verb.rules.barge_in):
            self._speaker.say(run, prompts, turn)
        return None if run.playback is not None else self._consume(run, turn)

    def _digit_heard(self, run: FlowRun, verb: Menu | Gather, turn: Turn) -> Handover | None:
        if run.playback is not None and not verb.rules.barge_in:
            if isinstance(verb, Gather) and verb.sensitive:
                run.typed_ahead = ""
            return None
        self._speaker.stop(run, turn)
        return self._hear(run, turn)

    def _hear(self, run: FlowRun, turn: Turn) -> Handover | None:
        destination = self._consume(run, turn)
        return self._go(run, destination, turn) if destination else None

    def _consume(self, run: FlowRun, turn: Turn) -> Destination | None:
        """Take the digits typed so far; None while more are needed."""
        listening = self._listening(run)
        while run.typed_ahead:
            listening.digits += run.typed_ahead[0]
            run.typed_ahead = run.typed_ahead[1:]
            judgment = self._judge(run, listening.digits, late=False)
            if judgment.verdict is not Verdict.MORE:
                return self._settle(run, judgment, turn)
        rules = self._input_verb(run).rules
        limit = rules.inter_digit_timeout if listening.digits else rules.timeout
        turn.clockwork.wake(Wake.FLOW, run.call, turn.now + limit)
        return None

    def _judge(self, run: FlowRun, digits: str, *, late: bool) -> Judgment:
        verb = self._input_verb(run)
        if isinstance(verb, Gather):
            return judge_late_digits(verb, digits) if late else judge_digits(verb, digits)
        keys = [*verb.choices, *self.flow.global_keys]
        return judge_late_choice(keys, digits) if late else judge_choice(keys, digits)

    def _judge_late(self, run: FlowRun, turn: Turn) -> Handover | None:
        judgment = self._judge(run, self._listening(run).digits, late=True)
        destination = self._settle(run, judgment, turn)
        return self._go(run, destination, turn) if destination else None

    def _settle(self, run: FlowRun, judgment: Judgment, turn: Turn) -> Destination | None:
        verb = self._input_verb(run)
        if judgment.verdict is not Verdict.DONE:
            return self._try_again(run, verb.rules, judgment.verdict, turn)
        run.listening = None
        if isinstance(verb, Gather):
            run.variables[verb.variable] = judgment.digits
            narration.input_gathered(run, verb, judgment.digits, turn)
            return ON
        narration.choice_made(run, verb, judgment.digits, turn)
        return verb.choices.get(judgment.digits) or self.flow.global_keys[judgment.digits]

    def _try_again(
        self, run: FlowRun, rules: InputRules, verdict: Verdict, turn: Turn
    ) -> Destination | None:
        listening = self._listening(run)
        run.typed_ahead = ""
        narration.input_failed(run, verdict, turn)
        if listening.tries >= rules.tries:
            run.listening = None
            return rules.failed
        said = rules.no_input if verdict is Verdict.NO_INPUT else rules.no_match
        reproach = nth(said, listening.tries)
        listening.tries += 1
        return self._begin_try(run, reproach + nth(rules.prompts, listening.tries), turn)

    @staticmethod
    def _listening(run: FlowRun) -> Listening:
        assert run.listening is not None, "a run listens only in a menu or gather"
        return run.listening

    # Look-ups

    def _look_up(self, run: FlowRun, step: LookUpStep, turn: Turn) -> _Stay:
        source = self.flow.look_ups[step.name]
        run.look_up = LookUpId(turn.clockwork.mint_for(run.call))
        turn.do(
            LookUp(
                call=run.call,
                look_up=run.look_up,
                name=step.name,
                sql=source.sql,
                inputs={n: self._text(run, e, turn) for n, e in step.inputs.items()},
                returns=tuple(source.returns),
                limit=source.limit,
            )
        )
        return self._wait(run, Activity.LOOKING_UP, source.limit + LOOK_UP_MARGIN, turn)

    def _fits(self, verb: LookUpStep, fields: dict[str, str]) -> bool:
        types = self.flow.look_ups[verb.name].returns
        try:
            for name, text in fields.items():
                read_value(text, types[name])
        except (ValueError, KeyError):
            return False
        return True

    def _look_up_ended(
        self,
        run: FlowRun,
        verb: LookUpStep,
        fields: dict[str, str] | None,
        outcome: str,
        turn: Turn,
    ) -> Handover | None:
        run.look_up = None
        run.look_ups[verb.save_as] = fields
        narration.look_up_done(run, verb, outcome, turn)
        return self._go(run, verb.next.get(outcome, ON), turn)

    # What the current step is known to be

    def _input_verb(self, run: FlowRun) -> Menu | Gather:
        verb = self._verb(run)
        assert isinstance(verb, Menu | Gather), verb
        return verb

    def _look_up_verb(self, run: FlowRun) -> LookUpStep:
        verb = self._verb(run)
        assert isinstance(verb, LookUpStep), verb
        return verb

    # Values

    def _evaluate(self, run: FlowRun, expression: Expression, turn: Turn) -> Value:
        return evaluate(expression, lambda name: self._speaker.value_of(run, name, turn.now))

    def _text(self, run: FlowRun, expression: Expression, turn: Turn) -> str:
        return write_value(self._evaluate(run, expression, turn))
