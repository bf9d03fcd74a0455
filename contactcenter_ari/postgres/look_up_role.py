"""The role that look-ups run as: it reads the tables that the site lists, and nothing else.

Promises: it is made and kept as it should be whenever the tables are brought up to date; it has
no rights but to connect and to read; its sessions are read-only, bounded in time, and write no
caller's value into the log of the server, as far as we may say so there. What we may not do is
told, with the SQL for somebody who may. Its password travels as a digest.
"""

from collections.abc import Sequence
from contextlib import suppress

import psycopg
import structlog
from psycopg import sql
from psycopg.conninfo import make_conninfo

from contactcenter_ari.postgres.connection import Connection, connect, connection_parts
from contactcenter_ari.postgres.errors import DatabaseUnreachable, LookUpRoleRefused
from contactcenter_ari.postgres.statement import statement

_log = structlog.get_logger(__name__)

_LONGEST_NAME = 63
_SETTINGS = {
    "default_transaction_read_only": "on",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
}
_LOG_SETTINGS = {
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
}
"""The parameter that only a superuser may set: an error of the database quotes the value it is
about.
"""
_SHUT = ("lo_%", "loread", "lowrite", "dblink%", "pg_logical_emit_message")
"""Functions that everybody may call unless a superuser forbids it, and that do more than read."""


def look_up_role(url: str) -> str:
    """The name of the role: that of the database, and what it is for."""
    parts = connection_parts(url)
    database = parts.get("dbname") or parts.get("user") or "contactcenter"
    return f"{database[: _LONGEST_NAME - len('_lookup')]}_lookup"


def look_up_url(url: str, password: str) -> str:
    """The URL of look-ups when we make their role."""
    return make_conninfo(
        "", **{**connection_parts(url), "user": look_up_role(url), "password": password}
    )


async def allow_look_ups(url: str, password: str, tables: Sequence[str]) -> list[str]:
    """Make the role, and let it read these tables and no others; gives those that do not exist.

    Raises LookUpRoleRefused with the SQL for what we may not do, and DatabaseUnreachable.
    """
    role = look_up_role(url)
    connection = await connect(url, application="contactcenter migrate")
    async with connection:
        try:
            async with connection.transaction():
                await connection.execute(statement("look_up/lock"))
                is_new = await _make(connection, role)
                missing = await _set_up(connection, role, tables)
                if is_new or not await _logs_in(url, password):
                    await _set_password(connection, role, password)
        except psycopg.errors.InsufficientPrivilege as error:
            raise LookUpRoleRefused(_refusal(role, tables)) from error
        except psycopg.Error as error:
            if connection.broken:
                raise
            raise LookUpRoleRefused(
                f"The database refused the role {role} (SQLSTATE {error.sqlstate})"
            ) from error
    for table in missing:
        _log.warning("look_up.table_missing", table=table)
    return missing


async def _make(connection: Connection, role: str) -> bool:
    """Make the role, unless it is there; raises LookUpRoleRefused if it can do too much."""
    cursor = await connection.execute(statement("look_up/role"), {"role": role})
    found = await cursor.fetchone()
    if found is None:
        query = sql.SQL("create role {} login noinherit")
        await connection.execute(query.format(sql.Identifier(role)))
    elif found[0]:
        raise LookUpRoleRefused(
            f"The role {role} can do more than look-ups may: it owns tables, belongs to other"
            " roles, or is allowed to do what only an administrator should; take that away"
        )
    return found is None


async def _set_up(connection: Connection, role: str, tables: Sequence[str]) -> list[str]:
    name = sql.Identifier(role)
    await _set(connection, name, _SETTINGS)
    if await _is_superuser(connection):
        await _set(connection, name, _LOG_SETTINGS)
        await _shut_functions(connection)
    else:
        _log.warning(
            "look_up.values_may_be_logged",
            sql=" ".join(f"ALTER ROLE {role} SET {k} = '{v}';" for k, v in _LOG_SETTINGS.items()),
        )
    await _take_away(connection, role)
    return [table for table in tables if not await _granted(connection, name, table)]


async def _set(connection: Connection, role: sql.Identifier, settings: dict[str, str]) -> None:
    for setting, value in settings.items():
        query = sql.SQL("alter role {} set {} = {}")
        await connection.execute(query.format(role, sql.Identifier(setting), sql.Literal(value)))


async def _is_superuser(connection: Connection) -> bool:
    cursor = await connection.execute("select current_setting('is_superuser') = 'on'")
    row = await cursor.fetchone()
    return row is not None and bool(row[0])


async def _shut_functions(connection: Connection) -> None:
    cursor = await connection.execute(statement("look_up/open_functions"), {"names": list(_SHUT)})
    for (function,) in await cursor.fetchall():
        await connection.execute(
            sql.SQL("revoke execute on function {} from public").format(sql.SQL(str(function)))
        )


async def _take_away(connection: Connection, role: str) -> None:
    """Whatever it was granted before."""
    cursor = await connection.execute(statement("look_up/granted"), {"role": role})
    for schema, table in await cursor.fetchall():
        name = sql.Identifier(str(schema), str(table))
        await connection.execute(
            sql.SQL("revoke all on {} from {}").format(name, sql.Identifier(role))
        )


async def _granted(connection: Connection, role: sql.Identifier, table: str) -> bool:
    """Let it read a table; False if there is none. Raises InsufficientPrivilege."""
    name = _identifier(table)
    cursor = await connection.execute(
        "select to_regclass(%s) is not null", [name.as_string(connection)]
    )
    if (await cursor.fetchone()) != (True,):
        return False
    schema = sql.Identifier(_schema(table))
    await connection.execute(sql.SQL("grant usage on schema {} to {}").format(schema, role))
    await connection.execute(sql.SQL("grant select on {} to {}").format(name, role))
    cursor = await connection.execute(
        sql.SQL("select has_table_privilege({}, {}, 'select')").format(
            sql.Literal(role.as_string(connection).strip('"')),
            sql.Literal(name.as_string(connection)),
        )
    )
    if (await cursor.fetchone()) != (True,):  # a grant without the right is a warning alone
        raise psycopg.errors.InsufficientPrivilege
    return True


def _schema(table: str) -> str:
    return table.rpartition(".")[0] or "public"


def _identifier(table: str) -> sql.Identifier:
    return sql.Identifier(_schema(table), table.rpartition(".")[2])


async def _logs_in(url: str, password: str) -> bool:
    with suppress(DatabaseUnreachable):
        connection = await connect(look_up_url(url, password), application="contactcenter check")
        await connection.close()
        return True
    return False


async def _set_password(connection: Connection, role: str, password: str) -> None:
    digest = connection.pgconn.encrypt_password(
        password.encode(), role.encode(), b"scram-sha-256"
    ).decode()
    query = sql.SQL("alter role {} password {}")
    await connection.execute(query.format(sql.Identifier(role), sql.Literal(digest)))


def _refusal(role: str, tables: Sequence[str]) -> str:
    settings = {**_SETTINGS, **_LOG_SETTINGS}
    schemas = dict.fromkeys(map(_schema, tables))
    lines = [
        f"CREATE ROLE {role} LOGIN NOINHERIT PASSWORD '...';",
        *(f"ALTER ROLE {role} SET {name} = '{value}';" for name, value in settings.items()),
        *(f"GRANT USAGE ON SCHEMA {schema} TO {role};" for schema in schemas),
        *(f"GRANT SELECT ON {table} TO {role};" for table in tables),
    ]
    told = "\n".join(f"  {line}" for line in lines)
    return (
        "Look-ups run as a role of their own, which this user of the database may not make or"
        f" change. Let an administrator run\n{told}\nand set CC_LOOKUP_URL to the same database"
        f" with the user {role} and its password"
    )
