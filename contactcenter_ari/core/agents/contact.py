"""The contacts of agents: reserved for an offer, in the talk, and free again."""

from datetime import timedelta

from contactcenter_ari.core.agents.agent import Agent, Contact, Wanted
from contactcenter_ari.core.agents.agent_move import CENTER, AgentMoves
from contactcenter_ari.core.agents.staffing import Staffing
from contactcenter_ari.core.agents.state import NOT_READY, OFFERED, ON_CALL, READY, WRAP_UP
from contactcenter_ari.core.agents.wrap_up import WrapUps
from contactcenter_ari.core.agents.wrap_up_rule import WrapUpRule
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.ids import QueueName

NO_WRAP_UP = WrapUpRule(ends_after=timedelta())


class Contacts:
    """Takes agents into contacts of queues, and out of them."""

    def __init__(self, moves: AgentMoves, staffing: Staffing, wrap_ups: WrapUps) -> None:
        self._moves = moves
        self._staffing = staffing
        self._wrap_ups = wrap_ups
        self._reserved = 0

    def __repr__(self) -> str:
        return f"<Contacts, {self._reserved} agents reserved by now>"

    # Offers

    def reserve(self, agent: Agent, queue: QueueName, turn: Turn) -> None:
        """Set the agent aside for one offer of a queue, before the phone rings."""
        self._moves.make(agent, Wanted(OFFERED, "", CENTER), turn)
        self._reserved += 1
        agent.last_turn[queue] = self._reserved

    def release(self, agent: Agent, turn: Turn) -> None:
        """The offer is withdrawn: READY again with the idle time kept."""
        self._moves.make_kept(agent, Wanted(READY, "", CENTER), turn)

    def miss(
        self,
        agent: Agent,
        reason: str,
        limit: int,
        turn: Turn,
        *,
        is_kept: bool = False,
        return_after: timedelta | None = None,
    ) -> None:
        """The agent let an offer pass; after `limit` in a row for this reason, whatever passed for
        others, they are NOT_READY(reason), also for a while; one who `is_kept` stays READY.
        """
        agent.misses[reason] = agent.misses.get(reason, 0) + 1
        if is_kept or agent.misses[reason] < limit:
            self._moves.make_kept(agent, Wanted(READY, "", CENTER), turn)
            return
        is_sent_away = agent.wanted is None and not agent.removed
        self._moves.make_kept(agent, Wanted(NOT_READY, reason, CENTER), turn)
        if is_sent_away and return_after is not None:
            turn.clockwork.wake(Wake.MISS_RETURN, agent.id, turn.now + return_after)

    # Talks

    def connect(self, agent: Agent, contact: Contact, turn: Turn) -> None:
        """Caller and agent talk."""
        self._moves.make(agent, Wanted(ON_CALL, "", CENTER), turn)
        agent.misses.clear()
        agent.contact = contact
        self._staffing.talk_began(agent, contact.queue)

    def finish_talk(self, agent: Agent, rule: WrapUpRule, turn: Turn) -> None:
        """The talk is over, the work after it begins; it keeps the agent from all queues."""
        self._moves.make(agent, Wanted(WRAP_UP, "", CENTER), turn)
        if agent.contact is not None:
            self._staffing.talk_ended(agent.contact.queue)
        self._wrap_ups.begin(agent, rule, turn)

    def finish_unmet(self, agent: Agent, turn: Turn) -> None:
        """There was nobody to talk to after all: no contact, nothing to write down, and free
        again at once. The idle clock begins anew, for the agent was not idle.
        """
        if agent.contact is not None:
            self._staffing.talk_ended(agent.contact.queue)
        agent.contact = None
        self.finish_talk(agent, NO_WRAP_UP, turn)

    def set_free(self, agent: Agent, turn: Turn) -> None:
        """Nothing is left of what the agent was in: free again, by the moves that are allowed."""
        if agent.state is OFFERED:
            self.release(agent, turn)
        elif agent.state is ON_CALL:
            self.finish_talk(agent, NO_WRAP_UP, turn)
        elif agent.state is WRAP_UP:
            self._wrap_ups.finish(agent, CENTER, turn)
