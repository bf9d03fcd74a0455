"""The moves of agents from state to state, each made now or kept until a call is over.

Every move goes through `make`, which tells it as an event, keeps the sums of `Staffing` right and
notes the agent as changed.
"""

from contactcenter_ari.core.agents.agent import Agent, Wanted
from contactcenter_ari.core.agents.roster import Roster
from contactcenter_ari.core.agents.staffing import Staffing
from contactcenter_ari.core.agents.state import IN_A_CALL, LOGGED_OUT, MOVES
from contactcenter_ari.core.move import move
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.event import AgentStateChanged

CENTER = "center"
"""The author of a move that nobody asked for."""


class AgentMoves:
    """Makes the moves that the table of states allows."""

    def __init__(self, roster: Roster, staffing: Staffing) -> None:
        self._roster = roster
        self._staffing = staffing

    def __repr__(self) -> str:
        return f"<AgentMoves of {self._roster!r}>"

    def make(self, agent: Agent, wanted: Wanted, turn: Turn, *, anew: bool = False) -> None:
        """Make a move; `anew` begins the agent's occupancy at the mean of the others.

        Raises:
            IllegalMove: the state table does not allow it; nothing is changed.
        """
        before, before_reason, since = agent.state, agent.reason, agent.since
        after = move(MOVES, before, wanted.state)  # raises before anything is changed
        turn.clockwork.forget(Wake.MISS_RETURN, agent.id)
        self._staffing.leave(agent, turn.now)
        agent.move_to(after, wanted.reason, turn.now)
        if anew:
            mean = self._staffing.mean_share(agent.queues, turn.now)
            agent.occupancy.start_at(mean, turn.now)
        if after is LOGGED_OUT:
            agent.choose(None)
        if LOGGED_OUT in {before, after}:
            self._staffing.begin_counting(agent)
        self._staffing.join(agent, turn.now)
        turn.tell(
            AgentStateChanged,
            agent=agent.id,
            before=before,
            before_reason=before_reason,
            since=since,
            after=after,
            reason=wanted.reason,
            by=wanted.by,
        )
        self._roster.mark_changed(agent)
        if agent.removed and after is LOGGED_OUT:
            self._roster.forget(agent)

    def make_or_keep(self, agent: Agent, wanted: Wanted, turn: Turn) -> None:
        """Make a move that was asked for, after the call if there is one."""
        if agent.state in IN_A_CALL:
            agent.wanted = wanted
            self._roster.mark_changed(agent)
        else:
            self.make(agent, wanted, turn)

    def make_kept(self, agent: Agent, otherwise: Wanted, turn: Turn) -> None:
        """The call is over: make the move that was kept, or the other one."""
        wanted = agent.wanted or otherwise
        agent.wanted = None
        if agent.removed and wanted.state is not LOGGED_OUT:
            wanted = Wanted(LOGGED_OUT, "", CENTER)
        self.make(agent, wanted, turn)
