"""The verb `transfer`."""

from datetime import timedelta

from contactcenter_ari.core.flow.language.destination import HANG_UP, Destination
from contactcenter_ari.core.flow.language.expression import Expression
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb.dial import Dial, dialable
from contactcenter_ari.core.flow.verb.spec import FlowVerb, Kind, Option, OutcomeSpec, VerbSpec
from contactcenter_ari.core.turn import Turn


class TransferOut(FlowVerb, frozen=True, tag="transfer"):
    """Hand the caller to an outside line; the flow goes on only if nobody is reached. Outcomes
    answered, busy, no_answer, declined, failed.
    """

    specs = (
        VerbSpec(
            value=Option("transfer", Kind.OUTSIDE, "which number is dialed", fields=("number",)),
            options=(Option("ring", Kind.DURATION, "how long the phone rings"),),
            outcomes=(
                OutcomeSpec(
                    "answered",
                    "the callee has left after the talk, and the call ends",
                    otherwise=HANG_UP,
                ),
                OutcomeSpec("busy", "the line is busy"),
                OutcomeSpec("no_answer", "nobody picked up"),
                OutcomeSpec("declined", "the callee refused the call"),
                OutcomeSpec("failed", "the number cannot be reached"),
            ),
            help="Hands the caller to an outside line for good. When nobody is reached, the flow"
            " goes on with the next step, which must be there.",
            example='- transfer: "+31201234567"\n  ring: 30s\n- goto: voicemail',
            person=True,
            busy=True,
            leaves=True,
            also=("forward", "refer"),
        ),
    )

    number: Expression
    ring: timedelta = timedelta(seconds=30)

    def enter(self, run: FlowRun, speaker: Speaker, turn: Turn) -> Destination | Dial:
        """Dial, if the number may be dialed."""
        number = dialable(run, self.number, speaker, turn)
        return Dial(number, self.ring, run.called_number) if number else self.after("failed")

    def words(self) -> str:
        """The verb and the number."""
        return f"transfer {self.number.text}"
