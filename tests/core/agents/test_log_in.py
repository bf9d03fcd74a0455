"""Logging in: straight to a pause, and to some of one's queues only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.vocabulary.event import AgentState
from contactcenter_ari.core.vocabulary.ids import LegId, QueueName
from contactcenter_ari.core.vocabulary.request import GoNotReady, LogIn
from contactcenter_ari.core.vocabulary.signal import LegHungUp, PhoneDialed, PhoneReachable

if TYPE_CHECKING:
    from tests.core.conftest import Colleague, Floor

SALES, SUPPORT = QueueName("sales"), QueueName("support")


def at_the_door(floor: Floor, *queues: str) -> Colleague:
    """An agent whose phone is registered, and a caller who waits for one."""
    floor.open(None, QueueSettings(name=SALES, join_empty=True))
    agent = floor.colleague("100", *queues)
    floor.take(PhoneReachable(agent.phone))
    return agent


@pytest.mark.parametrize("how", ["pause", "log in", "code"])
def test_straight_to_a_pause(floor: Floor, how: str) -> None:
    """No phone rings, though somebody waits; the pause has the reason, and ends like any other."""
    agent = at_the_door(floor)
    caller = floor.caller()
    match how:
        case "pause":
            agent.pauses("training")
        case "log in":
            floor.take(LogIn(agent.id, agent.id, not_ready="training"))
        case _:
            floor.take(PhoneDialed(LegId("own"), agent.phone, "*132"))
    assert agent.state == (AgentState.NOT_READY, "training")
    assert agent.moves == [("logged_out", "", "not_ready", "training")]
    assert caller.rung == []
    if how == "code":
        floor.take(LegHungUp(LegId("own"), 16))
    agent.goes_ready()
    assert caller.rung == ["100"]


def test_for_a_reason_of_the_list(floor: Floor) -> None:
    """As for any other pause."""
    agent = at_the_door(floor)
    assert floor.refuses(GoNotReady(agent.id, "golf", "me")) == "unknown_reason"
    assert floor.refuses(LogIn(agent.id, "me", not_ready="golf")) == "unknown_reason"


def test_to_some_queues_only(floor: Floor) -> None:
    """Callers of the others have nobody, until the agent logs in to all again."""
    agent = at_the_door(floor, "sales", "support")
    caller = floor.caller()
    floor.take(LogIn(agent.id, "me", queues=(SUPPORT,)))
    assert (agent.view.queues, caller.rung) == ((SUPPORT,), [])
    assert [view.takes_calls for view in floor.center.queues(floor.now)] == [0, 1]
    agent.logs_out()
    assert agent.view.queues == (SALES, SUPPORT)
    agent.logs_in()
    assert caller.rung == ["100"]
    assert [view.logged_in for view in floor.center.queues(floor.now)] == [1, 1]


def test_other_queues_while_logged_in(floor: Floor) -> None:
    """An agent whose phone rings for a queue that is given up is rung no more for it."""
    agent = at_the_door(floor, "sales", "support")
    agent.logs_in()
    caller = floor.caller()
    assert caller.rung == ["100"]
    floor.take(LogIn(agent.id, "me", queues=(SUPPORT,)))
    assert (caller.rung, caller.offers) == ([], [("100", "withdrawn")])
    floor.settle()
    floor.take(LogIn(agent.id, "me", queues=(SALES,)))
    assert caller.rung == ["100"]


def test_to_some_queues_on_a_pause(floor: Floor) -> None:
    """Both at once; the queues are those after the pause."""
    agent = at_the_door(floor, "sales", "support")
    caller = floor.caller()
    floor.take(LogIn(agent.id, "me", queues=(SALES,), not_ready="lunch"))
    assert (agent.state, caller.rung) == (("not_ready", "lunch"), [])
    agent.goes_ready()
    assert (agent.view.queues, caller.rung) == ((SALES,), ["100"])


def test_what_the_directory_takes_away(floor: Floor) -> None:
    """A queue that the agent has no more is served no more; a new one is for the next log-in."""
    agent = at_the_door(floor, "sales", "support")
    floor.take(LogIn(agent.id, "me", queues=(SUPPORT,)))
    floor.colleague("100", "sales")
    assert not agent.view.queues
    floor.colleague("100", "sales", "support")
    assert agent.view.queues == (SUPPORT,)


@pytest.mark.parametrize("queues", [(), ("golf",), ("sales", "golf")])
def test_to_queues_that_are_not_the_agents(floor: Floor, queues: tuple[str, ...]) -> None:
    """Refused, and those there are named."""
    agent = at_the_door(floor, "sales", "support")
    asked = LogIn(agent.id, "me", queues=tuple(map(QueueName, queues)))
    assert floor.refuses(asked) == "not_your_queue"
    with pytest.raises(Exception, match="sales, support"):
        floor.take(asked)
