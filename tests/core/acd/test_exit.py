"""Every way out of a line: exactly one reason for each stay, and its outcome for the flow."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.acd.queue_statistics import half_hour_of
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.verb.callback import BookCallback
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.vocabulary.event import (
    AgentConnected,
    InteractionDequeued,
    QueueExit,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.request import HandleTime, LearnHandleTimes
from contactcenter_ari.core.vocabulary.signal import SwitchReconciled
from contactcenter_ari.core.vocabulary.skill import SkillStep
from tests.core.flow.walking import to

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Floor

SALES, SUPPORT = QueueName("sales"), QueueName("support")
OUTCOMES = ("answered", "timeout", "full", "closed", "no_agents", "diverted")
MINUTE = timedelta(minutes=1)


def with_ways_out(floor: Floor, *outcomes: str, **settings: object) -> None:
    """Each outcome of the queue that is handled plays its name, others play `went on`; key 1 leads
    out of the line, key 2 to a callback.
    """
    leads = {outcome: to(outcome) for outcome in outcomes or OUTCOMES}
    keys = {"1": to("key"), "2": Destination(Way.INLINE, "(call back)")}
    booked = BookCallback(SALES, {"booked": to("booked"), "refused": to("refused")})
    flow = floor.write(
        {
            "start": [Queue(SALES, leads, keys=keys), Play("went on")],
            "(call back)": [booked],
            "key": [Play("key"), Queue(SUPPORT, {})],
            **{name: [Play(name)] for name in (*OUTCOMES, "booked", "refused")},
        }
    )
    floor.open(
        msgspec.structs.replace(flow, dial_allow=("+31",)),
        msgspec.structs.replace(QueueSettings(name=SALES), **settings),
    )


def stay_of(caller: Caller) -> tuple[str, timedelta]:
    """The one stay in sales as it is reported: the reason of its end and its length; both of its
    events have the same.
    """
    (stay,) = (e for e in caller.told(SegmentEnded) if e.queue == SALES and e.kind == "queue")
    (dequeued,) = (e for e in caller.told(InteractionDequeued) if e.queue == SALES)
    assert (dequeued.result, dequeued.waited) == (stay.result, stay.at - stay.started_at)
    return stay.result, dequeued.waited


def seconds(number: float) -> timedelta:
    """A duration."""
    return timedelta(seconds=number)


# --- by agents ------------------------------------------------------------------------------


def test_answered(floor: Floor) -> None:
    """The stay ends as they hear each other, the flow goes on after the talk."""
    with_ways_out(floor)
    agent = floor.agent()
    caller = floor.caller()
    floor.wait(5)
    agent.answers()
    assert caller.exits == []
    floor.wait(1)
    agent.is_joined()
    assert stay_of(caller) == ("answered", seconds(6))
    assert caller.told(AgentConnected)[0].waited == seconds(6)
    floor.wait(60)
    agent.hangs_up()
    assert caller.heard == ["answered"]


# --- by the caller --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "waited", "result"),
    [
        (5, 4.9, "abandoned_short"), (5, 5, "abandoned"),
        (0, 0, "abandoned"), (30, 29, "abandoned_short"),
    ],
)  # fmt: skip
def test_abandoned(floor: Floor, limit: float, waited: float, result: str) -> None:
    """The queue defines short; no prompt is played any more."""
    with_ways_out(floor, short_abandon=seconds(limit))
    floor.agent().is_busy()
    caller = floor.caller()
    floor.wait(waited)
    caller.hangs_up()
    assert (stay_of(caller), caller.heard) == ((result, seconds(waited)), [])
    assert caller.end.reason == "abandoned"


def test_key_exit(floor: Floor) -> None:
    """A key leads to another queue: the position is given up when the caller gets there."""
    with_ways_out(floor)
    floor.agent().is_busy()
    floor.agent("200", "support").is_busy()
    caller = floor.caller()
    floor.wait(10)
    caller.presses("1")
    assert (caller.exits, caller.heard) == ([], ["key"])
    floor.wait(2)
    caller.hears_out()
    assert stay_of(caller) == ("key_exit", seconds(12))
    assert [view.queue for view in floor.center.calls()] == [SUPPORT]


def test_callback_taken(floor: Floor) -> None:
    """The callback takes the caller's position in line; the caller hears so."""
    with_ways_out(floor)
    floor.agent().is_busy()
    caller = floor.caller()
    floor.wait(10)
    caller.presses("2")
    assert stay_of(caller) == ("callback_taken", seconds(10))
    assert caller.heard == ["booked"]


# --- by the queue ---------------------------------------------------------------------------


def test_timeout(floor: Floor) -> None:
    """The limit passes, to the instant."""
    with_ways_out(floor, max_wait=MINUTE)
    floor.agent().is_busy()
    caller = floor.caller()
    floor.wait(59.9)
    assert caller.exits == []
    floor.wait(0.1)
    assert (stay_of(caller), caller.heard) == (("timeout", MINUTE), ["timeout"])


def test_timeout_while_a_phone_rings(floor: Floor) -> None:
    """The phone is given its chance; if it is not taken the stay ends with the ringing."""
    with_ways_out(floor, max_wait=seconds(10))
    floor.agent()
    caller = floor.caller()
    floor.wait(19)
    assert caller.exits == []
    floor.wait(1)
    assert (stay_of(caller), caller.heard) == (("timeout", seconds(20)), ["timeout"])


def test_answered_after_the_limit(floor: Floor) -> None:
    """A phone that rang in time may be answered a little later."""
    with_ways_out(floor, max_wait=seconds(10))
    agent = floor.agent()
    caller = floor.caller()
    floor.wait(15)
    agent.picks_up()
    assert stay_of(caller) == ("answered", seconds(15))


def test_after_the_limit_nobody_else_is_rung(floor: Floor) -> None:
    """When the agent who rang misses, a second free agent is not asked."""
    with_ways_out(floor, max_wait=seconds(10))
    floor.agent("100", idle=60)
    floor.agent("200")
    caller = floor.caller()
    floor.wait(30)
    assert (caller.offers, caller.exits) == ([("100", "lapsed")], ["timeout"])


def test_full(floor: Floor) -> None:
    """Nobody is added to a full line."""
    with_ways_out(floor, max_waiting=1)
    floor.agent().is_busy()
    floor.caller()
    caller = floor.caller()
    assert (stay_of(caller), caller.heard) == (("full", timedelta()), ["full"])


def test_no_agents(floor: Floor) -> None:
    """Nobody is logged in."""
    with_ways_out(floor)
    caller = floor.caller()
    assert (stay_of(caller), caller.heard) == (("no_agents", timedelta()), ["no_agents"])


@pytest.mark.parametrize(("handled", "heard"), [
    ((), "closed"), (("no_agents",), "no_agents"), (("timeout",), "went on"),
])  # fmt: skip
def test_closed(floor: Floor, handled: tuple[str, ...], heard: str) -> None:
    """A person closed the queue: the flow has a way for it, or takes that of no agents, or goes
    on.
    """
    with_ways_out(floor, *handled)
    floor.agent()
    floor.closes("sales")
    caller = floor.caller()
    assert (stay_of(caller), caller.heard) == (("closed", timedelta()), [heard])


def test_why_comes_in_this_order(floor: Floor) -> None:
    """A closed queue that is full, too, and has nobody, is closed; then full; then empty."""
    with_ways_out(floor, max_waiting=0)
    floor.closes("sales")
    assert floor.caller().exits == ["closed"]
    floor.opens("sales")
    assert floor.caller().exits == ["full"]


# --- diverted -------------------------------------------------------------------------------


def knows_handle_times(floor: Floor, mean: timedelta) -> None:
    """The lengths of contacts are known from earlier weeks."""
    known = HandleTime(queue=SALES, half_hour=half_hour_of(floor.now), mean=mean, contacts=40)
    floor.take(LearnHandleTimes((known,)))


def test_diverted_by_ratio(floor: Floor) -> None:
    """At most two callers wait per agent who takes calls."""
    with_ways_out(floor, divert_ratio=2.0)
    for agent in ("100", "200"):
        floor.agent(agent).is_busy()
    waiting = [floor.caller() for _ in range(4)]
    assert [caller.exits for caller in waiting] == [[]] * 4
    caller = floor.caller()
    assert (stay_of(caller), caller.heard) == (("diverted", timedelta()), ["diverted"])
    waiting[0].hangs_up()
    assert floor.caller().exits == []


def test_diverted_by_wait(floor: Floor) -> None:
    """The wait that is expected is more than the queue allows to begin."""
    with_ways_out(floor, divert_wait=timedelta(minutes=7))
    knows_handle_times(floor, timedelta(minutes=3))
    agent = floor.agent()
    floor.caller()
    agent.picks_up()
    waiting = [floor.caller() for _ in range(2)]
    assert [caller.exits for caller in waiting] == [[], []]
    caller = floor.caller()
    assert (stay_of(caller), caller.heard) == (("diverted", timedelta()), ["diverted"])


def test_an_unknown_wait_diverts_nobody(floor: Floor) -> None:
    """Only a known wait can be too long."""
    with_ways_out(floor, divert_wait=seconds(1))
    floor.agent().is_busy()
    assert [floor.caller().exits for _ in range(3)] == [[]] * 3


@pytest.mark.parametrize("setting", [{"divert_ratio": 0.1}, {"divert_wait": seconds(1)}])
def test_nobody_is_diverted_while_an_agent_is_free(
    floor: Floor, setting: dict[str, object]
) -> None:
    """A caller who is served at once does not wait."""
    with_ways_out(floor, **setting)
    knows_handle_times(floor, MINUTE)
    floor.agent()
    caller, second = floor.caller(), floor.caller()
    assert (caller.rung, caller.exits) == (["100"], [])
    assert second.exits == ["diverted"]


def test_an_agent_who_becomes_free_in_that_instant(floor: Floor) -> None:
    """A wrap-up ends as the caller comes out of the menus: the agent counts as free."""
    floor.open(
        floor.write({"start": [Wait(seconds(15)), Queue(SALES, {})]}),
        QueueSettings(name=SALES, divert_ratio=0.1),
    )
    agent = floor.agent()
    floor.caller()
    floor.wait(15)
    agent.picks_up()
    agent.hangs_up()
    caller = floor.caller()
    floor.wait(15)
    assert (caller.exits, caller.rung) == ([], ["100"])


def test_only_an_agent_who_can_serve_the_caller_is_free_for_them(floor: Floor) -> None:
    """An agent without the required skills is no reason to let a caller wait too long."""
    dutch = (SkillStep(timedelta(), {"dutch": 3}),)
    floor.open(
        floor.write({"start": [Queue(SALES, {}, skills=dutch)]}),
        QueueSettings(name=SALES, divert_ratio=0.5),
    )
    floor.agent("200", dutch=3).is_busy()
    floor.agent("100")
    assert [floor.caller().exits for _ in range(2)] == [[], ["diverted"]]


# --- by people and faults -------------------------------------------------------------------


def test_transferred(floor: Floor) -> None:
    """One stay ends and another begins; the flow is not asked."""
    with_ways_out(floor)
    floor.agent().is_busy()
    agent = floor.agent("200", "support")
    agent.is_busy()
    caller = floor.caller()
    floor.wait(10)
    caller.is_moved("support")
    assert (stay_of(caller), caller.heard) == (("transferred", seconds(10)), [])
    floor.wait(5)
    agent.goes_ready()
    agent.picks_up()
    assert caller.exits == ["transferred", "answered"]
    assert caller.told(AgentConnected)[0].waited == seconds(5)


@pytest.mark.parametrize(("handled", "heard"), [
    ((), "closed"), (("no_agents",), "no_agents"), (("timeout",), "went on"),
])  # fmt: skip
def test_withdrawn(floor: Floor, handled: tuple[str, ...], heard: str) -> None:
    """A person takes the caller out: for the flow that is a closed queue."""
    with_ways_out(floor, *handled)
    floor.agent().is_busy()
    caller = floor.caller()
    floor.wait(10)
    caller.is_withdrawn()
    assert (stay_of(caller), caller.heard) == (("withdrawn", seconds(10)), [heard])
    assert caller.music is None


def test_system_error(floor: Floor) -> None:
    """The switch does not know the call any more."""
    with_ways_out(floor)
    floor.agent().is_busy()
    caller = floor.caller()
    floor.wait(60)
    floor.switch.crash()
    floor.take(SwitchReconciled(legs=(), phones=(), taken_at=floor.now))
    assert stay_of(caller) == ("system_error", MINUTE)
    assert caller.end.reason == "system_error"


# --- all of them ----------------------------------------------------------------------------


def test_every_reason_is_told_of_here() -> None:
    """The stories above cover every reason."""
    told = {
        *OUTCOMES, "abandoned", "abandoned_short", "key_exit", "callback_taken", "transferred",
        "withdrawn", "system_error",
    }  # fmt: skip
    assert told == set(QueueExit)


def test_a_stay_of_each_kind_in_one_call(floor: Floor) -> None:
    """A caller who is sent from line to line has one reason for each."""
    sales, support = to("sales"), to("support")
    floor.open(
        floor.write(
            {
                "start": [Queue(SALES, {"full": support})],
                "support": [Queue(SUPPORT, {"no_agents": sales})],
                "sales": [Queue(SALES, {"full": Destination(Way.CONTINUE)}), Queue(SUPPORT, {})],
            }
        ),
        QueueSettings(name=SALES, max_waiting=0),
    )
    caller = floor.caller()
    assert caller.exits == ["full", "no_agents", "full", "no_agents"]
    stays = [e for e in caller.told(SegmentEnded) if e.kind is SegmentKind.QUEUE]
    assert [stay.queue for stay in stays] == [SALES, SUPPORT, SALES, SUPPORT]
    floor.settle()
    assert caller.end.reason == "turned_away"
