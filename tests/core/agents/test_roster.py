"""A working day of an agent, with refusals and pauses."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.site.site import SitePublished
from contactcenter_ari.core.vocabulary.event import AgentStateChanged
from contactcenter_ari.core.vocabulary.ids import AgentId
from contactcenter_ari.core.vocabulary.request import (
    EndWrapUp,
    ExtendWrapUp,
    GoNotReady,
    GoReady,
    LogIn,
    LogOut,
    RemoveAgent,
    Request,
    SetDisposition,
)

if TYPE_CHECKING:
    from tests.core.conftest import Floor


ANN = AgentId("100")


def test_a_working_day(floor: Floor) -> None:
    """Each move is told with both states, both reasons, since when and by whom."""
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    floor.wait(60)
    agent.hangs_up()
    floor.wait(15)
    agent.pauses("lunch")
    agent.logs_out()
    assert agent.moves == [
        ("logged_out", "", "ready", ""),
        ("ready", "", "offered", ""),
        ("offered", "", "on_call", ""),
        ("on_call", "", "wrap_up", ""),
        ("wrap_up", "", "ready", ""),
        ("ready", "", "not_ready", "lunch"),
        ("not_ready", "lunch", "logged_out", ""),
    ]
    by = [e.by for e in floor.told(AgentStateChanged)]
    assert by == ["100", "center", "center", "center", "center", "100", "100"]
    assert [e.at - e.since for e in floor.told(AgentStateChanged)][3:5] == [
        timedelta(seconds=60),
        timedelta(seconds=15),
    ]
    assert caller.end.agent == "100"


# --- refused requests ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (LogIn(AgentId("999"), "me"), "unknown_agent"),
        (LogOut(AgentId("999"), "me"), "unknown_agent"),
        (GoReady(AgentId("999"), "me"), "unknown_agent"),
        (GoNotReady(AgentId("999"), "lunch", "me"), "unknown_agent"),
        (EndWrapUp(AgentId("999"), "me"), "unknown_agent"),
        (RemoveAgent(AgentId("999"), "me"), "unknown_agent"),
        (GoReady(ANN, "me"), "not_logged_in"),
        (GoNotReady(ANN, "golf", "me"), "unknown_reason"),
        (GoNotReady(ANN, "", "me"), "unknown_reason"),
        (EndWrapUp(ANN, "me"), "not_in_wrap_up"),
        (ExtendWrapUp(AgentId("999"), "me"), "unknown_agent"),
        (ExtendWrapUp(ANN, "me"), "not_in_wrap_up"),
        (SetDisposition(AgentId("999"), "sold", "me"), "unknown_agent"),
        (SetDisposition(ANN, "sold", "me"), "no_contact"),
    ],
)
def test_refused_requests(floor: Floor, request_: Request, code: str) -> None:
    """An impossible request is refused with a code, and nothing changes."""
    agent = floor.colleague("100")
    with pytest.raises(RequestRefused) as refused:
        floor.take(request_)
    assert refused.value.code == code
    assert agent.state == ("logged_out", "")
    assert floor.events == []


@pytest.mark.parametrize("when", ["ready", "ringing", "talking", "paused"])
def test_end_of_a_wrap_up_that_is_none(floor: Floor, when: str) -> None:
    """Only a wrap-up can be ended."""
    agent = floor.agent()
    if when == "paused":
        agent.pauses()
    elif when != "ready":
        floor.caller()
    if when == "talking":
        agent.picks_up()
    before = agent.state
    with pytest.raises(RequestRefused):
        agent.ends_wrap_up()
    assert agent.state == before


# --- pauses ----------------------------------------------------------------------------------


def test_another_reason_for_a_pause(floor: Floor) -> None:
    """It closes one interval and opens the next."""
    agent = floor.agent()
    agent.pauses("lunch")
    floor.wait(60)
    agent.pauses("training")
    floor.wait(30)
    agent.goes_ready()
    changes = floor.told(AgentStateChanged)[-2:]
    assert [(e.before_reason, e.reason) for e in changes] == [
        ("lunch", "training"),
        ("training", ""),
    ]
    assert [e.at - e.since for e in changes] == [timedelta(seconds=60), timedelta(seconds=30)]


def test_a_pause_without_a_reason(floor: Floor) -> None:
    """It is granted where the site wants none; a reason that is not in its list never is."""
    floor.take(SitePublished(msgspec.structs.replace(floor.site, pause_reason_required=False)))
    agent = floor.agent()
    with pytest.raises(RequestRefused, match="one of: lunch, training"):
        agent.pauses("golf")
    agent.pauses("")
    assert agent.state == ("not_ready", "")
    agent.pauses("lunch")
    assert agent.state == ("not_ready", "lunch")


def test_the_same_pause_again(floor: Floor) -> None:
    """It changes nothing."""
    agent = floor.agent()
    agent.pauses("lunch")
    told = len(floor.events)
    agent.pauses("lunch")
    assert len(floor.events) == told
