"""Look-ups: the right row as text, or a reason, and always in time."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest

from contactcenter_ari.core.vocabulary.command import LookUp
from contactcenter_ari.core.vocabulary.ids import CallId, LookUpId
from contactcenter_ari.core.vocabulary.signal import LookUpFailed, LookUpFinished
from contactcenter_ari.machine.port import Protocol, free_port
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.customer import Customer, put_customers
from contactcenter_ari.postgres.look_up import LookUps

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
    assert "invalid input syntax" in await reason(desk, look_up(sql, ("next",), number="x"))


@pytest.mark.parametrize(
    ("sql", "returns", "expected"),
    [
        ("select generate_series(1, 1000000000)", ("a",), "more than one row"),
        ("select 1", ("a", "b"), "gives 1 columns, 2 are declared"),
        ("select nonsense", ("a",), 'column "nonsense" does not exist'),
        ("select :stranger", ("a",), "names :stranger, which is no input"),
        ("delete from customer", ("a",), "syntax error"),
        (
            "with gone as (delete from customer returning 1) select 1 from gone",
            ("a",),
            "must not contain data-modifying",
        ),
        ("select nextval('customer_id_seq')", ("a",), "read-only transaction"),
        ("select 1; drop table customer", ("a",), "multiple commands"),
        ("", ("a",), "syntax error"),
    ],
)
async def test_a_bad_look_up_says_why(
    desk: LookUps, sql: str, returns: tuple[str, ...], expected: str
) -> None:
    """What the engineer got wrong is in the reason, with the look-up's name."""
    why = await reason(desk, look_up(sql, returns))
    assert expected in why
    assert why.startswith("customer: ")


async def test_a_slow_database_costs_the_limit_and_no_more(desk: LookUps) -> None:
    """The answer comes at the limit, and the connection serves the next look-up."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    slow = look_up("select pg_sleep(20)::text", ("a",), limit=timedelta(milliseconds=300))
    why = await reason(desk, slow)
    took = loop.time() - began
    assert "in time" in why or "statement timeout" in why
    assert 0.29 < took < 1
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
    assert took < 1


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
