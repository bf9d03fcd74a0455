"""Callbacks to customers who asked for skills, and to those who stand behind them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from contactcenter_ari.core.vocabulary.event import CallbackBooked
from contactcenter_ari.core.vocabulary.skill import SkillStep
from tests.core.outbound.callback import (
    ANN,
    BOB,
    BOTH,
    CAS,
    CUSTOMER_FIRST,
    booked,
    busy_agent,
    closed,
    customer,
    open_shop,
    ready,
    restore,
    rung,
    waits,
)

if TYPE_CHECKING:
    from tests.core.conftest import Floor


@BOTH
def test_what_was_asked_for_is_still_asked_for(floor: Floor, mode: str) -> None:
    """A caller who waited for somebody who speaks Finnish is connected to one, and to anybody only
    when the rest of that wait is over.
    """
    skills = (SkillStep(timedelta(), {"finnish": 5}), SkillStep(timedelta(minutes=2), {}))
    open_shop(floor, line={"skills": skills}, callback_mode=mode)
    finn = floor.agent("200", finnish=9)
    finn.is_busy()
    caller = waits(floor)
    floor.wait(90)
    caller.presses("1")
    (booked,) = floor.told(CallbackBooked)
    left = (skills[0], SkillStep(timedelta(seconds=30), {}))
    assert booked.skills == left
    anybody = floor.agent("100")
    caller.hangs_up()
    if mode == CUSTOMER_FIRST:
        customer(floor).answers()
        customer(floor).hears_out()
    floor.wait(29)
    assert not anybody.is_rung()
    floor.wait(1)
    assert anybody.is_rung()


def test_who_waits_for_somebody_else_holds_up_nobody(floor: Floor) -> None:
    """Neither a live caller before nor a customer, whom no free agent is good enough for, keeps
    one waiting for whom somebody is free.
    """
    open_shop(floor, line={"skills": (SkillStep(timedelta(), {"finnish": 5}),)})
    floor.agent("200", finnish=9)
    waits(floor, CAS)
    floor.colleague("200", finnish=9).picks_up()
    busy_agent(floor)
    waits(floor, "+31622222222")
    booked(floor, BOB)
    restore(floor, dialed=ANN, waiting_since=floor.now)
    assert rung(floor) == [], "nobody is free"
    ready(floor)
    assert rung(floor) == [ANN]
    customer(floor).answers()
    customer(floor).hears_out()
    floor.colleague("100").picks_up()
    assert closed(floor) == ["reached"]
