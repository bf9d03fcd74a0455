"""Awkward moments: two things happen at once, and either may be heard of first.

In either order there is one end, one exit of each stay, and no bridge and no deadline left. The
floor checks that after each story.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.vocabulary.command import (
    BridgeLegs,
    DialLeg,
    DissolveBridge,
    HangUpLeg,
    HangUpReason,
)
from contactcenter_ari.core.vocabulary.event import (
    AgentConnected,
    OfferEnded,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import BridgeId, LegId, QueueName
from contactcenter_ari.core.vocabulary.signal import (
    LegAnswered,
    LegHungUp,
    LegsBridged,
    TimePassed,
)

if TYPE_CHECKING:
    from tests.core.conftest import Floor

SALES = QueueSettings(name=QueueName("sales"))
RING_LIMIT = SALES.ring_limit.total_seconds()


# --- the caller leaves while the agent's phone rings --------------------------------------


def test_caller_leaves_while_phone_rings(floor: Floor) -> None:
    """The offer is withdrawn, nobody missed it, and the agent keeps their idle time."""
    agent = floor.agent("100", idle=60)
    caller = floor.caller()
    agent.rings()
    floor.wait(10)
    caller.hangs_up()
    assert not agent.is_rung()
    assert caller.offers == [("100", "withdrawn")]
    assert caller.exits == ["abandoned"]
    assert (caller.end.reason, caller.end.ended_by) == ("abandoned", "caller")
    assert agent.state == ("ready", "")
    newcomer = floor.agent("200", idle=30)
    floor.caller()
    assert (agent.is_rung(), newcomer.is_rung()) == (True, False)


def test_agent_answers_after_caller_left(floor: Floor) -> None:
    """An agent who picks up for a caller who is gone is hung up as answered elsewhere."""
    agent = floor.agent()
    caller = floor.caller()
    leg = agent.leg
    caller.hangs_up()
    outcome = floor.take(LegAnswered(leg))
    assert [c.reason for c in outcome.commands if isinstance(c, HangUpLeg) and c.leg == leg] == [
        HangUpReason.ANSWERED_ELSEWHERE
    ]
    assert agent.state == ("ready", "")
    assert floor.done(BridgeLegs) == []


def test_freed_agent_gets_the_next_caller_in_the_same_turn(floor: Floor) -> None:
    """When a caller leaves, the phone that rang for them rings for the next one at once."""
    agent = floor.agent()
    first, second = floor.caller(), floor.caller()
    outcome = first.hangs_up()
    assert [agent.phone] == [c.phone for c in outcome.commands if isinstance(c, DialLeg)]
    agent.picks_up()
    assert second.exits == ["answered"]


# --- the agent answers as the ring limit passes -------------------------------------------


def test_answer_just_before_the_ring_limit(floor: Floor) -> None:
    """An answer that is heard of first wins; the limit finds no open offer."""
    agent = floor.agent()
    caller = floor.caller()
    floor.now += SALES.ring_limit
    agent.answers()
    floor.take(TimePassed())
    agent.is_joined()
    assert caller.offers == [("100", "accepted")]
    assert agent.state == ("on_call", "")


def test_answer_just_after_the_ring_limit(floor: Floor) -> None:
    """A limit that is heard of first wins; the answer comes to a closed offer."""
    agent = floor.agent()
    caller = floor.caller()
    leg = agent.leg
    floor.wait(RING_LIMIT, silent=True)
    outcome = floor.take(LegAnswered(leg))
    assert caller.offers == [("100", "lapsed")]
    assert [c.reason for c in outcome.commands if isinstance(c, HangUpLeg)] == [
        HangUpReason.ANSWERED_ELSEWHERE
    ]
    assert agent.state == ("not_ready", "no_answer")
    assert caller.exits == []


# --- caller hangs up and agent answers in the same instant ---------------------------------


def test_caller_leaves_between_answer_and_bridge(floor: Floor) -> None:
    """The agent has answered but the legs are not joined: still an abandoned call."""
    agent = floor.agent()
    caller = floor.caller()
    agent.answers()
    (bridge,) = floor.switch.bridges
    caller.hangs_up()
    assert caller.offers == [("100", "withdrawn")]
    assert caller.exits[0] == "abandoned_short"
    assert agent.state == ("ready", "")
    assert floor.take(LegsBridged(bridge)).events == ()
    assert floor.done(DissolveBridge) == []
    floor.settle()
    assert [bridge] == [c.bridge for c in floor.done(DissolveBridge)]
    assert floor.told(AgentConnected) == []


def test_caller_leaves_just_after_the_bridge(floor: Floor) -> None:
    """Joined first: a talk of no length, completed by the caller, and wrap-up follows."""
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    caller.hangs_up()
    assert (caller.end.reason, caller.end.ended_by) == ("completed", "caller")
    assert caller.exits == ["answered"]
    assert agent.state == ("wrap_up", "")


def test_caller_leaves_before_the_answer_is_heard_of(floor: Floor) -> None:
    """Left first, answered in the same instant: abandoned, and the phone is let go."""
    agent = floor.agent()
    caller = floor.caller()
    leg = agent.leg
    floor.wait(10)
    caller.hangs_up()
    floor.take(LegAnswered(leg))
    assert (caller.end.reason, caller.exits) == ("abandoned", ["abandoned"])
    assert agent.state == ("ready", "")


@pytest.mark.parametrize("failed_first", [True, False])
@pytest.mark.parametrize("status", [404, 409, 422, 500, 0])
def test_bridge_fails_as_the_caller_leaves(
    floor: Floor, status: int, *, failed_first: bool
) -> None:
    """The bridge could not be made because the caller was leaving, in both orders."""
    agent = floor.agent()
    caller = floor.caller()
    floor.wait(6)
    agent.answers()
    if failed_first:
        floor.fails(BridgeLegs, status)
        caller.hangs_up()
    else:
        caller.hangs_up()
        floor.fails(BridgeLegs, status)
    result = "failed" if failed_first else "withdrawn"
    assert [("100", result)] == caller.offers
    assert caller.exits == ["abandoned"]
    assert agent.state == ("ready", "")


def test_bridge_fails_and_the_caller_stays(floor: Floor) -> None:
    """It counts as nobody's miss: the caller hears music again and this pair waits a while."""
    agent = floor.agent()
    caller = floor.caller()
    agent.answers()
    assert floor.switch.music == {}
    floor.fails(BridgeLegs, 500)
    assert caller.music == "default"
    assert agent.state == ("ready", "")
    floor.wait(29)
    assert not agent.is_rung()
    floor.wait(2)
    assert agent.is_rung()
    agent.picks_up()
    assert caller.offers == [("100", "failed"), ("100", "accepted")]


# --- the agent hangs up --------------------------------------------------------------------


@pytest.mark.parametrize("confirmed_late", [True, False])
def test_agent_leaves_between_answer_and_bridge(floor: Floor, *, confirmed_late: bool) -> None:
    """The caller never heard the agent: they keep their place and the next agent is rung."""
    agent, colleague = floor.agent("100"), floor.agent("200")
    caller = floor.caller()
    agent.answers()
    (bridge,) = floor.switch.bridges
    agent.hangs_up()
    if confirmed_late:
        assert floor.take(LegsBridged(bridge)).events == ()
    assert caller.offers == [("100", "refused")]
    assert caller.music == "default"
    assert colleague.is_rung()
    colleague.picks_up()
    assert caller.exits == ["answered"]


def test_both_hang_up_caller_heard_of_first(floor: Floor) -> None:
    """One end, by the caller; the bridge goes when the second leg is gone."""
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    floor.wait(30)
    leg = agent.leg
    caller.hangs_up()
    assert floor.done(DissolveBridge) == []
    floor.take(LegHungUp(leg, 16))
    assert len(floor.done(DissolveBridge)) == 1
    assert (caller.end.reason, caller.end.ended_by) == ("completed", "caller")


def test_both_hang_up_agent_heard_of_first(floor: Floor) -> None:
    """One end, by the agent; the bridge goes when the second leg is gone."""
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    floor.wait(30)
    agent.hangs_up()
    assert floor.done(DissolveBridge) == []
    caller.hangs_up()
    assert len(floor.done(DissolveBridge)) == 1
    assert (caller.end.reason, caller.end.ended_by) == ("completed", "agent")


def test_agent_hangs_up_and_the_flow_goes_on(floor: Floor) -> None:
    """With an `answered` exit the caller leaves the bridge alive and hears the next step; it was
    the agent who ended the call.
    """
    after = {"answered": Destination(Way.SECTION, "rating")}
    floor.open(
        floor.write({"start": [Queue(QueueName("sales"), after)], "rating": [Play("rate us")]})
    )
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    floor.wait(30)
    agent.hangs_up()
    assert floor.switch.bridges == {}
    assert caller.is_spoken_to()
    caller.hears_out()
    assert caller.is_released()
    floor.settle()
    assert (caller.end.reason, caller.end.ended_by) == ("completed", "agent")


def test_agent_hangs_up_and_the_caller_then(floor: Floor) -> None:
    """A caller who hangs up on the steps after the talk has ended the call."""
    after = {"answered": Destination(Way.SECTION, "rating")}
    floor.open(
        floor.write({"start": [Queue(QueueName("sales"), after)], "rating": [Play("rate us")]})
    )
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    agent.hangs_up()
    caller.hangs_up()
    assert (caller.end.reason, caller.end.ended_by) == ("completed", "caller")


def test_agent_hangs_up_and_the_caller_waits_again(floor: Floor) -> None:
    """The second wait ends without a talk: the agent of the talk did not send the caller away."""
    after = {"answered": Destination(Way.SECTION, "more")}
    again = Queue(QueueName("support"), {})
    floor.open(floor.write({"start": [Queue(QueueName("sales"), after)], "more": [again]}))
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    agent.hangs_up()
    floor.settle()
    assert caller.exits == ["answered", "no_agents"]
    assert (caller.end.reason, caller.end.ended_by) == ("completed", "system")


@pytest.mark.parametrize("who_first", ["caller", "agent"])
def test_a_hang_up_that_is_told_twice(floor: Floor, who_first: str) -> None:
    """A second report of the same hang-up changes nothing."""
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    legs = [caller.leg, agent.leg]
    for leg in legs if who_first == "caller" else reversed(legs):
        floor.take(LegHungUp(leg, 16))
        again = floor.take(LegHungUp(leg, 16))
        assert (again.commands, again.events) == ((), ())
    assert who_first == caller.end.ended_by


def test_an_answer_that_is_told_twice(floor: Floor) -> None:
    """A second report of the same answer changes nothing."""
    agent = floor.agent()
    floor.caller()
    leg = agent.leg
    agent.answers()
    again = floor.take(LegAnswered(leg))
    assert (again.commands, again.events) == ((), ())
    agent.is_joined()
    again = floor.take(LegAnswered(leg))
    assert (again.commands, again.events) == ((), ())


def test_signals_of_things_nobody_knows(floor: Floor) -> None:
    """Late signals of legs and bridges long gone are tolerated."""
    for stranger in (
        LegHungUp(LegId("nobody"), 16),
        LegsBridged(BridgeId("nothing")),
    ):
        outcome = floor.take(stranger)
        assert (outcome.commands, outcome.events) == ((), ())


# --- the wait limit ------------------------------------------------------------------------


def short_wait(floor: Floor) -> None:
    """Callers wait at most 30 s, then hear a word and are hung up."""
    floor.open(
        floor.write(
            {
                "start": [
                    Queue(
                        QueueName("sales"),
                        {"timeout": Destination(Way.SECTION, "sorry")},
                        max_wait=timedelta(seconds=30),
                    )
                ],
                "sorry": [Play("sorry")],
            }
        )
    )


def test_wait_limit_passes_while_the_phone_rings_and_the_agent_answers(floor: Floor) -> None:
    """A phone that rings gets its chance: the caller is answered after the limit."""
    short_wait(floor)
    busy = floor.agent()
    floor.caller()
    busy.picks_up()
    caller = floor.caller()
    agent = floor.colleague("200")
    floor.wait(20)
    agent = floor.agent("200")
    floor.wait(15)
    assert agent.is_rung()
    assert caller.exits == []
    agent.picks_up()
    assert caller.exits == ["answered"]
    assert [timedelta(seconds=35)] == [e.waited for e in caller.told(AgentConnected)]


def test_wait_limit_passes_while_the_phone_rings_in_vain(floor: Floor) -> None:
    """Not answered either: the caller leaves at the ring limit and nobody else is rung."""
    short_wait(floor)
    floor.agent("100").is_busy()
    caller = floor.caller()
    floor.wait(20)
    floor.agent("200")
    floor.wait(15)
    third = floor.agent("300")
    floor.wait(6)
    assert caller.exits == ["timeout"]
    assert caller.offers == [("200", "lapsed")]
    assert not third.is_rung()
    assert caller.heard == ["sorry"]
    caller.hears_out()
    floor.settle()
    assert caller.end.reason == "turned_away"


def test_wait_limit_passes_between_answer_and_bridge(floor: Floor) -> None:
    """The agent has picked up already, so the caller talks."""
    short_wait(floor)
    floor.agent("100").is_busy()
    caller = floor.caller()
    floor.wait(29)
    agent = floor.agent("200")
    agent.answers()
    floor.wait(2)
    agent.is_joined()
    assert caller.exits == ["answered"]


def test_bridge_fails_after_the_wait_limit(floor: Floor) -> None:
    """The limit passed while joining the legs failed: the caller leaves the line."""
    short_wait(floor)
    floor.agent("100").is_busy()
    caller = floor.caller()
    floor.wait(29)
    floor.agent("200").answers()
    floor.wait(2)
    floor.fails(BridgeLegs, 500)
    assert caller.exits == ["timeout"]
    assert caller.is_spoken_to()


def test_wait_limit_and_ring_limit_in_the_same_instant(floor: Floor) -> None:
    """Both pass in one turn: one exit, one lapse."""
    short_wait(floor)
    floor.agent("100").is_busy()
    caller = floor.caller()
    floor.wait(10)
    floor.agent("200")
    floor.wait(20)
    assert caller.exits == ["timeout"]
    assert caller.offers == [("200", "lapsed")]


# --- RONA ----------------------------------------------------------------------------------


def test_nobody_picks_up(floor: Floor) -> None:
    """The caller keeps place and age, the next agent is rung in the same turn."""
    agent, colleague = floor.agent("100"), floor.agent("200")
    caller = floor.caller()
    floor.wait(RING_LIMIT)
    assert agent.state == ("not_ready", "no_answer")
    assert colleague.is_rung()
    floor.wait(5)
    colleague.picks_up()
    assert [timedelta(seconds=25)] == [e.waited for e in caller.told(AgentConnected)]
    assert caller.offers == [("100", "lapsed"), ("200", "accepted")]
    stays = [e for e in caller.told(SegmentEnded) if e.kind is SegmentKind.QUEUE]
    assert [timedelta(seconds=25)] == [e.at - e.started_at for e in stays]


def test_ringing_is_told_with_the_offer(floor: Floor) -> None:
    """An offer tells when the phone said it rings, or that it never did."""
    agent = floor.agent()
    caller = floor.caller()
    floor.wait(2)
    agent.rings()
    rang_at = floor.now
    floor.wait(1)
    agent.rings()
    caller.hangs_up()
    another = floor.caller()
    another.hangs_up()
    assert [rang_at, None] == [e.rang_at for e in floor.told(OfferEnded)]
