"""Promises to call back: which are given, when they are due, and how each is closed, once."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from contactcenter_ari.core.acd.settings import CallWindow
from contactcenter_ari.core.center import callback as book
from contactcenter_ari.core.center.callback import MOVES, Promise, PromiseState
from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.center.do_not_call import DoNotCall
from contactcenter_ari.core.center.site import (
    CenterResumed,
    CenterStarted,
    Input,
    SitePublished,
)
from contactcenter_ari.core.errors import IllegalMove, RequestRefused
from contactcenter_ari.core.hours.calendar import Calendar, TimeRange
from contactcenter_ari.core.vocabulary.command import DialLeg
from contactcenter_ari.core.vocabulary.event import (
    CallbackBooked,
    CallbackClosed,
    InteractionQueued,
    OfferMade,
)
from contactcenter_ari.core.vocabulary.ids import CallbackId, InteractionId, QueueName
from contactcenter_ari.core.vocabulary.request import (
    AllowNumber,
    CancelCallback,
    CloseQueue,
    DialCallback,
    ForbidNumber,
    OpenQueue,
    RestoreCallback,
)
from contactcenter_ari.core.vocabulary.signal import SwitchReconciled
from tests.core.center.promise import (
    AGENT_FIRST,
    ANN,
    BOB,
    CAS,
    CUSTOMER_FIRST,
    attempts,
    busy_agent,
    closed,
    customer,
    open_shop,
    outbound,
    promised,
    ready,
    rung,
    waits,
)

if TYPE_CHECKING:
    from tests.core.conftest import Floor

NOBODY = InteractionId("n0-b0-1")
BOTH = pytest.mark.parametrize("mode", [CUSTOMER_FIRST, AGENT_FIRST])


def day(*ranges: tuple[int, int]) -> Calendar:
    """The same hours each day in Amsterdam, in full hours."""
    hours = tuple(TimeRange(start * 60, end * 60) for start, end in ranges)
    return Calendar("Europe/Amsterdam", (hours,) * 7)


def restore(floor: Floor, **changed: Any) -> RestoreCallback:  # noqa: ANN401  # any field
    """A promise of another process, given at nine."""
    fields: dict[str, Any] = {
        "callback": CallbackId("n0-b0-2"), "interaction": NOBODY, "queue": QueueName("sales"),
        "dialed": ANN, "waiting_since": floor.now - timedelta(hours=1),
        "head_start": timedelta(), "priority": 5, "flow": "shop", "language": "en", "hours": "",
        "attempts": 3, "attempts_made": 1, "retry_after": timedelta(minutes=15), "next_at": None,
        "expires_at": floor.now + timedelta(hours=5), "mode": CUSTOMER_FIRST,
    }  # fmt: skip
    request = RestoreCallback(**fields | changed)
    floor.take(request)
    return request


# --- giving a promise -----------------------------------------------------------------------


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


def test_one_open_promise_a_number(floor: Floor) -> None:
    """A second one is refused, whoever asks; the caller keeps the place in line."""
    open_shop(floor)
    busy_agent(floor)
    caller = waits(floor, BOB)
    waits(floor, CAS).presses("2")
    caller.presses("1")
    assert caller.heard[-1] == "we cannot"
    assert len(floor.told(CallbackBooked)) == 1


def test_a_number_may_be_promised_again_when_closed(floor: Floor) -> None:
    """One after the other is fine."""
    open_shop(floor, join_empty=True)
    first = promised(floor)
    floor.take(CancelCallback(first, "test"))
    assert promised(floor) != first


@pytest.mark.parametrize(
    ("number", "allowed"),
    [("", ("+316",)), ("0612345678", ("+316",)), (ANN, ()), (ANN, ("+3161111",))],
)
def test_what_may_not_be_dialed_is_not_promised(
    floor: Floor, number: str, allowed: tuple[str, ...]
) -> None:
    """Withheld, not E.164, or not within dial_allow."""
    open_shop(floor, join_empty=True, allowed=allowed)
    caller = waits(floor, number)
    caller.presses("1")
    assert caller.heard[-1] == "we cannot"


def test_too_many_promises(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be kept is refused; a closed one makes room."""
    monkeypatch.setattr(book, "MOST_OPEN", 1)
    open_shop(floor, join_empty=True)
    first = promised(floor, ANN)
    waits(floor, BOB).presses("1")
    assert len(floor.told(CallbackBooked)) == 1
    floor.take(CancelCallback(first, "test"))
    waits(floor, BOB).presses("1")
    assert len(floor.told(CallbackBooked)) == 2


def test_the_key_does_not_lead_back_to_the_line(floor: Floor) -> None:
    """When its steps are over the call is, and the promise stands."""
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
    """He waits on at his place when the steps of the key are over."""
    open_shop(floor, inline=True, allowed=())
    busy_agent(floor)
    caller = waits(floor)
    caller.presses("1")
    caller.hears_out()
    assert caller.music == "default"
    assert caller.exits == []


# --- hours ----------------------------------------------------------------------------------


@BOTH
def test_hours_of_the_flow(floor: Floor, mode: str) -> None:
    """Out of the line at the end of the hours, back at the old place when they begin."""
    open_shop(
        floor,
        join_empty=True,
        max_wait=timedelta(hours=3),
        callback_mode=mode,
        flow={"hours": {"office": day((8, 12), (13, 18))}},
        step={"hours": "office"},
    )  # it is eleven in Amsterdam
    promised(floor)
    assert floor.center.queues(floor.now)[0].callbacks == 1
    floor.wait(3600)
    assert floor.center.queues(floor.now)[0].callbacks == 0
    waits(floor, BOB)
    floor.wait(3600)
    view = floor.center.queues(floor.now)[0]
    assert (view.waiting, view.callbacks) == (1, 1)
    assert floor.center._distribution.position(placed(floor)) == 1


def placed(floor: Floor) -> InteractionId:
    """The interaction for which the one place is kept."""
    line = floor.center._distribution.lines[QueueName("sales")]
    (kept,) = (waiting for waiting in line if waiting.callback is not None)
    return kept.interaction


def test_by_day_where_the_callee_is(floor: Floor) -> None:
    """New York is called when it is eight there."""
    open_shop(floor, allowed=("+1",))
    busy_agent(floor)
    promised(floor, "+12125551234")
    assert rung(floor) == []
    floor.wait(3 * 3600 - 1)
    assert rung(floor) == []
    floor.wait(1)
    assert floor.now == datetime(2026, 11, 23, 13, tzinfo=UTC)
    assert rung(floor) == ["+12125551234"]


def test_a_number_of_many_zones(floor: Floor) -> None:
    """It must be day in all of them; if it never is, nothing is promised."""
    mornings = CallWindow(time(8), time(12))
    open_shop(floor, join_empty=True, allowed=("+1",), call_window=mornings)
    caller = waits(floor, "+18005551234")
    caller.presses("1")
    assert caller.heard[-1] == "we cannot"


def test_a_number_of_no_known_zone(floor: Floor) -> None:
    """Then the flow's own zone counts."""
    open_shop(floor, allowed=("+999",), call_window=CallWindow(time(12), time(13)))
    busy_agent(floor)
    promised(floor, "+999123456789")
    floor.wait(3599)
    assert rung(floor) == []
    floor.wait(1)
    assert rung(floor) == ["+999123456789"]


def test_what_would_expire_first_is_not_promised(floor: Floor) -> None:
    """The hours begin after the end."""
    open_shop(
        floor,
        join_empty=True,
        step={"expires": timedelta(hours=1)},
        call_window=CallWindow(time(12, 1), time(13)),
    )
    caller = waits(floor)
    caller.presses("1")
    assert caller.heard[-1] == "we cannot"


def test_a_retry_waits_for_the_hours(floor: Floor) -> None:
    """The next attempt is told as it will be."""
    open_shop(floor, call_window=CallWindow(time(8), time(11, 10)))
    busy_agent(floor)
    promised(floor)
    customer(floor).hangs_up(17)
    assert attempts(floor) == [(1, "busy", 21 * 3600)]


def test_no_retry_after_the_end(floor: Floor) -> None:
    """Where no attempt is possible any more the promise is over at once."""
    open_shop(floor, step={"expires": timedelta(minutes=15)})
    busy_agent(floor)
    promised(floor)
    customer(floor).hangs_up(17)
    assert (attempts(floor), closed(floor)) == ([(1, "busy", None)], ["expired"])


@BOTH
def test_a_promise_expires_in_line(floor: Floor, mode: str) -> None:
    """Nobody had the time to keep it."""
    open_shop(floor, join_empty=True, callback_mode=mode, step={"expires": timedelta(minutes=30)})
    promised(floor)
    floor.wait(1799)
    assert closed(floor) == []
    floor.wait(1)
    assert closed(floor) == ["expired"]
    assert floor.center.queues(floor.now)[0].callbacks == 0


# --- the customer calls in ------------------------------------------------------------------


@BOTH
def test_calling_in_takes_over_the_place(floor: Floor, mode: str) -> None:
    """The same number in the same queue: the old rank, and the promise is closed."""
    open_shop(floor, join_empty=True, callback_mode=mode)
    promised(floor, ANN)
    waits(floor, BOB)
    floor.wait(60)
    caller = waits(floor, ANN)
    assert closed(floor) == ["called_in"]
    assert floor.told(InteractionQueued)[-1].position == 1
    assert floor.center.queues(floor.now)[0].callbacks == 0
    floor.agent()
    assert floor.told(OfferMade)[-1].interaction == caller.interaction


def test_calling_in_as_the_trunk_writes_it(floor: Floor) -> None:
    """A national number is the same customer."""
    open_shop(floor, join_empty=True, flow={"country_code": "31"})
    promised(floor, ANN)
    waits(floor, "0612345678")
    assert closed(floor) == ["called_in"]


def test_calling_in_between_two_attempts(floor: Floor) -> None:
    """The place is not in line then, but it is his."""
    open_shop(floor)
    busy_agent(floor)
    promised(floor, ANN)
    customer(floor).hangs_up(17)
    waits(floor, BOB)
    waits(floor, ANN)
    assert (closed(floor), floor.told(InteractionQueued)[-1].position) == (["called_in"], 1)


def test_calling_in_elsewhere(floor: Floor) -> None:
    """Another queue, or another number: the promise stands."""
    open_shop(floor, join_empty=True)
    promised(floor, ANN)
    waits(floor, BOB)
    assert (closed(floor), floor.told(InteractionQueued)[-1].position) == ([], 2)


def test_calling_in_while_being_dialed(floor: Floor) -> None:
    """Nothing is attached: he waits like anybody."""
    open_shop(floor)
    busy_agent(floor)
    promised(floor, ANN)
    assert rung(floor) == [ANN]
    waits(floor, ANN)
    assert closed(floor) == []
    assert floor.told(InteractionQueued)[-1].position == 2, "behind the place that is kept"


def test_calling_in_and_turned_away(floor: Floor) -> None:
    """Who cannot wait has not taken the place: the promise stands where it stood."""
    open_shop(floor, join_empty=True)
    promised(floor, ANN)
    waits(floor, BOB)
    floor.take(CloseQueue(QueueName("sales"), "test"))
    floor.caller(ANN).hears_out()
    assert closed(floor) == []
    assert floor.center.queues(floor.now)[0].callbacks == 1
    floor.take(OpenQueue(QueueName("sales"), "test"))
    busy_agent(floor)
    assert rung(floor) == [ANN]


# --- do not call ----------------------------------------------------------------------------


def test_a_forbidden_number_is_not_promised(floor: Floor) -> None:
    """And may be again when it is off the list."""
    open_shop(floor, join_empty=True)
    floor.take(ForbidNumber(ANN, "test"))
    caller = waits(floor)
    caller.presses("1")
    assert caller.heard[-1] == "we cannot"
    floor.take(AllowNumber(ANN, "test"))
    promised(floor)


@BOTH
def test_forbidden_while_in_line(floor: Floor, mode: str) -> None:
    """The promise is over, and the place free."""
    open_shop(floor, join_empty=True, callback_mode=mode)
    promised(floor)
    floor.take(ForbidNumber(ANN, "test"))
    assert closed(floor) == ["do_not_call"]
    busy_agent(floor)
    ready(floor)
    assert (rung(floor), floor.done(DialLeg)) == ([], [])


def test_forbidden_while_being_dialed(floor: Floor) -> None:
    """The call goes on; there is no other."""
    open_shop(floor)
    busy_agent(floor)
    promised(floor)
    floor.take(ForbidNumber(ANN, "test"))
    assert closed(floor) == []
    customer(floor).hangs_up(17)
    floor.wait(900)
    assert (rung(floor), closed(floor)) == ([ANN], ["do_not_call"])


def test_a_number_to_forbid_is_a_number(floor: Floor) -> None:
    """A slip of the pen must not pass for a safeguard."""
    assert floor.refuses(ForbidNumber("0612345678", "test")) == "number_invalid"


def test_the_list_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A known number is not one more."""
    monkeypatch.setattr("contactcenter_ari.core.center.do_not_call.MOST_FORBIDDEN", 1)
    numbers = DoNotCall()
    numbers.forbid(ANN)
    numbers.forbid(ANN)
    with pytest.raises(RequestRefused, match="full: it holds 1 "):
        numbers.forbid(BOB)


def test_new_rules_hold_for_old_promises(floor: Floor) -> None:
    """A number that dial_allow covers no more is not dialed."""
    open_shop(floor, join_empty=True)
    promised(floor)
    flow = msgspec.structs.replace(floor.flow, dial_allow=())
    floor.take(SitePublished(msgspec.structs.replace(floor.site, flows=(flow,))))
    assert closed(floor) == ["do_not_call"]


def test_new_hours_hold_for_old_promises(floor: Floor) -> None:
    """Out of the line at once when it is closed now."""
    office = {"hours": {"office": day((8, 18))}}
    open_shop(floor, join_empty=True, flow=office, step={"hours": "office"})
    promised(floor)
    flow = msgspec.structs.replace(floor.flow, hours={"office": day((14, 18))})
    floor.take(SitePublished(msgspec.structs.replace(floor.site, flows=(flow,))))
    busy_agent(floor)
    assert rung(floor) == []
    floor.wait(3 * 3600)
    assert rung(floor) == [ANN]


# --- what people ask for --------------------------------------------------------------------


def test_dialed_by_hand(floor: Floor) -> None:
    """Before everybody, and without waiting for the next attempt."""
    open_shop(floor)
    busy_agent(floor)
    callback = promised(floor, ANN)
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
    callback = promised(floor, ANN)
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
    callback = promised(floor)
    assert floor.refuses(DialCallback(callback, "test")) == "already_dialing"
    customer(floor).hangs_up(17)
    floor.wait(600)
    assert floor.refuses(DialCallback(callback, "test")) == "outside_hours"


def test_a_refusal_says_when(floor: Floor) -> None:
    """The person who asks can come back then."""
    open_shop(floor, join_empty=True, call_window=CallWindow(time(8), time(11, 10)))
    callback = promised(floor)
    floor.wait(600)
    with pytest.raises(RequestRefused, match="until 2026-11-24 07:00 UTC"):
        floor.take(DialCallback(callback, "test"))


@BOTH
def test_taken_back(floor: Floor, mode: str) -> None:
    """Closed at once, and the place is free."""
    open_shop(floor, join_empty=True, callback_mode=mode)
    callback = promised(floor)
    floor.take(CancelCallback(callback, "test"))
    assert closed(floor) == ["cancelled"]
    assert floor.center.queues(floor.now)[0].callbacks == 0


def test_taken_back_while_being_dialed(floor: Floor) -> None:
    """The call goes on, and if it succeeds the promise was kept."""
    open_shop(floor)
    busy_agent(floor)
    callback = promised(floor)
    floor.take(CancelCallback(callback, "test"))
    customer(floor).answers()
    customer(floor).hears_out()
    ready(floor)
    floor.colleague().picks_up()
    assert closed(floor) == ["reached"]


@BOTH
def test_a_closed_queue(floor: Floor, mode: str) -> None:
    """The promise stands, but nobody is called until the queue is open again."""
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


# --- another process ------------------------------------------------------------------------


def test_restored(floor: Floor) -> None:
    """At its place in line, with the attempts made; once more changes nothing."""
    open_shop(floor, join_empty=True)
    waits(floor, BOB)
    request = restore(floor)
    assert floor.told(CallbackBooked) == []
    assert floor.center._distribution.position(placed(floor)) == 1
    floor.take(request)
    busy_agent(floor)
    assert rung(floor) == [ANN]
    floor.take(request)
    customer(floor).hangs_up(17)
    assert attempts(floor) == [(2, "busy", 900)]
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
        ({"flow": "gone"}, "do_not_call"),
        ({"dialed": "+441234567890"}, "do_not_call"),
    ],
)
def test_restored_too_late(floor: Floor, changed: dict[str, Any], result: str) -> None:
    """What cannot be kept any more is closed."""
    open_shop(floor, join_empty=True)
    restore(floor, **changed)
    (event,) = floor.told(CallbackClosed)
    assert (event.interaction, event.result) == (NOBODY, result)


def test_restored_but_promised_anew(floor: Floor) -> None:
    """A number has one promise: the new one."""
    open_shop(floor, join_empty=True)
    new = promised(floor)
    old = restore(floor)
    (event,) = floor.told(CallbackClosed)
    assert (event.callback, event.result) == (old.callback, "cancelled")
    floor.take(old)
    assert len(floor.told(CallbackClosed)) == 1
    floor.take(DialCallback(new, "test"))


def test_restored_without_its_queue(floor: Floor) -> None:
    """Refused, so that whoever restores it hears of it."""
    with pytest.raises(RequestRefused, match="there is no queue gone"):
        restore(floor, queue=QueueName("gone"))


@BOTH
def test_a_resumed_center_does_not_dial_twice(floor: Floor, mode: str) -> None:
    """What was under way goes on; a leg that is gone is one attempt that failed."""
    open_shop(floor, callback_mode=mode)
    busy_agent(floor)
    promised(floor)
    if mode == AGENT_FIRST:
        ready(floor)
        floor.colleague().answers()
    floor.wait(10)
    floor.take(CenterResumed())
    everybody = tuple(floor.switch.legs)
    floor.take(SwitchReconciled(floor.now, everybody, (floor.colleague().phone,)))
    assert (rung(floor), attempts(floor)) == ([ANN], [])
    gone = customer(floor).leg
    floor.switch._gone(gone)
    left = tuple(leg for leg in everybody if leg != gone)
    floor.take(SwitchReconciled(floor.now, left, (floor.colleague().phone,)))
    assert (rung(floor), attempts(floor)) == ([ANN], [(1, "failed", 900)])


@BOTH
def test_a_replay_gives_the_same(floor: Floor, mode: str) -> None:
    """All of it is in the input log: the same promises, dials, and ends."""
    open_shop(floor, callback_mode=mode)
    busy_agent(floor)
    restore(floor, dialed=BOB)
    promised(floor)
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


# --- the book itself ------------------------------------------------------------------------


def test_only_some_moves_are_allowed() -> None:
    """A promise that is closed stays so, and one that rests is not dialed."""
    for before in PromiseState:
        for after in PromiseState:
            promise = Promise.__new__(Promise)
            promise.state = before
            if after in MOVES[before]:
                promise.move_to(after)
                assert promise.state is after
            else:
                promise.state = before
                with pytest.raises(IllegalMove):
                    promise.move_to(after)
    assert MOVES[PromiseState.CLOSED] == ()
    assert PromiseState.DIALING not in MOVES[PromiseState.RESTING]


def test_a_promise_is_plain_data(floor: Floor) -> None:
    """It can be written down and read again."""
    open_shop(floor, join_empty=True)
    callback = promised(floor)
    promise = floor.center._calls.calling_back.promises.get(callback)
    assert msgspec.json.decode(msgspec.json.encode(promise), type=Promise) == promise


def test_closed_promises_are_forgotten_in_the_end(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is bounded: the oldest give way."""
    monkeypatch.setattr(book, "CLOSED_KEPT", 2)
    open_shop(floor, join_empty=True)
    for _ in range(4):
        floor.take(CancelCallback(promised(floor), "test"))
    assert len(floor.center._calls.calling_back.promises._closed) == 2
    assert len(outbound(floor)) == 0
