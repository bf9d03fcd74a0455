"""A caller types a secret; then everything that was written down anywhere is searched for it."""

import asyncio
import re
import shutil
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio
from baresip import Runtime

from contactcenter_ari.config.site import load_site
from contactcenter_ari.core.vocabulary.signal import DigitPressed
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.postgres.customer import Customer, put_customers
from contactcenter_ari.runtime.input_log import read_input_log
from tests.e2e.caller import Caller
from tests.e2e.patience import until_holds
from tests.e2e.scene import Scene, staged
from tests.e2e.world import SITE

pytestmark = pytest.mark.asyncio(loop_scope="session")

NUMBER = "+31200000031"
OPEN, SECRET = "73518264", "49291234"
"""What is typed that is no secret, which the search must find, and what is."""
KNOWN = Customer("Known", ("+31677000031",), "20000031", Decimal("1.00"))
TOLD = re.compile(rb"DTMF[^\n]*'([0-9*#])'")
"""How Asterisk would log one key after the other."""


async def _refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A web service in trouble, which repeats what it was asked."""
    asked = (await reader.readuntil(b"\r\n\r\n")).splitlines()[0]
    body = b"cannot do " + asked
    with suppress(ConnectionError):
        writer.write(b"HTTP/1.1 500 Oh\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
    writer.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(data_folder: Path) -> AsyncIterator[Path]:
    """The usual site with the flow of this story."""
    folder = data_folder / "site"
    shutil.copytree(SITE, folder)
    async with await asyncio.start_server(_refuse, "127.0.0.1", 0) as server:
        address = "{}:{}".format(*server.sockets[0].getsockname())
        flow = (Path(__file__).parent / "secret.yaml").read_text()
        (folder / "secret.yaml").write_text(flow.replace("@SERVER@", address))
        with (folder / "site.yaml").open("a") as file:
            file.write('\nlookup_hosts: ["127.0.0.1"]\n')
        load_site(folder)
        yield folder


async def test_nothing_keeps_a_secret(
    data_folder: Path, site: Path, tools: Tools, runtime: Runtime
) -> None:
    """Not logs, database, its own log and journal, spool, traces or figures, while the call goes
    on, after it, and while the program is still up. What is no secret is found.
    """
    data = data_folder / "data"
    async with staged(data, tools, runtime, (), more={"CC_SITE": str(site)}) as scene:
        await put_customers(scene.database, [KNOWN])
        caller = await _typed(scene)
        await _search(scene, data, "input log")
        await _snapshot_taken(scene, site, data)
        await _search(scene, data, "snapshot")
        for path in ("/metrics", "/api/v1/calls", "/api/v1/offers", "/healthz"):
            assert SECRET not in await scene.program.text(path)
        caller.hang_up()
        rows = await scene.rows()
        await _search(scene, data)
        call = rows["caller"].interaction
        for words in (("flow", "trace", call), ("flow", "trace", call, "--as-test")):
            told = await _told(scene, site, data, *words)
            assert "secret" in told
            assert SECRET not in told
        assert OPEN in await _told(scene, site, data, "flow", "trace", call)
        assert await scene.program.stop() == 0
        await _search(scene, data)


async def _typed(scene: Scene) -> Caller:
    """Both numbers are typed and all look-ups asked; the call goes on."""
    caller = await scene.call("caller", NUMBER)
    for prompt, keys in (
        ("Type the number of your policy.", OPEN),
        ("Now type your secret number.", SECRET),
    ):
        await caller.until_hears(await scene.sound(prompt))
        await caller.press(keys)
    await caller.until_hears(await scene.sound("Thank you, that was all."))
    return caller


async def _snapshot_taken(scene: Scene, site: Path, data: Path) -> None:
    """Another version of the site is published, so the state of the call is written down."""
    flow = site / "secret.yaml"
    flow.write_text(f"{flow.read_text()}# once more\n")
    await scene.program.publish()

    async def missing() -> str:
        return "" if list((data / "input").rglob("*.snapshot")) else "no snapshot"

    await until_holds(missing)


async def _search(scene: Scene, data: Path, *more: str) -> None:
    """What is no secret is found where it belongs, and the secret nowhere."""

    async def missing() -> str:
        places = {place for place, text in _everything(scene, data) if holds(text, OPEN)}
        wanted = {"rows", "write-ahead log", *more} - places
        return f"{OPEN} is not in {wanted}" if wanted else ""

    await until_holds(missing)
    found = [place for place, text in _everything(scene, data) if holds(text, SECRET)]
    assert found == []


def _everything(scene: Scene, data: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of the data folder and of the database's, every row, every running query."""
    with psycopg.connect(scene.environment.database_url, autocommit=True) as connection:
        connection.execute("checkpoint")
        (row,) = connection.execute("show data_directory").fetchall()
        names = connection.execute("select tablename from pg_tables where schemaname = 'public'")
        rows = [
            repr(connection.execute(f'select t::text from "{name}" as t').fetchall())  # noqa: S608  # our own names
            for (name,) in names.fetchall()
        ]
        rows.append(repr(connection.execute("select query from pg_stat_activity").fetchall()))
    yield "rows", "\n".join(rows).encode()
    for log in (data / "input").rglob("*.jsonl"):
        yield "input log", _typed_in(log).encode()
    cluster = Path(str(row[0]))
    for folder in {data, cluster}:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                place = _place(path)
                with suppress(FileNotFoundError):  # gone since it was listed
                    yield place, path.read_bytes()


def _place(path: Path) -> str:
    """What the file is, if a control must be found in its kind."""
    if "pg_wal" in path.parts:
        return "write-ahead log"
    return "snapshot" if path.suffix == ".snapshot" else str(path)


def holds(text: bytes, digits: str) -> bool:
    """Whether the digits stand there, in a row or one by one in a log of keys."""
    forms = [sign.join(digits) for sign in ("", " ", ",", ", ", '","', "', '", "\0")]
    told = b"".join(TOLD.findall(text))
    return any(form.encode() in text for form in forms) or digits.encode() in told


def _typed_in(log: Path) -> str:
    """The keys that an input log holds in clear, in a row."""
    inputs = [entry.input for entry in read_input_log(log)]
    return "".join(each.digit for each in inputs if isinstance(each, DigitPressed))


async def _told(scene: Scene, site: Path, data: Path, *words: str) -> str:
    """What a command of the program prints, all of it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "contactcenter_ari", *words),
        env={
            "PATH": "/usr/bin:/bin",
            "CC_SITE": str(site),
            "CC_DATA_DIR": str(data),
            "CC_DATABASE_URL": scene.environment.database_url,
        },
        stdout=PIPE,
        stderr=PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return (out + err).decode()


@pytest.mark.parametrize(
    "text",
    [b"x49291234y", b"4 9 2 9 1 2 3 4", b'["4","9","2","9","1","2","3","4"]'],
)
async def test_the_search_finds(text: bytes) -> None:
    """In a row, and key by key."""
    assert holds(text, SECRET)
    log = b"\n".join(b"DTMF end '%c' received on PJSIP/x, duration 60 ms" % d for d in b"49291234")
    assert holds(log, SECRET)
    assert not holds(b"4929123", SECRET)
