"""Calls back for which an agent is reserved first: who hears what, and who is free again when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.vocabulary.command import (
    BridgeLegs,
    DialLeg,
    DialOutside,
    HangUpLeg,
)
from contactcenter_ari.core.vocabulary.event import (
    AgentConnected,
    CallbackBooked,
    InteractionQueued,
    InteractionStarted,
    OfferMade,
    RecordingStarted,
    SegmentEnded,
)
from contactcenter_ari.core.vocabulary.request import CancelCallback
from contactcenter_ari.core.vocabulary.signal import (
    LegAnswered,
    PlaybackFinished,
    SwitchReconciled,
)
from tests.core.outbound.callback import (
    AGENT_FIRST,
    ANN,
    BOB,
    attempts,
    booked,
    busy_agent,
    closed,
    customer,
    ended,
    open_shop,
    outbound,
    ready,
    rung,
    waits,
)

if TYPE_CHECKING:
    from contactcenter_ari.core.vocabulary.ids import LegId
    from tests.core.conftest import Callee, Colleague, Floor


def heard(floor: Floor, leg: LegId) -> list[str]:
    """The prompts on a leg."""
    return [words for where, words in floor.switch.heard if where == leg]


def hears_out(floor: Floor, leg: LegId) -> None:
    """Listen on a leg until the prompt is over."""
    floor.take(PlaybackFinished(floor.switch.playing[leg].playback))


def dialing(floor: Floor, *, recording: bool = True) -> tuple[Colleague, Callee]:
    """An agent who has taken a call back, and the customer who is being rung."""
    open_shop(floor, callback_mode=AGENT_FIRST, recording=recording)
    busy_agent(floor)
    booked(floor)
    assert rung(floor) == []
    ready(floor)
    agent = floor.colleague()
    agent.answers()
    return agent, customer(floor)


def test_the_agent_is_there_first(floor: Floor) -> None:
    """Reserved, rung with the word Callback, told, and joined when the customer answers."""
    agent, callee = dialing(floor)
    (rings,) = floor.done(DialLeg)
    assert (rings.caller_number, rings.caller_name, rings.originator) == (ANN, "Callback", "")
    (dials,) = floor.done(DialOutside)
    assert (dials.number, dials.caller_number, dials.originator) == (
        ANN, "+31201234567", rings.leg,
    )  # fmt: skip
    assert agent.state == ("on_call", "")
    assert heard(floor, rings.leg) == ["callback_dialing"]
    hears_out(floor, rings.leg)
    assert floor.switch.music[rings.leg] == "default"
    callee.answers()
    assert rings.leg not in floor.switch.music
    callee.is_joined()
    (connected,) = floor.told(AgentConnected)
    assert (connected.agent, connected.queue, connected.interaction) == (
        "100", "sales", outbound(floor)[0],
    )  # fmt: skip
    assert (attempts(floor), closed(floor)) == ([(1, "reached", None)], ["reached"])
    callee.hangs_up()
    floor.settle()
    assert agent.state == ("wrap_up", "")
    assert ended(floor, outbound(floor)[0]).reason == "completed"


def test_nothing_is_told_of_a_queue(floor: Floor) -> None:
    """A place that is kept is no stay: counted neither answered nor abandoned."""
    _, callee = dialing(floor)
    callee.picks_up()
    assert len(floor.told(InteractionQueued)) == 1, "the caller's own, before asking"
    (offer,) = floor.told(OfferMade)
    (started,) = (e for e in floor.told(InteractionStarted) if e.direction == "outbound")
    assert (offer.interaction, started.called_number) == (started.interaction, ANN)
    assert started.number < offer.number
    assert (started.flow, started.flow_version, started.language) == ("shop", "v1", "en")


@pytest.mark.parametrize("recording", [True, False])
def test_recorded_as_the_queue_wants(floor: Floor, *, recording: bool) -> None:
    """The setting of the queue holds."""
    _, callee = dialing(floor, recording=recording)
    callee.picks_up()
    assert len(floor.told(RecordingStarted)) == recording


@pytest.mark.parametrize("prompt_over", [True, False])
def test_the_customer_is_not_reached(floor: Floor, *, prompt_over: bool) -> None:
    """The agent hears so and is hung up, free at once; the attempt counts."""
    agent, callee = dialing(floor)
    leg = agent.leg
    if prompt_over:
        hears_out(floor, leg)
    callee.hangs_up(17)
    assert heard(floor, leg) == ["callback_dialing", "callback_not_reached"]
    assert attempts(floor) == [(1, "busy", 900)]
    assert agent.state == ("on_call", "")
    hears_out(floor, leg)
    floor.settle()
    assert agent.state == ("ready", "")
    assert ended(floor, outbound(floor)[0]).reason == "not_reached"
    assert [e.kind for e in floor.told(SegmentEnded) if e.kind == "wrap_up"] == []


def test_nobody_picks_up(floor: Floor) -> None:
    """After half a minute both are let go."""
    agent, callee = dialing(floor)
    floor.wait(30)
    assert callee.is_released()
    assert attempts(floor) == [(1, "no_answer", 900)]
    hears_out(floor, agent.leg)
    floor.settle()
    assert agent.state == ("ready", "")


def test_the_agent_leaves_while_it_rings(floor: Floor) -> None:
    """The customer is let go, who may have seen it ring: the attempt counts."""
    agent, callee = dialing(floor)
    agent.hangs_up()
    assert callee.is_released()
    assert (agent.state, attempts(floor)) == (("ready", ""), [(1, "given_up", 900)])
    (call,) = outbound(floor)
    assert (ended(floor, call).reason, ended(floor, call).ended_by) == ("not_reached", "agent")
    floor.take(LegAnswered(callee.leg))
    assert floor.done(BridgeLegs) == []


@pytest.mark.parametrize("first", ["agent", "customer"])
def test_somebody_leaves_while_they_are_joined(floor: Floor, first: str) -> None:
    """They never heard each other: nobody is left alone with silence."""
    agent, callee = dialing(floor)
    leg = agent.leg
    callee.answers()
    if first == "agent":
        agent.hangs_up()
        assert callee.is_released()
        assert ended(floor, outbound(floor)[0]).ended_by == "agent"
    else:
        callee.hangs_up()
        assert heard(floor, leg)[-1] == "callback_not_reached"
        hears_out(floor, leg)
    floor.settle()
    assert (agent.state, attempts(floor)) == (("ready", ""), [(1, "given_up", 900)])
    assert floor.switch.bridges == {}


@pytest.mark.parametrize("how", ["refused", "unheard"])
def test_the_bridge_fails(floor: Floor, how: str) -> None:
    """Both are let go, and the customer is tried again."""
    agent, callee = dialing(floor)
    leg = agent.leg
    callee.answers()
    if how == "refused":
        floor.fails(BridgeLegs, 500)
    else:
        floor.wait(20, silent=True)
    assert callee.is_released()
    assert heard(floor, leg)[-1] == "callback_not_reached"
    assert attempts(floor) == [(1, "given_up", 900)]
    hears_out(floor, leg)
    floor.settle()
    assert agent.state == ("ready", "")


def test_an_agent_who_does_not_answer(floor: Floor) -> None:
    """The place waits on for another; nobody was called, so nothing counts."""
    open_shop(floor, callback_mode=AGENT_FIRST)
    busy_agent(floor, "100")
    busy_agent(floor, "101")
    booked(floor)
    ready(floor, "100")
    floor.wait(20)
    assert floor.colleague("100").state == ("not_ready", "no_answer")
    assert (rung(floor), attempts(floor)) == ([], [])
    ready(floor, "101")
    floor.colleague("101").answers()
    assert rung(floor) == [ANN]
    assert len(outbound(floor)) == 1


def test_taken_back_while_the_agent_is_rung(floor: Floor) -> None:
    """The agent is free again, and what had begun ends."""
    open_shop(floor, callback_mode=AGENT_FIRST)
    busy_agent(floor)
    callback = booked(floor)
    ready(floor)
    floor.take(CancelCallback(callback, "test"))
    assert (closed(floor), floor.colleague().state) == (["cancelled"], ("ready", ""))
    assert ended(floor, outbound(floor)[0]).reason == "not_reached"


def test_taken_back_while_the_customer_is_rung(floor: Floor) -> None:
    """The call goes on; without success there is no other."""
    agent, callee = dialing(floor)
    floor.take(CancelCallback(floor.told(CallbackBooked)[0].callback, "test"))
    assert (closed(floor), callee.is_released()) == ([], False)
    callee.hangs_up(17)
    assert (attempts(floor), closed(floor)) == ([(1, "busy", None)], ["cancelled"])
    agent.hangs_up()


def test_in_the_order_of_the_line(floor: Floor) -> None:
    """Callers before it and after it are offered before it and after it."""
    open_shop(floor, callback_mode=AGENT_FIRST)
    busy_agent(floor, "100")
    busy_agent(floor, "101")
    busy_agent(floor, "102")
    waits(floor, BOB)
    booked(floor)
    waits(floor, "+31622222222")
    for agent in ("100", "101", "102"):
        ready(floor, agent)
    assert [rings.caller_number for rings in floor.done(DialLeg)] == [BOB, ANN, "+31622222222"]


def test_the_customer_calls_in_while_the_agent_is_rung(floor: Floor) -> None:
    """The customer takes over the position: the agent is offered the call instead."""
    open_shop(floor, callback_mode=AGENT_FIRST)
    busy_agent(floor)
    booked(floor)
    ready(floor)
    caller = waits(floor, ANN)
    agent = floor.colleague()
    agent.picks_up()
    assert caller.told(AgentConnected)
    assert (closed(floor), rung(floor)) == (["called_in"], [])


def test_the_inventory_misses_the_agent(floor: Floor) -> None:
    """The hang-up was not heard of: as if it came now."""
    agent, callee = dialing(floor)
    floor.wait(10)
    floor.switch.gone(agent.leg)
    floor.take(SwitchReconciled(floor.now, tuple(floor.switch.legs), (agent.phone,)))
    assert callee.is_released()
    assert (agent.state, attempts(floor)) == (("ready", ""), [(1, "given_up", 900)])


@pytest.mark.parametrize("stage", ["rings", "joins", "talks"])
def test_the_inventory_misses_nobody(floor: Floor, stage: str) -> None:
    """A lost connection alone changes nothing."""
    agent, callee = dialing(floor)
    floor.wait(10)
    if stage != "rings":
        callee.answers()
    if stage == "talks":
        callee.is_joined()
    told, hung_up = len(floor.events), len(floor.done(HangUpLeg))
    floor.take(SwitchReconciled(floor.now, tuple(floor.switch.legs), (agent.phone,)))
    assert (len(floor.events), len(floor.done(HangUpLeg))) == (told, hung_up)


def test_the_idle_clock_begins_anew(floor: Floor) -> None:
    """An agent who listened to an unanswered phone was not idle: the colleague is next."""
    agent, callee = dialing(floor)
    busy_agent(floor, "101")
    floor.wait(5)
    callee.hangs_up(17)
    hears_out(floor, agent.leg)
    floor.settle()
    ready(floor, "101")
    floor.wait(1)
    waits(floor, BOB)
    assert floor.told(OfferMade)[-1].agent == "101"
