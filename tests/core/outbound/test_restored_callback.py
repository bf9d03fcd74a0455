"""Callbacks that outlive the process in which they were given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.site.site import (
    CenterResumed,
    CenterStarted,
    Input,
)
from contactcenter_ari.core.vocabulary.event import (
    CallbackBooked,
    CallbackClosed,
)
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.request import (
    DialCallback,
    ForbidNumber,
)
from contactcenter_ari.core.vocabulary.signal import SwitchReconciled
from tests.core.outbound.callback import (
    AGENT_FIRST,
    ANN,
    BOB,
    BOTH,
    CAS,
    NOBODY,
    attempts,
    booked,
    busy_agent,
    closed,
    customer,
    open_shop,
    placed,
    ready,
    restore,
    rung,
    waits,
)

if TYPE_CHECKING:
    from tests.core.conftest import Floor


def test_restored(floor: Floor) -> None:
    """At its place in line, with the attempts made; once more changes nothing."""
    open_shop(floor, join_empty=True)
    bob = waits(floor, BOB)
    request = restore(floor)
    assert floor.told(CallbackBooked) == []
    assert floor.center._distribution.stays.position(placed(floor)) == 1
    floor.take(request)
    busy_agent(floor)
    assert rung(floor) == [ANN]
    floor.take(request)
    customer(floor).hangs_up(17)
    assert attempts(floor) == [(2, "busy", 900)]
    bob.hangs_up()
    floor.wait(900)
    customer(floor).hangs_up(17)
    assert closed(floor) == ["exhausted"]
    floor.take(request)
    assert len(rung(floor)) == 2, "what was closed is not opened again"


def test_restored_between_two_attempts(floor: Floor) -> None:
    """The delay goes on."""
    open_shop(floor)
    busy_agent(floor)
    restore(floor, next_at=floor.now + timedelta(minutes=5))
    floor.wait(299)
    assert rung(floor) == []
    floor.wait(1)
    assert rung(floor) == [ANN]


@pytest.mark.parametrize(
    ("changed", "result"),
    [
        ({"attempts_made": 3}, "exhausted"),
        ({"expires_at": datetime(2026, 11, 23, 9, tzinfo=UTC)}, "expired"),
        ({"flow": "gone"}, "cancelled"),
        ({"dialed": "+441234567890"}, "do_not_call"),
    ],
)
def test_restored_too_late(floor: Floor, changed: dict[str, Any], result: str) -> None:
    """A callback that cannot be kept any more is closed."""
    open_shop(floor, join_empty=True)
    restore(floor, **changed)
    (event,) = floor.told(CallbackClosed)
    assert (event.interaction, event.result) == (NOBODY, result)


def test_restored_but_booked_anew(floor: Floor) -> None:
    """A number has one callback: the new one."""
    open_shop(floor, join_empty=True)
    new = booked(floor)
    old = restore(floor)
    (event,) = floor.told(CallbackClosed)
    assert (event.callback, event.result) == (old.callback, "cancelled")
    floor.take(old)
    assert len(floor.told(CallbackClosed)) == 1
    floor.take(DialCallback(new, "test"))


def test_restored_without_its_queue(floor: Floor) -> None:
    """Refused, so that the program that restores it hears of it."""
    with pytest.raises(RequestRefused, match="there is no queue gone"):
        restore(floor, queue=QueueName("gone"))


@BOTH
def test_a_resumed_center_does_not_dial_twice(floor: Floor, mode: str) -> None:
    """An attempt under way goes on; a leg that is gone is one attempt that failed."""
    open_shop(floor, callback_mode=mode)
    busy_agent(floor)
    booked(floor)
    if mode == AGENT_FIRST:
        ready(floor)
        floor.colleague().answers()
    floor.wait(10)
    floor.take(CenterResumed())
    everybody = tuple(floor.switch.legs)
    floor.take(SwitchReconciled(floor.now, everybody, (floor.colleague().phone,)))
    assert (rung(floor), attempts(floor)) == ([ANN], [])
    gone = customer(floor).leg
    floor.switch.gone(gone)
    left = tuple(leg for leg in everybody if leg != gone)
    floor.take(SwitchReconciled(floor.now, left, (floor.colleague().phone,)))
    assert (rung(floor), attempts(floor)) == ([ANN], [(1, "failed", 900)])


@BOTH
def test_a_replay_gives_the_same(floor: Floor, mode: str) -> None:
    """All of it is in the input log: the same callbacks, dials, and ends."""
    open_shop(floor, callback_mode=mode)
    busy_agent(floor)
    restore(floor, dialed=BOB)
    booked(floor)
    floor.take(ForbidNumber(CAS, "test"))
    ready(floor)
    floor.wait(60 * 60)
    center = Center(CenterStarted("n1", "b1"), floor.site)
    again = [
        center.handle(msgspec.json.decode(msgspec.json.encode(input_), type=Input), now)
        for input_, now in floor.inputs
    ]
    assert [event for outcome in again for event in outcome.events] == floor.events
    assert [command for outcome in again for command in outcome.commands] == floor.commands
    assert len(rung(floor)) > 1 or mode == AGENT_FIRST
