"""What people may see of the center: plain copies, made for screens and reports."""

from datetime import datetime, timedelta

import msgspec

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.vocabulary.event import AgentState
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName, agent_of


class QueueView(msgspec.Struct, frozen=True, kw_only=True):
    """One queue now; `oldest_wait` is zero when nobody waits."""

    queue: QueueName
    waiting: int
    oldest_wait: timedelta
    signed_in: int
    free: int


class AgentView(msgspec.Struct, frozen=True, kw_only=True):
    """One agent now."""

    agent: AgentId
    name: str
    state: AgentState
    reason: str
    since: datetime
    reachable: bool
    queues: tuple[QueueName, ...]
    occupancy: float


def view_queues(distribution: Distribution, now: datetime) -> tuple[QueueView, ...]:
    """All queues of the site, in the order they were configured."""
    return tuple(
        QueueView(
            queue=queue,
            waiting=len(line),
            oldest_wait=max((now - w.joined_at for w in line), default=timedelta()),
            signed_in=distribution.roster.signed_in(queue),
            free=len(distribution.roster.free_for(queue)),
        )
        for queue, line in distribution.lines.items()
        if agent_of(queue) is None
    )


def view_agent(agent: Agent, now: datetime) -> AgentView:
    """One agent."""
    return AgentView(
        agent=agent.id,
        name=agent.profile.name,
        state=agent.state,
        reason=agent.reason,
        since=agent.since,
        reachable=agent.reachable,
        queues=agent.profile.queues,
        occupancy=agent.occupancy.share(now, agent.state),
    )
