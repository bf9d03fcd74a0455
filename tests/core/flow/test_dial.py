"""Calls to outside lines: `dial`, after which the flow goes on, and `transfer`, which ends it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.language.step import Step
from contactcenter_ari.core.flow.verb.dial import DialOut
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.flow.verb.transfer import TransferOut
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.vocabulary.command import (
    AnswerLeg,
    BridgeLegs,
    DialOutside,
    DissolveBridge,
    HangUpLeg,
)
from contactcenter_ari.core.vocabulary.event import (
    FlowFailed,
    OutsideDialed,
    OutsideEnded,
    RecordingStarted,
    SegmentEnded,
)
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.signal import LegAnswered, LegsBridged, SwitchReconciled

if TYPE_CHECKING:
    from tests.core.conftest import Callee, Caller, Floor

DOCTOR = "+31687654321"
RING = 25
OUTCOMES = ("answered", "busy", "no_answer", "declined", "failed")
REST = Wait(timedelta(hours=1))
DIAL, TRANSFER = "dial", "transfer"
BOTH = pytest.mark.parametrize("verb", [DIAL, TRANSFER])


def in_flow(floor: Floor, verb: Verb, allowed: tuple[str, ...] = ("+316",)) -> Caller:
    """A caller at this step, after which the outcome is played."""
    sections: dict[str, list[Verb | Step]] = {
        name: [Play(name, barge_in=False), REST] for name in OUTCOMES
    }
    sections["start"] = [verb, Play("went on", barge_in=False), REST]
    floor.open(msgspec.structs.replace(floor.write(sections), dial_allow=allowed))
    return floor.caller()


def dialing(
    floor: Floor, verb: str = DIAL, number: str = DOCTOR, handled: tuple[str, ...] = OUTCOMES
) -> Caller:
    """A caller for whom an outside line is dialed."""
    ring = timedelta(seconds=RING)
    if verb == TRANSFER:
        return in_flow(floor, TransferOut(parse(f'"{number}"'), ring))
    leads = {outcome: Destination(Way.SECTION, outcome) for outcome in handled}
    return in_flow(floor, DialOut(parse(f'"{number}"'), leads, ring))


def talking(
    floor: Floor, verb: str = DIAL, handled: tuple[str, ...] = OUTCOMES
) -> tuple[Caller, Callee]:
    """Caller and callee in a talk since half a minute."""
    caller = dialing(floor, verb, handled=handled)
    callee = floor.callee()
    callee.picks_up()
    floor.wait(30)
    return caller, callee


def outcomes(caller: Caller) -> list[tuple[str, str]]:
    """The outcomes of the outside lines."""
    assert len(caller.told(OutsideDialed)) == len(caller.told(OutsideEnded))
    return [(e.dialed, e.outcome) for e in caller.told(OutsideEnded)]


def nothing_is_left(floor: Floor) -> bool:
    """No line is being dialed, no bridge is open."""
    return repr(floor.center._calls.outside) == "<OutsideLines 0 dialed>" and not (
        floor.switch.bridges
    )


def test_a_callee_who_is_lost(floor: Floor) -> None:
    """The flow goes on as after a hang-up; where the call ends with it, the system ended it."""
    caller, callee = talking(floor)
    callee.is_lost()
    assert caller.heard == ["answered"]
    caller.hangs_up()
    caller, callee = talking(floor, handled=("busy",))
    callee.is_lost()
    floor.settle()
    assert (caller.end.reason, caller.end.ended_by) == ("completed", "system")


# --- dialing --------------------------------------------------------------------------------


@BOTH
def test_what_is_dialed(floor: Floor, verb: str) -> None:
    """The call is picked up and hears music; the number shown is that of the center."""
    caller = dialing(floor, verb)
    (dial,) = floor.done(DialOutside)
    assert (dial.number, dial.caller_number) == (DOCTOR, "+31201234567")
    assert (str(dial.call), dial.originator) == (caller.interaction, caller.leg)
    assert dial.ring_limit == timedelta(seconds=RING)
    assert (len(floor.done(AnswerLeg)), caller.music) == (1, "default")
    assert [e.dialed for e in caller.told(OutsideDialed)] == [DOCTOR]


def test_another_number_is_shown(floor: Floor) -> None:
    """The flow gives the number to show."""
    verb = DialOut(parse(f'"{DOCTOR}"'), {}, caller_id=parse("caller.number"))
    in_flow(floor, verb)
    assert floor.done(DialOutside)[0].caller_number == "+31612345678"


@BOTH
@pytest.mark.parametrize(
    "number", ["+31201112222", "0687654321", "+316x", "", "+316 12", "+", "112", "+٣١٦"]
)
def test_a_number_that_is_not_allowed(floor: Floor, verb: str, number: str) -> None:
    """It is not dialed, whatever the flow says."""
    caller = dialing(floor, verb, number)
    assert floor.done(DialOutside) == []
    assert caller.heard == ["failed" if verb == DIAL else "went on"]
    assert len(caller.told(FlowFailed)) == 1


def test_without_a_list_nothing_is_allowed(floor: Floor) -> None:
    """A flow that dials must list the numbers that it may dial."""
    caller = in_flow(floor, TransferOut(parse(f'"{DOCTOR}"')), allowed=())
    assert (floor.done(DialOutside), caller.heard) == ([], ["went on"])


# --- nobody there ---------------------------------------------------------------------------

CAUSES = [(17, "busy"), (18, "no_answer"), (19, "no_answer"), (21, "declined"), (1, "failed"),
          (16, "failed"), (20, "failed"), (34, "failed")]  # fmt: skip


@pytest.mark.parametrize(("cause", "outcome"), CAUSES)
def test_the_line_refuses(floor: Floor, cause: int, outcome: str) -> None:
    """The outcome by the cause; the music stops and the flow goes on."""
    caller = dialing(floor)
    floor.callee().hangs_up(cause)
    assert (caller.heard, caller.music) == ([outcome], None)
    assert outcomes(caller) == [(DOCTOR, outcome)]
    assert nothing_is_left(floor)


@pytest.mark.parametrize("cause", [17, 19, 21, 34])
def test_a_transfer_that_comes_to_nothing(floor: Floor, cause: int) -> None:
    """The caller is still there: the flow goes on after the step."""
    caller = dialing(floor, TRANSFER)
    floor.callee().hangs_up(cause)
    assert (caller.heard, caller.music) == (["went on"], None)


@BOTH
def test_nobody_answers(floor: Floor, verb: str) -> None:
    """The line is hung up after the time that the flow gives."""
    caller = dialing(floor, verb)
    callee = floor.callee()
    floor.wait(RING - 0.1)
    assert caller.heard == []
    floor.wait(0.1)
    assert caller.heard == ["no_answer" if verb == DIAL else "went on"]
    assert callee.is_released()
    assert outcomes(caller) == [(DOCTOR, "no_answer")]


@pytest.mark.parametrize("answers_late", [True, False])
def test_who_was_given_up(floor: Floor, *, answers_late: bool) -> None:
    """The callee answers in the instant of the hang-up, or the line ends: no change."""
    caller = dialing(floor)
    callee = floor.callee()
    floor.wait(RING, silent=True)
    if answers_late:
        floor.take(LegAnswered(callee.leg))
    callee.hangs_up()
    assert (caller.heard, outcomes(caller)) == (["no_answer"], [(DOCTOR, "no_answer")])
    assert floor.done(BridgeLegs) == []


def test_the_trunk_is_away(floor: Floor) -> None:
    """The command fails: so does the call outside, once."""
    caller = dialing(floor)
    floor.fails(DialOutside)
    assert (caller.heard, outcomes(caller)) == (["failed"], [(DOCTOR, "failed")])
    assert floor.done(HangUpLeg)[-1].leg == floor.done(DialOutside)[0].leg


def test_an_outcome_nobody_handles(floor: Floor) -> None:
    """The flow goes on."""
    caller = dialing(floor, handled=("answered",))
    floor.callee().hangs_up(17)
    assert caller.heard == ["went on"]


def test_a_call_that_nobody_took_is_not_completed(floor: Floor) -> None:
    """The end says that the caller left the flow."""
    caller = dialing(floor)
    floor.callee().hangs_up(17)
    caller.hangs_up()
    assert caller.end.reason == "left_flow"


def test_two_lines_one_after_the_other(floor: Floor) -> None:
    """A second doctor is called when the first does not answer."""
    second = TransferOut(parse('"+31612345602"'))
    floor.open(
        msgspec.structs.replace(
            floor.write({"start": [DialOut(parse(f'"{DOCTOR}"'), {}), second]}),
            dial_allow=("+316",),
        )
    )
    caller = floor.caller()
    floor.callee().hangs_up(17)
    assert caller.music == "default"
    floor.callee().picks_up()
    assert outcomes(caller) == [(DOCTOR, "busy"), ("+31612345602", "answered")]


# --- the talk -------------------------------------------------------------------------------


@BOTH
def test_a_talk(floor: Floor, verb: str) -> None:
    """The music stops, they are joined, and nothing is recorded without an agent."""
    caller = dialing(floor, verb)
    callee = floor.callee()
    callee.answers()
    assert (caller.music, outcomes_so_far(caller)) == (None, [])
    callee.is_joined()
    assert outcomes(caller) == [(DOCTOR, "answered")]
    assert floor.told(RecordingStarted) == []
    assert floor.center.next_deadline() is None
    caller.hangs_up()
    assert callee.is_released()
    floor.settle()
    assert nothing_is_left(floor)


def outcomes_so_far(caller: Caller) -> list[str]:
    """The outcomes so far of outside lines, while one is being dialed."""
    return [e.outcome for e in caller.told(OutsideEnded)]


def test_the_callee_leaves(floor: Floor) -> None:
    """The flow goes on with the caller."""
    caller, callee = talking(floor)
    callee.hangs_up()
    assert (caller.heard, caller.is_released()) == (["answered"], False)
    assert len(floor.done(DissolveBridge)) == 1
    caller.hangs_up()
    assert (caller.end.reason, caller.end.agent, caller.end.queue) == ("completed", "", "")


@pytest.mark.parametrize("verb", [TRANSFER, DIAL])
def test_the_callee_leaves_and_nothing_follows(floor: Floor, verb: str) -> None:
    """After a transfer, or without a way for the outcome, the call ends."""
    caller, callee = talking(floor, verb, handled=("busy",))
    callee.hangs_up()
    assert (caller.heard, caller.is_released()) == ([], True)
    assert floor.done(DissolveBridge) == []
    floor.settle()
    assert len(floor.done(DissolveBridge)) == 1
    assert (caller.end.reason, caller.end.ended_by) == ("completed", "system")


@BOTH
@pytest.mark.parametrize("caller_first", [True, False])
def test_both_leave(floor: Floor, verb: str, *, caller_first: bool) -> None:
    """In either order: one end, and the bridge goes after the second."""
    caller, callee = talking(floor, verb)
    for leaves in (caller, callee) if caller_first else (callee, caller):
        assert floor.done(DissolveBridge) == []
        leaves.hangs_up()
        if leaves is callee and verb == DIAL:
            break
    assert len(floor.done(DissolveBridge)) == 1
    if not caller.is_released():
        caller.hangs_up()
    assert caller.end.reason == "completed"


def test_the_segments(floor: Floor) -> None:
    """Flow, talk without an agent, flow again."""
    caller, callee = talking(floor)
    callee.hangs_up()
    caller.hangs_up()
    assert [
        (e.kind, e.at - e.started_at, e.queue, e.agent) for e in caller.told(SegmentEnded)
    ] == [
        ("flow", timedelta(), "", ""),
        ("talk", timedelta(seconds=30), "", ""),
        ("flow", timedelta(), "", ""),
    ]


def test_after_an_agent(floor: Floor) -> None:
    """A talk with an agent, then one outside: the second does not count for the agent."""
    to_doctor = Destination(Way.SECTION, "doctor")
    flow = floor.write(
        {
            "start": [Queue(QueueName("sales"), {"answered": to_doctor})],
            "doctor": [TransferOut(parse(f'"{DOCTOR}"'))],
        }
    )
    floor.open(msgspec.structs.replace(flow, dial_allow=("+316",)))
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    agent.hangs_up()
    floor.callee().picks_up()
    caller.hangs_up()
    talks = [e for e in caller.told(SegmentEnded) if e.kind == "talk"]
    assert [(e.queue, e.agent) for e in talks] == [("sales", "100"), ("", "")]


# --- the caller leaves early ----------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("callee_first", [True, False])
def test_the_caller_leaves_while_it_rings(floor: Floor, verb: str, *, callee_first: bool) -> None:
    """The line is hung up, and its end is reported once."""
    caller = dialing(floor, verb)
    callee = floor.callee()
    if callee_first:
        callee.hangs_up(17)
        caller.hangs_up()
    else:
        caller.hangs_up()
        assert callee.is_released()
        callee.hangs_up(17)
    assert [o for _, o in outcomes(caller)] == ["busy" if callee_first else "given_up"]
    assert caller.end.reason == "left_flow"
    assert floor.center.next_deadline() is None


@BOTH
@pytest.mark.parametrize("callee_first", [True, False])
@pytest.mark.parametrize("confirmed_late", [True, False])
def test_somebody_leaves_while_they_are_joined(
    floor: Floor, verb: str, *, callee_first: bool, confirmed_late: bool
) -> None:
    """The two never heard each other: not completed, and no bridge is left."""
    caller = dialing(floor, verb)
    callee = floor.callee()
    callee.answers()
    bridge = floor.done(BridgeLegs)[-1].bridge
    for leaves in (callee, caller) if callee_first else (caller, callee):
        leaves.hangs_up()
        if confirmed_late:
            floor.take(LegsBridged(bridge))
    assert [o for _, o in outcomes(caller)] == ["declined" if callee_first else "given_up"]
    assert caller.end.reason == "left_flow"
    assert len(floor.done(DissolveBridge)) == 1
    assert nothing_is_left(floor)


# --- trouble in the switch ------------------------------------------------------------------


@BOTH
def test_the_join_is_never_confirmed(floor: Floor, verb: str) -> None:
    """In the end the line is hung up and the flow goes on."""
    caller = dialing(floor, verb)
    callee = floor.callee()
    callee.answers()
    floor.wait(60, silent=True)
    assert caller.heard == ["failed" if verb == DIAL else "went on"]
    assert outcomes(caller) == [(DOCTOR, "failed")]
    assert floor.done(DissolveBridge) == []
    callee.hangs_up()
    assert len(floor.done(DissolveBridge)) == 1


@BOTH
def test_the_bridge_fails(floor: Floor, verb: str) -> None:
    """The flow goes on, once; the callee is hung up."""
    caller = dialing(floor, verb)
    callee = floor.callee()
    callee.answers()
    floor.fails(BridgeLegs, 500)
    assert caller.heard == ["failed" if verb == DIAL else "went on"]
    assert callee.is_released()
    floor.fails(BridgeLegs, 500)
    assert outcomes(caller) == [(DOCTOR, "failed")]


def test_answered_twice(floor: Floor) -> None:
    """A signal that comes again changes nothing."""
    caller = dialing(floor)
    callee = floor.callee()
    callee.answers()
    callee.answers()
    callee.is_joined()
    callee.answers()
    callee.is_joined()
    assert len(floor.done(BridgeLegs)) == 1
    assert (outcomes(caller), callee.is_released()) == ([(DOCTOR, "answered")], False)


# --- the inventory --------------------------------------------------------------------------

STAGES = pytest.mark.parametrize("stage", ["rings", "joins", "talks"])


def at_stage(floor: Floor, stage: str) -> tuple[Caller, Callee]:
    """An outside line at this stage, a while ago."""
    caller = dialing(floor)
    callee = floor.callee()
    floor.wait(10)
    if stage != "rings":
        callee.answers()
    if stage == "talks":
        callee.is_joined()
    return caller, callee


def inventory(floor: Floor, *gone: Caller | Callee) -> None:
    """All legs but these are there."""
    for who in gone:
        floor.switch.gone(who.leg)
    floor.take(SwitchReconciled(floor.now, tuple(floor.switch.legs), ()))


@STAGES
def test_everybody_is_still_there(floor: Floor, stage: str) -> None:
    """A lost connection alone changes nothing."""
    caller, callee = at_stage(floor, stage)
    told = len(floor.events)
    inventory(floor)
    assert len(floor.events) == told
    assert (caller.is_released(), callee.is_released()) == (False, False)


def test_a_line_dialed_since_this_instant_is_no_stray(floor: Floor) -> None:
    """It goes on ringing."""
    dialing(floor)
    inventory(floor)
    assert floor.done(HangUpLeg) == []


@STAGES
def test_the_callee_is_gone(floor: Floor, stage: str) -> None:
    """The hang-up of the callee was not reported: the flow goes on."""
    caller, callee = at_stage(floor, stage)
    inventory(floor, callee)
    expected = {"rings": "failed", "joins": "declined", "talks": "answered"}[stage]
    assert (caller.heard, outcomes(caller)) == ([expected], [(DOCTOR, expected)])
    assert nothing_is_left(floor)


@STAGES
def test_the_caller_is_gone(floor: Floor, stage: str) -> None:
    """The callee is hung up, and it is a fault of the center."""
    caller, callee = at_stage(floor, stage)
    inventory(floor, caller)
    assert callee.is_released()
    assert caller.end.reason == "system_error"
    assert [o for _, o in outcomes(caller)] == ["answered" if stage == "talks" else "given_up"]


@STAGES
def test_both_are_gone(floor: Floor, stage: str) -> None:
    """The switch was restarted."""
    caller, callee = at_stage(floor, stage)
    inventory(floor, caller, callee)
    assert caller.end.reason == "system_error"
    assert len(outcomes(caller)) == 1
    assert nothing_is_left(floor)
