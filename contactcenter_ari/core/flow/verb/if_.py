"""The verb `if`."""

from contactcenter_ari.core.flow.language.destination import ON, Destination, Exit, Lead
from contactcenter_ari.core.flow.language.expression import Expression, truth
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb.spec import FlowVerb, Kind, Option, VerbSpec
from contactcenter_ari.core.turn import Turn


class If(FlowVerb, frozen=True, tag="if"):
    """Go one way or the other."""

    specs = (
        VerbSpec(
            value=Option("if", Kind.EXPRESSION, "the condition", fields=("condition",)),
            options=(
                Option(
                    "then",
                    Kind.DESTINATION,
                    "where it leads when the condition holds",
                    missing='if needs a "then"',
                ),
                Option(
                    "else",
                    Kind.DESTINATION,
                    "where it leads otherwise; without it on",
                    fields=("otherwise",),
                ),
            ),
            help="Leads one way or the other. A value that is not set is false.",
            example="- if: hours.office.open\n  then: main_menu\n  else: closed",
        ),
    )

    condition: Expression
    then: Destination
    otherwise: Destination = ON

    def enter(self, run: FlowRun, speaker: Speaker, turn: Turn) -> Destination:
        """Choose."""
        holds = truth(speaker.evaluate(run, self.condition, turn))
        return self.then if holds else self.otherwise

    def exits(self) -> tuple[Exit, ...]:
        """Both ways."""
        return Exit("then", self.then), Exit("else", self.otherwise)

    def leads(self) -> tuple[Lead, ...]:
        """Both ways."""
        return (("then", self.then), ("else", self.otherwise))

    def words(self) -> str:
        """The verb and the condition."""
        return f"if {self.condition.text}"
