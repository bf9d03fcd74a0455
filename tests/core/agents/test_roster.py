"""What agents ask for, what their calls do to them, and who is offered calls."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings
from contactcenter_ari.core.center.site import SitePublished
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.vocabulary.event import AgentStateChanged, SegmentEnded, SegmentKind
from contactcenter_ari.core.vocabulary.ids import AgentId, LegId, PhoneId, QueueName
from contactcenter_ari.core.vocabulary.request import (
    AgentProfile,
    EndWrapUp,
    ExtendWrapUp,
    GoNotReady,
    GoReady,
    LogIn,
    LogOut,
    PutAgent,
    RemoveAgent,
    Request,
    SetDisposition,
)
from contactcenter_ari.core.vocabulary.signal import (
    LegHungUp,
    PhoneDialed,
    PhoneReachable,
    PhoneUnreachable,
)

if TYPE_CHECKING:
    from tests.core.conftest import Colleague, Floor

ANN = AgentId("100")


def moves(floor: Floor, agent: Colleague) -> list[tuple[str, str, str, str]]:
    """Each move of an agent: from (reason) to (reason)."""
    return [
        (e.before, e.before_reason, e.after, e.reason)
        for e in floor.told(AgentStateChanged)
        if e.agent == agent.id
    ]


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
    assert moves(floor, agent) == [
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


# --- refused requests -----------------------------------------------------------------------


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
        (GoNotReady(ANN, "lunch", "me"), "not_logged_in"),
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
    """What cannot be done is refused with a code, and nothing changes."""
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


# --- requests during a call -----------------------------------------------------------------


def test_a_pause_asked_for_while_ringing(floor: Floor) -> None:
    """It is kept, and begins after the talk and its wrap-up."""
    agent = floor.agent()
    floor.caller()
    agent.pauses("lunch")
    assert agent.state == ("offered", "")
    agent.picks_up()
    agent.hangs_up()
    assert agent.state == ("wrap_up", "")
    floor.wait(15)
    assert agent.state == ("not_ready", "lunch")


def test_a_pause_asked_for_while_ringing_in_vain(floor: Floor) -> None:
    """A caller who leaves ends the call too: the pause begins at once."""
    agent = floor.agent()
    caller = floor.caller()
    agent.pauses("training")
    caller.hangs_up()
    assert agent.state == ("not_ready", "training")


def test_a_pause_asked_for_beats_the_miss(floor: Floor) -> None:
    """Who asked for a pause and then missed the call is in the pause he asked for."""
    agent = floor.agent()
    floor.caller()
    agent.pauses("lunch")
    floor.wait(20)
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


@pytest.mark.parametrize("when", ["ringing", "talking", "wrap_up"])
@pytest.mark.parametrize("wish", ["pause", "log-out"])
@pytest.mark.parametrize("ended_by", ["caller", "agent"])
def test_a_wish_during_a_call_is_kept_to_its_end(
    floor: Floor, when: str, wish: str, ended_by: str
) -> None:
    """Whatever the state in the call and whoever ends it: it is finished with its wrap-up, and
    no other call comes between it and what was asked for.
    """
    agent = floor.agent()
    caller = floor.caller()
    if when != "ringing":
        agent.picks_up()
    if when == "wrap_up":
        agent.hangs_up()
    during = agent.state
    _wish(agent, wish)
    assert agent.state == during
    floor.caller()
    if when != "wrap_up":
        caller.hangs_up() if ended_by == "caller" else agent.hangs_up(19)
    floor.wait(15)
    assert agent.state == (("not_ready", "lunch") if wish == "pause" else ("logged_out", ""))
    assert not agent.is_rung()


def _wish(agent: Colleague, wish: str) -> None:
    if wish == "pause":
        agent.pauses("lunch")
    else:
        agent.logs_out()


@pytest.mark.parametrize("when", ["ringing", "talking", "wrap_up"])
def test_the_last_request_during_a_call_counts(floor: Floor, when: str) -> None:
    """Ready after all: a pause asked for before is forgotten."""
    agent = floor.agent()
    caller = floor.caller()
    if when != "ringing":
        agent.picks_up()
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


# --- pauses ---------------------------------------------------------------------------------


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


# --- misses ---------------------------------------------------------------------------------


def patient(floor: Floor, misses: int) -> None:
    """A queue that takes so many misses before an agent is NOT_READY."""
    floor.open(
        None,
        QueueSettings(name=QueueName("sales"), misses_before_not_ready=MissLimits.alike(misses)),
    )


def test_misses_in_a_row(floor: Floor) -> None:
    """Two misses are forgiven, the third makes him NOT_READY."""
    patient(floor, 3)
    agent = floor.agent()
    floor.caller()
    for _ in range(2):
        floor.wait(20)
        assert agent.state == ("ready", "")
        floor.wait(30)
        assert agent.is_rung()
    floor.wait(20)
    assert agent.state == ("not_ready", "no_answer")


def test_each_kind_of_miss_is_counted_apart(floor: Floor) -> None:
    """A refusal between two calls he let ring does not end the row, nor lengthen it."""
    limits = MissLimits(no_answer=2, refused=2, busy=3)
    floor.open(None, QueueSettings(name=QueueName("sales"), misses_before_not_ready=limits))
    agent = floor.agent()
    floor.caller()
    floor.wait(20)
    floor.wait(30)
    for cause in (17, 21, 17):
        agent.hangs_up(cause)
        assert agent.state == ("ready", "")
        floor.wait(30)
    floor.wait(20)
    assert agent.state == ("not_ready", "no_answer")


@pytest.mark.parametrize("by", ["answer", "ready", "log-in", "pause and back"])
def test_misses_are_forgotten(floor: Floor, by: str) -> None:
    """An answer, going ready by hand and logging in start the count anew."""
    patient(floor, 2)
    agent = floor.agent()
    floor.caller()
    floor.wait(20)
    match by:
        case "answer":
            floor.wait(30)
            agent.picks_up()
            agent.hangs_up()
            floor.wait(15)
        case "ready":
            agent.goes_ready()
        case "log-in":
            agent.logs_out()
            agent.logs_in()
        case _:
            agent.pauses()
            agent.goes_ready()
    floor.caller()
    assert agent.is_rung()
    floor.wait(20)
    assert agent.state != ("not_ready", "no_answer")


def test_a_caller_who_leaves_is_nobodys_miss(floor: Floor) -> None:
    """However often callers leave while his phone rings, the agent stays READY."""
    agent = floor.agent()
    for _ in range(5):
        caller = floor.caller()
        floor.wait(10)
        caller.hangs_up()
    assert agent.state == ("ready", "")


# --- log-in and the directory ---------------------------------------------------------------


def test_logging_in_twice(floor: Floor) -> None:
    """Signed in already is the same as going ready."""
    agent = floor.agent()
    agent.logs_in()
    assert len(moves(floor, agent)) == 1
    agent.pauses()
    agent.logs_in()
    assert agent.state == ("ready", "")


def test_logging_in_during_a_talk(floor: Floor) -> None:
    """Nothing changes but that a log-out asked for before is forgotten."""
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    agent.logs_out()
    agent.logs_in()
    assert agent.state == ("on_call", "")
    caller.hangs_up()
    floor.wait(15)
    assert agent.state == ("ready", "")


def test_logging_out_twice(floor: Floor) -> None:
    """Signed out already is fine."""
    agent = floor.agent()
    agent.logs_out()
    agent.logs_out()
    assert len(moves(floor, agent)) == 2


@pytest.mark.parametrize("when", ["ringing", "talking", "wrap_up"])
@pytest.mark.parametrize("insists", [True, False])
def test_removal_during_a_call(floor: Floor, when: str, *, insists: bool) -> None:
    """The call is finished, then the agent is gone, whatever he asks for meanwhile."""
    agent = floor.agent()
    caller = floor.caller()
    if when != "ringing":
        agent.picks_up()
    if when == "wrap_up":
        agent.hangs_up()
    floor.take(RemoveAgent(agent.id, "boss"))
    assert len(floor.center.agents(floor.now)) == 1
    if insists:
        agent.goes_ready()
    caller.hangs_up()
    floor.wait(15)
    assert floor.center.agents(floor.now) == ()
    assert moves(floor, agent)[-1][2] == "logged_out"


def test_removal_of_an_idle_agent(floor: Floor) -> None:
    """He is signed out and gone; the next caller finds nobody."""
    agent = floor.agent()
    floor.take(RemoveAgent(agent.id, "boss"))
    assert floor.center.agents(floor.now) == ()
    assert moves(floor, agent)[-1] == ("ready", "", "logged_out", "")
    assert floor.caller().exits == ["no_agents"]


def test_an_agent_who_comes_back_to_the_directory_in_a_talk(floor: Floor) -> None:
    """Removed and put again before the talk is over: he stays known."""
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    floor.take(RemoveAgent(agent.id, "boss"))
    floor.colleague("100")
    caller.hangs_up()
    floor.wait(15)
    assert agent.state == ("logged_out", "")


def test_an_agent_gets_other_queues(floor: Floor) -> None:
    """A change in the directory counts at once, also for those who wait."""
    agent = floor.agent("100", "support")
    floor.agent("200").pauses()
    waiting = floor.caller()
    assert not agent.is_rung()
    floor.colleague("100", "sales")
    agent.picks_up()
    assert waiting.exits == ["answered"]


def test_an_agent_gets_another_phone(floor: Floor) -> None:
    """The new phone rings, once it is registered."""
    agent = floor.agent()
    other = PhoneId("desk-7")
    profile = AgentProfile(agent=agent.id, name="Ann", phone=other, queues=(QueueName("sales"),))
    floor.take(PutAgent(profile))
    floor.caller()
    assert floor.switch.phones_in_use().keys() == {""}
    floor.take(PhoneReachable(other))
    assert other in floor.switch.phones_in_use()


# --- phones ---------------------------------------------------------------------------------


def test_an_unregistered_phone_is_never_offered(floor: Floor) -> None:
    """Its agent may be READY; callers wait until it is registered."""
    agent = floor.colleague()
    agent.logs_in()
    caller = floor.caller()
    assert (agent.is_rung(), caller.exits) == (False, [])
    floor.take(PhoneReachable(agent.phone))
    assert agent.is_rung()


def test_a_phone_that_is_lost(floor: Floor) -> None:
    """It is not offered from then on."""
    agent = floor.agent()
    floor.take(PhoneUnreachable(agent.phone))
    floor.caller()
    assert not agent.is_rung()


def test_a_phone_that_is_lost_while_it_rings(floor: Floor) -> None:
    """The ring limit decides, as for any phone that is not picked up."""
    agent = floor.agent()
    caller = floor.caller()
    floor.take(PhoneUnreachable(agent.phone))
    floor.wait(20)
    assert caller.offers == [("100", "lapsed")]


def test_a_phone_registered_before_its_agent_is_known(floor: Floor) -> None:
    """The order of directory and registration does not matter."""
    floor.take(PhoneReachable(PhoneId("phone-100")))
    agent = floor.colleague("100")
    agent.logs_in()
    floor.caller()
    assert agent.is_rung()


def test_an_agent_on_a_call_of_his_own(floor: Floor) -> None:
    """Who dials a feature code is not offered until that call is over."""
    agent = floor.agent()
    own = LegId("own")
    floor.take(PhoneDialed(own, agent.phone, "*14"))
    floor.caller()
    assert not agent.is_rung()
    floor.take(LegHungUp(own, 16))
    assert agent.is_rung()


def test_two_calls_of_his_own(floor: Floor) -> None:
    """He is offered calls when the last of them is over."""
    agent = floor.agent()
    for own in ("one", "two"):
        floor.take(PhoneDialed(LegId(own), agent.phone, "*14"))
    floor.caller()
    floor.take(LegHungUp(LegId("one"), 16))
    assert not agent.is_rung()
    floor.take(LegHungUp(LegId("two"), 16))
    assert agent.is_rung()


@pytest.mark.parametrize(
    ("wish", "expected"), [("pause", ("not_ready", "lunch")), ("log-out", ("logged_out", ""))]
)
def test_requests_during_a_call_of_his_own(
    floor: Floor, wish: str, expected: tuple[str, str]
) -> None:
    """They are granted at once: no caller has to be finished with first."""
    agent = floor.agent()
    floor.take(PhoneDialed(LegId("own"), agent.phone, "*14"))
    _wish(agent, wish)
    assert agent.state == expected


def test_calls_of_his_own_are_seen(floor: Floor) -> None:
    """A screen shows how many there are, so that nobody wonders why no call is offered."""
    agent = floor.agent()
    seen = [agent.view.own_calls]
    for own in ("one", "two"):
        floor.take(PhoneDialed(LegId(own), agent.phone, "*14"))
        seen.append(agent.view.own_calls)
    for own in ("one", "two"):
        floor.take(LegHungUp(LegId(own), 16))
        seen.append(agent.view.own_calls)
    assert seen == [0, 1, 2, 1, 0]
    assert agent.state == ("ready", "")
