"""A call flow as a whole: its declarations and its sections."""

from collections.abc import Iterator

import msgspec

from contactcenter_ari.core.flow.language.declaration import Declarations
from contactcenter_ari.core.flow.language.destination import HANG_UP, Destination, Way
from contactcenter_ari.core.flow.language.step import Section, Step
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.hangup import HangUp
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.lookup import LookUpStep
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.spoken.value import ValueType


class Flow(Declarations, frozen=True, kw_only=True):
    """One flow file."""

    sections: dict[str, Section]

    def __repr__(self) -> str:
        return f"<Flow {self.name} {self.version[:8]}: {len(self.sections)} sections>"

    def verbs(self) -> Iterator[Verb]:
        """The verbs of all steps, in order."""
        return (step.verb for section in self.sections.values() for step in section.steps)

    def value_types(self) -> dict[str, ValueType]:
        """The types of variables, and of look-up answers by the dotted name they have in
        expressions.
        """
        return self.look_up_types() | self.variables

    def look_up_types(self) -> dict[str, ValueType]:
        """The type of each look-up answer, by its dotted name."""
        return {
            f"{verb.save_as}.{field}": type_
            for verb in self.verbs()
            if isinstance(verb, LookUpStep)
            for field, type_ in self.look_ups[verb.name].returns.items()
        }

    def secret_variables(self) -> frozenset[str]:
        """The variables that sensitive gathers fill: their values are never shown."""
        gathers = (verb for verb in self.verbs() if isinstance(verb, Gather))
        return frozenset(gather.variable for gather in gathers if gather.sensitive)


APOLOGY = "apology"
"""The system prompt after a fault of the center."""
ACCEPTED = "accepted"
"""The section that a callee reaches by taking a screened call."""


def screening_flow(flow: Flow, prompt: str) -> Flow:
    """The flow for the callee of a screened call: the prompt, and 1 to accept."""
    rules = InputRules(prompts=(prompt,), tries=2, failed=HANG_UP)
    menu = Menu(rules=rules, choices={"1": Destination(Way.SECTION, ACCEPTED)})
    sections = {
        "start": Section((Step(menu, line=0),)),
        ACCEPTED: Section((Step(HangUp(), line=0),)),
    }
    return msgspec.structs.replace(
        flow, sections=sections, global_keys={}, on_error=HANG_UP, on_hangup=""
    )


def fault_section(flow: Flow) -> Section:
    """The section for a caller after a fault: `on_error`, or an apology and a person."""
    if flow.on_error is not None:
        return Section((Step(Goto(flow.on_error), line=0),))
    last = next((verb for verb in flow.verbs() if isinstance(verb, Queue)), HangUp())
    return Section((Step(Play(APOLOGY, barge_in=False), line=0), Step(last, line=0)))
