"""The whole center against any order of inputs: the ledger's invariants hold after each turn."""

import os

import pytest
from hypothesis import HealthCheck, settings

from contactcenter_ari.core.vocabulary.ids import AgentId
from contactcenter_ari.core.vocabulary.request import LogOut, RemoveAgent
from tests.property import incident
from tests.property.center_machine import CenterMachine
from tests.property.center_world import World
from tests.property.made_site import AGENTS

EXAMPLES = int(os.environ.get("CC_MACHINE_EXAMPLES", "400"))
STEPS = int(os.environ.get("CC_MACHINE_STEPS", "60"))
"""How much is tried; more of it by hand after a change of the core."""

TestCenter = CenterMachine.TestCase
TestCenter.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)


def test_an_agent_put_anew_takes_calls_though_an_old_call_ends() -> None:
    """The end of a call of a removed agent is nothing to the agent of the same name."""
    world = World()
    world.arrive(AGENTS[0])
    world.arrive(AGENTS[1])
    agent = AgentId("100")
    own_leg = world.dial(agent, "77")
    world.take(RemoveAgent(agent, "test"))
    world.arrive(agent)
    world.take(LogOut(AgentId("101"), "test"))
    world.lose(own_leg)
    world.call_in("+311")
    assert world.ringing
    world.end()


@pytest.mark.parametrize(
    "story",
    [
        "tell_callback connect connect vanish wake connect",
        """
        call_in:1:27 connect call_in:1:90 control hang_up:0:117 connect call_in hang_up
        vanish:0:10 say_nothing
        """,
    ],
    ids=["a callback that is closed already", "a queue in which nobody takes calls"],
)
def test_a_caller_waits_again_after_the_agent_was_lost(story: str) -> None:
    """Stories in which the accounts were wrong, as incident:how:pick."""
    machine = CenterMachine()
    machine.open(silent=False)
    for told in story.split():
        name, how, pick = [*told.split(":"), "0", "0"][:3]
        machine.happen(what=getattr(incident, name), how=int(how), pick=int(pick))
    machine.teardown()
