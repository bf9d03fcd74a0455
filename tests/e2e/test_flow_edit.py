"""A flow is edited while calls are in it: no call is dropped, and each keeps its version."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from baresip import Runtime

from contactcenter_ari.bootstrap.service import serving
from contactcenter_ari.core.vocabulary.event import EndReason, Party
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.service.publishing import Untested
from contactcenter_ari.web.port import Condition
from tests.e2e.polling import until
from tests.e2e.world import LONGEST, SITE, World, founded

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALLS = 20
LATER = 3


@asynccontextmanager
async def followed(folder: Path, tools: Tools, runtime: Runtime) -> AsyncIterator[World]:
    """A center that follows the site in a folder."""
    async with (
        founded(folder / "data", tools, runtime, more={"CC_SITE": str(folder / "site")}) as place,
        serving(place.settings, place.site, place.environment, tester=Untested()) as service,
    ):
        yield World(place, service, service.clock.now())


@pytest.fixture
def folder() -> Iterator[Path]:
    """A copy of the site that may be edited, in a place that root's Postgres can reach."""
    with tempfile.TemporaryDirectory(prefix="contactcenter-e2e-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copytree(SITE, folder / "site")
        yield folder


async def test_calls_keep_the_flow_they_began_with(
    folder: Path, tools: Tools, runtime: Runtime
) -> None:
    """Twenty callers wait. A broken edit changes nothing and is reported; a good one counts for
    new calls only.
    """
    flow = folder / "site" / "longest.yaml"
    async with followed(folder, tools, runtime) as world:
        publishing = world.service.publishing
        old = publishing.state().flows["longest"]
        await world.engage("longest", LONGEST)
        early = [await world.call(LONGEST) for _ in range(CALLS)]
        await world.until_waiting("longest", CALLS)

        right = flow.read_text()
        flow.write_text(right.replace("- goto: line", "- goto: lin"))
        health = await until(lambda: _degraded(world), lambda: "the mistake is not told")
        assert "longest.yaml" in health
        assert "E201" in health
        assert publishing.state().flows["longest"] == old

        flow.write_text(right.replace("Nobody is at work", "Everybody is away"))
        new = await until(lambda: _other(world, old), lambda: "the edit is not published")
        late = [await world.call(LONGEST) for _ in range(LATER)]
        await world.until_waiting("longest", CALLS + LATER)

        for caller in (*early, *late):
            caller.hang_up()
        versions = {old: early, new: late}
        for version, callers in versions.items():
            for caller in callers:
                row = (await world.record(caller)).interaction
                assert row.flow_version == version
                assert row.reason is EndReason.ABANDONED
                assert row.ended_by is Party.CALLER
        await world.clean_up()


def _degraded(world: World) -> str | None:
    health = world.service.publishing.health()
    return health.why if health.condition is Condition.DEGRADED else None


def _other(world: World, old: str) -> str | None:
    version = world.service.publishing.state().flows["longest"]
    return version if version != old else None
