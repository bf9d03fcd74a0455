"""Agents who do not take the call they are offered."""

import pytest

from contactcenter_ari.core.vocabulary.event import AgentState, EndReason, OfferResult, SegmentKind
from contactcenter_ari.core.vocabulary.ids import AgentId
from tests.contract.conftest import SipPhone
from tests.e2e.phone import Manner
from tests.e2e.polling import until
from tests.e2e.world import LONGEST, World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_nobody_picks_up(world: World) -> None:
    """The next agent gets the call; the call keeps its position and age; the first agent is not
    ready.
    """
    away = await world.hire("longest", manner=Manner.RINGS)
    first = await world.call(LONGEST)
    ringing = await away.phone.rings()
    second = await world.call(LONGEST)
    await world.until_waiting("longest", 2)
    await away.until(AgentState.NOT_READY, "no_answer")
    await ringing.until_over()
    present = await world.hire("longest", frequency=620)
    await present.phone.talks()
    await first.until_hears_tone(620)
    first.hang_up()
    await second.until_hears_tone(620)
    second.hang_up()
    record = await world.record(first)
    assert [(o.agent, o.result) for o in record.offers] == [
        (away.id, OfferResult.LAPSED),
        (present.id, OfferResult.ACCEPTED),
    ]
    assert record.interaction.reason is EndReason.COMPLETED
    (stay,) = (segment for segment in record.segments if segment.kind is SegmentKind.QUEUE)
    assert stay.started_at <= record.offers[0].made_at
    assert stay.ended_at >= record.offers[1].made_at
    assert stay.position_at_entry == 1
    assert record.interaction.waited.total_seconds() >= 2
    assert len(away.phone.calls) == 1


async def test_a_busy_agent_is_passed_over(world: World) -> None:
    """A phone that answers 486: the next agent is called at once."""
    unwilling = await world.hire("longest", manner=Manner.IS_BUSY)
    await _next_one_is_called(world, unwilling.id, OfferResult.BUSY, "busy")


async def test_a_declining_agent_is_passed_over(world: World) -> None:
    """A phone that answers 603: the next agent is called at once."""
    hired = await world.enlist("longest")
    phone = SipPhone("127.0.0.1", ("180 Ringing", "603 Decline"))
    await phone.start(world.environment.addresses.sip.host, world.environment.addresses.sip.port)
    await phone.register(hired.credential.phone, hired.credential.secret, 300)
    await world.log_in(hired.profile.agent)
    await _next_one_is_called(world, hired.profile.agent, OfferResult.REFUSED, "refused")
    phone.stop()


async def _next_one_is_called(
    world: World, unwilling: AgentId, result: OfferResult, reason: str
) -> None:
    willing = await world.hire("longest", frequency=1000)
    caller = await world.call(LONGEST)
    await caller.until_hears_tone(1000)
    assert world.agent(unwilling).state is AgentState.NOT_READY
    assert world.agent(unwilling).reason == reason
    caller.hang_up()
    record = await world.record(caller)
    assert [(o.agent, o.result) for o in record.offers] == [
        (unwilling, result),
        (willing.id, OfferResult.ACCEPTED),
    ]


async def test_an_unregistered_phone_is_never_called(world: World) -> None:
    """An agent without a registered phone is offered nothing, ready or not."""
    gone = await world.hire("longest")
    await gone.phone.unregister()
    await until(lambda: not gone.view.reachable, "the phone still counts as registered")
    present = await world.hire("longest", frequency=1000)
    assert gone.view.state is AgentState.READY
    caller = await world.call(LONGEST)
    await caller.until_hears_tone(1000)
    caller.hang_up()
    record = await world.record(caller)
    assert [offer.agent for offer in record.offers] == [present.id]
    assert gone.phone.calls == []
