"""The changes of agents in a turn: who is free by now, and whose requirement nobody meets."""

from functools import partial

from contactcenter_ari.core.acd.pool import Pools
from contactcenter_ari.core.acd.queue import Queues
from contactcenter_ari.core.acd.relaxation import unservable
from contactcenter_ari.core.acd.stay import Stays
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.turn import Turn


class AgentChanges:
    """The agents who have `changed` in this turn; those who are `freed` are to be offered."""

    def __init__(self, pools: Pools, queues: Queues, stays: Stays) -> None:
        self._pools = pools
        self._queues = queues
        self._stays = stays
        self.changed: dict[Agent, None] = {}
        self.freed: dict[Agent, None] = {}

    def __repr__(self) -> str:
        return f"<AgentChanges: {len(self.changed)} changed, {len(self.freed)} freed>"

    def follow(self, turn: Turn) -> None:
        """Note what changed about agents, and who is free. Callers who wait for what nobody can
        give any more ask for less at once.
        """
        changed, left = self._pools.refresh(turn.now)
        self.changed.update(dict.fromkeys(changed))
        for waiting in unservable(left, self._queues.lines):
            turn.attempt(waiting.interaction, partial(self._stays.reopen, waiting, turn))
        self.freed.update(dict.fromkeys(agent for agent in changed if agent.is_free))
