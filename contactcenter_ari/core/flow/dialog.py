"""Menus and gathers: prompts, tries, digits and their time limits.

Each function gives the destination that the input led to, or None while more is awaited.
"""

from contactcenter_ari.core.flow import flow_event
from contactcenter_ari.core.flow.input import (
    ACCEPT,
    AGAIN,
    Judgment,
    Verdict,
    extended,
    is_spoiled,
    judge_choice,
    judge_digits,
    judge_late_choice,
    judge_late_digits,
    leads_at_once,
    nth,
    takes,
    typed_value,
)
from contactcenter_ari.core.flow.language.destination import ON, Destination
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.pattern import fits
from contactcenter_ari.core.flow.position import FlowPosition
from contactcenter_ari.core.flow.run import Activity, FlowRun, LateTerminator, Listening
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.spoken.value import TEXT
from contactcenter_ari.core.turn import Turn, Wake


class Dialog:
    """Asks the callers of one flow."""

    def __init__(self, flow: Flow, position: FlowPosition, speaker: Speaker) -> None:
        self._global_keys = flow.global_keys
        self._country_code = flow.country_code
        self._types = flow.variables
        self._position = position
        self._speaker = speaker

    def __repr__(self) -> str:
        return f"<Dialog by {self._speaker!r}>"

    def begin(self, run: FlowRun, turn: Turn) -> Destination | None:
        """Ask for the first time. Keys typed early count, except when the input is sensitive."""
        verb = self._verb(run)
        if isinstance(verb, Gather) and verb.sensitive:
            run.typed_ahead = ""
            run.secret = run.holds_secret = True
        late = run.late_terminator
        if late is not None and isinstance(verb, Gather) and takes(verb, late.key):
            run.late_terminator = None
        run.listening = Listening()
        return self._begin_try(run, nth(verb.rules.prompts, 1), turn)

    def digit_heard(self, run: FlowRun, turn: Turn) -> Destination | None:
        """A key was pressed; it is added to the keys typed ahead."""
        verb = self._verb(run)
        if run.playback is not None and not verb.rules.barge_in:
            if isinstance(verb, Gather) and verb.sensitive:
                run.typed_ahead = ""
            return None
        self._speaker.stop(run, turn)
        return self.hear(run, turn)

    def hear(self, run: FlowRun, turn: Turn) -> Destination | None:
        """Take the keys typed so far."""
        listening = _listening(run)
        while run.typed_ahead:
            key, run.typed_ahead = run.typed_ahead[0], run.typed_ahead[1:]
            if self._leads_at_once(run, key):
                return self._lead_out(run, key, turn)
            listening.digits = self._extended(run, key)
            judgment = self._judge(run, late=False)
            if judgment.verdict is not Verdict.MORE:
                return self._settle(run, judgment, turn)
        rules = self._verb(run).rules
        limit = rules.inter_digit_timeout if listening.digits else rules.timeout
        turn.clockwork.wake(Wake.FLOW, run.call, turn.now + limit)
        return None

    def typed_secret(self, run: FlowRun, digit: str) -> bool | None:
        """Whether the keys typed in a sensitive gather would pass its checks with one more digit;
        None when the key belongs to no secret.
        """
        verb = self._position.verb(run)
        if not isinstance(verb, Gather) or not verb.sensitive:
            typed_on = run.secret_lingers is not None and run.listening is None
            return False if typed_on else None
        if digit == verb.terminator or run.listening is None or run.listening.confirming:
            return None
        if not takes(verb, digit):
            return None  # such a key reveals nothing of the input
        digits = run.listening.digits + run.typed_ahead + digit
        as_wanted = not verb.matches or fits(verb.matches, digits)
        fitting = as_wanted and not is_spoiled(verb, digits)
        return fitting and self._value(verb, digits) is not None

    def too_late(self, run: FlowRun, turn: Turn) -> Destination | None:
        """No further digit came in time."""
        return self._settle(run, self._judge(run, late=True), turn)

    def _begin_try(self, run: FlowRun, prompts: tuple[str, ...], turn: Turn) -> Destination | None:
        run.activity = Activity.LISTENING
        _listening(run).digits = ""
        self._speaker.answer(run, turn)
        if not (run.typed_ahead and self._verb(run).rules.barge_in):
            self._speaker.say(run, prompts, turn)
        return None if run.playback is not None else self.hear(run, turn)

    def _judge(self, run: FlowRun, *, late: bool) -> Judgment:
        verb, digits = self._verb(run), _listening(run).digits
        if isinstance(verb, Gather) and not _listening(run).confirming:
            return judge_late_digits(verb, digits) if late else judge_digits(verb, digits)
        own = (ACCEPT, AGAIN) if isinstance(verb, Gather) else ()
        keys = [*own, *self._leads(verb)]
        return judge_late_choice(keys, digits) if late else judge_choice(keys, digits)

    def _leads(self, verb: Menu | Gather) -> dict[str, Destination]:
        """The destinations of keys; those of the step come before those of the flow."""
        return {**self._global_keys, **(verb.choices if isinstance(verb, Menu) else verb.keys)}

    def _leads_at_once(self, run: FlowRun, key: str) -> bool:
        verb = self._verb(run)
        if not isinstance(verb, Gather) or _listening(run).confirming:
            return False
        return key in self._leads(verb) and leads_at_once(verb, key)

    def _extended(self, run: FlowRun, key: str) -> str:
        verb, listening = self._verb(run), _listening(run)
        if isinstance(verb, Gather) and not listening.confirming:
            return extended(verb, listening.digits, key)
        return listening.digits + key

    def _lead_out(self, run: FlowRun, key: str, turn: Turn) -> Destination:
        verb = self._verb(run)
        self._end(run)
        flow_event.key_pressed(run, verb.rules.first_prompt, key, turn)
        return self._leads(verb)[key]

    def _settle(self, run: FlowRun, judgment: Judgment, turn: Turn) -> Destination | None:
        verb = self._verb(run)
        if isinstance(verb, Gather):
            return self._settle_gather(run, verb, judgment, turn)
        if judgment.verdict is not Verdict.DONE:
            return self._try_again(run, verb.rules, judgment.verdict, turn)
        return self._lead_out(run, judgment.digits, turn)

    def _settle_gather(
        self, run: FlowRun, verb: Gather, judgment: Judgment, turn: Turn
    ) -> Destination | None:
        if _listening(run).confirming:
            return self._settle_confirmation(run, verb, judgment, turn)
        self._expect_terminator(run, verb, turn)
        done = judgment.verdict is Verdict.DONE
        value = self._value(verb, judgment.digits) if done else None
        if value is None:
            if judgment.digits in self._leads(verb) and not verb.sensitive:
                return self._lead_out(run, judgment.digits, turn)
            verdict = Verdict.NO_MATCH if done else judgment.verdict
            return self._try_again(run, verb.rules, verdict, turn)
        run.variables[verb.variable] = value
        if verb.confirm:
            _listening(run).confirming = True
            return self._begin_try(run, (verb.confirm,), turn)
        return self._gathered(run, verb, turn)

    @staticmethod
    def _expect_terminator(run: FlowRun, verb: Gather, turn: Turn) -> None:
        """Expect the terminator: many callers press it after the last digit, too, although it is
        not needed any more.
        """
        digits, key = _listening(run).digits, verb.terminator
        if not key or len(digits) < verb.most_digits or digits.endswith(key):
            return
        if run.typed_ahead:
            run.typed_ahead = run.typed_ahead.removeprefix(key)
        else:
            run.late_terminator = LateTerminator(key, turn.now + verb.rules.inter_digit_timeout)

    @staticmethod
    def ends_past_input(run: FlowRun, key: str, turn: Turn) -> bool:
        """Whether a key belongs to a gather that is over."""
        late, run.late_terminator = run.late_terminator, None
        return late is not None and key == late.key and turn.now < late.until

    def _settle_confirmation(
        self, run: FlowRun, verb: Gather, judgment: Judgment, turn: Turn
    ) -> Destination | None:
        if judgment.digits == ACCEPT:
            return self._gathered(run, verb, turn)
        run.variables.pop(verb.variable, None)
        if judgment.verdict is Verdict.DONE and judgment.digits != AGAIN:
            return self._lead_out(run, judgment.digits, turn)
        _listening(run).confirming = False
        silent = judgment.verdict is Verdict.NO_INPUT
        verdict = Verdict.NO_INPUT if silent else Verdict.NO_MATCH
        return self._try_again(run, verb.rules, verdict, turn, reproach=False)

    def _gathered(self, run: FlowRun, verb: Gather, turn: Turn) -> Destination:
        self._end(run)
        told = "" if verb.sensitive else run.variables[verb.variable]
        flow_event.input_gathered(run, verb.variable, told, turn)
        return ON

    def _value(self, verb: Gather, digits: str) -> str | None:
        return typed_value(self._types.get(verb.variable, TEXT), digits, self._country_code)

    def _try_again(
        self,
        run: FlowRun,
        rules: InputRules,
        verdict: Verdict,
        turn: Turn,
        *,
        reproach: bool = True,
    ) -> Destination | None:
        listening = _listening(run)
        run.typed_ahead = ""
        flow_event.input_failed(run, verdict, turn)
        listening.no_inputs += verdict is Verdict.NO_INPUT
        if _is_last(rules, listening, verdict):
            self._end(run)
            return rules.after(verdict)
        said = rules.no_input if verdict is Verdict.NO_INPUT else rules.no_match
        first = nth(said, listening.tries) if reproach else ()
        listening.tries += 1
        return self._begin_try(run, first + nth(rules.prompts, listening.tries), turn)

    def interrupt(self, run: FlowRun, turn: Turn) -> None:
        """The current question is of no use any more; the caller may still type the rest of a
        secret.
        """
        if run.secret:
            run.secret_lingers = self._verb(run).rules.inter_digit_timeout
            self.typed_on(run, turn)
        run.late_terminator = None
        self._end(run)

    @staticmethod
    def typed_on(run: FlowRun, turn: Turn) -> None:
        """A key that may belong to a secret for which the flow no longer asks."""
        if run.secret_lingers is not None:
            turn.clockwork.wake(Wake.SECRET, run.call, turn.now + run.secret_lingers)

    @staticmethod
    def _end(run: FlowRun) -> None:
        run.listening = None
        run.secret = False

    def _verb(self, run: FlowRun) -> Menu | Gather:
        verb = self._position.verb(run)
        assert isinstance(verb, Menu | Gather), verb
        return verb


def _is_last(rules: InputRules, listening: Listening, verdict: Verdict) -> bool:
    """Whether the try that was just wasted was the last."""
    silent = verdict is Verdict.NO_INPUT
    wasted = listening.no_inputs if silent else listening.tries - listening.no_inputs
    if verdict in rules.own_tries:
        return wasted >= rules.own_tries[verdict]
    return listening.tries >= rules.tries


def _listening(run: FlowRun) -> Listening:
    assert run.listening is not None, "a run listens only in a menu or gather"
    return run.listening
