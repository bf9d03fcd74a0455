"""The reason of each offer: this agent, this caller, and those who were passed over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.if_ import If
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.vocabulary.event import OfferMade
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName
from contactcenter_ari.core.vocabulary.offer_reason import OfferReason, PassedAgent, PassedCaller
from contactcenter_ari.core.vocabulary.skill import SkillStep

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Floor

SALES = QueueName("sales")
EASY, PICKY, DUTCH = "+31600000001", "+31600000002", "+31600000003"


def open_with(floor: Floor, **settings: object) -> None:
    """One number wants an agent, one wants skills, all others any agent."""
    dutch = (SkillStep(timedelta(), {"dutch": 3}),)

    def number(known: str, section: str) -> If:
        return If(parse(f'caller.number == "{known}"'), Destination(Way.SECTION, section))

    floor.open(
        floor.write(
            {
                "start": [number(PICKY, "picky"), number(DUTCH, "dutch"), Queue(SALES, {})],
                "picky": [Queue(SALES, {}, prefer=parse('"900"'))],
                "dutch": [Queue(SALES, {}, skills=dutch)],
            }
        ),
        msgspec.structs.replace(QueueSettings(name=SALES), **settings),
    )


def told(caller: Caller) -> OfferReason:
    """The reason of the latest offer to a caller."""
    return caller.told(OfferMade)[-1].reason


def passed(reason: OfferReason) -> list[tuple[str, str]]:
    """The agents who were passed over, and the reasons."""
    return [(agent.agent, agent.reason) for agent in reason.agents_passed]


# --- why this agent -------------------------------------------------------------------------


def test_all_of_it(floor: Floor) -> None:
    """The compared values, the wait of the caller, and the number of candidates."""
    by_status = {"": timedelta(seconds=90)}
    open_with(floor, head_start_by_status=by_status)
    ann, bob = floor.agent("100", idle=20), floor.agent("200", idle=10)
    ann.is_busy()
    bob.is_busy()
    caller = floor.caller(EASY)
    floor.wait(5)
    floor.caller(EASY)
    ann.goes_ready()
    assert told(caller) == OfferReason(
        strategy="longest_idle",
        value=35,
        priority=5,
        waited=timedelta(seconds=5),
        head_start=timedelta(seconds=90),
        free_agents=1,
        callers_waiting=2,
    )


def test_agents_who_were_free_but_a_later_choice(floor: Floor) -> None:
    """The next few by name, with the value that the strategy compared; more are only counted."""
    open_with(floor)
    for number in range(6):
        floor.agent(f"10{number}", idle=10)
    caller = floor.caller(EASY)
    reason = told(caller)
    assert (caller.rung, reason.value, reason.free_agents) == (["100"], 60, 6)
    assert reason.agents_passed == (
        PassedAgent(AgentId("101"), "later_choice", 50),
        PassedAgent(AgentId("102"), "later_choice", 40),
        PassedAgent(AgentId("103"), "later_choice", 30),
    )


VALUES: list[tuple[Strategy, dict[str, Any], float, float]] = [
    (Strategy.LONGEST_IDLE, {}, 20, 10),
    (Strategy.LONGEST_IDLE, {"ready_time_only": True}, 20, 10),
    (Strategy.LEAST_OCCUPIED, {}, 0, 0),
    (Strategy.MOST_SKILLED, {}, 0, 0),
    (Strategy.ROUND_ROBIN, {}, 0, 0),
    (Strategy.FEWEST_CALLS, {}, 0, 0),
    (Strategy.LINEAR, {"order": (AgentId("100"), AgentId("200"))}, 1, 2),
]


@pytest.mark.parametrize(("strategy", "settings", "taken", "passed_over"), VALUES)
def test_what_each_strategy_went_by(
    floor: Floor, strategy: Strategy, settings: dict[str, Any], taken: float, passed_over: float
) -> None:
    """Seconds idle, share, levels, turns, calls, or rank in the order, in a readable form."""
    open_with(floor, strategy=strategy, **settings)
    floor.agent("100", idle=10)
    floor.agent("200", idle=10)
    caller = floor.caller(EASY)
    reason = told(caller)
    assert (reason.strategy, caller.rung, reason.value) == (strategy, ["100"], taken)
    assert reason.agents_passed == (PassedAgent(AgentId("200"), "later_choice", passed_over),)


def test_the_levels_that_were_added_up(floor: Floor) -> None:
    """Those of the agent chosen, and those of agents who were not good enough."""
    open_with(floor, strategy=Strategy.MOST_SKILLED)
    floor.agent("100", dutch=2)
    floor.agent("200", dutch=7)
    caller = floor.caller(DUTCH)
    reason = told(caller)
    assert (caller.rung, reason.value) == (["200"], 7)
    assert reason.agents_passed == (PassedAgent(AgentId("100"), "skills", 2),)


def test_shares_and_calls(floor: Floor) -> None:
    """A share is from 0 to 1; calls are those since log-in."""
    open_with(floor, strategy=Strategy.LEAST_OCCUPIED, wrap_up=timedelta())
    ann = floor.agent("100", idle=1)
    floor.agent("200", idle=1)
    floor.caller(EASY)
    ann.picks_up()
    floor.wait(600)
    ann.hangs_up()
    reason = told(floor.caller(EASY))
    (other,) = reason.agents_passed
    assert (reason.value, other.agent) == (0, "100")
    assert 0.15 < other.value < 0.25


def test_agents_who_missed_this_caller_lately(floor: Floor) -> None:
    """They are free for others, not for this caller."""
    open_with(floor, misses_before_not_ready=MissLimits.alike(3))
    ann = floor.agent("100", idle=10)
    floor.agent("200", idle=10)
    caller = floor.caller(EASY)
    ann.hangs_up(17)
    reason = told(caller)
    assert caller.rung == ["200"]
    assert passed(reason) == [("100", "missed_lately")]


def test_agents_who_are_not_the_preferred_one(floor: Floor) -> None:
    """Free, but another one was asked for."""
    open_with(floor)
    floor.agent("100", idle=10)
    floor.agent("900")
    caller = floor.caller(PICKY)
    assert caller.rung == ["900"]
    assert passed(told(caller)) == [("100", "other_agent")]


def test_ring_all_passes_over_nobody_it_rings(floor: Floor) -> None:
    """Each offer names those who are not rung, no others."""
    open_with(floor, strategy=Strategy.RING_ALL, ring_at_most=2)
    for agent in ("100", "200", "300"):
        floor.agent(agent, idle=10)
    caller = floor.caller(EASY)
    offers = caller.told(OfferMade)
    assert [(offer.agent, offer.reason.value) for offer in offers] == [("100", 30), ("200", 20)]
    assert [passed(offer.reason) for offer in offers] == [[("300", "later_choice")]] * 2
    assert [offer.reason.free_agents for offer in offers] == [3, 3]


def test_agents_who_are_not_free_are_not_passed_over(floor: Floor) -> None:
    """An agent who pauses, talks or is unregistered was no candidate."""
    open_with(floor)
    floor.agent("100", idle=10).pauses()
    floor.agent("200", "support", idle=10)
    floor.agent("300")
    reason = told(floor.caller(EASY))
    assert (reason.free_agents, reason.agents_passed) == (1, ())


# --- why this caller ------------------------------------------------------------------------


def test_callers_ahead_who_could_not_be_given_to_this_agent(floor: Floor) -> None:
    """Ringing elsewhere, asking for skills or for another agent, or having been missed lately."""
    open_with(floor, misses_before_not_ready=MissLimits.alike(3), ring_limit=timedelta(seconds=60))
    preferred = floor.agent("900")
    floor.caller(EASY)
    preferred.picks_up()
    floor.agent("800", dutch=9).is_busy()
    agent = floor.agent("100")
    missed = floor.caller(EASY)
    agent.hangs_up(17)
    other = floor.agent("300")
    assert missed.rung == ["300"]
    picky, dutch = floor.caller(PICKY), floor.caller(DUTCH)
    agent.is_busy()
    caller = floor.caller(EASY)
    agent.goes_ready()
    assert caller.rung == ["100"]
    assert told(caller).callers_passed == (
        PassedCaller(missed.interaction, "ringing"),
        PassedCaller(picky.interaction, "other_agent"),
        PassedCaller(dutch.interaction, "skills"),
    )
    other.hangs_up(17)
    caller.hangs_up()
    assert missed.rung == []
    second = floor.caller(EASY)
    assert told(second).callers_passed[0] == PassedCaller(missed.interaction, "missed_lately")


def test_callers_ahead_whose_time_is_up(floor: Floor) -> None:
    """A phone rings for them for the last time."""
    open_with(floor, max_wait=timedelta(seconds=10))
    floor.agent("100")
    first = floor.caller(EASY)
    floor.wait(15)
    floor.agent("200")
    second = floor.caller(EASY)
    assert second.rung == ["200"]
    assert told(second).callers_passed == (PassedCaller(first.interaction, "ringing"),)


def test_the_first_in_line_passes_over_nobody(floor: Floor) -> None:
    """The callers behind are not named."""
    open_with(floor)
    agent = floor.agent()
    agent.is_busy()
    first = floor.caller(EASY)
    for _ in range(3):
        floor.caller(EASY)
    agent.goes_ready()
    reason = told(first)
    assert (reason.callers_passed, reason.callers_waiting) == ((), 4)


def test_only_the_first_few_callers_are_named(floor: Floor) -> None:
    """However many wait for other agents."""
    open_with(floor)
    floor.agent("800", dutch=9).is_busy()
    agent = floor.agent("100")
    dutch = [floor.caller(DUTCH) for _ in range(20)]
    caller = floor.caller(EASY)
    assert caller.rung == [agent.id]
    reason = told(caller)
    assert reason.callers_waiting == 21
    assert reason.callers_passed == tuple(
        PassedCaller(each.interaction, "skills") for each in dutch[:3]
    )
