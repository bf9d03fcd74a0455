"""Lost calls: a task for each number that gave up waiting, closed when it is talked to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.step import Step
from contactcenter_ari.core.flow.verb.hangup import HangUp
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.outbound import lost_call
from contactcenter_ari.core.site.site import CenterStopping
from contactcenter_ari.core.vocabulary.event import LostCallClosed, LostCallOpened, QueueExit
from contactcenter_ari.core.vocabulary.ids import InteractionId, QueueName
from contactcenter_ari.core.vocabulary.request import RestoreLostCall
from tests.core.outbound.callback import (
    ANN,
    BOB,
    CAS,
    SALES,
    booked,
    busy_agent,
    customer,
    open_shop,
    ready,
    waits,
)
from tests.core.outbound.lost import closed, crashes, gives_up, opened, reasons

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Floor

WEEK = timedelta(days=7).total_seconds()
OLD = InteractionId("n0-b0-1")
SUPPORT = QueueName("support")


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
    """A short abandon is hardly a contact."""
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


def test_the_task_says_why(floor: Floor) -> None:
    """Somebody hung up, somebody was lost by us."""
    open_shop(floor)
    busy_agent(floor)
    gives_up(floor)
    waits(floor, BOB)
    floor.wait(30)
    crashes(floor)
    assert reasons(floor) == [(ANN, "abandoned"), (BOB, "system_error")]


def two_queues(floor: Floor, **settings: Any) -> Caller:  # noqa: ANN401  # of the second queue
    """Somebody who talked in one queue, and waits in another one after it."""
    after = {"answered": Destination(Way.SECTION, "more")}
    sections = {"start": [Queue(SALES, after)], "more": [Queue(SUPPORT, {})]}
    floor.open(floor.write(sections), QueueSettings(name=SUPPORT, **settings))
    agent = floor.agent()
    caller = floor.caller(ANN)
    agent.picks_up()
    floor.wait(60)
    agent.hangs_up()
    floor.wait(30)
    return caller


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("hangs up", "abandoned"),
        ("crash", "system_error"),
        ("stop", "system_error"),
        ("stop, hangs up", "system_error"),
    ],
)
def test_who_talked_and_waits_again_is_a_task(floor: Floor, how: str, reason: str) -> None:
    """The reason for which the caller was passed on is not settled."""
    caller = two_queues(floor, join_empty=True)
    match how:
        case "hangs up":
            caller.hangs_up()
        case "crash":
            crashes(floor)
        case "stop":
            floor.take(CenterStopping())
            caller.hears_out()
        case _:
            floor.take(CenterStopping())
            caller.hangs_up()
    floor.settle()
    assert caller.exits == ["answered", reason]
    assert reasons(floor) == [(ANN, reason)]
    assert [(lost.queue, lost.waited) for lost in floor.told(LostCallOpened)] == [
        (SUPPORT, timedelta(seconds=30))
    ]
    if reason == "system_error":
        assert (caller.end.reason, caller.end.ended_by) == ("system_error", "system")


def leaves(floor: Floor, exit_: str) -> Caller:
    """A caller of sales whose stay ends so, and who is told so."""
    match exit_:
        case "timeout":
            busy_agent(floor)
            caller = waits(floor)
            floor.wait(900)
        case "full":
            busy_agent(floor)
            waits(floor, BOB)
            caller = waits(floor)
        case "closed":
            busy_agent(floor)
            floor.closes(SALES)
            caller = waits(floor)
        case "diverted":
            busy_agent(floor)
            waits(floor, CAS)
            caller = waits(floor)
        case _:
            caller = waits(floor)
    return caller


SENT_AWAY = ["timeout", "full", "closed", "no_agents", "diverted"]


@pytest.mark.parametrize("exit_", SENT_AWAY)
@pytest.mark.parametrize("wanted", [True, False])
def test_who_is_sent_away_is_a_task_where_the_queue_says_so(
    floor: Floor, exit_: str, *, wanted: bool
) -> None:
    """By default nobody looks after a caller who was told to call another time."""
    settings: dict[str, dict[str, Any]] = {
        "full": {"max_waiting": 1},
        "diverted": {"divert_ratio": 1},
        "no_agents": {"join_empty": False},
    }
    more = settings.get(exit_, {})
    if wanted:
        more["lost_calls"] = (QueueExit(exit_),)
    open_shop(floor, **more)
    caller = leaves(floor, exit_)
    floor.settle()
    assert caller.exits == [exit_]
    assert reasons(floor) == ([(ANN, exit_)] if wanted else [])


def test_who_was_sent_away_and_talked_after_it_is_none(floor: Floor) -> None:
    """The queue the flow went on to has served the caller."""
    away = {"no_agents": Destination(Way.SECTION, "more")}
    sections = {"start": [Queue(SUPPORT, away)], "more": [Queue(SALES, {})]}
    settings = QueueSettings(name=SUPPORT, lost_calls=(QueueExit.NO_AGENTS,))
    floor.open(floor.write(sections), settings)
    agent = floor.agent()
    caller = floor.caller(ANN)
    agent.picks_up()
    caller.hangs_up()
    assert (caller.exits, reasons(floor)) == (["no_agents", "answered"], [])


def test_a_queue_may_want_no_tasks(floor: Floor) -> None:
    """A caller who gives up calls again."""
    open_shop(floor, lost_calls=())
    busy_agent(floor)
    gives_up(floor)
    waits(floor, BOB)
    crashes(floor)
    assert opened(floor) == []


def test_who_left_at_once_is_a_task_where_the_queue_says_so(floor: Floor) -> None:
    """The queue counts every caller."""
    open_shop(floor, lost_calls=(QueueExit.ABANDONED_SHORT,))
    busy_agent(floor)
    gives_up(floor, after=4)
    assert reasons(floor) == [(ANN, "abandoned_short")]


def test_who_pressed_a_key_to_leave_is_none(floor: Floor) -> None:
    """The caller chose something else, though the next queue was closed to begin with."""
    sections: dict[str, list[Verb | Step]] = {
        "start": [Queue(SUPPORT, {"no_agents": Destination(Way.SECTION, "more")})],
        "more": [Queue(SALES, {}, keys={"1": Destination(Way.SECTION, "bye")})],
        "bye": [Play("bye"), HangUp()],
    }
    settings = QueueSettings(name=SUPPORT, lost_calls=(QueueExit.NO_AGENTS,))
    floor.open(floor.write(sections), settings)
    busy_agent(floor)
    caller = floor.caller(ANN)
    caller.presses("1")
    caller.hears_out()
    floor.settle()
    assert (caller.exits, opened(floor)) == (["no_agents", "key_exit"], [])


def test_who_was_booked_a_call_is_none(floor: Floor) -> None:
    """The callback takes care of it, even if the customer hangs up on the call back."""
    open_shop(floor)
    busy_agent(floor)
    booked(floor)
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
    """By a callback that was booked on another call."""
    open_shop(floor)
    busy_agent(floor)
    gives_up(floor)
    booked(floor)
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
