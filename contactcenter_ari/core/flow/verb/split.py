"""The verb `split`."""

from zlib import crc32

from contactcenter_ari.core.flow.language.destination import ON, Destination, Exit, Lead
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb.spec import FlowVerb, Kind, Option, VerbSpec
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.ids import CallId


class Split(FlowVerb, frozen=True, tag="split"):
    """Send callers to sections by shares in percent, for trials; the same call always goes the
    same way.
    """

    specs = (
        VerbSpec(
            value=Option("split", Kind.SHARES, "the shares add up to 100", fields=("shares",)),
            help="Sends callers one way or another by chance, for trials. The same call always"
            " goes the same way.",
            example="- split: {new_menu: 10, main_menu: 90}",
            also=("percentage", "distribute", "random"),
        ),
    )

    shares: tuple[tuple[Destination, int], ...]

    def enter(self, run: FlowRun, _speaker: Speaker, _turn: Turn) -> Destination:
        """Choose by the call."""
        return pick(self.shares, run.call)

    def exits(self) -> tuple[Exit, ...]:
        """All ways."""
        return tuple(Exit(f"{share}%", lead) for lead, share in self.shares)

    def leads(self) -> tuple[Lead, ...]:
        """All ways."""
        return tuple((f"{percent} %", destination) for destination, percent in self.shares)

    def words(self) -> str:
        """The verb and the shares."""
        parts = [f"{percent} % {to.section or to.way}" for to, percent in self.shares]
        return f"split {', '.join(parts)}"


def pick(shares: tuple[tuple[Destination, int], ...], call: CallId) -> Destination:
    """One of the ways by its share in percent; chance comes from the call's id, so a replay
    goes the same way.
    """
    point = crc32(call.encode()) % max(1, sum(share for _, share in shares))
    for destination, share in shares:
        point -= share
        if point < 0:
            return destination
    return ON
