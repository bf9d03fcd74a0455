"""A customer who answers a callback is asked what to do: accept, be called later, or cancel."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from contactcenter_ari.core.site.system_prompt import CANCELLED, LATER, QUESTION
from contactcenter_ari.core.vocabulary.event import AgentConnected
from contactcenter_ari.core.vocabulary.request import RestoreCallback
from contactcenter_ari.core.vocabulary.signal import SwitchReconciled
from tests.core.outbound.callback import (
    ANN,
    attempts,
    booked,
    busy_agent,
    closed,
    customer,
    ended,
    open_shop,
    outbound,
    ready,
    restore,
    rung,
)
from tests.core.prompts import says

if TYPE_CHECKING:
    from tests.core.conftest import Callee, Floor


def asked(floor: Floor, **step: Any) -> Callee:  # noqa: ANN401  # of the callback
    """Somebody who was called back and hears the question."""
    prompts = {name: says(name) for name in (QUESTION, LATER, CANCELLED)}
    open_shop(floor, callback_keys=True, step=step, prompts=prompts)
    busy_agent(floor)
    booked(floor)
    callee = customer(floor)
    callee.answers()
    callee.hears_out()
    assert callee.heard == ["callback_greeting", "callback_question"]
    return callee


def talks(floor: Floor, callee: Callee) -> bool:
    """Whether an agent who comes gets the customer."""
    assert floor.switch.music[callee.leg] == "default"
    ready(floor)
    floor.colleague().picks_up()
    return bool(floor.told(AgentConnected))


@pytest.mark.parametrize("key", ["1", "7", ""])
def test_accept(floor: Floor, key: str) -> None:
    """By 1; a customer who says nothing, or something else, asked for the call and has it."""
    callee = asked(floor)
    if key:
        callee.presses(key)
    else:
        callee.hears_out()
        floor.wait(5)
    assert talks(floor, callee)
    assert (attempts(floor), closed(floor)) == ([(1, "reached", None)], ["reached"])


def test_a_key_cuts_the_greeting_short(floor: Floor) -> None:
    """A customer who was called before knows the keys."""
    prompts = {name: says(name) for name in (QUESTION, LATER, CANCELLED)}
    open_shop(floor, callback_keys=True, prompts=prompts)
    busy_agent(floor)
    booked(floor)
    callee = customer(floor)
    callee.answers()
    callee.presses("3")
    callee.hears_out()
    callee.hangs_up()
    assert closed(floor) == ["cancelled"]


def test_later(floor: Floor) -> None:
    """After the delay, at the old place; it uses up no attempt."""
    callee = asked(floor, attempts=1)
    callee.presses("2")
    assert callee.heard[-1] == "callback_later"
    callee.hears_out()
    assert callee.is_released()
    callee.hangs_up()
    assert (attempts(floor), closed(floor)) == ([(1, "later", 900)], [])
    floor.wait(900)
    assert rung(floor) == [ANN, ANN]
    customer(floor).hangs_up(17)
    assert (attempts(floor)[1:], closed(floor)) == ([(2, "busy", None)], ["exhausted"])


def test_later_is_kept_by_a_new_center(floor: Floor) -> None:
    """All attempts were made, and one more was booked."""
    open_shop(floor)
    busy_agent(floor)
    restored: RestoreCallback = restore(
        floor, attempts=1, attempts_made=1, next_at=floor.now, waiting_since=floor.now
    )
    assert rung(floor) == [restored.dialed]


def test_cancel(floor: Floor) -> None:
    """The customer needs no call any more."""
    callee = asked(floor)
    callee.presses("3")
    assert callee.heard[-1] == "callback_cancelled"
    callee.hangs_up()
    assert (attempts(floor), closed(floor)) == ([(1, "cancelled", None)], ["cancelled"])
    floor.wait(3600)
    assert rung(floor) == [ANN]


def test_hung_up_on_the_question(floor: Floor) -> None:
    """Reached, and wants nothing: nobody is dialed for that again and again."""
    callee = asked(floor)
    floor.wait(2)
    callee.hangs_up()
    assert (attempts(floor), closed(floor)) == ([(1, "reached", None)], ["reached"])
    assert ended(floor, outbound(floor)[0]).reason == "left_flow"


def test_gives_up_after_accepting(floor: Floor) -> None:
    """The wait was ours: the place is given back."""
    callee = asked(floor)
    callee.presses("1")
    floor.wait(30)
    callee.hangs_up()
    assert (attempts(floor), closed(floor)) == ([(1, "given_up", 900)], [])


def test_we_lose_the_one_who_is_asked(floor: Floor) -> None:
    """That is no answer."""
    callee = asked(floor)
    floor.now += timedelta(seconds=10)
    floor.switch.gone(callee.leg)
    phones = (floor.colleague().phone,)
    floor.take(SwitchReconciled(floor.now, tuple(floor.switch.legs), phones))
    assert attempts(floor)[0][1] != "reached"
    assert closed(floor) == []
