"""The program ends with calls in it: nobody is just cut off, and nobody is rung any more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.site.site import CenterResumed, CenterStopping
from contactcenter_ari.core.vocabulary.event import (
    EndReason,
    LostCallOpened,
    OfferResult,
    Party,
    QueueExit,
)

if TYPE_CHECKING:
    from tests.core.conftest import Floor

APOLOGY = "apology"


def test_who_waits_is_told_and_is_a_task(floor: Floor) -> None:
    """The caller hears an apology, is hung up, and becomes a task to follow up."""
    floor.agent().is_busy()
    waiting = floor.caller()
    floor.take(CenterStopping())
    assert (waiting.heard[-1], waiting.is_released()) == (APOLOGY, False)
    waiting.hears_out()
    floor.settle()
    assert waiting.exits == [QueueExit.SYSTEM_ERROR]
    assert (waiting.end.reason, waiting.end.ended_by) == (EndReason.SYSTEM_ERROR, Party.SYSTEM)
    assert len(waiting.told(LostCallOpened)) == 1
    assert floor.center.calls_in_progress() == 0


def test_who_hangs_up_on_the_apology_was_lost_by_us(floor: Floor) -> None:
    """The end was our fault, and nobody gave up waiting."""
    floor.agent().is_busy()
    waiting = floor.caller()
    floor.wait(30)
    floor.take(CenterStopping())
    waiting.hangs_up()
    assert waiting.exits == [QueueExit.SYSTEM_ERROR]
    assert (waiting.end.reason, waiting.end.ended_by) == (EndReason.SYSTEM_ERROR, Party.SYSTEM)
    assert len(waiting.told(LostCallOpened)) == 1


def test_who_is_in_the_menus_is_told(floor: Floor) -> None:
    """Any prompt or step stops; a caller who hangs up during the apology is a task, too."""
    floor.open(floor.write({"start": [Play("one"), Wait(timedelta(minutes=5))]}))
    listens, pauses = floor.caller("+31612345671"), floor.caller("+31612345672")
    pauses.hears_out()
    floor.take(CenterStopping())
    floor.settle()
    assert (listens.heard[-1], pauses.heard[-1]) == (APOLOGY, APOLOGY)
    listens.hears_out()
    pauses.hangs_up()
    floor.settle()
    for caller in (listens, pauses):
        assert len(caller.told(LostCallOpened)) == 1
        assert (caller.end.reason, caller.end.ended_by) == (EndReason.SYSTEM_ERROR, Party.SYSTEM)
    assert floor.center.calls_in_progress() == 0


def test_a_talk_is_hung_up(floor: Floor) -> None:
    """It was a talk anyway, and the agent's work after it begins."""
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    floor.take(CenterStopping())
    floor.settle()
    assert (caller.end.reason, caller.end.ended_by) == (EndReason.COMPLETED, Party.SYSTEM)
    assert not caller.told(LostCallOpened)
    assert agent.state[0] == "wrap_up"


def test_a_phone_that_rings_stops(floor: Floor) -> None:
    """No other phone is rung either, also when an agent goes ready."""
    agent = floor.agent()
    caller = floor.caller()
    assert agent.is_rung()
    floor.take(CenterStopping())
    floor.settle()
    assert not agent.is_rung()
    assert caller.heard[-1] == APOLOGY
    assert caller.offers == [(agent.id, OfferResult.WITHDRAWN)]
    caller.hears_out()
    floor.settle()
    floor.agent("101")
    assert floor.center.calls_in_progress() == 0


def test_a_center_that_is_taken_up_again_works(floor: Floor) -> None:
    """Its log is that of a center that stopped."""
    floor.take(CenterStopping())
    agent = floor.agent()
    floor.caller()
    assert not agent.is_rung()
    floor.take(CenterResumed())
    assert agent.is_rung()
