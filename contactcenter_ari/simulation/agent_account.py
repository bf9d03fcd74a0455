"""The account of one agent in the ledger, from inputs and events alone."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contactcenter_ari.core.agents.state import (
    IN_A_CALL,
    LOGGED_OUT,
    MOVES,
    NOT_READY,
    ON_CALL,
    READY,
)
from contactcenter_ari.core.site.site import Input
from contactcenter_ari.core.vocabulary.event import AgentState, AgentStateChanged
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    InteractionId,
    LegId,
    OfferId,
    QueueName,
    own_line,
)
from contactcenter_ari.core.vocabulary.request import (
    AgentProfile,
    GoNotReady,
    GoReady,
    LogIn,
    LogOut,
    RemoveAgent,
)
from contactcenter_ari.core.vocabulary.skill import Skills

NON_ACD_CALL_LIMIT = timedelta(minutes=6)
"""A call to a feature code whose end we did not hear of is over by then."""


@dataclass(slots=True)
class AgentAccount:
    """One agent; `spent` is the logged-in time by state, `logged_in` the same by the clock. One
    who is `leaving` has asked to take no calls after the present one, and one who is `going_home`
    to be logged out then; while `unmet` the customer of `talk` is still being called. One who is
    `excused` has missed no call: nobody took it.
    """

    profile: AgentProfile
    since: datetime
    reachable: bool = False
    state: AgentState = LOGGED_OUT
    reason: str = ""
    removed: bool = False
    leaving: bool = False
    excused: bool = False
    going_home: bool = False
    offer: OfferId | None = None
    talk: InteractionId | None = None
    unmet: bool = False
    chosen: tuple[QueueName, ...] | None = None
    non_acd_calls: dict[LegId, datetime] = field(default_factory=dict)
    spent: dict[AgentState, timedelta] = field(default_factory=dict)
    logged_in: timedelta = timedelta()
    logged_in_at: datetime | None = None

    def move(self, event: AgentStateChanged) -> None:
        """Follow a move; it must begin where the last one ended and stand in the table."""
        before = (event.before, event.before_reason, event.since)
        assert before == (self.state, self.reason, self.since), (self, event)
        assert event.after in MOVES[event.before], event
        if self.state is not LOGGED_OUT:
            so_far = self.spent.get(self.state, timedelta())
            self.spent[self.state] = so_far + event.at - event.since
        if event.before is LOGGED_OUT:
            self.logged_in_at = event.at
        if event.after is LOGGED_OUT:
            self.chosen = None
        if event.after is LOGGED_OUT and self.logged_in_at is not None:
            self.logged_in += event.at - self.logged_in_at
            self.logged_in_at = None
            assert sum(self.spent.values(), timedelta()) == self.logged_in, self
        if event.before is ON_CALL:
            self.talk, self.unmet = None, False
        if event.after not in IN_A_CALL:
            assert not self.excused or event.reason != "no_answer", f"nobody's miss: {event}"
            self.leaving = self.going_home = self.excused = False
        self.state, self.reason, self.since = event.after, event.reason, event.at

    @property
    def agent(self) -> AgentId:
        """The agent's id."""
        return self.profile.agent

    @property
    def stays(self) -> bool:
        """Whether the agent is logged in and has not asked to log out."""
        return self.state is not LOGGED_OUT and not self.going_home and not self.removed

    @property
    def takes_calls(self) -> bool:
        """Whether a call may come to the agent now, or after the present one."""
        stays = not self.leaving and not self.removed
        return self.reachable and stays and self.state not in {LOGGED_OUT, NOT_READY}

    def is_free(self, now: datetime) -> bool:
        """Whether an offer may be made."""
        return self.state is READY and self.reachable and not self.may_be_calling(now)

    def has(self, levels: Skills) -> bool:
        """Whether the agent's skills are as good."""
        return all(self.profile.skills.get(skill, 0) >= least for skill, least in levels.items())

    def serves(self, queue: QueueName) -> bool:
        """Whether calls of this queue, or in the agent's own line, are the agent's."""
        if self.chosen is not None and queue not in self.chosen:
            return queue == own_line(self.agent)
        return queue in self.profile.queues or queue == own_line(self.agent)

    def want(self, request: Input) -> None:
        """The agent asks for another state; during a call that is kept until it is over."""
        match request:
            case LogIn(queues=queues, not_ready=str()):
                self.chosen = self.chosen if queues is None else queues
                self.leaving, self.going_home = self.state in IN_A_CALL, False
            case LogIn(queues=tuple() as queues):
                self.chosen = queues
                self.leaving = self.going_home = False
            case LogIn() | GoReady():
                self.leaving = self.going_home = False
            case LogOut() | GoNotReady() | RemoveAgent():
                self.leaving = self.state in IN_A_CALL
                self.going_home = self.leaving and not isinstance(request, GoNotReady)
            case _:
                pass

    def check_seconds(self, now: datetime) -> None:
        """Assert that the seconds by state add up to the logged-in time."""
        spent = sum(self.spent.values(), timedelta())
        logged_in = self.logged_in
        if self.logged_in_at is not None:
            spent += now - self.since
            logged_in += now - self.logged_in_at
        assert spent == logged_in, self

    def may_be_calling(self, now: datetime) -> bool:
        """Whether a call of the agent's own may still be going on."""
        return any(now - began < NON_ACD_CALL_LIMIT for began in self.non_acd_calls.values())
