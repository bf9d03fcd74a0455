"""Connections to the database of CC_DATABASE_URL, and what to tell when there is none.

Promises: a refused connection becomes one `DatabaseUnreachable` sentence that names the
setting and never the password; every session speaks UTC and is bounded in time.
"""

import asyncio
import os
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from types import TracebackType
from typing import Self, TypeVar

import msgspec
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout, TooManyRequests

from contactcenter_ari.postgres.errors import DatabaseAway, DatabaseUnreachable
from contactcenter_ari.postgres.statement import statement

Connection = psycopg.AsyncConnection[tuple[object, ...]]


class Pool(AsyncConnectionPool[Connection]):
    """A pool of the library; `asking` is how many ask it for a connection now."""

    asking = 0


Row = TypeVar("Row")
Reset = Callable[[Connection], Awaitable[None]]

# the server's words come after a severity, in its language, and two spaces
_SERVERS_WORDS = re.compile(r"failed: \S+:  (?P<reason>.*)", re.DOTALL)
_PASSING = re.compile(
    r"the database system is|too many (clients|connections)|connection slots"
    r"|terminating connection"
)
_EXAMPLE = "postgresql://user:password@127.0.0.1:5432/contactcenter"
_CONNECT_LIMIT = timedelta(seconds=5)
_CHECK_LIMIT = timedelta(seconds=2)
_ASK_AGAIN = timedelta(milliseconds=500)
_GRACE = timedelta(seconds=2)
"""How much longer than its limit a statement is waited for: the server ends it, if it lives."""
_SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
"""Whether it speaks TLS: the first question of many clients, which costs no log-in."""
_PREAMBLE = re.compile(
    r"^(connection failed: |connection to server (at|on) .*? failed: )*", re.DOTALL
)


def connection_parts(url: str) -> dict[str, str]:
    """The parts of a Postgres URL or conninfo string; raises DatabaseUnreachable if it is none."""
    try:
        parts = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    except (psycopg.Error, UnicodeError) as error:
        raise _not_a_url() from error
    if not url.strip() or "\x00" in url:
        raise _not_a_url()
    return parts


def _not_a_url() -> DatabaseUnreachable:
    # the driver's own words would quote the setting, password and all
    return DatabaseUnreachable(f"CC_DATABASE_URL is not a Postgres URL; it looks like {_EXAMPLE}")


def shown_url(url: str) -> str:
    """The URL as it may be shown and logged: without its password and options."""
    parts = connection_parts(url)
    secret = ":***" if "password" in parts else ""
    user = f"{parts['user']}{secret}@" if "user" in parts else ""
    port = f":{parts['port']}" if "port" in parts else ""
    return f"postgresql://{user}{parts.get('host', '')}{port}/{parts.get('dbname', '')}"


def session_conninfo(url: str, *, application: str, statement_limit: timedelta) -> str:
    """The parameters to connect with: URL, UTC, a statement limit and dead-peer detection."""
    parts = connection_parts(url)
    milliseconds = round(statement_limit.total_seconds() * 1000)
    options = f"{parts.pop('options', '')} -c timezone=UTC -c statement_timeout={milliseconds}"
    defaults = {
        "connect_timeout": str(int(_CONNECT_LIMIT.total_seconds())),
        "keepalives_idle": "10",
        "tcp_user_timeout": str(int(_CONNECT_LIMIT.total_seconds() * 1000)),
    }
    named = {"application_name": application, "options": options.strip()}
    return make_conninfo("", **{**defaults, **parts, **named})


async def connect(
    url: str,
    *,
    application: str = "contactcenter",
    statement_limit: timedelta = timedelta(seconds=30),
    connect_limit: timedelta = _CONNECT_LIMIT,
) -> Connection:
    """Open one connection in autocommit; raises DatabaseUnreachable, DatabaseAway."""
    conninfo = session_conninfo(url, application=application, statement_limit=statement_limit)
    try:
        async with asyncio.timeout(connect_limit.total_seconds()):
            return await psycopg.AsyncConnection.connect(conninfo, autocommit=True)
    except TimeoutError as error:
        late = f"no answer within {connect_limit.total_seconds():g} s"
        raise unreachable(url, TimeoutError(late)) from error
    except (psycopg.Error, UnicodeError, OSError) as error:
        raise unreachable(url, error) from error


async def probe(connection: Connection, limit: timedelta) -> None:
    """Ask the server of a connection whether it takes others, too: one that is halted may well
    serve those it has. Raises OSError, TimeoutError and EOFError when it does not answer.
    """
    about = connection.pgconn
    host, port = (about.hostaddr or about.host).decode(), about.port.decode()
    async with asyncio.timeout(limit.total_seconds()):
        if host.startswith("/"):
            reader, writer = await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        else:
            reader, writer = await asyncio.open_connection(host, int(port))
        try:
            writer.write(_SSL_REQUEST)
            await reader.readexactly(1)
        finally:
            writer.close()


def cut_off(connection: Connection) -> None:
    """End a connection at once: a polite end would wait for a server that may be frozen."""
    with (
        suppress(OSError, psycopg.Error),
        socket.socket(fileno=os.dup(connection.fileno())) as line,
    ):
        line.shutdown(socket.SHUT_RDWR)


@contextmanager
def cut_off_after(connection: Connection, limit: timedelta) -> Iterator[None]:
    """Cut the connection off when the body takes longer; what it waits for there then fails
    with psycopg.OperationalError.
    """
    loop = asyncio.get_running_loop()
    timer = loop.call_later(limit.total_seconds(), cut_off, connection)
    try:
        yield
    finally:
        timer.cancel()


def unreachable(url: str, error: Exception) -> DatabaseUnreachable:
    """The sentence for a connection that was refused, in the server's words where it has any."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    reason = _PREAMBLE.sub("", lines[0]).removeprefix("FATAL:").strip().rstrip(".")
    password = connection_parts(url).get("password")
    if password:
        reason = reason.replace(password, "***")
    kind = DatabaseUnreachable if _refused(error) else DatabaseAway
    return kind(f"CC_DATABASE_URL: cannot use the database {shown_url(url)}: {reason}")


def _refused(error: Exception) -> bool:
    """Whether the server itself said no, for a reason that does not pass by itself."""
    if isinstance(error, UnicodeError | psycopg.ProgrammingError):
        return True
    told = _SERVERS_WORDS.search(str(error))
    return told is not None and not _PASSING.search(told["reason"])


def make_pool(
    url: str,
    *,
    application: str,
    size: int,
    statement_limit: timedelta,
    wait_limit: timedelta = _CONNECT_LIMIT,
    ready: int = 1,
    reset: Reset | None = None,
) -> Pool:
    """A pool that is still closed; `async with pool:` opens it. Callers beyond 10 per connection
    are refused; `ready` of them are kept open, and each is `reset` after use.
    """
    conninfo = session_conninfo(url, application=application, statement_limit=statement_limit)
    return Pool(
        conninfo,
        connection_class=psycopg.AsyncConnection[tuple[object, ...]],
        # a reset connection has forgotten what was prepared
        kwargs={"autocommit": True, "prepare_threshold": None if reset else 5},
        min_size=ready,
        max_size=size,
        reset=reset,
        max_waiting=10 * size,
        timeout=wait_limit.total_seconds(),
        reconnect_timeout=0,  # its pauses would double up to minutes; see `_next`
        name=application,
        open=False,
    )


@asynccontextmanager
async def borrowed(pool: Pool) -> AsyncIterator[Connection]:
    """Borrow a connection that answers. Dead ones, as after a restart of the server, are given
    back at once, and replaced; the pool itself would pause after each.

    Raises PoolTimeout, TooManyRequests, psycopg.OperationalError.
    """
    connection = await _living(pool)
    try:
        yield connection
    finally:
        await pool.putconn(connection)


async def _living(pool: Pool) -> Connection:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + pool.timeout
    tries = pool.max_size + 1
    while True:
        connection = await _next(pool, deadline)
        tries -= 1
        try:
            with cut_off_after(connection, _CHECK_LIMIT):
                await AsyncConnectionPool.check_connection(connection)
        except psycopg.Error:
            await pool.putconn(connection)
            if not tries:
                raise
        except BaseException:
            await pool.putconn(connection)
            raise
        else:
            return connection


async def _next(pool: Pool, deadline: float) -> Connection:
    """A connection of the pool. It is asked again and again, for it has long given up a server
    that was away; each question lets it try once more.
    """
    loop = asyncio.get_running_loop()
    pool.asking += 1
    try:
        while True:
            left = deadline - loop.time()
            pause = max(0.01, min(left, _ASK_AGAIN.total_seconds()))
            try:
                return await pool.getconn(timeout=pause)
            except PoolTimeout:
                if left <= pause:
                    raise
            except TooManyRequests:
                # Until it has a connection again, it counts those who gave up, too; and it does
                # not try to have one.
                if pool.asking > pool.max_waiting:
                    raise
                await pool.check()
                if left <= pause:
                    raise
                await asyncio.sleep(pause)
    finally:
        pool.asking -= 1


class Database:
    """A small pool for people and reports, in autocommit; an async context manager.

    It heals by itself when the database comes back.
    """

    def __init__(
        self,
        url: str,
        *,
        size: int = 4,
        statement_limit: timedelta = timedelta(seconds=30),
        wait_limit: timedelta = _CONNECT_LIMIT,
    ) -> None:
        self._url = url
        self._limit = statement_limit + _GRACE
        self._pool = make_pool(
            url,
            application="contactcenter",
            size=size,
            statement_limit=statement_limit,
            wait_limit=wait_limit,
        )

    def __repr__(self) -> str:
        return f"<Database {shown_url(self._url)}>"

    async def __aenter__(self) -> Self:
        """Start connecting; the database may be away."""
        await self._pool.open(wait=False)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Disconnect."""
        await self._pool.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Borrow a connection; raises DatabaseUnreachable when there is none within
        `wait_limit`, or when it is lost or cut off meanwhile.
        """
        try:
            async with borrowed(self._pool) as connection:
                with cut_off_after(connection, self._limit):
                    yield connection
        except (PoolTimeout, TooManyRequests, psycopg.OperationalError) as error:
            raise unreachable(self._url, error) from error

    async def rows(
        self, name: str, kind: type[Row], parameters: Mapping[str, object] | None = None
    ) -> list[Row]:
        """The rows that the statement of that name finds, each as a `kind`; raises
        DatabaseUnreachable.
        """
        async with self.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(statement(name), parameters)
            return [msgspec.convert(row, kind) for row in await cursor.fetchall()]
