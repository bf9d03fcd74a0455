"""The account of one interaction in the ledger, from events alone."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contactcenter_ari.core.vocabulary.event import SegmentEnded
from contactcenter_ari.core.vocabulary.ids import AgentId, InteractionId, LegId
from contactcenter_ari.simulation.stay import Stay


class Place(StrEnum):
    """Where an interaction is; in exactly one place."""

    FLOW = "flow"
    QUEUE = "queue"
    ANSWERED = "answered"
    TALK = "talk"
    ENDED = "ended"


@dataclass(slots=True)
class InteractionAccount:
    """One interaction; its segments must follow each other without a gap. `stay` is that in a
    line, present or last; `agent` is talked to. An `outbound` one is with a customer we call back,
    who may be offered before they are called, and is `rung` until they answer.
    """

    interaction: InteractionId
    leg: LegId
    covered_until: datetime
    place: Place = Place.FLOW
    stay: Stay | None = None
    moved: bool = False
    agent: AgentId | None = None
    outside: int = 0
    outbound: bool = False
    rung: bool = False

    @property
    def present(self) -> Stay:
        """The stay of a caller who waits."""
        assert self.place is Place.QUEUE, self
        assert self.stay is not None, self
        return self.stay

    @property
    def offerable(self) -> Stay:
        """The stay of a caller who waits, or the place kept for a customer not yet called."""
        if not self.outbound or self.place is not Place.FLOW:
            return self.present
        assert self.stay is not None, self
        return self.stay

    def go(self, after: Place, *before: Place) -> None:
        """Move on from one of the places given."""
        assert self.place in before, f"from {self.place} to {after}: {self}"
        self.place = after

    def cover(self, segment: SegmentEnded) -> None:
        """Lay the next segment on the timeline."""
        assert segment.started_at == self.covered_until, (self, segment)
        self.covered_until = segment.at
