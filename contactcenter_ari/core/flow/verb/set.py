"""The verb `set`."""

from contactcenter_ari.core.flow import flow_event
from contactcenter_ari.core.flow.language.destination import ON, Destination
from contactcenter_ari.core.flow.language.expression import Expression, pairs_in_words
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb.spec import FlowVerb, Kind, Option, VerbSpec
from contactcenter_ari.core.turn import Turn

CALLER_STATUS = "caller.status"
"""The name that may be assigned like a variable."""


class SetVariables(FlowVerb, frozen=True, tag="set"):
    """Assign values in order; `caller.status` may be assigned like a variable."""

    specs = (
        VerbSpec(
            value=Option(
                "set", Kind.ASSIGNMENTS, "the variables, in order", fields=("assignments",)
            ),
            help="Assigns variables that the flow declares, or `caller.status`.",
            example="- set: {caller.status: customer.status, wants_callback: true}",
            at_hang_up=True,
            also=("assign", "variable"),
        ),
    )

    assignments: tuple[tuple[str, Expression], ...]

    def enter(self, run: FlowRun, speaker: Speaker, turn: Turn) -> Destination:
        """Assign."""
        for name, expression in self.assignments:
            text = speaker.text(run, expression, turn)
            if name == CALLER_STATUS:
                run.caller_status = text
                flow_event.status_set(run, turn)
            else:
                run.variables[name] = text
        return ON

    def words(self) -> str:
        """The verb and the assigned names."""
        return f"set {pairs_in_words(self.assignments)}"
