"""The embedded Postgres: a database without set-up, for one machine and for tests.

Promises: reachable on 127.0.0.1 alone, by password; the server stops when this process ends in
whatever way; what a killed process left behind is cleared up at the next start; two servers on
two data folders do not disturb each other. Must not: serve a site, which brings its own Postgres.
"""

import asyncio
import os
import shutil
import signal
import socket
import tempfile
from asyncio.subprocess import Process
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql

from contactcenter_ari.machine.child import bound_command
from contactcenter_ari.machine.errors import DatabaseClaimed, DatabaseDown, DatabaseStartFailed
from contactcenter_ari.machine.log_rotation import SIZE_LIMIT, cut, is_long, new_log
from contactcenter_ari.machine.port import LOOPBACK, Protocol, free_port
from contactcenter_ari.machine.postgres_claim import STOP_LIMIT, claim_folder, stop_orphan
from contactcenter_ari.machine.postgres_place import (
    SPARE_FOLDER,
    Place,
    prepare_place,
    require_same_version,
)
from contactcenter_ari.machine.secret import SecretFolder

ROLE = "contactcenter"
DATABASE = "contactcenter"
PORT_FILE = "postgres.port"
START_LIMIT = timedelta(seconds=60)
"""Recovery after a crash reads the whole write-ahead log first."""

_RETRY_PAUSE = timedelta(milliseconds=20)
_STARTS = 5  # the free port may be taken meanwhile, backends of a killed server may linger
_START_PAUSE = timedelta(milliseconds=200)
_ALWAYS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # What callers typed stays out of the log: an error quotes a value, its details a row, a slow
    # or failed statement its parameters. Errors are told by the program, by their SQLSTATE; `log`
    # ranks above `error` here, and lets through what happens to the server itself.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
}
_WITHOUT_FSYNC = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def running_dsn(data_dir: Path) -> str | None:
    """The address of the server that another process of ours runs on a data folder, if any."""
    try:
        port = int((data_dir / PORT_FILE).read_text())
        with claim_folder(data_dir):
            return None  # nobody holds the folder: the file was left by a killed process
    except (OSError, ValueError):
        return None
    except DatabaseClaimed:
        return _dsn(SecretFolder(data_dir).secret("postgres"), port, DATABASE)


def _dsn(password: str, port: int, database: str) -> str:
    return f"postgresql://{ROLE}:{password}@{LOOPBACK}:{port}/{database}"


class EmbeddedPostgres:
    """One Postgres server whose data is in `<data_dir>/postgres`.

    `fsync=False` is for tests: faster, and a power cut may lose data. One that is not `shared`
    is not found by other programs: it may end before they do.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        fsync: bool = True,
        shared: bool = True,
        port: int | None = None,
        spare_folder: Path = SPARE_FOLDER,
    ) -> None:
        self._data_dir = data_dir.absolute()
        self._fsync = fsync
        self._shared = shared
        self._wanted_port = port
        self._spare_folder = spare_folder
        self._port = 0
        self._password = ""
        self._place: Place | None = None
        self._process: Process | None = None
        self._held = ExitStack()

    def __repr__(self) -> str:
        state = f"port {self._port}" if self._process else "stopped"
        return f"<EmbeddedPostgres {self._data_dir}: {state}>"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    @property
    def dsn(self) -> str:
        """The address of the database, password included; never log it."""
        return self._dsn(DATABASE)

    @property
    def notice(self) -> str | None:
        """The fact that a person should know: that the data had to go elsewhere. None if all is
        usual.
        """
        return self._place.notice if self._place else None

    @property
    def has_data(self) -> bool:
        """Whether there is a cluster, made by this start or an earlier one."""
        return self._place is not None and self._place.cluster.exists()

    @property
    def pid(self) -> int | None:
        """The process id of the server, None while it is stopped."""
        return self._process.pid if self._process else None

    def _dsn(self, database: str) -> str:
        return _dsn(self._password, self._port, database)

    async def start(self) -> None:
        """Start the server, on the first start with a new cluster; returns when it answers.

        The server stops when the calling thread ends, so call it from the main thread.
        Raises `DatabaseStartFailed`; nothing runs then.
        """
        try:
            await self._start()
        except OSError as trouble:
            await self.stop()
            raise DatabaseStartFailed(
                f"Postgres cannot be set up for {self._data_dir}: {trouble.strerror}.",
                "Set CC_DATA_DIR to a folder you may write to.",
            ) from trouble
        except BaseException:
            await self.stop()
            raise

    async def _start(self) -> None:
        if shutil.which("setpriv") is None:
            raise DatabaseStartFailed(
                "The program setpriv is missing.", "Install the package util-linux."
            )
        place = await asyncio.to_thread(prepare_place, self._data_dir, self._spare_folder)
        self._place = place
        self._held.enter_context(claim_folder(self._data_dir))
        (self._data_dir / PORT_FILE).unlink(missing_ok=True)  # of a killed process
        await stop_orphan(place.cluster)
        self._password = SecretFolder(self._data_dir).secret("postgres")
        if not place.cluster.exists():
            await self._create_cluster(place)
        require_same_version(place)
        if self._wanted_port is not None:
            _require_free(self._wanted_port)
        for attempt in range(1, _STARTS + 1):
            self._port = self._wanted_port or free_port(Protocol.TCP)
            complaint = await self._launch(place)
            if complaint is None:
                await self._create_database()
                if self._shared:
                    (self._data_dir / PORT_FILE).write_text(f"{self._port}\n")
                return
            if attempt == _STARTS:
                raise self._trouble(complaint)
            await asyncio.sleep(_START_PAUSE.total_seconds())

    def choose_port(self) -> None:
        """Fix the port, for a server that is to be started later at an address known now."""
        self._password = SecretFolder(self._data_dir).secret("postgres")
        self._port = self._wanted_port = self._wanted_port or self._port or free_port(Protocol.TCP)

    async def restart(self) -> None:
        """Start again at the same address; raises `DatabaseStartFailed`."""
        self.choose_port()
        await self.stop()
        await self.start()

    async def rotate_log(self, limit: int = SIZE_LIMIT) -> None:
        """Cut the log if it is over the limit; raises OSError."""
        if is_long(self._log, limit):
            await asyncio.to_thread(cut, self._log)

    async def wait(self) -> None:
        """Return when the server has ended, for whatever reason."""
        if self._process is not None:
            await self._process.wait()

    async def stop(self) -> None:
        """Stop the server, cutting its connections; harmless when it is stopped already."""
        if self._process is not None:
            (self._data_dir / PORT_FILE).unlink(missing_ok=True)
            await _end(self._process)
            self._process = None
        self._held.close()

    async def _create_cluster(self, place: Place) -> None:
        """Make the cluster aside and rename it, so that a half-made one is never used."""
        aside = place.cluster.with_name(f"{place.cluster.name}.new")
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(mode=0o700)
        with tempfile.NamedTemporaryFile("w", dir=place.cluster.parent) as password:
            password.write(self._password)
            password.flush()
            if place.account is not None:
                os.chown(aside, place.account.uid, place.account.gid)
                os.fchown(password.fileno(), place.account.uid, place.account.gid)
            await self._initdb(place, aside, Path(password.name))
        aside.rename(place.cluster)

    async def _initdb(self, place: Place, cluster: Path, password: Path) -> None:
        command = [
            str(place.programs / "initdb"),
            f"--pgdata={cluster}",
            f"--username={ROLE}",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
            *([] if self._fsync else ["--no-sync"]),
        ]
        process = await self._spawn(place, "TERM", command)
        if await process.wait() != 0:
            raise self._trouble(self._last_complaint())

    async def _launch(self, place: Place) -> str | None:
        """Start the server and wait until it answers; returns why it does not, or None."""
        settings = _ALWAYS | ({} if self._fsync else _WITHOUT_FSYNC)
        options = [part for pair in settings.items() for part in ("-c", "=".join(pair))]
        server = [
            str(place.programs / "postgres"),
            "-D",
            str(place.cluster),
            "-p",
            str(self._port),
        ]
        self._process = await self._spawn(place, "INT", [*server, *options])
        try:
            async with asyncio.timeout(START_LIMIT.total_seconds()):
                while not await self._answers():
                    if await _ended_within(self._process, _RETRY_PAUSE):
                        return self._last_complaint()
        except TimeoutError:
            return f"no answer within {START_LIMIT.total_seconds():.0f} s"
        return None

    async def _spawn(self, place: Place, death_signal: str, command: Sequence[str]) -> Process:
        """Run a program of Postgres in a session of its own: Ctrl-C is for us alone."""
        with new_log(self._log) as log:
            return await asyncio.create_subprocess_exec(
                *bound_command(command, death_signal, place.account),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"LC_ALL": "C", "TZ": "UTC", "PATH": os.environ.get("PATH", os.defpath)},
                start_new_session=True,
            )

    @property
    def _log(self) -> Path:
        return self._data_dir / "postgres.log"

    def _last_complaint(self) -> str:
        lines = self._log.read_text("utf-8", "replace").splitlines()
        serious = [line for line in lines if "FATAL:" in line or "error:" in line]
        last = (serious or lines or ["it ended at once"])[-1]
        return last.rpartition("FATAL:")[2].strip().rstrip(".")  # without the time before it

    async def _answers(self) -> bool:
        try:
            connection = await psycopg.AsyncConnection.connect(
                self._dsn("postgres"), connect_timeout=5
            )
        except psycopg.OperationalError:
            return False
        await connection.close()
        return True

    async def _create_database(self) -> None:
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE))
        async with await psycopg.AsyncConnection.connect(
            self._dsn("postgres"), autocommit=True
        ) as connection:
            found = await connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            )
            if await found.fetchone() is None:
                await connection.execute(statement)

    def _trouble(self, complaint: str) -> DatabaseDown:
        return DatabaseDown(
            f"Postgres does not start: {complaint}.",
            f"Read {self._log}, or set CC_DATABASE_URL to a Postgres of yours.",
        )


def _require_free(port: int) -> None:
    """Refuse a given port that something else listens on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
        try:
            probe.bind((LOOPBACK, port))
        except OSError as trouble:
            raise DatabaseStartFailed(
                f"The port {port} of {LOOPBACK} is in use.", "Set another, or none to have one."
            ) from trouble


async def _ended_within(process: Process, limit: timedelta) -> bool:
    try:
        async with asyncio.timeout(limit.total_seconds()):
            await process.wait()
    except TimeoutError:
        return False
    return True


async def _end(process: Process) -> None:
    """Ask for a fast stop (open transactions roll back), then insist."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.returncode is None:
            process.send_signal(number)
        if await _ended_within(process, STOP_LIMIT):
            return
