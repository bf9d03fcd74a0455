"""A trunk that registers: a carrier that wants proof of everything, and calls `sip:user@` us."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from contactcenter_ari.cli.check import Installation
from contactcenter_ari.cli.doctor import CHECKS
from tests.e2e.polling import until, until_holds
from tests.e2e.trunk.conftest import NamesTrunks
from tests.e2e.trunk.registrar import Account, Registrar
from tests.e2e.wire.raw_caller import InviteParts, RawCaller
from tests.e2e.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")

BRIDGE, WRITTEN, PLAIN = "+31200000009", "0200000009", "31612345678"
CALLER, LINE = 440.0, 1000.0
SECRET = "a;secret"  # noqa: S105  # of this test alone
REFRESH_LIMIT = timedelta(seconds=60)
"""The shortest session is 90 s (RFC 4028); it is refreshed at half of that."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def registrar() -> AsyncIterator[Registrar]:
    """The carrier."""
    carrier = await Registrar.opened_for(Account("trunk0800", SECRET))
    carrier.frequency = LINE
    yield carrier
    carrier.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def surroundings(registrar: Registrar, names_trunks: NamesTrunks) -> dict[str, str]:
    """One trunk; the called number is in the To header alone."""
    return names_trunks(
        "trunks:",
        "  - name: main",
        f'    host: "{registrar.address}"',
        "    register: {user: trunk0800}",
        "    country: NL",
        "    send: plain",
        "    called_from: to",
        "    qualify: off",
        CC_TRUNK_SECRET_MAIN=SECRET,
    )


async def called_in(world: World, registrar: Registrar) -> RawCaller:
    """A call where the center has registered."""
    contact = await registrar.registered()
    user = contact.removeprefix("sip:").partition("@")[0]
    parameters = contact.partition(";")[2]
    caller = await RawCaller.dials(
        world.environment.addresses.sip,
        WRITTEN,
        number=b"0611112222",
        frequency=CALLER,
        invite=InviteParts(uri=user.encode(), parameters=parameters.encode()),
    )
    world.callers.append(caller)
    return caller


async def test_a_call_in_and_out_with_proof(world: World, registrar: Registrar) -> None:
    """REGISTER and INVITE are proved, and so is the INVITE that refreshes the session: the talk
    goes on.
    """
    caller = await called_in(world, registrar)
    line = await registrar.called()
    await line.until_hears_tone(CALLER)
    await caller.until_hears_tone(LINE)
    assert registrar.account.proofs == ["REGISTER", "INVITE"]
    await until(
        lambda: registrar.account.proofs == ["REGISTER", "INVITE", "INVITE"],
        "the session was not refreshed",
        REFRESH_LIMIT,
    )
    heard = len(caller.rtp.heard)
    await until(lambda: len(caller.rtp.heard) > heard + 8000, "the talk is over")
    assert caller.talking
    assert line.talking
    caller.hang_up()
    (row,) = await world.interactions(1, lambda row: row.caller_number == "+31611112222")
    assert (row.called_number, row.called_number_raw) == (BRIDGE, WRITTEN)
    assert (line.dialed, line.number) == (PLAIN, BRIDGE.removeprefix("+"))


async def test_the_doctor_finds_the_registration(world: World, registrar: Registrar) -> None:
    """And has nothing against it."""
    await registrar.registered()
    (check,) = [check for check in CHECKS if check.what == "registrations"]

    async def complaint() -> str:
        finding = await check.finding(Installation(world.place.settings))
        return "" if finding.detail == "main registered" else finding.detail

    await until_holds(complaint)
