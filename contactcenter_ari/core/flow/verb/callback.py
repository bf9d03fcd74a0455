"""The verb `callback`."""

from datetime import timedelta

import msgspec

from contactcenter_ari.core.flow.language.destination import Destination
from contactcenter_ari.core.flow.language.expression import Expression
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb.spec import (
    Contradiction,
    Kind,
    Option,
    OutcomeSpec,
    OutcomeVerb,
    VerbSpec,
)
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.ids import QueueName

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class BookCallback(OutcomeVerb, frozen=True, tag="callback"):
    """Book a callback; the position in the queue is kept. Without a number it is the caller's own.
    Outcomes booked, refused.
    """

    specs = (
        VerbSpec(
            value=Option("callback", Kind.QUEUE, "whose agents call back", fields=("queue",)),
            options=(
                Option(
                    "number", Kind.OUTSIDE, "where to call back; without it the caller's number"
                ),
                Option("hours", Kind.HOURS, "calls back only within these hours"),
                Option("attempts", Kind.NUMBER, "how often it is tried", most=10),
                Option(
                    "retry_after", Kind.DURATION, "how long between two attempts", least=MINUTE
                ),
                Option(
                    "expires",
                    Kind.DURATION,
                    "after this long it is given up",
                    least=MINUTE,
                    most=7 * DAY,
                ),
                Option("next", Kind.OUTCOMES, "where the outcomes lead; one left out goes on"),
            ),
            outcomes=(
                OutcomeSpec("booked", "the callback is booked"),
                OutcomeSpec(
                    "refused",
                    "the number may not be called or has a callback already, or no hours are left",
                ),
            ),
            help="Books a callback. The position in the queue is kept, also when a key in the"
            " queue led here.",
            example="- callback: claims\n  number: callback_number\n  attempts: 3"
            "\n  next: {booked: goodbye, refused: sorry}",
            person=True,
        ),
    )

    queue: QueueName
    next: dict[str, Destination]
    number: Expression | None = None
    hours: str = ""
    attempts: int = 3
    retry_after: timedelta = timedelta(minutes=15)
    expires: timedelta = timedelta(hours=24)

    def enter(self, run: FlowRun, speaker: Speaker, turn: Turn) -> "Destination | RequestCallback":
        """Ask for the callback, if the number may be dialed."""
        number = speaker.phone_number(run, self.number, turn) or run.caller_number
        if not speaker.flow.outside.permits(number):
            return self.after("refused")
        return RequestCallback(self, number)

    def subject(self) -> str:
        """The queue."""
        return self.queue

    def contradictions(self) -> tuple[Contradiction, ...]:
        """All attempts must fit in before it expires."""
        if (self.attempts - 1) * self.retry_after < self.expires:
            return ()
        message = f"the callback expires before all {self.attempts} attempts can be made"
        return (Contradiction(message, ("expires", "attempts", "retry_after")),)


class RequestCallback(msgspec.Struct, frozen=True):
    """The flow asks for a callback to a number."""

    step: BookCallback
    number: str
