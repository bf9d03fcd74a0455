"""The verb `dial`."""

from datetime import timedelta

import msgspec

from contactcenter_ari.core.flow import flow_event
from contactcenter_ari.core.flow.language.destination import HANG_UP, Destination
from contactcenter_ari.core.flow.language.expression import Expression
from contactcenter_ari.core.flow.run import Activity, FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb.spec import Kind, Option, OutcomeSpec, OutcomeVerb, VerbSpec
from contactcenter_ari.core.turn import Turn


class Dial(msgspec.Struct, frozen=True):
    """The flow calls an outside line; with `screen` the callee must accept first."""

    number: str
    ring: timedelta
    caller_number: str
    screen: str = ""


class DialOut(OutcomeVerb, frozen=True, tag="dial"):
    """Call an outside line and join the caller with it. With `screen` the callee hears that prompt
    and must press 1. Outcomes answered, busy, no_answer, declined, failed.
    """

    specs = (
        VerbSpec(
            value=Option("dial", Kind.OUTSIDE, "which number is dialed", fields=("number",)),
            options=(
                Option("ring", Kind.DURATION, "how long the phone rings"),
                Option(
                    "caller_id",
                    Kind.PHONE,
                    "the number that is shown; without it the number the caller dialed",
                ),
                Option("screen", Kind.PROMPT, "the callee hears it first, and must press 1"),
                Option("next", Kind.OUTCOMES, "where the outcomes lead; answered ends the call"),
            ),
            outcomes=(
                OutcomeSpec("answered", "the callee has left after the talk", otherwise=HANG_UP),
                OutcomeSpec("busy", "the line is busy", needed=True),
                OutcomeSpec("no_answer", "nobody picked up", needed=True),
                OutcomeSpec(
                    "declined",
                    "the callee refused the call, or did not press 1",
                    needed_with="screen",
                    like="busy",
                ),
                OutcomeSpec("failed", "the number cannot be reached", needed=True),
            ),
            help="Calls an outside line and joins the caller with it. After the talk the call"
            " ends, unless `answered` leads somewhere.",
            example='- dial: "+31201234567"\n  ring: 30s'
            "\n  next: {busy: voicemail, no_answer: voicemail, failed: voicemail}",
            person=True,
            busy=True,
            also=("bridge", "connect"),
        ),
    )

    number: Expression
    next: dict[str, Destination]
    ring: timedelta = timedelta(seconds=30)
    caller_id: Expression | None = None
    screen: str = ""

    def enter(self, run: FlowRun, speaker: Speaker, turn: Turn) -> Destination | Dial:
        """Dial, if the number may be dialed."""
        number = dialable(run, self.number, speaker, turn)
        if not number:
            return self.after("failed")
        own = speaker.phone_number(run, self.caller_id, turn) or run.called_number
        return Dial(number, self.ring, own, self.screen)

    def words(self) -> str:
        """The verb and the number."""
        return f"dial {self.number.text}"


def dialable(run: FlowRun, expression: Expression, speaker: Speaker, turn: Turn) -> str:
    """The number to dial, with the caller ready for the talk; empty, and reported, if it may not
    be dialed.
    """
    number = speaker.phone_number(run, expression, turn)
    if refusal := speaker.flow.outside.refusal(number):
        flow_event.flow_failed(run, refusal, turn)
        return ""
    speaker.answer(run, turn)
    run.typed_ahead = ""  # it would be of another time once the line has left
    run.activity = Activity.CONNECTED
    return number
