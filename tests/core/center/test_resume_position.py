"""A caller who hung up while waiting and calls again soon gets the old place back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.if_ import If
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.vocabulary.event import AgentConnected, InteractionQueued
from contactcenter_ari.core.vocabulary.ids import PhoneId, QueueName
from contactcenter_ari.core.vocabulary.signal import SwitchReconciled

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Colleague, Floor

SALES, SUPPORT = QueueName("sales"), QueueName("support")
CUSTOMER, OTHER = "+31600000001", "+31600000002"


def open_with(floor: Floor, seconds: float = 60, **settings: object) -> Colleague:
    """Places are kept for so long; the one agent pauses. Callers named `support` go there."""
    floor.open(
        floor.write(
            {
                "start": [
                    If(parse('caller.name == "support"'), Destination(Way.SECTION, "support")),
                    Queue(SALES, {}),
                ],
                "support": [Queue(SUPPORT, {})],
            }
        ),
        *(
            QueueSettings(name=queue, resume_position=timedelta(seconds=seconds), **settings)  # type: ignore[arg-type]
            for queue in (SALES, SUPPORT)
        ),
    )
    agent = floor.agent("100", "sales", "support")
    agent.is_busy()
    return agent


def dropped(floor: Floor, number: str = CUSTOMER, *, after: float = 30) -> None:
    """A caller's call drops, while another one has come meanwhile."""
    caller = floor.caller(number)
    floor.wait(after)
    caller.hangs_up()


def position(caller: Caller) -> int:
    """The place in line a caller gets."""
    (queued,) = caller.told(InteractionQueued)
    return queued.position


@pytest.mark.parametrize(("seconds", "place"), [(0, 1), (59.9, 1), (60, 1), (60.1, 2)])
def test_in_time(floor: Floor, seconds: float, place: int) -> None:
    """Within the time the caller gets the old place, a moment later a new one."""
    open_with(floor)
    dropped(floor)
    floor.caller(OTHER)
    floor.wait(seconds)
    assert position(floor.caller(CUSTOMER)) == place


def test_what_is_reported_begins_anew(floor: Floor) -> None:
    """The first stay was abandoned, and the second is as long as it is."""
    agent = open_with(floor)
    dropped(floor)
    floor.caller(OTHER)
    floor.wait(10)
    again = floor.caller(CUSTOMER)
    floor.wait(5)
    agent.goes_ready()
    assert again.rung == ["100"]
    agent.picks_up()
    assert again.told(AgentConnected)[0].waited == timedelta(seconds=5)


def test_the_time_between_counts_as_waited(floor: Floor) -> None:
    """The place is that of the first call: a caller who came in between is behind."""
    open_with(floor)
    first = floor.caller(OTHER)
    floor.wait(1)
    dropped(floor)
    floor.caller("+31600000003")
    again = floor.caller(CUSTOMER)
    assert position(again) == 2
    assert first.exits == []


def test_the_wait_limit_begins_anew(floor: Floor) -> None:
    """A caller who was patient enough to call again is not sent away for it."""
    open_with(floor, max_wait=timedelta(seconds=100))
    dropped(floor, after=90)
    again = floor.caller(CUSTOMER)
    floor.wait(99)
    assert again.exits == []
    floor.wait(1)
    assert again.exits == ["timeout"]


@pytest.mark.parametrize(("number", "name"), [(CUSTOMER, "support"), (OTHER, ""), ("", "")])
def test_another_queue_or_somebody_else(floor: Floor, number: str, name: str) -> None:
    """A place belongs to one number in one queue."""
    open_with(floor)
    floor.caller(OTHER, name="support")
    dropped(floor)
    floor.caller("+31600000003")
    assert position(floor.caller(number, name=name)) == 2


def test_a_withheld_number_has_no_place(floor: Floor) -> None:
    """Two callers without a number may be two people."""
    open_with(floor)
    dropped(floor, "")
    floor.caller(OTHER)
    assert position(floor.caller("")) == 2


def test_a_place_is_taken_once(floor: Floor) -> None:
    """A second call from the same number stands behind."""
    open_with(floor)
    dropped(floor)
    floor.caller(OTHER)
    assert [position(floor.caller(CUSTOMER)) for _ in range(2)] == [1, 3]


def test_a_place_resumed_may_be_resumed_again(floor: Floor) -> None:
    """A bad connection drops twice."""
    open_with(floor)
    dropped(floor)
    floor.caller(OTHER)
    dropped(floor, after=50)
    floor.wait(50)
    assert position(floor.caller(CUSTOMER)) == 1


def test_the_rank_is_kept_too(floor: Floor) -> None:
    """A head start and a class given by hand are part of the place."""
    open_with(floor)
    caller = floor.caller(CUSTOMER)
    caller.is_ranked(priority=2, head_start=timedelta(minutes=7))
    caller.hangs_up()
    floor.wait(5)
    urgent = floor.caller(OTHER)
    urgent.is_ranked(priority=3)
    again = floor.caller(CUSTOMER)
    (queued,) = again.told(InteractionQueued)
    assert (queued.position, queued.head_start) == (1, timedelta(minutes=7))


def test_only_who_hung_up_waiting_has_a_place(floor: Floor) -> None:
    """A caller who was served, or left in time, starts at the end."""
    agent = open_with(floor, max_wait=timedelta(seconds=30))
    floor.caller(CUSTOMER)
    floor.wait(30)
    floor.caller(OTHER)
    assert position(floor.caller(CUSTOMER)) == 2
    agent.goes_ready()
    agent.picks_up()
    floor.wait(20)
    agent.hangs_up()
    agent.is_busy()


def test_a_call_that_the_switch_lost(floor: Floor) -> None:
    """The caller did not give up: they get the place in that case, too."""
    open_with(floor)
    caller = floor.caller(CUSTOMER)
    floor.wait(30)
    floor.switch.gone(caller.leg)
    floor.take(SwitchReconciled(legs=(), phones=(PhoneId("phone-100"),), taken_at=floor.now))
    assert caller.exits == ["system_error"]
    floor.caller(OTHER)
    assert position(floor.caller(CUSTOMER)) == 1


def test_a_line_that_is_full_just_now(floor: Floor) -> None:
    """A call that is turned away does not use the place up."""
    open_with(floor, max_waiting=2)
    dropped(floor)
    other, _ = floor.caller(OTHER), floor.caller("+31600000003")
    assert floor.caller(CUSTOMER).exits == ["full"]
    other.hangs_up()
    assert position(floor.caller(CUSTOMER)) == 1


def test_queues_that_keep_no_places(floor: Floor) -> None:
    """By default a caller who calls again starts at the end of the line."""
    open_with(floor, seconds=0)
    dropped(floor)
    floor.caller(OTHER)
    floor.wait(1)
    assert position(floor.caller(CUSTOMER)) == 2
