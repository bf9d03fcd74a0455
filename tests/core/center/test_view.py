"""The view that a screen shows of queues, agents and calls."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.interactions.interaction import IN_FLOW, QUEUED, TALKING
from contactcenter_ari.core.vocabulary.ids import AgentId, LegId, PhoneId, QueueName
from contactcenter_ari.core.vocabulary.request import (
    AgentProfile,
    ChangePriority,
    CloseQueue,
    OpenQueue,
    PutAgent,
)
from contactcenter_ari.core.vocabulary.signal import PhoneDialed
from tests.core.outbound.callback import ANN, CAS, busy_agent, open_shop, waits

if TYPE_CHECKING:
    from tests.core.conftest import Floor


def test_queues_and_agents(floor: Floor) -> None:
    """The view shows their present state."""
    ann, bob = floor.agent("100"), floor.agent("200", "support")
    bob.pauses()
    floor.caller()
    ann.picks_up()
    floor.caller()
    floor.wait(5)
    floor.caller()
    sales, support = floor.center.queues(floor.now)
    assert (sales.queue, sales.waiting, sales.logged_in, sales.free) == ("sales", 2, 1, 0)
    assert (sales.takes_calls, support.takes_calls) == (1, 0)
    assert sales.oldest_wait == timedelta(seconds=5)
    assert (support.waiting, support.logged_in, support.free) == (0, 1, 0)
    assert support.oldest_wait == timedelta()
    assert (ann.view.state, ann.view.reachable) == ("on_call", True)
    assert (bob.view.state, bob.view.reason, bob.view.name) == ("not_ready", "lunch", "Agent 200")


def test_an_agent_with_skills(floor: Floor) -> None:
    """They are shown as the directory has them, also after a change."""
    ann = floor.colleague("100")
    assert ann.view.skills == {}
    profile = AgentProfile(
        agent=AgentId("100"), name="Ann", phone=PhoneId("phone-100"), skills={"dutch": 7}
    )
    floor.take(PutAgent(profile))
    assert ann.view.skills == {"dutch": 7}


def test_calls_in_progress(floor: Floor) -> None:
    """Each call with its activity, the oldest call first; a call to a feature code is none."""
    goes = Goto(Destination(Way.SECTION, "line"))
    floor.open(
        floor.write(
            {
                "start": [Wait(timedelta(seconds=9)), goes],
                "line": [Queue(QueueName("sales"), {})],
            }
        )
    )
    ann = floor.agent("100")
    talks = floor.caller("+31611111111")
    floor.wait(9)
    ann.picks_up()
    waits = floor.caller("+31622222222")
    floor.wait(12)
    starts = floor.caller("+31633333333")
    floor.take(PhoneDialed(LegId("code"), PhoneId("phone-100"), "*14"))
    first, second, third = floor.center.calls()
    assert [view.interaction for view in (first, second, third)] == [
        talks.interaction,
        waits.interaction,
        starts.interaction,
    ]
    assert (first.state, first.queue, first.agent, first.position) == (TALKING, "sales", "100", 0)
    assert (second.state, second.queue, second.agent) == (QUEUED, "sales", "")
    assert (second.section, second.position) == ("line", 1)
    assert second.since == floor.now - timedelta(seconds=3)
    assert second.started_at == floor.now - timedelta(seconds=12)
    assert (third.state, third.section, third.queue) == (IN_FLOW, "start", "")
    assert third.customer_number == "+31633333333"


def test_the_longest_wait(floor: Floor) -> None:
    """The longest wait is not that of the first in line, if a head start brought them there."""
    floor.agent("100").is_busy()
    floor.caller()
    floor.wait(30)
    late = floor.caller()
    floor.take(ChangePriority(late.interaction, "floor", priority=1))
    floor.wait(5)
    (sales, _) = floor.center.queues(floor.now)
    assert sales.oldest_wait == timedelta(seconds=35)
    assert floor.center.calls()[1].position == 1


def test_a_closed_queue(floor: Floor) -> None:
    """It is shown as closed until it is opened."""
    floor.take(CloseQueue(QueueName("sales"), "floor"))
    assert [view.closed for view in floor.center.queues(floor.now)] == [True, False]
    floor.take(OpenQueue(QueueName("sales"), "floor"))
    assert [view.closed for view in floor.center.queues(floor.now)] == [False, False]


def test_callbacks(floor: Floor) -> None:
    """The callbacks are in line, being dialed, or resting until the next attempt; the call to the
    customer shows the customer's number, who did not call.
    """
    open_shop(floor, step={"retry_after": timedelta(minutes=5)}, join_empty=True)
    first = waits(floor)
    first.presses("1")
    second = waits(floor, CAS)
    second.presses("1")
    ann, cas = floor.center.callbacks()
    assert (ann.number, ann.state, ann.position, ann.attempts_made) == (ANN, "in_line", 1, 0)
    assert (cas.number, cas.state, cas.position) == (CAS, "in_line", 2)
    sales, *_ = floor.center.queues(floor.now)
    assert (sales.waiting, sales.callbacks, floor.center.open_callbacks()) == (0, 2, 2)
    busy_agent(floor)
    first.hangs_up()
    assert [view.state for view in floor.center.callbacks()] == ["dialing", "in_line"]
    dialed = floor.center.calls()[-1]
    assert (dialed.direction, dialed.customer_number) == ("outbound", ANN)
    floor.callee().hangs_up(cause=17)
    ann, _ = floor.center.callbacks()
    assert (ann.state, ann.position, ann.attempts_made) == ("resting", 0, 1)
    assert ann.next_at == floor.now + timedelta(minutes=5)


def test_lost_calls(floor: Floor) -> None:
    """They are counted."""
    floor.agent("100").is_busy()
    caller = floor.caller()
    floor.wait(10)
    caller.hangs_up()
    assert floor.center.open_lost_calls() == 1
