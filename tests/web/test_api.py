"""The views and actions for programs, and the responses to bad input."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest
from structlog.testing import capture_logs

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.vocabulary.event import AgentStateChanged
from contactcenter_ari.simulation.sample import sample_site
from contactcenter_ari.web import submission
from contactcenter_ari.web.application import ROUTES
from tests.web.conftest import NAMES, SUPPORT

if TYPE_CHECKING:
    from tests.web.conftest import Api

# What they may see


async def test_queues_are_shown_as_they_stand(api: "Api") -> None:
    """Every holder of a token may see them."""
    await api.set_state("100", "anna", state="logged_in")
    answer = await api.ask("GET", "/api/v1/queues", "bert")
    support = {
        "queue": "support",
        "waiting": 0,
        "oldest_wait_seconds": 0.0,
        "logged_in": 1,
        "takes_calls": 1,
        "free": 1,
        "callbacks": 0,
        "closed": False,
    }
    sales = {**support, "queue": "sales", "logged_in": 0, "takes_calls": 0, "free": 0}
    assert answer.json == {"queues": [support, sales]}


async def test_agents_are_shown_to_those_who_run_the_floor(api: "Api") -> None:
    """Agents see only themselves; an agent token without an agent sees none."""
    for who in ("floor", "root", "wallboard"):
        listed = (await api.ask("GET", "/api/v1/agents", who)).json["agents"]
        assert isinstance(listed, list)
        assert [agent["agent"] for agent in listed] == ["100", "101"]
    answer = await api.ask("GET", "/api/v1/agents/100", "anna")
    assert (answer.json["name"], answer.json["state"]) == ("Anna", "logged_out")
    refused = [
        await api.ask("GET", "/api/v1/agents", "anna"),
        await api.ask("GET", "/api/v1/agents/101", "anna"),
        await api.ask("GET", "/api/v1/agents/none-such", "anna"),
        await api.ask("GET", "/api/v1/agents/None", "nobody"),
    ]
    assert [(answer.status, answer.code) for answer in refused] == [(403, "forbidden")] * 4


@pytest.mark.parametrize("name", ["999", "%00", "%ED%A0%80", "%F0%9F%93%9E", "1%2F2", "9" * 4_000])
async def test_an_unknown_agent_is_not_found(api: "Api", name: str) -> None:
    """Whatever the name is made of."""
    for answer in (
        await api.ask("GET", f"/api/v1/agents/{name}", "floor"),
        await api.set_state(name, "floor", state="ready"),
        await api.ask("POST", f"/api/v1/agents/{name}/end-wrap-up", "floor"),
    ):
        assert (answer.status, answer.code) == (404, "unknown_agent")


async def test_every_answer_carries_the_security_headers(api: "Api") -> None:
    """Good answers and problems; and none shows the software of the server."""
    for path in ("/healthz", "/api/v1/queues", "/nothing"):
        headers = (await api.ask("GET", path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert headers["Server"] == "contactcenter"


async def test_the_description_holds_every_route(api: "Api") -> None:
    """And so does the table; neither has anything that is not served."""
    served = {
        (route.resource.canonical, route.method.lower())
        for route in api.application.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    paths = (await api.ask("GET", "/api/openapi.json", "anna")).json["paths"]
    assert isinstance(paths, dict)
    described = {(path, method) for path, item in paths.items() for method in item}
    assert served == {entry for entry in described if entry[1] != "parameters"}
    assert served == {(route.path, route.method.lower()) for route in ROUTES.routes}


async def test_answers_have_the_described_form(api: "Api") -> None:
    """Field by field, none left over."""
    for route in ROUTES.routes:
        kind = route.answers[200]
        if route.method == "GET" and kind not in {None, dict}:
            answer = await api.ask("GET", route.path.format_map(NAMES), "root")
            value: object = msgspec.json.decode(answer.body, type=kind)
            assert msgspec.json.decode(msgspec.json.encode(value)) == answer.json


# What they may do


async def test_an_agent_works_through_a_shift(api: "Api") -> None:
    """Log in, pause, come back, log out; each is in the record under the agent's id."""
    shift: list[tuple[dict[str, object], str]] = [
        ({"state": "logged_in"}, "ready"),
        ({"state": "not_ready", "reason": "lunch"}, "not_ready"),
        ({"state": "ready"}, "ready"),
        ({"state": "logged_out"}, "logged_out"),
    ]
    for change, state in shift:
        answer = await api.set_state("100", "anna", **change)
        assert (answer.status, answer.json["state"]) == (200, state)
        assert answer.json["reason"] == change.get("reason", "")
    moves = [event for event in api.around.events if isinstance(event, AgentStateChanged)]
    assert [(move.agent, move.by) for move in moves] == [("100", "100")] * 4


async def test_a_supervisor_moves_any_agent_under_their_own_name(api: "Api") -> None:
    """The record has the name of the supervisor."""
    assert (await api.set_state("100", "floor", state="logged_in")).status == 200
    assert (await api.set_state("101", "root", state="logged_in")).status == 200
    moves = [event.by for event in api.around.events if isinstance(event, AgentStateChanged)]
    assert moves == ["floor", "root"]


async def test_nobody_moves_an_agent_that_is_not_their(api: "Api") -> None:
    """Neither a colleague nor an engineer; nothing changes."""
    turns = api.driver.turns
    for who in ("bert", "wallboard", "nobody"):
        for answer in (
            await api.set_state("100", who, state="logged_in"),
            await api.ask("POST", "/api/v1/agents/100/end-wrap-up", who),
        ):
            assert (answer.status, answer.code) == (403, "forbidden")
    assert api.driver.turns == turns


async def test_an_agent_logs_in_to_some_queues_on_a_break(api: "Api") -> None:
    """Straight to a pause; queues of other agents are refused, and those there are named."""
    answer = await api.set_state("100", "anna", state="logged_in", queues=["sales"])
    assert (answer.status, answer.code) == (422, "not_your_queue")
    assert "support" in answer.detail
    change = {"queues": ["support"], "reason": "lunch"}
    answer = await api.set_state("100", "anna", state="logged_in", **change)
    assert (answer.status, answer.json["state"]) == (200, "not_ready")
    assert (answer.json["queues"], answer.json["takes_calls"]) == (["support"], False)


async def test_a_refused_request_names_its_reason(api: "Api") -> None:
    """The codes of the center are the codes of the problems."""
    answer = await api.set_state("100", "anna", state="ready")
    assert (answer.status, answer.code) == (409, "not_logged_in")
    answer = await api.ask("POST", "/api/v1/agents/100/end-wrap-up", "anna")
    assert (answer.status, answer.code) == (409, "not_in_wrap_up")
    answer = await api.set_state("100", "anna", state="not_ready", reason="golf")
    assert (answer.status, answer.code) == (422, "unknown_reason")
    assert "lunch" in answer.detail


async def test_a_pause_needs_a_reason_where_the_site_says_so(api: "Api") -> None:
    """Without one it is refused, and the answer lists those there are."""
    await api.set_state("100", "anna", state="logged_in")
    for change in ({}, {"reason": None}, {"reason": ""}):
        answer = await api.set_state("100", "anna", state="not_ready", **change)
        assert (answer.status, answer.code) == (422, "unknown_reason")
        assert answer.detail == "the reason must be one of: lunch, training"


async def test_a_pause_needs_no_reason_where_the_site_wants_none(api: "Api") -> None:
    """It may be given anyway, and must be one of the site's then."""
    site = sample_site((QueueSettings(name=SUPPORT),))
    api.driver.publish(msgspec.structs.replace(site, pause_reason_required=False))
    await api.set_state("100", "anna", state="logged_in")
    for change, reason in (({}, ""), ({"reason": "lunch"}, "lunch")):
        answer = await api.set_state("100", "anna", state="not_ready", **change)
        assert (answer.status, answer.json["state"]) == (200, "not_ready")
        assert answer.json["reason"] == reason
    answer = await api.set_state("100", "anna", state="not_ready", reason="golf")
    assert (answer.status, answer.code) == (422, "unknown_reason")


async def test_a_request_that_gets_no_turn_is_not_waited_for_forever(
    api: "Api", monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 after a while, and no more."""
    monkeypatch.setattr(submission, "REQUEST_LIMIT", timedelta(milliseconds=20))
    await api.stop_driver()
    answer = await api.set_state("100", "anna", state="logged_in")
    assert (answer.status, answer.code) == (503, "center_busy")


# Bad input


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"", 400, "bad_json"),
        (b"state=ready", 400, "bad_json"),
        (b'{"state": "ready"', 400, "bad_json"),
        (b'{"state": "not_ready", "reason": "\xff"}', 400, "bad_json"),
        (b"[" * 60_000, 422, "bad_field"),
        (b"[]", 422, "bad_field"),
        (b"{}", 422, "bad_field"),
        (b'{"state": "asleep"}', 422, "bad_field"),
        (b'{"state": "ready", "agent": "101"}', 422, "bad_field"),
        (b'{"state": "not_ready", "reason": 7}', 422, "bad_field"),
        (b'{"state": "not_ready"}', 422, "unknown_reason"),
        (b'{"state": "ready", "reason": "lunch"}', 422, "bad_reason"),
        (b'{"state": "ready", "queues": ["support"]}', 422, "bad_queues"),
        (b'{"state": "logged_in", "queues": "support"}', 422, "bad_field"),
        (b'{"state": "logged_in", "queues": []}', 422, "not_your_queue"),
        (b'{"state": "not_ready", "reason": "\\u0000"}', 422, "bad_field"),
        (b'{"state": "not_ready", "reason": "\\\\u0000"}', 422, "unknown_reason"),
        (b'{"state": "' + b"x" * 65_536 + b'"}', 413, "body_too_large"),
    ],
)
async def test_a_bad_body_is_explained(api: "Api", raw: bytes, status: int, code: str) -> None:
    """Nothing changes, and the connection can be used again."""
    await api.set_state("100", "anna", state="logged_in")
    headers = {"Content-Type": "application/json"}
    answer = await api.ask("PUT", "/api/v1/agents/100/state", "anna", raw=raw, headers=headers)
    assert (answer.status, answer.code) == (status, code)
    shown = await api.ask("GET", "/api/v1/agents/100", "anna")
    assert shown.json["state"] == "ready"


async def test_an_unknown_field_is_named(api: "Api") -> None:
    """And the problem shows what a good body looks like."""
    answer = await api.set_state("100", "anna", state="ready", reson="lunch")
    assert answer.status == 422
    assert "`reson`" in answer.detail
    assert '"reason": "lunch"' in answer.detail


async def test_another_content_type_is_refused(api: "Api") -> None:
    """A form is no JSON, and a body without a type is not guessed at."""
    for kind in ("application/x-www-form-urlencoded", "text/plain", "application/octet-stream"):
        answer = await api.ask(
            "PUT",
            "/api/v1/agents/100/state",
            "anna",
            raw=b'{"state": "logged_in"}',
            headers={"Content-Type": kind},
        )
        assert (answer.status, answer.code) == (415, "not_json")


async def test_a_body_where_none_belongs_must_be_empty(api: "Api") -> None:
    """An empty object is nothing, too."""
    path = "/api/v1/agents/100/end-wrap-up"
    assert (await api.ask("POST", path, "anna", body={})).code == "not_in_wrap_up"
    assert (await api.ask("POST", path, "anna", body={"force": True})).code == "bad_field"


async def test_what_is_not_there_is_a_problem_too(api: "Api") -> None:
    """Unknown paths, and methods a path does not take."""
    answer = await api.ask("GET", "/api/v2/agents", "floor")
    assert (answer.status, answer.code) == (404, "not_found")
    answer = await api.ask("DELETE", "/api/v1/agents/100/state", "floor")
    assert (answer.status, answer.code) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "PUT"


async def test_a_body_that_breaks_off_is_no_fault_of_ours(api: "Api") -> None:
    """The client is gone; nothing changes and nothing is logged as failed."""
    with capture_logs() as lines:
        reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
        writer.write(
            b"PUT /api/v1/agents/100/state HTTP/1.1\r\nHost: center\r\n"
            b"Authorization: Bearer cc_anna" + b"x" * 39 + b"\r\n"
            b'Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{"state"'
        )
        writer.write_eof()
        await asyncio.wait_for(reader.read(), 5)
        writer.close()
        await writer.wait_closed()
        shown = await api.ask("GET", "/api/v1/agents/100", "anna")
    assert shown.json["state"] == "logged_out"
    assert api.tokens.asked == 1
    assert lines == []
