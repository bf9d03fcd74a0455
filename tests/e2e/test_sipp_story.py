"""SIPp plays callers and agents: each test holds if SIPp, the rows and Asterisk agree.

The fixtures check after each test that nothing is left in Asterisk, see conftest.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from contactcenter_ari.core.vocabulary.event import AgentState, EndReason, OfferResult, Party
from contactcenter_ari.core.vocabulary.ids import AgentId
from contactcenter_ari.loadtest.agent import AgentPhones, Behavior, dial_code
from contactcenter_ari.loadtest.caller import Caller, Story
from contactcenter_ari.loadtest.sipp import SippRun, Verdict
from tests.e2e.world import DESK, LONGEST, PATIENT, World, credential

pytestmark = pytest.mark.asyncio(loop_scope="session")

SHORTLY = timedelta(seconds=2)
SHIFT = timedelta(seconds=8)


def _caller(world: World, story: Story, caller: str, number: str, keys: str = "-") -> Caller:
    return Caller(
        story=story,
        number=number,
        caller=caller,
        audio=world.audio,
        keys=keys,
        listen=timedelta(seconds=1.5),
        patience=timedelta(seconds=30),
    )


@asynccontextmanager
async def _agent(
    world: World, behavior: Behavior, queue: str, *, shift: timedelta = timedelta(minutes=5)
) -> AsyncIterator[tuple[AgentId, SippRun]]:
    """An agent logged in by code from a SIPp phone of that behavior."""
    hired = await world.enlist(queue)
    phones = AgentPhones(
        phones=[credential(hired)],
        behavior=behavior,
        audio=world.audio,
        shift=shift,
        ring=timedelta(seconds=0.3),
        talk=timedelta(seconds=1),
        talk_more=timedelta(),
    )
    run = await phones.start(world.sipp)
    try:
        await world.log_in(hired.profile.agent, ready=False)
        dialed = await dial_code(world.sipp, credential(hired), "*11")
        assert dialed.passed, str(dialed)
        yield hired.profile.agent, run
    finally:
        run.stop()


async def test_through_the_menu_to_an_agent(world: World) -> None:
    """caller_through_menu, agent_registers, agent_dials_code, agent_answers: a talk, ended by
    the agent; at the end of the shift the phone is gone.
    """
    async with _agent(world, Behavior.ANSWERS, "longest", shift=SHIFT) as (agent, run):
        caller = _caller(world, Story.THROUGH_MENU, "+31620000001", DESK, "11")
        outcome = await caller.call(world.sipp)
        assert outcome.passed, str(outcome)
        record = await world.record(caller.caller)
        went_home = await run.wait()
        assert went_home.verdict is Verdict.PASSED, str(went_home)
        assert not world.agent(agent).reachable
    row = record.interaction
    assert (row.reason, row.ended_by, row.agent) == (EndReason.COMPLETED, Party.AGENT, agent)
    assert [offer.result for offer in record.offers] == [OfferResult.ACCEPTED]
    assert [recording.failed for recording in record.recordings] == [False]


async def test_lost_in_the_menu(world: World) -> None:
    """caller_presses_nothing, caller_presses_wrong_keys: both are sent to a person at last, and no
    agent is at work.
    """
    silent = _caller(world, Story.PRESSES_NOTHING, "+31620000002", DESK)
    clumsy = _caller(world, Story.PRESSES_WRONG_KEYS, "+31620000003", DESK, ",9,,9,")
    outcomes = await asyncio.gather(silent.call(world.sipp), clumsy.call(world.sipp))
    for caller, outcome in zip((silent, clumsy), outcomes, strict=True):
        assert outcome.passed, str(outcome)
        row = (await world.record(caller.caller)).interaction
        assert (row.reason, row.ended_by) == (EndReason.TURNED_AWAY, Party.SYSTEM)


async def test_giving_up_while_the_phone_rings(world: World) -> None:
    """caller_hangs_up_ringing, agent_never_answers: the offer is withdrawn, the agent READY."""
    async with _agent(world, Behavior.NEVER_ANSWERS, "patient") as (agent, _):
        caller = _caller(world, Story.HANGS_UP_RINGING, "+31620000004", PATIENT)
        outcome = await _impatient(caller).call(world.sipp)
        assert outcome.passed, str(outcome)
        record = await world.record(caller.caller)
        assert world.agent(agent).state is AgentState.READY
    assert record.interaction.reason is EndReason.ABANDONED
    assert [offer.result for offer in record.offers] == [OfferResult.WITHDRAWN]


async def test_giving_up_after_nobody_answered(world: World) -> None:
    """caller_hangs_up_waiting, agent_never_answers: the offer lapses, the caller gives up."""
    async with _agent(world, Behavior.NEVER_ANSWERS, "longest") as (agent, _):
        caller = _caller(world, Story.HANGS_UP_WAITING, "+31620000005", LONGEST)
        outcome = await _impatient(caller, 3.5).call(world.sipp)
        assert outcome.passed, str(outcome)
        record = await world.record(caller.caller)
        assert world.agent(agent).reason == "no_answer"
    assert record.interaction.reason is EndReason.ABANDONED
    assert [offer.result for offer in record.offers] == [OfferResult.LAPSED]


async def test_giving_up_after_a_refusal(world: World) -> None:
    """caller_hangs_up_waiting, agent_refuses: the offer is refused, the caller gives up."""
    async with _agent(world, Behavior.REFUSES, "longest") as (agent, _):
        caller = _caller(world, Story.HANGS_UP_WAITING, "+31620000006", LONGEST)
        outcome = await _impatient(caller).call(world.sipp)
        assert outcome.passed, str(outcome)
        record = await world.record(caller.caller)
        assert world.agent(agent).reason == "busy"
    assert record.interaction.reason is EndReason.ABANDONED
    assert [offer.result for offer in record.offers] == [OfferResult.BUSY]


async def test_many_callers(world: World) -> None:
    """load_caller, agent_answers: six callers, two agents, six talks."""
    async with (
        _agent(world, Behavior.ANSWERS, "longest"),
        _agent(world, Behavior.ANSWERS, "longest"),
    ):
        caller = _caller(world, Story.LOAD, "+3163000000", LONGEST)
        outcome = await caller.call_often(world.sipp, calls=6, per_second=3, at_once=6)
        assert outcome.passed, str(outcome)
        rows = await world.interactions(6, lambda r: r.caller_number.startswith("+3163000000"))
    assert {row.reason for row in rows} == {EndReason.COMPLETED}
    assert len({row.agent for row in rows}) == 2


def _impatient(caller: Caller, seconds: float = SHORTLY.total_seconds()) -> Caller:
    return replace(caller, patience=timedelta(seconds=seconds))
