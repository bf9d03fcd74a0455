"""Every strategy on the whole floor: the phone that rings for the next caller."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.if_ import If
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.site.site import SitePublished
from contactcenter_ari.core.vocabulary.event import AgentConnected, OfferMade
from contactcenter_ari.core.vocabulary.ids import AgentId, LegId, QueueName
from contactcenter_ari.core.vocabulary.signal import LegHungUp, PhoneDialed
from contactcenter_ari.core.vocabulary.skill import SkillStep

if TYPE_CHECKING:
    from tests.core.conftest import Colleague, Floor

SALES, SUPPORT = QueueName("sales"), QueueName("support")
FOR_SUPPORT = "+31600000001"
MINUTE = 60


def open_with(
    floor: Floor, strategy: Strategy, *, step: Queue | None = None, **more: object
) -> None:
    """Callers wait in sales, or in support by their number; both have the strategy and no
    wrap-up.
    """
    to_support = If(
        parse(f'caller.number == "{FOR_SUPPORT}"'), Destination(Way.SECTION, "support")
    )
    sales = QueueSettings(name=SALES, strategy=strategy, wrap_up=timedelta())
    floor.open(
        floor.write(
            {"start": [to_support, step or Queue(SALES, {})], "support": [Queue(SUPPORT, {})]}
        ),
        msgspec.structs.replace(sales, **more),
        msgspec.structs.replace(sales, name=SUPPORT),
    )


def talks(floor: Floor, agent: Colleague, seconds: float = 0, number: str = "") -> None:
    """The next caller goes to this agent; they talk for this long."""
    caller = floor.caller(number)
    assert caller.rung == [agent.id]
    agent.picks_up()
    floor.wait(seconds)
    agent.hangs_up()
    floor.settle()


def calls_home(floor: Floor, agent: Colleague, seconds: float) -> None:
    """The agent's phone is on a non-ACD call for this long."""
    floor.take(PhoneDialed(LegId("home"), agent.phone, "*14"))
    floor.wait(seconds)
    floor.take(LegHungUp(LegId("home"), 16))


def next_one(floor: Floor) -> AgentId:
    """The agent whose phone rings for the next caller, who hangs up then."""
    caller = floor.caller()
    (agent,) = caller.rung
    caller.hangs_up()
    return agent


# --- all of them ----------------------------------------------------------------------------


@pytest.mark.parametrize("strategy", Strategy)
def test_every_strategy_serves_a_line_in_order(floor: Floor, strategy: Strategy) -> None:
    """Six callers and three agents: all are answered, and offered in the order they came."""
    open_with(floor, strategy, order=(AgentId("300"), AgentId("100")))
    agents = [floor.agent(agent) for agent in ("100", "200", "300")]
    for agent in agents:
        agent.is_busy()
    callers = [floor.caller() for _ in range(6)]
    for agent in agents:
        agent.goes_ready()
    while any(agent.is_rung() for agent in agents):
        agent = next(agent for agent in agents if agent.is_rung())
        agent.picks_up()
        floor.wait(10)
        agent.hangs_up()
    offered = dict.fromkeys(made.interaction for made in floor.told(OfferMade))
    assert list(offered) == [caller.interaction for caller in callers]
    assert [caller.exits for caller in callers] == [["answered"]] * 6


@pytest.mark.parametrize("strategy", Strategy)
def test_another_strategy_from_now_on(floor: Floor, strategy: Strategy) -> None:
    """A strategy that is published while agents are free chooses the very next one."""
    open_with(floor, Strategy.LINEAR, order=(AgentId("100"), AgentId("200")))
    floor.agent("100", idle=1)
    floor.agent("200", idle=1)
    queues = floor.site.queues
    changed = msgspec.structs.replace(
        queues[SALES], strategy=strategy, order=(AgentId("200"), AgentId("100"))
    )
    assert next_one(floor) == "100"
    site = msgspec.structs.replace(floor.site, queues=queues | {SALES: changed})
    floor.take(SitePublished(site))
    rung = floor.caller().rung
    assert rung == {Strategy.RING_ALL: ["100", "200"]}.get(
        strategy, ["200" if strategy in {Strategy.LINEAR, Strategy.ROUND_ROBIN} else "100"]
    )


# --- longest idle ---------------------------------------------------------------------------


def test_one_idle_clock_over_all_queues(floor: Floor) -> None:
    """A talk for support sends the agent to the end for sales, too."""
    open_with(floor, Strategy.LONGEST_IDLE)
    ann = floor.agent("100", "sales", "support", idle=10)
    floor.agent("200", "sales", idle=10)
    talks(floor, ann, number=FOR_SUPPORT)
    assert next_one(floor) == "200"


def test_an_agent_without_a_contact_is_idle_since_log_in(floor: Floor) -> None:
    """An agent who came after the end of a talk is less idle than the one who talked."""
    open_with(floor, Strategy.LONGEST_IDLE)
    ann = floor.agent("100", idle=10)
    talks(floor, ann)
    floor.wait(10)
    floor.agent("200", idle=10)
    assert next_one(floor) == "100"


@pytest.mark.parametrize(("ready_time_only", "expected"), [(False, "100"), (True, "200")])
def test_a_break_earns_nothing_if_only_time_in_ready_counts(
    floor: Floor, expected: str, *, ready_time_only: bool
) -> None:
    """An agent who came first and spent the time at lunch is overtaken then, and only then."""
    open_with(floor, Strategy.LONGEST_IDLE, ready_time_only=ready_time_only)
    ann = floor.agent("100", idle=MINUTE)
    ann.pauses()
    floor.agent("200", idle=20 * MINUTE)
    ann.goes_ready()
    floor.wait(10 * MINUTE)
    assert next_one(floor) == expected


@pytest.mark.parametrize(("ready_time_only", "expected"), [(False, "100"), (True, "200")])
def test_a_call_of_their_own_earns_nothing_if_only_time_in_ready_counts(
    floor: Floor, expected: str, *, ready_time_only: bool
) -> None:
    """A non-ACD call earns the agent no idle time; the time before and after it counts."""
    open_with(floor, Strategy.LONGEST_IDLE, ready_time_only=ready_time_only)
    ann = floor.agent("100", idle=MINUTE)
    floor.agent("200")
    calls_home(floor, ann, 4 * MINUTE)
    assert next_one(floor) == expected


# --- least occupied -------------------------------------------------------------------------


def test_a_call_of_their_own_makes_busy(floor: Floor) -> None:
    """Calls outside the queues are work as well."""
    open_with(floor, Strategy.LEAST_OCCUPIED)
    ann, bob = floor.agent("100"), floor.agent("200")
    talks(floor, ann, 3 * MINUTE)
    assert next_one(floor) == "200"
    calls_home(floor, bob, 4 * MINUTE)
    assert next_one(floor) == "100"


def test_a_short_break_does_not_make_first(floor: Floor) -> None:
    """Five minutes at lunch are no five minutes without work."""
    open_with(floor, Strategy.LEAST_OCCUPIED)
    ann, bob = floor.agent("100"), floor.agent("200")
    talks(floor, ann, 10 * MINUTE)
    talks(floor, bob, 9 * MINUTE)
    assert next_one(floor) == "100"
    talks(floor, ann, 3 * MINUTE)
    assert next_one(floor) == "200"
    ann.pauses()
    floor.wait(5 * MINUTE)
    ann.goes_ready()
    assert next_one(floor) == "200"


class Day:
    """An hour and more of regular calls: one every 20 s, 60 s of talk and 30 s of wrap-up, which
    keep six agents busy for 75 % of the time.
    """

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        open_with(floor, Strategy.LEAST_OCCUPIED, wrap_up=timedelta(seconds=30))
        self.agents = [floor.agent(str(number)) for number in range(101, 107)]
        self.talking: list[tuple[Colleague, float]] = []
        self.passed = 0

    def goes_on(self, minutes: float) -> Counter[AgentId]:
        """Run this much of it; gives the number of calls of each agent."""
        before = len(self.floor.told(AgentConnected))
        for _ in range(round(minutes * 3)):
            self.floor.caller("")
            for _ in range(4):
                self._five_seconds()
        return Counter(e.agent for e in self.floor.told(AgentConnected)[before:])

    def _five_seconds(self) -> None:
        self.floor.wait(5)
        self.passed += 5
        for agent, until in list(self.talking):
            if self.passed >= until:
                agent.hangs_up()
                self.talking.remove((agent, until))
        for agent in self.agents:
            if agent.is_rung() and all(agent is not busy for busy, _ in self.talking):
                agent.picks_up()
                self.talking.append((agent, self.passed + 60))


def test_a_newcomer_is_not_flooded(floor: Floor) -> None:
    """An agent who logs in after an hour gets as many calls in the next hour as any other, and not
    all of the first minutes.
    """
    day = Day(floor)
    day.goes_on(60)
    newcomer = floor.agent("107")
    day.agents.append(newcomer)
    first = day.goes_on(10)
    taken = first + day.goes_on(50)
    fair = taken.total() / 7
    assert first[newcomer.id] <= 1.5 * first.total() / 7
    assert 0.85 * fair <= taken[newcomer.id] <= 1.15 * fair
    assert max(taken.values()) <= 1.15 * fair
    assert min(taken.values()) >= 0.85 * fair


def test_a_break_of_an_hour_is_not_made_up_for(floor: Floor) -> None:
    """An agent who comes back from lunch begins in the middle of the others."""
    day = Day(floor)
    day.goes_on(30)
    away = next(agent for agent in day.agents if not agent.is_rung())
    away.pauses()
    day.goes_on(60)
    away.goes_ready()
    first = day.goes_on(10)
    assert first[away.id] <= 1.5 * first.total() / 6


# --- most skilled ---------------------------------------------------------------------------


DUTCH = Queue(SALES, {}, skills=(SkillStep(timedelta(), {"dutch": 3, "claims": 1}),))


def test_the_most_skilled_in_what_is_asked_for(floor: Floor) -> None:
    """Levels in the required skills are added up; other skills, and agents who are not good
    enough, are not.
    """
    open_with(floor, Strategy.MOST_SKILLED, step=DUTCH)
    floor.agent("100", idle=1, dutch=4, claims=5)
    floor.agent("200", idle=1, dutch=2, claims=9)
    floor.agent("300", idle=1, dutch=5, claims=1, cooking=9)
    best = floor.agent("400", idle=1, dutch=3, claims=7)
    talks(floor, best)
    assert next_one(floor) == "400"
    best.is_busy()
    assert next_one(floor) == "100"


def test_equally_skilled(floor: Floor) -> None:
    """The call goes to the agent who is idle longest."""
    open_with(floor, Strategy.MOST_SKILLED, step=DUTCH)
    ann = floor.agent("100", idle=1, dutch=5, claims=1)
    bob = floor.agent("200", idle=1, dutch=3, claims=3)
    talks(floor, ann)
    talks(floor, bob)
    assert next_one(floor) == "100"


# --- by turns and by numbers ----------------------------------------------------------------


def test_round_robin(floor: Floor) -> None:
    """Each agent in turn, whichever is idle longest; a missed or withdrawn offer was a turn."""
    open_with(floor, Strategy.ROUND_ROBIN)
    ann, bob, cy = (floor.agent(agent, idle=1) for agent in ("100", "200", "300"))
    talks(floor, ann, 30)
    assert next_one(floor) == "200"
    talks(floor, cy, 5)
    talks(floor, ann)
    talks(floor, bob)
    assert next_one(floor) == "300"


def test_each_queue_has_its_own_round(floor: Floor) -> None:
    """A turn in support is none in sales."""
    open_with(floor, Strategy.ROUND_ROBIN)
    ann = floor.agent("100", "sales", "support", idle=1)
    floor.agent("200", idle=1)
    talks(floor, ann, number=FOR_SUPPORT)
    assert [next_one(floor) for _ in range(3)] == ["200", "100", "200"]


def test_fewest_calls(floor: Floor) -> None:
    """The calls of this queue count; a newcomer begins at the mean and not at none."""
    open_with(floor, Strategy.FEWEST_CALLS)
    ann, bob = floor.agent("100", "sales", "support", idle=1), floor.agent("200", idle=1)
    for agent in (ann, bob, ann, bob, ann, bob):
        talks(floor, agent, 5)
    talks(floor, ann, 5, number=FOR_SUPPORT)
    assert next_one(floor) == "200"
    talks(floor, bob, 5)
    talks(floor, ann, 5)
    newcomer = floor.agent("300", idle=1)
    for agent in (bob, ann, newcomer, bob):
        assert next_one(floor) == agent.id
        talks(floor, agent, 5)


def test_linear(floor: Floor) -> None:
    """The first free one in the given order; agents not in it come last, longest idle first."""
    open_with(floor, Strategy.LINEAR, order=(AgentId("300"), AgentId("999"), AgentId("100")))
    floor.agent("400", idle=1)
    floor.agent("200", idle=1)
    floor.agent("100", idle=1)
    floor.agent("300", idle=1)
    assert [floor.caller().rung for _ in range(5)] == [["300"], ["100"], ["400"], ["200"], []]


@pytest.mark.parametrize("strategy", Strategy)
def test_ties_go_to_the_longest_idle_then_to_the_smaller_id(
    floor: Floor, strategy: Strategy
) -> None:
    """When the strategy makes no difference."""
    open_with(floor, strategy, ring_at_most=1)
    floor.agent("300")
    floor.agent("200", idle=1)
    floor.agent("100", idle=1)
    assert [floor.caller().rung for _ in range(3)] == [["200"], ["300"], ["100"]]
    assert len(floor.told(OfferMade)) == 3
