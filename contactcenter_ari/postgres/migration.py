"""Brings the tables up to date: numbered files, forward only, one transaction each.

Promises: two programs that start at once do not disturb each other (advisory lock); what was
applied is remembered with a checksum, so that an edited file or a database made by a newer
version is told and nothing is changed. A migration must be safe while calls are running.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta

import psycopg

from contactcenter_ari.postgres.connection import Connection, connect, unreachable
from contactcenter_ari.postgres.errors import SchemaMismatch
from contactcenter_ari.postgres.statement import sql_folder, statement

_FILE_NAME = re.compile(r"(?P<number>\d{4})_\w+\.sql")
_PASSING = (
    psycopg.errors.ReadOnlySqlTransaction,
    psycopg.errors.AdminShutdown,
    psycopg.errors.CannotConnectNow,
    psycopg.errors.DiskFull,
    psycopg.errors.LockNotAvailable,
    psycopg.errors.QueryCanceled,
)
"""The errors that another try may get over."""
_MIGRATION_LIMIT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Migration:
    """One step from a schema to the next."""

    number: int
    name: str
    sql: bytes

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, in hexadecimal."""
        return hashlib.sha256(self.sql).hexdigest()


def shipped_migrations() -> list[Migration]:
    """The migrations of this version, in order."""
    found = [
        Migration(int(match["number"]), file.name, file.read_bytes())
        for file in sql_folder().joinpath("migrations").iterdir()
        if (match := _FILE_NAME.fullmatch(file.name))
    ]
    assert len({each.number for each in found}) == len(found), "each has a number of its own"
    return sorted(found, key=lambda migration: migration.number)


async def migrate(url: str, migrations: list[Migration] | None = None) -> list[str]:
    """Apply what is missing and return the names of it, oldest first.

    Raises DatabaseUnreachable, DatabaseAway when another try may help, and SchemaMismatch when
    the database is not ours to change.
    """
    shipped = shipped_migrations() if migrations is None else migrations
    connection = await connect(
        url, application="contactcenter migrate", statement_limit=_MIGRATION_LIMIT
    )
    async with connection:
        try:
            await connection.execute(statement("migration/lock"))
            try:
                return await _apply_missing(connection, shipped)
            finally:
                if not connection.broken:
                    await connection.execute(statement("migration/unlock"))
        except psycopg.Error as error:
            if connection.broken or isinstance(error, _PASSING):
                raise unreachable(url, error) from error
            raise SchemaMismatch(f"The database refused a migration: {_told(error)}") from error


def _told(error: psycopg.Error) -> str:
    """The server's message, without the row that it is about, and without a value in it."""
    value = isinstance(error, psycopg.DataError)
    words = type(error).__name__ if value else error.diag.message_primary or type(error).__name__
    return f"{words} (SQLSTATE {error.sqlstate})"


async def _apply_missing(connection: Connection, shipped: list[Migration]) -> list[str]:
    await connection.execute(statement("migration/ledger"))
    applied = await _applied(connection)
    missing = _missing(applied, shipped)
    for migration in missing:
        await _apply(connection, migration)
    await connection.execute(statement("migration/partitions"))
    return [migration.name for migration in missing]


async def _applied(connection: Connection) -> dict[int, tuple[str, str]]:
    cursor = await connection.execute(statement("migration/applied"))
    return {int(str(row[0])): (str(row[1]), str(row[2])) for row in await cursor.fetchall()}


def _missing(applied: dict[int, tuple[str, str]], shipped: list[Migration]) -> list[Migration]:
    known = {migration.number: migration for migration in shipped}
    for number, (name, checksum) in sorted(applied.items()):
        if number not in known:
            raise SchemaMismatch(
                f"The database has migration {name}, which this version does not know: "
                "it was made by a newer version of this program"
            )
        if known[number].checksum != checksum:
            raise SchemaMismatch(
                f"Migration {name} was edited after it had been applied to this database; "
                "put the file back and write a new migration"
            )
    newest = max(applied, default=0)
    missing = [migration for migration in shipped if migration.number not in applied]
    if missing and missing[0].number < newest:
        raise SchemaMismatch(f"Migration {missing[0].name} is older than those already applied")
    return missing


async def _apply(connection: Connection, migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(migration.sql)
        await connection.execute(
            statement("migration/record"),
            {
                "number": migration.number,
                "name": migration.name,
                "checksum": migration.checksum,
            },
        )
