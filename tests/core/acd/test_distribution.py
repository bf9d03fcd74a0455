"""The callers in line, their order, the agents for each, and the end of each stay in a queue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.acd.line import Waiting, WaitingLine
from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.if_ import If
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.vocabulary.command import DialLeg
from contactcenter_ari.core.vocabulary.event import (
    AgentConnected,
    InteractionDequeued,
    InteractionQueued,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import InteractionId, LegId, QueueName

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Colleague, Floor

SALES, SUPPORT = QueueName("sales"), QueueName("support")
LIMIT = timedelta(seconds=12)
VIP, FRIEND, STRANGER = "+31600000001", "+31600000002", "+31600000003"


def serve(agent: Colleague, *callers: Caller) -> list[int]:
    """Let the agent talk to all waiting callers; gives the order in which they were served."""
    order = []
    for _ in callers:
        (served,) = (n for n, c in enumerate(callers) if c.exits == [] and is_offered(c))
        agent.picks_up()
        order.append(served)
        agent.hangs_up()
        agent.floor.wait(15)
    return order


def is_offered(caller: Caller) -> bool:
    """Whether a phone rings for this caller."""
    return any(dial.originator == caller.leg for dial in caller.floor.done(DialLeg))


def with_ranks(floor: Floor) -> None:
    """VIPs have priority class 1, friends a head start of a minute."""
    floor.open(
        floor.write(
            {
                "start": [
                    Queue(
                        SALES,
                        {},
                        priority=parse(f'1 if caller.number == "{VIP}" else 5'),
                        head_start=parse(f'1m if caller.number == "{FRIEND}" else 0s'),
                    )
                ]
            }
        )
    )


def test_a_phone_rings_within_the_limit_of_the_queue(floor: Floor) -> None:
    """The command names the limit of the center; any margin of the switch is its own."""
    floor.open(
        floor.write({"start": [Queue(SALES, {})]}), QueueSettings(name=SALES, ring_limit=LIMIT)
    )
    floor.agent()
    floor.caller()
    assert [dial.ring_limit for dial in floor.done(DialLeg)] == [LIMIT]


# --- order ----------------------------------------------------------------------------------


def test_first_come_first_served(floor: Floor) -> None:
    """Callers are served in the order they came, also of one instant."""
    agent = floor.agent()
    agent.is_busy()
    callers = [floor.caller() for _ in range(2)]
    floor.wait(5)
    callers += [floor.caller() for _ in range(2)]
    assert [e.position for e in floor.told(InteractionQueued)] == [1, 2, 3, 4]
    agent.goes_ready()
    assert serve(agent, *callers) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("number", "seconds_later", "expected"),
    [
        (FRIEND, 59, [1, 0]),
        (FRIEND, 60, [0, 1]),
        (FRIEND, 61, [0, 1]),
        (VIP, 290, [1, 0]),
        (STRANGER, 1, [0, 1]),
    ],
)
def test_rank(floor: Floor, number: str, seconds_later: float, expected: list[int]) -> None:
    """A head start counts as time waited; a priority class goes before all waiting."""
    with_ranks(floor)
    agent = floor.agent()
    agent.is_busy()
    first = floor.caller(STRANGER)
    floor.wait(seconds_later)
    second = floor.caller(number)
    assert second.told(InteractionQueued)[0].position == expected.index(1) + 1
    agent.goes_ready()
    assert serve(agent, first, second) == expected


def test_a_head_start_stays_out_of_reported_waits(floor: Floor) -> None:
    """It is reported beside the wait, which is by the clock."""
    with_ranks(floor)
    agent = floor.agent()
    caller = floor.caller(FRIEND)
    floor.wait(7)
    agent.picks_up()
    assert caller.told(InteractionQueued)[0].head_start == timedelta(minutes=1)
    assert caller.told(AgentConnected)[0].waited == timedelta(seconds=7)
    assert caller.told(InteractionDequeued)[0].waited == timedelta(seconds=7)


def two_queues(floor: Floor, *queues: QueueSettings) -> None:
    """VIPs go to support, others to sales."""
    floor.open(
        floor.write(
            {
                "start": [
                    If(
                        parse(f'caller.number == "{VIP}"'),
                        Destination(Way.SECTION, "support"),
                    ),
                    Queue(SALES, {}),
                ],
                "support": [Queue(SUPPORT, {})],
            }
        ),
        *queues,
    )


def test_one_order_across_queues(floor: Floor) -> None:
    """An agent of both queues serves the first caller, in whichever queue."""
    two_queues(floor)
    agent = floor.agent("100", "sales", "support")
    agent.is_busy()
    callers = []
    for number in (STRANGER, VIP, VIP, STRANGER):
        callers.append(floor.caller(number))
        floor.wait(1)
    agent.goes_ready()
    assert serve(agent, *callers) == [0, 1, 2, 3]


def test_eligibility_before_age(floor: Floor) -> None:
    """An older caller in a queue of other agents does not keep the agent from the next caller."""
    two_queues(floor)
    floor.agent("200", "sales").is_busy()
    agent = floor.agent("100", "support")
    older = floor.caller(STRANGER)
    floor.wait(60)
    younger = floor.caller(VIP)
    assert (is_offered(older), is_offered(younger)) == (False, True)
    agent.picks_up()


def test_no_two_callers_are_offered_the_same_agent(floor: Floor) -> None:
    """Callers of two queues in one instant: the agent is reserved before the phone rings."""
    two_queues(floor)
    agent = floor.agent("100", "sales", "support")
    first, second = floor.caller(STRANGER), floor.caller(VIP)
    assert (is_offered(first), is_offered(second)) == (True, False)
    agent.picks_up()


def test_every_agent_who_is_free_is_rung(floor: Floor) -> None:
    """Three callers, two agents: both phones ring at once, the third waits first in line."""
    ann, bob = floor.agent("100"), floor.agent("200")
    callers = [floor.caller() for _ in range(3)]
    assert [is_offered(c) for c in callers] == [True, True, False]
    bob.picks_up()
    queues = {q.queue: q for q in floor.center.queues(floor.now)}
    assert (queues[SALES].waiting, queues[SALES].free) == (2, 0)
    ann.picks_up()


# --- who gets the call ----------------------------------------------------------------------


def test_the_next_call_goes_to_the_agent_idle_longest(floor: Floor) -> None:
    """After each has had a contact, it goes to the agent whose contact ended first."""
    ann, bob = floor.agent("100", idle=10), floor.agent("200", idle=10)
    floor.caller()
    ann.picks_up()
    floor.caller()
    bob.picks_up()
    bob.hangs_up()
    floor.wait(5)
    ann.hangs_up()
    floor.wait(60)
    floor.caller()
    assert (ann.is_rung(), bob.is_rung()) == (False, True)


def test_the_next_call_goes_to_the_agent_occupied_least(floor: Floor) -> None:
    """The agent who talked longer is passed over, although idle longer."""
    floor.open(None, QueueSettings(name=SALES, strategy=Strategy.LEAST_OCCUPIED))
    ann, bob = floor.agent("100", idle=10), floor.agent("200", idle=10)
    floor.caller()
    ann.picks_up()
    floor.wait(300)
    ann.hangs_up()
    floor.wait(60)
    floor.caller()
    bob.picks_up()
    floor.wait(10)
    bob.hangs_up()
    floor.wait(60)
    floor.caller()
    assert (ann.is_rung(), bob.is_rung()) == (False, True)


# --- exits ----------------------------------------------------------------------------------


def with_exits(floor: Floor, settings: QueueSettings) -> None:
    """Each way out of the queue but an agent plays its name."""
    exits = ("timeout", "full", "no_agents")
    leads = {each: Destination(Way.SECTION, each) for each in exits}
    said = {each: [Play(each)] for each in exits}
    floor.open(floor.write({"start": [Queue(SALES, leads)], **said}), settings)


def test_nobody_is_logged_in(floor: Floor) -> None:
    """The flow goes on at once; a stay of no length."""
    with_exits(floor, QueueSettings(name=SALES))
    floor.colleague()
    caller = floor.caller()
    assert (caller.exits, caller.heard) == (["no_agents"], ["no_agents"])
    (stay,) = (e for e in caller.told(SegmentEnded) if e.kind is SegmentKind.QUEUE)
    assert (stay.result, stay.at - stay.started_at) == ("no_agents", timedelta())
    caller.hears_out()
    floor.settle()
    assert caller.end.reason == "turned_away"


def test_somebody_is_logged_in_but_busy(floor: Floor) -> None:
    """A call will end: the caller waits."""
    with_exits(floor, QueueSettings(name=SALES))
    floor.agent().is_busy()
    assert floor.caller().exits == []


def test_joining_an_empty_queue(floor: Floor) -> None:
    """With `join_empty` the caller waits for an agent to log in."""
    with_exits(floor, QueueSettings(name=SALES, join_empty=True))
    caller = floor.caller()
    floor.wait(60)
    agent = floor.agent()
    agent.picks_up()
    assert caller.exits == ["answered"]


def test_the_queue_is_full(floor: Floor) -> None:
    """A caller after the last position leaves at once; a free position can be taken again."""
    with_exits(floor, QueueSettings(name=SALES, max_waiting=2))
    floor.agent().is_busy()
    first, _, third = (floor.caller() for _ in range(3))
    assert (third.exits, third.heard) == (["full"], ["full"])
    assert third.told(InteractionQueued)[0].position == 3
    first.hangs_up()
    assert floor.caller().exits == []


def test_a_queue_without_places(floor: Floor) -> None:
    """No caller may wait, not even with an agent free."""
    with_exits(floor, QueueSettings(name=SALES, max_waiting=0))
    floor.agent()
    assert floor.caller().exits == ["full"]


def test_the_wait_limit(floor: Floor) -> None:
    """After 15 minutes the caller leaves the line and hears the reason."""
    with_exits(floor, QueueSettings(name=SALES))
    floor.agent().is_busy()
    caller = floor.caller()
    floor.wait(899)
    assert caller.exits == []
    floor.wait(1)
    assert (caller.exits, caller.heard) == (["timeout"], ["timeout"])
    assert caller.told(InteractionDequeued)[0].waited == timedelta(minutes=15)
    caller.hangs_up()
    assert caller.end.reason == "turned_away"


@pytest.mark.parametrize(
    ("waited", "expected"), [(4.999, "abandoned_short"), (5, "abandoned"), (60, "abandoned")]
)
def test_abandoned_short(floor: Floor, waited: float, expected: str) -> None:
    """A caller who hangs up within five seconds is counted apart."""
    floor.agent().is_busy()
    caller = floor.caller()
    floor.wait(waited)
    caller.hangs_up()
    assert (caller.exits, caller.end.reason) == ([expected], "abandoned")


def test_positions_at_entry_and_exit(floor: Floor) -> None:
    """A stay has the position at its beginning and at its end."""
    floor.agent().is_busy()
    callers = [floor.caller() for _ in range(3)]
    callers[0].hangs_up()
    callers[2].hangs_up()
    (stay,) = (e for e in callers[2].told(SegmentEnded) if e.kind is SegmentKind.QUEUE)
    assert (stay.position_at_entry, stay.position_at_exit) == (3, 2)


# --- wrap-up --------------------------------------------------------------------------------


def test_wrap_up_holds_for_all_queues(floor: Floor) -> None:
    """The work after a sales call keeps the agent from support calls too, and is reported."""
    two_queues(floor, QueueSettings(name=SALES, wrap_up=timedelta(seconds=30)))
    agent = floor.agent("100", "sales", "support")
    first = floor.caller(STRANGER)
    agent.picks_up()
    second = floor.caller(VIP)
    agent.hangs_up()
    floor.wait(29)
    assert not agent.is_rung()
    floor.wait(1)
    assert agent.is_rung()
    agent.picks_up()
    assert second.exits == ["answered"]
    (wrap_up,) = (e for e in first.told(SegmentEnded) if e.kind is SegmentKind.WRAP_UP)
    assert (wrap_up.agent, wrap_up.queue) == ("100", "sales")
    assert wrap_up.at - wrap_up.started_at == timedelta(seconds=30)


def test_no_wrap_up(floor: Floor) -> None:
    """With a wrap-up of 0 the next phone call rings in the turn the last one ends."""
    floor.open(None, QueueSettings(name=SALES, wrap_up=timedelta()))
    agent = floor.agent()
    first, second = floor.caller(), floor.caller()
    agent.picks_up()
    agent.hangs_up()
    assert agent.is_rung()
    agent.picks_up()
    assert (first.exits, second.exits) == (["answered"], ["answered"])


# --- misses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "result", "reason"),
    [
        (17, "busy", "busy"),
        (21, "refused", "refused"),
        (19, "lapsed", "no_answer"),
        (18, "lapsed", "no_answer"),
        (20, "failed", "unreachable"),
        (27, "failed", "unreachable"),
        (0, "failed", "unreachable"),
    ],
)
def test_why_a_phone_was_not_answered(floor: Floor, cause: int, result: str, reason: str) -> None:
    """The cause of the hang-up gives the reason for which the agent is NOT_READY."""
    agent = floor.agent()
    caller = floor.caller()
    agent.hangs_up(cause)
    assert caller.offers == [("100", result)]
    assert agent.state == ("not_ready", reason)


def test_a_missed_caller_keeps_place_and_age(floor: Floor) -> None:
    """The caller is still first in line, and the wait still counts from the arrival."""
    ann, bob = floor.agent("100"), floor.agent("200")
    bob.is_busy()
    first = floor.caller()
    floor.wait(10)
    second = floor.caller()
    floor.wait(10)
    assert ann.state == ("not_ready", "no_answer")
    bob.goes_ready()
    bob.picks_up()
    assert (first.exits, second.exits) == (["answered"], [])
    assert first.told(AgentConnected)[0].waited == timedelta(seconds=20)


def test_an_agent_who_missed_is_skipped_by_this_caller_alone(floor: Floor) -> None:
    """For 30 s the caller is offered to other agents, then to this one again."""
    floor.open(
        None,
        QueueSettings(
            name=SALES, misses_before_not_ready=MissLimits.alike(2), wrap_up=timedelta()
        ),
    )
    agent = floor.agent()
    first = floor.caller()
    floor.wait(20)
    assert (agent.state, agent.is_rung()) == (("ready", ""), False)
    second = floor.caller()
    assert agent.is_rung()
    agent.picks_up()
    assert (first.exits, second.exits) == ([], ["answered"])
    agent.hangs_up()
    floor.wait(29.9)
    assert not agent.is_rung()
    floor.wait(0.1)
    assert agent.is_rung()
    agent.picks_up()
    assert first.told(AgentConnected)[0].waited == timedelta(seconds=50)


def test_a_caller_who_skips_one_is_offered_another(floor: Floor) -> None:
    """The pause is between one caller and one agent; any other free agent is rung."""
    floor.open(None, QueueSettings(name=SALES, misses_before_not_ready=MissLimits.alike(2)))
    ann = floor.agent("100", idle=60)
    bob = floor.agent("200")
    floor.caller()
    assert (ann.is_rung(), bob.is_rung()) == (True, False)
    floor.wait(20)
    assert (ann.is_rung(), bob.is_rung()) == (False, True)


# --- the line -------------------------------------------------------------------------------


def test_a_line_of_many() -> None:
    """Positions stay right while callers of any rank come and go."""
    now = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    line = WaitingLine(SALES)
    callers = [
        Waiting(
            interaction=InteractionId(str(number)),
            queue=SALES,
            leg=LegId(str(number)),
            caller_number="",
            caller_name="",
            joined_at=now + timedelta(seconds=number * 37 % 11),
            priority=number % 3,
            head_start=timedelta(seconds=number * 17 % 7),
            arrival=number,
        )
        for number in range(50)
    ]
    for caller in callers:
        line.join(caller, now)
    assert [c.rank for c in line] == sorted(c.rank for c in callers)
    for caller in callers[::2]:
        position = line.position(caller)
        assert list(line)[position - 1] is caller
        assert line.leave(caller) == position
        assert caller not in list(line)
    assert len(line) == 25
