"""After a connection was made the switch lists the living legs; all others have ended unheard."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.flow.verb.voicemail import Voicemail
from contactcenter_ari.core.vocabulary.command import (
    DialLeg,
    DissolveBridge,
    FinishRecording,
    HangUpLeg,
    HangUpReason,
    RecordLeg,
)
from contactcenter_ari.core.vocabulary.event import RecordingEnded
from contactcenter_ari.core.vocabulary.ids import LegId, PhoneId
from contactcenter_ari.core.vocabulary.signal import (
    LegHungUp,
    PhoneDialed,
    RecordingFinished,
    SwitchReconciled,
)
from tests.core.outbound.callback import ANN, booked, busy_agent, open_shop
from tests.core.prompts import says

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Colleague, Floor


def reconcile(
    floor: Floor, *legs: LegId, phones: tuple[Colleague, ...] = (), ago: float = 0
) -> None:
    """The inventory: these legs, these phones, taken so many seconds ago."""
    for leg in [leg for leg in floor.switch.legs if leg not in legs]:
        floor.switch.note(LegHungUp(leg))
    taken_at = floor.now - timedelta(seconds=ago)
    floor.take(SwitchReconciled(taken_at, legs, tuple(p.phone for p in phones)))


def in_talk(floor: Floor) -> tuple[Colleague, Caller]:
    """Agent and caller have been talking for a minute."""
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    floor.wait(60)
    return agent, caller


def test_everything_is_still_there(floor: Floor) -> None:
    """A lost connection alone changes nothing: they go on talking, others go on waiting."""
    agent, caller = in_talk(floor)
    waiting = floor.caller()
    floor.wait(10)
    told = len(floor.events)
    reconcile(floor, caller.leg, agent.leg, waiting.leg, phones=(agent,))
    assert len(floor.events) == told
    agent.hangs_up()
    floor.wait(15)
    agent.picks_up()
    assert waiting.exits == ["answered"]


def test_a_waiting_caller_is_gone(floor: Floor) -> None:
    """The switch lost the caller: a fault of ours, not an impatient caller."""
    agent = floor.agent()
    agent.is_busy()
    caller = floor.caller()
    floor.wait(10)
    reconcile(floor, phones=(agent,))
    assert (caller.end.reason, caller.end.ended_by) == ("system_error", "system")
    assert caller.exits == ["system_error"]


def test_a_caller_is_gone_while_the_phone_rings(floor: Floor) -> None:
    """The phone is let go and its agent is READY."""
    agent = floor.agent()
    caller = floor.caller()
    floor.wait(10)
    reconcile(floor, agent.leg, phones=(agent,))
    assert caller.end.reason == "system_error"
    assert caller.offers == [("100", "withdrawn")]
    assert not agent.is_rung()
    assert agent.state == ("ready", "")


def test_the_ringing_leg_is_gone(floor: Floor) -> None:
    """The caller goes on waiting and the next agent is rung; it is nobody's miss."""
    agent, colleague = floor.agent("100"), floor.agent("200")
    caller = floor.caller()
    floor.wait(10)
    reconcile(floor, caller.leg, phones=(agent, colleague))
    assert caller.offers == [("100", "failed")]
    assert agent.state == ("ready", "")
    assert colleague.is_rung()


def test_both_legs_of_a_talk_are_gone(floor: Floor) -> None:
    """Asterisk was restarted: the call ends with a reason and the agent is freed."""
    agent, caller = in_talk(floor)
    reconcile(floor, phones=(agent,))
    assert caller.end.reason == "system_error"
    assert agent.state == ("wrap_up", "")
    assert len(floor.done(DissolveBridge)) == 1
    floor.settle()
    assert [(e.failed, e.cut) for e in caller.told(RecordingEnded)] == [(False, True)]


def test_the_agent_of_a_talk_is_gone(floor: Floor) -> None:
    """The agent hung up unheard: the caller is hung up and the talk counts."""
    agent, caller = in_talk(floor)
    reconcile(floor, caller.leg, phones=(agent,))
    floor.settle()
    assert (caller.end.reason, caller.end.ended_by) == ("completed", "agent")
    assert agent.state == ("wrap_up", "")


def test_the_caller_of_a_talk_is_gone(floor: Floor) -> None:
    """The agent is hung up and freed."""
    agent, caller = in_talk(floor)
    reconcile(floor, agent.leg, phones=(agent,))
    assert not agent.is_rung()
    assert agent.state == ("wrap_up", "")
    assert caller.end.reason == "system_error"


def test_what_is_younger_than_the_inventory_is_left_alone(floor: Floor) -> None:
    """A call, an offer and a talk that began after the inventory was taken may be missing."""
    talker, ringing = floor.agent("100"), floor.agent("200")
    floor.wait(60)
    first, second = floor.caller(), floor.caller()
    talker.picks_up()
    told = len(floor.events)
    floor.take(SwitchReconciled(floor.now, (), (talker.phone, ringing.phone)))
    assert len(floor.events) == told
    assert talker.state == ("on_call", "")
    assert ringing.state == ("offered", "")
    second.hangs_up()
    first.hangs_up()


def test_a_leg_we_have_no_use_for_is_hung_up(floor: Floor) -> None:
    """A phone that still rings for an offer long closed; legs of others are left alone."""
    floor.agent()
    stray, stranger = LegId("n1-b1-999"), LegId("n2-other-1")
    floor.take(SwitchReconciled(floor.now, (stray, stranger), ()))
    assert [(c.leg, c.reason) for c in floor.done(HangUpLeg)] == [(stray, HangUpReason.CONGESTION)]


def test_a_phone_that_rings_since_this_instant_is_no_stray(floor: Floor) -> None:
    """An offer made in the instant of the inventory is known."""
    agent = floor.agent()
    caller = floor.caller()
    reconcile(floor, caller.leg, agent.leg, phones=(agent,))
    assert floor.done(HangUpLeg) == []
    agent.picks_up()


def test_phones_are_as_the_inventory_says(floor: Floor) -> None:
    """An agent whose phone is not listed is not offered; an agent whose phone is listed is."""
    agent, colleague = floor.agent("100"), floor.colleague("200")
    colleague.logs_in()
    reconcile(floor, phones=(colleague,))
    floor.caller()
    assert (agent.is_rung(), colleague.is_rung()) == (False, True)


def test_a_feature_code_call_is_gone(floor: Floor) -> None:
    """The agent is offered calls again."""
    agent = floor.agent()
    floor.take(PhoneDialed(LegId("own"), agent.phone, "*14"))
    floor.caller()
    assert not agent.is_rung()
    floor.wait(10)
    floor.switch.gone(LegId("own"))
    floor.take(SwitchReconciled(floor.now, tuple(floor.switch.legs), (agent.phone,)))
    assert agent.is_rung()


def test_recordings_whose_end_was_not_heard_of(floor: Floor) -> None:
    """A recording that was over for a while and never reported as closed is finished, once."""
    agent, caller = in_talk(floor)
    agent.hangs_up()
    floor.switch.closed.clear()
    caller.hangs_up()
    reconcile(floor, phones=(agent,))
    assert floor.done(FinishRecording) == []
    floor.wait(10)
    reconcile(floor, phones=(agent,))
    reconcile(floor, phones=(agent,))
    floor.settle()
    assert [(e.failed, e.cut) for e in caller.told(RecordingEnded)] == [(False, False)]


def test_after_a_loss_of_the_connection_age_does_not_matter(floor: Floor) -> None:
    """Asterisk has died: a call of the second before is as gone as one of an hour before, and
    what began after the loss is not.
    """
    floor.agent().is_busy()
    floor.wait(60)
    old = floor.caller()
    floor.wait(1)
    lost_at = floor.now
    floor.wait(1)
    new = floor.caller("+31687654321")
    floor.switch.gone(old.leg)
    told = SwitchReconciled(floor.now, (), (PhoneId("phone-100"),), settled_at=lost_at)
    floor.take(told)
    assert old.end.reason == "system_error"
    assert new.exits == []


@pytest.mark.parametrize("status", [0, 400, 503])
def test_a_phone_that_the_switch_did_not_try_is_nobodys_miss(floor: Floor, status: int) -> None:
    """The offer failed because there was no connection, no leg of the caller or no room."""
    agent = floor.agent()
    floor.caller()
    floor.fails(DialLeg, status)
    assert agent.state == ("ready", "")


def test_a_customer_whose_phone_rings_for_a_callback_is_no_stray(floor: Floor) -> None:
    """A customer who is being called is known, though no flow runs yet, at every inventory."""
    open_shop(floor)
    busy_agent(floor)
    booked(floor, ANN)
    callee = floor.callee()
    for _ in range(2):
        reconcile(floor, *floor.switch.legs)
        floor.wait(7)
        assert callee.leg in floor.switch.legs
    assert floor.done(HangUpLeg) == []


def test_a_recording_whose_call_goes_on_is_not_lost(floor: Floor) -> None:
    """A message is being left while the inventory comes."""
    floor.open(floor.write({"start": [Voicemail("box", "say", {})]}, say=says("say")))
    caller = floor.caller()
    caller.hears_out()
    floor.wait(10)
    (message,) = floor.done(RecordLeg)
    reconcile(floor, caller.leg)
    assert caller.told(RecordingEnded) == []
    floor.take(RecordingFinished(message.recording, "message.wav", 12))
    assert [e.failed for e in caller.told(RecordingEnded)] == [False]
    caller.hangs_up()
