"""Lost calls: a task for each number that gave up waiting, closed when it is talked to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.center import lost_call
from contactcenter_ari.core.flow.step import Destination, Goto, Play, Way
from contactcenter_ari.core.vocabulary.command import HangUpLeg, PlayPrompt
from contactcenter_ari.core.vocabulary.event import LostCallClosed, LostCallOpened
from contactcenter_ari.core.vocabulary.ids import InteractionId, QueueName
from contactcenter_ari.core.vocabulary.request import RestoreLostCall
from contactcenter_ari.core.vocabulary.signal import SwitchReconciled
from tests.core.center.promise import (
    ANN,
    BOB,
    CAS,
    busy_agent,
    customer,
    open_shop,
    promised,
    ready,
    waits,
)

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Floor

WEEK = timedelta(days=7).total_seconds()
OLD = InteractionId("n0-b0-1")


def gives_up(floor: Floor, number: str = ANN, after: float = 30) -> Caller:
    """Somebody waits for a while, in vain."""
    caller = waits(floor, number)
    floor.wait(after)
    caller.hangs_up()
    return caller


def opened(floor: Floor) -> list[str]:
    """The numbers for which a task was opened."""
    return [each.caller_number for each in floor.told(LostCallOpened)]


def closed(floor: Floor) -> list[tuple[str, str]]:
    """The tasks that were closed, and how."""
    return [(each.caller_number, each.result) for each in floor.told(LostCallClosed)]


def test_who_gives_up_waiting_is_a_lost_call(floor: Floor) -> None:
    """The task says who it was, where, and for how long."""
    open_shop(floor)
    busy_agent(floor)
    caller = gives_up(floor)
    (lost,) = floor.told(LostCallOpened)
    assert (lost.interaction, lost.queue, lost.caller_number, lost.waited) == (
        caller.interaction, "sales", ANN, timedelta(seconds=30),
    )  # fmt: skip


def test_who_left_at_once_is_none(floor: Floor) -> None:
    """A short abandon was hardly a wish to talk."""
    open_shop(floor)
    busy_agent(floor)
    gives_up(floor, after=4.9)
    assert opened(floor) == []


def test_a_withheld_number_is_none(floor: Floor) -> None:
    """There is nobody to look for."""
    open_shop(floor)
    busy_agent(floor)
    gives_up(floor, "")
    assert opened(floor) == []


def crashes(floor: Floor) -> None:
    """The switch starts anew, and nothing lives in it."""
    floor.settle()
    floor.switch = type(floor.switch)(closed=list(floor.switch.recording))
    floor.take(SwitchReconciled(floor.now, (), ()))


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
    promised(floor)
    customer(floor).answers()
    customer(floor).hears_out()
    ready(floor)
    floor.colleague().picks_up()
    floor.wait(10)
    crashes(floor)
    assert ANN in opened(floor)


def test_who_was_promised_a_call_is_none(floor: Floor) -> None:
    """The promise takes care of it, even if the customer hangs up on the call back."""
    open_shop(floor)
    busy_agent(floor)
    promised(floor)
    callee = customer(floor)
    callee.answers()
    callee.hears_out()
    floor.wait(30)
    callee.hangs_up()
    assert opened(floor) == []


def test_one_task_a_number(floor: Floor) -> None:
    """A second abandon keeps the first, however the trunk writes the number."""
    open_shop(floor, flow={"country_code": "31"})
    busy_agent(floor)
    first = gives_up(floor, "0612345678")
    gives_up(floor, ANN)
    gives_up(floor, "0031612345678")
    assert [e.interaction for e in floor.told(LostCallOpened)] == [first.interaction]
    assert opened(floor) == [ANN]


def test_closed_when_the_customer_calls_again(floor: Floor) -> None:
    """Not by calling, but by talking to an agent."""
    open_shop(floor)
    busy_agent(floor)
    first = gives_up(floor)
    waits(floor)
    assert closed(floor) == []
    ready(floor)
    floor.colleague().picks_up()
    assert closed(floor) == [(ANN, "called_again")]
    assert floor.told(LostCallClosed)[0].interaction == first.interaction


def test_closed_when_the_customer_is_reached(floor: Floor) -> None:
    """By a call back that was promised on another call."""
    open_shop(floor)
    busy_agent(floor)
    gives_up(floor)
    promised(floor)
    customer(floor).answers()
    customer(floor).hears_out()
    ready(floor)
    floor.colleague().picks_up()
    assert closed(floor) == [(ANN, "reached")]


def test_somebody_else_talks(floor: Floor) -> None:
    """The task stays open."""
    open_shop(floor)
    busy_agent(floor)
    gives_up(floor)
    waits(floor, BOB)
    ready(floor)
    floor.colleague().picks_up()
    assert closed(floor) == []


def test_expired_after_a_week(floor: Floor) -> None:
    """By then nobody remembers."""
    open_shop(floor)
    busy_agent(floor)
    gives_up(floor)
    floor.wait(WEEK - 1)
    assert closed(floor) == []
    floor.wait(1)
    assert closed(floor) == [(ANN, "expired")]


def test_a_new_task_after_the_old_one(floor: Floor) -> None:
    """Each loss after a talk is a task of its own."""
    open_shop(floor)
    busy_agent(floor)
    gives_up(floor)
    caller = waits(floor)
    ready(floor)
    floor.colleague().picks_up()
    caller.hangs_up()
    gives_up(floor)
    assert opened(floor) == [ANN, ANN]


def test_the_oldest_give_way(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded."""
    monkeypatch.setattr(lost_call, "MOST_OPEN", 2)
    open_shop(floor)
    busy_agent(floor)
    for number in (ANN, BOB, CAS):
        gives_up(floor, number)
    assert closed(floor) == [(ANN, "expired")]


def restore(floor: Floor, interaction: InteractionId = OLD, *, days: int = 3) -> None:
    """A task of another process, some days old."""
    opened_at = floor.now - timedelta(days=days)
    floor.take(
        RestoreLostCall(
            interaction=interaction,
            queue=QueueName("sales"),
            caller_number=ANN,
            opened_at=opened_at,
        )
    )


def test_restored(floor: Floor) -> None:
    """It keeps its age; once more changes nothing."""
    open_shop(floor)
    restore(floor)
    restore(floor)
    assert (opened(floor), closed(floor)) == ([], [])
    floor.wait(WEEK * 4 / 7)
    assert [(e.interaction, e.result) for e in floor.told(LostCallClosed)] == [(OLD, "expired")]


def test_restored_too_old(floor: Floor) -> None:
    """It expires at once."""
    restore(floor, days=8)
    floor.wait(0)
    assert closed(floor) == [(ANN, "expired")]


def test_restored_beside_a_new_one(floor: Floor) -> None:
    """A number has one task: the one that is known here."""
    open_shop(floor)
    busy_agent(floor)
    gives_up(floor)
    restore(floor)
    assert [(e.interaction, e.result) for e in floor.told(LostCallClosed)] == [(OLD, "expired")]
