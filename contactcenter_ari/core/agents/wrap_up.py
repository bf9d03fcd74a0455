"""The work after talks: it begins with the end of the talk, and is ended by time or by request."""

from contactcenter_ari.core.agents.agent import Agent, Contact, Finished, Wanted
from contactcenter_ari.core.agents.agent_move import CENTER, AgentMoves
from contactcenter_ari.core.agents.roster import Roster
from contactcenter_ari.core.agents.state import READY
from contactcenter_ari.core.agents.wrap_up_rule import WrapUp, WrapUpRule
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.event import (
    DispositionSet,
    SegmentEnded,
    SegmentKind,
    WrapUpExtended,
)
from contactcenter_ari.core.vocabulary.ids import AgentId, SegmentId


class WrapUps:
    """The wrap-ups of all agents, and the contacts that are over with them."""

    def __init__(self, roster: Roster, moves: AgentMoves) -> None:
        self._roster = roster
        self._moves = moves
        self._finished: list[Finished] = []

    def __repr__(self) -> str:
        return f"<WrapUps of {self._roster!r}>"

    def begin(self, agent: Agent, rule: WrapUpRule, turn: Turn) -> None:
        """An agent in WRAP_UP has so much time; without any the wrap-up is over at once."""
        agent.wrap_up = WrapUp(rule, turn.now, noted=bool(agent.disposition))
        if agent.wrap_up.until > turn.now:
            turn.clockwork.wake(Wake.WRAP_UP, agent.id, agent.wrap_up.until)
        else:
            self.finish(agent, CENTER, turn)

    def finish(self, agent: Agent, by: str, turn: Turn) -> None:
        """The contact is over, and the agent READY again if nothing else was asked for."""
        turn.clockwork.forget(Wake.WRAP_UP, agent.id)
        if agent.contact is not None:
            turn.tell(
                SegmentEnded,
                interaction=agent.contact.interaction,
                segment=SegmentId(turn.clockwork.mint()),
                kind=SegmentKind.WRAP_UP,
                started_at=agent.since,
                queue=agent.contact.queue,
                agent=agent.id,
            )
            duration = turn.now - agent.contact.since
            self._finished.append(Finished(agent.id, agent.contact.queue, duration))
        agent.end_contact(turn.now)
        self._moves.make_kept(agent, Wanted(READY, "", by), turn)

    def take_finished(self) -> list[Finished]:
        """The contacts whose wrap-up ended since this was last asked."""
        finished, self._finished = self._finished, []
        return finished

    def limit_passed(self, agent_id: AgentId, turn: Turn) -> None:
        """The time for the work after the talk is over."""
        self.finish(self._roster.get(agent_id), CENTER, turn)

    # Requests

    def end(self, agent_id: AgentId, by: str, turn: Turn) -> None:
        """End the work after the talk.

        Raises:
            RequestRefused: `not_in_wrap_up`.
        """
        agent = self._roster.get(agent_id)
        _wrap_up_of(agent)
        self.finish(agent, by, turn)

    def extend(self, agent_id: AgentId, by: str, turn: Turn) -> None:
        """Give more time for the work after the talk.

        Raises:
            RequestRefused: `not_in_wrap_up`, `not_extendable`, `limit_reached`.
        """
        agent = self._roster.get(agent_id)
        wrap_up, contact = _wrap_up_of(agent), _contact_of(agent)
        wrap_up.extend()
        turn.clockwork.wake(Wake.WRAP_UP, agent_id, wrap_up.until)
        turn.tell(
            WrapUpExtended,
            interaction=contact.interaction,
            agent=agent_id,
            queue=contact.queue,
            until=wrap_up.until,
            by=by,
        )

    def contact_of(self, agent_id: AgentId) -> Contact:
        """The interaction whose talk or wrap-up the agent is in.

        Raises:
            RequestRefused: `no_contact`.
        """
        return _contact_of(self._roster.get(agent_id))

    def set_disposition(self, agent_id: AgentId, disposition: str, by: str, turn: Turn) -> None:
        """Note what came of the talk, in place of what was noted before; ends a wrap-up that
        waits for it.

        Raises:
            RequestRefused: `no_contact`.
        """
        agent = self._roster.get(agent_id)
        contact = _contact_of(agent)
        agent.disposition = disposition
        turn.tell(
            DispositionSet,
            interaction=contact.interaction,
            agent=agent_id,
            queue=contact.queue,
            disposition=disposition,
            by=by,
        )
        if agent.wrap_up is not None and agent.wrap_up.rule.ends_with_disposition:
            self.finish(agent, by, turn)


def _wrap_up_of(agent: Agent) -> WrapUp:
    if agent.wrap_up is None:
        raise RequestRefused("not_in_wrap_up", f"agent {agent.id} is not in wrap-up")
    return agent.wrap_up


def _contact_of(agent: Agent) -> Contact:
    if agent.contact is None:
        message = f"agent {agent.id} is neither in a talk nor in the wrap-up of one"
        raise RequestRefused("no_contact", message)
    return agent.contact
