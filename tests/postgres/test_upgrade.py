"""An upgrade: the database of each earlier version, as kept in `tests/recordings`, becomes the
database of this one, and keeps its rows.
"""

from pathlib import Path
from typing import LiteralString, cast

import msgspec
import psycopg
import pytest
from psycopg import sql

from contactcenter_ari.postgres.migration import migrate, shipped_migrations
from contactcenter_ari.postgres.spool import Spool
from contactcenter_ari.postgres.stored_event import read_event
from contactcenter_ari.runtime.phone_digest import phone_digest

RECORDINGS = Path(__file__).parents[1] / "recordings"
VERSIONS = sorted(path.parent.name for path in RECORDINGS.glob("*/schema.sql"))
# Partitions carry the months in which a database was used; they are as their table is.
OF_MONTHS = r"^interaction_event_\d{4}_\d{2}"
CATALOGS: dict[str, LiteralString] = {
    "columns": """
        select table_name, column_name, data_type, is_nullable, column_default,
            is_identity, generation_expression
        from information_schema.columns
        where table_schema = 'public' and table_name !~ %(of_months)s
    """,
    "constraints": """
        select conrelid::regclass::text, conname, contype::text, pg_get_constraintdef(oid)
        from pg_constraint
        where connamespace = 'public'::regnamespace and conrelid::regclass::text !~ %(of_months)s
    """,
    "indexes": """
        select tablename, indexname, indexdef from pg_indexes
        where schemaname = 'public' and tablename !~ %(of_months)s
    """,
    "functions": """
        select proname, pg_get_function_identity_arguments(oid), prosrc
        from pg_proc where pronamespace = 'public'::regnamespace
    """,
    "triggers": """
        select tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
        from pg_trigger where not tgisinternal
    """,
    "views": "select viewname, definition from pg_views where schemaname = 'public'",
    "relations": r"""
        select relname, relkind::text, relpersistence::text, coalesce(relacl::text, '')
        from pg_class
        where relnamespace = 'public'::regnamespace and relname !~ %(of_months)s
    """,
}


@pytest.fixture(params=VERSIONS)
def earlier(request: pytest.FixtureRequest, empty_database_url: str) -> str:
    """The URL of a database as that version left it."""
    folder = RECORDINGS / str(request.param)
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        for name in ("schema.sql", "rows.sql"):
            connection.execute((folder / name).read_bytes())
    return empty_database_url


async def test_an_upgraded_database_is_like_a_new_one(earlier: str, database_url: str) -> None:
    """Columns, constraints, indexes, functions and rights are those of a fresh database."""
    await migrate(earlier)
    upgraded, fresh = shape(earlier), shape(database_url)
    for kind, expected in fresh.items():
        assert expected == upgraded[kind], kind
    assert missing(earlier) == []


async def test_an_upgrade_keeps_what_was_written(earlier: str) -> None:
    """Each table still has its rows, with the same values in the columns that it still has."""
    before = {table: rows(earlier, table, "*") for table in tables(earlier)}
    assert {table for table, found in before.items() if not found} <= {"interaction_event_default"}
    await migrate(earlier)
    kept = tables(earlier)
    for table, (first, *_) in ((table, found) for table, found in before.items() if found):
        if table == "schema_migration":
            continue
        assert table in kept
        columns = [name for name in first if name in kept[table]]
        expected = [tuple(row[name] for name in columns) for row in before[table]]
        after = [tuple(row.values()) for row in rows(earlier, table, *columns)]
        assert sorted(map(repr, expected)) == sorted(map(repr, after)), table


def test_stored_events_can_be_read(earlier: str, tmp_path: Path) -> None:
    """Rows and spooled lines are never changed, so this version reads those of earlier ones."""
    stored = rows(earlier, "interaction_event", "interaction_id", "number", "at", "kind", "data")
    events = [
        {
            **cast("dict[str, object]", row["data"]),
            "type": row["kind"],
            "interaction": row["interaction_id"],
            "number": row["number"],
            "at": row["at"],
        }
        for row in stored
    ]
    kinds = [row["kind"] for row in stored]
    assert "OfferMade" in kinds
    assert kinds == [type(read_event(event)).__name__ for event in events]
    spooled = tmp_path / "events.jsonl"
    spooled.write_bytes(b"".join(msgspec.json.encode(event) + b"\n" for event in events))
    spool = Spool(spooled)
    assert kinds == [type(event).__name__ for event in spool.oldest(len(events))]
    spool.close()


async def test_phones_go_on_to_register(earlier: str) -> None:
    """The stored form of their secrets works as before, and cannot be read any more."""
    columns = rows(earlier, "phone", "*")[0].keys()
    if "secret" not in columns:
        return
    secrets = {row["id"]: str(row["secret"]) for row in rows(earlier, "phone", "*")}
    await migrate(earlier)
    after = {row["id"]: row for row in rows(earlier, "phone", "*")}
    for phone, secret in secrets.items():
        assert after[phone]["digest"] == phone_digest(str(phone), secret)
        assert secret not in str(after[phone])


def shape(url: str) -> dict[str, list[tuple[object, ...]]]:
    """The tables as in the catalogs."""
    with psycopg.connect(url) as connection:
        return {
            kind: sorted(connection.execute(query, {"of_months": OF_MONTHS}).fetchall(), key=repr)
            for kind, query in CATALOGS.items()
        }


def missing(url: str) -> list[str]:
    """The migrations that were not applied."""
    with psycopg.connect(url) as connection:
        applied = {name for (name,) in connection.execute("select name from schema_migration")}
    return [each.name for each in shipped_migrations() if each.name not in applied]


def tables(url: str) -> dict[str, set[str]]:
    """The tables that are no partition, with their columns."""
    found: dict[str, set[str]] = {}
    for table, column, *_ in shape(url)["columns"]:
        found.setdefault(str(table), set()).add(str(column))
    return found


def rows(url: str, table: str, *columns: str) -> list[dict[str, object]]:
    """The rows of a table."""
    chosen = sql.SQL("*") if columns == ("*",) else sql.SQL(",").join(map(sql.Identifier, columns))
    query = sql.SQL("select {} from {}").format(chosen, sql.Identifier(table))
    with psycopg.connect(url, row_factory=psycopg.rows.dict_row) as connection:
        return connection.execute(query).fetchall()
