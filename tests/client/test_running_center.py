"""The commands' way to a running center: over its API, with what its data folder holds."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.client.running_center import CenterAway, CenterRefused, RunningCenter
from contactcenter_ari.config.settings import read_settings
from contactcenter_ari.machine.port import LOOPBACK, Protocol, free_port
from contactcenter_ari.postgres.callback import Callbacks
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.runtime.address import Address, PortBlock
from contactcenter_ari.service.address import Addresses
from contactcenter_ari.service.recent_offers import RecentOffers
from contactcenter_ari.web.application import make_application
from contactcenter_ari.web.event_count import EventCounts
from contactcenter_ari.web.port import (
    FlowsRefused,
    HealthReport,
    Meters,
    PartHealth,
    TokenHolder,
)
from contactcenter_ari.web.server import serving
from tests.service.conftest import BROKEN, SECOND

if TYPE_CHECKING:
    from tests.service.conftest import Engineer

TOKEN = "cc_" + "x" * 32


class Administrator:
    """The one who holds the token."""

    name = "administrator"
    role = "admin"
    agent = None

    def known(self, token: str) -> TokenHolder | None:
        """The agent, or nobody."""
        return self if token == TOKEN else None

    async def find_token(self, token: str) -> TokenHolder | None:
        """The same."""
        return self.known(token)


class Health:
    """All is well but, maybe, the flows."""

    def __init__(self, engineer: "Engineer") -> None:
        self._engineer = engineer

    def report(self) -> HealthReport:
        """As the publishing says."""
        well, flows = PartHealth(), self._engineer.publishing.health()
        return HealthReport(switch=well, journal=well, database=well, flows=flows)


@pytest.fixture
async def port(engineer: "Engineer") -> AsyncIterator[int]:
    """The address of a center whose database is away."""
    database = Database("postgresql://127.0.0.1:1/away")
    application = make_application(
        driver=engineer.world.driver,
        clock=engineer.world.clock,
        tokens=Administrator(),
        health=Health(engineer),
        flows=engineer.publishing,
        offers=RecentOffers(),
        callbacks=Callbacks(database),
        counts=EventCounts(),
        meters=Meters(),
    )
    async with serving(application, LOOPBACK, 0) as port:
        yield port


def installed(data: Path, port: int, token: str = TOKEN) -> RunningCenter:
    """The center of an installation that was written down so."""
    (data / "secrets").mkdir(parents=True, exist_ok=True)
    (data / "secrets" / "administrator").write_text(f"{token}\n")
    at = Address(LOOPBACK, port)
    block = PortBlock(20000, 20100)
    written = Addresses(sip=at, asterisk_http=at, rtp=block, application=at, web=at)
    (data / "addresses.json").write_bytes(msgspec.json.encode(written))
    return RunningCenter.of(read_settings({"CC_DATA_DIR": str(data)}))


async def test_publish_and_go_back(engineer: "Engineer", port: int, tmp_path: Path) -> None:
    """All the way: from the command to the driver."""
    center = installed(tmp_path / "data", port)
    first = await center.flows()
    engineer.edit(BROKEN)
    with pytest.raises(FlowsRefused) as caught:
        await center.publish()
    assert [problem.code for problem in caught.value.problems] == ["E201"]
    listed = await center.flows()
    assert (listed.version, listed.problems) == (first.version, caught.value.problems)
    engineer.edit(SECOND)
    second = await center.publish()
    assert [kept.version for kept in second.kept] == [second.version, first.version]
    back = await center.rollback(first.version[:5])
    assert (back.version, back.pinned) == (first.version, True)
    with pytest.raises(CenterRefused, match="no earlier version is kept"):
        await center.rollback("")


async def test_no_center(engineer: "Engineer", port: int, tmp_path: Path) -> None:
    """It says what to do; a wrong token is told by the center."""
    del engineer
    with pytest.raises(CenterAway, match="contactcenter up"):
        RunningCenter.of(read_settings({"CC_DATA_DIR": str(tmp_path / "none")}))
    with pytest.raises(CenterAway, match="does not answer; start the center"):
        await installed(tmp_path / "away", free_port(Protocol.TCP)).flows()
    with pytest.raises(CenterRefused, match="nobody has this token"):
        await installed(tmp_path / "wrong", port, "cc_" + "y" * 32).flows()
