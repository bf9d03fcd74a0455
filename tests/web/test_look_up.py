"""Look-ups over HTTP against a real server."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import msgspec
import pytest
from aiohttp import web

from contactcenter_ari.core.vocabulary.command import LookUp
from contactcenter_ari.core.vocabulary.ids import CallId, LookUpId
from contactcenter_ari.core.vocabulary.signal import LookUpFailed, LookUpFinished
from contactcenter_ari.web.look_up import ANSWER_LIMIT, AT_ONCE, WAITING, WebLookUps, is_public

UNUSABLE = {
    "broken": "[1, 2",
    "nested": '{"name": {"first": "Ann"}}',
    "deep": '{"name": ' + "[" * 10_000,
    "long": json.dumps({"name": "x" * ANSWER_LIMIT}),
    "nothing": "",
    "words": "I am well",
}


async def _account(request: web.Request) -> web.StreamResponse:
    number = request.match_info["number"]
    match number:
        case "none":
            raise web.HTTPNotFound
        case "away":
            raise web.HTTPFound("/accounts/1")
        case "slow":
            await asyncio.Event().wait()
        case "cookie":
            answer = web.json_response({"name": request.cookies.get("who", "nobody")})
            answer.set_cookie("who", "the caller before")
            return answer
        case "pieces":
            return await _in_pieces(request)
        case "packed":
            answer = web.Response(text=json.dumps({"name": "x" * 10_000_000}))
            answer.enable_compression(web.ContentCoding.gzip)
            return answer
        case _:
            pass
    if number in UNUSABLE:
        return web.Response(text=UNUSABLE[number])
    return web.json_response({"name": number, "balance": 12.50, "active": True, "note": None})


async def _in_pieces(request: web.Request) -> web.StreamResponse:
    """An answer that comes in two parts."""
    answer = web.StreamResponse()
    await answer.prepare(request)
    await answer.write(b'{"name": "first ')
    await asyncio.sleep(0)
    await answer.write(b'and last"}')
    return answer


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


def question(address: str, number: str, limit: float = 5, *, private: bool = True) -> LookUp:
    """A look-up of one account."""
    return LookUp(
        call=CallId("c"),
        look_up=LookUpId("c.1"),
        name="account",
        sql="",
        inputs={"number": number},
        returns=("name", "balance", "active", "note", "missing"),
        limit=timedelta(seconds=limit),
        url=address,
        private=private,
    )


async def ask(number: str, limit: float = 5) -> LookUpFinished | LookUpFailed:
    """Look one account up."""
    async with service() as address, WebLookUps.opened() as look_ups:
        return await look_ups.answer(question(address, number, limit))


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


@pytest.mark.parametrize("number", [*UNUSABLE, "away", "packed"])
async def test_an_unusable_answer_is_a_failure(number: str) -> None:
    """No JSON object, a nested or endless value, too long, packed, a redirect."""
    answer = await ask(number)
    assert isinstance(answer, LookUpFailed)
    assert "\n" not in answer.reason


async def test_an_answer_is_read_to_its_end() -> None:
    """An answer that comes in pieces is put together before it is read."""
    answer = await ask("pieces")
    assert isinstance(answer, LookUpFinished)
    assert answer.row is not None
    assert answer.row["name"] == "first and last"


async def test_nothing_of_one_answer_goes_into_another_question() -> None:
    """A cookie that a service sets is not sent back, not even to itself."""
    async with service() as address, WebLookUps.opened() as look_ups:
        names = []
        for _ in range(2):
            answer = await look_ups.answer(question(address, "cookie"))
            assert isinstance(answer, LookUpFinished)
            assert answer.row is not None
            names.append(answer.row["name"])
    assert names == ["nobody", "nobody"]


@pytest.mark.parametrize("number", [".", "..", ""])
async def test_an_input_leads_to_no_other_path(number: str) -> None:
    """A value that is a step in the path, or nothing, is not filled in."""
    answer = await ask(number)
    assert isinstance(answer, LookUpFailed)
    assert "leads to another path" in answer.reason


async def test_dots_inside_a_value_are_a_value() -> None:
    """Only a whole part of the path can lead elsewhere."""
    answer = await ask("a..b")
    assert isinstance(answer, LookUpFinished)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
async def test_a_private_address_is_not_asked_unless_it_may_be(host: str) -> None:
    """However it is written, this machine is not reached by a flow that was not allowed to."""
    async with service() as address, WebLookUps.opened() as look_ups:
        url = address.replace("127.0.0.1", host)
        answer = await look_ups.answer(question(url, "1", private=False))
    assert isinstance(answer, LookUpFailed)
    assert "lookup_hosts" in answer.reason


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104  # that is the point
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::5db8:d70e", True),
    ],
)
def test_what_is_public(address: str, *, public: bool) -> None:
    """Neither private, local, shared nor multicast, in any notation."""
    assert is_public(address) is public


async def test_slow_look_ups_delay_no_others() -> None:
    """Twenty that hang, and others are answered meanwhile."""
    loop = asyncio.get_running_loop()
    async with service() as address, WebLookUps.opened() as look_ups:
        slow = [loop.create_task(look_ups.answer(question(address, "slow"))) for _ in range(20)]
        other = msgspec.structs.replace(question(address, "1"), name="other")
        assert isinstance(await look_ups.answer(other), LookUpFinished)
        assert not any(task.done() for task in slow)
        for task in slow:
            task.cancel()
        await asyncio.wait(slow)


async def test_too_many_of_one_look_up_fail_at_once() -> None:
    """No request waits in a line that is too long."""
    loop = asyncio.get_running_loop()
    async with service() as address, WebLookUps.opened() as look_ups:
        asked = question(address, "slow")
        slow = [loop.create_task(look_ups.answer(asked)) for _ in range(AT_ONCE + WAITING + 1)]
        done, waiting = await asyncio.wait(slow, return_when=asyncio.FIRST_COMPLETED)
        assert [isinstance(task.result(), LookUpFailed) for task in done] == [True]
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)


async def test_a_service_that_hangs_fails_in_time() -> None:
    """The limit of the look-up holds."""
    assert isinstance(await ask("slow", limit=0.2), LookUpFailed)
