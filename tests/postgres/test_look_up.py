"""Look-ups: the right row as text, or a reason, and always in time."""

import asyncio
import statistics
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import psycopg
import pytest
from structlog.testing import capture_logs

from contactcenter_ari.core.vocabulary.command import LookUp
from contactcenter_ari.core.vocabulary.ids import CallId, LookUpId
from contactcenter_ari.core.vocabulary.signal import LookUpFailed, LookUpFinished
from contactcenter_ari.machine.port import Protocol, free_port
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.customer import Customer, put_customers
from contactcenter_ari.postgres.look_up import LookUps

OTHERS_WAIT = timedelta(milliseconds=50)
MOST = 10
"""Seconds that a look-up takes on a busy machine at the most, whose limit is 0.3 s at the most."""
BALANCE = "select balance, currency from account where policy_number = :policy"


def look_up(
    sql: str,
    returns: tuple[str, ...],
    *,
    limit: timedelta = timedelta(seconds=5),
    **inputs: str,
) -> LookUp:
    """A look-up named customer."""
    return LookUp(
        call=CallId("i-1"),
        look_up=LookUpId("l-1"),
        name="customer",
        sql=sql,
        inputs=inputs,
        returns=returns,
        limit=limit,
    )


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[LookUps]:
    """Look-ups in a database with one customer."""
    async with Database(database_url) as database:
        await put_customers(
            database,
            [
                Customer(
                    name="Jansen",
                    numbers=("+31611112222", "+31201234567"),
                    policy_number="12345678",
                    balance=Decimal("1234.50"),
                    status="gold",
                    language="nl",
                )
            ],
        )
    async with LookUps(database_url) as look_ups:
        yield look_ups


async def reason(desk: LookUps, question: LookUp) -> str:
    """Why the look-up failed."""
    answer = await desk.answer(question)
    assert isinstance(answer, LookUpFailed)
    return answer.reason


async def test_the_balance_of_a_policy(desk: LookUps) -> None:
    """A row comes back as text, in the order of the names the flow declared."""
    answer = await desk.answer(look_up(BALANCE, ("amount", "currency"), policy="12345678"))
    assert answer == LookUpFinished(LookUpId("l-1"), {"amount": "1234.50", "currency": "EUR"})


async def test_a_caller_is_known_by_any_number(desk: LookUps) -> None:
    """A customer is found by each of the numbers."""
    sql = (
        "select name, status, language from customer"
        " join phone_number on customer_id = customer.id where number = :number"
    )
    question = look_up(sql, ("name", "status", "language"), number="+31201234567")
    answer = await desk.answer(question)
    assert answer == LookUpFinished(
        LookUpId("l-1"), {"name": "Jansen", "status": "gold", "language": "nl"}
    )


async def test_nobody_is_found(desk: LookUps) -> None:
    """No row is an answer, not a failure."""
    answer = await desk.answer(look_up(BALANCE, ("amount", "currency"), policy="0"))
    assert answer == LookUpFinished(LookUpId("l-1"), None)


@pytest.mark.parametrize(
    "typed", ["' or true --", "\x00", "\ud800", "x" * 500, "%s", ":policy", "<b>"]
)
async def test_what_a_caller_typed_is_only_a_value(desk: LookUps, typed: str) -> None:
    """Nothing a caller sends is read as SQL, and nothing of it breaks the look-up."""
    answer = await desk.answer(look_up(BALANCE, ("amount", "currency"), policy=typed))
    assert answer == LookUpFinished(LookUpId("l-1"), None)


async def test_values_are_canonical_text(desk: LookUps) -> None:
    """Dates are ISO 8601, decimals have a point, booleans are words, null is nothing."""
    sql = (
        "select true, null, 7, 1e21::float8, 0.5::float4, 12.30, date '2026-03-10',"
        " time '09:30', timestamptz '2026-03-10 09:30Z', interval '1 hour 1.5 seconds'"
    )
    answer = await desk.answer(look_up(sql, tuple("abcdefghij")))
    assert isinstance(answer, LookUpFinished)
    assert answer.row is not None
    assert list(answer.row.values()) == [
        "true",
        None,
        "7",
        "1000000000000000000000",
        "0.5",
        "12.30",
        "2026-03-10",
        "09:30:00",
        "2026-03-10T09:30:00+00:00",
        "3601.5",
    ]


async def test_an_input_may_be_any_type(desk: LookUps) -> None:
    """An input takes the type that the SQL compares it with; a value that is none fails."""
    sql = "select :number::integer + 1"
    answer = await desk.answer(look_up(sql, ("next",), number="41"))
    assert answer == LookUpFinished(LookUpId("l-1"), {"next": "42"})
    why = await reason(desk, look_up(sql, ("next",), number="417-secret"))
    assert why == "customer: SQLSTATE 22P02 InvalidTextRepresentation"


@pytest.mark.parametrize(
    ("sql", "returns", "expected"),
    [
        ("select generate_series(1, 1000000000)", ("a",), "more than one row"),
        ("select 1", ("a", "b"), "gives 1 columns, 2 are declared"),
        ("select nonsense", ("a",), "42703"),
        ("select :stranger", ("a",), "names :stranger, which is no input"),
        ("delete from customer", ("a",), "42601"),
        (
            "with gone as (delete from customer returning 1) select 1 from gone",
            ("a",),
            "0A000",
        ),
        ("select nextval('customer_id_seq')", ("a",), "25006"),
        ("select 1; drop table customer", ("a",), "42601"),
        ("", ("a",), "42601"),
    ],
)
async def test_a_bad_look_up_says_why(
    desk: LookUps, sql: str, returns: tuple[str, ...], expected: str
) -> None:
    """The mistake of the engineer is in the reason, with the look-up's name."""
    why = await reason(desk, look_up(sql, returns))
    assert expected in why
    assert why.startswith("customer: ")


async def test_a_query_may_end_as_queries_do(desk: LookUps) -> None:
    """A semicolon, a comment or both at the end are no mistake."""
    for sql in ("select 1;", "select 1 -- one", "select 1; -- one\n", "select ';';"):
        assert isinstance(await desk.answer(look_up(sql, ("a",))), LookUpFinished), sql


async def test_a_row_is_as_long_as_it_may_be_and_no_longer(desk: LookUps) -> None:
    """The server refuses to send a longer one; rows not asked for do not count."""
    fits = await desk.answer(look_up("select repeat('x', 65000)", ("a",)))
    assert isinstance(fits, LookUpFinished)
    why = await reason(desk, look_up("select repeat('x', 70000)", ("a",)))
    assert "longer than 65536 bytes" in why
    sql = "select t from (values ('a', 'x'), ('b', repeat('x', 70000))) as v(k, t) where k = :k"
    assert await desk.answer(look_up(sql, ("a",), k="a")) == LookUpFinished(
        LookUpId("l-1"), {"a": "x"}
    )


async def test_a_look_up_leaves_nothing_for_the_next(database_url: str) -> None:
    """The settings of one session, and its locks, are gone before the next one uses it."""
    async with LookUps(database_url, size=1) as desk:
        changed = "select set_config('search_path', 'nowhere', false), pg_advisory_lock(7)::text"
        assert isinstance(await desk.answer(look_up(changed, ("a", "b"))), LookUpFinished)
        left = (
            "select current_setting('search_path'), (select count(*) from pg_locks"
            " where locktype = 'advisory' and pid = pg_backend_pid())"
        )
        answer = await desk.answer(look_up(left, ("a", "b")))
    assert isinstance(answer, LookUpFinished)
    assert answer.row == {"a": '"$user", public', "b": "0"}


async def test_slow_look_ups_delay_no_others(desk: LookUps) -> None:
    """Twenty that sleep take their share of the connections, and others are answered as soon as
    without them.
    """
    loop = asyncio.get_running_loop()
    quick = msgspec.structs.replace(look_up("select 1", ("a",)), name="other")
    alone = await _median_wait(desk, quick)
    slow = look_up("select pg_sleep(20)::text", ("a",), limit=timedelta(seconds=20))
    asked = [loop.create_task(desk.answer(slow)) for _ in range(20)]
    beside = await _median_wait(desk, quick)
    assert not any(task.done() for task in asked)
    assert beside - alone < OTHERS_WAIT.total_seconds()


async def _median_wait(desk: LookUps, question: LookUp) -> float:
    loop = asyncio.get_running_loop()
    waits = []
    for _ in range(30):
        began = loop.time()
        assert isinstance(await desk.answer(question), LookUpFinished)
        waits.append(loop.time() - began)
    return statistics.median(waits)


async def test_no_log_tells_what_a_caller_typed(
    desk: LookUps, database_url: str, postgres_folder: Path
) -> None:
    """A failed look-up quotes the value nowhere, at the server neither; what is no value is
    found there.
    """
    typed = "4929-1234-0987"
    for sql in ("select :n::integer", "select 1/0 where :n = :n", "select :n::date"):
        with capture_logs() as told:
            why = await reason(desk, look_up(sql, ("a",), n=typed))
        assert typed not in f"{why} {told}"
    with psycopg.connect(database_url, autocommit=True) as connection:
        asked = connection.execute("select query from pg_stat_activity").fetchall()
    assert typed not in str(asked)
    log = (postgres_folder / "shared/postgres.log").read_text()
    assert "ready to accept connections" in log
    assert typed not in log


async def test_a_slow_database_costs_the_limit_and_no_more(desk: LookUps) -> None:
    """The answer comes at the limit, and the connection serves the next look-up."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    slow = look_up("select pg_sleep(20)::text", ("a",), limit=timedelta(milliseconds=300))
    why = await reason(desk, slow)
    took = loop.time() - began
    assert "in time" in why or "statement timeout" in why
    assert 0.29 < took < MOST
    assert isinstance(await desk.answer(look_up("select 1", ("a",))), LookUpFinished)


async def test_no_database_costs_the_limit_and_no_more() -> None:
    """Without a database a look-up fails within its limit."""
    url = f"postgresql://u:p@127.0.0.1:{free_port(Protocol.TCP)}/x"
    loop = asyncio.get_running_loop()
    async with LookUps(url) as desk:
        began = loop.time()
        why = await reason(desk, look_up("select 1", ("a",), limit=timedelta(milliseconds=200)))
        took = loop.time() - began
    assert "in time" in why
    assert took < MOST


async def test_a_lost_connection_is_replaced(desk: LookUps, database_url: str) -> None:
    """After the server cut the connections, the next look-up is answered."""
    assert isinstance(await desk.answer(look_up("select 1", ("a",))), LookUpFinished)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'contactcenter look-up'"
        )
    assert isinstance(await desk.answer(look_up("select 1", ("a",))), LookUpFinished)


async def test_many_at_once_are_all_answered(desk: LookUps) -> None:
    """More look-ups than connections wait their turn."""
    questions = [look_up("select :n", ("n",), n=str(n)) for n in range(30)]
    answers = await asyncio.gather(*map(desk.answer, questions))
    assert answers == [LookUpFinished(LookUpId("l-1"), {"n": str(n)}) for n in range(30)]
