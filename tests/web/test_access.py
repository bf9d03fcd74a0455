"""The clients that are let in, and the responses to those that are not."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession, web
from multidict import CIMultiDict
from structlog.testing import capture_logs

from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.vocabulary.role import Role
from contactcenter_ari.web.access import Access
from contactcenter_ari.web.application import ROUTES
from contactcenter_ari.web.bearer import BAD_TOKENS_ALLOWED, Bearers
from contactcenter_ari.web.problem_answer import Problems
from contactcenter_ari.web.right import GRANTS, Right
from contactcenter_ari.web.route import AnyRoute, RouteTable
from contactcenter_ari.web.server import serving
from tests.web.conftest import CALLER, NAMES, token

if TYPE_CHECKING:
    from tests.web.conftest import Api


async def empty(_request: web.Request) -> web.Response:
    """An answer that no client should get."""
    return web.Response()


@pytest.mark.parametrize("route", ROUTES.routes, ids=lambda route: route.operation)
async def test_every_path_but_the_watchdogs_needs_a_token(api: "Api", route: AnyRoute) -> None:
    """Deny by default, through a proxy on this machine too."""
    path = route.path.format_map(NAMES)
    answer = await api.ask(route.method, path, headers={"X-Forwarded-For": "192.0.2.1"})
    if path in {"/healthz", "/readyz"}:
        assert answer.status == 200
    else:
        assert (answer.status, answer.code) == (401, "token_missing")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_stranger_cannot_tell_which_paths_exist(api: "Api") -> None:
    """Without a token an unknown path answers as a known one does."""
    assert (await api.ask("GET", "/api/v1/secrets")).status == 401
    assert (await api.ask("DELETE", "/api/v1/queues")).status == 401
    assert (await api.ask("POST", "/healthz/../api/v1/queues")).status == 401


@pytest.mark.parametrize(
    "header",
    [
        "Bearer cc_stranger" + "x" * 43,
        "Bearer cc_",
        "Bearer",
        "Bearer cc_' OR 1=1 --xxxxxxxxxxxxxxxxxxxxxx",
        "Bearer cc_anna" + "x" * 39 + "\u00e9",
        "Basic YW5uYTpzZWNyZXQ=",
        "Bearer cc_future" + "x" * 37,
    ],
)
async def test_a_wrong_token_is_refused(api: "Api", header: str) -> None:
    """Unknown, malformed, of another scheme, or with an unknown role."""
    answer = await api.ask("GET", "/api/v1/queues", headers={"Authorization": header})
    assert (answer.status, answer.code) == (401, "token_invalid")
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


async def test_a_known_token_costs_no_look_up(api: "Api") -> None:
    """The directory is asked for unknown ones alone; one taken back stops working."""
    for _ in range(3):
        assert (await api.ask("GET", "/api/v1/queues", "floor")).status == 200
    assert api.tokens.asked == 1
    api.tokens.take_back("floor")
    assert (await api.ask("GET", "/api/v1/queues", "floor")).status == 401
    assert api.tokens.asked == 2


async def test_a_token_is_sent_once(api: "Api") -> None:
    """With two headers it is unclear which of them counts, here and in a proxy in between."""
    twice = CIMultiDict([("Authorization", f"Bearer {token('floor')}")] * 2)
    answer = await api.ask("GET", "/api/v1/queues", headers=twice)
    assert (answer.status, answer.code) == (400, "header_repeated")


async def test_many_bad_tokens_make_a_peer_wait(api: "Api") -> None:
    """No look-ups for its bad tokens for the rest of the minute; good ones go on working."""
    for number in range(BAD_TOKENS_ALLOWED):
        assert (await api.ask("GET", "/api/v1/queues", f"guess{number}")).status == 401
    asked = api.tokens.asked
    answer = await api.ask("GET", "/api/v1/queues", "guess")
    assert (answer.status, answer.code) == (429, "too_many_bad_tokens")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert (await api.ask("GET", "/api/v1/queues", "floor")).status == 200
    assert (await api.ask("GET", "/api/v1/queues", "root")).status == 200
    assert api.tokens.asked == asked
    api.clock.pushed += timedelta(minutes=1)
    assert (await api.ask("GET", "/api/v1/queues", "guess")).status == 401


async def test_good_tokens_answer_during_a_thousand_bad_ones(api: "Api") -> None:
    """From the same address, on many connections at once, and each of them fast."""
    assert (await api.ask("GET", "/api/v1/queues", "floor")).status == 200
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    delays: list[float] = []

    async def guess(first: int) -> list[int]:
        numbers = range(first, 1_000, 50)
        return [(await api.ask("GET", "/api/v1/queues", f"guess{n}")).status for n in numbers]

    async def work() -> None:
        while not done.is_set():
            begun = loop.time()
            assert (await api.ask("GET", "/api/v1/queues", "floor")).status == 200
            delays.append(loop.time() - begun)

    working = asyncio.ensure_future(work())
    answers = await asyncio.gather(*map(guess, range(50)))
    statuses = Counter(status for some in answers for status in some)
    done.set()
    await working
    assert statuses[401] + statuses[429] == 1_000
    assert statuses[401] < 2 * 50 + BAD_TOKENS_ALLOWED
    assert len(delays) >= 10, "good ones were answered meanwhile"
    assert median(delays) < 0.5


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("role", Role)
async def test_each_role_may_do_what_the_table_says(api: "Api", role: Role, right: Right) -> None:
    """Each route that names the right lets the role in, or answers 403; nothing else does."""
    who = {
        Role.AGENT: "anna",
        Role.SUPERVISOR: "floor",
        Role.ENGINEER: "wallboard",
        Role.ADMIN: "root",
        Role.WALL: "screen",
    }[role]
    for route in ROUTES.routes:
        if route.right is right:
            proxied = {"X-Forwarded-For": "192.0.2.1"}
            path = route.path.format_map(NAMES)
            answer = await api.ask(route.method, path, who, headers=proxied)
            assert (answer.status == 403) == (role not in GRANTS[right]), (path, answer.body)


async def test_a_wall_reads_boards_without_numbers(api: "Api") -> None:
    """Queues, agents and calls, and nothing that could be changed."""
    await api.call()
    may = {
        (route.path, route.method)
        for route in ROUTES.routes
        if route.right is not None and Role.WALL in GRANTS[route.right]
    }
    boards = ("/api/v1/queues", "/api/v1/agents", "/api/v1/calls", "/api/openapi.json")
    assert may == {(path, "GET") for path in boards}
    for path in boards:
        answer = await api.ask("GET", path, "screen")
        assert answer.status == 200
        assert CALLER.encode() not in answer.body


@pytest.mark.parametrize("named", [True, False])
async def test_a_route_without_a_right_is_for_nobody(api: "Api", *, named: bool) -> None:
    """Neither one that names none nor one that is in no table."""
    (shown,) = (route for route in ROUTES.routes if route.operation == "list_queues")
    table = RouteTable([replace(shown, right=None)] if named else [])
    checks = [Problems(table).answer, Access(Bearers(api.tokens, api.clock), table).check]
    application = web.Application(middlewares=checks)
    application.router.add_get(shown.path, empty)
    async with serving(application, "127.0.0.1", 0) as port, ClientSession() as client:
        headers = {"Authorization": f"Bearer {token('root')}"}
        async with client.get(f"http://127.0.0.1:{port}{shown.path}", headers=headers) as answer:
            assert (answer.status, (await answer.json(content_type=None))["code"]) == (
                403,
                "forbidden",
            )


async def test_an_agent_may_ask_for_its_own_alone(api: "Api") -> None:
    """Also where the path writes another agent in another way."""
    for agent in ("101", "%31%30%31", "100%2F..%2F101"):
        assert (await api.ask("GET", f"/api/v1/agents/{agent}", "anna")).status == 403
        assert (await api.set_state(agent, "anna", state="ready")).status == 403
    assert (await api.ask("GET", "/api/v1/agents/%31%30%30", "anna")).status == 200
    assert (await api.ask("GET", "/api/v1/queues", "root")).status == 200


async def test_without_the_database_tokens_wait(api: "Api") -> None:
    """503, not 401: the token may be good, and the client made no mistake. A known one works."""
    assert (await api.ask("GET", "/api/v1/queues", "floor")).status == 200
    api.tokens.by_heart = {token("floor"): api.tokens.holders[token("floor")]}
    api.tokens.error = ContactCenterError("password of the database: hunter2")
    for _ in range(BAD_TOKENS_ALLOWED + 1):
        answer = await api.ask("GET", "/api/v1/queues", "root")
        assert (answer.status, answer.code) == (503, "database_away")
        assert b"hunter2" not in answer.body
        assert (await api.ask("GET", "/api/v1/queues", "floor")).status == 200
    api.tokens.error = None
    assert (await api.ask("GET", "/api/v1/queues", "root")).status == 200


async def test_a_fault_of_ours_tells_nothing_of_its_inside(api: "Api") -> None:
    """The log has the fault, without token or path; the answer is a plain 500."""
    api.tokens.error = RuntimeError("inside")
    with capture_logs() as lines:
        answer = await api.ask("GET", "/api/v1/agents/100", "floor")
    assert (answer.status, answer.code) == (500, "internal_error")
    assert b"inside" not in answer.body
    (line,) = lines
    assert (line["event"], line["path"]) == ("web.request_failed", "/api/v1/agents/{agent}")
    assert "cc_" not in str(line)
