"""One agent: state, clocks, and what is wanted next."""

from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from contactcenter_ari.core.agents.occupancy import Occupancy
from contactcenter_ari.core.agents.state import LOGGED_OUT, MOVES, NOT_READY, ON_CALL, READY
from contactcenter_ari.core.agents.wrap_up_rule import WrapUp
from contactcenter_ari.core.move import move
from contactcenter_ari.core.vocabulary.event import AgentState
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    InteractionId,
    LegId,
    QueueName,
    own_line,
)
from contactcenter_ari.core.vocabulary.request import AgentProfile


class Wanted(msgspec.Struct, frozen=True):
    """A move asked for during a call, to be made once it is over."""

    state: AgentState
    reason: str
    by: str


class Contact(msgspec.Struct, frozen=True):
    """The interaction the agent talks in or writes up; reserved for it `since`."""

    interaction: InteractionId
    queue: QueueName
    since: datetime


class Finished(msgspec.Struct, frozen=True):
    """A contact that is over, and all it cost the agent, from being reserved for it."""

    agent: AgentId
    queue: QueueName
    duration: timedelta


class Counted(NamedTuple):
    """The groups in which an agent is counted in each of these queues."""

    queues: tuple[QueueName, ...] = ()
    stays: bool = False
    takes_calls: bool = False


UNCOUNTED = Counted()


class Agent:
    """An agent as distribution sees them. `last_contact_end` is the one idle clock over all
    queues: the end of the last wrap-up, or the log-in if there was no contact yet. `calls_taken`
    counts the calls of each of the agent's queues since log-in, begun at the colleagues' mean.
    `last_turn` says which of all offers was the agent's last from a queue (none: never), and
    `misses` how many offers in a row the agent let pass for each reason. `counted` is kept by
    `Staffing`.
    """

    def __init__(self, profile: AgentProfile, window: timedelta, now: datetime) -> None:
        self._chosen: tuple[QueueName, ...] | None = None
        self.take_profile(profile)
        self.state = LOGGED_OUT
        self.reason = ""
        self.since = now
        self.paused_at = now
        self.last_contact_end = now
        self._ready_since_contact = timedelta()
        self._counted_at = now
        self.wanted: Wanted | None = None
        self.contact: Contact | None = None
        self.disposition = ""
        self.wrap_up: WrapUp | None = None
        self.misses: dict[str, int] = {}
        self.calls_taken: dict[QueueName, int] = {}
        self.last_turn: dict[QueueName, int] = {}
        self.reachable = False
        self.removed = False
        self.non_acd_legs: dict[LegId, None] = {}
        self.occupancy = Occupancy(window, now)
        self.counted = UNCOUNTED

    def __repr__(self) -> str:
        reason = f"({self.reason})" if self.reason else ""
        return f"<Agent {self.id}: {self.state}{reason} since {self.since:%H:%M:%S}>"

    def take_profile(self, profile: AgentProfile) -> None:
        """The directory's profile of the agent from now on."""
        self.profile = profile
        self.id: AgentId = profile.agent
        self.choose(self._chosen)

    def choose(self, chosen: tuple[QueueName, ...] | None) -> None:
        """Serve no other queues than these, of those the directory has; None: serve them all.
        `lines` are where calls for the agent may wait: the queues served, and the own line.
        """
        self._chosen = chosen
        known = self.profile.queues
        self.queues = known if chosen is None else tuple(q for q in known if q in chosen)
        self.lines: tuple[QueueName, ...] = (*self.queues, own_line(self.id))

    @property
    def takes_calls(self) -> bool:
        """Whether a call may be offered now or once the present one is over: READY, or busy and
        coming back, with a registered phone. A pause or a log-out asked for during a call counts
        at once.
        """
        leaves = self.wanted is not None or self.removed
        return self.reachable and self.state not in {LOGGED_OUT, NOT_READY} and not leaves

    @property
    def stays(self) -> bool:
        """Whether the agent is logged in, paused or not, and has not asked to log out."""
        leaves = self.removed or (self.wanted is not None and self.wanted.state is LOGGED_OUT)
        return self.state is not LOGGED_OUT and not leaves

    @property
    def is_free(self) -> bool:
        """Whether an offer may be made: READY, phone registered, on no non-ACD call."""
        return self.state is READY and self.reachable and not self.non_acd_legs

    def idle_for(self, now: datetime) -> timedelta:
        """How long since the last contact; pauses count like waiting."""
        return now - self.last_contact_end

    @property
    def counts_as(self) -> AgentState:
        """The state that the agent's time now counts as. On a non-ACD call a READY agent waits for
        no caller, and is as busy as in any call.
        """
        return ON_CALL if self.state is READY and self.non_acd_legs else self.state

    def ready_for(self, now: datetime) -> timedelta:
        """How much of the time since the last contact was spent in READY, on no non-ACD call."""
        running = now - self._counted_at if self.counts_as is READY else timedelta()
        return self._ready_since_contact + running

    def share(self, now: datetime) -> float:
        """How occupied the agent is, 0 to 1, see `Occupancy`."""
        return self.occupancy.share(now, self.counts_as)

    def add_non_acd_leg(self, leg: LegId, now: datetime) -> None:
        """A non-ACD call of the agent begins."""
        self._count(now)
        self.non_acd_legs[leg] = None

    def drop_non_acd_leg(self, leg: LegId, now: datetime) -> None:
        """That call is over; one we never heard of is fine."""
        self._count(now)
        self.non_acd_legs.pop(leg, None)

    def move_to(self, after: AgentState, reason: str, now: datetime) -> None:
        """Make an allowed move and bring the clocks up to date.

        Raises:
            IllegalMove: the state table does not allow it; nothing is changed.
        """
        before, moved = self.state, move(MOVES, self.state, after)
        self._count(now)
        self.state = moved
        if before is not NOT_READY:  # another reason goes on with the same pause
            self.paused_at = now
        self.reason = reason
        self.since = now

    def end_contact(self, now: datetime) -> None:
        """Restart the idle clock; what was noted of the contact is told, and forgotten."""
        self.last_contact_end = now
        self._ready_since_contact = timedelta()
        self.contact = None
        self.disposition = ""
        self.wrap_up = None

    def _count(self, now: datetime) -> None:
        """Count the time up to now, before what it counts as changes."""
        self.occupancy.advance(now, self.counts_as)
        self._ready_since_contact = self.ready_for(now)
        self._counted_at = now
