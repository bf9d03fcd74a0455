"""One order over all callers an agent may be offered: head starts, classes, ages, and the callers
who are left out before they are compared.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.set import SetVariables
from contactcenter_ari.core.flow.verb.switch import Switch as SwitchStep
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.vocabulary.event import (
    AgentConnected,
    InteractionDequeued,
    InteractionQueued,
    PriorityChanged,
)
from contactcenter_ari.core.vocabulary.ids import QueueName

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Colleague, Floor

SALES, SUPPORT, CLAIMS = QueueName("sales"), QueueName("support"), QueueName("claims")
STATUS = SetVariables((("caller.status", parse("caller.name")),))
"""On this floor the name of a caller is also the status."""
MINUTE = timedelta(minutes=1)
FOR_SUPPORT, FOR_CLAIMS = "+31600000001", "+31600000002"


def with_status(floor: Floor, *queues: QueueSettings, step: Queue | None = None) -> None:
    """By their numbers callers wait for support, claims or sales."""
    by_number = SwitchStep(
        parse("caller.number"),
        {
            FOR_SUPPORT: Destination(Way.SECTION, "support"),
            FOR_CLAIMS: Destination(Way.SECTION, "claims"),
        },
    )
    floor.open(
        floor.write(
            {
                "start": [STATUS, by_number, step or Queue(SALES, {})],
                "support": [Queue(SUPPORT, {})],
                "claims": [Queue(CLAIMS, {})],
            }
        ),
        QueueSettings(name=CLAIMS),
        *queues,
    )


def away(floor: Floor, *queues: str) -> Colleague:
    """An agent who is logged in, but busy."""
    agent = floor.agent("100", *queues)
    agent.is_busy()
    return agent


def served(agent: Colleague, *callers: Caller) -> list[int]:
    """The order in which the agent, who comes back, is offered the callers."""
    order = []
    agent.goes_ready()
    for _ in callers:
        order += [number for number, caller in enumerate(callers) if caller.rung]
        agent.picks_up()
        agent.hangs_up()
        agent.ends_wrap_up()
    return order


# --- across queues --------------------------------------------------------------------------


def test_head_starts_and_classes_count_across_queues(floor: Floor) -> None:
    """Four callers of three queues: the class first, then age and head start together."""
    gold = {"gold": 5 * MINUTE}
    with_status(floor, QueueSettings(name=SALES, head_start_by_status=gold))
    agent = away(floor, "sales", "support", "claims")
    support = floor.caller(FOR_SUPPORT)
    floor.wait(290)
    claims = floor.caller(FOR_CLAIMS)
    gold_sales = floor.caller(name="gold")
    floor.wait(5)
    urgent = floor.caller(FOR_CLAIMS)
    urgent.is_ranked(priority=1)
    assert served(agent, support, claims, gold_sales, urgent) == [3, 2, 0, 1]


def test_ties_across_queues_go_to_who_came_first(floor: Floor) -> None:
    """Also in the same instant, in any order of the agent's queues."""
    with_status(floor)
    agent = away(floor, "sales", "support", "claims")
    numbers = (FOR_CLAIMS, FOR_SUPPORT, "", FOR_SUPPORT, FOR_CLAIMS)
    callers = [floor.caller(number) for number in numbers]
    assert served(agent, *callers) == [0, 1, 2, 3, 4]


def test_an_agent_of_few_queues_takes_the_first_of_these(floor: Floor) -> None:
    """Better-ranked callers of other queues, whom no agent can serve, block no other caller."""
    with_status(floor)
    floor.agent("900", "claims").is_busy()
    agent = away(floor, "sales", "support")
    claims = [floor.caller(FOR_CLAIMS) for _ in range(3)]
    for caller in claims:
        caller.is_ranked(priority=1)
    floor.wait(60)
    callers = [floor.caller(number) for number in ("", FOR_SUPPORT, "")]
    assert served(agent, *callers) == [0, 1, 2]
    assert [caller.rung for caller in claims] == [[], [], []]


def test_a_caller_who_skips_the_agent_blocks_nobody(floor: Floor) -> None:
    """The agent missed the best caller lately, and gets the next one in line."""
    with_status(floor, QueueSettings(name=SALES, misses_before_not_ready=MissLimits.alike(3)))
    agent = floor.agent("100", "sales", "support")
    first, second = floor.caller(), floor.caller(FOR_SUPPORT)
    assert first.rung == ["100"]
    agent.hangs_up(17)
    assert (first.rung, second.rung) == ([], ["100"])


# --- by status ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "seconds_later", "order"),
    [("gold", 299, [1, 0]), ("gold", 300, [0, 1]), ("", 1, [0, 1]), ("silver", 1, [0, 1])],
)
def test_head_start_by_status(
    floor: Floor, status: str, seconds_later: int, order: list[int]
) -> None:
    """A gold caller is ahead of callers who waited less than five minutes more; others are not."""
    by_status = {"gold": 5 * MINUTE}
    with_status(floor, QueueSettings(name=SALES, head_start_by_status=by_status))
    agent = away(floor)
    first = floor.caller()
    floor.wait(seconds_later)
    second = floor.caller(name=status)
    assert second.told(InteractionQueued)[0].position == order.index(1) + 1
    assert served(agent, first, second) == order


def test_the_larger_head_start_counts(floor: Floor) -> None:
    """That of the step or that of the status; they are not added up."""
    by_status = {"gold": 5 * MINUTE, "silver": MINUTE}
    step = Queue(SALES, {}, head_start=parse("2m"))
    with_status(floor, QueueSettings(name=SALES, head_start_by_status=by_status), step=step)
    away(floor)
    for status, minutes in (("gold", 5), ("silver", 2), ("", 2)):
        caller = floor.caller(name=status)
        assert caller.told(InteractionQueued)[0].head_start == minutes * MINUTE


def test_a_head_start_is_no_wait(floor: Floor) -> None:
    """No report counts it, and neither does the limit of the wait."""
    by_status = {"gold": 5 * MINUTE}
    with_status(
        floor,
        QueueSettings(name=SALES, head_start_by_status=by_status, max_wait=2 * MINUTE),
    )
    agent = away(floor)
    caller = floor.caller(name="gold")
    floor.wait(119)
    assert caller.exits == []
    (sales, *_) = floor.center.queues(floor.now)
    assert sales.oldest_wait == timedelta(seconds=119)
    agent.goes_ready()
    agent.picks_up()
    assert caller.told(AgentConnected)[0].waited == timedelta(seconds=119)
    assert caller.told(InteractionDequeued)[0].waited == timedelta(seconds=119)


@pytest.mark.parametrize(("status", "seconds"), [("gold", 60), ("", 120), ("silver", 120)])
def test_wait_limit_by_status(floor: Floor, status: str, seconds: int) -> None:
    """A caller to be served sooner waits no longer, either."""
    sales = QueueSettings(name=SALES, max_wait=2 * MINUTE, max_wait_by_status={"gold": MINUTE})
    with_status(floor, sales)
    away(floor)
    caller = floor.caller(name=status)
    floor.wait(seconds - 0.001)
    assert caller.exits == []
    floor.wait(0.001)
    assert caller.exits == ["timeout"]


def test_the_limit_of_the_step_comes_first(floor: Floor) -> None:
    """The limit of the flow is meant for this one caller."""
    sales = QueueSettings(name=SALES, max_wait_by_status={"gold": MINUTE})
    with_status(floor, sales, step=Queue(SALES, {}, max_wait=3 * MINUTE))
    away(floor)
    caller = floor.caller(name="gold")
    floor.wait(179)
    assert caller.exits == []
    floor.wait(1)
    assert caller.exits == ["timeout"]


# --- time in the flow -----------------------------------------------------------------------


@pytest.mark.parametrize(("counts", "order"), [(True, [1, 0]), (False, [0, 1])])
def test_time_in_the_flow(floor: Floor, order: list[int], *, counts: bool) -> None:
    """With `count_flow_time` a minute in the menus is a minute waited, as to the order."""
    patient = Destination(Way.SECTION, "patient")
    floor.open(
        floor.write(
            {
                "start": [
                    SwitchStep(parse("caller.number"), {FOR_SUPPORT: patient}),
                    Queue(SALES, {}),
                ],
                "patient": [Wait(MINUTE), Queue(SALES, {})],
            }
        ),
        QueueSettings(name=SALES, count_flow_time=counts),
    )
    agent = away(floor)
    in_flow = floor.caller(FOR_SUPPORT)
    floor.wait(30)
    straight = floor.caller()
    floor.wait(30)
    assert served(agent, straight, in_flow) == order
    assert in_flow.told(AgentConnected)[0].waited == timedelta()


def test_time_in_the_flow_counts_across_queues(floor: Floor) -> None:
    """Only in the queues with that setting."""
    with_status(floor, QueueSettings(name=SALES, count_flow_time=True))
    agent = away(floor, "sales", "support")
    first, second = floor.caller(FOR_SUPPORT), floor.caller()
    assert served(agent, first, second) == [0, 1]


def test_a_talk_is_no_time_in_the_flow(floor: Floor) -> None:
    """A caller sent on after a talk of ten minutes has waited since the end of the talk."""
    on = Destination(Way.SECTION, "on")
    floor.open(
        floor.write({"start": [Queue(SUPPORT, {"answered": on})], "on": [Queue(SALES, {})]}),
        QueueSettings(name=SALES, count_flow_time=True),
    )
    first, agent = floor.agent("200", "support"), away(floor)
    served_once = floor.caller()
    first.picks_up()
    floor.wait(600)
    fresh = floor.caller()
    fresh.is_moved("sales")
    floor.wait(10)
    first.hangs_up()
    assert served(agent, fresh, served_once) == [0, 1]


# --- changed while waiting ------------------------------------------------------------------


def test_another_head_start_while_waiting(floor: Floor) -> None:
    """The caller overtakes at once, and the report names the person who did it."""
    agent = away(floor)
    callers = [floor.caller()]
    floor.wait(10)
    callers += [floor.caller(), floor.caller()]
    callers[2].is_ranked(head_start=timedelta(seconds=11))
    (changed,) = floor.told(PriorityChanged)
    assert msgspec.structs.asdict(changed) | {"number": 0} == {
        "number": 0,
        "at": floor.now,
        "interaction": callers[2].interaction,
        "queue": SALES,
        "priority": 5,
        "head_start": timedelta(seconds=11),
        "by": "floor",
    }
    assert [view.position for view in floor.center.calls()] == [2, 3, 1]
    assert served(agent, *callers) == [2, 0, 1]


def test_another_class_while_waiting(floor: Floor) -> None:
    """Up or down; the head start stays what it was."""
    with_status(floor, QueueSettings(name=SALES, head_start_by_status={"gold": MINUTE}))
    agent = away(floor)
    gold, second, third = floor.caller(name="gold"), floor.caller(), floor.caller()
    gold.is_ranked(priority=9)
    third.is_ranked(priority=1)
    assert [e.head_start for e in floor.told(PriorityChanged)] == [MINUTE, timedelta()]
    assert served(agent, gold, second, third) == [2, 1, 0]


def test_a_change_does_not_touch_an_offer_in_progress(floor: Floor) -> None:
    """A phone that rings goes on; when it is not answered, the new order counts."""
    with_status(floor, QueueSettings(name=SALES, misses_before_not_ready=MissLimits.alike(3)))
    agent = floor.agent("100")
    first, second, third = floor.caller(), floor.caller(), floor.caller()
    third.is_ranked(priority=1)
    first.is_ranked(priority=9)
    assert first.rung == ["100"]
    agent.hangs_up(17)
    assert (first.rung, second.rung, third.rung) == ([], [], ["100"])


def test_a_change_keeps_the_wait(floor: Floor) -> None:
    """Neither the reported wait nor the limit begins again."""
    away(floor)
    caller = floor.caller()
    floor.wait(600)
    caller.is_ranked(priority=1, head_start=timedelta(hours=1))
    floor.wait(299)
    assert caller.exits == []
    floor.wait(1)
    (stay,) = caller.told(InteractionDequeued)
    assert (stay.result, stay.waited) == ("timeout", timedelta(minutes=15))


def test_a_change_finds_a_free_agent_nobody_new(floor: Floor) -> None:
    """A caller who waits for skills that are away waits on, at another position."""
    with_status(floor)
    floor.agent("100", "support")
    away_agent = floor.agent("200", "sales")
    away_agent.is_busy()
    caller = floor.caller()
    caller.is_ranked(priority=1)
    assert caller.rung == []
    away_agent.goes_ready()
    assert caller.rung == ["200"]
