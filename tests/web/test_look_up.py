"""Look-ups over HTTP against a real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import web

from contactcenter_ari.core.vocabulary.command import LookUp
from contactcenter_ari.core.vocabulary.ids import CallId, LookUpId
from contactcenter_ari.core.vocabulary.signal import LookUpFailed, LookUpFinished
from contactcenter_ari.web.look_up import WebLookUps


async def _account(request: web.Request) -> web.StreamResponse:
    number = request.match_info["number"]
    match number:
        case "none":
            raise web.HTTPNotFound
        case "broken":
            return web.Response(text="[1, 2")
        case "nested":
            return web.json_response({"name": {"first": "Ann"}})
        case "away":
            raise web.HTTPFound("/accounts/1")
        case "slow":
            await asyncio.Event().wait()
        case _:
            pass
    return web.json_response({"name": number, "balance": 12.50, "active": True, "note": None})


@asynccontextmanager
async def service() -> AsyncIterator[str]:
    """A web service on a free port; gives the address of an account."""
    application = web.Application()
    application.router.add_get("/accounts/{number}", _account)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/accounts/{{number}}"
    finally:
        await runner.cleanup()


async def ask(number: str, limit: float = 5) -> LookUpFinished | LookUpFailed:
    """Look one account up."""
    async with service() as address, WebLookUps.opened() as look_ups:
        return await look_ups.answer(
            LookUp(
                call=CallId("c"),
                look_up=LookUpId("c.1"),
                name="account",
                sql="",
                inputs={"number": number},
                returns=("name", "balance", "active", "note", "missing"),
                limit=timedelta(seconds=limit),
                url=address,
            )
        )


async def test_an_object_is_a_row_of_text() -> None:
    """Numbers keep their figures, booleans are words, what is null or missing is unset."""
    answer = await ask("1")
    assert isinstance(answer, LookUpFinished)
    assert answer.row == {
        "name": "1",
        "balance": "12.5",
        "active": "true",
        "note": None,
        "missing": None,
    }


async def test_what_a_caller_typed_stays_one_part_of_the_address() -> None:
    """Slashes, question marks and spaces are percent-encoded."""
    answer = await ask("a b/../?x=1#")
    assert isinstance(answer, LookUpFinished)
    assert answer.row is not None
    assert answer.row["name"] == "a b/../?x=1#"


async def test_404_is_no_row() -> None:
    """Not found is an answer."""
    assert await ask("none") == LookUpFinished(LookUpId("c.1"), None)


@pytest.mark.parametrize("number", ["broken", "nested", "away"])
async def test_an_unusable_answer_is_a_failure(number: str) -> None:
    """No JSON object, a nested value, a redirect."""
    assert isinstance(await ask(number), LookUpFailed)


async def test_a_service_that_hangs_fails_in_time() -> None:
    """The limit of the look-up holds."""
    assert isinstance(await ask("slow", limit=0.2), LookUpFailed)
