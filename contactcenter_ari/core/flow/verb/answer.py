"""The verb `answer`."""

from contactcenter_ari.core.flow.language.destination import ON, Destination
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb.spec import FlowVerb, Kind, Option, VerbSpec
from contactcenter_ari.core.turn import Turn


class Answer(FlowVerb, frozen=True, tag="answer"):
    """Pick up; a no-op when already answered."""

    specs = (
        VerbSpec(
            value=Option("answer", Kind.NOTHING, "nothing stands after it"),
            help="Picks up. Whatever the caller has to hear or to type picks up as well, so it is"
            " needed only where the call shall count as answered before.",
            example="- answer",
        ),
    )

    @staticmethod
    def enter(run: FlowRun, speaker: Speaker, turn: Turn) -> Destination:
        """Pick up, unless the call is answered already."""
        speaker.answer(run, turn)
        return ON
