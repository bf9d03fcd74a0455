"""Who may come in: every path needs a token, but for the short lists here.

A path that does not exist needs a token too, so a stranger cannot tell which ones do.
"""

from http import HTTPStatus

from aiohttp import web

from contactcenter_ari.core.vocabulary.ids import AgentId
from contactcenter_ari.web.bearer import BEARER, Bearer, Bearers, is_loopback
from contactcenter_ari.web.problem import Answering, Problem

PUBLIC = ("/healthz", "/readyz")
"""For whoever watches the process; nothing here tells of people."""
LOOPBACK_ONLY = ("/metrics",)
"""Without a token from this machine, unless a proxy says it asks for somebody else."""
PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "Via")


class Access:
    """Lets in requests to public paths and those with a good token."""

    def __init__(self, bearers: Bearers) -> None:
        self._bearers = bearers

    def __repr__(self) -> str:
        """Tell who is known."""
        return f"<Access {self._bearers!r}>"

    @web.middleware
    async def check(self, request: web.Request, handler: Answering) -> web.StreamResponse:
        """Pass the request on, with its bearer, or raise the Problem."""
        if not _is_open(request):
            request[BEARER] = await self._bearers.find(request.headers, request.remote)
        return await handler(request)


def bearer_who_may_see(request: web.Request, agent: AgentId) -> Bearer:
    """The bearer; raises Problem 403 unless this agent may be seen."""
    bearer = request[BEARER]
    if not bearer.may_see(agent):
        raise _forbidden("this token may see its own agent only")
    return bearer


def bearer_who_may_steer(request: web.Request, agent: AgentId) -> Bearer:
    """The bearer; raises Problem 403 unless this agent's state may be changed."""
    bearer = request[BEARER]
    if not bearer.may_steer(agent):
        raise _forbidden("this token may not change the state of this agent")
    return bearer


def bearer_who_may_publish(request: web.Request) -> Bearer:
    """The bearer; raises Problem 403 unless call flows may be published."""
    bearer = request[BEARER]
    if not bearer.may_publish:
        raise _forbidden("this needs the token of an engineer or an admin")
    return bearer


def bearer_who_runs_the_floor(request: web.Request) -> Bearer:
    """The bearer; raises Problem 403 unless queues and waiting callers may be steered."""
    bearer = request[BEARER]
    if not bearer.runs_floor:
        raise _forbidden("this needs the token of a supervisor or an admin")
    return bearer


def sees_numbers(request: web.Request) -> bool:
    """Whether the bearer may see customers' phone numbers."""
    return request[BEARER].sees_numbers


def check_sees_all(request: web.Request) -> None:
    """Raise Problem 403 for a token that may not see all agents."""
    bearer = request.get(BEARER)
    if bearer is None:
        assert _is_open(request), "only an open path is without a bearer"
    elif not bearer.sees_all:
        raise _forbidden("this needs the token of a supervisor, an engineer or an admin")


def _is_open(request: web.Request) -> bool:
    if request.path in PUBLIC:
        return True
    proxied = any(name in request.headers for name in PROXY_HEADERS)
    return request.path in LOOPBACK_ONLY and is_loopback(request.remote) and not proxied


def _forbidden(detail: str) -> Problem:
    return Problem(HTTPStatus.FORBIDDEN, "forbidden", detail)
