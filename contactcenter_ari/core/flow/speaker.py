"""From the names in a flow to values, and from prompts to the audio for the caller."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from contactcenter_ari.core.flow import flow_event
from contactcenter_ari.core.flow.language import type_check
from contactcenter_ari.core.flow.language.declaration import Blank, Declarations, Prompt, Text
from contactcenter_ari.core.flow.language.expression import Expression, evaluate
from contactcenter_ari.core.flow.language.number_literal import AREA, COUNTRY
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.stand_in import SHORTEST_SECRET
from contactcenter_ari.core.hours.calendar import DAYS, is_open, next_open
from contactcenter_ari.core.number import area_of, country_of, e164
from contactcenter_ari.core.spoken.phrase import render
from contactcenter_ari.core.spoken.value import (
    BOOL,
    TEXT,
    Value,
    ValueType,
    read_value,
    write_value,
)
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.command import AnswerLeg, PlayPrompt, StopPlayback
from contactcenter_ari.core.vocabulary.ids import PlaybackId
from contactcenter_ari.core.vocabulary.prompt import PromptPart, SoundFile, SpokenText

PROMPT_LIMIT = timedelta(minutes=5)
"""A prompt is taken to have ended after this long without a report of its end."""

Flags = Mapping[tuple[str, str], str]
"""Flags switched at run time, `on` or `off`, by flow and flag; all others are as in the file."""
OF_RUN: Mapping[str, Callable[[FlowRun], Value]] = {
    "caller.number": lambda run: run.caller_number,
    AREA: lambda run: area_of(run.caller_number),
    COUNTRY: lambda run: country_of(run.caller_number),
    "caller.name": lambda run: run.caller_name,
    "caller.status": lambda run: run.caller_status,
    "called.number": lambda run: run.called_number,
    "language": lambda run: run.language,
    "queue.position": lambda run: run.position or None,
    "queue.wait": lambda run: run.wait,
}
"""Names whose values a run knows."""
OF_TIME: Mapping[str, Callable[[datetime], Value]] = {
    "now": lambda now: now,
    "today": lambda now: now.date(),
    "weekday": lambda now: DAYS[now.weekday()],
}
"""Names whose values an instant in the zone of the flow gives."""


def names_in(parts: Iterable[SoundFile | Text]) -> frozenset[str]:
    """The names that a prompt uses in one language."""
    pieces = (piece for part in parts if isinstance(part, Text) for piece in part.pieces)
    blanks = (piece.expression for piece in pieces if isinstance(piece, Blank))
    return frozenset(name for expression in blanks for name in type_check.names(expression))


class Speaker:
    """Knows the values of the names of one flow for a run, and the parts of its prompts. `types`
    are those of variables and look-up answers, `secret` the variables that are shown to no other
    person.
    """

    def __init__(
        self,
        flow: Declarations,
        system_prompts: Mapping[str, Prompt],
        flags: Flags,
        *,
        types: Mapping[str, ValueType],
        secret: Iterable[str] = (),
    ) -> None:
        self.flow = flow
        self._flags = flags
        self._prompts = {**system_prompts, **flow.prompts}
        self._types = types
        self._secret = frozenset(secret)
        self._zone = ZoneInfo(flow.timezone)
        self._blanks = {
            (name, language): names_in(parts)
            for name, prompt in self._prompts.items()
            for language, parts in prompt.parts.items()
        }

    def __repr__(self) -> str:
        return f"<Speaker of {self.flow.name}: {len(self._prompts)} prompts>"

    def evaluate(self, run: FlowRun, expression: Expression | None, turn: Turn) -> Value:
        """The value of an expression now; none is unset."""
        if expression is None:
            return None
        return evaluate(expression, lambda name: self.value_of(run, name, turn.now))

    def text(self, run: FlowRun, expression: Expression | None, turn: Turn) -> str:
        """The same as canonical text."""
        return write_value(self.evaluate(run, expression, turn))

    def phone_number(self, run: FlowRun, expression: Expression | None, turn: Turn) -> str:
        """The same as a phone number in E.164, in whichever way look-ups and texts write it."""
        return e164(self.text(run, expression, turn), self.flow.country_code)

    def without_secrets(self, run: FlowRun, text: str) -> str:
        """A text that others read, such as an answer that repeats what was typed in secret."""
        for secret in (run.variables.get(name, "") for name in self._secret):
            if len(secret) >= SHORTEST_SECRET:
                text = text.replace(secret, "#" * len(secret))
        return text

    def value_of(self, run: FlowRun, name: str, now: datetime) -> Value:
        """The value of a name now, in the zone of the flow; None if it is unset or does not fit
        its type.
        """
        value = self._value(run, name, now.astimezone(self._zone))
        return value.astimezone(self._zone) if isinstance(value, datetime) else value

    def _value(self, run: FlowRun, name: str, now: datetime) -> Value:
        if name in OF_RUN:
            return OF_RUN[name](run)
        if name in OF_TIME:
            return OF_TIME[name](now)
        match name.split("."):
            case ["flag", flag]:
                return self._flag(flag)
            case ["hours", hours, question]:
                return self._hours(hours, question, now)
            case [look_up, "found"]:
                return run.look_ups.get(look_up) is not None
            case [look_up, field]:
                return self._typed((run.look_ups.get(look_up) or {}).get(field), name)
            case _:
                return self._typed(run.variables.get(name), name)

    def answer(self, run: FlowRun, turn: Turn) -> None:
        """Pick up, unless the call is answered already."""
        if not run.answered:
            run.answered = True
            turn.do(AnswerLeg(call=run.call, leg=run.leg))

    def say(self, run: FlowRun, names: tuple[str, ...], turn: Turn) -> None:
        """Begin a prompt; `run.playback` is None after it when the prompt was empty."""
        self.answer(run, turn)
        parts = self.parts(run, names, turn.now)
        run.playback = None
        if not parts:
            return
        run.playback = PlaybackId(turn.clockwork.mint_for(run.call))
        turn.clockwork.wake(Wake.FLOW, run.call, turn.now + PROMPT_LIMIT)
        turn.do(PlayPrompt(call=run.call, leg=run.leg, playback=run.playback, parts=parts))
        flow_event.prompts_played(run, names, turn)

    def stop(self, run: FlowRun, turn: Turn) -> None:
        """Cut short the prompt that is being played, if any."""
        if run.playback is not None:
            turn.do(StopPlayback(call=run.call, playback=run.playback))
            turn.clockwork.forget(Wake.FLOW, run.call)
            run.playback = None

    def parts(self, run: FlowRun, names: Iterable[str], now: datetime) -> tuple[PromptPart, ...]:
        """The parts of the prompts, in the language of the run or else the flow's first."""
        return tuple(
            part if isinstance(part, SoundFile) else self._spoken(run, part, language, now)
            for name in names
            for language, parts in [self._in_language(run, name)]
            for part in parts
        )

    def speaks(self, language: str) -> bool:
        """Whether a language is one of the flow's."""
        return language in self.flow.languages

    def speaks_of(self, run: FlowRun, prompt: str) -> frozenset[str]:
        """The names that a prompt uses in the language of the run."""
        return self._blanks.get((prompt, self._in_language(run, prompt)[0]), frozenset())

    def _in_language(self, run: FlowRun, name: str) -> tuple[str, tuple[SoundFile | Text, ...]]:
        prompt = self._prompts.get(name)
        if prompt is None or not prompt.parts:
            return run.language, ()
        for language in (run.language, self.flow.languages[0]):
            if language in prompt.parts:
                return language, prompt.parts[language]
        return next(iter(prompt.parts.items()))

    def _spoken(self, run: FlowRun, text: Text, language: str, now: datetime) -> SpokenText:
        words = [
            self._filled(run, piece, language, now) if isinstance(piece, Blank) else piece.text
            for piece in text.pieces
        ]
        return SpokenText("".join(words), language)

    def _filled(self, run: FlowRun, blank: Blank, language: str, now: datetime) -> str:
        value = evaluate(blank.expression, lambda name: self.value_of(run, name, now))
        return render(value, blank.kind, language)

    def _flag(self, name: str) -> Value:
        set_by_hand = self._flags.get((self.flow.name, name))
        return read_value(set_by_hand or self.flow.flags.get(name, ""), BOOL)

    def _hours(self, name: str, question: str, now: datetime) -> Value:
        calendar = self.flow.hours.get(name)
        if calendar is None:
            return None
        return is_open(calendar, now) if question == "open" else next_open(calendar, now)

    def _typed(self, text: str | None, name: str) -> Value:
        if text is None:
            return None
        try:
            return read_value(text, self._types.get(name, TEXT))
        except ValueError:
            return None
