"""Agents' phones: several phones ring for one caller, and an agent hears a prompt about the
caller.
"""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from contactcenter_ari.ari import operation
from contactcenter_ari.core.vocabulary.event import AgentState, EndReason, OfferResult
from contactcenter_ari.core.vocabulary.ids import AgentId
from tests.e2e.acd.floor import (
    CROWD,
    MORTGAGES,
    TEAM,
    is_music,
    joined,
    oldest_wait,
    stay,
    until_waited,
)
from tests.e2e.caller import Caller
from tests.e2e.carrier import Line
from tests.e2e.desk_phone import DeskPhone
from tests.e2e.language.flow_caller import CALLER, RATE
from tests.e2e.polling import until, until_holds
from tests.e2e.world import Record, World
from tests.hearing import HEARD, find, tone_heard

pytestmark = pytest.mark.asyncio(loop_scope="session")

VOICES = (620, 1000)
LEADS = (0, 0, 1, 1, 3, 3, 5, 5)
"""Milliseconds by which one phone answers before the other."""
TEN = timedelta(milliseconds=10)
AT_LEAST = timedelta(seconds=2.7)
"""The wait of the caller at least when the agent picks up."""


class Bridge(msgspec.Struct):
    """The facts of a bridge that these tests need; a recording has a channel of its own in it."""

    channels: list[str]


class Channel(msgspec.Struct):
    """The facts of a channel that these tests need."""

    id: str
    name: str


async def test_two_answers_at_once_make_one_talk(world: World) -> None:
    """Two phones ring for a caller, and both agents pick up within 10 ms. One is joined with the
    caller. The other phone is told that the call was answered elsewhere, and its agent has missed
    nothing.
    """
    phones: dict[AgentId, DeskPhone] = {}
    for voice in VOICES:
        agent, phone = await _seated(world, "crowd", voice)
        phones[agent] = phone
    apart: list[timedelta] = []
    for round_, lead in enumerate(LEADS, start=1):
        caller = await world.call(CROWD)
        lines = [await phone.rings(round_) for phone in phones.values()]
        one, other = lines if round_ % 2 else reversed(lines)
        apart.append(await _pick_up(one, other, timedelta(milliseconds=lead)))
        winner, loser = await _told_apart(lines)
        assert any("Call completed elsewhere" in told for told in loser.farewells)
        await _hear_each_other(caller, winner, loser)
        await until_holds(lambda: _one_talk_is_left(world))
        caller.hang_up()
        await winner.until_over()
        record = await world.record(caller)
        agents = dict(zip(lines, phones, strict=True))
        _rows_agree(record, agents[winner], agents[loser])
        states = {world.agent(agent).state for agent in phones}
        assert states == {AgentState.READY}
    for phone in phones.values():
        phone.close()
    within = [each for each in apart if each < TEN]
    assert len(within) >= LEADS.count(0), f"the machine is too slow for this: {apart}"


async def _seated(world: World, queue: str, voice: float) -> tuple[AgentId, DeskPhone]:
    """An agent who is ready, at a phone that the test controls."""
    hired = await world.enlist(queue)
    sip = world.environment.addresses.sip
    phone = await DeskPhone.registered(hired, sip, frequency=voice)
    await world.log_in(hired.profile.agent)
    return hired.profile.agent, phone


async def _pick_up(first: Line, second: Line, lead: timedelta) -> timedelta:
    """Both agents pick up, the first one earlier by `lead`; gives how far apart they were."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[float] = loop.create_future()

    def answer_too() -> None:
        second.pick_up()
        done.set_result(loop.time())

    first.pick_up()
    begun = loop.time()
    if lead:
        loop.call_later(lead.total_seconds(), answer_too)
    else:
        answer_too()
    return timedelta(seconds=await done - begun)


async def _told_apart(lines: list[Line]) -> tuple[Line, Line]:
    """The agent who got the call, and the agent who did not."""
    await until(lambda: any(line.over for line in lines), "both phones go on")
    (loser,) = (line for line in lines if line.over)
    (winner,) = (line for line in lines if not line.over)
    return winner, loser


async def _hear_each_other(caller: Caller, winner: Line, loser: Line) -> None:
    """The caller and one agent hear each other, and no other party."""
    await caller.until_hears_tone(winner.frequency)
    await winner.until_hears_tone(CALLER)
    assert tone_heard(caller.heard, loser.frequency) == timedelta()
    assert tone_heard(loser.heard, CALLER) == timedelta()


async def _one_talk_is_left(world: World) -> str:
    """Whether Asterisk has one bridge of two legs, and no other leg; else its bridges and
    channels.
    """
    http = world.service.http
    bridges = (await http.send(operation.list_bridges())).read(list[Bridge])
    channels = (await http.send(operation.list_channels())).read(list[Channel])
    legs = {channel.id for channel in channels if channel.name.startswith("PJSIP/")}
    is_one = len(bridges) == 1 and len(legs) == 2 and legs <= set(bridges[0].channels)
    return "" if is_one else f"{bridges} {channels}"


def _rows_agree(record: Record, winner: AgentId, loser: AgentId) -> None:
    assert record.interaction.reason is EndReason.COMPLETED
    assert record.interaction.agent == winner
    assert {(offer.agent, offer.result) for offer in record.offers} == {
        (winner, OfferResult.ACCEPTED),
        (loser, OfferResult.WITHDRAWN),
    }


async def test_a_team_that_misses_a_call_takes_the_next_one(world: World) -> None:
    """No agent picks up for the first caller, and no agent has missed a call by that. All phones
    ring for the next caller, who is served, and then for the first one.
    """
    team = dict([await _seated(world, "team", voice) for voice in VOICES])
    first = await joined(world, TEAM, "team")
    for phone in team.values():
        await phone.rings()
    second = await joined(world, TEAM, "team")
    lines = [await phone.rings(2) for phone in team.values()]
    assert {world.agent(agent).state for agent in team} == {AgentState.OFFERED}
    lines[0].pick_up()
    await second.until_hears_tone(lines[0].frequency)
    again = await list(team.values())[1].rings(3)
    again.pick_up()
    await first.until_hears_tone(again.frequency)
    for caller in (first, second):
        caller.hang_up()
    one, other = team
    offers = (await world.record(first)).offers
    missed = {(each.agent, each.result) for each in offers[:2]}
    assert missed == {(one, OfferResult.LAPSED), (other, OfferResult.LAPSED)}
    assert (offers[-1].agent, offers[-1].result) == (other, OfferResult.ACCEPTED)
    assert (await world.record(second)).interaction.agent == one
    for agent, phone in team.items():
        assert world.agent(agent).state is AgentState.READY
        phone.close()


async def test_an_agent_is_told_who_comes(world: World) -> None:
    """The agent picks up and hears the queue and the wait while the caller still hears music; then
    they hear each other.
    """
    agent, phone = await _seated(world, "mortgages", VOICES[0])
    caller = await world.call(MORTGAGES)
    line = await phone.rings()
    await until_waited(world, "mortgages", AT_LEAST)
    before = len(caller.heard)
    line.pick_up()
    said = [await world.sound(f"From mortgages, after {n} seconds.") for n in range(2, 9)]
    await line.until_hears(said[0][: RATE // 2])
    at_most = oldest_wait(world, "mortgages")
    await line.until_hears_tone(CALLER)
    await caller.until_hears_tone(VOICES[0])
    heard = [find(prompt, line.heard) for prompt in said]
    best = max(heard)
    seconds = range(2, 9)[heard.index(best)]
    assert best.score > HEARD
    assert round(AT_LEAST.total_seconds()) <= seconds <= round(at_most.total_seconds())
    end = round(best.offset.total_seconds() * RATE) + len(said[seconds - 2])
    assert tone_heard(line.heard[:end], CALLER) == timedelta()
    meanwhile = caller.heard[before : before + end]
    assert tone_heard(meanwhile, VOICES[0]) == timedelta()
    assert await is_music(meanwhile)
    caller.hang_up()
    record = await world.record(caller)
    (offer,) = record.offers
    assert (offer.agent, offer.result) == (agent, OfferResult.ACCEPTED)
    assert stay(record).ended_at - stay(record).started_at > AT_LEAST
    phone.close()
