"""Requests inside a call and outside it, as carriers and phones send them."""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from contactcenter_ari.ari import operation
from contactcenter_ari.core.vocabulary.event import AgentState, OfferResult
from contactcenter_ari.core.vocabulary.request import GoReady
from tests.e2e.polling import until
from tests.e2e.wire.conftest import Dial, Hire
from tests.e2e.wire.raw_caller import InviteParts, RawCaller
from tests.e2e.world import DESK, LONGEST, TEST, World

pytestmark = pytest.mark.asyncio(loop_scope="session")

TIMES = 10
"""The number of redirected calls: Asterisk ends about one in four such legs early."""
WELCOME = "Welcome to the test of the contact center."
HELP = "Press one to speak to a person."
WITH_FAX = (
    "v=0\no=- 1 1 IN IP4 HOST\ns=-\nc=IN IP4 HOST\nt=0 0\nm=audio PORT RTP/AVP 0 101\n"
    "a=rtpmap:101 telephone-event/8000\nm=image 40000 udptl t38\n"
)
FAX = "v=0\no=- 1 2 IN IP4 HOST\ns=-\nc=IN IP4 HOST\nt=0 0\nm=image 40000 udptl t38\n"
WITHOUT_EVENTS = (
    "v=0\no=- 1 1 IN IP4 HOST\ns=-\nc=IN IP4 HOST\nt=0 0\nm=audio PORT RTP/AVP 0\n"
    "a=rtpmap:0 PCMU/8000\n"
)


async def welcomed(world: World, dial: Dial, invite: InviteParts) -> RawCaller:
    """A caller who has heard the greeting."""
    caller = await dial(invite=invite)
    await caller.until_hears(await world.sound(WELCOME))
    return caller


def status(reply: str) -> int:
    """The status of a reply."""
    return int(reply[8:11])


@pytest.mark.parametrize(
    ("method", "headers", "body", "expected"),
    [
        ("REFER", ["Refer-To: <sip:9@127.0.0.9>"], "", 603),
        ("OPTIONS", [], "", 200),
        ("INFO", [], "", 200),
        ("UPDATE", [], "", 200),
        ("MESSAGE", [], "hello", 202),
        ("INVITE", [], FAX, 488),
    ],
)
async def test_a_request_inside_a_call_is_answered(
    world: World,
    dial: Dial,
    *,
    method: str,
    headers: Sequence[str],
    body: str,
    expected: int,
) -> None:
    """A phone without an answer ends the call after 32 s, or waits without end; this one gets an
    answer, and the call goes on.
    """
    caller = await dial()
    await caller.until_answered()
    reply = await caller.ask(method, headers=headers, body=caller.filled(body))
    assert status(reply) == expected
    await caller.until_hears(await world.sound(WELCOME))
    assert caller.talking


@pytest.mark.parametrize(
    "method", ["OPTIONS", "REFER", "MESSAGE", "SUBSCRIBE", "PUBLISH", "NOTIFY"]
)
async def test_a_request_outside_a_call_makes_none(world: World, dial: Dial, method: str) -> None:
    """The carrier gets an answer, and no call begins."""
    beside = await dial(invite=InviteParts(method=method))
    assert status(await beside.until_answered_beside()) >= 200
    beside.over = True  # there is nothing to end
    assert world.service.driver.center.calls_in_progress() == 0


async def test_a_text_outside_a_call_makes_none(world: World, dial: Dial) -> None:
    """A text, even to a number of ours, is answered, and the dialplan has no place for it."""
    beside = await dial(invite=InviteParts(method="MESSAGE", sdp="hello"))
    assert status(await beside.until_answered_beside()) >= 200
    beside.over = True  # there is nothing to end
    assert world.service.driver.center.calls_in_progress() == 0


async def test_an_offer_of_audio_and_fax_is_heard(world: World, dial: Dial) -> None:
    """The fax is declined, and the caller hears and presses keys."""
    caller = await welcomed(world, dial, InviteParts(sdp=WITH_FAX))
    await caller.press("1")
    await caller.until_hears(await world.sound(HELP))


@pytest.mark.parametrize("glued", [";npdi;rn=+31550001", ";ext=5", ";phone-context=+31;x=y"])
async def test_parameters_are_no_part_of_a_number(world: World, dial: Dial, glued: str) -> None:
    """The flow of the number answers, and the row has the number without the parameters."""
    since = world.service.clock.now()
    caller = await dial(invite=InviteParts(uri=(DESK + glued).encode()))
    await caller.until_hears(await world.sound(WELCOME))
    caller.hang_up()
    (row,) = await world.interactions(1, lambda _: True, since)
    assert row.called_number == DESK


async def test_keys_are_heard_as_tones_where_nothing_else_was_offered(
    world: World, dial: Dial
) -> None:
    """An old gateway sends keys only in the audio, and they are heard."""
    caller = await welcomed(world, dial, InviteParts(sdp=WITHOUT_EVENTS))
    caller.sound("1")
    await caller.until_hears(await world.sound(HELP))


async def test_keys_are_heard_once_where_events_were_offered(world: World, dial: Dial) -> None:
    """A carrier sends a key as an event and leaves its tone in the audio: the key counts once."""
    caller = await welcomed(world, dial, InviteParts())
    caller.sound("9")  # no key of this menu: it would be told so
    await caller.press("1")
    await caller.until_hears(await world.sound(HELP))
    assert caller.talking


async def test_keys_come_by_info(world: World, dial: Dial) -> None:
    """Both kinds of body for a key are understood."""
    for body, kind in (
        ("Signal=1\r\nDuration=160\r\n", "application/dtmf-relay"),
        ("1", "application/dtmf"),
    ):
        caller = await welcomed(world, dial, InviteParts())
        assert status(await caller.ask("INFO", body=body, kind=kind)) == 200
        await caller.until_hears(await world.sound(HELP))
        caller.hang_up()


@pytest.mark.parametrize(
    "call_id", [b"caf\xe9@carrier", "ž-1@carrier".encode(), b"\xff", b"a\x80b"], ids=range(4)
)
async def test_a_call_id_that_is_no_ascii_is_hung_up(
    world: World, dial: Dial, call_id: bytes
) -> None:
    """It would keep Asterisk from listing its channels, so the call is refused, and all channels
    can be listed.
    """
    caller = await dial(invite=InviteParts(call_id=call_id))
    await caller.until_over()
    assert caller.status >= 400
    listed = await world.service.http.send(operation.list_channels())
    assert listed.status == 200


@pytest.mark.parametrize("call_id", [b'a"b\\c(d)e<f>{g}', b'"', b"a%41${EPOCH}", b"x" * 200])
async def test_a_strange_call_id_of_ascii_is_fine(
    world: World, dial: Dial, call_id: bytes
) -> None:
    """A strange Call-ID that the standard allows is accepted."""
    caller = await dial(invite=InviteParts(call_id=call_id))
    await caller.until_hears(await world.sound(WELCOME))


@pytest.mark.parametrize("dialed", [b"3%ff%fe", b"+31200000001%c3%28", b"1%00", b"*%e9"])
async def test_bytes_in_a_dialed_number_hurt_nobody(
    world: World, dial: Dial, dialed: bytes
) -> None:
    """Such a call is answered or refused, and the channels can be listed while it lasts."""
    caller = await dial(invite=InviteParts(uri=dialed))
    await until(lambda: caller.status or caller.over, "no answer")
    listed = await world.service.http.send(operation.list_channels())
    assert listed.status == 200


@pytest.mark.parametrize("to", ["sip:+31699999999@127.0.0.9", "sip:*11@127.0.0.1", "tel:+316"])
async def test_a_phone_that_sends_its_calls_elsewhere_refuses(
    world: World, dial: Dial, hire: Hire, to: str
) -> None:
    """A 302 places no call to its target; the agent has not taken the call, and the caller goes on
    waiting. It counts as a refusal each time, also when Asterisk ends the leg before it knows the
    reason.
    """
    seat, since = await hire("longest"), world.service.clock.now()
    for call in range(1, TIMES + 1):
        caller = await dial(LONGEST)
        line = await seat.phone.rings(call)
        line.turn_down(f"302 Moved Temporarily\r\nContact: <{to}>")
        await seat.until(AgentState.NOT_READY)
        assert seat.view.reason == "refused"
        assert world.waiting("longest") == 1
        caller.hang_up()
        await caller.until_over()
        await world.service.driver.request(GoReady(seat.agent, TEST))
    rows = await world.interactions(TIMES, lambda _: True, since)
    results = [offer.result for row in rows for offer in (await world.record_of(row)).offers]
    assert results == [OfferResult.REFUSED] * TIMES


async def test_audio_comes_from_the_address_of_sip(world: World, dial: Dial) -> None:
    """Audio uses one address and the ports of the range, so a firewall rule can be written."""
    caller = await dial()
    await caller.until_answered()
    answer = next(text for text in caller.heard_of if text.startswith("SIP/2.0 200"))
    (port,) = map(int, re.findall(r"^m=audio (\d+)", answer, re.MULTILINE))
    ports = world.environment.addresses.rtp
    assert ports.first <= port <= ports.last
    assert await _listeners(port) == {world.environment.addresses.sip.host}


async def _listeners(port: int) -> set[str]:
    """The addresses with a socket at a UDP port."""
    table = await asyncio.to_thread(Path("/proc/net/udp").read_text)
    found = re.findall(rf"^ *\d+: ([0-9A-F]{{8}}):{port:04X} ", table, re.MULTILINE)
    return {".".join(str(byte) for byte in reversed(bytes.fromhex(text))) for text in found}
