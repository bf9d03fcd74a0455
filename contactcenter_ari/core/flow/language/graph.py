"""The graph that the sections of a flow make, with the steps that each step leads to."""

from collections.abc import Mapping

from contactcenter_ari.core.flow.input import may_lead
from contactcenter_ari.core.flow.language.destination import Destination, Exit, Way
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.step import Section, Step
from contactcenter_ari.core.flow.verb.exit import each
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.spoken.value import TEXT


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
    return each(leads, pressed=True)


def falls_through(name: str, sections: Mapping[str, Section]) -> bool:
    """Whether a caller can come to the end of a section without a next step."""
    return all(_goes_on(step, sections) for step in sections[name].steps)


def _goes_on(step: Step, sections: Mapping[str, Section]) -> bool:
    if step.when is not None:
        return True
    return any(_leads_on(way.destination, sections) for way in step.verb.exits() if not way.detour)


def _leads_on(destination: Destination, sections: Mapping[str, Section]) -> bool:
    match destination.way:
        case Way.CONTINUE | Way.CALL:
            return True
        case Way.INLINE:
            return falls_through(destination.section, sections)
        case _:
            return False
