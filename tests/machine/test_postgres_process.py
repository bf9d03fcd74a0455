"""The embedded Postgres on the real binaries."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from contactcenter_ari.machine.child import Account, account_named
from contactcenter_ari.machine.data_folder import private_files
from contactcenter_ari.machine.errors import DatabaseStartFailed
from contactcenter_ari.machine.port import Protocol, free_port
from contactcenter_ari.machine.postgres_place import _copied, own_folder
from contactcenter_ari.machine.postgres_process import EmbeddedPostgres

LIMIT = 30


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder every account can reach, as the data folder of a service is."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


async def value(server: EmbeddedPostgres, query: str) -> object:
    """The one value a query gives."""
    async with await psycopg.AsyncConnection.connect(server.dsn, autocommit=True) as connection:
        row = await (await connection.execute(query.encode())).fetchone()
    assert row is not None
    return row[0]


async def write(server: EmbeddedPostgres) -> None:
    """Leave a row behind."""
    async with await psycopg.AsyncConnection.connect(server.dsn, autocommit=True) as connection:
        await connection.execute("CREATE TABLE seen AS SELECT 7 AS n")


async def test_keeps_its_data_over_a_restart(open_folder: Path) -> None:
    """Rows written before a stop are there after the next start."""
    async with EmbeddedPostgres(open_folder, fsync=False) as server:
        await write(server)
    async with EmbeddedPostgres(open_folder, fsync=False) as server:
        assert await value(server, "SELECT n FROM seen") == 7
        assert await value(server, "SELECT current_user::text") == "contactcenter"
        assert await value(server, "SHOW fsync") == "off"
    assert server.pid is None


async def test_starts_again_after_its_server_was_killed(open_folder: Path) -> None:
    """A killed server is noticed, and its cluster recovers at the next start."""
    async with EmbeddedPostgres(open_folder) as server:
        await write(server)
        assert await value(server, "SHOW fsync") == "on"
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        await asyncio.wait_for(server.wait(), LIMIT)
    async with EmbeddedPostgres(open_folder) as server:
        assert await value(server, "SELECT n FROM seen") == 7


async def test_two_copies_run_side_by_side(open_folder: Path) -> None:
    """Two servers on two data folders know nothing of each other."""
    async with (
        EmbeddedPostgres(open_folder / "one", fsync=False) as one,
        EmbeddedPostgres(open_folder / "two", fsync=False) as two,
    ):
        await write(one)
        assert one.dsn != two.dsn
        assert await value(two, "SELECT to_regclass('seen')") is None


async def test_listens_on_loopback_by_password_alone(open_folder: Path) -> None:
    """No socket file, no other address, no entry without the generated password."""
    async with EmbeddedPostgres(open_folder, fsync=False) as server:
        assert await value(server, "SHOW listen_addresses") == "127.0.0.1"
        assert await value(server, "SHOW unix_socket_directories") == ""
        with pytest.raises(psycopg.OperationalError, match="password"):
            await psycopg.AsyncConnection.connect(f"{server.dsn}?password=wrong")
    secret = open_folder / "secrets/postgres"
    assert secret.stat().st_mode & 0o777 == 0o600
    cluster = open_folder / "postgres"
    assert cluster.stat().st_mode & 0o777 == 0o700


async def test_refuses_a_folder_in_use(open_folder: Path) -> None:
    """A second copy on the same data folder is told so, and the first goes on."""
    async with EmbeddedPostgres(open_folder, fsync=False) as server:
        with pytest.raises(DatabaseStartFailed, match=r"pid \d+, since .* the database"):
            await EmbeddedPostgres(open_folder, fsync=False).start()
        assert await value(server, "SELECT 1") == 1


async def test_refuses_a_port_in_use(open_folder: Path) -> None:
    """A given port that another server has is named in the error; it is never swapped."""
    port = free_port(Protocol.TCP)
    async with EmbeddedPostgres(open_folder / "one", fsync=False, port=port) as server:
        assert f":{port}/" in server.dsn
        with pytest.raises(DatabaseStartFailed, match=f"port {port} of 127.0.0.1 is in use"):
            await EmbeddedPostgres(open_folder / "two", fsync=False, port=port).start()


async def test_refuses_data_of_another_release(open_folder: Path) -> None:
    """Data of another major release is left alone, with a clear message."""
    async with EmbeddedPostgres(open_folder, fsync=False):
        pass
    (open_folder / "postgres/PG_VERSION").write_text("15\n")
    with pytest.raises(DatabaseStartFailed, match="is of PostgreSQL 15, the programs are 18"):
        await EmbeddedPostgres(open_folder, fsync=False).start()


async def test_a_folder_that_cannot_be_made_is_a_clear_error() -> None:
    """A data folder where none can be made is an error of one sentence."""
    with pytest.raises(DatabaseStartFailed, match="cannot be set up for /dev/null/x"):
        await EmbeddedPostgres(Path("/dev/null/x")).start()


HOLDER = """
import asyncio, sys
from pathlib import Path
from contactcenter_ari.machine.postgres_process import EmbeddedPostgres

async def hold():
    async with EmbeddedPostgres(Path(sys.argv[1]), fsync=False) as server:
        print(server.dsn, flush=True)
        await server.wait()

asyncio.run(hold())
"""


def server_of_a_killed_process(data_dir: Path) -> str:
    """Start a server in a process of its own and kill that process; returns the server's DSN."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, data_dir], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        dsn = holder.stdout.readline().strip()
        holder.kill()
    return dsn


async def test_the_server_ends_with_a_killed_process(open_folder: Path) -> None:
    """When our process is killed its server stops, and the next start is free to go."""
    dsn = server_of_a_killed_process(open_folder)
    assert dsn.startswith("postgresql://")
    async with EmbeddedPostgres(open_folder, fsync=False) as server:
        assert server.dsn != dsn
        assert await value(server, "SELECT 1") == 1
        with pytest.raises(psycopg.OperationalError, match="refused"):
            await psycopg.AsyncConnection.connect(dsn)


async def test_clears_up_a_server_left_behind(open_folder: Path) -> None:
    """A server that outlived its process is stopped at the next start, and its data is kept."""
    left = EmbeddedPostgres(open_folder, fsync=False)
    await left.start()
    await write(left)
    left._held.close()  # as if its process were gone: the folder is free, the server runs
    async with EmbeddedPostgres(open_folder, fsync=False) as server:
        await asyncio.wait_for(left.wait(), LIMIT)
        assert await value(server, "SELECT n FROM seen") == 7
    await left.stop()


async def test_never_signals_a_stranger(open_folder: Path) -> None:
    """A pid file that names some other process, as after a reboot, harms nobody."""
    async with EmbeddedPostgres(open_folder, fsync=False):
        pass
    (open_folder / "postgres/postmaster.pid").write_text(f"{os.getpid()}\n")
    async with EmbeddedPostgres(open_folder, fsync=False) as server:
        assert await value(server, "SELECT 1") == 1


async def test_a_closed_home_is_no_obstacle(open_folder: Path) -> None:
    """In a folder closed to others root's data goes elsewhere and says so; a user's stays."""
    home, spare = open_folder / "home", open_folder / "spare"
    home.mkdir(mode=0o700)
    spare.mkdir()
    server = EmbeddedPostgres(home / "data", fsync=False, spare_folder=spare)
    async with server:
        assert await value(server, "SELECT 1") == 1
    if os.geteuid() == 0:
        assert server.notice is not None
        assert str(spare) in server.notice
        assert [path.name for path in spare.glob("contactcenter-0-*/postgres")] == ["postgres"]
        assert home.stat().st_mode & 0o777 == 0o700
    else:
        assert server.notice is None
        assert (home / "data/postgres").is_dir()


def test_the_programs_can_be_copied(open_folder: Path) -> None:
    """Copied to where every account reaches them, the programs run; a second call copies none."""
    programs = _copied(open_folder)
    said = subprocess.run([programs / "initdb", "--version"], capture_output=True, check=True)
    assert b"PostgreSQL" in said.stdout
    made = programs.stat().st_ino
    assert _copied(open_folder).stat().st_ino == made


def test_every_account_reaches_the_copied_programs(open_folder: Path) -> None:
    """Whatever the umask of the program that copies them; a closed copy is opened."""
    with private_files():
        programs = _copied(open_folder)
    package = programs.parent.parent
    for _ in range(2):
        assert account_named("nobody").reaches(programs / "initdb")
        package.chmod(0o700)
        assert _copied(open_folder) == programs


def test_a_folder_made_by_somebody_else_is_refused(open_folder: Path) -> None:
    """A folder open to others, or a link, is never trusted with data."""
    trap = open_folder / "trap"
    trap.symlink_to(open_folder)
    with pytest.raises(DatabaseStartFailed, match="belongs to somebody else"):
        own_folder(trap)
    wide = open_folder / "wide"
    wide.mkdir()
    wide.chmod(0o777)
    with pytest.raises(DatabaseStartFailed, match="open to others"):
        own_folder(wide)


def test_an_account_reaches_what_its_folders_allow(open_folder: Path) -> None:
    """The owner, the group and the others are told apart, as the kernel does."""
    folder = open_folder / "folder"
    folder.mkdir()
    folder.chmod(0o710)
    stranger = Account(uid=54321, gid=54321)
    kin = Account(uid=54321, gid=folder.stat().st_gid)
    owner = Account(uid=folder.stat().st_uid, gid=54321)
    assert not stranger.reaches(folder / "file")
    assert kin.reaches(folder / "file")
    assert owner.reaches(folder / "file")


async def test_its_log_is_cut_while_it_writes(open_folder: Path) -> None:
    """A log over the limit is set aside, and the server goes on writing at the beginning."""
    async with EmbeddedPostgres(open_folder, fsync=False) as server:
        log = open_folder / "postgres.log"
        await server.rotate_log()
        assert log.stat().st_size > 0
        assert not (open_folder / "postgres.log.1").read_text().count("ready to accept")
        await server.rotate_log(limit=1)
        assert "ready to accept" in (open_folder / "postgres.log.1").read_text()
        assert log.stat().st_size == 0
    assert "shutting down" in log.read_text()
    assert b"\0" not in log.read_bytes()
