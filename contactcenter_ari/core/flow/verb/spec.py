"""A verb of the call-flow language as data: its value, options, outcomes and help text.

The loader, the checker, the JSON Schema and the reference page read it; `Kind` is the written form
of each value in YAML, and `config` has the code that reads each kind. `FlowVerb` is the interface
of every verb.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar

import msgspec

from contactcenter_ari.core.flow.language.destination import ON, Destination, Exit, Lead
from contactcenter_ari.core.spoken.value import ValueType


class Kind(StrEnum):
    """The written form of a value, in the words of the reference page."""

    NOTHING = "nothing"
    TEXT = "a text"
    NAME = "a name"
    YES_NO = "true or false"
    NUMBER = "a whole number"
    DURATION = "a duration"
    CHOICE = "one of some words"
    EXPRESSION = "an expression"
    PROMPT = "a prompt"
    PROMPTS = "a prompt, or a list with one for each try"
    GREETING = "a prompt that does not speak of the wait"
    ANNOUNCEMENTS = "a list of announcements: prompt, after, every, longer"
    SECTION = "a section"
    DESTINATION = "a section, a list of steps, or a word"
    CHOICES = "a map from keys to destinations; a choice may be several keys long"
    KEYS = "a map from single keys to destinations"
    CASES = "a map from values to destinations"
    SHARES = "a map from destinations to shares in percent"
    OUTCOMES = "a map from outcomes to destinations"
    WASTED = "a map from no_input and no_match to destinations"
    TRIES = "a whole number, or a map from no_input and no_match to one"
    DIGITS = "a number of digits: 8, or 4-8"
    KEY = "a key, or none"
    PATTERN = "a regular expression (RE2) for the whole input"
    VARIABLE = "a declared variable"
    ASSIGNMENTS = "a map from variables to expressions"
    TAGS = "a map from names to expressions"
    LANGUAGE = "a language of the flow, or an expression"
    LOOK_UP = "a declared look-up"
    INPUTS = "a map from the inputs of the look-up to expressions"
    QUEUE = "a queue of queues.yaml"
    SKILLS = "least levels by skill, or a list of them by wait"
    EXTENSION = "an agent's extension, or an expression"
    PHONE = "a phone number, or an expression"
    OUTSIDE = "a phone number among dial_allow, or an expression"
    HOURS = "declared opening hours"


Limit = timedelta | int | None


@dataclass(frozen=True, slots=True)
class Option:
    """A value or an option of a verb: its name in YAML, its written form and its purpose.

    `fields` are the fields of the verb that it fills, the name itself when empty. `least` and
    `most` are limits; without them those of the kind hold. `choices` are the words of a CHOICE,
    `wanted` is the type of an EXPRESSION, and `thing` is the kind of thing that a NAME names.
    `missing` is the message when the option is not given but required.
    """

    name: str
    kind: Kind
    help: str
    fields: tuple[str, ...] = ()
    least: Limit = None
    most: Limit = None
    choices: type[StrEnum] | None = None
    wanted: ValueType | None = None
    thing: str = ""
    missing: str = ""

    @property
    def filled(self) -> tuple[str, ...]:
        """The fields of the verb that the option fills."""
        return self.fields or (self.name,)


@dataclass(frozen=True, slots=True)
class OutcomeSpec:
    """A possible outcome of a step. A `needed` one happens sooner or later and must lead
    somewhere, as must one whose option (`needed_with`) is given. One that the flow gives no way
    leads where the outcome `like` does, else `otherwise`. `pressed` when a key of the caller
    brings it about.
    """

    name: str
    help: str
    needed: bool = False
    needed_with: str = ""
    like: str = ""
    otherwise: Destination = ON
    pressed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VerbSpec:
    """A verb in the form in which an engineer writes it.

    `make` builds the struct from the fields of the value and the options; without it that is the
    class itself. `person` brings the caller to a person, now or later; `busy` takes time that no
    caller runs through without an action of some person; `leaves` hands the caller to an outside
    line for good; `at_hang_up` makes sense after the call, too. `also` are the words of other
    systems for it.
    """

    value: Option
    help: str
    example: str
    options: tuple[Option, ...] = ()
    outcomes: tuple[OutcomeSpec, ...] = ()
    make: "Callable[..., FlowVerb] | None" = None
    person: bool = False
    busy: bool = False
    leaves: bool = False
    at_hang_up: bool = False
    also: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The word in YAML."""
        return self.value.name

    @property
    def is_bare(self) -> bool:
        """Whether the verb takes no value."""
        return self.value.kind is Kind.NOTHING

    @property
    def option_names(self) -> tuple[str, ...]:
        """The options in order."""
        return tuple(option.name for option in self.options)

    def outcome(self, name: str) -> OutcomeSpec | None:
        """The outcome of that name."""
        return next((outcome for outcome in self.outcomes if outcome.name == name), None)

    @property
    def outcome_names(self) -> tuple[str, ...]:
        """The outcomes in order."""
        return tuple(outcome.name for outcome in self.outcomes)


class Question(StrEnum):
    """Whether a step takes keys of the caller; see `NextQuestion`."""

    NONE = "none"
    ORDINARY = "ordinary"
    SECRET = "secret"  # noqa: S105  # the kind of question
    LINE = "line"
    """The step waits in line; a question after it is not near."""


class Stay(StrEnum):
    """The reason why a run stays at the step that was entered."""

    WAIT = "wait"
    """The action that the verb has begun goes on."""
    ASK = "ask"
    """The dialog asks the caller for keys."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Options that contradict one another: reported at the first of `blamed` that is given, unless
    one of them or of `beside` has a mistake of its own.
    """

    message: str
    blamed: tuple[str, ...]
    beside: tuple[str, ...] = ()


class FlowVerb(msgspec.Struct, frozen=True):
    """A verb with its value and options. Every verb has a method `enter` beside those here: the
    action when a run comes to it, with its destination, its handover or the reason why the run
    stays.
    """

    specs: ClassVar[tuple[VerbSpec, ...]] = ()
    """One for each word in YAML that gives this verb."""

    @classmethod
    def default_of(cls, option: Option) -> object:
        """The default of an option; None if there is none, or not one value."""
        return _default(cls, option.filled[0])

    @property
    def spec(self) -> VerbSpec:
        """The specification of the verb."""
        return self.specs[0]

    @property
    def question(self) -> Question:
        """Whether the step takes keys."""
        return Question.NONE

    def exits(self) -> tuple[Exit, ...]:
        """All ways out of the step, also those the flow leaves to the language."""
        found = [
            Exit(outcome.name, self.after(outcome.name), pressed=outcome.pressed)
            for outcome in self.spec.outcomes
        ]
        return tuple(found) or (Exit("", ON),)

    def after(self, outcome: str) -> Destination:
        """The destination of the outcome, also of one that the flow does not handle."""
        found = self.spec.outcome(outcome)
        if found is None:
            return ON
        return self.after(found.like) if found.like else found.otherwise

    def leads(self) -> tuple[Lead, ...]:
        """The ways that the flow gives for the step, in the order written."""
        return ()

    def subject(self) -> str:
        """The one name the step is about, for traces; empty if there is none."""
        return ""

    def words(self) -> str:
        """The verb and its value, without the options."""
        return f"{self.spec.name} {self.subject()}".strip()

    def told_first(self) -> tuple[str, ...]:
        """The prompts a caller hears first."""
        return ()

    def contradictions(self) -> tuple[Contradiction, ...]:
        """The contradictions between the options."""
        return ()


class OutcomeVerb(FlowVerb, frozen=True):
    """A verb whose outcomes the flow may lead somewhere."""

    @property
    @abstractmethod
    def next(self) -> Mapping[str, Destination]:
        """The destinations that the flow gives, by outcome."""

    def after(self, outcome: str) -> Destination:
        """The destination that the flow gives, or else the language."""
        given = self.next.get(outcome)
        return super().after(outcome) if given is None else given

    def leads(self) -> tuple[Lead, ...]:
        """The outcomes that lead somewhere."""
        return tuple(self.next.items())


def _default(struct: type[msgspec.Struct], name: str) -> object:
    """The default of a field, also of one of the rules of a menu."""
    for field in msgspec.structs.fields(struct):
        if field.name == name:
            return None if field.default is msgspec.NODEFAULT else field.default
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            found = _default(field.type, name)
            if found is not None:
                return found
    return None
