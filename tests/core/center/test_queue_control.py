"""Actions of supervisors on the lines: close and open, move, withdraw; and refused requests."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.agent import RingAgent
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Announcement, Queue
from contactcenter_ari.core.vocabulary.event import (
    AgentConnected,
    InteractionQueued,
    QueueClosed,
    QueueOpened,
)
from contactcenter_ari.core.vocabulary.ids import AgentId, InteractionId, QueueName, own_line
from contactcenter_ari.core.vocabulary.request import (
    ChangePriority,
    CloseQueue,
    MoveWaiting,
    OpenQueue,
    Request,
    WithdrawWaiting,
)
from contactcenter_ari.core.vocabulary.skill import SkillStep

if TYPE_CHECKING:
    from tests.core.conftest import Colleague, Floor

SALES, SUPPORT, NOWHERE = QueueName("sales"), QueueName("support"), QueueName("nowhere")
OWN_LINE = own_line(AgentId("100"))
"""The line of one agent is no queue of the site."""
TEN_SECONDS = timedelta(seconds=10)


def with_ways_out(floor: Floor, *queues: QueueSettings, step: Queue | None = None) -> None:
    """A caller who leaves sales closed, or in time, is told so."""
    said = ("closed", "timeout")
    leads = {name: Destination(Way.SECTION, name) for name in said}
    sections = {name: [Play(name)] for name in said}
    queue = msgspec.structs.replace(step or Queue(SALES, {}), next=leads)
    floor.open(floor.write({"start": [queue], **sections}), *queues)


def away(floor: Floor, agent: str = "100", *queues: str) -> Colleague:
    """An agent who is logged in, but pauses."""
    colleague = floor.agent(agent, *queues)
    colleague.is_busy()
    return colleague


# --- close and open -------------------------------------------------------------------------


def test_a_queue_is_closed_for_those_who_wait(floor: Floor) -> None:
    """All leave in that turn, in order; newcomers too; it is told once who closed it."""
    with_ways_out(floor)
    agent = away(floor)
    callers = [floor.caller() for _ in range(3)]
    floor.wait(10)
    floor.closes("sales")
    assert [(caller.exits, caller.heard) for caller in callers] == [(["closed"], ["closed"])] * 3
    assert floor.caller().exits == ["closed"]
    agent.goes_ready()
    assert floor.caller().exits == ["closed"]
    (closed,) = floor.told(QueueClosed)
    assert (closed.queue, closed.by) == (SALES, "floor")


def test_other_queues_stay_open(floor: Floor) -> None:
    """They go on being served."""
    with_ways_out(floor)
    away(floor)
    caller = floor.caller()
    floor.closes("support")
    assert caller.exits == []


def test_a_queue_is_opened_again(floor: Floor) -> None:
    """From then on callers wait as ever."""
    with_ways_out(floor)
    agent = floor.agent()
    floor.closes("sales")
    floor.opens("sales")
    assert floor.caller().rung == ["100"]
    agent.picks_up()
    (opened,) = floor.told(QueueOpened)
    assert (opened.queue, opened.by) == (SALES, "floor")


def test_closing_and_opening_twice(floor: Floor) -> None:
    """The second time nothing happens, and nothing is told."""
    assert floor.opens("sales").events == ()
    floor.closes("sales")
    assert floor.closes("sales").events == ()
    floor.opens("sales")
    assert floor.opens("sales").events == ()


def test_a_phone_that_rings_is_given_its_chance(floor: Floor) -> None:
    """Answered, the caller is served; the others are gone already."""
    with_ways_out(floor)
    agent = floor.agent()
    first, second = floor.caller(), floor.caller()
    floor.closes("sales")
    assert (first.exits, second.exits) == ([], ["closed"])
    agent.picks_up()
    assert first.exits == ["answered"]


@pytest.mark.parametrize("cause", [17, 19, 21])
def test_a_phone_that_rings_and_is_not_answered(floor: Floor, cause: int) -> None:
    """The caller leaves closed then, and no other agent is rung."""
    with_ways_out(floor)
    agent = floor.agent("100", idle=60)
    floor.agent("200")
    caller = floor.caller()
    floor.closes("sales")
    agent.hangs_up(cause)
    assert (caller.exits, caller.heard, caller.rung) == (["closed"], ["closed"], [])


@pytest.mark.parametrize(("closed_after", "rest"), [(5, 15), (15, 5)])
def test_the_limit_passes_while_a_phone_rings(
    floor: Floor, closed_after: float, rest: float
) -> None:
    """In a queue that is closed before or after it: the time was up in any case."""
    with_ways_out(floor, QueueSettings(name=SALES, max_wait=TEN_SECONDS))
    floor.agent()
    caller = floor.caller()
    floor.wait(closed_after)
    floor.closes("sales")
    floor.wait(rest)
    assert (caller.exits, caller.heard) == (["timeout"], ["timeout"])


def test_opened_while_a_phone_rings(floor: Floor) -> None:
    """A caller who has not left yet may stay."""
    with_ways_out(floor, QueueSettings(name=SALES, misses_before_not_ready=MissLimits.alike(3)))
    agent = floor.agent()
    caller = floor.caller()
    floor.closes("sales")
    floor.opens("sales")
    agent.hangs_up(17)
    assert caller.exits == []
    floor.wait(30)
    assert caller.rung == ["100"]


def test_closed_callers_may_wait_elsewhere(floor: Floor) -> None:
    """The flow sends them to another queue, all in one turn."""
    to_support = Destination(Way.SECTION, "support")
    floor.open(
        floor.write(
            {"start": [Queue(SALES, {"closed": to_support})], "support": [Queue(SUPPORT, {})]}
        )
    )
    away(floor)
    agent = floor.agent("200", "support")
    callers = [floor.caller() for _ in range(2)]
    floor.closes("sales")
    assert [caller.rung for caller in callers] == [["200"], []]
    assert [view.queue for view in floor.center.calls()] == [SUPPORT, SUPPORT]
    agent.picks_up()


def test_a_flow_that_comes_back_to_a_closed_queue(floor: Floor) -> None:
    """It does not turn in circles without end."""
    again = {"closed": Destination(Way.SECTION, "start")}
    floor.open(floor.write({"start": [Queue(SALES, again)]}))
    away(floor)
    caller = floor.caller()
    floor.closes("sales")
    assert set(caller.exits) == {"closed"}
    floor.settle()


# --- move -----------------------------------------------------------------------------------


def test_a_moved_caller_keeps_their_age(floor: Floor) -> None:
    """The caller is ranked by the whole wait; the reported wait in the new queue begins again."""
    with_ways_out(floor)
    away(floor)
    agent = away(floor, "200", "support", "sales")
    moved = floor.caller()
    floor.wait(60)
    other = floor.caller()
    other.is_moved("support")
    moved.is_moved("support")
    assert [e.position for e in moved.told(InteractionQueued)] == [1, 1]
    agent.goes_ready()
    assert (moved.rung, other.rung) == (["200"], [])
    agent.picks_up()
    assert (moved.exits, moved.music) == (["transferred", "answered"], None)
    assert moved.told(AgentConnected)[0].waited == timedelta()


def test_a_moved_caller_hears_music_on(floor: Floor) -> None:
    """Nothing is begun again."""
    away(floor)
    away(floor, "200", "support")
    caller = floor.caller()
    before = len(floor.commands)
    caller.is_moved("support")
    assert (caller.music, floor.commands[before:]) == ("default", [])


def test_the_wait_limit_of_the_new_queue(floor: Floor) -> None:
    """It begins with the move."""
    with_ways_out(floor, QueueSettings(name=SUPPORT, max_wait=timedelta(seconds=30)))
    away(floor)
    away(floor, "200", "support")
    caller = floor.caller()
    floor.wait(600)
    caller.is_moved("support")
    floor.wait(29)
    assert caller.exits == ["transferred"]
    floor.wait(1)
    assert (caller.exits, caller.heard) == (["transferred", "timeout"], ["timeout"])


def test_moved_while_a_phone_rings(floor: Floor) -> None:
    """The offer is withdrawn, the agent keeps their idle time, and announcements go on then."""
    step = Queue(SALES, {}, announce=(Announcement("hold on", TEN_SECONDS, TEN_SECONDS),))
    with_ways_out(floor, step=step)
    agent = floor.agent()
    away(floor, "200", "support")
    caller = floor.caller()
    floor.wait(5)
    caller.is_moved("support")
    assert caller.offers == [("100", "withdrawn")]
    assert (agent.state, agent.is_rung()) == (("ready", ""), False)
    floor.wait(20)
    assert caller.heard == ["hold on"]


def test_moved_while_the_last_agent_who_rings_has_asked_to_go(floor: Floor) -> None:
    """An agent who is just picking up logs out as the offer is withdrawn; the caller waits on."""
    floor.open(None, QueueSettings(name=SUPPORT, join_empty=True))
    agent = floor.agent("100", "sales", "support")
    caller = floor.caller()
    agent.logs_out()
    assert agent.state == ("logged_out", "")
    caller.is_moved("support")
    assert caller.exits == ["transferred"]
    floor.settle()
    floor.agent("200", "support")
    assert caller.rung == ["200"]


def test_moved_to_a_free_agent(floor: Floor) -> None:
    """The agent's phone rings in that turn."""
    away(floor)
    floor.agent("200", "support")
    caller = floor.caller()
    caller.is_moved("support")
    assert caller.rung == ["200"]


def test_moved_to_where_others_would_be_diverted(floor: Floor) -> None:
    """A person may do that: only callers who come by themselves are sent on."""
    with_ways_out(floor, QueueSettings(name=SUPPORT, divert_ratio=0.1))
    away(floor)
    away(floor, "200", "support")
    caller = floor.caller()
    caller.is_moved("support")
    assert caller.exits == ["transferred"]
    assert [view.queue for view in floor.center.calls()] == [SUPPORT]


def test_a_moved_caller_asks_for_what_they_asked_for(floor: Floor) -> None:
    """A requirement that was relaxed does not come back."""
    skills = (SkillStep(timedelta(), {"dutch": 5}), SkillStep(TEN_SECONDS, {"dutch": 3}))
    with_ways_out(floor, step=Queue(SALES, {}, skills=skills))
    for queue in ("sales", "support"):
        floor.agent(f"best-{queue}", queue, dutch=5).is_busy()
    good = floor.agent("300", "support", dutch=3)
    floor.agent("400", "support")
    caller = floor.caller()
    floor.wait(15)
    caller.is_moved("support")
    assert caller.rung == [good.id]


def test_moved_while_the_legs_are_joined(floor: Floor) -> None:
    """The agent has picked up: the request is too late, and refused."""
    agent = floor.agent()
    away(floor, "200", "support")
    caller = floor.caller()
    agent.answers()
    assert floor.refuses(MoveWaiting(caller.interaction, SUPPORT, "floor")) == "being_answered"
    agent.is_joined()
    assert caller.exits == ["answered"]


# --- withdraw -------------------------------------------------------------------------------


def test_withdrawn_while_a_phone_rings(floor: Floor) -> None:
    """The offer is withdrawn, and the next caller is offered in that turn."""
    with_ways_out(floor)
    agent = floor.agent()
    caller, second = floor.caller(), floor.caller()
    caller.is_withdrawn()
    assert (caller.offers, caller.heard) == ([("100", "withdrawn")], ["closed"])
    assert second.rung == ["100"]
    floor.settle()
    agent.picks_up()
    assert second.exits == ["answered"]


def test_withdrawn_while_the_legs_are_joined(floor: Floor) -> None:
    """Too late, and refused."""
    with_ways_out(floor)
    agent = floor.agent()
    caller = floor.caller()
    agent.answers()
    assert floor.refuses(WithdrawWaiting(caller.interaction, "floor")) == "being_answered"
    agent.is_joined()
    assert caller.exits == ["answered"]


def test_withdrawn_from_an_agent_of_their_own(floor: Floor) -> None:
    """A caller who waits for one agent alone can be taken out, too."""
    ring = RingAgent(parse('"100"'), {"busy": Destination(Way.SECTION, "busy")})
    floor.open(floor.write({"start": [ring, Play("went on")], "busy": [Play("busy")]}))
    agent = floor.agent()
    caller = floor.caller()
    caller.is_withdrawn()
    assert (caller.exits, agent.state) == (["withdrawn"], ("ready", ""))
    assert caller.heard == ["went on"]


# --- refused --------------------------------------------------------------------------------


def refusals(waiting: InteractionId) -> list[tuple[Request, str]]:
    """The requests, and the code of each refusal."""
    nobody = InteractionId("nobody")
    return [
        (CloseQueue(NOWHERE, "floor"), "unknown_queue"),
        (OpenQueue(NOWHERE, "floor"), "unknown_queue"),
        (CloseQueue(OWN_LINE, "floor"), "unknown_queue"),
        (MoveWaiting(waiting, NOWHERE, "floor"), "unknown_queue"),
        (MoveWaiting(waiting, OWN_LINE, "floor"), "unknown_queue"),
        (MoveWaiting(waiting, SALES, "floor"), "queue_refuses"),
        (MoveWaiting(waiting, QueueName("closed"), "floor"), "queue_refuses"),
        (MoveWaiting(waiting, QueueName("full"), "floor"), "queue_refuses"),
        (MoveWaiting(waiting, QueueName("empty"), "floor"), "queue_refuses"),
        (MoveWaiting(nobody, SUPPORT, "floor"), "not_waiting"),
        (WithdrawWaiting(nobody, "floor"), "not_waiting"),
        (ChangePriority(nobody, "floor", priority=1), "not_waiting"),
        (ChangePriority(waiting, "floor", priority=0), "priority_invalid"),
        (ChangePriority(waiting, "floor", priority=11), "priority_invalid"),
        (ChangePriority(waiting, "floor", head_start=timedelta(seconds=-1)), "priority_invalid"),
        (ChangePriority(waiting, "floor", head_start=timedelta(days=2)), "priority_invalid"),
        (
            ChangePriority(waiting, "floor", priority=1, head_start=timedelta(days=2)),
            "priority_invalid",
        ),
    ]


@pytest.mark.parametrize("number", range(17))
def test_what_is_refused_changes_nothing(floor: Floor, number: int) -> None:
    """The lines, agents, calls, deadlines and events stay the same."""
    floor.open(
        None,
        *(QueueSettings(name=QueueName(name)) for name in ("closed", "empty")),
        QueueSettings(name=QueueName("full"), max_waiting=0),
    )
    away(floor, "100", "sales", "closed", "full")
    floor.closes("closed")
    caller = floor.caller()
    before = list(floor.events)
    asked, code = refusals(caller.interaction)[number]
    assert floor.refuses(asked) == code
    assert floor.events == before


def test_who_talks_or_listens_does_not_wait(floor: Floor) -> None:
    """Only callers in a line can be moved up, over or out."""
    floor.open(floor.write({"start": [Play("hello"), Queue(SALES, {})]}))
    agent = floor.agent()
    caller = floor.caller()
    asked = WithdrawWaiting(caller.interaction, "floor")
    assert floor.refuses(asked) == "not_waiting"
    caller.hears_out()
    agent.picks_up()
    assert floor.refuses(asked) == "not_waiting"
