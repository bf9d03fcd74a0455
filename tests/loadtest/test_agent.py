"""Simulated agents' phones on a real Asterisk: pushed, registered, called."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.bench.looking import until
from contactcenter_ari.loadtest.agent import AgentPhones, Behavior, Phone, dial_code
from contactcenter_ari.loadtest.sipp import SippRun, Verdict

if TYPE_CHECKING:
    from tests.loadtest.conftest import Bench, Event

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHORT = timedelta(milliseconds=100)


@asynccontextmanager
async def at_work(
    bench: "Bench", names: list[str], behavior: Behavior, **times: timedelta
) -> AsyncIterator[SippRun]:
    """Phones that are pushed and registered meanwhile."""
    phones = [Phone(name, f"secret-{name}") for name in names]
    for phone in phones:
        await bench.application.push_phone(phone.phone_id, phone.secret)
    lengths = {"ring": SHORT, "talk": SHORT, "talk_more": SHORT} | times
    team = AgentPhones(phones=phones, behavior=behavior, audio=bench.audio, **lengths)  # type: ignore[arg-type]  # a test's shorthand
    run = await team.start(bench.sipp)
    try:
        for name in names:
            await bench.application.reaches(name, "online")
        yield run
    finally:
        run.stop()
        await run.wait()


async def dial(bench: "Bench", phone: str) -> None:
    """Call a phone into the application, as the center does."""
    query = f"endpoint=PJSIP/{phone}&app=contactcenter&appArgs=agent&channelId=to-{phone}"
    await bench.application.send("POST", f"channels?{query}")


async def heard(bench: "Bench", kind: str, phone: str) -> "Event":
    """The first event of that kind about our call to the phone."""
    return await bench.application.event(
        lambda event: event.type == kind and event.channel.id == f"to-{phone}"
    )


async def test_agents_answer_and_hang_up(bench: "Bench") -> None:
    """Two phones of one process are called at once; each answers, talks and ends its own call."""
    names = ["answers-a", "answers-b"]
    async with at_work(bench, names, Behavior.ANSWERS):
        for name in names:
            await dial(bench, name)
        for name in names:
            await heard(bench, "StasisStart", name)
            await heard(bench, "ChannelDestroyed", name)
    assert "0 active channels" in await bench.asterisk.rx("core show channels count")


async def test_the_center_hangs_up_on_an_agent(bench: "Bench") -> None:
    """A phone takes the other side's BYE."""
    async with at_work(bench, ["long"], Behavior.ANSWERS, talk=timedelta(seconds=60)):
        await dial(bench, "long")
        await heard(bench, "StasisStart", "long")
        await bench.application.send("DELETE", "channels/to-long")
        await heard(bench, "ChannelDestroyed", "long")


async def test_an_offer_is_withdrawn_while_the_phone_rings(bench: "Bench") -> None:
    """An agent who never answers rings until the center gives up: answered elsewhere (26)."""
    async with at_work(bench, ["away"], Behavior.NEVER_ANSWERS):
        await dial(bench, "away")
        ringing = await heard(bench, "ChannelStateChange", "away")
        assert ringing.channel.state == "Ringing"
        await bench.application.send("DELETE", "channels/to-away?reason=answered_elsewhere")
        assert (await heard(bench, "ChannelDestroyed", "away")).cause == 26


async def test_an_agent_refuses(bench: "Bench") -> None:
    """The reject key is 486 Busy Here: cause 17."""
    async with at_work(bench, ["refuses"], Behavior.REFUSES):
        await dial(bench, "refuses")
        assert (await heard(bench, "ChannelDestroyed", "refuses")).cause == 17


async def test_a_shift_ends_with_unregistering(bench: "Bench") -> None:
    """When the shift is over the phone is offline and the run has passed."""
    async with at_work(bench, ["leaves"], Behavior.ANSWERS, shift=SHORT) as run:
        await bench.application.reaches("leaves", "offline")
        assert (await run.wait()).verdict is Verdict.PASSED


async def test_a_phone_registers_again(bench: "Bench") -> None:
    """Asterisk forgets a phone after five minutes, so a long shift takes several registrations."""

    async def is_kept_longer() -> bool:
        return await _forgotten_at(bench, "stays") != first

    async with at_work(bench, ["stays"], Behavior.ANSWERS, stay=timedelta(seconds=1)):
        first = await _forgotten_at(bench, "stays")
        await until(is_kept_longer, "it did not register again")


async def _forgotten_at(bench: "Bench", phone: str) -> list[str]:
    """The instants at which Asterisk forgets a phone, in seconds of Unix."""
    kept = await bench.asterisk.rx("database show registrar/contact")
    lines = [line for line in kept.splitlines() if f"/{phone};" in line]
    return [at for line in lines for at in re.findall(r'"expiration_time":"(\d+)"', line)]


async def test_a_wrong_secret_does_not_register(bench: "Bench") -> None:
    """A phone that knows its name only stays out."""
    await bench.application.push_phone("guessed", "the-right-one")
    wrong = AgentPhones(
        phones=[Phone("guessed", "wrong")], behavior=Behavior.ANSWERS, audio=bench.audio
    )
    run = await wrong.start(bench.sipp)
    assert (await run.wait()).verdict is Verdict.CALL_FAILED


async def test_an_agent_dials_a_feature_code(bench: "Bench") -> None:
    """The application learns which phone dialed which code; the phone need not be registered."""
    await bench.application.push_phone("dials", "secret-dials")
    call = dial_code(bench.sipp, Phone("dials", "secret-dials"), "*11", listen=SHORT)
    outcome = await call
    assert outcome.passed, outcome
    await bench.application.event(
        lambda event: event.type == "StasisStart" and event.args == ["phone", "dials", "*11"]
    )
