"""The verb `switch`."""

from contactcenter_ari.core.flow.language.destination import ON, Destination, Exit, Lead
from contactcenter_ari.core.flow.language.expression import Expression
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb.exit import each
from contactcenter_ari.core.flow.verb.spec import FlowVerb, Kind, Option, VerbSpec
from contactcenter_ari.core.turn import Turn


class Switch(FlowVerb, frozen=True, tag="switch"):
    """Go by a value: to the case of that text, else to the default."""

    specs = (
        VerbSpec(
            value=Option("switch", Kind.EXPRESSION, "the value", fields=("value",)),
            options=(
                Option(
                    "cases",
                    Kind.CASES,
                    "where each value leads",
                    missing='switch needs "cases", like {gold: vip}',
                ),
                Option(
                    "default",
                    Kind.DESTINATION,
                    "where any other value leads, also one that is not set; without it on",
                ),
            ),
            help="Leads by a value.",
            example="- switch: customer.status\n  cases: {gold: vip, platinum: vip}"
            "\n  default: main_menu",
            also=("case", "branch"),
        ),
    )

    value: Expression
    cases: dict[str, Destination]
    default: Destination = ON

    def enter(self, run: FlowRun, speaker: Speaker, turn: Turn) -> Destination:
        """Choose the case."""
        return self.cases.get(speaker.text(run, self.value, turn), self.default)

    def exits(self) -> tuple[Exit, ...]:
        """The cases and the default."""
        return *each(self.cases), Exit("default", self.default)

    def leads(self) -> tuple[Lead, ...]:
        """The cases and the default."""
        return *self.cases.items(), ("default", self.default)

    def words(self) -> str:
        """The verb and the value."""
        return f"switch {self.value.text}"
