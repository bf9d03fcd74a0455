"""Requests of an agent during a call are kept until it is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings
from contactcenter_ari.core.vocabulary.event import SegmentEnded, SegmentKind
from contactcenter_ari.core.vocabulary.ids import LegId, QueueName
from contactcenter_ari.core.vocabulary.signal import (
    LegHungUp,
    PhoneDialed,
)

if TYPE_CHECKING:
    from tests.core.conftest import Colleague, Floor


@pytest.mark.parametrize("when", ["between answer and bridge", "after a miss is forgiven"])
def test_a_pause_asked_for_as_the_call_begins(floor: Floor, when: str) -> None:
    """An agent who has picked up is no more rung: the pause is kept, and begins after
    the wrap-up.
    """
    if when == "after a miss is forgiven":
        patient = QueueSettings(
            name=QueueName("sales"), misses_before_not_ready=MissLimits(no_answer=2)
        )
        floor.open(None, patient)
    agent = floor.agent()
    floor.caller()
    if when == "after a miss is forgiven":
        floor.wait(50)
    agent.answers()
    agent.pauses("lunch")
    assert agent.state == ("offered", "")
    agent.is_joined()
    agent.hangs_up()
    assert agent.state == ("wrap_up", "")
    floor.wait(15)
    assert agent.state == ("not_ready", "lunch")


def test_a_log_out_asked_for_during_a_talk(floor: Floor) -> None:
    """The talk and its wrap-up are finished first."""
    agent = floor.agent()
    floor.caller()
    agent.picks_up()
    agent.logs_out()
    floor.wait(60)
    assert agent.state == ("on_call", "")
    agent.hangs_up()
    floor.wait(15)
    assert agent.state == ("logged_out", "")


def test_a_pause_asked_for_in_wrap_up(floor: Floor) -> None:
    """The work after the talk is finished first, or ended early by hand."""
    agent = floor.agent()
    floor.caller()
    agent.picks_up()
    agent.hangs_up()
    agent.pauses("lunch")
    assert agent.state == ("wrap_up", "")
    agent.ends_wrap_up()
    assert agent.state == ("not_ready", "lunch")


@pytest.mark.parametrize("when", ["answering", "talking", "wrap_up"])
@pytest.mark.parametrize("asked", ["pause", "log-out"])
@pytest.mark.parametrize("ended_by", ["caller", "agent"])
def test_a_request_during_a_call_is_kept_to_its_end(
    floor: Floor, when: str, asked: str, ended_by: str
) -> None:
    """In any state of the call and whichever side ends it: it is finished with its wrap-up, and no
    other call comes between it and the state asked for.
    """
    agent = floor.agent()
    caller = floor.caller()
    agent.answers()
    if when != "answering":
        agent.is_joined()
    if when == "wrap_up":
        agent.hangs_up()
    during = agent.state
    _ask(agent, asked)
    assert agent.state == during
    floor.caller()
    if when != "wrap_up":
        caller.hangs_up() if ended_by == "caller" else agent.hangs_up(19)
    floor.wait(15)
    assert agent.state == (("not_ready", "lunch") if asked == "pause" else ("logged_out", ""))
    assert not agent.is_rung()


def _ask(agent: Colleague, asked: str) -> None:
    if asked == "pause":
        agent.pauses("lunch")
    else:
        agent.logs_out()


@pytest.mark.parametrize("when", ["answering", "talking", "wrap_up"])
def test_the_last_request_during_a_call_counts(floor: Floor, when: str) -> None:
    """Ready after all: a pause asked for before is forgotten."""
    agent = floor.agent()
    caller = floor.caller()
    agent.answers()
    if when != "answering":
        agent.is_joined()
    if when == "wrap_up":
        agent.hangs_up()
    agent.pauses("lunch")
    agent.logs_out()
    agent.goes_ready()
    caller.hangs_up()
    floor.wait(15)
    assert agent.state == ("ready", "")


def test_ready_ends_a_wrap_up(floor: Floor) -> None:
    """Going ready in wrap-up ends it early, and the next caller is offered in the same turn."""
    agent = floor.agent()
    floor.caller()
    agent.picks_up()
    waiting = floor.caller()
    agent.hangs_up()
    floor.wait(3)
    agent.goes_ready()
    assert agent.is_rung()
    agent.picks_up()
    assert waiting.exits == ["answered"]
    wrap_ups = [e for e in floor.told(SegmentEnded) if e.kind is SegmentKind.WRAP_UP]
    assert [e.at - e.started_at for e in wrap_ups] == [timedelta(seconds=3)]


# --- during a non-ACD call ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "expected"), [("pause", ("not_ready", "lunch")), ("log-out", ("logged_out", ""))]
)
def test_requests_during_a_non_acd_call(
    floor: Floor, asked: str, expected: tuple[str, str]
) -> None:
    """They are granted at once: no caller has to be finished with first."""
    agent = floor.agent()
    floor.take(PhoneDialed(LegId("own"), agent.phone, "*14"))
    _ask(agent, asked)
    assert agent.state == expected


def test_non_acd_calls_are_seen(floor: Floor) -> None:
    """A screen shows how many there are, so that nobody wonders why no call is offered."""
    agent = floor.agent()
    seen = [agent.view.non_acd_calls]
    for own in ("one", "two"):
        floor.take(PhoneDialed(LegId(own), agent.phone, "*14"))
        seen.append(agent.view.non_acd_calls)
    for own in ("one", "two"):
        floor.take(LegHungUp(LegId(own), 16))
        seen.append(agent.view.non_acd_calls)
    assert seen == [0, 1, 2, 1, 0]
    assert agent.state == ("ready", "")
