"""The verb `language`."""

from contactcenter_ari.core.flow.language.destination import ON, Destination
from contactcenter_ari.core.flow.language.expression import Expression
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb.spec import FlowVerb, Kind, Option, VerbSpec
from contactcenter_ari.core.turn import Turn


class Language(FlowVerb, frozen=True, tag="language"):
    """Speak another language from now on; one the flow does not have changes nothing."""

    specs = (
        VerbSpec(
            value=Option("language", Kind.LANGUAGE, "which language"),
            help="Prompts are said in this language from now on. A value that is none of the"
            " flow's languages changes nothing.",
            example="- language: nl",
        ),
    )

    language: Expression

    def enter(self, run: FlowRun, speaker: Speaker, turn: Turn) -> Destination:
        """Speak it, if the flow does."""
        language = speaker.text(run, self.language, turn)
        if speaker.speaks(language):
            run.language = language
        return ON

    def words(self) -> str:
        """The verb and the language."""
        return f"language {self.language.text}"
