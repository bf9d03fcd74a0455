"""The account of one interaction in the ledger, from events alone."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.vocabulary.event import OfferResult, SegmentEnded, SegmentKind
from contactcenter_ari.core.vocabulary.ids import AgentId, InteractionId, LegId
from contactcenter_ari.simulation.stay import Stay

RING_AGAIN_AFTER = timedelta(seconds=5)
"""So soon a caller is offered again to all who let it ring, if there is nobody else; and no
sooner to one whom we failed to ring, who was lost in the talk, or who stays READY as the last of a
queue.
"""


class Place(StrEnum):
    """The place of an interaction; it is in exactly one."""

    FLOW = "flow"
    QUEUE = "queue"
    ANSWERED = "answered"
    TALK = "talk"
    ENDED = "ended"


@dataclass(slots=True)
class InteractionAccount:
    """One interaction; its segments must follow each other without a gap. One that was `moved` has
    the same place in the next line, and waits there for none who is `skipped`. `stay` is that in a
    line, present or last; `agent` is talked to. An `outbound` one is with a customer we call back,
    who may be offered before they are called, and is `rung` until they answer.
    """

    interaction: InteractionId
    leg: LegId
    covered_until: datetime
    place: Place = Place.FLOW
    stay: Stay | None = None
    moved: bool = False
    skipped: dict[AgentId, datetime] = field(default_factory=dict)
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

    def spend(self, segment: SegmentEnded, settings: QueueSettings | None) -> None:
        """Lay the next segment on the timeline; a gap lies within a talk."""
        if segment.kind is SegmentKind.GAP:
            self._note_gap(segment, settings)
            return
        assert segment.started_at == self.covered_until, (self, segment)
        self.covered_until = segment.at
        if segment.kind is SegmentKind.FLOW:
            self.moved, self.skipped = False, {}
        if segment.kind is SegmentKind.TALK:
            self.go(Place.FLOW, Place.TALK)
            self.agent = None

    def _note_gap(self, gap: SegmentEnded, settings: QueueSettings | None) -> None:
        """An agent was lost in the talk. If they did not come back, the caller may wait at the old
        place, and not for that agent.
        """
        assert (self.place, self.agent) == (Place.TALK, gap.agent), (self, gap)
        if gap.result != OfferResult.ACCEPTED and settings is not None:
            pause = max(settings.miss_pause, RING_AGAIN_AFTER)
            self.moved, self.skipped = True, {AgentId(gap.agent): gap.at + pause}
