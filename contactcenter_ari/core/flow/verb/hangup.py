"""The verb `hangup`."""

from contactcenter_ari.core.flow.language.destination import HANG_UP, Destination, Exit, Lead
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb.spec import FlowVerb, Kind, Option, VerbSpec
from contactcenter_ari.core.turn import Turn


class HangUp(FlowVerb, frozen=True, tag="hangup"):
    """End the call."""

    specs = (
        VerbSpec(
            value=Option("hangup", Kind.NOTHING, "nothing stands after it"),
            help="Ends the call. The steps of `on_hangup` are run after it.",
            example="- hangup",
            also=("disconnect", "end", "exit", "stop", "terminate"),
        ),
    )

    @staticmethod
    def enter(_run: FlowRun, _speaker: Speaker, _turn: Turn) -> Destination:
        """End the call."""
        return HANG_UP

    def exits(self) -> tuple[Exit, ...]:
        """The end."""
        return (Exit("", HANG_UP),)

    def leads(self) -> tuple[Lead, ...]:
        """The end."""
        return (("", HANG_UP),)
