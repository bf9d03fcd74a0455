"""A fault of the switch or of ours ends a call: somebody should look after the caller."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.vocabulary.command import HangUpLeg, PlayPrompt
from contactcenter_ari.core.vocabulary.event import LostCallOpened
from contactcenter_ari.core.vocabulary.signal import SwitchReconciled
from tests.core.outbound.callback import (
    ANN,
    SALES,
    booked,
    busy_agent,
    customer,
    open_shop,
    ready,
    waits,
)
from tests.core.outbound.lost import crashes, opened, reasons

if TYPE_CHECKING:
    from tests.core.conftest import Floor


def test_who_was_lost_while_waiting_is_a_task(floor: Floor) -> None:
    """The fault is ours, so somebody calls; the task says how long the caller had waited."""
    open_shop(floor)
    busy_agent(floor)
    caller = waits(floor)
    floor.wait(30)
    crashes(floor)
    (lost,) = [lost for lost in floor.told(LostCallOpened) if lost.caller_number == ANN]
    assert (lost.queue, lost.waited) == ("sales", timedelta(seconds=30))
    assert (caller.end.reason, caller.end.ended_by) == ("system_error", "system")


def test_who_was_cut_off_in_a_talk_is_a_task(floor: Floor) -> None:
    """They have to call again, or be called: what it was about is not settled."""
    agent = floor.agent()
    caller = floor.caller(ANN)
    agent.picks_up()
    floor.wait(60)
    crashes(floor)
    assert opened(floor) == [ANN]
    assert caller.end.reason == "system_error"


def test_who_was_cut_off_in_a_menu_is_a_task(floor: Floor) -> None:
    """No queue is known yet."""
    floor.open(floor.write({"start": [Play("welcome"), Play("news")]}))
    floor.caller(ANN)
    floor.wait(10)
    crashes(floor)
    (lost,) = floor.told(LostCallOpened)
    assert (lost.caller_number, lost.queue, lost.waited) == (ANN, "", timedelta())


def test_whom_a_fault_of_the_flow_ended_is_a_task(floor: Floor) -> None:
    """A flow that runs in circles ends with an apology; the caller was not served."""
    floor.open(floor.write({"start": [Goto(Destination(Way.SECTION, "start"))]}))
    caller = floor.caller(ANN)
    caller.hears_out()
    floor.settle()
    assert caller.end.reason == "system_error"
    assert opened(floor) == [ANN]


def test_a_call_that_we_were_ending_is_no_task(floor: Floor) -> None:
    """The talk was over when the switch crashed: it ended as it was ending."""
    agent = floor.agent()
    caller = floor.caller(ANN)
    agent.picks_up()
    floor.wait(60)
    agent.hangs_up()
    floor.wait(8, silent=True)
    floor.switch = type(floor.switch)()
    floor.take(SwitchReconciled(floor.now, (), ()))
    assert (caller.end.reason, caller.end.ended_by) == ("completed", "agent")
    assert opened(floor) == []


def test_whom_we_hung_up_after_the_switch_had_died_is_a_task(floor: Floor) -> None:
    """Nothing could be played any more, so the flow came to its end: the caller heard none of it,
    and was cut off.
    """
    floor.open(floor.write({"start": [Play("welcome"), Play("news")]}))
    caller = floor.caller(ANN)
    floor.wait(10)
    lost_at = floor.now
    floor.wait(1, silent=True)
    floor.fails(PlayPrompt, 0)
    floor.fails(PlayPrompt, 0)
    floor.switch = type(floor.switch)()
    floor.take(SwitchReconciled(floor.now, (), (), settled_at=lost_at))
    assert (caller.end.reason, caller.end.ended_by) == ("system_error", "system")
    assert opened(floor) == [ANN]


def test_whom_a_switch_that_stayed_away_was_to_hang_up_is_a_task(floor: Floor) -> None:
    """It did not reply for half a minute: nobody knows that the leg is gone before it is back."""
    floor.open(floor.write({"start": [Play("welcome")]}))
    caller = floor.caller(ANN)
    floor.wait(10)
    lost_at = floor.now
    floor.wait(1, silent=True)
    floor.fails(PlayPrompt, 0)
    floor.fails(HangUpLeg, 0)
    for _ in range(3):
        floor.wait(10, silent=True)
        floor.fails(HangUpLeg, 0)
    assert floor.center.calls_in_progress() == 1
    floor.switch = type(floor.switch)()
    floor.take(SwitchReconciled(floor.now, (), (), settled_at=lost_at))
    assert (caller.end.reason, caller.end.ended_by) == ("system_error", "system")
    assert opened(floor) == [ANN]


def test_whom_we_could_not_hang_up_at_once_is_hung_up_later(floor: Floor) -> None:
    """Only the connection was lost: the order is given again, and the end is an ordinary one."""
    floor.open(floor.write({"start": [Play("welcome")]}))
    caller = floor.caller(ANN)
    caller.hears_out()
    floor.fails(HangUpLeg, 0)
    floor.wait(10, silent=True)
    assert [order.leg for order in floor.done(HangUpLeg)] == [caller.leg, caller.leg]
    floor.wait(10, silent=True)
    assert floor.center.calls_in_progress() == 0
    assert caller.end.reason == "contained"
    assert opened(floor) == []


def test_whom_we_lost_is_a_task(floor: Floor) -> None:
    """The switch does not know the caller any more, and told of no hang-up."""
    floor.open(None, QueueSettings(name=SALES, join_empty=True))
    floor.caller()
    floor.wait(300)
    floor.take(SwitchReconciled(legs=(), phones=(), taken_at=floor.now))
    assert floor.center.open_lost_calls() == 1


def test_whom_we_lost_twice_is_one_task(floor: Floor) -> None:
    """The customer calls again and is lost again, whatever was in between."""
    open_shop(floor)
    busy_agent(floor)
    for _ in range(2):
        waits(floor)
        floor.wait(30)
        crashes(floor)
    assert (opened(floor), floor.center.open_lost_calls()) == ([ANN], 1)


def test_a_customer_lost_in_the_last_attempt_is_a_task(floor: Floor) -> None:
    """No callback is left that would take care of it."""
    open_shop(floor, step={"attempts": 1})
    busy_agent(floor)
    booked(floor)
    customer(floor).answers()
    customer(floor).hears_out()
    floor.wait(30)
    crashes(floor)
    floor.settle()
    assert floor.center.open_callbacks() == 0
    assert reasons(floor) == [(ANN, "system_error")]


def test_who_is_cut_off_with_a_callback_booked_is_no_task(floor: Floor) -> None:
    """The callback takes care of it."""
    open_shop(floor)
    busy_agent(floor)
    waits(floor, ANN).presses("1")
    floor.wait(10)
    crashes(floor)
    assert ANN not in opened(floor)


def test_a_customer_cut_off_in_a_callback_is_a_task(floor: Floor) -> None:
    """The callback was kept, and what it was about was not settled."""
    open_shop(floor)
    busy_agent(floor)
    booked(floor)
    customer(floor).answers()
    customer(floor).hears_out()
    ready(floor)
    floor.colleague().picks_up()
    floor.wait(10)
    crashes(floor)
    assert ANN in opened(floor)
