"""The look-ups of the shipped flows, asked of the shipped tables."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from contactcenter_ari.config.site import load_site
from contactcenter_ari.core.flow.language.declaration import SqlLookUp
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.spoken.value import read_value
from contactcenter_ari.core.vocabulary.command import LookUp
from contactcenter_ari.core.vocabulary.ids import CallId, LookUpId
from contactcenter_ari.core.vocabulary.signal import LookUpFinished
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.customer import Customer, put_customers
from contactcenter_ari.postgres.look_up import LookUps

FLOWS = load_site(Path(__file__).parents[2] / "callflows").flows
ASKED = [(flow, name) for flow in FLOWS for name in flow.look_ups]
KNOWN = {"number": "+31611112222", "policy_number": "12345678", "account_number": "12345678"}
CUSTOMER = Customer(
    name="Popescu",
    numbers=("+31611112222",),
    policy_number="12345678",
    balance=Decimal("84.20"),
    status="standard",
    language="en",
)


@pytest.fixture
async def look_ups(database_url: str) -> AsyncIterator[LookUps]:
    """Look-ups in a database with one customer."""
    async with Database(database_url) as database:
        await put_customers(database, [CUSTOMER])
    async with LookUps(database_url) as answering:
        yield answering


async def ask(look_ups: LookUps, flow: Flow, name: str, inputs: dict[str, str]) -> object:
    """The answer of a look-up of a flow."""
    asked = flow.look_ups[name]
    assert isinstance(asked, SqlLookUp)
    question = LookUp(
        call=CallId("i-1"),
        look_up=LookUpId("l-1"),
        name=name,
        sql=asked.sql,
        inputs=inputs,
        returns=tuple(asked.returns),
        limit=asked.limit,
    )
    return await look_ups.answer(question)


@pytest.mark.parametrize(("flow", "name"), ASKED, ids=[f"{f.name}-{n}" for f, n in ASKED])
async def test_each_gives_what_its_flow_expects(look_ups: LookUps, flow: Flow, name: str) -> None:
    """A customer is found, with values of the declared types; a stranger is not."""
    asked = flow.look_ups[name]
    inputs = {key: KNOWN[key] for key in asked.inputs}
    found = await ask(look_ups, flow, name, inputs)
    assert isinstance(found, LookUpFinished)
    assert found.row is not None
    for field, type_ in asked.returns.items():
        assert read_value(found.row[field] or "", type_) is not None
    unknown = await ask(look_ups, flow, name, dict.fromkeys(inputs, "+37060000000"))
    assert isinstance(unknown, LookUpFinished)
    assert unknown.row is None
