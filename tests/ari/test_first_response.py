"""Phones that do not respond to a call, and those that are only late, or whose events are read
late.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from contactcenter_ari.ari.errors import SwitchUnreachable
from contactcenter_ari.ari.first_response import FirstResponses
from contactcenter_ari.ari.messages import CallerID, Channel, Dial, DialplanCEP
from contactcenter_ari.ari.operation import Operation
from contactcenter_ari.ari.reply import Reply
from contactcenter_ari.core.vocabulary.ids import LegId
from contactcenter_ari.core.vocabulary.signal import PhoneSilent

LEG = "n1-b1-1"
SOON, LATE = timedelta(milliseconds=1), timedelta(minutes=1)
LIMIT = 5


def word(status: str = "") -> Dial:
    """Asterisk's event about the leg."""
    cep = DialplanCEP("from-phone", "s")
    return Dial(Channel(LEG, "PJSIP/d-1", "Down", CallerID(), cep), status)


def channel(state: str) -> Reply:
    """The reply when Asterisk is asked for the leg."""
    body = (
        f'{{"id":"{LEG}","name":"PJSIP/d-1","state":"{state}","caller":{{}},'
        '"dialplan":{"context":"from-phone","exten":"s"}}'
    )
    return Reply(200, body)


class Asterisk:
    """Is asked, and answers when the test says so; keeps what is told of it."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[asyncio.Future[Reply]] = asyncio.Queue()
        self.told: list[PhoneSilent] = []

    def send(self, wanted: Operation) -> asyncio.Future[Reply]:
        """Wait with the reply."""
        assert (wanted.method, wanted.path["channelId"]) == ("GET", LEG)
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self.asked.put_nowait(reply)
        return reply

    def put(self, signal: PhoneSilent, /) -> None:
        """Keep a signal."""
        self.told.append(signal)

    async def is_asked(self) -> asyncio.Future[Reply]:
        """Wait for the question."""
        async with asyncio.timeout(LIMIT):
            return await self.asked.get()


async def is_heard(reply: asyncio.Future[Reply]) -> None:
    """The tasks that waited for the reply have it: callbacks are called in their order."""
    await asyncio.wait([reply])


async def timers_have_run() -> None:
    """All timers that are due have run: timers are called in the order of their instants."""
    loop = asyncio.get_running_loop()
    over: asyncio.Future[None] = loop.create_future()
    loop.call_later(0, over.set_result, None)
    await over


@pytest.fixture
def asterisk() -> Asterisk:
    """One that is asked nothing yet."""
    return Asterisk()


@pytest.fixture
def responses(asterisk: Asterisk) -> FirstResponses:
    """No leg is awaited."""
    return FirstResponses(asterisk, asterisk)


async def test_a_phone_that_says_nothing(responses: FirstResponses, asterisk: Asterisk) -> None:
    """It is reported once, after Asterisk has confirmed that the leg has not rung."""
    responses.expect(LEG, SOON)
    responses.note(word())
    reply = await asterisk.is_asked()
    assert asterisk.told == []
    reply.set_result(channel("Down"))
    await is_heard(reply)
    assert asterisk.told == [PhoneSilent(LegId(LEG))]
    assert len(responses) == 0


@pytest.mark.parametrize(
    "status", ["RINGING", "PROGRESS", "PROCEEDING", "ANSWER", "BUSY", "NOANSWER", "CANCEL"]
)
async def test_a_phone_that_responds(
    responses: FirstResponses, asterisk: Asterisk, status: str
) -> None:
    """After any response no further one is awaited."""
    responses.expect(LEG, LATE)
    responses.note(word())
    assert len(responses) == 1
    responses.note(word(status))
    assert len(responses) == 0
    assert asterisk.told == []


async def test_a_word_that_was_on_its_way(responses: FirstResponses, asterisk: Asterisk) -> None:
    """An event read before the reply counts: the center was late, and not the phone."""
    responses.expect(LEG, SOON)
    responses.note(word())
    reply = await asterisk.is_asked()
    responses.note(word("PROGRESS"))
    reply.set_result(channel("Down"))
    await is_heard(reply)
    assert asterisk.told == []


@pytest.mark.parametrize(
    "settle",
    [
        lambda reply: reply.set_result(channel("Ringing")),
        lambda reply: reply.set_result(Reply(404, "")),
        lambda reply: reply.set_exception(SwitchUnreachable("gone")),
        lambda reply: reply.cancel(),
    ],
    ids=["rings", "gone", "no reply", "given up"],
)
async def test_no_phone_is_blamed_without_need(
    responses: FirstResponses,
    asterisk: Asterisk,
    settle: Callable[[asyncio.Future[Reply]], object],
) -> None:
    """The leg rings, or is gone, or Asterisk does not say: the ring limit decides."""
    responses.expect(LEG, SOON)
    responses.note(word())
    reply = await asterisk.is_asked()
    settle(reply)
    await is_heard(reply)
    assert asterisk.told == []
    assert len(responses) == 0


async def test_the_time_runs_from_when_the_call_is_sent(
    responses: FirstResponses, asterisk: Asterisk
) -> None:
    """As long as Asterisk has not sent it, no phone can say anything."""
    responses.expect(LEG, timedelta())
    await timers_have_run()
    assert asterisk.asked.empty()
    responses.note(word())
    await asterisk.is_asked()


async def test_a_leg_that_we_have_not_dialed(
    responses: FirstResponses, asterisk: Asterisk
) -> None:
    """Such as one of an earlier life, whose events were kept for us: nothing is awaited of it."""
    responses.note(word())
    assert len(responses) == 0
    assert asterisk.asked.empty()


@pytest.mark.parametrize("is_sent", [True, False])
async def test_a_leg_that_is_over(responses: FirstResponses, *, is_sent: bool) -> None:
    """It was hung up, or never begun; so are all when the work ends."""
    responses.expect(LEG, LATE)
    if is_sent:
        responses.note(word())
    responses.forget(LEG)
    assert len(responses) == 0
    responses.forget(LEG)
    responses.expect(LEG, LATE)
    if is_sent:
        responses.note(word())
    responses.stop()
    assert len(responses) == 0
