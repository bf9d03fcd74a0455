"""What the ledger knows of one agent, from inputs and events alone."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contactcenter_ari.core.agents.state import LOGGED_OUT, MOVES, NOT_READY, READY
from contactcenter_ari.core.vocabulary.event import AgentState, AgentStateChanged
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    InteractionId,
    LegId,
    OfferId,
    QueueName,
    own_line,
)
from contactcenter_ari.core.vocabulary.request import AgentProfile
from contactcenter_ari.core.vocabulary.skill import Skills

OWN_CALL_LIMIT = timedelta(minutes=6)
"""A call to a feature code whose end we did not hear of is over by then."""


@dataclass(slots=True)
class AgentBook:
    """One agent; `spent` is the signed-in time by state, `signed_in` the same by the clock."""

    profile: AgentProfile
    since: datetime
    reachable: bool = False
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

    @property
    def agent(self) -> AgentId:
        """The agent's id."""
        return self.profile.agent

    @property
    def is_signed_in(self) -> bool:
        """Whether the agent is in any state but logged out."""
        return self.state is not LOGGED_OUT

    @property
    def takes_calls(self) -> bool:
        """Whether a call may come to the agent now, or after the one he is in."""
        return self.reachable and self.state not in {LOGGED_OUT, NOT_READY}

    def is_free(self, now: datetime) -> bool:
        """Whether an offer may be made."""
        return self.state is READY and self.reachable and not self.may_be_calling(now)

    def has(self, levels: Skills) -> bool:
        """Whether the agent's skills are as good."""
        return all(self.profile.skills.get(skill, 0) >= least for skill, least in levels.items())

    def serves(self, queue: QueueName) -> bool:
        """Whether calls of this queue, or in the agent's own line, are the agent's."""
        return queue in self.profile.queues or queue == own_line(self.agent)

    def check_seconds(self, now: datetime) -> None:
        """Assert that the seconds by state add up to the signed-in time."""
        spent = sum(self.spent.values(), timedelta())
        signed_in = self.signed_in
        if self.signed_in_at is not None:
            spent += now - self.since
            signed_in += now - self.signed_in_at
        assert spent == signed_in, self

    def may_be_calling(self, now: datetime) -> bool:
        """Whether a call of the agent's own may still be going on."""
        return any(now - began < OWN_CALL_LIMIT for began in self.own_calls.values())
