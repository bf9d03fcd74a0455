"""The verb `tag`."""

from contactcenter_ari.core.flow import flow_event
from contactcenter_ari.core.flow.language.destination import ON, Destination
from contactcenter_ari.core.flow.language.expression import Expression, pairs_in_words
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb.spec import FlowVerb, Kind, Option, VerbSpec
from contactcenter_ari.core.turn import Turn


class Tag(FlowVerb, frozen=True, tag="tag"):
    """Note a tag of the interaction for reports and the screen pop."""

    specs = (
        VerbSpec(
            value=Option("tag", Kind.TAGS, "the tags and their values", fields=("tags",)),
            help="Notes something about the call for reports and for the screen of the agent."
            " Secrets that were typed are never part of it.",
            example="- tag: {customer: customer.customer_id}",
            at_hang_up=True,
        ),
    )

    tags: tuple[tuple[str, Expression], ...]

    def enter(self, run: FlowRun, speaker: Speaker, turn: Turn) -> Destination:
        """Note the tags."""
        for key, expression in self.tags:
            run.tags[key] = speaker.without_secrets(run, speaker.text(run, expression, turn))
            flow_event.tagged(run, key, run.tags[key], turn)
        return ON

    def words(self) -> str:
        """The verb and its tags."""
        return f"tag {pairs_in_words(self.tags)}"
