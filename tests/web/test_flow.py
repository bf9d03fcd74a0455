"""Publishing over the API: who may, what is answered, and how a refusal looks."""

from typing import TYPE_CHECKING

from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.web.port import FlowProblem, FlowsRefused
from contactcenter_ari.web.problem import CONTENT_TYPE

if TYPE_CHECKING:
    from tests.web.conftest import Api

PROBLEM = FlowProblem(file="desk.yaml", line=3, column=5, code="E201", message="no such section")
SHOWN = {
    "version": "2222",
    "flows": [{"flow": "desk", "version": "d2"}],
    "pinned": False,
    "problems": [],
    "kept": [
        {"version": "2222", "published_at": "2026-11-23T00:00:00Z"},
        {"version": "1111", "published_at": "2026-11-23T00:00:00Z"},
    ],
}


async def test_the_flows_are_shown(api: "Api") -> None:
    """With what can be gone back to; an agent's token does not see them."""
    answer = await api.ask("GET", "/api/v1/flows", "floor")
    assert (answer.status, answer.json) == (200, SHOWN)
    assert (await api.ask("GET", "/api/v1/flows", "anna")).code == "forbidden"


async def test_engineers_and_admins_publish(api: "Api") -> None:
    """No other role does, and the center has no request from them."""
    for who in ("anna", "floor"):
        for path in ("/api/v1/flows", "/api/v1/flows/rollback"):
            answer = await api.ask("POST", path, who, body={})
            assert (answer.status, answer.code) == (403, "forbidden")
    assert api.flows.asked == []
    assert (await api.ask("POST", "/api/v1/flows", "wallboard")).json == SHOWN
    assert (await api.ask("POST", "/api/v1/flows", "root", body={})).json == SHOWN
    assert api.flows.asked == ["publish", "publish"]


async def test_a_refusal_lists_all_problems(api: "Api") -> None:
    """As RFC 9457 has it, with a member of its own."""
    api.flows.refusal = FlowsRefused((PROBLEM, PROBLEM))
    answer = await api.ask("POST", "/api/v1/flows", "root")
    assert (answer.status, answer.headers["Content-Type"]) == (422, CONTENT_TYPE)
    problem = {
        "file": "desk.yaml",
        "line": 3,
        "column": 5,
        "code": "E201",
        "message": "no such section",
    }
    assert answer.json == {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "desk.yaml:3:5: E201: no such section (and 1 more)",
        "code": "flows_refused",
        "problems": [problem, problem],
    }


async def test_going_back(api: "Api") -> None:
    """To the version before, to a named one; an unknown one is not found."""
    answer = await api.ask("POST", "/api/v1/flows/rollback", "root", body={})
    assert (answer.json["version"], answer.json["pinned"]) == ("1111", True)
    await api.ask("POST", "/api/v1/flows/rollback", "root", body={"version": "11"})
    assert api.flows.asked == ["rollback ", "rollback 11"]
    api.flows.refusal = RequestRefused("unknown_version", "no published version")
    answer = await api.ask("POST", "/api/v1/flows/rollback", "root", body={"version": "9"})
    assert (answer.status, answer.code) == (404, "unknown_version")
    api.flows.refusal = RequestRefused("no_earlier_version", "none is kept")
    answer = await api.ask("POST", "/api/v1/flows/rollback", "root", body={})
    assert (answer.status, answer.code) == (409, "no_earlier_version")


async def test_flags_that_cannot_be_switched(api: "Api") -> None:
    """Not by everybody, not one that no flow has, and nothing but on and off."""
    path, body = "/api/v1/flows/flags", {"flow": "desk", "flag": "storm", "value": "on"}
    answer = await api.ask("POST", path, "floor", body=body)
    assert (answer.status, answer.code) == (403, "forbidden")
    answer = await api.ask("POST", path, "root", body=body)
    assert (answer.status, answer.code) == (404, "unknown_flag")
    answer = await api.ask("POST", path, "root", body={"flow": "desk"})
    assert (answer.status, answer.code) == (422, "bad_field")


async def test_a_bad_body_publishes_nothing(api: "Api") -> None:
    """Fields that do not exist may have meant something."""
    for path in ("/api/v1/flows", "/api/v1/flows/rollback"):
        answer = await api.ask("POST", path, "root", body={"folder": "/etc"})
        assert (answer.status, answer.code) == (422, "bad_field")
    assert api.flows.asked == []


async def test_metrics_of_the_flows(api: "Api") -> None:
    """Which versions are served, and how often files were refused."""
    lines = (await api.ask("GET", "/metrics")).body.decode().splitlines()
    assert 'contactcenter_flow_versions{flow="desk",version="d2"} 1.0' in lines
    assert "contactcenter_publish_failures_total 0.0" in lines
