"""The role of look-ups reads the listed tables and can do nothing else."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from contactcenter_ari.core.vocabulary.command import LookUp
from contactcenter_ari.core.vocabulary.ids import CallId, LookUpId
from contactcenter_ari.core.vocabulary.signal import LookUpFailed, LookUpFinished
from contactcenter_ari.postgres.errors import LookUpRoleRefused
from contactcenter_ari.postgres.look_up import LookUps
from contactcenter_ari.postgres.look_up_role import allow_look_ups, look_up_role, look_up_url

TABLES = ("customer", "phone_number", "account")
PASSWORD = "a-password-of-its-own"  # noqa: S105  # of a test


@pytest.fixture
def url(database_url: str) -> Iterator[str]:
    """A database whose role of look-ups is gone afterwards."""
    yield database_url
    with psycopg.connect(database_url, autocommit=True) as connection:
        role = sql.Identifier(look_up_role(database_url))
        found = connection.execute(
            "select 1 from pg_roles where rolname = %s", [look_up_role(database_url)]
        ).fetchone()
        if found:
            connection.execute(sql.SQL("drop owned by {}").format(role))
            connection.execute(sql.SQL("drop role {}").format(role))


@pytest.fixture
async def desk(url: str) -> AsyncIterator[LookUps]:
    """Look-ups by their role."""
    await allow_look_ups(url, PASSWORD, TABLES)
    async with LookUps(look_up_url(url, PASSWORD)) as look_ups:
        yield look_ups


async def ask(desk: LookUps, query: str) -> LookUpFinished | LookUpFailed:
    """The answer to a query of one column."""
    return await desk.answer(
        LookUp(
            call=CallId("i-1"),
            look_up=LookUpId("l-1"),
            name="any",
            sql=query,
            inputs={},
            returns=("a",),
            limit=timedelta(seconds=10),
        )
    )


@pytest.mark.parametrize("table", TABLES)
async def test_listed_tables_are_read(desk: LookUps, table: str) -> None:
    """That is what it is for."""
    answer = await ask(desk, f"select count(*) from {table}")  # noqa: S608  # no input of others
    assert answer == LookUpFinished(LookUpId("l-1"), {"a": "0"})


@pytest.mark.parametrize(
    ("query", "sqlstate"),
    [
        ("select digest from phone", "42501"),
        ("select sha256::text from api_token", "42501"),
        ("select data::text from interaction_event", "42501"),
        ("select count(*) from schema_migration", "42501"),
        ("select passwd from pg_shadow", "42501"),
        ("select pg_read_file('/etc/hostname')", "42501"),
        ("select pg_read_binary_file('/etc/hostname')::text", "42501"),
        ("select pg_ls_dir('.')", "42501"),
        ("select lo_import('/etc/hostname')::text", "42501"),
        ("select lo_export(1, '/tmp/x')::text", "42501"),
        ("select lo_from_bytea(0, 'x')::text", "42501"),
        ("select lo_creat(-1)::text", "42501"),
        ("select pg_logical_emit_message(false, 'a', 'b')::text", "42501"),
        ("select nextval('customer_id_seq')", "42501"),
        ("select query_to_xml('select digest from phone', true, true, '')::text", "42501"),
        ("select create_event_partition(now() + interval '2 years')", "25006"),
        ("delete from customer", "42601"),
        ("copy customer to '/tmp/x'", "42601"),
        ("select set_config('role', 'contactcenter', false)", "42501"),
        ("select set_config('log_min_messages', 'debug1', false)", "42501"),
    ],
)
async def test_nothing_else_is(desk: LookUps, query: str, sqlstate: str) -> None:
    """Neither other tables, nor files, large objects, other roles; and nothing is written."""
    answer = await ask(desk, query)
    assert isinstance(answer, LookUpFailed)
    assert f"SQLSTATE {sqlstate}" in answer.reason


async def test_a_table_taken_off_the_list_is_not_read(url: str, desk: LookUps) -> None:
    """A right that was granted for the list before, or by hand, is taken away."""
    with psycopg.connect(url, autocommit=True) as connection:
        role = sql.Identifier(look_up_role(url))
        connection.execute(sql.SQL("grant select (digest) on phone to {}").format(role))
        connection.execute(sql.SQL("grant insert on customer to {}").format(role))
    await allow_look_ups(url, PASSWORD, ("customer",))
    for table in ("account", "phone_number", "phone"):
        answer = await ask(desk, f"select count(*) from {table}")  # noqa: S608  # as above
        assert isinstance(answer, LookUpFailed)
    assert isinstance(await ask(desk, "select count(*) from customer"), LookUpFinished)
    assert rights(url, "customer") == {"SELECT"}


async def test_a_table_that_is_not_there_is_told(url: str) -> None:
    """The others can be read."""
    assert await allow_look_ups(url, PASSWORD, ("customer", "nowhere", "no.where")) == [
        "nowhere",
        "no.where",
    ]
    assert rights(url, "customer") == {"SELECT"}


async def test_another_password_is_taken_up(url: str) -> None:
    """An installation whose secrets were lost has another one; the server keeps a digest."""
    for password in (PASSWORD, PASSWORD, "another-password"):
        await allow_look_ups(url, password, TABLES)
        with psycopg.connect(look_up_url(url, password)) as connection:
            row = connection.execute("select current_user").fetchone()
        assert row == (look_up_role(url),)


async def test_a_role_that_can_do_more_is_refused(url: str) -> None:
    """A person gave it rights that it must not have."""
    await allow_look_ups(url, PASSWORD, TABLES)
    with psycopg.connect(url, autocommit=True) as connection:
        role = sql.Identifier(look_up_role(url))
        connection.execute(sql.SQL("alter role {} createrole").format(role))
    with pytest.raises(LookUpRoleRefused, match="can do more"):
        await allow_look_ups(url, PASSWORD, TABLES)


async def test_a_user_that_may_make_no_role_is_told_the_sql(url: str) -> None:
    """Word for word what an administrator runs; then it works with CC_LOOKUP_URL."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create role plain login password 'plain'")
        connection.execute("grant select on customer to plain with grant option")
    try:
        plain = make_conninfo(
            "", **{**conninfo_to_dict(url), "user": "plain", "password": "plain"}
        )
        with pytest.raises(LookUpRoleRefused) as refused:
            await allow_look_ups(plain, PASSWORD, ("customer",))
        message = str(refused.value)
        assert "CC_LOOKUP_URL" in message
        statements = [line for line in message.splitlines() if line.endswith(";")]
        with psycopg.connect(url, autocommit=True) as connection:
            for line in statements:
                connection.execute(line.replace("'...'", f"'{PASSWORD}'").encode())
        async with LookUps(look_up_url(url, PASSWORD)) as desk:
            assert isinstance(await ask(desk, "select count(*) from customer"), LookUpFinished)
            assert isinstance(await ask(desk, "select count(*) from account"), LookUpFailed)
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("drop owned by plain cascade")
            connection.execute("drop role plain")


def rights(url: str, table: str) -> set[str]:
    """The rights of the role on a table."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "select privilege_type from information_schema.role_table_grants"
            " where grantee = %s and table_name = %s",
            [look_up_role(url), table],
        )
        return {str(privilege) for (privilege,) in found}
