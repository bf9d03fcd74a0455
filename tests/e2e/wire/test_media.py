"""Offers and answers of a call, at its start and while it lasts."""

import pytest

from tests.e2e.caller import header
from tests.e2e.polling import until
from tests.e2e.wire.conftest import Dial, Hire
from tests.e2e.wire.raw_caller import InviteParts, RawCaller
from tests.e2e.world import LONGEST, World

pytestmark = pytest.mark.asyncio(loop_scope="session")

WELCOME = "Welcome to the test of the contact center."
HELP = "Press one to speak to a person."
ALAW = 8
STORM = 20


def status(reply: str) -> int:
    """The status of a reply."""
    return int(reply[8:11])


async def welcomed(world: World, dial: Dial, *headers: str, sdp: str | None = None) -> RawCaller:
    """A caller who has heard the greeting."""
    caller = await dial(invite=InviteParts(headers=headers, sdp=sdp))
    await caller.until_hears(await world.sound(WELCOME))
    return caller


async def goes_on(world: World, caller: RawCaller) -> None:
    """The center still understands a key, and the caller hears its prompt."""
    await caller.press("1")
    await caller.until_hears(await world.sound(HELP))


async def test_the_offer_comes_from_us(world: World, dial: Dial) -> None:
    """The center answers an INVITE without a body with an offer; the ACK brings the answer."""
    await goes_on(world, await welcomed(world, dial, sdp=""))


@pytest.mark.parametrize("mute", [False, True])
async def test_an_answer_that_comes_late(world: World, dial: Dial, mute: bool) -> None:  # noqa: FBT001
    """The caller's address for audio comes late, because three of our 200 responses get lost. The
    caller misses nothing of the first prompt, speaking or not.
    """
    caller = await dial(invite=InviteParts(sdp="", lost=3), mute=mute)
    await caller.until_hears(await world.sound(WELCOME))


async def test_packets_of_any_length(dial: Dial, hire: Hire) -> None:
    """The agent hears a caller whose packets hold 10 to 60 ms."""
    seat = await hire("longest")
    for calls, ptime in enumerate((10, 30, 40, 60), 1):
        caller = await dial(LONGEST)
        caller.ptime = ptime
        line = await seat.phone.rings(calls)
        line.pick_up()
        await line.until_hears_tone(caller.frequency)
        await caller.until_hears_tone(line.frequency)
        caller.hang_up()
        await line.until_over()


async def test_reliable_provisional_answers(world: World, dial: Dial, hire: Hire) -> None:
    """A carrier may require them of the center, and so may an agent's phone (RFC 3262)."""
    await goes_on(world, await welcomed(world, dial, "Require: 100rel"))
    seat = await hire("longest")
    caller = await dial(LONGEST)
    line = await seat.phone.rings()
    line._reply(line._invite, "", "183 Session Progress\r\nRequire: 100rel\r\nRSeq: 1")
    await until(lambda: any(text.startswith("PRACK ") for text in line.heard_of), "no PRACK")
    line.pick_up()
    await caller.until_hears_tone(line.frequency)


@pytest.mark.parametrize("refresher", ["uac", "uas"])
async def test_session_timers(world: World, dial: Dial, refresher: str) -> None:
    """Either side refreshes (RFC 4028); the center answers the refreshes."""
    timer = f"Session-Expires: 90;refresher={refresher}"
    caller = await welcomed(world, dial, "Supported: timer", "Min-SE: 90", timer)
    answer = next(text for text in caller.heard_of if text.startswith("SIP/2.0 200"))
    assert header(answer, "Session-Expires") == f"90;refresher={refresher}"
    refreshed = await caller.ask("UPDATE", headers=("Supported: timer", timer))
    assert status(refreshed) == 200
    await goes_on(world, caller)


async def test_a_session_timer_that_is_too_short(dial: Dial) -> None:
    """The call is refused with the shortest timer that is allowed."""
    caller = await dial(invite=InviteParts(headers=("Supported: timer", "Session-Expires: 30")))
    await caller.until_over()
    assert caller.status == 422
    assert header(caller.heard_of[-1], "Min-SE") == "90"


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
async def test_another_codec_in_mid_call(world: World, dial: Dial, method: str) -> None:
    """The codec changes from mu-law to A-law, and the call goes on."""
    caller = await welcomed(world, dial)
    offer = caller.offer().replace("RTP/AVP 0 101", "RTP/AVP 8 101")
    offer = offer.replace("a=rtpmap:0 PCMU", "a=rtpmap:8 PCMA")
    assert status(await caller.ask(method, body=offer)) == 200
    await until(lambda: caller.rtp.packets[ALAW] > 0, "no A-law was heard")
    back = await caller.ask(method, body=caller.offer())
    assert status(back) == 200
    await goes_on(world, caller)


async def test_audio_moves_in_mid_call(world: World, dial: Dial) -> None:
    """The carrier uses another port: the caller hears and is heard there."""
    caller = await welcomed(world, dial)
    await caller.move()
    assert status(await caller.ask("INVITE", body=caller.offer())) == 200
    await goes_on(world, caller)


@pytest.mark.parametrize("direction", ["sendonly", "inactive", "zero"])
async def test_hold_in_a_menu(world: World, dial: Dial, direction: str) -> None:
    """The caller puts the center on hold and comes back, also in the old way (a zero address)."""
    caller = await welcomed(world, dial)
    if direction == "zero":
        offer = caller.offer().replace("c=IN IP4 127.0.0.2", "c=IN IP4 0.0.0.0")
    else:
        offer = caller.offer(direction=direction)
    assert status(await caller.ask("INVITE", body=offer)) == 200
    assert status(await caller.ask("INVITE", body=caller.offer())) == 200
    await goes_on(world, caller)


async def test_a_storm_of_offers(world: World, dial: Dial) -> None:
    """Twenty re-INVITEs come one after the other and all at once: each is answered, and the call
    goes on.
    """
    caller = await welcomed(world, dial)
    for _ in range(STORM):
        assert status(await caller.ask("INVITE", body=caller.offer())) == 200
    at_once = [caller.begin("INVITE", body=caller.offer()) for _ in range(STORM)]
    await until(lambda: all(asked.final for asked in at_once), "an offer was not answered")
    assert {status(asked.final or "") for asked in at_once} <= {200, 491, 500}
    await goes_on(world, caller)
