"""The graph that the sections of a flow make: what leads where."""

from collections.abc import Mapping

from contactcenter_ari.core.flow.step import (
    Destination,
    Goto,
    HangUp,
    If,
    LookUpStep,
    Menu,
    Queue,
    Section,
    Split,
    Step,
    Switch,
    TransferOut,
    Way,
)

LOOK_UP_OUTCOMES = ("found", "not_found", "error")


def falls_through(name: str, sections: Mapping[str, Section]) -> bool:
    """Whether a caller can come to the end of a section with nowhere to go."""
    steps = sections[name].steps
    return not steps or _goes_on(steps[-1], sections)


def _goes_on(step: Step, sections: Mapping[str, Section]) -> bool:
    if step.when is not None:
        return True
    match step.verb:
        case HangUp() | TransferOut():
            return False
        case Switch(cases=cases, default=default):
            return _leads_on(default, sections) or _one_leads_on(cases, sections)
        case Split(shares=shares):
            return any(_leads_on(lead, sections) for lead, _ in shares)
        case Goto(destination=destination):
            return _leads_on(destination, sections)
        case If(then=then, otherwise=otherwise):
            return _leads_on(then, sections) or _leads_on(otherwise, sections)
        case Menu(rules=rules, choices=choices):
            return _leads_on(rules.failed, sections) or _one_leads_on(choices, sections)
        case LookUpStep(next=leads):
            unhandled = any(outcome not in leads for outcome in LOOK_UP_OUTCOMES)
            return unhandled or _one_leads_on(leads, sections)
        case Queue(next=leads):  # that it handles what it must is looked at elsewhere
            return _one_leads_on(leads, sections)
        case _:
            return True


def _one_leads_on(leads: Mapping[str, Destination], sections: Mapping[str, Section]) -> bool:
    return any(_leads_on(lead, sections) for lead in leads.values())


def _leads_on(destination: Destination, sections: Mapping[str, Section]) -> bool:
    match destination.way:
        case Way.CONTINUE:
            return True
        case Way.CALL:
            return True
        case Way.INLINE:
            return falls_through(destination.section, sections)
        case _:
            return False
