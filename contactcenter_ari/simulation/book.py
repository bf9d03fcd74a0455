"""What the ledger knows of one agent and of one interaction, from events alone."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from contactcenter_ari.core.agents.state import LOGGED_OUT, MOVES
from contactcenter_ari.core.vocabulary.event import AgentState, AgentStateChanged, SegmentEnded
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    InteractionId,
    LegId,
    OfferId,
    PhoneId,
    QueueName,
    own_line,
)

OWN_CALL_LIMIT = timedelta(minutes=6)
"""A call to a feature code whose end we did not hear of is over by then."""


@dataclass(slots=True)
class AgentBook:
    """One agent; `spent` is the signed-in time by state, `signed_in` the same by the clock."""

    agent: AgentId
    phone: PhoneId
    queues: tuple[QueueName, ...]
    since: datetime
    state: AgentState = LOGGED_OUT
    reason: str = ""
    removed: bool = False
    offer: OfferId | None = None
    talk: InteractionId | None = None
    own_calls: dict[LegId, datetime] = field(default_factory=dict)
    spent: dict[AgentState, timedelta] = field(default_factory=dict)
    signed_in: timedelta = timedelta()
    signed_in_at: datetime | None = None

    def move(self, event: AgentStateChanged) -> None:
        """Follow a move; it must begin where the last one ended and stand in the table."""
        before = (event.before, event.before_reason, event.since)
        assert before == (self.state, self.reason, self.since), (self, event)
        assert event.after in MOVES[event.before], event
        if self.state is not LOGGED_OUT:
            so_far = self.spent.get(self.state, timedelta())
            self.spent[self.state] = so_far + event.at - event.since
        if event.before is LOGGED_OUT:
            self.signed_in_at = event.at
        if event.after is LOGGED_OUT and self.signed_in_at is not None:
            self.signed_in += event.at - self.signed_in_at
            self.signed_in_at = None
            assert sum(self.spent.values(), timedelta()) == self.signed_in, self
        self.state, self.reason, self.since = event.after, event.reason, event.at

    def serves(self, queue: QueueName | None) -> bool:
        """Whether calls of this queue, or in the agent's own line, are the agent's."""
        return queue in self.queues or queue == own_line(self.agent)

    def may_be_calling(self, now: datetime) -> bool:
        """Whether a call of the agent's own may still be going on."""
        return any(now - began < OWN_CALL_LIMIT for began in self.own_calls.values())


class Place(StrEnum):
    """Where an interaction is; in exactly one place."""

    FLOW = "flow"
    QUEUE = "queue"
    ANSWERED = "answered"
    TALK = "talk"
    ENDED = "ended"


@dataclass(slots=True)
class InteractionBook:
    """One interaction; its segments must follow each other without a gap."""

    interaction: InteractionId
    covered_until: datetime
    place: Place = Place.FLOW
    queue: QueueName | None = None
    joined_at: datetime | None = None
    rank: tuple[datetime, int] | None = None
    offer: OfferId | None = None
    agent: AgentId | None = None
    outside: int = 0
    skipped: dict[AgentId, datetime] = field(default_factory=dict)

    def go(self, after: Place, *before: Place) -> None:
        """Move on from one of the places given."""
        assert self.place in before, f"from {self.place} to {after}: {self}"
        self.place = after

    def cover(self, segment: SegmentEnded) -> None:
        """Lay the next segment on the timeline."""
        assert segment.started_at == self.covered_until, (self, segment)
        self.covered_until = segment.at

    def skips(self, agent: AgentId, now: datetime) -> bool:
        """Whether the agent let this caller pass a short while ago."""
        return agent in self.skipped and now < self.skipped[agent]
