"""The customer of a callback calls in: only a talk settles it, and anything else gives it back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from contactcenter_ari.core.flow.interpreter import Interpreter
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.verb.voicemail import Voicemail
from contactcenter_ari.core.vocabulary.event import (
    AgentConnected,
    CallbackGivenBack,
    CallbackTakenOver,
    InteractionQueued,
    OfferMade,
)
from contactcenter_ari.core.vocabulary.ids import PhoneId, QueueName
from contactcenter_ari.core.vocabulary.request import (
    CloseQueue,
    OpenQueue,
)
from contactcenter_ari.core.vocabulary.signal import DigitPressed, SwitchReconciled
from tests.core.outbound.callback import (
    AGENT_FIRST,
    ANN,
    BOB,
    BOTH,
    CAS,
    SALES,
    booked,
    busy_agent,
    closed,
    customer,
    open_shop,
    ready,
    rung,
    waits,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from contactcenter_ari.core.center.view import CallbackView
    from contactcenter_ari.core.flow.language.step import Step
    from contactcenter_ari.core.flow.verb.table import Verb
    from tests.core.conftest import Caller, Floor

PHONE = PhoneId("phone-900")
DAN, EVE = "+31622222222", "+31633333333"


def in_the_middle(floor: Floor, **settings: Any) -> tuple[Caller, Caller]:  # noqa: ANN401  # of the queue
    """An agent talks; Bob waits, Ann has a callback after Bob, Dan waits behind her callback."""
    open_shop(floor, **{"max_wait": timedelta(hours=1)} | settings)
    agent = floor.agent("900")
    waits(floor, CAS)
    agent.picks_up()
    first = waits(floor, BOB)
    floor.wait(10)
    booked(floor, ANN)
    floor.wait(10)
    return first, waits(floor, DAN)


def view(floor: Floor) -> CallbackView:
    """The one callback that is open."""
    (only,) = floor.center.callbacks()
    return only


def position(floor: Floor) -> int:
    """The position of the caller who joined last."""
    return floor.told(InteractionQueued)[-1].position


def hangs_up_at_once(floor: Floor, caller: Caller) -> None:
    """Before it counts as abandoned."""
    floor.wait(3)
    caller.hangs_up()


def hangs_up_tired(floor: Floor, caller: Caller) -> None:
    """After half a minute."""
    floor.wait(30)
    caller.hangs_up()


def waits_in_vain(floor: Floor, caller: Caller) -> None:
    """Until the limit of the wait."""
    floor.wait(3600)
    assert caller.is_released()


def is_lost(floor: Floor, caller: Caller) -> None:
    """The switch does not know the leg any more."""
    floor.wait(30)
    floor.switch.gone(caller.leg)
    floor.take(SwitchReconciled(floor.now, tuple(floor.switch.legs), (PHONE,)))


def meets_a_closing_queue(floor: Floor, caller: Caller) -> None:
    """A supervisor closes it, and opens it again later."""
    floor.take(CloseQueue(SALES, "test"))
    caller.hangs_up()
    floor.take(OpenQueue(SALES, "test"))


def is_taken_out(floor: Floor, caller: Caller) -> None:
    """A supervisor withdraws the caller."""
    floor.wait(5)
    caller.is_withdrawn()
    caller.hangs_up()


def is_moved_away(floor: Floor, caller: Caller) -> None:
    """A supervisor moves the caller to another queue, where nobody answers."""
    floor.agent("800", "support")
    caller.is_moved("support")
    floor.wait(10)
    caller.hangs_up()


def follows_a_key(floor: Floor, caller: Caller) -> None:
    """Out of the line, and then gone."""
    caller.presses("0")
    floor.wait(7)
    caller.hangs_up()


def is_rung_for_in_vain(floor: Floor, caller: Caller) -> None:
    """An agent's phone rings, and the caller hangs up meanwhile."""
    agent = floor.agent("901")
    floor.wait(3)
    caller.hangs_up()
    agent.pauses("training")


WAYS = (
    hangs_up_at_once,
    hangs_up_tired,
    is_lost,
    is_taken_out,
    is_moved_away,
    follows_a_key,
)


@BOTH
def test_calling_in_takes_over_the_place(floor: Floor, mode: str) -> None:
    """The same number in the same queue: the old rank, and no second place beside it."""
    open_shop(floor, join_empty=True, callback_mode=mode)
    booked(floor, ANN)
    waits(floor, BOB)
    floor.wait(60)
    caller = waits(floor, ANN)
    assert (closed(floor), view(floor).state, position(floor)) == ([], "taken_over", 1)
    assert floor.center.queues(floor.now)[0].callbacks == 0
    (taken,) = floor.told(CallbackTakenOver)
    assert (taken.interaction, taken.callback) == (caller.interaction, view(floor).callback)
    agent = floor.agent()
    assert floor.told(OfferMade)[-1].interaction == caller.interaction
    agent.picks_up()
    assert closed(floor) == ["called_in"]


@BOTH
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_without_a_talk_the_place_is_given_back(
    floor: Floor, way: Callable[[Floor, Caller], None], mode: str
) -> None:
    """At its old rank, whatever ended the wait, and the customer is called back."""
    first, last = in_the_middle(floor, callback_mode=mode)
    before = view(floor)
    caller = waits(floor, ANN)
    assert position(floor) == 2
    way(floor, caller)
    floor.settle()
    (given,) = floor.told(CallbackGivenBack)
    assert given.interaction == caller.interaction
    assert (closed(floor), rung(floor)) == ([], [])
    assert view(floor) == before, "it stands where it stood"
    assert floor.center.open_lost_calls() == 0, "one task is enough: the callback"
    first.hangs_up()
    if mode == AGENT_FIRST:
        floor.agent("902").answers()
    assert (rung(floor), last.rung) == ([ANN], [])


def test_waiting_in_vain_gives_the_place_back(floor: Floor) -> None:
    """The limit of the wait ends nothing but the wait."""
    in_the_middle(floor)
    waits_in_vain(floor, waits(floor, ANN))
    assert (closed(floor), floor.center.open_callbacks()) == ([], 1)
    assert rung(floor) == [ANN]


def test_closing_the_queue_gives_the_place_back(floor: Floor) -> None:
    """The flow goes on as the step says, and the callback stands."""
    first, _ = in_the_middle(floor)
    meets_a_closing_queue(floor, waits(floor, ANN))
    first.hangs_up()
    floor.settle()
    assert (closed(floor), rung(floor)) == ([], [ANN])


def test_a_phone_that_rang_in_vain_gives_the_place_back(floor: Floor) -> None:
    """An offer is no talk."""
    first, _ = in_the_middle(floor)
    caller = waits(floor, ANN)
    first.hangs_up()
    is_rung_for_in_vain(floor, caller)
    assert (closed(floor), floor.center.open_callbacks()) == ([], 1)


def test_a_message_is_no_talk(floor: Floor) -> None:
    """A customer who is not served and speaks to a machine is still called back."""
    minute = timedelta(minutes=1)
    box: dict[str, list[Verb | Step]] = {"box": [Voicemail("sales", "welcome", {})]}
    to_box = {"timeout": Destination(Way.SECTION, "box")}
    open_shop(floor, max_wait=minute, more=box, next=to_box)
    busy_agent(floor)
    waits(floor, BOB)
    booked(floor, ANN)
    caller = waits(floor, ANN)
    floor.wait(60)
    caller.hears_out()
    floor.wait(5)
    caller.hangs_up()
    floor.settle()
    assert (closed(floor), floor.center.open_callbacks()) == ([], 1)


def test_a_fault_of_ours_gives_the_place_back(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may cost the caller the call, and never the callback."""
    in_the_middle(floor)
    caller = waits(floor, ANN)
    with monkeypatch.context() as once:
        once.setattr(Interpreter, "digit", _fails)
        handled = floor.center.take(DigitPressed(caller.leg, "2"), floor.now)
    assert [str(fault) for fault in handled.faults] == ["a fault of ours"]
    for command in handled.outcome.commands:
        floor.switch.carry_out(command)
    floor.events += handled.outcome.events
    floor.wait(30)
    caller.hangs_up()
    floor.settle()
    assert (closed(floor), floor.center.open_callbacks()) == ([], 1)


def _fails(*_: object, **__: object) -> None:
    raise RuntimeError("a fault of ours")


def test_calling_in_again_and_again(floor: Floor) -> None:
    """Each time the old place, and in the end a talk."""
    first, _ = in_the_middle(floor)
    for _ in range(3):
        caller = waits(floor, ANN)
        assert position(floor) == 2
        hangs_up_at_once(floor, caller)
    first.hangs_up()
    floor.settle()
    assert rung(floor) == [ANN]
    assert len(floor.told(CallbackTakenOver)) == len(floor.told(CallbackGivenBack)) == 3


def test_calling_in_as_the_trunk_writes_it(floor: Floor) -> None:
    """A national number is the same customer."""
    open_shop(floor, join_empty=True, flow={"country_code": "31"})
    booked(floor, ANN)
    waits(floor, "0612345678")
    assert view(floor).state == "taken_over"


def test_calling_in_between_two_attempts(floor: Floor) -> None:
    """The position is not in line then, but it is kept; hung up, the delay still holds."""
    first, _ = in_the_middle(floor)
    first.hangs_up()
    customer(floor).hangs_up(17)
    floor.wait(300)
    waits(floor, EVE)
    caller = waits(floor, ANN)
    assert (closed(floor), position(floor)) == ([], 1)
    caller.hangs_up()
    floor.settle()
    floor.wait(599)
    assert rung(floor) == [ANN]
    floor.wait(1)
    assert rung(floor) == [ANN, ANN]


def test_calling_in_elsewhere(floor: Floor) -> None:
    """Another number is another customer."""
    open_shop(floor, join_empty=True)
    booked(floor, ANN)
    waits(floor, BOB)
    assert (closed(floor), position(floor)) == ([], 2)


@pytest.mark.parametrize("number", ["", "anonymous", "unavailable", "Restricted"])
def test_who_withholds_the_number_is_nobody(floor: Floor, number: str) -> None:
    """Two who show no number are not the same customer."""
    open_shop(floor, join_empty=True)
    first = waits(floor, number)
    first.presses("2")
    first.hangs_up()
    waits(floor, number)
    assert (view(floor).number, view(floor).state, position(floor)) == (BOB, "in_line", 2)


def test_calling_in_while_being_dialed(floor: Floor) -> None:
    """The customer waits like anybody at first; the phone is busy, and then the position is
    theirs.
    """
    open_shop(floor)
    busy_agent(floor)
    booked(floor, ANN)
    assert rung(floor) == [ANN]
    waits(floor, BOB)
    caller = waits(floor, ANN)
    assert closed(floor) == []
    assert position(floor) == 3, "behind the place that is kept"
    customer(floor).hangs_up(17)
    assert view(floor).state == "taken_over"
    ready(floor)
    floor.colleague().picks_up()
    assert caller.told(AgentConnected), "before Bob"
    floor.wait(3600)
    assert (rung(floor), closed(floor)) == ([ANN], ["called_in"])


def test_calling_in_and_turned_away(floor: Floor) -> None:
    """A customer who cannot wait has not taken the position: the callback stands where
    it stood.
    """
    open_shop(floor, join_empty=True)
    booked(floor, ANN)
    waits(floor, BOB)
    floor.take(CloseQueue(QueueName("sales"), "test"))
    floor.caller(ANN).hears_out()
    assert closed(floor) == []
    assert not floor.told(CallbackTakenOver)
    assert floor.center.queues(floor.now)[0].callbacks == 1
    floor.take(OpenQueue(QueueName("sales"), "test"))
    floor.settle()
    busy_agent(floor)
    assert rung(floor) == [ANN]
