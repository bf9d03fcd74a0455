"""A callback is settled by a talk with its customer, by whatever way; nobody on the phone is
dialed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.agent import RingAgent
from contactcenter_ari.core.flow.verb.dial import DialOut
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.vocabulary.event import AgentConnected, CallbackBooked
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.request import CancelCallback, DialCallback, ForbidNumber
from tests.core.outbound.callback import (
    AGENT_FIRST,
    ANN,
    BESIDE,
    BOB,
    BOTH,
    CAS,
    attempts,
    booked,
    busy_agent,
    closed,
    customer,
    open_shop,
    opens_beside,
    ready,
    restore,
    rung,
    waits,
)

if TYPE_CHECKING:
    from contactcenter_ari.core.flow.language.step import Step
    from contactcenter_ari.core.flow.verb.table import Verb
    from tests.core.conftest import Caller, Colleague, Floor

SUPPORT = QueueName("support")
DAN = "+31622222222"
OUTSIDE = "+31201111111"


def talks(floor: Floor) -> Colleague:
    """An agent of sales who is on a call, and takes calls after it."""
    agent = floor.agent("900")
    waits(floor, CAS)
    agent.picks_up()
    return agent


def kept_behind_bob(floor: Floor, number: str = ANN) -> Caller:
    """A callback that is not dialed before Bob has left the line."""
    bob = waits(floor, BOB)
    booked(floor, number)
    return bob


@BOTH
def test_talking_in_another_queue(floor: Floor, mode: str) -> None:
    """The reason for the callback may be said there; nobody dials the customer during the talk,
    nor after.
    """
    open_shop(floor, callback_mode=mode)
    opens_beside(floor, Queue(SUPPORT, {}))
    talks(floor)
    helper = floor.agent("800", "support")
    bob = kept_behind_bob(floor)
    caller = floor.caller(ANN, to=BESIDE)
    helper.picks_up()
    assert closed(floor) == ["called_in"]
    bob.hangs_up()
    caller.hangs_up()
    floor.settle()
    floor.wait(3600)
    assert rung(floor) == []


def test_talking_to_one_agent(floor: Floor) -> None:
    """Asked for by name, without a queue."""
    open_shop(floor)
    opens_beside(floor, RingAgent(parse('"800"'), {}))
    talks(floor)
    helper = floor.agent("800", "support")
    kept_behind_bob(floor)
    floor.caller(ANN, to=BESIDE)
    helper.picks_up()
    assert closed(floor) == ["called_in"]


def test_talking_to_an_outside_line(floor: Floor) -> None:
    """With any party at the other end: the customer was served."""
    open_shop(floor)
    opens_beside(floor, DialOut(parse(f'"{OUTSIDE}"'), {}))
    talks(floor)
    bob = kept_behind_bob(floor)
    floor.caller(ANN, to=BESIDE)
    bob.hangs_up()
    assert rung(floor) == [OUTSIDE], "nobody is dialed who waits for an outside line"
    customer(floor).picks_up()
    assert closed(floor) == ["called_in"]


@pytest.mark.parametrize("end", ["busy", "gone"])
def test_an_outside_line_that_nobody_answers(floor: Floor, end: str) -> None:
    """That is no talk."""
    open_shop(floor)
    opens_beside(floor, DialOut(parse(f'"{OUTSIDE}"'), {}))
    talks(floor)
    bob = kept_behind_bob(floor)
    caller = floor.caller(ANN, to=BESIDE)
    if end == "busy":
        customer(floor).hangs_up(17)
    else:
        caller.hangs_up()
    floor.settle()
    bob.hangs_up()
    assert (closed(floor), rung(floor)) == ([], [OUTSIDE, ANN])


@BOTH
def test_nobody_is_dialed_who_is_in_a_menu(floor: Floor, mode: str) -> None:
    """The phone is in use; the callback keeps its place meanwhile and holds up nobody."""
    open_shop(floor, callback_mode=mode)
    opens_beside(floor, Play("hello", barge_in=False))
    talks(floor)
    bob = kept_behind_bob(floor)
    booked(floor, DAN)
    caller = floor.caller(ANN, to=BESIDE)
    assert [one.position for one in floor.center.callbacks()] == [2, 3]
    bob.hangs_up()
    if mode == AGENT_FIRST:
        floor.agent("901").answers()
    assert rung(floor) == [DAN], "who comes next is not held up"
    customer(floor).hangs_up(17)
    caller.hangs_up()
    if mode == AGENT_FIRST:
        floor.settle()
        floor.colleague("901").hears_out()
        floor.settle()
        floor.colleague("901").answers()
    assert rung(floor) == [DAN, ANN]


def test_nobody_is_rung_for_a_customer_who_calls(floor: Floor) -> None:
    """An agent whose phone rings for the customer is free again, though the customer is in a menu
    only.
    """
    open_shop(floor, callback_mode=AGENT_FIRST)
    opens_beside(floor, Play("hello", barge_in=False))
    agent = floor.agent("100")
    booked(floor, ANN)
    assert agent.is_rung()
    caller = floor.caller(ANN, to=BESIDE)
    floor.settle()
    assert (agent.state, agent.is_rung()) == (("ready", ""), False)
    caller.hangs_up()
    assert agent.is_rung()


def test_talking_with_the_other_number_that_was_given(floor: Floor) -> None:
    """The customer is known by the number of the call."""
    open_shop(floor)
    agent = talks(floor)
    first = waits(floor, ANN)
    first.presses("2")
    again = waits(floor, ANN)
    first.hangs_up()
    floor.settle()
    _next_call(floor, agent)
    assert again.told(AgentConnected)
    assert closed(floor) == ["called_in"]
    again.hangs_up()
    floor.settle()
    floor.wait(3600)
    assert rung(floor) == []


def test_talking_on_the_other_number_that_was_given(floor: Floor) -> None:
    """And by the number given."""
    open_shop(floor)
    agent = talks(floor)
    first = waits(floor, ANN)
    first.presses("2")
    again = waits(floor, BOB)
    assert floor.center.callbacks()[0].state == "taken_over"
    first.hangs_up()
    floor.settle()
    _next_call(floor, agent)
    assert again.told(AgentConnected)
    assert closed(floor) == ["called_in"]


def test_reached_at_one_of_two_numbers(floor: Floor) -> None:
    """The customer asked for both: the talk at the first settles the other."""
    open_shop(floor)
    busy_agent(floor)
    booked(floor, ANN)
    second = waits(floor, ANN)
    second.presses("2")
    second.hangs_up()
    floor.settle()
    assert [one.number for one in floor.center.callbacks()] == [ANN, BOB]
    callee = customer(floor)
    callee.answers()
    callee.hears_out()
    ready(floor)
    floor.colleague().picks_up()
    assert closed(floor) == ["reached", "reached"]
    floor.wait(3600)
    assert rung(floor) == [ANN]


def test_talking_before_hanging_up(floor: Floor) -> None:
    """The number is withheld, and the caller gets a callback; the same call leads to an agent
    then.
    """
    booked: list[Verb | Step] = [Play("we call you", barge_in=False), Queue(SUPPORT, {})]
    open_shop(floor, more={"yes": booked})
    talks(floor)
    helper = floor.agent("800", "support")
    caller = waits(floor, "")
    caller.presses("2")
    assert floor.told(CallbackBooked)[-1].caller_number == ""
    caller.hears_out()
    helper.picks_up()
    assert (closed(floor), rung(floor)) == (["called_in"], [])


def test_talking_while_being_dialed(floor: Floor) -> None:
    """The phone that rings is let go."""
    open_shop(floor)
    opens_beside(floor, Queue(SUPPORT, {}))
    busy_agent(floor)
    helper = floor.agent("800", "support")
    booked(floor, ANN)
    assert rung(floor) == [ANN]
    floor.caller(ANN, to=BESIDE)
    helper.picks_up()
    assert customer(floor).is_released()
    floor.settle()
    assert (attempts(floor), closed(floor)) == ([(1, "withdrawn", None)], ["called_in"])


def test_talking_while_an_agent_waits(floor: Floor) -> None:
    """That agent hears so, and is free again."""
    open_shop(floor, callback_mode=AGENT_FIRST)
    opens_beside(floor, Queue(SUPPORT, {}))
    agent = floor.agent("100")
    booked(floor, ANN)
    agent.answers()
    assert rung(floor) == [ANN]
    floor.agent("800", "support")
    floor.caller(ANN, to=BESIDE)
    floor.colleague("800", "support").picks_up()
    assert customer(floor).is_released()
    floor.settle()
    assert agent.heard[-1] == "callback_not_reached"
    agent.hears_out()
    floor.settle()
    assert (agent.state, closed(floor)) == (("ready", ""), ["called_in"])


def test_somebody_who_picked_up_stays(floor: Floor) -> None:
    """An agent who answered the callback is not hung up because the customer talks elsewhere."""
    open_shop(floor)
    opens_beside(floor, Queue(SUPPORT, {}))
    busy_agent(floor)
    booked(floor, ANN)
    callee = customer(floor)
    callee.answers()
    callee.hears_out()
    helper = floor.agent("800", "support")
    floor.caller(ANN, to=BESIDE)
    helper.picks_up()
    assert not callee.is_released()
    callee.hangs_up()
    floor.settle()
    assert (attempts(floor), closed(floor)) == ([(1, "given_up", None)], ["called_in"])


def test_the_last_attempt_is_not_that_of_a_busy_line(floor: Floor) -> None:
    """The customer was calling us: they are dialed once more if that comes to nothing."""
    open_shop(floor, step={"attempts": 1})
    busy_agent(floor)
    booked(floor, ANN)
    caller = waits(floor, ANN)
    customer(floor).hangs_up(17)
    assert attempts(floor) == [(1, "busy", 900)]
    caller.hangs_up()
    floor.settle()
    floor.wait(900)
    customer(floor).hangs_up(17)
    assert attempts(floor)[1:] == [(2, "busy", None)]
    assert closed(floor) == ["exhausted"]


# Asking again


def test_asking_again_at_the_place(floor: Floor) -> None:
    """The new callback has the place of the old one."""
    open_shop(floor)
    talks(floor)
    kept_behind_bob(floor)
    waits(floor, DAN)
    floor.wait(30)
    new = booked(floor, ANN)
    assert closed(floor) == ["renewed"]
    (only,) = floor.center.callbacks()
    assert (only.callback, only.position) == (new, 2)


def test_people_behind_one_number(floor: Floor) -> None:
    """Each has a callback, and none is taken for the other."""
    open_shop(floor, shared_numbers=True)
    talks(floor)
    bob = waits(floor, BOB)
    first, second = booked(floor, ANN), booked(floor, ANN)
    assert first != second
    caller = waits(floor, ANN)
    assert [one.position for one in floor.center.callbacks()] == [2, 3]
    bob.hangs_up()
    assert rung(floor) == [ANN], "the number has other lines"
    customer(floor).hangs_up(17)
    floor.settle()
    caller.hangs_up()
    assert closed(floor) == []


def test_talk_with_somebody_behind_the_number(floor: Floor) -> None:
    """It settles nothing for the others."""
    open_shop(floor, shared_numbers=True)
    opens_beside(floor, Queue(SUPPORT, {}))
    talks(floor)
    helper = floor.agent("800", "support")
    kept_behind_bob(floor)
    floor.caller(ANN, to=BESIDE)
    helper.picks_up()
    assert (closed(floor), floor.center.open_callbacks()) == ([], 1)


# People and programs


def test_what_may_be_done_while_the_customer_waits(floor: Floor) -> None:
    """Not dialed by hand; taken back, or forbidden, and the wait goes on."""
    open_shop(floor)
    talks(floor)
    kept_behind_bob(floor)
    callback = floor.center.callbacks()[0].callback
    caller = waits(floor, ANN)
    assert floor.refuses(DialCallback(callback, "test")) == "customer_waits"
    floor.take(CancelCallback(callback, "test"))
    assert (closed(floor), caller.is_released()) == (["cancelled"], False)
    caller.hangs_up()
    assert floor.center.open_callbacks() == 0


def test_forbidden_while_waiting(floor: Floor) -> None:
    """A customer who calls in is served as ever."""
    open_shop(floor)
    talks(floor)
    kept_behind_bob(floor)
    caller = waits(floor, ANN)
    floor.take(ForbidNumber(ANN, "test"))
    assert (closed(floor), caller.is_released()) == (["do_not_call"], False)


def test_it_expires_once_it_is_given_back(floor: Floor) -> None:
    """Not while the customer waits; and then it is a lost call."""
    open_shop(floor, step={"expires": timedelta(minutes=10)})
    talks(floor)
    kept_behind_bob(floor)
    caller = waits(floor, ANN)
    floor.wait(660)
    assert closed(floor) == []
    caller.hangs_up()
    assert (closed(floor), floor.center.open_lost_calls()) == (["expired"], 1)


def test_restored_the_customer_is_known_by_both_numbers(floor: Floor) -> None:
    """The number of the call is told again, too."""
    open_shop(floor)
    opens_beside(floor, Queue(SUPPORT, {}))
    talks(floor)
    waits(floor, DAN)
    restore(floor, dialed=BOB, caller_number=ANN, waiting_since=floor.now)
    helper = floor.agent("800", "support")
    floor.caller(ANN, to=BESIDE)
    helper.picks_up()
    assert closed(floor) == ["called_in"]


def _next_call(floor: Floor, agent: Colleague) -> None:
    """The agent is done with the talk, and takes the next caller."""
    agent.hangs_up()
    floor.settle()
    agent.ends_wrap_up()
    agent.picks_up()
