"""Callers who hang up: in the queue, while a phone rings, and as the agent picks up."""

import asyncio
from datetime import datetime, timedelta
from itertools import count

import pytest

from contactcenter_ari.core.vocabulary.event import (
    AgentState,
    EndReason,
    OfferResult,
    Party,
    SegmentKind,
)
from tests.e2e.caller import Caller
from tests.e2e.phone import Conversation, Manner
from tests.e2e.polling import until
from tests.e2e.world import LONGEST, PATIENT, Worker, World

pytestmark = pytest.mark.asyncio(loop_scope="session")

LEADS = (-30, -10, -4, -2, 0, 2, 4, 5, 6, 7, 8, 10, 12, 16, 40, 500)
"""Milliseconds by which the agent's answer comes before the caller's hang-up."""


def _idle_since(worker: Worker) -> datetime:
    """The end of the agent's last contact, which longest_idle goes by."""
    roster = worker.world.service.driver.center._workforce.roster
    return roster.get(worker.id).last_contact_end


async def test_a_caller_gives_up_in_the_queue(world: World) -> None:
    """The call has one end reason, the stay one end, and no agent was offered the call."""
    await world.engage("longest", LONGEST)
    worker = await world.hire("longest")
    await worker.pause()
    caller = await world.call(LONGEST)
    await world.until_waiting("longest", 1)
    await until(lambda: len(caller.heard) > 8000, "no second of music")
    caller.hang_up()
    record = await world.record(caller)
    assert (record.interaction.reason, record.interaction.ended_by) == (
        EndReason.ABANDONED,
        Party.CALLER,
    )
    (stay,) = (segment for segment in record.segments if segment.kind is SegmentKind.QUEUE)
    assert stay.result == "abandoned"
    assert (record.offers, record.recordings) == ([], [])
    assert worker.phone.calls == []
    assert world.waiting("longest") == 0


async def test_a_caller_gives_up_while_the_phone_rings(world: World) -> None:
    """The phone stops ringing; the agent is READY, keeps the idle time, and missed nothing."""
    worker = await world.hire("patient", manner=Manner.RINGS)
    idle_since = _idle_since(worker)
    caller = await world.call(PATIENT)
    ringing = await worker.phone.rings()
    assert worker.view.state is AgentState.OFFERED
    caller.hang_up()
    await ringing.until_over()
    await worker.until(AgentState.READY)
    record = await world.record(caller)
    assert record.interaction.reason is EndReason.ABANDONED
    assert [offer.result for offer in record.offers] == [OfferResult.WITHDRAWN]
    assert _idle_since(worker) == idle_since
    assert worker.view.reason == ""


async def test_a_caller_hangs_up_as_the_agent_answers(world: World) -> None:
    """The first of both wins: the call is abandoned or a talk, never both, and nothing is left."""
    worker = await world.hire("patient", manner=Manner.RINGS)
    ends = set()
    for number, lead in zip(count(1), LEADS, strict=False):
        await worker.until(AgentState.READY)
        idle_since = _idle_since(worker)
        caller = await world.call(PATIENT)
        ringing = await worker.phone.rings(number)
        await _collide(caller, ringing, timedelta(milliseconds=lead))
        await ringing.until_over()
        await worker.until(AgentState.READY)
        ends.add(await _judged(world, caller, worker, idle_since))
    assert ends == {EndReason.ABANDONED, EndReason.COMPLETED}


async def _collide(caller: Caller, ringing: Conversation, lead: timedelta) -> None:
    """Answer and hang up, the answer earlier by `lead` (or later, when it is negative)."""
    loop = asyncio.get_running_loop()
    both_at = loop.time() + 0.05
    done = loop.create_future()
    loop.call_at(both_at, done.set_result, None)
    loop.call_at(both_at + lead.total_seconds(), caller.hang_up)
    await done
    await ringing.answer()


async def _judged(world: World, caller: Caller, worker: Worker, idle_since: datetime) -> EndReason:
    """The interaction has one end, and all rows agree with it."""
    record = await world.record(caller)
    reason = record.interaction.reason
    talked = reason is EndReason.COMPLETED
    (stay,) = (segment for segment in record.segments if segment.kind is SegmentKind.QUEUE)
    (offer,) = record.offers
    assert stay.result == ("answered" if talked else stay.result)
    # The switch may find that the caller is gone before it says so: then joining them failed.
    gone = {OfferResult.WITHDRAWN, OfferResult.FAILED}
    assert offer.result in ({OfferResult.ACCEPTED} if talked else gone)
    assert bool(record.recordings) == talked
    assert (_idle_since(worker) == idle_since) == (not talked)
    return reason
