"""A caller waits for one agent alone, for a while: the agent named by the flow, or the last one
who talked to the caller.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.vocabulary.command import BridgeLegs
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.request import AgentProfile, PutAgent, RemoveAgent
from contactcenter_ari.core.vocabulary.signal import PhoneUnreachable
from contactcenter_ari.core.vocabulary.skill import SkillStep

if TYPE_CHECKING:
    from tests.core.conftest import Colleague, Floor

SALES = QueueName("sales")
CUSTOMER, OTHER = "+31600000001", "+31600000002"
FOR = 20
"""Seconds for which a caller waits for the preferred agent."""


def prefers(
    floor: Floor, agent: str = "100", *, step: Queue | None = None, **settings: object
) -> None:
    """The customer is to wait for one agent, all others for any."""
    preferred = parse(f'"{agent}" if caller.number == "{CUSTOMER}" else ""')
    queue = Queue(SALES, {}, prefer=preferred, prefer_for=timedelta(seconds=FOR))
    sales = msgspec.structs.replace(QueueSettings(name=SALES), **settings)
    floor.open(floor.write({"start": [step or queue]}), sales)


def on_a_call(floor: Floor, agent: str = "100") -> Colleague:
    """An agent in a talk."""
    colleague = floor.agent(agent)
    floor.caller(OTHER)
    colleague.picks_up()
    return colleague


# --- waited for -----------------------------------------------------------------------------


def test_the_preferred_agent_is_free(floor: Floor) -> None:
    """The agent is rung, although others are idle longer."""
    prefers(floor)
    floor.agent("200", idle=60)
    floor.agent("100")
    assert floor.caller(CUSTOMER).rung == ["100"]
    assert floor.caller(OTHER).rung == ["200"]


def test_the_preferred_agent_is_busy(floor: Floor) -> None:
    """Others are free, and are not offered until the time is up, to the instant."""
    prefers(floor)
    on_a_call(floor)
    floor.agent("200")
    caller = floor.caller(CUSTOMER)
    floor.wait(FOR - 0.001)
    assert caller.rung == []
    floor.wait(0.001)
    assert caller.rung == ["200"]


def test_the_preferred_agent_becomes_free_in_time(floor: Floor) -> None:
    """The agent gets this caller after the wrap-up, if no better one waits."""
    prefers(floor)
    agent = on_a_call(floor)
    floor.agent("200")
    caller = floor.caller(CUSTOMER)
    agent.hangs_up()
    assert caller.rung == []
    floor.wait(15)
    assert caller.rung == ["100"]


def test_others_are_served_meanwhile(floor: Floor) -> None:
    """A caller who waits for one agent keeps no other caller from being served."""
    prefers(floor)
    on_a_call(floor)
    floor.agent("200")
    waits, other = floor.caller(CUSTOMER), floor.caller(OTHER)
    assert (waits.rung, other.rung) == ([], ["200"])


def test_the_place_is_kept_meanwhile(floor: Floor) -> None:
    """When the time is up the caller is ahead of callers who came later."""
    prefers(floor)
    on_a_call(floor)
    other = floor.agent("200")
    other.is_busy()
    waits = floor.caller(CUSTOMER)
    floor.wait(5)
    later = floor.caller(OTHER)
    floor.wait(FOR)
    other.goes_ready()
    assert (waits.rung, later.rung) == (["200"], [])


def test_a_better_ranked_caller_comes_first_to_the_preferred_agent(floor: Floor) -> None:
    """The preference of a caller gives no better position."""
    prefers(floor)
    agent = on_a_call(floor)
    earlier = floor.caller(OTHER)
    floor.wait(1)
    waits = floor.caller(CUSTOMER)
    agent.hangs_up()
    agent.ends_wrap_up()
    assert (earlier.rung, waits.rung) == (["100"], [])


def test_ring_all_rings_the_preferred_agent_alone(floor: Floor) -> None:
    """All others when the time is up."""
    prefers(floor, strategy=Strategy.RING_ALL, ring_limit=timedelta(seconds=10))
    floor.agent("200"), floor.agent("300")
    floor.agent("100")
    caller = floor.caller(CUSTOMER)
    assert caller.rung == ["100"]
    floor.wait(10)
    assert caller.rung == ["200", "300"]


def test_no_skill_is_asked_of_the_preferred_agent(floor: Floor) -> None:
    """Other agents must have it, also when they are asked later."""
    step = Queue(
        SALES, {}, prefer=parse('"100"'), prefer_for=timedelta(seconds=FOR),
        skills=(SkillStep(timedelta(), {"dutch": 3}),),
    )  # fmt: skip
    prefers(floor, step=step)
    agent = floor.agent("100")
    floor.agent("200")
    floor.agent("300", dutch=3)
    caller = floor.caller(CUSTOMER)
    assert caller.rung == ["100"]
    agent.hangs_up(17)
    assert caller.rung == ["300"]


def test_skills_are_relaxed_while_one_agent_is_waited_for(floor: Floor) -> None:
    """The steps are of the whole wait."""
    relaxing = (SkillStep(timedelta(), {"dutch": 3}), SkillStep(timedelta(seconds=10), {}))
    step = Queue(
        SALES, {}, prefer=parse(f'"100" if caller.number == "{CUSTOMER}" else ""'),
        prefer_for=timedelta(seconds=FOR), skills=relaxing,
    )  # fmt: skip
    prefers(floor, step=step)
    floor.agent("300", dutch=3).is_busy()
    agent = floor.agent("100", dutch=3)
    floor.caller(OTHER)
    agent.picks_up()
    floor.agent("200")
    caller = floor.caller(CUSTOMER)
    floor.wait(FOR - 1)
    assert caller.rung == []
    floor.wait(1)
    assert caller.rung == ["200"]


# --- not waited for -------------------------------------------------------------------------


@pytest.mark.parametrize("agent", ["999", ""])
def test_nobody_of_that_name(floor: Floor, agent: str) -> None:
    """Any agent will do, at once."""
    prefers(floor, agent)
    floor.agent("200")
    assert floor.caller(CUSTOMER).rung == ["200"]


@pytest.mark.parametrize("how", ["logged out", "paused", "unregistered", "other queue"])
def test_an_agent_who_takes_no_calls_is_not_waited_for(floor: Floor, how: str) -> None:
    """An agent of another queue is not waited for, either."""
    prefers(floor)
    agent = floor.agent("100", "support" if how == "other queue" else "sales")
    floor.agent("200")
    if how == "logged out":
        agent.logs_out()
    elif how == "paused":
        agent.pauses()
    elif how == "unregistered":
        floor.take(PhoneUnreachable(agent.phone))
    assert floor.caller(CUSTOMER).rung == ["200"]


@pytest.mark.parametrize("how", ["log out", "pause", "unregistered", "other queue", "removed"])
def test_the_preferred_agent_goes_while_waited_for(floor: Floor, how: str) -> None:
    """Any agent will do from that moment on, although the preferred one is still in a talk."""
    prefers(floor)
    agent = on_a_call(floor)
    floor.agent("200")
    caller = floor.caller(CUSTOMER)
    floor.wait(5)
    match how:
        case "log out":
            agent.logs_out()
        case "pause":
            agent.pauses()
        case "unregistered":
            floor.take(PhoneUnreachable(agent.phone))
        case "removed":
            floor.take(RemoveAgent(agent.id, "floor"))
        case _:
            profile = AgentProfile(
                agent=agent.id, name="Ann", phone=agent.phone, queues=(QueueName("support"),)
            )
            floor.take(PutAgent(profile))
    assert caller.rung == ["200"]


@pytest.mark.parametrize("cause", [17, 19, 20, 21])
def test_the_preferred_agent_misses(floor: Floor, cause: int) -> None:
    """Any agent will do at once, even if the time is not up and the preferred one is free."""
    prefers(floor, misses_before_not_ready=MissLimits.alike(5))
    agent = floor.agent("100")
    floor.agent("200")
    caller = floor.caller(CUSTOMER)
    agent.hangs_up(cause)
    assert caller.rung == ["200"]


def test_the_preferred_agent_cannot_be_joined(floor: Floor) -> None:
    """The same when the switch fails."""
    prefers(floor)
    agent = floor.agent("100")
    floor.agent("200")
    caller = floor.caller(CUSTOMER)
    agent.answers()
    floor.fails(BridgeLegs, 500)
    assert caller.rung == ["200"]


# --- the last agent -------------------------------------------------------------------------


def talked(floor: Floor, agent: Colleague, number: str = CUSTOMER) -> None:
    """A talk with this agent, and the wrap-up."""
    floor.caller(number)
    agent.picks_up()
    agent.hangs_up()
    floor.wait(15)


def last_agent(floor: Floor) -> tuple[Colleague, Colleague]:
    """Two agents of a queue that prefers the last one; the customer talked to the first."""
    step = Queue(SALES, {})
    prefers(floor, step=step, prefer_last_agent=timedelta(seconds=FOR))
    ann, bob = floor.agent("100", idle=60), floor.agent("200")
    talked(floor, ann)
    return ann, bob


def test_the_last_agent(floor: Floor) -> None:
    """The customer gets the same agent as before, others who is idle longest."""
    last_agent(floor)
    assert floor.caller(CUSTOMER).rung == ["100"]
    assert floor.caller(OTHER).rung == ["200"]


def test_the_last_agent_is_waited_for(floor: Floor) -> None:
    """For the time that the queue sets."""
    ann, _ = last_agent(floor)
    floor.caller(CUSTOMER)
    ann.picks_up()
    caller = floor.caller(CUSTOMER)
    floor.wait(FOR - 1)
    assert caller.rung == []
    floor.wait(1)
    assert caller.rung == ["200"]


def test_the_last_one_is_the_last_one(floor: Floor) -> None:
    """Not the one before."""
    ann, bob = last_agent(floor)
    ann.pauses()
    talked(floor, bob)
    ann.goes_ready()
    assert floor.caller(CUSTOMER).rung == ["200"]


def test_withheld_numbers_have_no_last_agent(floor: Floor) -> None:
    """Two callers without a number are not the same customer."""
    _, bob = last_agent(floor)
    talked(floor, bob, "")
    assert floor.caller("").rung == ["100"]


def test_the_preference_of_the_flow_comes_before_the_last_agent(floor: Floor) -> None:
    """A caller whose flow names an agent gets that one."""
    prefers(floor, agent="200", prefer_last_agent=timedelta(seconds=FOR))
    ann, _ = floor.agent("100", idle=60), floor.agent("200", idle=60)
    talked(floor, ann, OTHER)
    assert floor.caller(CUSTOMER).rung == ["200"]
    assert floor.caller(OTHER).rung == ["100"]


def test_queues_without_it(floor: Floor) -> None:
    """By default no agent is preferred."""
    prefers(floor, step=Queue(SALES, {}))
    ann, _ = floor.agent("100", idle=60), floor.agent("200")
    talked(floor, ann)
    assert floor.caller(CUSTOMER).rung == ["200"]


def test_the_preferred_agent_comes_back(floor: Floor) -> None:
    """The caller does not wait again for an agent who paused, who may be given another at once."""
    prefers(floor, join_empty=True)
    agent, other = floor.agent("100"), floor.agent("200")
    agent.pauses()
    other.pauses()
    caller, better = floor.caller(CUSTOMER), floor.caller(OTHER)
    assert (caller.rung, better.rung) == ([], [])
    other.goes_ready()
    assert caller.rung == ["200"]
    agent.goes_ready()
    assert better.rung == ["100"]
    other.hangs_up(17)
    floor.agent("300")
    assert caller.rung == ["300"]
