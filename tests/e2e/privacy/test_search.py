"""A caller types a secret; the test searches everything that was written anywhere for it."""

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
from tests.e2e.polling import until_holds
from tests.e2e.separate_program import SeparateProgram, separate_program
from tests.e2e.world import SITE

pytestmark = pytest.mark.asyncio(loop_scope="session")

NUMBER = "+31200000031"
OPEN, SECRET = "73518264", "49291234"
"""The number that is no secret, which the search must find, and the secret one."""
KNOWN = Customer("Known", ("+31677000031",), "20000031", Decimal("1.00"))
TOLD = re.compile(rb"DTMF[^\n]*'([0-9*#])'")
"""A line of Asterisk's log about one key."""


async def _refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A failing web service, which repeats the request in its answer."""
    asked = (await reader.readuntil(b"\r\n\r\n")).splitlines()[0]
    body = b"cannot do " + asked
    with suppress(ConnectionError):
        writer.write(b"HTTP/1.1 500 Oh\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
    writer.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(data_folder: Path) -> AsyncIterator[Path]:
    """The usual site with the flow of this test."""
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
    """No log, row, journal, spool, trace or figure has the secret: during the call, after it, and
    while the program is still up. The search finds the number that is no secret.
    """
    data = data_folder / "data"
    async with separate_program(data, tools, runtime, (), more={"CC_SITE": str(site)}) as center:
        await put_customers(center.database, [KNOWN])
        caller = await _typed(center)
        await _search(center, data, "input log")
        await _snapshot_taken(center, site, data)
        await _search(center, data, "snapshot")
        for path in ("/metrics", "/api/v1/calls", "/api/v1/offers", "/healthz"):
            assert SECRET not in await center.program.text(path)
        caller.hang_up()
        rows = await center.rows()
        await _search(center, data)
        call = rows["caller"].interaction
        for words in (("flow", "trace", call), ("flow", "trace", call, "--as-test")):
            told = await _told(center, site, data, *words)
            assert "secret" in told
            assert SECRET not in told
        assert OPEN in await _told(center, site, data, "flow", "trace", call)
        assert await center.program.stop() == 0
        await _search(center, data)


async def _typed(center: SeparateProgram) -> Caller:
    """Both numbers are typed and all look-ups are asked; the call goes on."""
    caller = await center.call("caller", NUMBER)
    for prompt, keys in (
        ("Type the number of your policy.", OPEN),
        ("Now type your secret number.", SECRET),
    ):
        await caller.until_hears(await center.sound(prompt))
        await caller.press(keys)
    await caller.until_hears(await center.sound("Thank you, that was all."))
    return caller


async def _snapshot_taken(center: SeparateProgram, site: Path, data: Path) -> None:
    """Another version of the site is published, so a snapshot of the call is written."""
    flow = site / "secret.yaml"
    flow.write_text(f"{flow.read_text()}# once more\n")
    await center.program.publish()

    async def missing() -> str:
        return "" if list((data / "input").rglob("*.snapshot")) else "no snapshot"

    await until_holds(missing)


async def _search(center: SeparateProgram, data: Path, *more: str) -> None:
    """The search finds the number that is no secret in its places, and the secret in none."""

    async def missing() -> str:
        places = {place for place, text in _everything(center, data) if holds(text, OPEN)}
        wanted = {"rows", "write-ahead log", *more} - places
        return f"{OPEN} is not in {wanted}" if wanted else ""

    await until_holds(missing)
    found = [place for place, text in _everything(center, data) if holds(text, SECRET)]
    assert found == []


def _everything(center: SeparateProgram, data: Path) -> Iterator[tuple[str, bytes]]:
    """The text of every file in the data folder and the database's folder, of every row and every
    running query.
    """
    with psycopg.connect(center.environment.database_url, autocommit=True) as connection:
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
    """The kind of a file in which the search must find the other number; empty for all others."""
    if "pg_wal" in path.parts:
        return "write-ahead log"
    return "snapshot" if path.suffix == ".snapshot" else str(path)


def holds(text: bytes, digits: str) -> bool:
    """Whether the text has the digits, in a row or one by one in a log of keys."""
    forms = [sign.join(digits) for sign in ("", " ", ",", ", ", '","', "', '", "\0")]
    told = b"".join(TOLD.findall(text))
    return any(form.encode() in text for form in forms) or digits.encode() in told


def _typed_in(log: Path) -> str:
    """The keys that an input log has in clear text, in a row."""
    inputs = [entry.input for entry in read_input_log(log)]
    return "".join(each.digit for each in inputs if isinstance(each, DigitPressed))


async def _told(center: SeparateProgram, site: Path, data: Path, *words: str) -> str:
    """The whole output of a command of the program."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "contactcenter_ari", *words),
        env={
            "PATH": "/usr/bin:/bin",
            "CC_SITE": str(site),
            "CC_DATA_DIR": str(data),
            "CC_DATABASE_URL": center.environment.database_url,
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
async def test_the_search_finds_digits(text: bytes) -> None:
    """The search finds digits in a row and one by one."""
    assert holds(text, SECRET)
    log = b"\n".join(b"DTMF end '%c' received on PJSIP/x, duration 60 ms" % d for d in b"49291234")
    assert holds(log, SECRET)
    assert not holds(b"4929123", SECRET)
