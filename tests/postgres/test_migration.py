"""Migrations: forward only, once, and plain words when something is wrong."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import psycopg
import pytest

from contactcenter_ari.postgres.connection import connect
from contactcenter_ari.postgres.errors import DatabaseAway, DatabaseUnreachable, SchemaMismatch
from contactcenter_ari.postgres.migration import Migration, migrate, shipped_migrations


def _tables(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        found = connection.execute("select tablename from pg_tables where schemaname = 'public'")
        return {str(name) for (name,) in found}


def test_each_migration_has_a_number_of_its_own() -> None:
    """From 1 on without a gap; two of one number could never be applied."""
    numbers = [migration.number for migration in shipped_migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_all_tables_are_made_once(empty_database_url: str) -> None:
    """The first start makes the tables, the second finds nothing to do."""
    first = await migrate(empty_database_url)
    second = await migrate(empty_database_url)
    assert [migration.name for migration in shipped_migrations()] == first
    assert second == []
    assert {"interaction", "segment", "offer", "agent", "phone", "account"} <= _tables(
        empty_database_url
    )


async def test_this_month_and_the_next_have_a_partition(empty_database_url: str) -> None:
    """After a start, events of now and of next month have a partition waiting."""
    await migrate(empty_database_url)
    partitions = {
        name for name in _tables(empty_database_url) if name.startswith("interaction_event_2")
    }
    assert len(partitions) == 2


async def test_two_programs_may_start_at_once(empty_database_url: str) -> None:
    """The advisory lock lets one apply everything and the other find it done."""
    results = await asyncio.gather(migrate(empty_database_url), migrate(empty_database_url))
    assert sorted(map(len, results)) == [0, len(shipped_migrations())]


async def test_an_edited_migration_is_told(empty_database_url: str) -> None:
    """A file that was changed after it was applied is named, and nothing is changed."""
    await migrate(empty_database_url)
    shipped = shipped_migrations()
    edited = [replace(shipped[0], sql=shipped[0].sql + b"-- oops\n"), *shipped[1:]]
    with pytest.raises(SchemaMismatch, match=r"0001_interaction\.sql was edited"):
        await migrate(empty_database_url, edited)


async def test_a_newer_database_is_told(empty_database_url: str) -> None:
    """A database made by a newer version is left alone, in plain words."""
    await migrate(empty_database_url)
    with pytest.raises(SchemaMismatch, match="newer version"):
        await migrate(empty_database_url, shipped_migrations()[:-1])


async def test_a_failing_migration_leaves_nothing_behind(empty_database_url: str) -> None:
    """A migration is one transaction: its first half is gone when its second half fails."""
    broken = Migration(1, "0001_broken.sql", b"create table half (); create tabel other ();")
    with pytest.raises(SchemaMismatch, match="refused"):
        await migrate(empty_database_url, [broken])
    assert "half" not in _tables(empty_database_url)


async def test_a_migration_that_is_cut_off_is_no_mistake(empty_database_url: str) -> None:
    """Another try may help: the database is away, not of another kind."""
    cut = Migration(1, "0001_cut.sql", b"select pg_terminate_backend(pg_backend_pid());")
    with pytest.raises(DatabaseAway):
        await migrate(empty_database_url, [cut])
    assert await migrate(empty_database_url) != []


async def test_a_refusal_tells_no_row(empty_database_url: str) -> None:
    """The server's words about a row, and the value in question, are not in the message."""
    row = b"create table people (name text check (name = '')); insert into people values ('Ann')"
    value = b"select '4929-1234'::integer"
    for text in (row, value):
        with pytest.raises(SchemaMismatch, match="SQLSTATE 2") as told:
            await migrate(empty_database_url, [Migration(1, "0001_broken.sql", text)])
        assert "Ann" not in str(told.value)
        assert "4929" not in str(told.value)


async def test_a_migration_older_than_the_applied_is_told(empty_database_url: str) -> None:
    """Forward only: a number below the newest applied one is refused."""
    shipped = shipped_migrations()[:3]
    await migrate(empty_database_url, [shipped[0], shipped[2]])
    with pytest.raises(SchemaMismatch, match="older than those already applied"):
        await migrate(empty_database_url, shipped)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda url: url.replace("127.0.0.1", "127.0.0.1.invalid"), "127.0.0.1.invalid"),
        (lambda url: url.rpartition(":")[0] + ":1/x", "refused"),
        (lambda url: url.replace("@", "x@"), "password authentication failed"),
        (lambda url: url.rpartition("/")[0] + "/nowhere", 'database "nowhere" does not exist'),
        (lambda url: url.replace("postgresql", "mysql"), "not a Postgres URL"),
        (lambda url: f"{url}?color=red", "not a Postgres URL"),
        (lambda url: f"  {url[:0]}", "not a Postgres URL"),
    ],
    ids=["host", "port", "password", "database", "scheme", "option", "empty"],
)
async def test_a_wrong_url_is_one_sentence_without_the_password(
    postgres_server: str, change: Callable[[str], str], reason: str
) -> None:
    """The error for a wrong CC_DATABASE_URL is one line that names the setting, never the
    password.
    """
    password = postgres_server.split(":")[2].split("@", maxsplit=1)[0]
    with pytest.raises(DatabaseUnreachable) as caught:
        await connect(change(postgres_server))
    message = str(caught.value)
    assert "CC_DATABASE_URL" in message
    assert reason in message
    assert password not in message
    assert "\n" not in message
