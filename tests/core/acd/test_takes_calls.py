"""The agents who take calls: ready, or busy and coming back, with a registered phone; and the uses
of their count.
"""

from __future__ import annotations

import pickle
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.declaration import Blank
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Announcement, Queue
from contactcenter_ari.core.vocabulary.callback import CallbackMode
from contactcenter_ari.core.vocabulary.event import AgentState
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName
from contactcenter_ari.core.vocabulary.request import DialCallback, RemoveAgent
from contactcenter_ari.core.vocabulary.signal import (
    PhoneReachable,
    PhoneUnreachable,
    SwitchReconciled,
)
from contactcenter_ari.core.vocabulary.skill import SkillStep
from tests.core.outbound.callback import ANN, BOB, CAS, booked, open_shop, ready, rung, waits
from tests.core.prompts import says

if TYPE_CHECKING:
    from tests.core.conftest import Colleague, Floor

SALES = QueueName("sales")
DUTCH = (SkillStep(timedelta(), {"dutch": 5}), SkillStep(timedelta(minutes=5), {}))


def with_nobody(floor: Floor, *queues: QueueSettings, step: Queue | None = None) -> None:
    """A caller who finds no agent who takes calls hears so."""
    away = {
        "no_agents": Destination(Way.SECTION, "no"),
        "diverted": Destination(Way.SECTION, "on"),
    }
    queue = step or Queue(SALES, away)
    flow = floor.write({"start": [queue], "no": [Play("nobody")], "on": [Play("too many")]})
    floor.open(flow, *queues)


def talking(floor: Floor, agent: str = "100") -> Colleague:
    """An agent in a talk of the queue."""
    colleague = floor.agent(agent)
    floor.caller(CAS)
    colleague.picks_up()
    return colleague


def goes_away(floor: Floor, agent: Colleague, how: str) -> None:
    """An agent stops taking calls."""
    match how:
        case "pauses":
            agent.pauses()
        case "logs out":
            agent.logs_out()
        case "is removed":
            floor.take(RemoveAgent(agent.id, "floor"))
        case "is unplugged":
            floor.take(PhoneUnreachable(agent.phone))
        case "is forgotten by the switch":
            floor.take(SwitchReconciled(floor.now, tuple(floor.switch.legs), ()))
        case _:
            floor.colleague(agent.id, "support")


AWAY = (
    "pauses", "logs out", "is removed", "is unplugged", "is forgotten by the switch",
    "loses the queue",
)  # fmt: skip


# --- joining --------------------------------------------------------------------------------


@pytest.mark.parametrize("how", AWAY)
@pytest.mark.parametrize("state", ["free", "talking", "writing up"])
def test_a_queue_whose_only_agent_goes_away(floor: Floor, how: str, state: str) -> None:
    """No caller joins it from that moment on, although the agent is still in a talk."""
    with_nobody(floor)
    agent = floor.agent() if state == "free" else talking(floor)
    if state == "writing up":
        agent.hangs_up()
        floor.settle()
    goes_away(floor, agent, how)
    caller = floor.caller(ANN)
    assert (caller.exits, caller.heard) == (["no_agents"], ["nobody"])
    (sales, _) = floor.center.queues(floor.now)
    assert sales.takes_calls == 0


@pytest.mark.parametrize("cause", [None, 17, 20, 21])
def test_an_agent_who_missed_out(floor: Floor, cause: int | None) -> None:
    """No answer, busy, unreachable or refused: the next caller finds no agent."""
    with_nobody(floor)
    agent, first = floor.agent(), floor.caller(CAS)
    if cause is None:
        floor.wait(20)
    else:
        agent.hangs_up(cause)
    assert agent.state[0] is AgentState.NOT_READY
    assert floor.caller(ANN).heard == ["nobody"]
    assert first.exits == [], "those who wait go on waiting for somebody who is logged in"


@pytest.mark.parametrize("state", ["rung", "talking", "writing up", "on a call of their own"])
def test_an_agent_who_is_coming_back(floor: Floor, state: str) -> None:
    """Callers wait for one who is busy."""
    with_nobody(floor)
    agent = floor.agent()
    if state == "on a call of their own":
        agent.is_busy()
    else:
        floor.caller(CAS)
    if state in {"talking", "writing up"}:
        agent.picks_up()
    if state == "writing up":
        agent.hangs_up()
    caller = floor.caller(ANN)
    assert (caller.exits, caller.heard) == ([], [])
    (sales, _) = floor.center.queues(floor.now)
    assert (sales.logged_in, sales.takes_calls, sales.free) == (1, 1, 0)


@pytest.mark.parametrize("how", ["goes ready", "is plugged in", "takes the pause back"])
def test_an_agent_who_is_back(floor: Floor, how: str) -> None:
    """Callers may join again, in that turn."""
    with_nobody(floor)
    agent = talking(floor) if how == "takes the pause back" else floor.agent()
    goes_away(floor, agent, "is unplugged" if how == "is plugged in" else "pauses")
    assert floor.caller(BOB).exits == ["no_agents"]
    if how == "is plugged in":
        floor.take(PhoneReachable(agent.phone))
    else:
        agent.goes_ready()
    assert floor.caller(ANN).exits == []


def test_nobody_is_moved_where_nobody_takes_calls(floor: Floor) -> None:
    """It is refused, and the caller waits on."""
    floor.agent().is_busy()
    floor.agent("200", "support").pauses()
    caller = floor.caller()
    with pytest.raises(Exception, match="takes no callers: no_agents"):
        caller.is_moved("support")
    assert caller.exits == []


def test_it_may_be_allowed(floor: Floor) -> None:
    """With `join_empty` callers wait for any agent who comes back."""
    with_nobody(floor, QueueSettings(name=SALES, join_empty=True))
    agent = floor.agent()
    agent.pauses()
    caller = floor.caller(ANN)
    floor.wait(600)
    assert caller.exits == []
    agent.goes_ready()
    assert caller.rung == ["100"]


# --- callbacks ------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", list(CallbackMode))
@pytest.mark.parametrize("how", AWAY)
def test_nobody_is_called_back_for_nobody(floor: Floor, mode: CallbackMode, how: str) -> None:
    """The customer is dialed as soon as an agent takes calls again."""
    open_shop(floor, callback_mode=mode)
    goes_away(floor, floor.agent(), how)
    booked(floor, ANN)
    floor.wait(60)
    assert rung(floor) == []
    back = floor.agent()
    if mode is CallbackMode.AGENT_FIRST:
        back.answers()
    assert rung(floor) == [ANN]


def test_not_even_when_a_person_asks(floor: Floor) -> None:
    """It is dialed next, once there is an agent for the talk."""
    open_shop(floor)
    floor.agent().pauses()
    floor.take(DialCallback(booked(floor, ANN), "floor"))
    assert rung(floor) == []
    ready(floor)
    assert rung(floor) == [ANN]


def test_nor_for_skills_that_nobody_has_who_takes_calls(floor: Floor) -> None:
    """Others who take calls would be of no use to the customer."""
    open_shop(floor, line={"skills": DUTCH[:1]})
    floor.agent("100", dutch=7).pauses()
    floor.agent("200").is_busy()
    booked(floor, ANN)
    assert rung(floor) == []
    ready(floor)
    assert rung(floor) == [ANN]


def test_no_more_at_once_than_agents_who_take_calls(floor: Floor) -> None:
    """The agents who pause are not counted."""
    open_shop(floor)
    floor.agent("100").is_busy()
    floor.agent("200").pauses()
    for number in (ANN, BOB):
        booked(floor, number)
    floor.callee().answers()
    floor.callee().hears_out()
    assert rung(floor) == [ANN]


# --- ratios, skills, one agent --------------------------------------------------------------


def test_agents_who_pause_count_in_no_ratio(floor: Floor) -> None:
    """At most two callers wait for each who takes calls."""
    with_nobody(floor, QueueSettings(name=SALES, divert_ratio=2))
    floor.agent("100").is_busy()
    floor.agent("200").pauses()
    floor.take(PhoneUnreachable(floor.agent("300").phone))
    assert [floor.caller().heard for _ in range(3)] == [[], [], ["too many"]]


@pytest.mark.parametrize("how", AWAY)
def test_the_only_one_with_the_skill_goes_away(floor: Floor, how: str) -> None:
    """The step is skipped at once, for those who wait and for those who come."""
    with_nobody(floor, step=Queue(SALES, {}, skills=DUTCH))
    best = floor.agent("100", dutch=7)
    best.is_busy()
    floor.agent("200")
    waiting = floor.caller(ANN)
    assert waiting.rung == []
    goes_away(floor, best, how)
    if how == "is forgotten by the switch":
        floor.take(PhoneReachable(floor.known("200").phone))
    assert waiting.rung == ["200"]


def test_one_who_is_busy_is_waited_for(floor: Floor) -> None:
    """The step is not skipped: the agent is coming back."""
    with_nobody(floor, step=Queue(SALES, {}, skills=DUTCH))
    floor.agent("100", dutch=7).is_busy()
    floor.agent("200")
    assert floor.caller(ANN).rung == []


def test_a_preferred_agent_at_lunch_is_not_waited_for(floor: Floor) -> None:
    """An agent who will pause after the present call is not waited for, either."""
    prefers = Queue(SALES, {}, prefer=parse('"100"'), prefer_for=timedelta(minutes=1))
    with_nobody(floor, step=prefers)
    best = talking(floor)
    floor.agent("200")
    caller = floor.caller(ANN)
    assert caller.rung == []
    best.pauses()
    assert caller.rung == ["200"]


# --- announcements to callers ---------------------------------------------------------------


def test_nothing_is_told_while_nobody_takes_calls(floor: Floor) -> None:
    """Neither wait nor position; both again once an agent is back."""
    ten = timedelta(seconds=10)
    step = Queue(SALES, {}, announce=(Announcement("place", ten, ten),))
    flow = floor.write(
        {"start": [step]}, place=says("place ", Blank(parse("queue.position"), "number"))
    )
    floor.open(flow)
    agent = talking(floor)
    caller = floor.caller(ANN)
    floor.wait(10)
    assert caller.heard == ["place 1"]
    caller.hears_out()
    agent.pauses()
    floor.wait(10)
    assert caller.heard == ["place 1"]
    agent.goes_ready()
    floor.wait(10)
    assert caller.heard == ["place 1", "place 1"]


# --- counts ---------------------------------------------------------------------------------


def test_an_agent_is_counted_once(floor: Floor) -> None:
    """In any number of checks, and in all queues of the agent."""
    agent = floor.agent("100", "sales", "support")
    for _ in range(2):
        agent.pauses()
        agent.goes_ready()
        floor.take(PhoneReachable(agent.phone))
        floor.colleague("100", "sales", "support")
    assert [view.takes_calls for view in floor.center.queues(floor.now)] == [1, 1]
    floor.colleague("100", "support")
    assert [view.takes_calls for view in floor.center.queues(floor.now)] == [0, 1]
    floor.take(RemoveAgent(AgentId("100"), "floor"))
    assert [view.takes_calls for view in floor.center.queues(floor.now)] == [0, 0]


def test_the_count_is_part_of_a_snapshot(floor: Floor) -> None:
    """A core that was written and read again counts on."""
    agent = floor.agent()
    agent.is_busy()
    floor.center = pickle.loads(pickle.dumps(floor.center))  # noqa: S301  # our own
    assert floor.caller(ANN).exits == []
    agent.pauses()
    assert floor.caller(BOB).exits == ["no_agents"]


def test_an_agent_of_the_same_name_is_another(floor: Floor) -> None:
    """The end of an old call of a removed agent does not change the count."""
    agent = floor.agent()
    agent.is_busy()
    floor.take(RemoveAgent(agent.id, "floor"))
    again = floor.agent()
    agent.goes_ready()
    assert again.view.takes_calls
    assert waits(floor, ANN).rung == ["100"]
