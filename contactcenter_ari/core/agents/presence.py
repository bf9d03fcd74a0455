"""The presence of agents: logging in and out, pausing and coming back, as they ask for it."""

from contactcenter_ari.core.agents.agent import Agent, Wanted
from contactcenter_ari.core.agents.agent_move import CENTER, AgentMoves
from contactcenter_ari.core.agents.roster import Roster
from contactcenter_ari.core.agents.staffing import Staffing
from contactcenter_ari.core.agents.state import LOGGED_OUT, NOT_READY, READY, WRAP_UP
from contactcenter_ari.core.agents.wrap_up import WrapUps
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName


class Presence:
    """Grants requests of agents about their presence, some after the present call."""

    def __init__(
        self, roster: Roster, staffing: Staffing, moves: AgentMoves, wrap_ups: WrapUps
    ) -> None:
        self._roster = roster
        self._staffing = staffing
        self._moves = moves
        self._wrap_ups = wrap_ups

    def __repr__(self) -> str:
        return f"<Presence of {self._roster!r}>"

    def log_in(
        self,
        agent_id: AgentId,
        by: str,
        turn: Turn,
        *,
        queues: tuple[QueueName, ...] | None = None,
        not_ready: str | None = None,
    ) -> None:
        """Log in and become READY, or NOT_READY for a reason; already logged in is the same as
        going so. The `queues` are served alone until the log-out.

        Raises:
            RequestRefused: `not_your_queue`.
        """
        agent = self._roster.get(agent_id)
        _check_queues(agent, queues)
        if agent.state is LOGGED_OUT:
            agent.end_contact(turn.now)
            agent.misses.clear()
            agent.choose(queues)
            state = READY if not_ready is None else NOT_READY
            self._moves.make(agent, Wanted(state, not_ready or "", by), turn, anew=True)
            return
        if queues is not None:
            self._choose(agent, queues, turn)
        if not_ready is None:
            self.go_ready(agent_id, by, turn)
        else:
            self.go_not_ready(agent_id, not_ready, by, turn)

    def log_out(self, agent_id: AgentId, by: str, turn: Turn) -> None:
        """Log out, after the call if there is one."""
        agent = self._roster.get(agent_id)
        if agent.state is not LOGGED_OUT:
            self._moves.make_or_keep(agent, Wanted(LOGGED_OUT, "", by), turn)

    def go_ready(self, agent_id: AgentId, by: str, turn: Turn) -> None:
        """Take calls again.

        Raises:
            RequestRefused: `not_logged_in`.
        """
        agent = self._roster.get(agent_id)
        if agent.state is LOGGED_OUT:
            raise RequestRefused("not_logged_in", f"agent {agent_id} is not logged in")
        agent.misses.clear()
        agent.wanted = None
        self._roster.mark_changed(agent)
        if agent.state is WRAP_UP:
            self._wrap_ups.finish(agent, by, turn)
        elif agent.state is NOT_READY:
            self._come_back(agent, by, turn)

    def go_not_ready(self, agent_id: AgentId, reason: str, by: str, turn: Turn) -> None:
        """Take no calls, after the present one if there is one; logged out, log in so."""
        agent = self._roster.get(agent_id)
        if agent.state is LOGGED_OUT:
            self.log_in(agent_id, by, turn, not_ready=reason)
        elif agent.state is not NOT_READY or agent.reason != reason:
            self._moves.make_or_keep(agent, Wanted(NOT_READY, reason, by), turn)

    def miss_return_passed(self, agent_id: AgentId, turn: Turn) -> None:
        """An agent who did not answer is READY again; the misses still count."""
        self._come_back(self._roster.get(agent_id), CENTER, turn)

    def remove(self, agent_id: AgentId, by: str, turn: Turn) -> None:
        """Forget an agent, after the call they are in."""
        agent = self._roster.get(agent_id)
        agent.removed = True
        if agent.state is LOGGED_OUT:
            self._roster.forget(agent)
        else:
            self.log_out(agent_id, by, turn)

    def _choose(self, agent: Agent, queues: tuple[QueueName, ...], turn: Turn) -> None:
        self._staffing.leave(agent, turn.now)
        agent.choose(queues)
        self._staffing.begin_counting(agent)
        self._staffing.join(agent, turn.now)
        self._roster.mark_changed(agent)

    def _come_back(self, agent: Agent, by: str, turn: Turn) -> None:
        paused_long = turn.now - agent.paused_at > self._roster.window
        self._moves.make(agent, Wanted(READY, "", by), turn, anew=paused_long)


def _check_queues(agent: Agent, queues: tuple[QueueName, ...] | None) -> None:
    known = agent.profile.queues
    listed = ", ".join(known) or "none"
    if queues == ():
        raise RequestRefused("not_your_queue", f"name at least one of: {listed}")
    for queue in queues or ():
        if queue not in known:
            message = f"the queues of agent {agent.id} are: {listed}; not {queue[:60]}"
            raise RequestRefused("not_your_queue", message)
