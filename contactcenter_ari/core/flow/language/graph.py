"""The graph that the sections of a flow make: what leads where."""

from collections.abc import Mapping

import msgspec

from contactcenter_ari.core.flow.input import Verdict, may_lead
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.step import (
    ON,
    BookCallback,
    Destination,
    DialOut,
    Gather,
    Goto,
    HangUp,
    If,
    InputRules,
    LookUpStep,
    Menu,
    Queue,
    RingAgent,
    Section,
    Split,
    Step,
    Switch,
    TransferOut,
    Verb,
    Voicemail,
    Way,
)
from contactcenter_ari.core.spoken.value import TEXT

OVER = Destination(Way.HANG_UP)
LOOK_UP_OUTCOMES = ("found", "not_found", "error")
WASTED = (Verdict.NO_INPUT, Verdict.NO_MATCH)


class Exit(msgspec.Struct, frozen=True):
    """One way out of a step: its outcome (empty when there is but one) and where it leads;
    `pressed` when a key of the caller's opens it.
    """

    outcome: str
    destination: Destination
    pressed: bool = False


def exits(verb: Verb) -> tuple[Exit, ...]:
    """All ways out of a step, also those the flow leaves to the language."""
    match verb:
        case HangUp() | TransferOut():
            return (Exit("", OVER),)
        case Goto(destination=destination):
            return (Exit("", destination),)
        case If(then=then, otherwise=otherwise):
            return Exit("then", then), Exit("else", otherwise)
        case Switch(cases=cases, default=default):
            return *_each(cases), Exit("default", default)
        case Split(shares=shares):
            return tuple(Exit(f"{share}%", lead) for lead, share in shares)
        case Menu(rules=rules, choices=choices):
            return *_each(choices, pressed=True), *_wasted(rules)
        case Gather(rules=rules, keys=keys):
            return Exit("", ON, pressed=True), *_each(keys, pressed=True), *_wasted(rules)
        case LookUpStep() | Queue() | RingAgent() | BookCallback() | DialOut() | Voicemail():
            return _outcomes(verb)
        case _:
            return (Exit("", ON),)


def global_exits(verb: Verb, flow: Flow) -> tuple[Exit, ...]:
    """The ways out of a step by the keys of the flow, as far as they may act there."""
    match verb:
        case Menu(choices=own):
            acting = set(flow.global_keys) - set(own)
        case Gather(variable=variable, keys=own):
            type_ = flow.variables.get(variable, TEXT)
            acting = {key for key in flow.global_keys if may_lead(verb, key, type_)} - set(own)
        case _:
            return ()
    leads = {key: lead for key, lead in flow.global_keys.items() if key in acting}
    return _each(leads, pressed=True)


def _wasted(rules: InputRules) -> tuple[Exit, ...]:
    """Where the last try leads; a caller whose last one was no match did press a key."""
    own = rules.next
    exits = [
        Exit(verdict, own[verdict], pressed=verdict is Verdict.NO_MATCH)
        for verdict in WASTED
        if verdict in own
    ]
    if len(exits) < len(WASTED):
        exits.append(Exit("failed", rules.failed, pressed=Verdict.NO_INPUT in own))
    return tuple(exits)


def _outcomes(
    verb: LookUpStep | Queue | RingAgent | BookCallback | DialOut | Voicemail,
) -> tuple[Exit, ...]:
    match verb:
        case LookUpStep(next=leads):
            return _all(LOOK_UP_OUTCOMES, leads)
        case Queue(next=leads, keys=keys):  # that it handles what it must is looked at elsewhere
            return *_each({"answered": OVER, **leads}), *_each(keys, pressed=True)
        case RingAgent(next=leads):
            ended = {"answered": OVER, **leads}
            return _all(("answered", "busy", "no_answer", "not_available"), ended)
        case BookCallback(next=leads):
            return _all(("booked", "refused"), leads)
        case DialOut(next=leads, screen=screen):
            declined = ("declined",) if screen else ()
            return _all(("answered", "busy", "no_answer", *declined, "failed"), leads)
        case Voicemail(next=leads, keys=keys):
            return *_all(("saved", "empty"), leads), *_each(keys, pressed=True)


def _each(leads: Mapping[str, Destination], *, pressed: bool = False) -> tuple[Exit, ...]:
    return tuple(Exit(outcome, lead, pressed) for outcome, lead in leads.items())


def _all(outcomes: tuple[str, ...], leads: Mapping[str, Destination]) -> tuple[Exit, ...]:
    return tuple(Exit(outcome, leads.get(outcome, ON)) for outcome in outcomes)


def falls_through(name: str, sections: Mapping[str, Section]) -> bool:
    """Whether a caller can come to the end of a section with nowhere to go."""
    return all(_goes_on(step, sections) for step in sections[name].steps)


def _goes_on(step: Step, sections: Mapping[str, Section]) -> bool:
    if step.when is not None:
        return True
    detours = isinstance(step.verb, Queue)  # its keys lead back to it
    return any(
        _leads_on(way.destination, sections)
        for way in exits(step.verb)
        if not (detours and way.pressed)
    )


def _leads_on(destination: Destination, sections: Mapping[str, Section]) -> bool:
    match destination.way:
        case Way.CONTINUE | Way.CALL:
            return True
        case Way.INLINE:
            return falls_through(destination.section, sections)
        case _:
            return False
