"""Malformed messages, races and floods. After each of them a call works."""

import asyncio
import re
from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio

from contactcenter_ari.core.vocabulary.event import AgentState
from tests.e2e.caller import TRUNK
from tests.e2e.polling import until
from tests.e2e.wire.conftest import Dial, Hire
from tests.e2e.wire.raw_caller import InviteParts
from tests.e2e.wire.raw_socket import RawSocket
from tests.e2e.wire.torture import MESSAGES
from tests.e2e.world import LONGEST, World

pytestmark = pytest.mark.asyncio(loop_scope="session")

WELCOME = "Welcome to the test of the contact center."
BURST = 900
FEW = 20
LARGE = 4_000
BAN = re.compile(
    r"^\[[0-9-]+ [0-9:.]+\] SECURITY\[\d+\].* res_security_log\.c: SecurityEvent="
    r'"(?:FailedACL|InvalidAccountID|ChallengeResponseFailed|InvalidPassword)"'
    r'(?:,(?!RemoteAddress=)\w+="[^"]*")*,RemoteAddress="IPV4/UDP/(?P<host>[0-9.]+)/\d+"'
    r'(?:,(?!RemoteAddress=)\w+="[^"]*")*$',
    re.MULTILINE,
)
"""The form of a log line by which fail2ban knows an attacker."""


@pytest_asyncio.fixture(loop_scope="session")
async def works_after(world: World, dial: Dial) -> AsyncIterator[None]:
    """Asterisk was not restarted, and a call is answered and heard."""
    asterisk = world.environment.asterisk
    assert asterisk is not None
    process = asterisk.pid
    yield
    caller = await dial()
    await caller.until_hears(await world.sound(WELCOME))
    assert asterisk.pid == process


def status(reply: str) -> int:
    """The status of a reply."""
    return int(reply[8:11])


@pytest.mark.usefixtures("works_after")
@pytest.mark.parametrize("host", [TRUNK, "127.0.0.1"], ids=["carrier", "stranger"])
async def test_torture_messages(world: World, host: str) -> None:
    """The carrier and a stranger send messages after RFC 4475, valid and not."""
    raw = await RawSocket.opened(host, world.environment.addresses.sip)
    for message in MESSAGES:
        raw.send(message.replace("\n", "\r\n").encode("latin-1"))
    raw.send(b"\x00" * 100)
    raw.send(b"\r\n\r\n")
    raw.send(b"INVITE")
    raw.send(b"OPTIONS sip:x@y SIP/2.0\r\nX: " + b"a" * 60_000 + b"\r\n\r\n")
    assert status(await raw.asked("OPTIONS")) in {200, 401, 404}
    raw.close()


@pytest.mark.usefixtures("works_after")
@pytest.mark.parametrize("size", [2_000, 20_000, 60_000])
async def test_huge_headers(dial: Dial, size: int) -> None:
    """A call with a header of any size is answered, refused or not taken."""
    caller = await dial(invite=InviteParts(headers=[f"X-Big: {'a' * size}"]))
    if size < LARGE:
        await caller.until_answered()


@pytest.mark.usefixtures("works_after")
async def test_a_burst_of_bogus_registrations(world: World) -> None:
    """A stranger without a secret sends nine hundred at once, each with another name."""
    raw = await RawSocket.opened("127.0.0.1", world.environment.addresses.sip)
    for number in range(BURST):
        raw.send(raw.request("REGISTER", f"sip:{number}@x", user=str(number)).encode())
    assert status(await raw.asked("REGISTER")) == 401
    raw.close()


async def test_known_and_unknown_names_are_answered_alike(world: World, hire: Hire) -> None:
    """A stranger cannot find out which phones there are, by REGISTER, INVITE or OPTIONS, with and
    without a (wrong) password.
    """
    seat = await hire("longest")
    raw = await RawSocket.opened("127.0.0.1", world.environment.addresses.sip)
    names = (seat.hired.credential.phone, "nobody-of-that-name")
    for method in ("REGISTER", "INVITE", "OPTIONS", "SUBSCRIBE", "MESSAGE", "PUBLISH"):
        answers = [await refusal(raw, method, name) for name in names]
        assert answers[0] == answers[1], method
    raw.close()


async def refusal(raw: RawSocket, method: str, name: str) -> list[str]:
    """The answers to a request and then to one with a wrong password, without the parts that
    differ each time.
    """
    first = await raw.asked(method, user=name)
    given = dict(re.findall(r'(realm|nonce|opaque)="(.*?)"', first))
    login = "".join(f', {key}="{value}"' for key, value in given.items())
    wrong = (
        f'Authorization: Digest username="{name}", uri="sip:x", response="{"0" * 32}", '
        f'algorithm=MD5, qop=auth, nc=00000001, cnonce="c"{login}'
    )
    second = await raw.asked(method, user=name, headers=(wrong,) if given else ())
    vary = re.compile(r'(nonce|opaque|tag|branch)="?[^",;\r]*"?|(?im:^(call-id|cseq|via):.*$)')
    return [vary.sub("", text.replace(name, "NAME")) for text in (first, second)]


async def test_a_wrong_password_can_be_banned(world: World, hire: Hire) -> None:
    """A wrong password and a wrong name each leave a log line that banning tools understand."""
    seat = await hire("longest")
    asterisk = world.environment.asterisk
    assert asterisk is not None
    log = asterisk.folders.log / "security.log"
    raw = await RawSocket.opened("127.0.0.1", world.environment.addresses.sip)

    def lines() -> int:
        hosts = [found["host"] for found in BAN.finditer(log.read_text("latin-1"))]
        assert set(hosts) <= {"127.0.0.1"}
        return len(hosts)

    def more_than(known: int) -> bool:
        return lines() > known

    for name in (seat.hired.credential.phone, "nobody-of-that-name"):
        known = lines()
        await refusal(raw, "REGISTER", name)
        await until(partial(more_than, known), "no line to ban by")
    raw.close()


async def test_a_bye_comes_twice(dial: Dial) -> None:
    """The second BYE is answered, too, and nothing is left."""
    caller = await dial()
    await caller.until_answered()
    assert status(await caller.ask("BYE")) == 200
    assert status(await caller.ask("BYE")) in {200, 481}
    caller.over = True


@pytest.mark.usefixtures("works_after")
async def test_callers_give_up_at_any_instant(dial: Dial) -> None:
    """A CANCEL comes with the INVITE, a little later, and when the answer is on its way: the
    fixtures check that nothing is left of these calls.
    """
    callers = []
    for number in range(FEW):
        caller = await dial()
        callers.append(caller)
        for _ in range(number):
            await asyncio.sleep(0)
        if number % 2:
            await until(partial(getattr, caller, "heard_of"), "no answer at all")
        caller.hang_up()
    for caller in callers:
        await caller.until_over()


async def test_a_call_that_does_not_exist_cannot_be_replaced(dial: Dial) -> None:
    """An INVITE that wants to replace an unknown call is refused."""
    thief = await dial(invite=InviteParts(headers=("Replaces: x;to-tag=y;from-tag=z",)))
    await thief.until_over()
    assert thief.status == 481


async def test_a_call_that_is_replaced_ends(dial: Dial, hire: Hire) -> None:
    """A party that knows the secret tags of a call and wants to replace it ends the call, as by a
    BYE, and gets no call. The agent is free at once, and the fixtures check that nothing is left.
    """
    seat = await hire("longest")
    caller = await dial(LONGEST)
    line = await seat.phone.rings()
    line.pick_up()
    await caller.until_hears_tone(line.frequency)
    mine = re.search("tag=([^;]+)", caller._to)
    assert mine is not None
    replaced = f"Replaces: {caller._id.decode()};to-tag={mine[1]};from-tag=a"
    thief = await dial(invite=InviteParts(headers=(replaced,)))
    for party in (thief, line, caller):
        await party.until_over()
    await seat.until(AgentState.READY)
