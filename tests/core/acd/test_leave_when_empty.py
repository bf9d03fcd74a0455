"""Callers in a queue without agents: when they are sent on, and when they are not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.acd.settings import LeaveWhenEmpty, QueueSettings
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.site.site import SitePublished
from contactcenter_ari.core.vocabulary.event import InteractionDequeued
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.request import RemoveAgent
from contactcenter_ari.core.vocabulary.signal import PhoneReachable, PhoneUnreachable
from tests.core.outbound.callback import ANN, BOB, CAS, booked, open_shop, rung

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Colleague, Floor

SALES = QueueName("sales")
NEVER, LOGGED_OUT, PAUSED = LeaveWhenEmpty


def one_waits(floor: Floor, **settings: object) -> tuple[Colleague, Caller]:
    """An agent who talks, and a caller who waits; one who is sent on hears so."""
    away = {"no_agents": Destination(Way.SECTION, "no")}
    flow = floor.write({"start": [Queue(SALES, away)], "no": [Play("nobody")]})
    floor.open(flow, QueueSettings(name=SALES, **settings))  # type: ignore[arg-type]  # as given
    agent = floor.agent()
    floor.caller(CAS)
    agent.picks_up()
    return agent, floor.caller(ANN)


def leaves(floor: Floor, agent: Colleague, how: str) -> None:
    """The agent is gone, or will be after the talk."""
    match how:
        case "log out":
            agent.logs_out()
        case "removed":
            floor.take(RemoveAgent(agent.id, "floor"))
        case "other queue":
            floor.colleague(agent.id, "support")
        case "unplugged":
            floor.take(PhoneUnreachable(agent.phone))
        case _:
            agent.pauses()


@pytest.mark.parametrize(
    ("when", "how", "sent_on"),
    [
        (None, "log out", True), (None, "removed", True), (None, "other queue", True),
        (None, "pause", False), (None, "unplugged", False),
        (LOGGED_OUT, "log out", True), (LOGGED_OUT, "pause", False),
        (PAUSED, "log out", True), (PAUSED, "removed", True), (PAUSED, "other queue", True),
        (PAUSED, "pause", True), (PAUSED, "unplugged", True),
        (NEVER, "log out", False), (NEVER, "pause", False),
    ],
)  # fmt: skip
def test_nobody_is_left(
    floor: Floor, when: LeaveWhenEmpty | None, how: str, *, sent_on: bool
) -> None:
    """After half a minute, to the instant, those who wait leave by no_agents."""
    agent, caller = one_waits(floor, leave_when_empty=when)
    leaves(floor, agent, how)
    floor.wait(29.9)
    assert caller.exits == []
    floor.wait(0.1)
    expected = (["no_agents"], ["nobody"]) if sent_on else ([], [])
    assert (caller.exits, caller.heard) == expected
    if sent_on:
        (left,) = caller.told(InteractionDequeued)
        assert left.waited == timedelta(seconds=30)


def test_the_last_agent_goes_home(floor: Floor) -> None:
    """All who wait leave, and not before the last agent has asked to log out."""
    agent, first = one_waits(floor)
    other = floor.agent("200")
    other.picks_up()
    assert first.exits == ["answered"]
    waiting = [floor.caller(number) for number in (ANN, BOB)]
    agent.logs_out()
    floor.wait(60)
    assert [caller.exits for caller in waiting] == [[], []]
    other.logs_out()
    floor.wait(30)
    assert [caller.heard for caller in waiting] == [["nobody"]] * 2


@pytest.mark.parametrize("how", ["comes back", "another"])
def test_somebody_is_back_in_time(floor: Floor, how: str) -> None:
    """The caller keeps the position, and a new half minute begins when they are gone again."""
    agent, caller = one_waits(floor)
    agent.logs_out()
    floor.wait(29)
    if how == "comes back":
        agent.goes_ready()
    else:
        floor.agent("200", idle=0).hangs_up(17)
    floor.wait(40)
    assert caller.exits == []
    (floor.known("200") if how == "another" else agent).logs_out()
    floor.wait(29)
    assert caller.exits == []
    floor.wait(1)
    assert caller.exits == ["no_agents"]


def test_a_phone_that_rings_is_given_its_chance(floor: Floor) -> None:
    """An unplugged phone goes on ringing; after it the caller has the grace once more."""
    settings = QueueSettings(name=SALES, leave_when_empty=PAUSED, leave_grace=timedelta(seconds=5))
    floor.open(None, settings)
    agent, caller = floor.agent(), floor.caller()
    floor.take(PhoneUnreachable(agent.phone))
    floor.wait(19)
    assert (caller.exits, caller.rung) == ([], ["100"])
    floor.wait(1)
    assert (caller.exits, caller.rung) == ([], [])
    floor.wait(5)
    assert caller.exits == ["no_agents"]


def test_the_agent_answers_after_the_grace(floor: Floor) -> None:
    """A caller who is being answered is not sent on."""
    settings = QueueSettings(name=SALES, leave_when_empty=PAUSED, leave_grace=timedelta(seconds=5))
    floor.open(None, settings)
    agent, caller = floor.agent(), floor.caller()
    floor.take(PhoneUnreachable(agent.phone))
    floor.wait(10)
    agent.picks_up()
    assert caller.exits == ["answered"]


def test_no_grace(floor: Floor) -> None:
    """They leave in the instant in which the last agent is gone."""
    agent, caller = one_waits(floor, leave_grace=timedelta())
    agent.logs_out()
    floor.wait(0)
    assert caller.exits == ["no_agents"]


def test_where_callers_may_wait_for_nobody(floor: Floor) -> None:
    """With `join_empty` they are not sent on, unless the queue has a time for it."""
    agent, caller = one_waits(floor, join_empty=True)
    agent.logs_out()
    floor.wait(300)
    assert caller.exits == []
    agent, caller = one_waits(floor, join_empty=True, leave_when_empty=LOGGED_OUT)
    agent.logs_out()
    floor.wait(20)
    late = floor.caller(BOB)
    floor.wait(10)
    assert (caller.exits, late.exits) == (["no_agents"], ["no_agents"])
    last = floor.caller(BOB)
    floor.wait(29)
    assert last.exits == []
    floor.wait(1)
    assert last.exits == ["no_agents"]


def test_a_callback_keeps_its_place(floor: Floor) -> None:
    """No caller waits for it in line: it is dialed when an agent is back."""
    open_shop(floor, leave_when_empty=LOGGED_OUT)
    agent = floor.agent()
    agent.pauses()
    booked(floor, ANN)
    agent.logs_out()
    floor.wait(3600)
    assert len(floor.center.callbacks()) == 1
    agent.logs_in()
    assert rung(floor) == [ANN]


def test_another_rule_is_published(floor: Floor) -> None:
    """It holds for callers who wait already."""
    agent, caller = one_waits(floor, leave_when_empty=NEVER)
    agent.pauses()
    floor.wait(60)
    queues = {SALES: QueueSettings(name=SALES, leave_when_empty=PAUSED)}
    floor.take(SitePublished(msgspec.structs.replace(floor.site, queues=queues)))
    floor.wait(30)
    assert caller.exits == ["no_agents"]


def test_a_phone_that_is_back_at_once(floor: Floor) -> None:
    """A registration that is lost for a moment sends no caller on."""
    agent, caller = one_waits(floor, leave_when_empty=PAUSED)
    floor.take(PhoneUnreachable(agent.phone))
    floor.wait(20)
    floor.take(PhoneReachable(agent.phone))
    floor.wait(60)
    assert caller.exits == []
