"""Trunks that register call `sip:user@`: the called number is in the To header, or in another."""

import pytest
import pytest_asyncio

from tests.e2e.wire.raw_caller import InviteParts, RawCaller
from tests.e2e.world import DESK, World

pytestmark = pytest.mark.asyncio(loop_scope="session")

USER = b"trunk-0800"
"""The user name of such a trunk, which it calls; it may hold digits."""
NATIONAL = "0200000001"
CALLER, WRITTEN = "+31611112222", "0611112222"


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=["to", "header X-Dialed"])
async def surroundings(request: pytest.FixtureRequest) -> dict[str, str]:
    """A trunk that writes numbers as the Dutch do, and the called one into a header."""
    return {"CC_CALLED_FROM": request.param, "CC_TRUNK_COUNTRY": "NL"}


async def called(world: World, dialed: str, *, uri: bytes = USER) -> RawCaller:
    """A call over such a trunk: the number is in both headers."""
    caller = await RawCaller.dials(
        world.environment.addresses.sip,
        dialed,
        number=WRITTEN.encode(),
        invite=InviteParts(uri=uri, headers=[f"X-Dialed: {_header(dialed)}"]),
    )
    world.callers.append(caller)
    return caller


def _header(dialed: str) -> str:
    """A URI, or the number alone: carriers do both."""
    if dialed.startswith("0"):
        return dialed
    return f'"a, b; c" <sip:{dialed};npdi@carrier.example;user=phone>;x=1'


@pytest.mark.parametrize("dialed", [NATIONAL, DESK, DESK.removeprefix("+"), f"00{DESK[1:]}"])
async def test_the_number_is_in_a_header(world: World, dialed: str) -> None:
    """The flow of the number answers; both numbers are E.164, and kept as they were written."""
    since = world.service.clock.now()
    caller = await called(world, dialed)
    await caller.until_answered()
    caller.hang_up()
    (row,) = await world.interactions(1, lambda _: True, since)
    assert (row.flow, row.called_number, row.called_number_raw) == ("desk", DESK, dialed)
    assert (row.caller_number, row.caller_number_raw) == (CALLER, WRITTEN)


async def test_a_call_without_a_number_is_refused(world: World) -> None:
    """Neither header nor URI has a number: the call gets a 404, and there is no row of it."""
    caller = await called(world, "nobody", uri=b"trunk")
    await caller.until_over()
    assert any(text.startswith("SIP/2.0 404") for text in caller.heard_of)
