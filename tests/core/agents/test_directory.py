"""Agents who come, go and change: log-in, the directory, and the phones they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.vocabulary.ids import PhoneId, QueueName
from contactcenter_ari.core.vocabulary.request import (
    AgentProfile,
    PutAgent,
    RemoveAgent,
)
from contactcenter_ari.core.vocabulary.signal import (
    PhoneReachable,
    PhoneUnreachable,
)

if TYPE_CHECKING:
    from tests.core.conftest import Floor


def test_logging_in_twice(floor: Floor) -> None:
    """Logged in already is the same as going ready."""
    agent = floor.agent()
    agent.logs_in()
    assert len(agent.moves) == 1
    agent.is_busy()
    agent.logs_in()
    assert agent.state == ("ready", "")


def test_logging_in_during_a_talk(floor: Floor) -> None:
    """Nothing changes but that a log-out asked for before is forgotten."""
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    agent.logs_out()
    agent.logs_in()
    assert agent.state == ("on_call", "")
    caller.hangs_up()
    floor.wait(15)
    assert agent.state == ("ready", "")


def test_logging_out_twice(floor: Floor) -> None:
    """Logged out already is fine."""
    agent = floor.agent()
    agent.logs_out()
    agent.logs_out()
    assert len(agent.moves) == 2


@pytest.mark.parametrize("when", ["talking", "wrap_up"])
@pytest.mark.parametrize("insists", [True, False])
def test_removal_during_a_call(floor: Floor, when: str, *, insists: bool) -> None:
    """The call is finished, then the agent is gone, whatever they ask for meanwhile."""
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    if when == "wrap_up":
        agent.hangs_up()
    floor.take(RemoveAgent(agent.id, "boss"))
    assert len(floor.center.agents(floor.now)) == 1
    if insists:
        agent.goes_ready()
    caller.hangs_up()
    floor.wait(15)
    assert floor.center.agents(floor.now) == ()
    assert agent.moves[-1][2] == "logged_out"


def test_removal_of_an_idle_agent(floor: Floor) -> None:
    """The agent is logged out and gone; the next caller finds nobody."""
    agent = floor.agent()
    floor.take(RemoveAgent(agent.id, "boss"))
    assert floor.center.agents(floor.now) == ()
    assert agent.moves[-1] == ("ready", "", "logged_out", "")
    assert floor.caller().exits == ["no_agents"]


def test_an_agent_who_comes_back_to_the_directory_in_a_talk(floor: Floor) -> None:
    """Removed and put again before the talk is over: the agent stays known."""
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    floor.take(RemoveAgent(agent.id, "boss"))
    floor.colleague("100")
    caller.hangs_up()
    floor.wait(15)
    assert agent.state == ("logged_out", "")


def test_an_agent_gets_other_queues(floor: Floor) -> None:
    """A change in the directory counts at once, also for those who wait."""
    agent = floor.agent("100", "support")
    floor.agent("200").is_busy()
    waiting = floor.caller()
    assert not agent.is_rung()
    floor.colleague("100", "sales")
    agent.picks_up()
    assert waiting.exits == ["answered"]


def test_an_agent_gets_another_phone(floor: Floor) -> None:
    """The new phone rings, once it is registered."""
    floor.open(None, QueueSettings(name=QueueName("sales"), join_empty=True))
    agent = floor.agent()
    other = PhoneId("desk-7")
    profile = AgentProfile(agent=agent.id, name="Ann", phone=other, queues=(QueueName("sales"),))
    floor.take(PutAgent(profile))
    floor.caller()
    assert floor.switch.phones_in_use().keys() == {""}
    floor.take(PhoneReachable(other))
    assert other in floor.switch.phones_in_use()


# --- phones ----------------------------------------------------------------------------------


def test_a_phone_that_is_lost_while_it_rings(floor: Floor) -> None:
    """The ring limit decides, as for any phone that is not picked up."""
    agent = floor.agent()
    caller = floor.caller()
    floor.take(PhoneUnreachable(agent.phone))
    floor.wait(20)
    assert caller.offers == [("100", "lapsed")]


def test_a_phone_registered_before_its_agent_is_known(floor: Floor) -> None:
    """The order of directory and registration does not matter."""
    floor.take(PhoneReachable(PhoneId("phone-100")))
    agent = floor.colleague("100")
    agent.logs_in()
    floor.caller()
    assert agent.is_rung()
