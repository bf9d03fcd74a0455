"""The table of an agent's moves: what it allows is done, what it does not is refused."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.errors import IllegalMove
from contactcenter_ari.core.vocabulary.event import AgentState
from contactcenter_ari.core.vocabulary.ids import AgentId, PhoneId
from contactcenter_ari.core.vocabulary.request import AgentProfile

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
OUT, READY, OFFERED, CALL, WRAP_UP, PAUSE = (
    AgentState.LOGGED_OUT,
    AgentState.READY,
    AgentState.OFFERED,
    AgentState.ON_CALL,
    AgentState.WRAP_UP,
    AgentState.NOT_READY,
)
ALLOWED = {
    (OUT, READY), (OUT, PAUSE),
    (READY, OFFERED), (READY, PAUSE), (READY, OUT),
    (OFFERED, CALL), (OFFERED, READY), (OFFERED, PAUSE), (OFFERED, OUT),
    (CALL, WRAP_UP),
    (WRAP_UP, READY), (WRAP_UP, PAUSE), (WRAP_UP, OUT),
    (PAUSE, READY), (PAUSE, PAUSE), (PAUSE, OUT),
}  # fmt: skip
WAYS: dict[AgentState, tuple[AgentState, ...]] = {
    OUT: (),
    READY: (READY,),
    OFFERED: (READY, OFFERED),
    CALL: (READY, OFFERED, CALL),
    WRAP_UP: (READY, OFFERED, CALL, WRAP_UP),
    PAUSE: (READY, PAUSE),
}
"""How an agent comes to each state."""


def agent_in(state: AgentState) -> Agent:
    """An agent who came to a state step by step."""
    profile = AgentProfile(agent=AgentId("100"), name="Ann", phone=PhoneId("p"))
    agent = Agent(profile, timedelta(minutes=45), NOW)
    for step in WAYS[state]:
        agent.move_to(step, "", NOW)
    return agent


@pytest.mark.parametrize(("before", "after"), sorted(ALLOWED))
def test_allowed_moves(before: AgentState, after: AgentState) -> None:
    """A move that the table allows is made, with its reason and its instant."""
    agent = agent_in(before)
    later = NOW + timedelta(seconds=5)
    agent.move_to(after, "why", later)
    assert (agent.state, agent.reason, agent.since) == (after, "why", later)


@pytest.mark.parametrize(
    ("before", "after"), sorted(set(product(AgentState, AgentState)) - ALLOWED)
)
def test_illegal_moves(before: AgentState, after: AgentState) -> None:
    """A move that the table does not allow raises and changes nothing."""
    agent = agent_in(before)
    later = NOW + timedelta(minutes=5)
    figures = agent.occupancy.share(later, before), agent.ready_for(later), agent.idle_for(later)
    with pytest.raises(IllegalMove, match=f"from {before} to {after}"):
        agent.move_to(after, "why", later)
    assert (agent.state, agent.reason, agent.since) == (before, "", NOW)
    assert figures == (
        agent.occupancy.share(later, before),
        agent.ready_for(later),
        agent.idle_for(later),
    )
