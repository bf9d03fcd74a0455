"""The base of several rooms' tests: the real native tools and a real Postgres.

One set of tools and one database server a session; each test gets a database of its own, made from
a template. A missing tool is an error.
"""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio
import structlog
from hypothesis import settings
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from rich.console import Console

from contactcenter_ari.machine.postgres_process import EmbeddedPostgres
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.machine.tool_root import ensure_tools
from contactcenter_ari.postgres.migration import migrate

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")  # how long a case takes depends on who else is busy

_TEMPLATE = "contactcenter_template"
_numbers = count(1)


@pytest.fixture(autouse=True)
def usual_logging() -> Iterator[None]:
    """A command run in a test sets up logging for its own output, which ends with it."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def tools() -> Tools:
    """The native tools: Asterisk, SIPp, espeak-ng, flite."""
    return ensure_tools(Console(stderr=True), os.environ)


@pytest.fixture(scope="session")
def postgres_folder() -> Iterator[Path]:
    """A folder that the account of a root's Postgres can reach; pytest's own are closed."""
    with tempfile.TemporaryDirectory(prefix="contactcenter-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres_server(postgres_folder: Path) -> AsyncIterator[str]:
    """The URL of a running server, which holds a template with the tables of this version."""
    async with EmbeddedPostgres(postgres_folder / "shared", fsync=False) as server:
        _create(server.dsn, _TEMPLATE, "template0")
        await migrate(_database(server.dsn, _TEMPLATE))
        yield server.dsn


@pytest.fixture
def database_url(postgres_server: str) -> Iterator[str]:
    """The URL of a database with all tables and no rows, for one test."""
    yield from _fresh_database(postgres_server, _TEMPLATE)


@pytest.fixture
def empty_database_url(postgres_server: str) -> Iterator[str]:
    """The URL of a database without tables, for one test."""
    yield from _fresh_database(postgres_server, "template0")


def _fresh_database(server: str, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    _create(server, name, template)
    yield _database(server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _create(server: str, name: str, template: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} template {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


def _database(server: str, name: str) -> str:
    parts = conninfo_to_dict(server)
    return (
        f"postgresql://{parts['user']}:{parts['password']}@{parts['host']}:{parts['port']}/{name}"
    )
