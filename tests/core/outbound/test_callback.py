"""Callbacks: which are given, and what people may ask of them."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.acd.settings import CallWindow
from contactcenter_ari.core.errors import IllegalMove, RequestRefused
from contactcenter_ari.core.outbound.callback import MOVES, Callback, CallbackState
from contactcenter_ari.core.vocabulary.command import DialLeg
from contactcenter_ari.core.vocabulary.event import (
    CallbackBooked,
    InteractionQueued,
)
from contactcenter_ari.core.vocabulary.ids import CallbackId, QueueName
from contactcenter_ari.core.vocabulary.request import (
    CancelCallback,
    CloseQueue,
    DialCallback,
    OpenQueue,
)
from tests.core.outbound.callback import (
    AGENT_FIRST,
    ANN,
    BOB,
    BOTH,
    CAS,
    booked,
    busy_agent,
    closed,
    customer,
    day,
    open_shop,
    outbound,
    ready,
    rung,
    waits,
)

if TYPE_CHECKING:
    from tests.core.conftest import Floor


# --- giving a callback ------------------------------------------------------------------------


def test_what_is_written_down(floor: Floor) -> None:
    """The place in line and the terms, all that a restart needs."""
    open_shop(
        floor,
        head_start="2m",
        flow={"hours": {"office": day((8, 18))}},
        step={"hours": "office", "attempts": 2, "expires": timedelta(hours=6)},
    )
    busy_agent(floor)
    since = floor.now
    caller = waits(floor)
    floor.wait(30)
    caller.presses("1")
    (booked,) = floor.told(CallbackBooked)
    assert (booked.interaction, booked.queue, booked.dialed) == (caller.interaction, "sales", ANN)
    assert (booked.waiting_since, booked.head_start) == (since, timedelta(minutes=2))
    assert (booked.priority, booked.flow, booked.language) == (5, "shop", "en")
    assert (booked.hours, booked.attempts) == ("office", 2)
    assert (booked.expires_at, booked.mode) == (floor.now + timedelta(hours=6), "customer_first")
    assert caller.exits == ["callback_taken"]


def test_one_open_callback_a_number(floor: Floor) -> None:
    """A second one is refused, from any source; the caller keeps the position in line."""
    open_shop(floor)
    busy_agent(floor)
    caller = waits(floor, BOB)
    waits(floor, CAS).presses("2")
    caller.presses("1")
    assert caller.heard[-1] == "we cannot"
    assert len(floor.told(CallbackBooked)) == 1


def test_a_number_may_be_booked_again_when_closed(floor: Floor) -> None:
    """One after the other is fine."""
    open_shop(floor, join_empty=True)
    first = booked(floor)
    floor.take(CancelCallback(first, "test"))
    assert booked(floor) != first


@pytest.mark.parametrize(
    ("number", "allowed"),
    [("", ("+316",)), ("0612345678", ("+316",)), (ANN, ()), (ANN, ("+3161111",))],
)
def test_what_may_not_be_dialed_is_not_booked(
    floor: Floor, number: str, allowed: tuple[str, ...]
) -> None:
    """Withheld, not E.164, or not within dial_allow."""
    open_shop(floor, join_empty=True, allowed=allowed)
    caller = waits(floor, number)
    caller.presses("1")
    assert caller.heard[-1] == "we cannot"


def test_too_many_callbacks(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A callback that could not be kept is refused; a closed one makes room."""
    monkeypatch.setattr("contactcenter_ari.core.outbound.callback.MOST_OPEN", 1)
    open_shop(floor, join_empty=True)
    first = booked(floor, ANN)
    waits(floor, BOB).presses("1")
    assert len(floor.told(CallbackBooked)) == 1
    floor.take(CancelCallback(first, "test"))
    waits(floor, BOB).presses("1")
    assert len(floor.told(CallbackBooked)) == 2


def test_the_key_does_not_lead_back_to_the_line(floor: Floor) -> None:
    """When its steps are over the call is, and the callback stands."""
    open_shop(floor, inline=True)
    busy_agent(floor)
    caller = waits(floor)
    caller.presses("1")
    assert caller.heard[-1] == "thank you"
    caller.hears_out()
    assert caller.is_released()
    assert caller.exits == ["callback_taken"]
    floor.settle()
    assert rung(floor) == [ANN]
    assert closed(floor) == []


def test_who_is_refused_comes_back_to_the_line(floor: Floor) -> None:
    """The caller waits on at the same position when the steps of the key are over."""
    open_shop(floor, inline=True, allowed=())
    busy_agent(floor)
    caller = waits(floor)
    caller.presses("1")
    caller.hears_out()
    assert caller.music == "default"
    assert caller.exits == []


# --- what people ask for ---------------------------------------------------------------------


def test_dialed_by_hand(floor: Floor) -> None:
    """Before everybody, and without waiting for the next attempt."""
    open_shop(floor)
    busy_agent(floor)
    callback = booked(floor, ANN)
    customer(floor).hangs_up(17)
    waits(floor, BOB)
    floor.take(DialCallback(callback, "test"))
    assert rung(floor) == [ANN, ANN]
    customer(floor).answers()
    customer(floor).hears_out()
    assert floor.told(InteractionQueued)[-1].position == 1


def test_by_hand_only_this_once(floor: Floor) -> None:
    """The next attempt has the old place again."""
    open_shop(floor, max_wait=timedelta(hours=1))
    busy_agent(floor)
    waits(floor, BOB)
    callback = booked(floor, ANN)
    floor.take(DialCallback(callback, "test"))
    customer(floor).hangs_up(17)
    floor.wait(900)
    assert rung(floor) == [ANN], "Bob is first"


def test_what_cannot_be_dialed_by_hand(floor: Floor) -> None:
    """Unknown, being dialed, or at night."""
    assert floor.refuses(DialCallback(CallbackId("x"), "test")) == "unknown_callback"
    assert floor.refuses(CancelCallback(CallbackId("x"), "test")) == "unknown_callback"
    open_shop(floor, call_window=CallWindow(time(8), time(11, 10)))
    busy_agent(floor)
    callback = booked(floor)
    assert floor.refuses(DialCallback(callback, "test")) == "already_dialing"
    customer(floor).hangs_up(17)
    floor.wait(600)
    assert floor.refuses(DialCallback(callback, "test")) == "outside_hours"


def test_a_refusal_says_when(floor: Floor) -> None:
    """The person who asks can come back then."""
    open_shop(floor, join_empty=True, call_window=CallWindow(time(8), time(11, 10)))
    callback = booked(floor)
    floor.wait(600)
    with pytest.raises(RequestRefused, match="until 2026-11-24 07:00 UTC"):
        floor.take(DialCallback(callback, "test"))


@BOTH
def test_taken_back(floor: Floor, mode: str) -> None:
    """Closed at once, and the place is free."""
    open_shop(floor, join_empty=True, callback_mode=mode)
    callback = booked(floor)
    floor.take(CancelCallback(callback, "test"))
    assert closed(floor) == ["cancelled"]
    assert floor.center.queues(floor.now)[0].callbacks == 0


def test_taken_back_while_being_dialed(floor: Floor) -> None:
    """The call goes on, and if it succeeds the callback was kept."""
    open_shop(floor)
    busy_agent(floor)
    callback = booked(floor)
    floor.take(CancelCallback(callback, "test"))
    customer(floor).answers()
    customer(floor).hears_out()
    ready(floor)
    floor.colleague().picks_up()
    assert closed(floor) == ["reached"]


@BOTH
def test_a_closed_queue(floor: Floor, mode: str) -> None:
    """The callback stands, but nobody is called until the queue is open again."""
    open_shop(floor, callback_mode=mode)
    busy_agent(floor)
    caller = waits(floor, ANN)
    caller.presses("1")
    floor.take(CloseQueue(QueueName("sales"), "test"))
    caller.hangs_up()
    ready(floor)
    floor.wait(60)
    assert (rung(floor), floor.done(DialLeg), closed(floor)) == ([], [], [])
    floor.take(OpenQueue(QueueName("sales"), "test"))
    if mode == AGENT_FIRST:
        floor.colleague().answers()
    assert rung(floor) == [ANN]


# --- the open callbacks ----------------------------------------------------------------------


def test_only_some_moves_are_allowed() -> None:
    """A callback that is closed stays so, and one that rests is not dialed."""
    for before in CallbackState:
        for after in CallbackState:
            callback = Callback.__new__(Callback)
            callback.state = before
            if after in MOVES[before]:
                callback.move_to(after)
                assert callback.state is after
            else:
                callback.state = before
                with pytest.raises(IllegalMove):
                    callback.move_to(after)
    assert MOVES[CallbackState.CLOSED] == ()
    assert CallbackState.DIALING not in MOVES[CallbackState.RESTING]


def test_a_callback_is_plain_data(floor: Floor) -> None:
    """It can be written down and read again."""
    open_shop(floor, join_empty=True)
    callback = floor.center._calls.callback_queue.callbacks.get(booked(floor))
    assert msgspec.json.decode(msgspec.json.encode(callback), type=Callback) == callback


def test_closed_callbacks_are_forgotten_in_the_end(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is bounded: the oldest give way."""
    monkeypatch.setattr("contactcenter_ari.core.outbound.callback.CLOSED_KEPT", 2)
    open_shop(floor, join_empty=True)
    for _ in range(4):
        floor.take(CancelCallback(booked(floor), "test"))
    assert len(floor.center._calls.callback_queue.callbacks._closed) == 2
    assert len(outbound(floor)) == 0
