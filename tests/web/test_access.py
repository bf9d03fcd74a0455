"""Who may come in, and how those are told who may not."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.web.bearer import BAD_TOKENS_ALLOWED
from contactcenter_ari.web.openapi import OPERATIONS
from tests.web.conftest import NAMES

if TYPE_CHECKING:
    from tests.web.conftest import Api


@pytest.mark.parametrize(("path", "method"), list(OPERATIONS))
async def test_every_path_but_the_watchdogs_needs_a_token(
    api: "Api", path: str, method: str
) -> None:
    """Deny by default, through a proxy on this machine too."""
    path = path.format_map(NAMES)
    answer = await api.ask(method, path, headers={"X-Forwarded-For": "192.0.2.1"})
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
    """Unknown, malformed, of another scheme, or with a role nobody knows."""
    answer = await api.ask("GET", "/api/v1/queues", headers={"Authorization": header})
    assert (answer.status, answer.code) == (401, "token_invalid")
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


async def test_a_good_token_is_looked_up_once_in_ten_seconds(api: "Api") -> None:
    """A token taken back stops working after that."""
    for _ in range(3):
        assert (await api.ask("GET", "/api/v1/queues", "floor")).status == 200
    assert api.tokens.asked == 1
    api.tokens.take_back("floor")
    api.clock.pushed += timedelta(seconds=10)
    assert (await api.ask("GET", "/api/v1/queues", "floor")).status == 401
    assert api.tokens.asked == 2


async def test_many_bad_tokens_make_a_peer_wait(api: "Api") -> None:
    """No look-ups for the rest of the minute; a token known already goes on working."""
    assert (await api.ask("GET", "/api/v1/queues", "floor")).status == 200
    for number in range(BAD_TOKENS_ALLOWED):
        assert (await api.ask("GET", "/api/v1/queues", f"guess{number}")).status == 401
    asked = api.tokens.asked
    answer = await api.ask("GET", "/api/v1/queues", "root")
    assert (answer.status, answer.code) == (429, "too_many_bad_tokens")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert api.tokens.asked == asked
    assert (await api.ask("GET", "/api/v1/queues", "floor")).status == 200
    api.clock.pushed += timedelta(minutes=1)
    assert (await api.ask("GET", "/api/v1/queues", "root")).status == 200


async def test_without_the_database_tokens_wait(api: "Api") -> None:
    """503, not 401: the token may be good; and it counts as nobody's mistake."""
    api.tokens.error = ContactCenterError("password of the database: hunter2")
    for _ in range(BAD_TOKENS_ALLOWED + 1):
        answer = await api.ask("GET", "/api/v1/queues", "floor")
        assert (answer.status, answer.code) == (503, "database_away")
        assert b"hunter2" not in answer.body
    api.tokens.error = None
    assert (await api.ask("GET", "/api/v1/queues", "floor")).status == 200


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
