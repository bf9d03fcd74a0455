"""One center for each test file; after each test nothing may be left of it."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from baresip import Config, Runtime

from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.runtime.replay import replay_onward
from contactcenter_ari.service.secret import snapshot_key
from tests.e2e.carrier import Carrier
from tests.e2e.world import World, founded, working


@pytest.fixture(scope="module")
def data_folder() -> Iterator[Path]:
    """A folder that the account of a root's Postgres can reach."""
    with tempfile.TemporaryDirectory(prefix="contactcenter-e2e-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def runtime() -> AsyncIterator[Runtime]:
    """The runtime of all agents' phones; there can be one in a process."""
    runtime = Runtime(command_timeout=20)
    await runtime.start(Config(net_interface="127.0.0.1", max_concurrent_calls=None))
    yield runtime
    await runtime.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def exchange() -> AsyncIterator[Carrier]:
    """The carrier of outside lines."""
    carrier = await Carrier.opened()
    yield carrier
    carrier.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def surroundings() -> dict[str, str]:
    """Settings that the tests of a file need; a file may have its own."""
    return {}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def center(
    data_folder: Path, tools: Tools, runtime: Runtime, surroundings: dict[str, str]
) -> AsyncIterator[World]:
    """A running center."""
    folder = data_folder / "data"
    async with center_running(folder, tools, runtime, surroundings) as world:
        yield world


@asynccontextmanager
async def center_running(
    data: Path, tools: Tools, runtime: Runtime, more: Mapping[str, str]
) -> AsyncIterator[World]:
    """A center that runs during the block. One task opens and closes it, because it holds task
    groups. At the end its input log is replayed and must give the same.
    """
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[World] = loop.create_future()
    enough = asyncio.Event()

    async def run() -> None:
        async with (
            founded(data, tools, runtime, more=more) as place,
            working(place) as world,
        ):
            ready.set_result(world)
            await enough.wait()

    running = loop.create_task(run())
    running.add_done_callback(lambda _: ready.done() or ready.cancel())
    try:
        yield await ready
    finally:
        enough.set()
        await running
    service = ready.result().service
    done = replay_onward(service.input_log, key=snapshot_key(ready.result().environment.data))
    assert done.digest.text == service.driver.digest.text


@pytest_asyncio.fixture(loop_scope="session")
async def world(center: World) -> AsyncIterator[World]:
    """The running center, for one test."""
    yield center
    await center.clean_up()


@pytest.fixture
def carrier(world: World, exchange: Carrier) -> Iterator[Carrier]:
    """The carrier, for one test; the test's lines end before the center is checked."""
    assert world is not None
    yield exchange
    exchange.reset()
