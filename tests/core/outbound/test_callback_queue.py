"""Customers who are called back at their place in line, and wait for an agent on answering."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.outbound.attempt import RING_LIMIT
from contactcenter_ari.core.vocabulary.command import DialLeg, DialOutside
from contactcenter_ari.core.vocabulary.event import InteractionQueued
from contactcenter_ari.core.vocabulary.request import DialCallback
from contactcenter_ari.core.vocabulary.signal import LegAnswered, SwitchReconciled, TimePassed
from tests.core.outbound.callback import (
    AGENT_FIRST,
    ANN,
    BOB,
    BOTH,
    CAS,
    SALES,
    attempts,
    booked,
    busy_agent,
    closed,
    customer,
    ended,
    open_shop,
    outbound,
    ready,
    rung,
    talking_agent,
    waits,
)

if TYPE_CHECKING:
    from contactcenter_ari.core.vocabulary.callback import CallbackMode
    from tests.core.conftest import Floor


def test_the_customer_is_called_when_next(floor: Floor) -> None:
    """Dialed, greeted, connected: the callback is kept, and counted as an outbound call."""
    open_shop(floor)
    busy_agent(floor)
    booked(floor)
    assert rung(floor) == [ANN]
    assert [dial.ring_limit for dial in floor.done(DialOutside)] == [RING_LIMIT]
    callee = customer(floor)
    callee.answers()
    assert callee.heard == ["callback_greeting"]
    callee.hears_out()
    assert floor.switch.music[callee.leg] == "default"
    ready(floor)
    agent = floor.colleague()
    assert floor.done(DialLeg)[-1].caller_number == ANN
    agent.picks_up()
    assert attempts(floor) == [(1, "reached", None)]
    assert closed(floor) == ["reached"]
    callee.hangs_up()
    (interaction,) = outbound(floor)
    end = ended(floor, interaction)
    assert (end.direction, end.called_number, end.caller_number) == (
        "outbound", ANN, "+31201234567",
    )  # fmt: skip
    assert (end.reason, end.agent, end.queue, end.flow) == ("completed", "100", "sales", "shop")


def test_nobody_is_called_while_on_the_phone(floor: Floor) -> None:
    """Until the caller has hung up the line is busy."""
    open_shop(floor)
    busy_agent(floor)
    booked(floor, hangs_up=False)
    floor.wait(5)
    assert rung(floor) == []


def test_nobody_is_called_without_agents(floor: Floor) -> None:
    """One agent who is logged in is enough, also in a break."""
    open_shop(floor, join_empty=True)
    booked(floor)
    assert rung(floor) == []
    busy_agent(floor)
    assert rung(floor) == [ANN]


def test_live_callers_come_first(floor: Floor) -> None:
    """A callback is dialed when it is next in line, neither earlier nor later."""
    open_shop(floor)
    busy_agent(floor)
    first = waits(floor, BOB)
    floor.wait(60)
    booked(floor, ANN)
    floor.wait(60)
    waits(floor, CAS)
    assert rung(floor) == []
    ready(floor)
    assert rung(floor) == [ANN], "the first caller is being offered"
    floor.colleague().picks_up()
    callee = customer(floor)
    callee.answers()
    callee.hears_out()
    floor.wait(5)
    first.hangs_up()
    floor.settle()
    floor.wait(15)
    offered = [dial.caller_number for dial in floor.done(DialLeg)]
    assert offered == [BOB, ANN], "before the caller who came later"
    (queued,) = (e for e in floor.told(InteractionQueued) if e.interaction == outbound(floor)[0])
    assert queued.position == 1


def test_a_place_counts_in_positions(floor: Floor) -> None:
    """A caller who comes later is behind the one who hung up, and is told so."""
    open_shop(floor)
    busy_agent(floor)
    waits(floor, BOB)
    booked(floor, ANN)
    waits(floor, CAS)
    assert floor.told(InteractionQueued)[-1].position == 3


def test_one_rings_at_a_time(floor: Floor) -> None:
    """The second is dialed when the first stands in line no more; never more than agents."""
    open_shop(floor)
    busy_agent(floor, "100")
    busy_agent(floor, "101")
    for number in (ANN, BOB, CAS):
        booked(floor, number)
    assert rung(floor) == [ANN]
    customer(floor).answers()
    customer(floor).hears_out()
    floor.wait(1)
    assert rung(floor) == [ANN], "she waits for an agent now"
    ready(floor)
    assert rung(floor) == [ANN, BOB], "she is being offered"
    customer(floor).answers()
    customer(floor).hears_out()
    floor.wait(1)
    assert rung(floor) == [ANN, BOB], "there are two agents for two customers on the line"
    floor.colleague("100").picks_up()
    assert rung(floor) == [ANN, BOB]


def test_one_rings_though_another_is_first(floor: Floor) -> None:
    """A caller who comes back into the line before one who is being rung is dialed
    after that one.
    """
    open_shop(floor)
    busy_agent(floor, "100")
    busy_agent(floor, "101")
    booked(floor, ANN)
    customer(floor).hangs_up(17)
    floor.wait(895)
    booked(floor, BOB)
    floor.wait(10)
    assert rung(floor) == [ANN, BOB]
    customer(floor).hangs_up(17)
    assert rung(floor) == [ANN, BOB, ANN]


CAUSES = [(17, "busy"), (18, "no_answer"), (21, "declined"), (34, "failed")]


@pytest.mark.parametrize(("cause", "result"), CAUSES)
def test_who_is_not_reached_is_called_again(floor: Floor, cause: int, result: str) -> None:
    """After the delay, at the old place, until the attempts are used up."""
    open_shop(floor, max_wait=timedelta(hours=1))
    talking_agent(floor)
    booked(floor)
    customer(floor).hangs_up(cause)
    assert attempts(floor) == [(1, result, 900)]
    later = waits(floor, BOB)
    floor.wait(899)
    assert rung(floor) == [ANN]
    floor.wait(1)
    assert rung(floor) == [ANN, ANN]
    assert not later.is_released()
    customer(floor).hangs_up(cause)
    floor.wait(900)
    customer(floor).hangs_up(cause)
    assert [number for number, _, _ in attempts(floor)] == [1, 2, 3]
    assert closed(floor) == ["exhausted"]
    assert {ended(floor, each).reason for each in outbound(floor)} == {"not_reached"}


def test_a_phone_rings_for_half_a_minute(floor: Floor) -> None:
    """Then the customer is let go, and a late answer is hung up."""
    open_shop(floor)
    busy_agent(floor)
    booked(floor)
    callee = customer(floor)
    floor.wait(29.9, silent=True)
    assert attempts(floor) == []
    floor.wait(0.1, silent=True)
    assert attempts(floor) == [(1, "no_answer", 900)]
    floor.take(LegAnswered(callee.leg))
    assert callee.is_released()
    callee.hangs_up()
    assert callee.heard == []


@pytest.mark.parametrize("stage", ["greeting", "waiting"])
def test_the_customer_gives_up(floor: Floor, stage: str) -> None:
    """A customer who answers and hangs up before an agent is there is tried again."""
    open_shop(floor)
    busy_agent(floor)
    booked(floor)
    callee = customer(floor)
    callee.answers()
    if stage == "waiting":
        callee.hears_out()
    floor.wait(7)
    callee.hangs_up()
    assert attempts(floor) == [(1, "given_up", 900)]
    assert ended(floor, outbound(floor)[0]).reason == (
        "abandoned" if stage == "waiting" else "left_flow"
    )


def test_all_agents_are_gone(floor: Floor) -> None:
    """They left while the customer was rung: an apology, and another try."""
    open_shop(floor, join_empty=False)
    busy_agent(floor)
    booked(floor)
    callee = customer(floor)
    floor.colleague().logs_out()
    callee.answers()
    callee.hears_out()
    assert callee.heard == ["callback_greeting", "callback_sorry"]
    callee.hears_out()
    assert callee.is_released()
    callee.hangs_up()
    assert attempts(floor) == [(1, "given_up", 900)]


def test_no_place_is_left_behind(floor: Floor) -> None:
    """Out of the line between two attempts, and back before who came later."""
    open_shop(floor)
    busy_agent(floor)
    booked(floor)
    customer(floor).hangs_up(17)
    view = floor.center.queues(floor.now)[0]
    assert (view.waiting, view.callbacks) == (0, 0)
    waits(floor, BOB)
    assert floor.told(InteractionQueued)[-1].position == 1
    floor.wait(900)
    view = floor.center.queues(floor.now)[0]
    assert (view.waiting, view.callbacks) == (0, 1), "Bob has waited as long as allowed"


def test_the_trunk_is_away(floor: Floor) -> None:
    """The command fails: so does the attempt."""
    open_shop(floor)
    busy_agent(floor)
    booked(floor)
    floor.fails(DialOutside)
    assert attempts(floor) == [(1, "failed", 900)]


@BOTH
@pytest.mark.parametrize("status", [0, 503])
def test_an_attempt_that_the_switch_did_not_make(
    floor: Floor, mode: CallbackMode, status: int
) -> None:
    """It was away, or had no room: the last attempt is still to come."""
    open_shop(floor, step={"attempts": 1}, callback_mode=mode)
    agent = floor.agent()
    agent.is_busy()
    booked(floor)
    if mode is AGENT_FIRST:
        ready(floor)
        agent.answers()
    floor.fails(DialOutside, status)
    assert attempts(floor) == [(1, "failed", 900)]
    assert closed(floor) == []
    assert ended(floor, outbound(floor)[0]).reason == "system_error"
    floor.wait(900)
    if mode is AGENT_FIRST:
        agent.answers()
    customer(floor).hangs_up(17)
    assert rung(floor) == [ANN, ANN]
    assert (attempts(floor)[1:], closed(floor)) == ([(2, "busy", None)], ["exhausted"])


def test_an_attempt_in_which_the_switch_died(floor: Floor) -> None:
    """While the customer's phone rang: it does not count."""
    open_shop(floor, step={"attempts": 1})
    agent = floor.agent()
    agent.is_busy()
    booked(floor)
    floor.wait(10)
    floor.switch = type(floor.switch)()
    told = SwitchReconciled(floor.now, (), (agent.phone,), settled_at=floor.now)
    floor.take(told)
    agent.is_busy()
    assert closed(floor) == []
    floor.wait(900)
    assert rung(floor) == [ANN, ANN]


ORDERS = sorted(set(permutations("dddttt")))


@pytest.mark.parametrize("order", ORDERS, ids=["".join(order) for order in ORDERS])
def test_three_dispatches_at_once_dial_once(floor: Floor, order: tuple[str, ...]) -> None:
    """Whatever the order of the requests and the wake-ups in the instant a callback is due."""
    open_shop(floor)
    talking_agent(floor)
    callback = booked(floor)
    customer(floor).hangs_up(17)
    floor.settle()
    floor.now += timedelta(minutes=15)
    refused = []
    for input_ in order:
        try:
            floor.take(TimePassed() if input_ == "t" else DialCallback(callback, "test"))
        except RequestRefused as refusal:
            refused.append(refusal.code)
    assert len(floor.done(DialOutside)) == 2, "the first try, and one now"
    assert set(refused) == {"already_dialing"}
    assert len(refused) == (2 if order[0] == "d" else 3)


def test_positions_may_be_told_while_places_are_kept(floor: Floor) -> None:
    """A place that goes over from caller to callback and back puts nobody behind another; one
    that comes back into the line does.
    """
    open_shop(floor, max_wait=timedelta(hours=1))
    busy_agent(floor)
    waits(floor, BOB).presses("1")
    waits(floor, CAS)
    line = floor.center._distribution.queues.lines[SALES]
    assert line.is_steady(floor.now)
    booked(floor, ANN)
    waits(floor, BOB)
    assert line.is_steady(floor.now), "Bob has the same position again"
    assert floor.told(InteractionQueued)[-1].position == 1


def test_who_comes_back_overtakes(floor: Floor) -> None:
    """After a failed attempt the position is taken before those who joined meanwhile."""
    open_shop(floor, max_wait=timedelta(hours=1))
    busy_agent(floor)
    booked(floor, ANN)
    customer(floor).hangs_up(17)
    waits(floor, BOB)
    line = floor.center._distribution.queues.lines[SALES]
    assert line.is_steady(floor.now)
    floor.wait(900)
    assert not line.is_steady(floor.now)
