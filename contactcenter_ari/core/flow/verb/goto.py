"""The verbs `goto`, `call` and `return`: to another section, with or without coming back."""

from contactcenter_ari.core.flow.language.destination import ON, Destination, Exit, Lead, Way
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb.spec import FlowVerb, Kind, Option, VerbSpec
from contactcenter_ari.core.turn import Turn


def _call(*, section: str) -> "Goto":
    return Goto(Destination(Way.CALL, section) if section else ON)


def _return() -> "Goto":
    return Goto(Destination(Way.RETURN))


class Goto(FlowVerb, frozen=True, tag="goto"):
    """Go to a section (or back, or repeat)."""

    specs = (
        VerbSpec(
            value=Option("goto", Kind.DESTINATION, "where it leads", fields=("destination",)),
            help="Goes to another section for good. `back` is the section the call came from,"
            " `repeat` this step again.",
            example="- goto: main_menu",
            also=("jump", "go", "transition", "redirect", "section"),
        ),
        VerbSpec(
            value=Option("call", Kind.SECTION, "which section is run", fields=("section",)),
            help="Runs another section, then goes on after this step.",
            example="- call: identify",
            make=_call,
            also=("gosub", "sub", "execute_section"),
        ),
        VerbSpec(
            value=Option("return", Kind.NOTHING, "nothing stands after it"),
            help="Goes back to where this section was called; after a key pressed in a queue, the"
            " caller waits on.",
            example="- return",
            make=_return,
        ),
    )

    destination: Destination

    def enter(self, _run: FlowRun, _speaker: Speaker, _turn: Turn) -> Destination:
        """Go there."""
        return self.destination

    def exits(self) -> tuple[Exit, ...]:
        """The way."""
        return (Exit("", self.destination),)

    def leads(self) -> tuple[Lead, ...]:
        """The way."""
        return (("", self.destination),)

    def words(self) -> str:
        """The verb and the section."""
        match self.destination.way:
            case Way.SECTION:
                return f"goto {self.destination.section}"
            case Way.CALL:
                return f"call {self.destination.section}"
            case Way.INLINE:
                return "goto a list of steps"
            case way:
                return str(way)
