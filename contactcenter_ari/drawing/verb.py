"""Verbs in words, and where they lead: what a graph and a comparison both need to say."""

from collections.abc import Mapping

from contactcenter_ari.core.flow.language.expression import Expression
from contactcenter_ari.core.flow.language.step import (
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
    Verb,
    Voicemail,
    Wait,
    Way,
)
from contactcenter_ari.core.spoken.value import write_value

Lead = tuple[str, Destination]
"""A key, outcome or condition, and where it leads; the label may be empty."""


def in_words(step: Step) -> str:
    """A step in a few words, as an engineer would write it: `menu main_menu`."""
    condition = f"when {step.when.text}: " if step.when is not None else ""
    return condition + verb_in_words(step.verb)


def verb_in_words(verb: Verb) -> str:  # noqa: C901, PLR0912  # one arm a verb
    """The verb and its value, without the options."""
    match verb:
        case Answer():
            return "answer"
        case HangUp():
            return "hangup"
        case Wait(duration=duration):
            return f"wait {write_value(duration)}s"
        case Play(prompt=prompt):
            return f"play {prompt}"
        case Menu(rules=rules):
            return f"menu {', '.join(rules.prompts)}"
        case Gather(variable=variable):
            return f"gather {variable}"
        case LookUpStep(name=name):
            return f"lookup {name}"
        case SetVariables(assignments=pairs):
            return f"set {_pairs(pairs)}"
        case Tag(tags=pairs):
            return f"tag {_pairs(pairs)}"
        case Language(language=language):
            return f"language {language.text}"
        case If(condition=condition):
            return f"if {condition.text}"
        case Goto(destination=destination):
            return _goto(destination)
        case Switch(value=value):
            return f"switch {value.text}"
        case Split(shares=shares):
            parts = [f"{percent} % {to.section or to.way}" for to, percent in shares]
            return f"split {', '.join(parts)}"
        case Record(act=act):
            return f"recording {act}"
        case RingAgent(agent=agent):
            return f"agent {agent.text}"
        case BookCallback(queue=queue):
            return f"callback {queue}"
        case DialOut(number=number):
            return f"dial {number.text}"
        case TransferOut(number=number):
            return f"transfer {number.text}"
        case Voicemail(box=box):
            return f"voicemail {box}"
        case Queue(queue=queue):
            return f"queue {queue}"


def leads(verb: Verb) -> tuple[Lead, ...]:
    """Where a verb may lead, in the order written, by key or outcome."""
    match verb:
        case Menu(rules=rules, choices=choices):
            return (*choices.items(), *rules.next.items(), ("failed", rules.failed))
        case Gather(rules=rules, keys=keys):
            return (*_keys(keys), *rules.next.items(), ("failed", rules.failed))
        case If(then=then, otherwise=otherwise):
            return (("then", then), ("else", otherwise))
        case Goto(destination=destination):
            return (("", destination),)
        case HangUp():
            return (("", Destination(Way.HANG_UP)),)
        case Switch(cases=cases, default=default):
            return (*cases.items(), ("default", default))
        case Split(shares=shares):
            return tuple((f"{percent} %", destination) for destination, percent in shares)
        case Queue(next=outcomes, keys=keys) | Voicemail(next=outcomes, keys=keys):
            return (*outcomes.items(), *_keys(keys))
        case LookUpStep() | RingAgent() | BookCallback() | DialOut():
            return tuple(verb.next.items())
        case _:
            return ()


def _keys(keys: Mapping[str, Destination]) -> tuple[Lead, ...]:
    return tuple((f"key {key}", to) for key, to in keys.items())


def _goto(destination: Destination) -> str:
    match destination.way:
        case Way.SECTION:
            return f"goto {destination.section}"
        case Way.CALL:
            return f"call {destination.section}"
        case Way.INLINE:
            return "goto a list of steps"
        case _:
            return str(destination.way)


def _pairs(pairs: tuple[tuple[str, Expression], ...]) -> str:
    return ", ".join(f"{name} = {expression.text}" for name, expression in pairs)
