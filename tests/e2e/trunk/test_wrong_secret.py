"""The carrier does not take our secret: the doctor finds it, and says where the secret stands."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from contactcenter_ari.cli.check import Finding, Installation
from contactcenter_ari.cli.doctor import CHECKS
from tests.e2e.polling import until_holds
from tests.e2e.trunk.conftest import NamesTrunks
from tests.e2e.trunk.registrar import Account, Registrar
from tests.e2e.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")

SECRET = "of the day before"  # noqa: S105  # of this test alone


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def registrar() -> AsyncIterator[Registrar]:
    """The carrier."""
    carrier = await Registrar.opened_for(Account("trunk0800", "changed yesterday"))
    yield carrier
    carrier.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def surroundings(registrar: Registrar, names_trunks: NamesTrunks) -> dict[str, str]:
    """One trunk that registers, with the secret of the day before."""
    return names_trunks(
        "trunks:",
        "  - name: main",
        f'    host: "{registrar.address}"',
        "    register: {user: trunk0800}",
        "    qualify: off",
        CC_TRUNK_SECRET_MAIN=SECRET,
    )


async def test_a_registration_that_is_refused(world: World) -> None:
    """By the name of the trunk, and never by its secret."""
    (check,) = [check for check in CHECKS if check.what == "registrations"]
    found: list[Finding] = []

    async def complaint() -> str:
        found[:] = [await check.finding(Installation(world.place.settings))]
        return "" if "Rejected" in found[0].detail else f"found: {found[0]}"

    await until_holds(complaint)
    assert not found[0].fine
    assert 'the trunk "main"' in found[0].detail
    assert "CC_TRUNK_SECRET_" in found[0].advice
    assert SECRET not in repr(found)
