"""The agents by id: who there is, at which phone, and which of them changed.

`mark_changed` follows every change, for there agents are counted. Nothing but `__iter__` goes over
all agents. Iteration is in the order agents were added, so it can be replayed.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.agents.staffing import Staffing
from contactcenter_ari.core.agents.state import LOGGED_OUT
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.vocabulary.ids import AgentId, LegId, PhoneId
from contactcenter_ari.core.vocabulary.request import AgentProfile


class Roster:
    """The agents of the center; `window` is over how long occupancy is weighed."""

    def __init__(self, window: timedelta, staffing: Staffing) -> None:
        self.window = window
        self._staffing = staffing
        self._agents: dict[AgentId, Agent] = {}
        self._by_phone: dict[PhoneId, Agent] = {}
        self._reachable: dict[PhoneId, str] = {}
        self._changed: dict[Agent, None] = {}

    def __repr__(self) -> str:
        logged_in = sum(a.state is not LOGGED_OUT for a in self)
        return f"<Roster {len(self._agents)} agents, {logged_in} logged in>"

    def __iter__(self) -> Iterator[Agent]:
        """All agents in the order they were added."""
        return iter(self._agents.values())

    def get(self, agent: AgentId) -> Agent:
        """The agent of that id.

        Raises:
            RequestRefused: `unknown_agent`.
        """
        found = self._agents.get(agent)
        if found is None:
            raise RequestRefused("unknown_agent", f"there is no agent {agent}")
        return found

    def find(self, agent: AgentId) -> Agent | None:
        """The agent of that id, if there is one."""
        return self._agents.get(agent)

    def at_phone(self, phone: PhoneId) -> Agent | None:
        """The agent whose phone this is."""
        return self._by_phone.get(phone)

    # Changes

    def mark_changed(self, agent: Agent) -> None:
        """Have an agent counted and looked at again, after a change or without one."""
        self._staffing.recount(agent)
        self._changed[agent] = None

    def take_changed(self) -> list[Agent]:
        """The agents whose state, profile, reachability or non-ACD calls changed since this was
        last asked: each once, the first to change first; also agents who were removed and are free
        no more.
        """
        changed = list(self._changed)
        self._changed.clear()
        return changed

    # The directory

    def put(self, profile: AgentProfile, now: datetime) -> None:
        """Add an agent or change their profile."""
        agent = self._agents.get(profile.agent)
        if agent is None:
            agent = Agent(profile, self.window, now)
            self._agents[profile.agent] = agent
        elif self._by_phone.get(agent.profile.phone) is agent:
            del self._by_phone[agent.profile.phone]
        self._staffing.leave(agent, now)
        agent.take_profile(profile)
        agent.removed = False
        agent.reachable = profile.phone in self._reachable
        self._by_phone[profile.phone] = agent
        self._staffing.begin_counting(agent)
        self._staffing.join(agent, now)
        self.mark_changed(agent)

    def forget(self, agent: Agent) -> None:
        """There is no such agent any more."""
        self.mark_changed(agent)
        del self._agents[agent.id]
        if self._by_phone.get(agent.profile.phone) is agent:
            del self._by_phone[agent.profile.phone]

    # Phones

    def set_reachable(self, phone: PhoneId, *, at: str | None) -> None:
        """Note the node at which a phone is registered, known to the directory or not, if any."""
        if at is not None:
            self._reachable[phone] = at
        else:
            self._reachable.pop(phone, None)
        agent = self._by_phone.get(phone)
        if agent is not None and agent.reachable != (at is not None):
            agent.reachable = at is not None
            self.mark_changed(agent)

    def reachable_phones(self, node: str) -> list[PhoneId]:
        """Phones that are registered at a node, as far as we know."""
        return [phone for phone, at in self._reachable.items() if at == node]

    def add_non_acd_leg(self, agent: Agent, leg: LegId, now: datetime) -> None:
        """The agent is on a non-ACD call."""
        self._staffing.leave(agent, now)
        agent.add_non_acd_leg(leg, now)
        self._staffing.join(agent, now)
        self.mark_changed(agent)

    def drop_non_acd_leg(self, agent: Agent, leg: LegId, now: datetime) -> None:
        """That call is over."""
        self._staffing.leave(agent, now)
        agent.drop_non_acd_leg(leg, now)
        self._staffing.join(agent, now)
        self.mark_changed(agent)
